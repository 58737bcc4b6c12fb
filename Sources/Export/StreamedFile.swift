import Foundation

/// A text file that grows piece by piece beside its destination and takes its place when it is whole.
///
/// Holds at most a mebibyte. Without ``commit()`` nothing is left behind.
final class StreamedFile {
  private let path: String
  private let partial: String
  private var descriptor: Int32
  private var buffer: [UInt8] = []

  /// Begins a file.
  /// - Throws: ``ExportError``.
  init(_ path: String) throws(ExportError) {
    self.path = path
    let place = (path as NSString).deletingLastPathComponent
    let name = ".\((path as NSString).lastPathComponent).\(getpid()).partial"
    partial = place.isEmpty ? name : "\(place)/\(name)"
    descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw ExportError(path: path, detail: Self.reason()) }
    buffer.reserveCapacity(1 << 20)
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      unlink(partial)
    }
  }

  /// Adds text.
  func write(_ text: String) throws(ExportError) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= 1 << 20 { try flush() }
  }

  /// Puts the file in its place.
  func commit() throws(ExportError) {
    try flush()
    let closed = close(descriptor)
    descriptor = -1
    guard closed == 0, rename(partial, path) == 0 else {
      let reason = Self.reason()
      unlink(partial)
      throw ExportError(path: path, detail: reason)
    }
  }

  private func flush() throws(ExportError) {
    var written = 0
    while written < buffer.count {
      let count = buffer.withUnsafeBytes {
        Foundation.write(descriptor, $0.baseAddress! + written, $0.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw ExportError(path: path, detail: Self.reason()) }
      written += count
    }
    buffer.removeAll(keepingCapacity: true)
  }

  private static func reason() -> String {
    switch errno {
    case ENOSPC: "the disk is full"
    case EACCES: "permission denied"
    case EISDIR: "a folder of that name is in the way"
    default: String(cString: strerror(errno))
    }
  }
}
