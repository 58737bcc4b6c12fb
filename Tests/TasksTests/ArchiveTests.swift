import Tasks
import Testing

@Suite("Zip archives")
struct ZipArchiveTests {
  static let files: [(path: String, bytes: [UInt8])] = [
    ("d/", []), ("d/text.txt", Array("some text".utf8)), ("d/nines.txt", [UInt8](repeating: 9, count: 5000)),
    ("d/empty", []),
  ]

  @Test("give back what was stored and what was deflated, and leave folders out")
  func valid() throws {
    let archive = try ZipArchive(DataForTests.zip(Self.files), name: "f")
    #expect(archive.entries.map(\.path) == Self.files.dropFirst().map(\.path))
    for (entry, file) in zip(archive.entries, Self.files.dropFirst()) {
      #expect(try archive.bytes(of: entry, limit: 5000) == file.bytes)
    }
    #expect(try ZipArchive(DataForTests.zip([]), name: "f").entries.isEmpty)
  }

  @Test("that are cut off, damaged or promise too much are refused in one sentence")
  func damaged() throws {
    let bytes = DataForTests.zip(Self.files)
    func message(_ bytes: [UInt8], limit: Int = 5000) -> String? {
      DataForTests.error {
        let archive = try ZipArchive(bytes, name: "f")
        for entry in archive.entries { _ = try archive.bytes(of: entry, limit: limit) }
      }?.message
    }
    #expect(message([1, 2, 3]) == "f: is too short for a zip archive")
    #expect(message(Array(bytes.dropLast())) == "f: is not a whole zip archive: its directory is missing")
    #expect(message(bytes, limit: 4999) == "f: d/nines.txt: promises 5000 bytes, more than the 4999 that are read")
    let place = bytes.indices.first { bytes[$0..<$0 + 100].allSatisfy { $0 == 9 } }!
    var changed = bytes
    changed[place] ^= 1
    #expect(message(changed)?.contains("checksum does not agree") == true)
    changed = bytes
    changed.replaceSubrange(bytes.count - 14..<bytes.count - 10, with: [0xFF, 0x7F, 0xFF, 0x7F])
    #expect(message(changed)?.contains("which are not there") == true)
  }
}

@Suite("PNG images")
struct PNGImageTests {
  @Test("undo each filter, which sees the row above and the sample before")
  func filters() throws {
    // The same picture, 3 x 5 samples, with each row written by another filter.
    let plain: [[UInt8]] = [[10, 20, 40], [11, 22, 250], [3, 9, 27], [100, 50, 25], [0, 128, 255]]
    func paeth(_ a: Int, _ b: Int, _ c: Int) -> Int {
      [a, b, c].min { abs(a + b - c - $0) < abs(a + b - c - $1) }!
    }
    let rows = plain.indices.map { row in
      [UInt8(row)]
        + (0..<3).map { i in
          let (a, b) = (i > 0 ? Int(plain[row][i - 1]) : 0, row > 0 ? Int(plain[row - 1][i]) : 0)
          let c = i > 0 && row > 0 ? Int(plain[row - 1][i - 1]) : 0
          return plain[row][i] &- UInt8([0, a, b, (a + b) / 2, paeth(a, b, c)][row])
        }
    }
    let image = try PNGImage.decode(DataForTests.png(3, 5, depth: 8, rows: rows), name: "f")
    #expect(image.width == 3 && image.height == 5 && image.pixels == Array(plain.joined()))
  }

  @Test("of less than a byte a sample, and of palettes, become grey from 0 to 255")
  func depths() throws {
    let bits = DataForTests.png(10, 1, depth: 1, rows: [[0, 0b1010_0000, 0b0100_0000]])
    #expect(try PNGImage.decode(bits, name: "f").pixels == [255, 0, 255, 0, 0, 0, 0, 0, 0, 255])
    let pairs = DataForTests.png(3, 1, depth: 2, rows: [[0, 0b0001_1011]])
    #expect(try PNGImage.decode(pairs, name: "f").pixels == [0, 85, 170])
    let colors = DataForTests.png(2, 1, depth: 4, rows: [[0, 0x10]], palette: [255, 255, 255, 0, 255, 0])
    #expect(try PNGImage.decode(colors, name: "f").pixels == [150, 255])
  }

  @Test("that are no such image, damaged, interlaced or too large are refused")
  func refused() {
    func message(_ bytes: [UInt8]) -> String? {
      DataForTests.error { _ = try PNGImage.decode(bytes, name: "f") }?.message
    }
    let good = DataForTests.png(8, 1, depth: 1, rows: [[0, 0]])
    #expect(message(good) == nil)
    #expect(message([1, 2]) == "f: is not a PNG image")
    for length in 8..<good.count { #expect(message(Array(good[..<length])) != nil) }
    #expect(
      message(DataForTests.png(5000, 1, depth: 1, rows: [[0]]))
        == "f: is 5000 x 1 pixels; 1 to 4096 along a side are read")
    #expect(
      message(DataForTests.png(4096, 4096, depth: 8, rows: [[0]]))?.contains("more than") == true)
    #expect(
      message(DataForTests.png(8, 1, depth: 1, rows: [[0, 0]], interlacing: 1))?.contains("interlacing 1") == true)
    #expect(message(DataForTests.png(8, 1, depth: 1, rows: [[7, 0]])) == "f: row 1 has the unknown filter 7")
    #expect(
      message(DataForTests.png(8, 1, depth: 1, rows: [[0, 255]], palette: [0, 0, 0]))?.contains("colour 1") == true)
  }
}

@Suite("CIFAR records")
struct CIFARFileTests {
  @Test("give labels, colours and grey; other lengths and labels are refused")
  func records() throws {
    let planes = [200, 100, 50].flatMap { [UInt8](repeating: $0, count: 1024) }
    let file = try CIFARFile.decode([3] + planes + [9] + planes, name: "f")
    #expect(file.labels == [3, 9] && file.pixels == planes + planes)
    #expect(file.grey == [UInt8](repeating: 124, count: 2048))
    func message(_ bytes: [UInt8]) -> String? {
      DataForTests.error { _ = try CIFARFile.decode(bytes, name: "f") }?.message
    }
    #expect(message(planes) == "f: is 3072 bytes long, which is no whole number of records of 3073")
    #expect(message([10] + planes) == "f: label 10 of record 1 is outside 0 ... 9")
  }
}
