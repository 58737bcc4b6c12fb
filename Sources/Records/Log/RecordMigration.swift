/// Brings a record of an earlier version of the schema to the version of this program.
///
/// Within a major version nothing was renamed, removed or re-typed, so a record of any 1.x is read as it is, and migration
/// changes only what it says of itself: `schema_version`, `Conventions`, a line of `history`. What is older than 1.0 does
/// not exist; what is newer than this program is refused.
public enum RecordMigration {
  /// Migrates a record into a new file.
  /// - Parameters:
  ///   - path: the record; it stays as it is.
  ///   - out: where the migrated record is published.
  ///   - note: a line for `history`; versions and a full stop are put behind it.
  ///   - replacing: whether a file at `out` may be replaced.
  /// - Returns: the version that the record was of.
  /// - Throws: as `RunRecord.resume` and `RunRecord.publish`; `otherSchema` for a record of a later minor version.
  public static func migrate(
    _ path: String, to out: String, note: String, replacing: Bool = false
  ) throws(HDF5Error) -> String {
    let record = try RunRecord.resume(path)
    let version = try record.schemaVersion()
    guard minor(version) <= minor(Schema.version) else {
      throw HDF5Error(
        .otherSchema, call: "", file: path,
        detail: "it is of schema \(version), later than this program's \(Schema.version), which reads it as it is")
    }
    try record.restamp(note: "\(note): schema \(version) to \(Schema.version)")
    try record.publish(to: out, replacing: replacing)
    return version
  }

  private static func minor(_ version: String) -> Int {
    let parts = version.split(separator: ".")
    return parts.count > 1 ? Int(parts[1]) ?? .max : .max
  }
}

extension RunRecord {
  /// Says of the record that it is of this program's version of the schema.
  fileprivate func restamp(note: String) throws(HDF5Error) {
    try locked { () throws(HDF5Error) in
      try file.setText(Schema.version, named: "schema_version")
      try file.setText(Schema.conventions, named: "Conventions")
      let history = try file.text("history") ?? ""
      try file.setText(shortened(history.isEmpty ? note : "\(history)\n\(note)"), named: "history")
    }
  }
}
