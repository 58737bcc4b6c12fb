extension RunRecord {
  // MARK: Hall of fame

  /// The hall of fame, best first; empty when there is none.
  public func archive() throws(HDF5Error) -> [ArchiveEntry] {
    try locked { () throws(HDF5Error) in
      let group = "/\(Schema.archive.path)"
      guard file.exists(group) else { return [] }
      let fitness = try file.readDoubles("\(group)/archive_fitness").values
      let complexity = try file.readDoubles("\(group)/archive_complexity").values
      let expression = try file.readStrings("\(group)/archive_expression").values
      let found = try file.readIntegers("\(group)/found_at").values
      let (parameters, shape) = try file.readDoubles("\(group)/archive_parameter")
      let n = fitness.count
      guard complexity.count == n, expression.count == n, found.count == n, shape.count == 2, shape[0] == n else {
        throw file.place.at(group).error(.wrongType, "its columns disagree in length")
      }
      return (0..<n).map {
        ArchiveEntry(
          fitness: fitness[$0], complexity: complexity[$0], expression: expression[$0], foundAt: found[$0],
          parameter: Array(parameters[$0 * shape[1]..<($0 + 1) * shape[1]]))
      }
    }
  }

  /// Replaces the hall of fame.
  public func setArchive(_ entries: [ArchiveEntry]) throws(HDF5Error) {
    try locked { () throws(HDF5Error) in
      requireWritable()
      guard let header = try discovery() else { preconditionFailure("\(name): the record has no search") }
      let width = header.parameters.count
      for entry in entries {
        precondition(entry.parameter.count == width, "archive: \(entry.parameter.count) coefficients, not \(width)")
      }
      let table = Schema.archive
      let group = "/\(table.path)"
      if file.exists(group), try file.dataset("\(group)/rank").shape != [entries.count] { try file.removeTable(group) }
      if !file.exists(group) { try file.create(table, lengths: ["rank": entries.count, "parameter": width]) }
      try file.write(.integers(Array(entries.indices)), to: "\(group)/rank")
      try file.write(.doubles(entries.map(\.fitness)), to: "\(group)/archive_fitness")
      try file.write(.doubles(entries.map(\.complexity)), to: "\(group)/archive_complexity")
      try file.write(.texts(entries.map(\.expression)), to: "\(group)/archive_expression")
      try file.write(.integers(entries.map(\.foundAt)), to: "\(group)/found_at")
      try file.write(.doubles(entries.flatMap(\.parameter)), to: "\(group)/archive_parameter")
    }
  }

  // MARK: Rules

  /// The rules of the record; empty when there are none. Terms a rule lacks are left out.
  public func rules() throws(HDF5Error) -> [RuleRow] {
    try locked { () throws(HDF5Error) in
      let group = "/\(Schema.rules.path)"
      guard file.exists(group) else { return [] }
      let names = try file.readStrings("\(group)/rule").values
      let terms = try file.readStrings("\(group)/term").values
      let (coefficients, shape) = try file.readDoubles("\(group)/coefficient")
      guard shape == [names.count, terms.count] else {
        throw file.place.at("\(group)/coefficient").error(.wrongType, "its shape \(shape) does not fit the group")
      }
      var texts: [String: [String]] = [:]
      for column in ["expression", "latex", "rule_text", "origin", "sha256"] {
        texts[column] = try file.readStrings("\(group)/\(column)").values
        guard texts[column]?.count == names.count else {
          throw file.place.at("\(group)/\(column)").error(.wrongType, "it is not as long as rule")
        }
      }
      let complexity = try file.readDoubles("\(group)/complexity").values
      guard complexity.count == names.count else {
        throw file.place.at("\(group)/complexity").error(.wrongType, "it is not as long as rule")
      }
      return names.indices.map { r in
        let row = coefficients[r * terms.count..<(r + 1) * terms.count]
        return RuleRow(
          name: names[r], expression: texts["expression"]![r], latex: texts["latex"]![r],
          ruleText: texts["rule_text"]![r], origin: RuleRow.Origin(rawValue: texts["origin"]![r]) ?? .user,
          sha256: texts["sha256"]![r], complexity: complexity[r],
          terms: zip(terms, row).filter { !$0.1.isNaN }.map { RuleRow.Term($0.0, $0.1) })
      }
    }
  }

  /// Replaces the rules of the record. Terms are listed in the order in which they first appear.
  /// - Precondition: names are unique, and so are the terms of a rule.
  public func setRules(_ rules: [RuleRow]) throws(HDF5Error) {
    try locked { () throws(HDF5Error) in
      requireWritable()
      precondition(Set(rules.map(\.name)).count == rules.count, "rules: names repeat")
      var terms: [String] = []
      var place: [String: Int] = [:]
      for term in rules.flatMap(\.terms) where place[term.text] == nil {
        place[term.text] = terms.count
        terms.append(term.text)
      }
      var coefficients = [Double](repeating: .nan, count: rules.count * terms.count)
      for (r, rule) in rules.enumerated() {
        for term in rule.terms {
          let slot = r * terms.count + place[term.text]!
          precondition(coefficients[slot].isNaN, "rule \(rule.name): term \(term.text) repeats")
          coefficients[slot] = term.coefficient
        }
      }
      let table = Schema.rules
      let group = "/\(table.path)"
      if file.exists(group) { try file.removeTable(group) }
      try file.create(table, lengths: ["rule": rules.count, "term": terms.count])
      try file.write(.texts(rules.map(\.name)), to: "\(group)/rule")
      try file.write(.texts(terms), to: "\(group)/term")
      try file.write(.doubles(coefficients), to: "\(group)/coefficient")
      try file.write(.texts(rules.map(\.expression)), to: "\(group)/expression")
      try file.write(.texts(rules.map(\.latex)), to: "\(group)/latex")
      try file.write(.texts(rules.map(\.ruleText)), to: "\(group)/rule_text")
      try file.write(.texts(rules.map(\.origin.rawValue)), to: "\(group)/origin")
      try file.write(.texts(rules.map(\.sha256)), to: "\(group)/sha256")
      try file.write(.doubles(rules.map(\.complexity)), to: "\(group)/complexity")
    }
  }
}
