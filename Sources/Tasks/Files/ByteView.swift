/// Bytes of a file with numbers at checked places: every reading beyond the end is refused, none traps.
struct ByteView: Sendable {
  let bytes: [UInt8]
  /// What the bytes are, for messages.
  let name: String

  /// The bytes of `count` from `start`.
  func slice(_ start: Int, _ count: Int) throws(TaskError) -> ArraySlice<UInt8> {
    guard start >= 0, count >= 0, start <= bytes.count, count <= bytes.count - start else {
      throw TaskError(
        .badData, "\(name): points at \(count) bytes from byte \(start), but it is \(bytes.count) bytes long")
    }
    return bytes[start..<start + count]
  }

  /// A little-endian number of `size` bytes, at most 8; those that exceed `Int` are refused.
  func number(_ start: Int, size: Int) throws(TaskError) -> Int {
    let word = try slice(start, size).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let number = Int(exactly: word) else {
      throw TaskError(.badData, "\(name): holds the number \(word) at byte \(start), which no size or place can be")
    }
    return number
  }

  /// A big-endian number of `size` bytes, at most 4.
  func bigEndian(_ start: Int, size: Int) throws(TaskError) -> Int {
    try slice(start, size).reduce(0) { $0 << 8 | Int($1) }
  }

  /// Whether `mark` stands at `start`.
  func has(_ mark: String, at start: Int) -> Bool {
    guard let found = try? slice(start, mark.utf8.count) else { return false }
    return found.elementsEqual(mark.utf8)
  }
}

extension String {
  /// Text of a file for a message: at most 80 characters, with anything that is not printable ASCII as `?`.
  init(shown bytes: some Collection<UInt8>) {
    let printable = bytes.prefix(80).map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: "?") }
    self = String(decoding: printable, as: UTF8.self) + (bytes.count > 80 ? "..." : "")
  }
}
