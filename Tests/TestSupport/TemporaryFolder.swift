import Foundation

/// A new empty folder that is removed, with all it holds, when the value is released.
public final class TemporaryFolder: Sendable {
  /// The folder.
  public let url: URL
  /// The folder's path.
  public var path: String { url.path }

  /// Makes the folder in the system's place for temporary files.
  public init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("metaplast-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  /// The path of a file or folder inside.
  public func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}

/// Makes a temporary folder, hands it to `body`, and removes it.
public func withTemporaryFolder<Result>(_ body: (TemporaryFolder) throws -> Result) throws -> Result {
  let folder = try TemporaryFolder()
  return try withExtendedLifetime(folder) { try body(folder) }
}
