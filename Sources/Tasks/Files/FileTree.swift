import FoundationEssentials

/// Many small files of a data set: a zip archive, or the folder it unpacks to.
enum FileTree: Sendable {
  case archive(ZipArchive)
  case folder(String, paths: [String])

  /// The most files of a folder that are listed.
  static let largestCount = 1 << 17

  /// Opens what lies at `path`.
  static func open(_ path: String) throws(TaskError) -> FileTree {
    guard FileBytes.isFolder(path) else {
      return .archive(try ZipArchive(try FileBytes.read(path, limit: ZipArchive.limit), name: path))
    }
    return .folder(path, paths: try list(path))
  }

  /// The bytes in all files of a folder.
  static func byteCount(ofFolder path: String) throws(TaskError) -> Int {
    try list(path).reduce(0) { $0 + (FileBytes.size("\(path)/\($1)") ?? 0) }
  }

  /// Calls `body` with the path of every file, relative to the folder or as it stands in the archive, and a function
  /// that reads it; in the order of their paths.
  func forEach(
    limit: Int, _ body: (String, _ name: String, () throws(TaskError) -> [UInt8]) throws(TaskError) -> Void
  ) throws(TaskError) {
    switch self {
    case .archive(let archive):
      for entry in archive.entries.sorted(by: { $0.path < $1.path }) {
        try body(entry.path, archive.name + ": " + String(shown: entry.path.utf8)) { () throws(TaskError) in
          try archive.bytes(of: entry, limit: limit)
        }
      }
    case .folder(let root, let paths):
      for path in paths {
        try body(path, "\(root)/\(path)") { () throws(TaskError) in
          try FileBytes.read("\(root)/\(path)", limit: limit)
        }
      }
    }
  }

  private static func list(_ root: String) throws(TaskError) -> [String] {
    var paths: [String] = []
    var folders = [""]
    while let folder = folders.popLast() {
      let names: [String]
      do { names = try FileManager.default.contentsOfDirectory(atPath: root + "/" + folder) } catch {
        throw TaskError(.missing, "\(root)/\(folder): cannot be listed")
      }
      for name in names where !name.hasPrefix(".") {
        let path = folder.isEmpty ? name : "\(folder)/\(name)"
        // Data sets are three folders deep; a link to a folder above must not lead round and round.
        if FileBytes.isFolder("\(root)/\(path)") {
          if path.utf8.count(where: { $0 == UInt8(ascii: "/") }) < 4 { folders.append(path) }
        } else {
          paths.append(path)
        }
        guard paths.count + folders.count <= largestCount else {
          throw TaskError(.badData, "\(root): holds more than the \(largestCount) files that are read")
        }
      }
    }
    return paths.sorted()
  }
}
