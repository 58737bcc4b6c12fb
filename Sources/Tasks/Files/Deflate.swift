import CZlib

/// Deflate data whose unpacked size is known beforehand, as archives, images and tables hold them.
enum Deflate {
  /// How the data are wrapped.
  enum Wrapper {
    /// Nothing around them, as in zip archives.
    case none
    /// A zlib header and checksum, as in PNG images and HDF5 chunks.
    case zlib

    var windowBits: Int32 { self == .none ? -15 : 15 }
  }

  /// The bytes that `packed` unpacks to, which must be `count`.
  ///
  /// A promise of more than deflate can keep is refused before anything is allocated.
  /// - Parameters:
  ///   - packed: the packed bytes; what follows their end is left alone.
  ///   - count: how many bytes they must unpack to.
  ///   - wrapper: what is around them.
  ///   - name: what is unpacked, for messages.
  /// - Throws: `TaskError` of kind `badData` when the data are damaged, or unpack to more or fewer bytes.
  static func unpack(
    _ packed: ArraySlice<UInt8>, count: Int, _ wrapper: Wrapper, name: String
  ) throws(TaskError) -> [UInt8] {
    guard packed.count < 1 << 31, count <= packed.count * Gzip.greatestRatio else {
      throw TaskError(.badData, "\(name): promises \(count) bytes, more than \(packed.count) packed bytes can hold")
    }
    var state = z_stream()
    let start = inflateInit2_(&state, wrapper.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard start == Z_OK else { throw TaskError(.badData, "\(name): zlib does not start (code \(start))") }
    defer { inflateEnd(&state) }
    // One byte more, to see whether the data go on.
    var unpacked = [UInt8](repeating: 0, count: count + 1)
    let status = packed.withUnsafeBufferPointer { source in
      unpacked.withUnsafeMutableBufferPointer { target in
        // zlib's interface is not const-correct: it does not write to its input.
        state.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
        state.avail_in = UInt32(source.count)
        state.next_out = target.baseAddress
        state.avail_out = UInt32(target.count)
        return inflate(&state, Z_FINISH)
      }
    }
    let written = unpacked.count - Int(state.avail_out)
    guard written <= count else { throw TaskError(.badData, "\(name): unpacks to more than \(count) bytes") }
    guard status == Z_STREAM_END else {
      let reason = state.msg.map { String(cString: $0) } ?? "they end early"
      throw TaskError(.badData, "\(name): the packed data are damaged: \(reason)")
    }
    guard written == count else {
      throw TaskError(.badData, "\(name): unpacks to \(written) bytes where \(count) were promised")
    }
    unpacked.removeLast()
    return unpacked
  }

  /// The checksum of zip entries and PNG chunks.
  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
  }
}
