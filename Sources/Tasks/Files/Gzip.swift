import CZlib

/// Gzip data, unpacked piece by piece so that its size never has to be believed.
public enum Gzip {
  /// The most bytes that one byte of deflate can become.
  static let greatestRatio = 1032

  /// Whether `bytes` begin as gzip data does.
  public static func isGzip(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B
  }

  /// Everything that `bytes` unpack to.
  /// - Parameters:
  ///   - bytes: one gzip member, or several after one another.
  ///   - name: the file, for messages.
  ///   - limit: the most bytes to accept; nothing beyond it is unpacked.
  /// - Throws: `TaskError` of kind `badData` when the data are damaged, cut off, followed by something else, or too long.
  public static func unpack(_ bytes: [UInt8], name: String, limit: Int) throws(TaskError) -> [UInt8] {
    var stream = try GzipStream(bytes, name: name)
    var unpacked: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = try stream.read(into: &piece, count: piece.count)
      if count == 0 { return unpacked }
      guard unpacked.count + count <= limit else {
        throw TaskError(.badData, "\(name): unpacks to more than \(limit) bytes")
      }
      unpacked.append(contentsOf: piece[..<count])
    }
  }
}

/// A reader over gzip data in memory.
struct GzipStream: ~Copyable {
  // zlib keeps the address of this struct, so it stays at one place.
  private let state: UnsafeMutablePointer<z_stream>
  private let bytes: [UInt8]
  private let name: String
  private var position = 0
  private var ended = false

  init(_ bytes: [UInt8], name: String) throws(TaskError) {
    state = .allocate(capacity: 1)
    state.initialize(to: z_stream())
    self.bytes = bytes
    self.name = name
    // 15 bits of window, plus 16: the gzip wrapper, whose checksum zlib then verifies.
    let status = inflateInit2_(state, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw TaskError(.badData, "\(name): zlib does not start (code \(status))") }
  }

  deinit {
    inflateEnd(state)
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// Fills the first `count` bytes of `target`; fewer only where the data end.
  mutating func read(into target: inout [UInt8], count: Int) throws(TaskError) -> Int {
    precondition(count <= target.count, "\(count) bytes do not fit in \(target.count)")
    var written = 0
    while written < count, !ended {
      let given = min(bytes.count - position, 1 << 30)
      let room = min(count - written, 1 << 30)
      let status = bytes.withUnsafeBufferPointer { source in
        target.withUnsafeMutableBufferPointer { target in
          // zlib's interface is not const-correct: it does not write to its input.
          state.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress.map { $0 + position })
          state.pointee.avail_in = UInt32(given)
          state.pointee.next_out = target.baseAddress! + written
          state.pointee.avail_out = UInt32(room)
          return inflate(state, Z_NO_FLUSH)
        }
      }
      position += given - Int(state.pointee.avail_in)
      written += room - Int(state.pointee.avail_out)
      switch status {
      case Z_OK: continue
      case Z_STREAM_END: try nextMember()
      case Z_BUF_ERROR: throw TaskError(.badData, "\(name): the gzip data end early: the file is cut off")
      default:
        let reason = state.pointee.msg.map { String(cString: $0) } ?? "code \(status)"
        throw TaskError(.badData, "\(name): the gzip data are damaged: \(reason)")
      }
    }
    return written
  }

  private mutating func nextMember() throws(TaskError) {
    let left = bytes.count - position
    if left == 0 {
      ended = true
    } else if left >= 2, bytes[position] == 0x1F, bytes[position + 1] == 0x8B {
      inflateReset(state)
    } else {
      throw TaskError(.badData, "\(name): \(left) bytes follow the end of the gzip data")
    }
  }
}
