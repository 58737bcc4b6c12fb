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
  static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    let status = deflateInit2_(
      &stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
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
