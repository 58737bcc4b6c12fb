import FoundationEssentials
import Pages

/// A file that is needed and is not there, or cannot be read.
public struct MissingFile: Error, Hashable, Sendable, CustomStringConvertible {
  /// The path as the user wrote it.
  public var path: String
  /// Why.
  public var reason: String

  /// Makes the error.
  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// `runs/x.h5: no such file`.
  public var description: String { "\(path): \(reason)" }
}

/// Reads pages from disk.
public enum PageFile {
  /// The text of a page.
  /// - Throws: `MissingFile`, or `Diagnostics` when the file is too large or not UTF-8.
  public static func text(_ path: String) throws -> String {
    var isDirectory = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw MissingFile(path: path, reason: "no such file")
    }
    guard !isDirectory else { throw MissingFile(path: path, reason: "is a folder, not a file") }
    let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0
    guard size <= Page.sizeLimit else {
      throw Diagnostics([
        Diagnostic(
          file: path, line: 1, column: 1, message: "the page has \(size) bytes; at most \(Page.sizeLimit) are read")
      ])
    }
    let data: Data
    do {
      data = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw MissingFile(path: path, reason: "cannot be read")
    }
    guard data.count <= Page.sizeLimit, let text = String(validating: data, as: UTF8.self) else {
      throw Diagnostics([Diagnostic(file: path, line: 1, column: 1, message: "the page is not UTF-8 text")])
    }
    return text
  }
}
