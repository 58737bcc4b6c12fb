import Records

extension GridRecord {
  /// Joins records of the same grid, such as shards of it, and concludes from all their scores.
  ///
  /// Cells that none of them has stay pending; `evaluate --resume` does them. Sessions follow each other in the order of the
  /// records.
  /// - Parameters:
  ///   - paths: at least one record.
  ///   - path: where the joined record will be published.
  /// - Throws: `HDF5Error`, or `RecordMismatch` when the records are not of one grid, one version of the schema and the same
  ///   rules and data, or a cell that was done twice came out differently.
  public static func merging(_ paths: [String], into path: String) throws -> GridRecord {
    precondition(!paths.isEmpty, "no records to merge")
    let version = try RunRecord.open(paths[0]).schemaVersion()
    var merged = try open(paths[0]).record
    merged.path = path
    for other in paths.dropFirst() {
      let theirs = try RunRecord.open(other).schemaVersion()
      func refuse(_ what: String) -> RecordMismatch { RecordMismatch(path: other, message: what) }
      guard theirs == version else {
        throw refuse("is of schema \(theirs), and \(paths[0]) of \(version)")
      }
      let next = try open(other).record
      guard next.provenance.configResolved == merged.provenance.configResolved else {
        throw refuse("is of another grid than \(paths[0])")
      }
      guard next.rules.map(\.sha256) == merged.rules.map(\.sha256) else {
        throw refuse("has other rules than \(paths[0])")
      }
      for input in next.provenance.inputs where input.role == "dataset" {
        let same = merged.provenance.inputs.first { $0.role == "dataset" && $0.name == input.name }
        if let same, same.sha256 != input.sha256 { throw refuse("was made from another file \(input.name)") }
      }
      do {
        try merged.table.merge(next.table)
      } catch {
        throw refuse("\(error), compared with \(paths[0])")
      }
      merged.sessions += next.sessions
    }
    merged.table.setShard(nil)
    merged.identity.uuid = RecordIdentity.randomUUID()
    merged.identity.created = timestamp()
    return merged
  }

  /// Publishes a joined record: complete when every cell is done.
  /// - Returns: how many cells are still pending.
  public mutating func publishMerged(replacing: Bool) throws(HDF5Error) -> Int {
    let pending = table.layout.cells.count { !table.isDone($0) }
    _ = conclude()
    try publish(pending == 0 ? .complete : .interrupted, replacing: replacing)
    return pending
  }
}
