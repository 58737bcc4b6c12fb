import Foundation

/// Why a page could not be had from a file.
public enum PageFileError: Error, Sendable, CustomStringConvertible {
  /// There is no such file; the hint may name the nearest that there is.
  case missing(path: String, hint: String)
  /// The file is there and cannot be read.
  case unreadable(path: String, reason: String)
  /// The file is read and something in it is wrong.
  case wrong(Diagnostics)

  /// One line, or the diagnostics in compiler form.
  public var description: String {
    switch self {
    case .missing(let path, let hint): "\(path): error: no such file\(hint)"
    case .unreadable(let path, let reason): "\(path): error: \(reason)"
    case .wrong(let diagnostics): diagnostics.description
    }
  }
}

extension Page {
  /// Reads the text of a page from a file: at most `sizeLimit` bytes of UTF-8.
  public static func text(path: String) throws(PageFileError) -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .missing(path: path, hint: "")
    }
    guard !isFolder.boolValue else { throw .unreadable(path: path, reason: "is a folder, not a page") }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw .unreadable(path: path, reason: "cannot be opened for reading")
    }
    defer { try? handle.close() }
    var data = Data()
    do {
      // A pipe may give less than it is asked for.
      while data.count <= sizeLimit, let more = try handle.read(upToCount: sizeLimit + 1 - data.count), !more.isEmpty {
        data.append(more)
      }
    } catch {
      throw .unreadable(path: path, reason: "cannot be read")
    }
    guard data.count <= sizeLimit else {
      throw .unreadable(path: path, reason: "has more than \(sizeLimit) bytes, which is too much for a page")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw .unreadable(path: path, reason: "is not UTF-8 text")
    }
    return text
  }

  /// Reads a page from a file.
  public static func load(path: String) throws(PageFileError) -> Page {
    let text = try text(path: path)
    do {
      return try parse(text: text, file: path)
    } catch {
      throw .wrong(error)
    }
  }
}
