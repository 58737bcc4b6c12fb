import Foundation
import Tasks
import Testing

@Suite("IDX files")
struct IDXFileTests {
  let pixels = (0..<60).map { UInt8($0) }

  @Test("are read plain and packed, in one gzip member or two")
  func valid() throws {
    let plain = DataForTests.images(3, 4, 5, pixels)
    let twice = DataForTests.gzip(Array(plain[..<21])) + DataForTests.gzip(Array(plain[21...]))
    for file in [plain, DataForTests.gzip(plain), twice] {
      let decoded = try IDXFile.decode(file, name: "x", .images)
      #expect(decoded.dimensions == [3, 4, 5] && decoded.bytes == pixels)
    }
    let labels = try IDXFile.decode(DataForTests.labels([3, 1, 2]), name: "x", .labels)
    #expect(labels.dimensions == [3] && labels.bytes == [3, 1, 2])
  }

  @Test(
    "that are wrong are refused with the reason, plain and packed alike",
    arguments: [
      (
        DataForTests.idx(magic: 0x801, [3], [1, 2, 3]),
        "f: not an IDX image file: magic number 0x00000801 where 0x00000803 was expected"
      ),
      ([0x00, 0x00, 0x08], "f: not an IDX image file: it ends within the magic number"),
      ([], "f: not an IDX image file: it ends within the magic number"),
      (
        Array(DataForTests.images(3, 4, 5, []).prefix(15)),
        "f: not an IDX image file: it ends after 15 of 16 header bytes"
      ),
      (
        DataForTests.images(0, 28, 28, []), "f: the header promises nothing: 0 images of 28 x 28 pixels"
      ),
      (
        DataForTests.images(3, 4, 5, [UInt8](repeating: 7, count: 59)),
        "f: the header promises 3 images of 4 x 5 pixels (60 bytes), but only 59 bytes follow it"
      ),
      (
        DataForTests.idx(magic: 0x803, [.max, .max, .max], [1, 2, 3]),
        "f: the header promises 4294967295 images of 4294967295 x 4294967295 pixels, more than the 2147483648 bytes "
          + "that are read"
      ),
      (
        DataForTests.idx(magic: 0x803, [2_147_483_649, 1, 1], [1, 2, 3]),
        "f: the header promises 2147483649 images of 1 x 1 pixels, more than the 2147483648 bytes that are read"
      ),
    ] as [([UInt8], String)])
  func wrong(_ file: [UInt8], _ message: String) {
    let error = DataForTests.error { _ = try IDXFile.decode(file, name: "f", .images) }
    #expect(error == TaskError(.badData, message))
    let packed = DataForTests.error { _ = try IDXFile.decode(DataForTests.gzip(file), name: "f", .images) }
    #expect(packed == TaskError(.badData, message))
  }

  @Test("with bytes left over are refused")
  func leftOver() {
    let file = DataForTests.images(3, 4, 5, pixels + [1, 2])
    #expect(
      DataForTests.error { _ = try IDXFile.decode(file, name: "f", .images) }?.message
        == "f: the header promises 3 images of 4 x 5 pixels (60 bytes), but 62 bytes follow it")
    #expect(
      DataForTests.error { _ = try IDXFile.decode(DataForTests.gzip(file), name: "f", .images) }?.message
        == "f: the header promises 3 images of 4 x 5 pixels (60 bytes), but more bytes follow it")
  }

  @Test("that promise more than their gzip can hold are refused before anything is allocated")
  func largePromise() {
    let file = DataForTests.gzip(DataForTests.idx(magic: 0x803, [60_000, 28, 28], [1, 2, 3]))
    #expect(
      DataForTests.error { _ = try IDXFile.decode(file, name: "f", .images) }?.message
        == "f: the header promises 60000 images of 28 x 28 pixels (47040000 bytes), more than \(file.count) bytes of "
        + "gzip can unpack to")
  }

  @Test("that stand where labels were expected are named so")
  func labelsExpected() {
    let file = DataForTests.images(3, 4, 5, pixels)
    #expect(
      DataForTests.error { _ = try IDXFile.decode(file, name: "f", .labels) }?.message
        == "f: not an IDX label file: magic number 0x00000803 where 0x00000801 was expected")
  }

  @Test("that cannot be read are told from those that are bad")
  func unreadable() throws {
    try DataForTests.withFolder { folder in
      let missing = DataForTests.error { _ = try IDXFile.read("\(folder)/none", .images) }
      #expect(missing == TaskError(.missing, "\(folder)/none: cannot be opened: No such file or directory"))
      let directory = DataForTests.error { _ = try IDXFile.read(folder, .images) }
      #expect(directory == TaskError(.missing, "\(folder): is not a regular file"))
      try #require(mkfifo("\(folder)/pipe", 0o600) == 0)
      let pipe = DataForTests.error { _ = try IDXFile.read("\(folder)/pipe", .images) }
      #expect(pipe == TaskError(.missing, "\(folder)/pipe: is not a regular file"))
    }
  }
}

@Suite("Gzip data")
struct GzipTests {
  let text = Array("the quick brown fox jumps over the lazy dog, again and again and again".utf8)

  @Test("unpack to what was packed")
  func roundTrip() throws {
    #expect(try Gzip.unpack(DataForTests.gzip(text), name: "f", limit: 100) == text)
    #expect(try Gzip.unpack(DataForTests.gzip([]), name: "f", limit: 100).isEmpty)
    let large = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
    #expect(try Gzip.unpack(DataForTests.gzip(large), name: "f", limit: 300_000) == large)
  }

  @Test("that are cut off, damaged, followed by something or too long are refused")
  func damaged() {
    func message(_ bytes: [UInt8], limit: Int = 1000) -> String? {
      let error = DataForTests.error { _ = try Gzip.unpack(bytes, name: "f", limit: limit) }
      #expect(error == nil || error?.kind == .badData)
      return error?.message
    }
    let packed = DataForTests.gzip(text)
    for length in 2..<packed.count {
      #expect(message(Array(packed[..<length])) == "f: the gzip data end early: the file is cut off")
    }
    var damaged = packed
    damaged[damaged.count - 6] ^= 1
    #expect(message(damaged) == "f: the gzip data are damaged: incorrect data check")
    damaged = packed
    damaged[2] = 77
    #expect(message(damaged) == "f: the gzip data are damaged: unknown compression method")
    #expect(message(packed + [1, 2, 3]) == "f: 3 bytes follow the end of the gzip data")
    #expect(message(packed, limit: text.count - 1) == "f: unpacks to more than \(text.count - 1) bytes")
    #expect(message(text) == "f: the gzip data are damaged: incorrect header check")
  }

  @Test("that grow a thousandfold are stopped at the limit")
  func bomb() {
    let bomb = DataForTests.gzip([UInt8](repeating: 0, count: 50_000_000))
    #expect(bomb.count < 60_000)
    #expect(
      DataForTests.error { _ = try Gzip.unpack(bomb, name: "f", limit: 1 << 20) }?.message
        == "f: unpacks to more than 1048576 bytes")
    // An honest header in front of a bomb: what follows the promised bytes is not unpacked.
    let disguised = DataForTests.gzip(DataForTests.labels([1, 2, 3]) + [UInt8](repeating: 0, count: 50_000_000))
    #expect(
      DataForTests.error { _ = try IDXFile.decode(disguised, name: "f", .labels) }?.message
        == "f: the header promises 3 labels (3 bytes), but more bytes follow it")
  }
}

@Suite("Digits files")
struct DigitsFileTests {
  static let line = (0..<64).map { String($0 % 17) }.joined(separator: ",")

  @Test("are read plain and packed, with either line end")
  func valid() throws {
    let text = "\(Self.line),7\r\n\(Self.line), 0 \n\n"
    for file in [Array(text.utf8), DataForTests.gzip(Array(text.utf8))] {
      let decoded = try DigitsFile.decode(file, name: "f")
      #expect(decoded.labels == [7, 0])
      #expect(decoded.pixels == (0..<128).map { UInt8($0 % 64 % 17) })
    }
  }

  @Test("that are wrong are refused with line and column")
  func wrong() {
    func message(_ text: String) -> String? {
      let error = DataForTests.error { _ = try DigitsFile.decode(Array(text.utf8), name: "f") }
      #expect(error == nil || error?.kind == .badData)
      return error?.message
    }
    let fields = Self.line.split(separator: ",").map(String.init)
    func with(_ column: Int, _ field: String) -> String {
      var changed = fields + ["3"]
      changed[column] = field
      return "\(Self.line),1\n" + changed.joined(separator: ",")
    }
    #expect(
      message(with(11, "NaN")) == "f: line 2, column 12: \"NaN\" where a whole number from 0 to 16 was expected")
    #expect(message(with(0, "17")) == "f: line 2, column 1: \"17\" where a whole number from 0 to 16 was expected")
    #expect(message(with(0, "-1")) == "f: line 2, column 1: \"-1\" where a whole number from 0 to 16 was expected")
    #expect(message(with(3, "1e2")) == "f: line 2, column 4: \"1e2\" where a whole number from 0 to 16 was expected")
    #expect(message(with(3, "")) == "f: line 2, column 4: \"\" where a whole number from 0 to 16 was expected")
    #expect(message(with(64, "10")) == "f: line 2, column 65: \"10\" where a label from 0 to 9 was expected")
    #expect(
      message(with(5, "\u{1B}[31m" + String(repeating: "9", count: 99)))
        == "f: line 2, column 6: \"?[31m9999999999999999999...\" where a whole number from 0 to 16 was expected")
    #expect(message(Self.line) == "f: line 1: 64 values where 65 were expected")
    #expect(message("\n\n") == "f: holds no samples")
    #expect(message("") == "f: holds no samples")
  }
}

@Suite("SHA-256")
struct SHA256Tests {
  @Test("agrees with the published examples and across block borders")
  func examples() {
    #expect(
      SHA256.digest(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(SHA256.digest([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      SHA256.digest(Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8))
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    #expect(
      SHA256.digest([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }
}
