import Foundation
import Records

/// What can be made of a record.
public enum ExportKind: String, Sendable, CaseIterable {
  /// One HTML page, `report.html`.
  case html
  /// A notebook, `discovery.ipynb`, `evaluation.ipynb` or `findings.ipynb`.
  case notebook
  /// Tables of comma-separated values: `generations.csv`, `candidates.csv`, `evaluation.csv`.
  case csv
}

/// Why a file could not be written.
public struct ExportError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file or folder.
  public var path: String
  /// What is wrong, in words, without a full stop.
  public var detail: String

  /// One clear sentence.
  public var description: String { "cannot write \(path): \(detail)" }
}

/// The files made of a record.
public enum Exports {
  /// The folder of a record's exports under `parent`: `<title>-<first eight characters of its uuid>`.
  public static func folder(for identity: RecordIdentity, under parent: String = "notebooks-export") -> String {
    var words = ""
    for scalar in identity.title.lowercased().unicodeScalars {
      let isPlain = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
      if isPlain { words.unicodeScalars.append(scalar) } else if !words.isEmpty, words.last != "-" { words += "-" }
      if words.utf8.count >= 60 { break }
    }
    while words.last == "-" { words.removeLast() }
    let digits = String(identity.uuid.lowercased().filter { $0.isASCII && $0.isHexDigit }.prefix(8))
    let tail = digits + String(repeating: "0", count: 8 - digits.count)
    return "\(parent)/\(words.isEmpty ? "run" : words)-\(tail)"
  }

  /// Writes files about a record; files that are there are replaced, each whole.
  /// - Parameters:
  ///   - kinds: what to write.
  ///   - record: the record's path.
  ///   - folder: where to write, made when missing; nil takes ``folder(for:under:)``.
  /// - Returns: the paths written, in the order of `kinds`.
  /// - Throws: `HDF5Error` when the record cannot be read, ``ExportError`` when a file cannot be written.
  @discardableResult
  public static func write(
    _ kinds: [ExportKind] = ExportKind.allCases, of record: String, to folder: String? = nil
  ) throws -> [String] {
    let opened = try RunRecord.open(record)
    let folder = try folder ?? self.folder(for: opened.identity())
    // Tables are written from the record itself, however big it is.
    let contents = kinds == [.csv] ? nil : try RunContents(opened)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw ExportError(path: folder, detail: "the folder cannot be made (\(reason(error)))")
    }
    var paths: [String] = []
    func place(_ name: String) -> String { folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)" }
    for kind in kinds {
      guard kind != .csv, let contents else {
        paths += try CommaSeparated(opened).write(to: place)
        continue
      }
      switch kind {
      case .html: paths.append(try write(Report.html(contents), to: place("report.html")))
      default:
        let name = "\(Notebook.name(contents)).ipynb"
        paths.append(try write(Notebook(contents, path: relative(record, from: folder)).json, to: place(name)))
      }
    }
    return paths
  }

  /// Writes a text whole; returns where.
  private static func write(_ text: String, to path: String) throws(ExportError) -> String {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw ExportError(path: path, detail: reason(error))
    }
    return path
  }

  /// A file as seen from a folder.
  static func relative(_ file: String, from folder: String) -> String {
    func parts(_ path: String) -> [String] {
      URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().pathComponents
    }
    let (target, origin) = (parts(file), parts(folder))
    let common = zip(target, origin).prefix { $0 == $1 }.count
    return (origin.dropFirst(common).map { _ in ".." } + target.dropFirst(common)).joined(separator: "/")
  }

  /// The system's words for why a file operation failed.
  static func reason(_ error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    for candidate in [underlying, error as NSError] {
      if let candidate, candidate.domain == NSPOSIXErrorDomain {
        return String(cString: strerror(Int32(candidate.code)))
      }
    }
    switch (error as? CocoaError)?.code {
    case .fileWriteNoPermission: return "permission denied"
    case .fileWriteOutOfSpace: return "the disk is full"
    case .fileWriteFileExists: return "a file of that name is in the way"
    case .fileNoSuchFile: return "there is no such folder"
    case .fileWriteVolumeReadOnly: return "the file system is read-only"
    default: return "the system refused"
    }
  }
}
