extension RunRecord {
  /// The attributes of the root; texts a foreign writer left out are empty.
  public func identity() throws(HDF5Error) -> RecordIdentity {
    try locked { () throws(HDF5Error) in
      func text(_ name: String) throws(HDF5Error) -> String { try file.text(name) ?? "" }
      return RecordIdentity(
        kind: RecordIdentity.Kind(rawValue: try text("kind")) ?? .discovery,
        status: RecordIdentity.Status(rawValue: try text("status")) ?? .failed,
        uuid: try text("uuid"), title: try text("title"), created: try text("date_created"),
        modified: try text("date_modified"), software: try text("software"),
        softwareVersion: try text("software_version"), history: try text("history"))
    }
  }

  /// Notes how far the run has come.
  public func setStatus(_ status: RecordIdentity.Status) throws(HDF5Error) {
    try locked { () throws(HDF5Error) in
      requireWritable()
      try file.setText(status.rawValue, named: "status")
    }
  }

  func write(_ identity: RecordIdentity) throws(HDF5Error) {
    let texts = [
      ("Conventions", Schema.conventions), ("schema_name", Schema.name), ("schema_version", Schema.version),
      ("kind", identity.kind.rawValue), ("status", identity.status.rawValue), ("uuid", identity.uuid),
      ("title", identity.title), ("date_created", identity.created), ("date_modified", identity.modified),
      ("software", identity.software), ("software_version", identity.softwareVersion), ("history", identity.history),
    ]
    for (name, text) in texts { try file.setText(shortened(text), named: name) }
  }
}

/// The end of a text that fits an attribute: whole lines, below 1 KiB.
func shortened(_ text: String) -> String {
  guard text.utf8.count > largestAttributeText else { return text }
  var kept: [Substring] = []
  var size = 0
  for line in text.split(separator: "\n", omittingEmptySubsequences: false).reversed() {
    size += line.utf8.count + 1
    guard size <= largestAttributeText else { break }
    kept.append(line)
  }
  if kept.isEmpty {
    var cut = text
    while cut.utf8.count > largestAttributeText { cut.removeLast(max(1, (cut.utf8.count - largestAttributeText) / 4)) }
    return cut
  }
  return kept.reversed().joined(separator: "\n")
}

/// The longest text written into an attribute, in bytes.
let largestAttributeText = 1000

extension HDF5File {
  /// Refuses a file that is no record, or one of another major version of the schema.
  func requireSchema() throws(HDF5Error) {
    guard try text("schema_name") == Schema.name, let version = try text("schema_version") else {
      throw place.error(.otherSchema, "it is an HDF5 file but not a record of schema \(Schema.name)")
    }
    let parts = version.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let major = Int(parts[0]), parts.allSatisfy({ Int($0) != nil }) else {
      throw place.error(.otherSchema, "its schema_version \"\(version)\" is no version")
    }
    guard major == Schema.major else {
      let ours = Schema.version.split(separator: ".").prefix(2).joined(separator: ".")
      throw place.error(
        .otherSchema,
        "written by schema \(parts[0]).\(parts[1]); this is \(ours): upgrade, or run `metaplast log migrate`")
    }
  }
}
