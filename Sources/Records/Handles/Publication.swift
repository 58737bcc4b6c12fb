import Glibc

/// A file on its way to disk: written whole beside its destination, synced, then renamed over it.
///
/// A reader of the destination sees the former file or the new one, never a part. When a publication is dropped before
/// ``commit()``, the destination is untouched and the partial file is removed.
public struct Publication: ~Copyable {
  /// Where the file will be.
  public let destination: String
  /// The partial file beside it: `.<name>.<pid>.partial`.
  public let partial: String
  private let named: String
  private var finished = false

  /// Writes and syncs the partial file.
  /// - Throws: `cannotCreate` when the folder is missing or not writable, `outputExists` when the destination is there and
  ///   `replacing` is false, `inputOutput` when the disk is full or fails.
  public init(_ bytes: [UInt8], to path: String, replacing: Bool = true) throws(HDF5Error) {
    try Self.checkOutput(path, replacing: replacing)
    let destination = Self.resolved(path)
    let partial = Self.partialName(destination, getpid())
    try Self.write(bytes, partial, named: path)
    self.destination = destination
    self.partial = partial
    named = path
  }

  deinit {
    if !finished { unlink(partial) }
  }

  /// Renames the partial file over the destination and syncs the folder.
  public consuming func commit() throws(HDF5Error) {
    guard rename(partial, destination) == 0 else {
      throw Self.refusal("rename", errno, named)
    }
    finished = true
    let folder = open(Self.folder(destination), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    let synced = fsync(folder)
    let code = errno
    close(folder)
    // Some file systems cannot sync a folder and say so; the file itself is safe.
    guard synced == 0 || code == EINVAL || code == EROFS else { throw Self.refusal("fsync", code, named) }
  }

  /// Refuses an output that cannot be: one that is there and not to be replaced, a folder, or a place nobody may write.
  public static func checkOutput(_ path: String, replacing: Bool) throws(HDF5Error) {
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw HDF5Error(.cannotCreate, call: "stat", file: path, detail: "it is there and is not a regular file")
      }
      guard replacing else {
        throw HDF5Error(.outputExists, call: "stat", file: path, detail: "the output is already there")
      }
    }
    guard access(folder(resolved(path)), W_OK | X_OK) == 0 else { throw refusal("access", errno, path) }
  }

  /// Removes partial files that processes which are gone left beside `path`.
  public static func removeStalePartials(of path: String) {
    let destination = resolved(path)
    let folder = folder(destination)
    guard let entries = opendir(folder) else { return }
    defer { closedir(entries) }
    let start = ".\(baseName(destination))."
    var stale: [String] = []
    while let entry = readdir(entries) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasPrefix(start), name.hasSuffix(".partial") else { continue }
      guard let process = pid_t(name.dropFirst(start.count).dropLast(".partial".count)), process > 0 else { continue }
      if process != getpid(), kill(process, 0) != 0, errno == ESRCH { stale.append("\(folder)/\(name)") }
    }
    for path in stale { unlink(path) }
  }

  private static func write(_ bytes: [UInt8], _ partial: String, named: String) throws(HDF5Error) {
    let file = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard file >= 0 else { throw refusal("open", errno, named) }
    var failure: (call: String, code: Int32)?
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(file, $0.baseAddress! + written, min(bytes.count - written, 1 << 30))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        failure = ("write", count < 0 ? errno : EIO)
        break
      }
      written += count
    }
    if failure == nil, fsync(file) != 0 { failure = ("fsync", errno) }
    if close(file) != 0, failure == nil { failure = ("close", errno) }
    if let failure {
      unlink(partial)
      throw refusal(failure.call, failure.code, named)
    }
  }

  private static func refusal(_ call: String, _ code: Int32, _ path: String) -> HDF5Error {
    let creating = call == "open" || call == "access"
    let full = code == ENOSPC || code == EDQUOT || code == EIO || code == EMFILE || code == ENFILE
    return HDF5Error(
      creating && !full ? .cannotCreate : .inputOutput, call: call, file: path,
      detail: "it cannot be \(creating && !full ? "created" : "written"): \(systemMessage(code))")
  }

  static func partialName(_ destination: String, _ process: pid_t) -> String {
    "\(folder(destination))/.\(baseName(destination)).\(process).partial"
  }

  /// A link is followed, so that the file it names is replaced and not the link.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func folder(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func baseName(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }
}
