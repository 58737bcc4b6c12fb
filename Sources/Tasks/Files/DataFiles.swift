/// One file of a data set.
struct DataFile: Sendable {
  /// What the file holds.
  enum Role: Sendable, CaseIterable {
    case trainImages, trainLabels, testImages, testLabels, table, archive, train, batch1, batch2, batch3, batch4, batch5
    case test
  }

  let role: Role
  /// The file's names, the usual one first.
  let names: [String]
  /// The SHA-256 of a copy known to be good, under its usual name.
  var known: String?
  /// Whether the last of the names may be a folder: an archive, unpacked.
  var mayBeFolder = false

  /// An IDX file under its usual name and the one with a dot, packed or plain.
  static func idx(_ role: Role, _ stem: String, known: String? = nil) -> DataFile {
    let kind = role == .trainImages || role == .testImages ? "idx3-ubyte" : "idx1-ubyte"
    let names = ["\(stem)-\(kind).gz", "\(stem)-\(kind)", "\(stem).\(kind)"]
    return DataFile(role: role, names: names, known: known)
  }

  /// A zip archive, or the folder that it unpacks to.
  static func archive(_ role: Role, _ stem: String, folder: String? = nil, known: String? = nil) -> DataFile {
    DataFile(role: role, names: ["\(stem).zip", folder ?? stem], known: known, mayBeFolder: true)
  }
}

/// The files that belong together in one folder.
struct DataVariant: Sendable {
  let required: [DataFile]
  /// Files that are used when all of them are there.
  var optional: [DataFile] = []
}

/// Files that were found together.
struct FoundFiles: Sendable {
  let folder: String
  let paths: [DataFile.Role: String]
  let variant: DataVariant

  /// The paths, training files first.
  var allPaths: [String] { DataFile.Role.allCases.compactMap { paths[$0] } }
}

/// Where the files of a data set may lie, and how to get them.
struct DataFiles: Sendable {
  let family: String
  /// The layouts that will do, the best first.
  let variants: [DataVariant]
  /// Where packages put the files.
  var packageFolders: [String] = []
  /// Where, below a folder of data sets, other programs put them.
  var otherFolders: [String] = []
  /// A command that brings the files, or nil.
  var command: String?

  /// The environment variable that names a folder of data sets.
  static let variable = "METAPLAST_DATA"

  /// The folders that are looked through, in order.
  ///
  /// Of a folder of data sets D these are D/family, other programs' places in D, and D itself, unless D's own name says
  /// that it holds another family, whose files may have the same names.
  func folders(directory: String?, environment: [String: String]) -> [String] {
    let roots = [directory, environment[Self.variable]].compactMap { $0 }.filter { !$0.isEmpty }
    let below = roots.flatMap { root -> [String] in
      let trimmed = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
      let last = trimmed.split(separator: "/").last.map(String.init) ?? ""
      let isAnother = last != family && TaskCatalogue.names.contains(last)
      return ([family] + otherFolders).map { "\(trimmed)/\($0)" } + (isAnother ? [] : [trimmed])
    }
    return below + packageFolders
  }

  /// Finds the files in the first folder that has any of those required.
  /// - Throws: `TaskError` of kind `missing` that says what to do and where it looked.
  func find(directory: String?, environment: [String: String]) throws(TaskError) -> FoundFiles {
    if let directory, !FileBytes.isFolder(directory) {
      throw TaskError(.missing, "\(directory): is not a folder, so it has no data set \(family)")
    }
    let folders = folders(directory: directory, environment: environment)
    for folder in folders {
      for variant in variants {
        let required = present(variant.required, in: folder)
        if required.isEmpty { continue }
        if let absent = variant.required.first(where: { required[$0.role] == nil }) {
          throw TaskError(.missing, "\(folder)/\(absent.names[0]): no such file; \(advice)")
        }
        let optional = present(variant.optional, in: folder)
        guard optional.isEmpty || optional.count == variant.optional.count else {
          let absent = variant.optional.first { optional[$0.role] == nil }!
          throw TaskError(.missing, "\(folder)/\(absent.names[0]): no such file, though its counterpart is there")
        }
        return FoundFiles(folder: folder, paths: required.merging(optional) { first, _ in first }, variant: variant)
      }
    }
    throw TaskError(
      .missing,
      "\(family): no data found; \(advice); looked in "
        + (folders.isEmpty ? "no folder, as none is named" : folders.joined(separator: ", ")))
  }

  /// How to get what is missing.
  var advice: String {
    let names = variants[0].required.map { $0.names[0] }.joined(separator: ", ")
    let byHand = "put \(names) in DIR/\(family) and pass --data DIR or set \(Self.variable)=DIR"
    return command.map { "run \"\($0)\", or \(byHand)" } ?? byHand
  }

  private func present(_ files: [DataFile], in folder: String) -> [DataFile.Role: String] {
    var found: [DataFile.Role: String] = [:]
    for file in files {
      found[file.role] = file.names.lazy.map { "\(folder)/\($0)" }.first {
        FileBytes.exists($0) || file.mayBeFolder && FileBytes.isFolder($0)
      }
    }
    return found
  }
}
