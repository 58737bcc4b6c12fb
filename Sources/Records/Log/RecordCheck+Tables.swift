extension RecordCheck {
  /// The groups and columns of the schema.
  static func checkTables(_ file: borrowing HDF5File, _ report: Report) throws(HDF5Error) {
    for table in Schema.tables where file.exists(table.path) {
      for name in table.attributes where try file.text(name, of: table.path) == nil {
        report.add("table", "/\(table.path)@\(name)", "the attribute is missing or no text")
      }
      for column in table.columns { try check(column, of: table, file, report) }
    }
    try checkPresence(file, report)
    try checkProvenance(file, report)
    try checkDiscovery(file, report)
    try checkState(file, report)
    try checkEvaluation(file, report)
    try checkTraining(file, report)
  }

  private static func check(
    _ column: Column, of table: Table, _ file: borrowing HDF5File, _ report: Report
  ) throws(HDF5Error) {
    let path = table.path(of: column)
    guard file.exists(path) else {
      if !column.optional { report.add("table", path, "the dataset is missing") }
      return
    }
    guard try file.group("/\(table.path)").kind(of: column.name) == .dataset else {
      report.add("table", path, "it is no dataset")
      return
    }
    let dataset = try file.dataset(path)
    let shape = dataset.shape
    if let type = try dataset.elementType(), type != column.type {
      report.add("table", path, "its type is \(type.rawValue), not \(column.type.rawValue)")
    }
    if column.isCoordinate {
      if !dataset.isScale() { report.add(3, path, "it is no dimension scale") }
      if shape.count != 1 { report.add(3, path, "a coordinate has one axis, this has \(shape.count)") }
    } else {
      var names: [String] = []
      for axis in shape.indices { names.append(try dataset.scales(axis: axis).first.map(lastName) ?? "?") }
      if names != column.dimensions {
        let (found, wanted) = (names.joined(separator: ", "), column.dimensions.joined(separator: ", "))
        report.add("table", path, "its dimensions are (\(found)), not (\(wanted))")
      }
    }
    let growing = Set(column.dimensions.indices.filter { table.growing.contains(column.dimensions[$0]) })
    if dataset.unlimitedAxes != growing, shape.count == column.dimensions.count {
      let word = growing.isEmpty ? "one of its axes can grow, which the schema fixes" : "its first axis cannot grow"
      report.add("table", path, word)
    }
    if column.meaning == .status, try dataset.attribute("flag_meanings") == nil {
      report.add(9, path, "it has no flag_values and flag_meanings")
    }
    if column.meaning == .boolean, try dataset.attribute("dtype") != .text("bool") {
      report.add(7, path, "it has no attribute dtype=\"bool\"")
    }
  }

  private static func checkPresence(_ file: borrowing HDF5File, _ report: Report) throws(HDF5Error) {
    if !file.exists("provenance") { report.add("table", "/provenance", "the group is missing") }
    let kind = try file.text("kind") ?? ""
    let complete = try file.text("status") == "complete"
    if kind == "discovery", !file.exists("discovery") {
      report.add("table", "/discovery", "the group is missing, though kind is discovery")
    }
    if kind == "training", !file.exists("training") {
      report.add("table", "/training", "the group is missing, though kind is training")
    }
    if kind == "evaluation", complete, !file.exists("evaluation") {
      report.add("table", "/evaluation", "the group is missing, though kind is evaluation and status complete")
    }
  }

  private static func checkProvenance(_ file: borrowing HDF5File, _ report: Report) throws(HDF5Error) {
    let group = "/\(Schema.provenance.path)"
    let config = "\(group)/config_text"
    if file.exists(config) {
      for name in ["format", "path", "sha256"] where try file.text(name, of: config) == nil {
        report.add("table", "\(config)@\(name)", "the attribute is missing or no text")
      }
      if let path = try file.text("path", of: config), path.contains("/") {
        report.add("table", "\(config)@path", "it is \"\(path.prefix(80))\", not a base name")
      }
    }
    let seed = "\(group)/master_seed"
    if file.exists(seed), try file.text("rng", of: seed) == nil {
      report.add("table", "\(seed)@rng", "the attribute is missing or no text")
    }
    let started = "\(group)/started"
    if file.exists(started) {
      for text in try file.readStrings(started).values where !isTimestamp(text) {
        report.add("table", started, "it holds \"\(text.prefix(40))\", not a time such as 2026-01-31T12:00:00Z")
      }
    }
  }

  private static func checkDiscovery(_ file: borrowing HDF5File, _ report: Report) throws(HDF5Error) {
    let group = "/\(Schema.discovery.path)"
    guard file.exists(group) else { return }
    if let direction = try file.text("direction", of: group), DiscoveryHeader.Direction(rawValue: direction) == nil {
      report.add("table", "\(group)@direction", "it is \"\(direction)\", not minimize or maximize")
    }
    if let step = try file.text("outer_step", of: group), step != "generation", step != "episode" {
      report.add("table", "\(group)@outer_step", "it is \"\(step)\", not generation or episode")
    }
    if file.exists("\(group)/generation") {
      let index = try file.readIntegers("\(group)/generation").values
      if zip(index, index.dropFirst()).contains(where: { $0 >= $1 }) || (index.first ?? 0) < 0 {
        report.add("table", "\(group)/generation", "its numbers do not rise from 0")
      }
    }
  }

  private static func checkState(_ file: borrowing HDF5File, _ report: Report) throws(HDF5Error) {
    let group = "/discovery/state"
    guard file.exists(group) else { return }
    for name in ["optimizer", "state_version", "private"] where try file.text(name, of: group) == nil {
      report.add("table", "\(group)@\(name)", "the attribute is missing or no text")
    }
    if let word = try file.text("private", of: group), word != "true" {
      report.add("table", "\(group)@private", "it is \"\(word)\", not \"true\"")
    }
    let next = "\(group)/next_generation"
    guard file.exists(next) else {
      report.add("table", next, "the dataset is missing")
      return
    }
    let value = try file.readIntegers(next)
    if !value.shape.isEmpty { report.add("table", next, "it is no scalar") }
    let path = "/discovery/generation"
    guard let number = value.values.first, file.exists(path) else { return }
    if let last = try file.readIntegers(path).values.last, number != last + 1 {
      report.add("table", next, "it is \(number), though the last generation is \(last)")
    }
  }

  private static func checkEvaluation(_ file: borrowing HDF5File, _ report: Report) throws(HDF5Error) {
    let group = "/\(Schema.evaluation.path)"
    if file.exists(group) {
      for name in ["ways", "queries_per_class"] {
        if case .integers(let values) = try file.attribute(name, of: group), values.count == 1 { continue }
        report.add("table", "\(group)@\(name)", "the attribute is missing or no integer")
      }
    }
    try checkWeights(file, report)
    let origin = "/\(Schema.rules.path)/origin"
    if file.exists(origin) {
      for text in try file.readStrings(origin).values where RuleRow.Origin(rawValue: text) == nil {
        report.add("table", origin, "it holds \"\(text.prefix(40))\", not discovered, baseline or user")
      }
    }
  }
}
