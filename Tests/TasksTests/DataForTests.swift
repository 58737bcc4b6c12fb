import Arithmetic
import CZlib
import Foundation
import Tasks
import Testing

/// Data sets for tests, and small files made on the spot.
enum DataForTests {
  /// The folder of data sets: `METAPLAST_DATA`, or `shared/data` beside the package.
  static let folder: String =
    ProcessInfo.processInfo.environment["METAPLAST_DATA"]
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/data").path

  /// Every family of the catalogue, loaded once, or why it could not be.
  static let families: [String: Result<TaskFamily, TaskError>] = {
    var families: [String: Result<TaskFamily, TaskError>] = [:]
    for name in TaskCatalogue.names {
      families[name] = Result { () throws(TaskError) in
        try TaskCatalogue.load(name, environment: ["METAPLAST_DATA": folder])
      }
    }
    return families
  }()

  /// A family, or nil with a printed line when its data are not here; data that are here and bad are a failure.
  static func family(_ name: String) -> TaskFamily? {
    switch families[name]! {
    case .success(let family): return family
    case .failure(let error):
      if error.kind == .missing { print("skipped: \(error)") } else { Issue.record(error) }
      return nil
    }
  }

  /// The bytes of a file of the folder of data sets, or nil with a printed line when it is not here.
  static func bytes(_ path: String) -> [UInt8]? {
    let data = try? Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)"))
    if data == nil { print("skipped: \(folder)/\(path) is not here") }
    return data.map { Array($0) }
  }

  /// A new folder that is removed after `body`.
  static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("metaplast-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
  }

  static func write(_ bytes: [UInt8], _ path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  /// An IDX file of the given magic number, sizes and data.
  static func idx(magic: UInt32, _ sizes: [UInt32], _ data: [UInt8]) -> [UInt8] {
    ([magic] + sizes).flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) } } + data
  }

  static func images(_ count: Int, _ rows: Int, _ columns: Int, _ data: [UInt8]) -> [UInt8] {
    idx(magic: 0x803, [count, rows, columns].map(UInt32.init), data)
  }

  static func labels(_ labels: [UInt8]) -> [UInt8] { idx(magic: 0x801, [UInt32(labels.count)], labels) }

  /// `bytes` as one gzip member.
  static func gzip(_ bytes: [UInt8]) -> [UInt8] { deflated(bytes, windowBits: 15 + 16) }

  /// `bytes` deflated: 15 bits of window with zlib's wrapper, -15 without one, 31 with that of gzip.
  static func deflated(_ bytes: [UInt8], windowBits: Int32) -> [UInt8] {
    var stream = z_stream()
    let status = deflateInit2_(
      &stream, 9, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "deflate does not start")
    var packed = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
    var source = bytes
    let room = packed.count
    source.withUnsafeMutableBufferPointer { source in
      packed.withUnsafeMutableBufferPointer { target in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(room)
        let end = deflate(&stream, Z_FINISH)
        precondition(end == Z_STREAM_END, "deflate stops at \(end)")
      }
    }
    packed.removeLast(Int(stream.avail_out))
    deflateEnd(&stream)
    return packed
  }

  private static func little(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func checksum(_ bytes: [UInt8]) -> Int { Int(crc32(0, bytes, UInt32(bytes.count))) }

  /// A zip archive of files, every other one deflated.
  static func zip(_ files: [(path: String, bytes: [UInt8])]) -> [UInt8] {
    var archive: [UInt8] = []
    var directory: [UInt8] = []
    for (number, file) in files.enumerated() {
      let isPacked = number % 2 == 1
      let body = isPacked ? deflated(file.bytes, windowBits: -15) : file.bytes
      let name = Array(file.path.utf8)
      let facts =
        little(20, 2) + little(0, 2) + little(isPacked ? 8 : 0, 2) + little(0, 4) + little(checksum(file.bytes), 4)
        + little(body.count, 4) + little(file.bytes.count, 4) + little(name.count, 2) + little(0, 2)
      directory += [0x50, 0x4B, 1, 2] + little(20, 2) + facts + little(0, 10) + little(archive.count, 4) + name
      archive += [0x50, 0x4B, 3, 4] + facts + name + body
    }
    return archive + directory + [0x50, 0x4B, 5, 6] + little(0, 4) + little(files.count, 2) + little(files.count, 2)
      + little(directory.count, 4) + little(archive.count, 4) + little(0, 2)
  }

  /// A PNG image from rows that begin with their filter.
  static func png(
    _ width: Int, _ height: Int, depth: UInt8, rows: [[UInt8]], palette: [UInt8]? = nil, interlacing: UInt8 = 0
  ) -> [UInt8] {
    func chunk(_ kind: String, _ body: [UInt8]) -> [UInt8] {
      let named = Array(kind.utf8) + body
      return little(body.count, 4).reversed() + named + little(checksum(named), 4).reversed()
    }
    let sizes = Array(little(width, 4).reversed()) + Array(little(height, 4).reversed())
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + chunk("IHDR", sizes + [depth, palette == nil ? 0 : 3, 0, 0, interlacing])
      + (palette.map { chunk("PLTE", $0) } ?? [])
      + chunk("IDAT", deflated(Array(rows.joined()), windowBits: 15)) + chunk("IEND", [])
  }

  /// What `body` throws, or nil.
  static func error(_ body: () throws -> Void) -> TaskError? {
    do { try body() } catch { return error as? TaskError }
    return nil
  }

  /// An episode of samples made by hand: one class, `rows` as support and `query` as query.
  static func episode(
    support: [[Float]], query: [[Float]], split: Split = .search, index: UInt32 = 0, supportLabels: [Int]? = nil,
    queryLabels: [Int]? = nil
  ) -> Episode {
    func samples(_ rows: [[Float]], _ labels: [Int]?) -> Samples {
      Samples(
        inputCount: rows[0].count, inputs: Array(rows.joined()),
        labels: labels ?? [Int](repeating: 0, count: rows.count), sources: Array(rows.indices))
    }
    return Episode(
      split: split, index: index, classes: [0], outputCount: ((supportLabels ?? [0]).max() ?? 0) + 1,
      support: samples(support, supportLabels), query: samples(query, queryLabels))
  }
}
