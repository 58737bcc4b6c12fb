import Glibc

/// Sixteen bytes behind a published record that tell whether the bytes before them are still as they were written.
///
/// HDF5 and all its readers ignore what lies behind the end of the data, and any program that changes the file cuts it
/// off there. So a file without a seal is read as it is; a file whose seal does not fit was damaged on its way, and is
/// refused before the library, which trusts most of what it reads, meets it.
///
/// The seal is a mark of eight bytes and a 64-bit hash, little-endian: words of eight bytes, the last filled with 0,
/// each taken in by `h ← (h ⊕ word)·0x9E3779B97F4A7C15; h ← h ⊕ (h >> 29)`, from `h = length`. It guards against
/// accidents, not against forgery.
enum Seal {
  static let mark: [UInt8] = [0x89, 0x4D, 0x50, 0x53, 0x0D, 0x0A, 0x1A, 0x0A]
  static let length = 16

  /// The bytes with a seal behind them.
  static func sealed(_ bytes: [UInt8]) -> [UInt8] {
    var hash = Hash(length: bytes.count)
    bytes.withUnsafeBytes { hash.take($0) }
    return bytes + mark + (0..<8).map { UInt8(truncatingIfNeeded: hash.value >> (8 * UInt64($0))) }
  }

  /// Refuses a file whose seal does not fit; a file without a seal passes.
  static func check(_ descriptor: Int32, size: Int, _ path: String) throws(HDF5Error) {
    func trouble() -> HDF5Error {
      HDF5Error(.inputOutput, call: "pread", file: path, detail: "it cannot be read: \(systemMessage(errno))")
    }
    let body = size - length
    guard body > 0 else { return }
    var tail = [UInt8](repeating: 0, count: length)
    guard fill(&tail, length, from: descriptor, at: body) else { throw trouble() }
    guard Array(tail[..<8]) == mark else { return }
    var hash = Hash(length: body)
    var block = [UInt8](repeating: 0, count: 1 << 20)
    var place = 0
    while place < body {
      let count = min(block.count, body - place)
      guard fill(&block, count, from: descriptor, at: place) else { throw trouble() }
      block.withUnsafeBytes { hash.take(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      place += count
    }
    let written = tail[8...].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard hash.value == written else {
      throw HDF5Error(
        .damaged, call: "pread", file: path, detail: "its bytes are not those that were written: it was damaged")
    }
  }

  private static func fill(_ bytes: inout [UInt8], _ count: Int, from descriptor: Int32, at place: Int) -> Bool {
    var filled = 0
    while filled < count {
      let got = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress! + filled, count - filled, off_t(place + filled))
      }
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { return false }
      filled += got
    }
    return true
  }

  /// The running hash. Every block but the last must hold whole words.
  private struct Hash {
    var value: UInt64

    init(length: Int) { value = UInt64(length) }

    mutating func take(_ block: UnsafeRawBufferPointer) {
      let whole = block.count / 8
      for word in 0..<whole {
        mix(UInt64(littleEndian: block.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self)))
      }
      guard block.count > whole * 8 else { return }
      var rest: UInt64 = 0
      for byte in (whole * 8..<block.count).reversed() { rest = rest << 8 | UInt64(block[byte]) }
      mix(rest)
    }

    private mutating func mix(_ word: UInt64) {
      value = (value ^ word) &* 0x9E37_79B9_7F4A_7C15
      value ^= value >> 29
    }
  }
}
