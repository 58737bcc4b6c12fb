/// A zip archive in memory: entries that are stored or deflated, without zip64, encryption or several disks.
///
/// Counts and sizes are checked against the bytes that are there before anything is allocated.
/// - SeeAlso: PKWARE's APPNOTE.TXT, sections 4.3 and 4.4.
public struct ZipArchive: Sendable {
  /// One file of the archive.
  public struct Entry: Sendable, Hashable {
    /// Its path in the archive, such as `images_background/Greek/character01/0394_01.png`.
    public let path: String
    /// Its size when unpacked, as the archive promises.
    public let byteCount: Int
    let packedCount: Int
    let method: Int
    let flags: Int
    let checksum: UInt32
    let header: Int
  }

  /// The most bytes of an archive that are read: 2 GiB.
  public static let limit = 1 << 31
  /// The most bytes that all entries together may unpack to: 4 GiB.
  public static let unpackedLimit = 1 << 32

  /// The files of the archive, in its order; folders are left out.
  public let entries: [Entry]
  private let view: ByteView

  /// The file, for messages.
  var name: String { view.name }

  /// Reads the directory of an archive.
  /// - Parameters:
  ///   - bytes: the archive.
  ///   - name: the file, for messages.
  /// - Throws: `TaskError` of kind `badData` when it is no zip archive, cut off, or beyond what is read.
  public init(_ bytes: [UInt8], name: String) throws(TaskError) {
    let view = ByteView(bytes: bytes, name: name)
    let end = try Self.directoryEnd(view)
    let count = try view.number(end + 10, size: 2)
    let size = try view.number(end + 12, size: 4)
    let start = try view.number(end + 16, size: 4)
    guard try view.number(end + 4, size: 4) == 0, try view.number(end + 8, size: 2) == count else {
      throw TaskError(.badData, "\(name): is part of an archive on several disks")
    }
    guard count < 0xFFFF, size < 0xFFFF_FFFF, start < 0xFFFF_FFFF else {
      throw TaskError(.badData, "\(name): is a zip64 archive, which is not read")
    }
    guard start + size <= end, count * 46 <= size else {
      throw TaskError(
        .badData,
        "\(name): the archive promises \(count) entries in \(size) bytes from byte \(start), which are not there")
    }
    var entries: [Entry] = []
    entries.reserveCapacity(count)
    var place = start
    var total = 0
    for number in 1...max(1, count) where count > 0 {
      guard view.has("PK\u{1}\u{2}", at: place) else {
        throw TaskError(.badData, "\(name): entry \(number) of the archive's directory is damaged")
      }
      let nameCount = try view.number(place + 28, size: 2)
      let entry = Entry(
        path: String(decoding: try view.slice(place + 46, nameCount), as: UTF8.self),
        byteCount: try view.number(place + 24, size: 4), packedCount: try view.number(place + 20, size: 4),
        method: try view.number(place + 10, size: 2), flags: try view.number(place + 8, size: 2),
        checksum: UInt32(try view.number(place + 16, size: 4)), header: try view.number(place + 42, size: 4))
      total += entry.byteCount
      guard total <= Self.unpackedLimit else {
        throw TaskError(
          .badData, "\(name): its entries promise more than the \(Self.unpackedLimit) bytes that are read")
      }
      if !entry.path.hasSuffix("/") { entries.append(entry) }
      place += 46 + nameCount + (try view.number(place + 30, size: 2)) + (try view.number(place + 32, size: 2))
    }
    guard place <= start + size else {
      throw TaskError(.badData, "\(name): the archive's directory is longer than it says")
    }
    self.entries = entries
    self.view = view
  }

  /// The bytes of an entry, unpacked and compared with its checksum.
  /// - Parameters:
  ///   - entry: one of `entries`.
  ///   - limit: the most bytes to accept.
  public func bytes(of entry: Entry, limit: Int) throws(TaskError) -> [UInt8] {
    let name = "\(view.name): \(String(shown: entry.path.utf8))"
    guard entry.byteCount <= limit else {
      throw TaskError(.badData, "\(name): promises \(entry.byteCount) bytes, more than the \(limit) that are read")
    }
    guard entry.flags & 1 == 0 else { throw TaskError(.badData, "\(name): is encrypted") }
    guard view.has("PK\u{3}\u{4}", at: entry.header) else {
      throw TaskError(.badData, "\(name): its header is not where the directory says")
    }
    let start =
      entry.header + 30 + (try view.number(entry.header + 26, size: 2)) + (try view.number(entry.header + 28, size: 2))
    let packed = try view.slice(start, entry.packedCount)
    let unpacked: [UInt8]
    switch entry.method {
    case 0:
      guard entry.packedCount == entry.byteCount else {
        throw TaskError(
          .badData, "\(name): is stored as it is, but in \(entry.packedCount) of \(entry.byteCount) bytes")
      }
      unpacked = Array(packed)
    case 8: unpacked = try Deflate.unpack(packed, count: entry.byteCount, .none, name: name)
    default: throw TaskError(.badData, "\(name): is packed by method \(entry.method); only deflate is read")
    }
    guard Deflate.checksum(unpacked[...]) == entry.checksum else {
      throw TaskError(.badData, "\(name): is damaged: its checksum does not agree")
    }
    return unpacked
  }

  /// Where the end record of the directory begins, searched from the back over a comment of at most 65535 bytes.
  private static func directoryEnd(_ view: ByteView) throws(TaskError) -> Int {
    let last = view.bytes.count - 22
    guard last >= 0 else { throw TaskError(.badData, "\(view.name): is too short for a zip archive") }
    for place in stride(from: last, through: max(0, last - 0xFFFF), by: -1)
    where view.bytes[place] == 0x50 && view.has("PK\u{5}\u{6}", at: place) { return place }
    throw TaskError(.badData, "\(view.name): is not a whole zip archive: its directory is missing")
  }
}
