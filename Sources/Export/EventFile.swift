import Foundation
import Records

/// A file of events that TensorBoard reads: one event a generation, appended and flushed.
///
///     record = length UInt64 | masked CRC-32C of it | data | masked CRC-32C of the data      (little-endian)
///
/// The data are a protocol buffer `Event`: 1 `wall_time` double, 2 `step` varint, 3 `file_version` (the first record),
/// 5 `summary` with a repeated value of 1 `tag` and 2 `simple_value` float.
public final class EventFile {
  /// One number of an event.
  public struct Scalar: Sendable, Hashable {
    /// What it is, such as `fitness/best`.
    public var tag: String
    /// Its value.
    public var value: Float

    /// Makes a number.
    public init(_ tag: String, _ value: Double) {
      self.tag = tag
      self.value = Float(value)
    }
  }

  /// Where it lies.
  public let path: String
  /// Steps that it holds: those from 0 on, without a gap.
  public private(set) var steps: Int
  private let handle: FileHandle

  /// Opens a file to go on with it; what it says of steps from `steps` on, and anything that is no whole record, is cut
  /// off, so that a step taken again is not there twice.
  /// - Parameters:
  ///   - path: the file, made when it is missing, its folder too.
  ///   - steps: how many steps of what the file holds are still true; 0 begins anew.
  ///   - wallTime: seconds since 1970 for the first record.
  /// - Throws: ``ExportError`` when it cannot be made or written.
  public init(_ path: String, keeping steps: Int, wallTime: Double) throws(ExportError) {
    self.path = path
    let folder = (path as NSString).deletingLastPathComponent
    do {
      if !folder.isEmpty { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
      if !FileManager.default.fileExists(atPath: path) {
        guard FileManager.default.createFile(atPath: path, contents: nil) else {
          throw CocoaError(.fileWriteNoPermission)
        }
      }
      let opened = try FileHandle(forUpdating: URL(fileURLWithPath: path))
      let (kept, length) = steps == 0 ? (0, 0) : EventFile.scan(try opened.readToEnd() ?? Data(), upTo: steps)
      try opened.truncate(atOffset: UInt64(length))
      handle = opened
      self.steps = kept
      if length == 0 {
        try opened.write(contentsOf: EventFile.record(EventFile.event(wallTime, version: "brain.Event:2")))
      }
    } catch {
      throw ExportError(path: path, detail: Exports.reason(error))
    }
  }

  /// Appends the numbers of the next step.
  /// - Throws: ``ExportError`` when the file cannot be written.
  public func append(_ scalars: [Scalar], wallTime: Double) throws(ExportError) {
    do {
      try handle.write(contentsOf: EventFile.record(EventFile.event(wallTime, step: steps, scalars)))
      steps += 1
    } catch {
      throw ExportError(path: path, detail: Exports.reason(error))
    }
  }

  // MARK: Format

  /// How many whole steps from 0 on a file holds, at most `most`, and how long it is up to there.
  static func scan(_ data: Data, upTo most: Int) -> (steps: Int, length: Int) {
    let bytes = [UInt8](data)
    func word(_ offset: Int, _ count: Int) -> UInt64 {
      (0..<count).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) }
    }
    var (offset, steps, records) = (0, 0, 0)
    while offset + 16 <= bytes.count {
      let size = word(offset, 8)
      guard size <= UInt64(bytes.count - offset - 16),
        word(offset + 8, 4) == UInt64(Checksum.masked(bytes[offset..<offset + 8]))
      else { break }
      let (start, end) = (offset + 12, offset + 12 + Int(size))
      guard word(end, 4) == UInt64(Checksum.masked(bytes[start..<end])) else { break }
      if records > 0 {
        // 1 wall time takes nine bytes, then 2 the step, left out where it is 0.
        guard steps < most, EventFile.step(bytes[(start + min(9, Int(size)))..<end]) == steps else { break }
        steps += 1
      }
      records += 1
      offset = end + 4
    }
    return records == 0 ? (0, 0) : (steps, offset)
  }

  private static func step(_ bytes: ArraySlice<UInt8>) -> Int {
    guard bytes.first == 0x10 else { return 0 }
    var (value, shift) = (0, 0)
    for byte in bytes.dropFirst() {
      value |= Int(byte & 0x7F) << shift
      shift += 7
      if byte < 0x80 || shift > 56 { break }
    }
    return value
  }

  private static func record(_ data: [UInt8]) -> Data {
    let length = bytes(UInt64(data.count))
    return Data(length + bytes(Checksum.masked(length[...])) + data + bytes(Checksum.masked(data[...])))
  }

  private static func event(_ wallTime: Double, version: String) -> [UInt8] {
    [0x09] + bytes(wallTime.bitPattern) + field(0x1A, Array(version.utf8))
  }

  private static func event(_ wallTime: Double, step: Int, _ scalars: [Scalar]) -> [UInt8] {
    let summary = scalars.flatMap { scalar in
      field(0x0A, field(0x0A, Array(scalar.tag.utf8)) + [0x15] + bytes(scalar.value.bitPattern))
    }
    return [0x09] + bytes(wallTime.bitPattern) + [0x10] + varint(UInt64(step)) + field(0x2A, summary)
  }

  /// A field of known length.
  private static func field(_ key: UInt8, _ content: [UInt8]) -> [UInt8] {
    [key] + varint(UInt64(content.count)) + content
  }

  private static func varint(_ value: UInt64) -> [UInt8] {
    var (rest, all) = (value, [UInt8]())
    repeat {
      all.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
      rest >>= 7
    } while rest > 0
    return all
  }

  private static func bytes(_ word: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: word.littleEndian) { Array($0) }
  }
}

/// CRC-32C (Castagnoli): the reflected polynomial 0x82F63B78, as in RFC 3720.
public enum Checksum {
  /// The checksum of bytes; of the ASCII text `123456789` it is 0xE3069283.
  public static func crc32c(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var sum = ~UInt32(0)
    for byte in bytes { sum = table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ sum >> 8 }
    return ~sum
  }

  /// The checksum as event files store it, turned so that a checksum of bytes with checksums in them stays good.
  public static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let sum = crc32c(bytes)
    return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
  }

  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0x82F6_3B78 : sum >> 1 }
  }
}
