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

  @Test("zip: never a crash, and no entry beyond the limit")
  func zip() {
    let files = (0..<6).map { ("a/\($0).bin", [UInt8](repeating: UInt8($0), count: 40 * $0)) }
    let outcome = Self.fuzz(DataForTests.zip(files), seed: 5, count: 5000) { file in
      let archive = try ZipArchive(file, name: "f")
      for entry in archive.entries { #expect(try archive.bytes(of: entry, limit: 1000).count <= 1000) }
    }
    #expect(outcome.refused > 2000)
  }

  @Test("PNG: never a crash, and as many pixels as the header says")
  func png() {
    let rows = (0..<9).map { row in [UInt8(row % 5)] + (0..<3).map { UInt8(truncatingIfNeeded: 37 * row + $0) } }
    let outcome = Self.fuzz(DataForTests.png(20, 9, depth: 1, rows: rows), seed: 6, count: 5000) { file in
      let image = try PNGImage.decode(file, name: "f")
      #expect(image.pixels.count == image.width * image.height)
    }
    #expect(outcome.refused > 2000)
  }

  @Test("CIFAR and address events: never a crash, and only values in range")
  func records() {
    let record = [UInt8](repeating: 7, count: CIFARFile.pixelCount + 1)
    let outcome = Self.fuzz(record + record, seed: 7, count: 3000) { file in
      let decoded = try CIFARFile.decode(file, name: "f")
      #expect(decoded.labels.allSatisfy { $0 <= 9 } && decoded.pixels.count == 3072 * decoded.labels.count)
    }
    #expect(outcome.refused > 1000)
    let events = (0..<60).flatMap { (k: UInt8) -> [UInt8] in [k % 34, k % 31, k % 2 * 128, k, 9] }
    let second = Self.fuzz(events, seed: 8, count: 5000) { file in
      let decoded = try AddressEvents.decode(file, name: "f")
      #expect(decoded.units.count == decoded.times.count)
      #expect(decoded.units.allSatisfy { Int($0) < AddressEvents.unitCount })
    }
    #expect(second.refused > 2000)
  }

  @Test("spike lists: real files, damaged where their structure lies, never crash or promise what is not there")
  func spikeLists() throws {
    guard let file = DataForTests.bytes("fsdd-spikes/fsdd_test.h5") else { return }
    // Where structures begin, and some of what follows: superblock, headers, trees, names, heaps, and the tables at the end.
    var places = Array(0..<2048) + Array(file.count - 8192..<file.count)
    for place in 0..<file.count - 4 where Self.marks.contains(Array(file[place..<place + 4])) {
      places += place..<min(file.count, place + 64)
    }
    var stream = RandomStream(seed: 9, purpose: .testing)
    var refused = 0
    for _ in 0..<1500 {
      var damaged = file
      for _ in 0...stream.below(3) {
        let place = places[stream.below(places.count)]
        switch stream.below(4) {
        case 0: damaged[place] ^= 1 << UInt8(stream.below(8))
        case 1: damaged[place] = UInt8(stream.below(256))
        case 2: for i in place..<min(file.count, place + 8) { damaged[i] = 255 }
        default: for i in place..<min(file.count, place + 8) { damaged[i] = 0 }
        }
      }
      if stream.below(10) == 0 { damaged.removeLast(stream.below(damaged.count)) }
      do {
        let decoded = try SpikeListFile.decode(damaged, name: "f", unitCount: 64, classCount: 10)
        #expect(decoded.units.count == decoded.times.count && decoded.offsets.last == decoded.units.count)
        #expect(decoded.units.allSatisfy { $0 < 64 } && decoded.labels.allSatisfy { $0 < 10 })
      } catch {
        #expect(error.kind == .badData)
        refused += 1
      }
    }
    #expect(refused > 500)
  }

  /// The marks with which structures of HDF5 begin.
  private static let marks = ["TREE", "SNOD", "HEAP", "GCOL"].map { Array($0.utf8) }

  @Test("zip, PNG and address events: damaged copies of real files are refused or read")
  func realBytes() throws {
    guard let bytes = DataForTests.bytes("omniglot/images_background_small1.zip") else { return }
    let archive = try ZipArchive(bytes, name: "f")
    let entry = archive.entries[5]
    let drawing = try archive.bytes(of: entry, limit: 1 << 16)
    let outcome = Self.fuzz(drawing, seed: 10, count: 4000) { _ = try PNGImage.decode($0, name: "f") }
    #expect(outcome.refused > 2000)
    // A small archive cut out of the real one's files, so that thousands of copies are quick.
    let small = try archive.entries.prefix(8).map { ($0.path, try archive.bytes(of: $0, limit: 1 << 16)) }
    let second = Self.fuzz(DataForTests.zip(small), seed: 11, count: 3000) { file in
      let archive = try ZipArchive(file, name: "f")
      for entry in archive.entries { _ = try PNGImage.decode(archive.bytes(of: entry, limit: 1 << 16), name: "f") }
    }
    #expect(second.refused > 1000)
  }
}
