import Foundation

/// A folder of files that live beside the package and may be missing.
public struct SharedFolder: Sendable {
  /// The folder: what the environment variable names, otherwise the default beside the package.
  public let folder: URL
  /// The variable that overrides the place.
  public let variable: String

  init(variable: String, default path: String) {
    self.variable = variable
    if let named = ProcessInfo.processInfo.environment[variable], !named.isEmpty {
      folder = URL(fileURLWithPath: named, isDirectory: true)
    } else {
      folder = packageRoot.appendingPathComponent(path, isDirectory: true).standardizedFileURL
    }
  }

  /// The place of a file or folder inside.
  public func url(_ name: String) -> URL { folder.appendingPathComponent(name) }

  /// The path of a file or folder inside.
  public func path(_ name: String) -> String { url(name).path }

  /// True when the file is there; otherwise prints one line `skipped: …` that says why.
  public func isAvailable(_ name: String) -> Bool {
    if FileManager.default.fileExists(atPath: path(name)) { return true }
    skipped("\(path(name)) is missing; \(variable) names the folder")
    return false
  }
}

/// Numbers of other groups' programs: the folder in METAPLAST_FIXTURES, or `../shared/fixtures` beside the package.
public let Fixtures = SharedFolder(variable: "METAPLAST_FIXTURES", default: "../shared/fixtures")

/// Data sets: the folder in METAPLAST_DATA, or `../shared/data` beside the package.
public let sharedData = SharedFolder(variable: "METAPLAST_DATA", default: "../shared/data")

/// The root of the package, found from the place of this file.
public let packageRoot = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// Prints why a test, or a part of one, did not run.
public func skipped(_ why: String) {
  FileHandle.standardError.write(Data("skipped: \(why)\n".utf8))
}
