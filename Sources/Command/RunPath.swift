import Foundation

/// Where records go.
enum RunPath {
  /// `runs/<experiment>-<n>.h5` with the smallest n that no file has yet.
  static func next(for name: String) -> String {
    var n = 1
    while FileManager.default.fileExists(atPath: "runs/\(name)-\(n).h5") { n += 1 }
    return "runs/\(name)-\(n).h5"
  }

  /// Fails when a file cannot be created at `path`.
  /// - Parameter resumes: whether a record that is there could be gone on with.
  static func check(_ path: String, force: Bool, resumes: Bool = true) throws {
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) {
      if isDirectory.boolValue { throw Failure(.cannotCreate, "\(path) is a folder") }
      guard force else {
        throw Failure(
          .cannotCreate,
          resumes
            ? "\(path) exists; go on with it with --resume \(path), or write over it with --force"
            : "\(path) exists; write over it with --force")
      }
    }
    if path.hasPrefix("runs/") {
      do {
        try FileManager.default.createDirectory(atPath: "runs", withIntermediateDirectories: true)
      } catch {
        throw Failure(.cannotCreate, "cannot create the folder runs: \(reason())")
      }
    }
    let folder = (path as NSString).deletingLastPathComponent
    let place = folder.isEmpty ? "." : folder
    guard FileManager.default.fileExists(atPath: place, isDirectory: &isDirectory), isDirectory.boolValue else {
      throw Failure(.cannotCreate, "cannot create \(path): there is no folder \(place)")
    }
    guard access(place, W_OK) == 0 else { throw Failure(.cannotCreate, "cannot create \(path): \(reason())") }
  }

  private static func reason() -> String { String(cString: strerror(errno)) }
}
