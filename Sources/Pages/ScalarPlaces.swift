extension PageScalar {
  /// The places in the file of UTF-8 offsets into `text`: one place for every range, cut at the end of its first line.
  ///
  /// Folding, quoting and escapes are undone: an error in the third line of a `>` block points into the third line.
  /// - Parameter ranges: ranges of UTF-8 offsets into `text`.
  /// - Complexity: O(length of the scalar + number of ranges).
  public func places(of ranges: [Range<Int>]) -> [Place] {
    let origins = self.origins()
    // Index of the Unicode scalar that holds each UTF-8 offset.
    var scalarIndex: [Int] = []
    scalarIndex.reserveCapacity(text.utf8.count + 1)
    for (index, scalar) in text.unicodeScalars.enumerated() {
      for _ in 0..<UTF8.width(scalar) { scalarIndex.append(index) }
    }
    scalarIndex.append(origins.count - 1)
    let last = scalarIndex.count - 1
    return ranges.map { range in
      let first = scalarIndex[max(0, min(range.lowerBound, last))]
      let end = scalarIndex[max(0, min(range.upperBound, last))]
      let begin = source.place(at: origins[first], length: 1)
      var length = 1
      // Only what stands on the first line is underlined.
      while first + length < end, origins[first + length] > origins[first],
        source.place(at: origins[first + length], length: 1).line == begin.line
      {
        length += 1
      }
      let covered = origins[first + length - 1] - origins[first] + 1
      return Place(source: source, line: begin.line, column: begin.column, length: covered)
    }
  }

  /// The place of one range of UTF-8 offsets into `text`.
  public func place(of range: Range<Int>) -> Place { places(of: [range])[0] }

  /// For every Unicode scalar of `text`, and for its end, the index in `source.scalars` it came from.
  ///
  /// Writing and reading keep the order of everything that is not white space, so one walk over both finds the pairs;
  /// white space made by folding stands just behind what precedes it.
  private func origins() -> [Int] {
    let wanted = Array(text.unicodeScalars)
    let from = source.scalars
    var origins = [Int](repeating: -1, count: wanted.count + 1)
    var reader = start
    var next = 0
    func claim(_ scalar: Unicode.Scalar, at index: Int) {
      var candidate = next
      while candidate < wanted.count, wanted[candidate] != scalar { candidate += 1 }
      // Nothing left that fits: what follows keeps the places it has.
      if candidate < wanted.count { origins[candidate] = index }
      next = candidate + 1
    }
    switch style {
    case .plain: break
    case .singleQuoted, .doubleQuoted: reader += 1
    case .literal, .folded:
      while reader < from.count, !PageSource.isBreak(from[reader]) { reader += 1 }
    }
    let content = reader
    let remaining = wanted.lastIndex { !$0.properties.isWhitespace }.map { $0 + 1 } ?? 0
    while reader < from.count, next < remaining {
      let scalar = from[reader]
      if style == .doubleQuoted, scalar == "\\" {
        let (value, count) = PageScalar.escape(from, at: reader)
        if let value { claim(value, at: reader) }
        reader += count
        continue
      }
      if style == .singleQuoted, scalar == "'" {
        claim(scalar, at: reader)
        reader += 2
        continue
      }
      if !scalar.properties.isWhitespace { claim(scalar, at: reader) }
      reader += 1
    }
    var previous = content - 1
    for index in origins.indices {
      if origins[index] < 0 { origins[index] = min(previous + 1, from.count) } else { previous = origins[index] }
    }
    return origins
  }

  /// The value of the escape that begins at `index`, and how many scalars it takes; nil for a line continuation.
  private static func escape(_ from: [Unicode.Scalar], at index: Int) -> (value: Unicode.Scalar?, count: Int) {
    guard index + 1 < from.count else { return (nil, 1) }
    let plain: [Unicode.Scalar: Unicode.Scalar] = [
      "0": "\0", "a": "\u{7}", "b": "\u{8}", "t": "\t", "\t": "\t", "n": "\n", "v": "\u{B}", "f": "\u{C}", "r": "\r",
      "e": "\u{1B}", " ": " ", "\"": "\"", "/": "/", "\\": "\\", "N": "\u{85}", "_": "\u{A0}", "L": "\u{2028}",
      "P": "\u{2029}",
    ]
    let lengths: [Unicode.Scalar: Int] = ["x": 2, "u": 4, "U": 8]
    let letter = from[index + 1]
    if let value = plain[letter] { return (value, 2) }
    guard let length = lengths[letter], index + 2 + length <= from.count else { return (nil, 2) }
    var digits = String.UnicodeScalarView()
    digits.append(contentsOf: from[(index + 2)..<(index + 2 + length)])
    return (UInt32(String(digits), radix: 16).flatMap(Unicode.Scalar.init), 2 + length)
  }
}
