extension TaskFamily {
  /// The characters of Omniglot, shrunk to 28x28 by area average, ink = 1. Every character is a class, and belongs to one
  /// pool alone.
  ///
  /// Which pool is decided by the character's number n within its alphabet, as its folder states it: search for n mod 4 of
  /// 1 and 2, selection for 3, test for 0; divided equally, search for n mod 3 of 1, selection for 2, test for 0. Every
  /// alphabet is thus in every pool, and a character in the same one whichever other files are there.
  static func omniglot(name: String, about: String, _ found: FoundFiles) throws(TaskError) -> TaskFamily {
    guard let path = found.paths[.archive] else { preconditionFailure("no archive among \(found.paths)") }
    var drawings: [(character: Character, pixels: [UInt8])] = []
    try FileTree.open(path).forEach(limit: largestDrawing) { entry, name, read throws(TaskError) in
      guard entry.hasSuffix(".png"), !entry.hasPrefix("__MACOSX/") else { return }
      guard let character = Character(path: entry) else {
        throw TaskError(.badData, "\(name): is not named ALPHABET/characterNN/DRAWING.png")
      }
      guard drawings.count < largestCount else {
        throw TaskError(.badData, "\(path): has more than the \(largestCount) drawings that are read")
      }
      let image = try PNGImage.decode(try read(), name: name)
      guard image.width == drawnSide, image.height == drawnSide else {
        throw TaskError(
          .badData,
          "\(name): is \(image.width) x \(image.height) pixels where \(drawnSide) x \(drawnSide) were expected")
      }
      drawings.append((character, image.inkShrunk(to: shownSide)))
    }
    let characters = Set(drawings.map(\.character)).sorted()
    guard !characters.isEmpty else { throw TaskError(.badData, "\(path): has no drawings") }
    let numbers = Dictionary(uniqueKeysWithValues: zip(characters, 0...))
    let labels = drawings.map { numbers[$0.character]! }
    let members = PoolMembers(
      labels: labels, owners: characters.map { [.test, .search, .search, .selection][$0.number % 4] },
      partition: "every character is in one pool: its number in its alphabet, mod 4, is 1 or 2 for search, 3 for "
        + "selection, 0 for test")
    let equal = PoolMembers(
      labels: labels, owners: characters.map { [.test, .search, .selection][$0.number % 3] },
      partition: "every character is in one pool: its number in its alphabet, mod 3, is 1 for search, 2 for selection, "
        + "0 for test")
    return TaskFamily(
      name: name, about: about, inputShape: [shownSide, shownSide], classCount: characters.count,
      files: found.allPaths, partition: members.partition,
      pools: StoredPools(
        pixels: drawings.flatMap(\.pixels), sampleCount: drawings.count, greatest: 255, members: members, equal: equal))
  }

  /// A character of an alphabet.
  private struct Character: Hashable, Comparable {
    let alphabet: String
    let number: Int

    /// The character of a path that ends in `ALPHABET/characterNN/DRAWING.png`.
    init?(path: String) {
      let parts = path.split(separator: "/")
      guard parts.count >= 3, parts[parts.count - 2].hasPrefix("character"),
        let number = Int(parts[parts.count - 2].dropFirst("character".count)), number >= 0
      else { return nil }
      alphabet = String(parts[parts.count - 3])
      self.number = number
    }

    static func < (one: Character, other: Character) -> Bool {
      (one.alphabet, one.number) < (other.alphabet, other.number)
    }
  }
}

/// Pixels along a side of the drawings, and of what is made of them.
private let drawnSide = 105
private let shownSide = 28
/// The most bytes of a drawing, and the most drawings.
private let largestDrawing = 1 << 16
private let largestCount = 50_000

extension PNGImage {
  /// The image at `side` x `side` pixels, each the mean blackness of the area that it covers: 255 where all is ink.
  ///
  /// Areas are counted in whole parts of pixels, so the result is the same on every machine; halves are rounded up.
  func inkShrunk(to side: Int) -> [UInt8] {
    // Rows first: [height, side], in units of 1 / side of a pixel's width.
    var narrow = [Int](repeating: 0, count: height * side)
    for y in 0..<height {
      for x in 0..<width {
        let ink = 255 - Int(pixels[y * width + x])
        if ink == 0 { continue }
        for target in x * side / width...((x + 1) * side - 1) / width {
          let overlap = min((x + 1) * side, (target + 1) * width) - max(x * side, target * width)
          narrow[y * side + target] += ink * overlap
        }
      }
    }
    var sums = [Int](repeating: 0, count: side * side)
    for y in 0..<height {
      for target in y * side / height...((y + 1) * side - 1) / height {
        let overlap = min((y + 1) * side, (target + 1) * height) - max(y * side, target * height)
        for x in 0..<side { sums[target * side + x] += narrow[y * side + x] * overlap }
      }
    }
    let area = width * height
    return sums.map { UInt8((2 * $0 + area) / (2 * area)) }
  }
}
