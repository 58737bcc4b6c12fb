import Arithmetic
import Tasks
import Testing

@Suite("Readers under thousands of damaged files")
struct ReaderFuzzTests {
  /// One to four random changes: bits, bytes, sizes, cuts, insertions and repetitions.
  static func mutate(_ file: [UInt8], _ stream: inout RandomStream) -> [UInt8] {
    var file = file
    for _ in 0...stream.below(4) {
      guard !file.isEmpty else { return file }
      let place = stream.below(file.count)
      switch stream.below(7) {
      case 0: file[place] ^= 1 << UInt8(stream.below(8))
      case 1: file[place] = UInt8(stream.below(256))
      case 2: file.removeLast(file.count - place)
      case 3: file.insert(contentsOf: (0..<stream.below(9)).map { _ in UInt8(stream.below(256)) }, at: place)
      case 4: file.insert(contentsOf: file[place..<min(file.count, place + 40)], at: place)
      case 5:
        let extreme: [UInt8] = [[0, 0, 0, 0], [255, 255, 255, 255], [127, 255, 255, 255], [128, 0, 0, 0]][
          stream.below(4)]
        for (i, byte) in extreme.enumerated() where place / 4 * 4 + i < file.count { file[place / 4 * 4 + i] = byte }
      default: file.removeSubrange(place..<min(file.count, place + 1 + stream.below(8)))
      }
    }
    return file
  }

  /// Runs `decode` on damaged copies of `file`; every one must be read or be refused as bad data.
  /// - Returns: how many were read and how many were refused.
  static func fuzz(
    _ file: [UInt8], seed: UInt64, count: Int, _ decode: ([UInt8]) throws -> Void
  ) -> (read: Int, refused: Int) {
    var stream = RandomStream(seed: seed, purpose: .testing)
    var outcome = (read: 0, refused: 0)
    for _ in 0..<count {
      let damaged = mutate(file, &stream)
      do {
        try decode(damaged)
        outcome.read += 1
      } catch {
        let error = error as? TaskError
        #expect(error?.kind == .badData && error?.message.contains("\n") == false)
        outcome.refused += 1
      }
    }
    return outcome
  }

  @Test("IDX: never a crash, and never more bytes than the file can hold", arguments: [false, true])
  func idx(packed: Bool) {
    let plain = DataForTests.images(5, 6, 7, (0..<210).map { UInt8($0) })
    let outcome = Self.fuzz(packed ? DataForTests.gzip(plain) : plain, seed: 1, count: 5000) { file in
      let decoded = try IDXFile.decode(file, name: "f", .images)
      #expect(decoded.bytes.count == decoded.dimensions.reduce(1, *))
      #expect(decoded.bytes.count <= 1032 * file.count)
    }
    #expect(outcome.refused > 2000)
    let labels = DataForTests.labels((0..<100).map { UInt8($0 % 10) })
    let second = Self.fuzz(packed ? DataForTests.gzip(labels) : labels, seed: 2, count: 5000) { file in
      _ = try IDXFile.decode(file, name: "f", .labels)
    }
    #expect(second.refused > 2000)
  }

  @Test("gzip: never a crash, and never beyond the limit")
  func gzip() {
    let text = Array(repeating: Array("0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16\n".utf8), count: 50).flatMap { $0 }
    let outcome = Self.fuzz(DataForTests.gzip(text), seed: 3, count: 5000) { file in
      let unpacked = try Gzip.unpack(file, name: "f", limit: 10_000)
      #expect(unpacked.count <= 10_000)
    }
    #expect(outcome.refused > 2000)
  }

  @Test("digits: never a crash, and only values in range")
  func digits() {
    let line = (0..<64).map { String($0 % 17) }.joined(separator: ",")
    let outcome = Self.fuzz(Array("\(line),7\n\(line),0\n".utf8), seed: 4, count: 5000) { file in
      let decoded = try DigitsFile.decode(file, name: "f")
      #expect(decoded.pixels.allSatisfy { $0 <= 16 } && decoded.labels.allSatisfy { $0 <= 9 })
      #expect(decoded.pixels.count == 64 * decoded.labels.count)
    }
    #expect(outcome.refused > 1000 && outcome.read > 10)
  }
}
