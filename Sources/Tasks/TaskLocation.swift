import FoundationEssentials

/// Where the samples of a family come from on this machine, found without loading them.
public struct TaskLocation: Sendable {
  /// Whether the family can be loaded.
  public enum State: Sendable, Hashable {
    /// Made in code: always there.
    case made
    /// All files that are needed lie in `folder`.
    case found(folder: String)
    /// Not there; the error says what to do.
    case missing(TaskError)
  }

  /// One file of the data set.
  public struct File: Sendable, Hashable {
    /// Where it is.
    public let path: String
    /// Its size on disk; of an unpacked archive, the size of all its files.
    public let byteCount: Int
    /// Its SHA-256, when asked for; an unpacked archive has none.
    public let sha256: String?
    /// Whether it is a copy known to be good, where there is a digest to compare with.
    public let isKnown: Bool?
  }

  /// The family's name.
  public let name: String
  /// One line that says what the samples are.
  public let about: String
  /// Whether the family can be loaded.
  public let state: State
  /// The files found, training files first.
  public let files: [File]
  /// The folders that are looked through, in order.
  public let searched: [String]
}

extension TaskCatalogue {
  /// Says where a family's files are.
  /// - Parameters:
  ///   - name: one of `names`.
  ///   - directory: where to look first, or nil.
  ///   - digests: also compute the SHA-256 of each file, which reads all of it.
  ///   - environment: the environment variables.
  /// - Throws: `TaskError` when there is no such family, or when a file cannot be read. Missing files are not thrown:
  ///   they are a `state`.
  public static func locate(
    _ name: String, directory: String? = nil, digests: Bool = false,
    environment: [String: String] = processEnvironment()
  ) throws(TaskError) -> TaskLocation {
    let entry = try entry(name)
    guard let dataFiles = entry.files else {
      return TaskLocation(name: name, about: entry.about, state: .made, files: [], searched: [])
    }
    let searched = dataFiles.folders(directory: directory, environment: environment)
    let found: FoundFiles
    do {
      found = try dataFiles.find(directory: directory, environment: environment)
    } catch {
      return TaskLocation(name: name, about: entry.about, state: .missing(error), files: [], searched: searched)
    }
    var files: [TaskLocation.File] = []
    for role in DataFile.Role.allCases {
      guard let path = found.paths[role] else { continue }
      let isFolder = FileBytes.isFolder(path)
      let digest = digests && !isFolder ? SHA256.digest(try FileBytes.read(path, limit: IDXFile.limit)) : nil
      let listed = (found.variant.required + found.variant.optional).first { $0.role == role }
      // The known digest is that of the file under its usual, packed name.
      let isUsual = listed.map { path.hasSuffix("/" + $0.names[0]) } ?? false
      let isKnown = isUsual ? digest.flatMap { digest in listed?.known.map { $0 == digest } } : nil
      files.append(
        TaskLocation.File(
          path: path, byteCount: isFolder ? try FileTree.byteCount(ofFolder: path) : FileBytes.size(path) ?? 0,
          sha256: digest, isKnown: isKnown))
    }
    return TaskLocation(
      name: name, about: entry.about, state: .found(folder: found.folder), files: files, searched: searched)
  }

  /// The environment variables of this process.
  public static func processEnvironment() -> [String: String] { ProcessInfo.processInfo.environment }
}
