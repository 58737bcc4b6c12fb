/// What the scores of an evaluation say about its rules: the group `/findings`.
///
/// Arrays are in C order, [rule][task][shot]. All differences are a rule's accuracy minus the baseline's on the same
/// episodes; what is not defined, such as the difference of the baseline from itself, is NaN.
public struct Findings: Sendable, Hashable {
  /// A number for each rule, task and number of shots.
  public enum Measure: String, Sendable, Hashable, CaseIterable {
    /// Mean query accuracy.
    case accuracyMean = "accuracy_mean"
    /// Lower end of its interval.
    case accuracyLow = "accuracy_ci_low"
    /// Upper end of its interval.
    case accuracyHigh = "accuracy_ci_high"
    /// Mean of the accuracy minus the baseline's, episode by episode.
    case gapToBaseline = "gap_to_baseline"
    /// Lower end of its interval.
    case gapLow = "gap_ci_low"
    /// Upper end of its interval.
    case gapHigh = "gap_ci_high"
    /// Two-sided p value of the sign-flip test of that difference.
    case p = "p_value"
    /// The same after Holm's correction for the number of rules compared.
    case adjustedP = "p_value_holm"
    /// The difference that a paired test finds with power 0.8.
    case detectable = "detectable_difference"
    /// Share of the gap from feedback alignment to backprop that the rule closes.
    case gapClosed = "gap_closed"
    /// Lower end of its interval.
    case gapClosedLow = "gap_closed_ci_low"
    /// Upper end of its interval.
    case gapClosedHigh = "gap_closed_ci_high"

    /// What the dataset's `long_name` says.
    var longName: String {
      switch self {
      case .accuracyMean: "mean query accuracy"
      case .accuracyLow: "lower end of the interval of the mean"
      case .accuracyHigh: "upper end of the interval of the mean"
      case .gapToBaseline: "mean paired difference to the baseline"
      case .gapLow: "lower end of the interval of the paired difference"
      case .gapHigh: "upper end of the interval of the paired difference"
      case .p: "two-sided p value of the paired difference, signs flipped"
      case .adjustedP: "p value after Holm's correction"
      case .detectable: "paired difference found with power 0.8 at two-sided level 0.05"
      case .gapClosed: "share of the gap from feedback alignment to backprop"
      case .gapClosedLow: "lower end of the interval of that share"
      case .gapClosedHigh: "upper end of the interval of that share"
      }
    }
  }

  /// Rules, in the order of `/evaluation`.
  public var rules: [String]
  /// Task families.
  public var tasks: [String]
  /// Training examples per class.
  public var shots: [Int]
  /// The rule that differences are taken to.
  public var baseline: String
  /// How intervals are made.
  public var intervalMethod: String
  /// Test episodes, [rule][task][shot].
  public var episodes: [Int]
  /// Place of each rule by mean accuracy, best first, from 1.
  public var rank: [Int]
  /// The numbers, each [rule][task][shot].
  public var measures: [Measure: [Double]]
  /// What each term is worth; nil where no term was taken away.
  public var terms: TermImportance?
  /// What was found, in words (Markdown); nil where nobody said.
  public var summary: String?
  /// The records that the findings were made from; empty where they are of the record's own evaluation.
  public var sources: [FindingsSource] = []
  /// Names of the records that scored each rule, with commas between them, [rule]; empty without `sources`.
  public var ruleSources: [String] = []

  /// Makes findings with every number NaN, no episodes and ranks in the order given.
  public init(
    rules: [String], tasks: [String], shots: [Int], baseline: String, intervalMethod: String = "bootstrap 95 %"
  ) {
    self.rules = rules
    self.tasks = tasks
    self.shots = shots
    self.baseline = baseline
    self.intervalMethod = intervalMethod
    let cells = rules.count * tasks.count * shots.count
    episodes = [Int](repeating: 0, count: cells)
    rank = rules.indices.map { $0 + 1 }
    measures = Dictionary(
      uniqueKeysWithValues: Measure.allCases.map { ($0, [Double](repeating: .nan, count: cells)) })
  }
}

extension RunRecord {
  /// The findings, or nil when there are none.
  /// - Throws: `wrongType` when a column does not fit the coordinates.
  public func findings() throws(HDF5Error) -> Findings? {
    try locked { () throws(HDF5Error) in
      let group = "/\(Schema.findings.path)"
      guard file.exists(group) else { return nil }
      var found = Findings(
        rules: try file.readStrings("\(group)/rule").values, tasks: try file.readStrings("\(group)/task").values,
        shots: try file.readIntegers("\(group)/shot").values, baseline: try file.text("baseline", of: group) ?? "",
        intervalMethod: try file.text("ci_method", of: group) ?? "")
      let shape = [found.rules.count, found.tasks.count, found.shots.count]
      func require(_ name: String, _ found: [Int], _ wanted: [Int]) throws(HDF5Error) {
        guard found == wanted else {
          throw file.place.at("\(group)/\(name)").error(.wrongType, "its shape \(found) is not \(wanted)")
        }
      }
      let episodes = try file.readIntegers("\(group)/n_seeds")
      try require("n_seeds", episodes.shape, shape)
      found.episodes = episodes.values
      let rank = try file.readIntegers("\(group)/rank")
      try require("rank", rank.shape, [found.rules.count])
      found.rank = rank.values
      for measure in Findings.Measure.allCases {
        let column = try file.readDoubles("\(group)/\(measure.rawValue)")
        try require(measure.rawValue, column.shape, shape)
        found.measures[measure] = column.values
      }
      found.summary = file.exists("\(group)/summary") ? try file.readStrings("\(group)/summary").values.first : nil
      if file.exists("\(group)/term") {
        var terms = TermImportance(terms: try file.readStrings("\(group)/term").values, rules: found.rules.count)
        for (place, column) in TermImportance.columns.enumerated() where file.exists("\(group)/\(column.name)") {
          let read = try file.readDoubles("\(group)/\(column.name)")
          try require(column.name, read.shape, [found.rules.count, terms.terms.count])
          terms.values[place] = read.values
        }
        found.terms = terms
      }
      if file.exists("\(group)/source") {
        let names = try file.readStrings("\(group)/source").values
        func texts(_ name: String, _ count: Int) throws(HDF5Error) -> [String] {
          guard file.exists("\(group)/\(name)") else { return [String](repeating: "", count: count) }
          let read = try file.readStrings("\(group)/\(name)")
          try require(name, read.shape, [count])
          return read.values
        }
        let uuids = try texts("source_uuid", names.count)
        let kinds = try texts("source_kind", names.count)
        let digests = try texts("source_sha256", names.count)
        found.sources = names.indices.map {
          FindingsSource(name: names[$0], uuid: uuids[$0], kind: kinds[$0], sha256: digests[$0])
        }
        found.ruleSources = try texts("rule_source", found.rules.count)
      }
      return found
    }
  }

  /// Replaces the findings.
  /// - Precondition: every array has the length its axes say, and every measure is there.
  public func setFindings(_ findings: Findings) throws(HDF5Error) {
    try locked { () throws(HDF5Error) in
      requireWritable()
      let cells = findings.rules.count * findings.tasks.count * findings.shots.count
      precondition(findings.episodes.count == cells, "findings: \(findings.episodes.count) counts, not \(cells)")
      precondition(findings.rank.count == findings.rules.count, "findings: \(findings.rank.count) ranks")
      precondition(Set(findings.rules).count == findings.rules.count, "findings: rules repeat a name")
      let group = "/\(Schema.findings.path)"
      if file.exists(group) { try file.removeTable(group) }
      var optional: Set<String> = []
      if findings.terms != nil { optional.formUnion(["term"] + TermImportance.columns.map(\.name)) }
      if findings.summary != nil { optional.insert("summary") }
      if !findings.sources.isEmpty {
        optional.formUnion(["source", "source_uuid", "source_kind", "source_sha256", "rule_source"])
        precondition(
          findings.ruleSources.count == findings.rules.count, "findings: \(findings.ruleSources.count) sources")
      }
      try file.create(
        Schema.findings,
        lengths: [
          "rule": findings.rules.count, "task": findings.tasks.count, "shot": findings.shots.count,
          "term": findings.terms?.terms.count ?? 0, "source": findings.sources.count,
        ], including: optional)
      try file.setText(findings.intervalMethod, named: "ci_method", of: group)
      try file.setText(findings.baseline, named: "baseline", of: group)
      try file.write(.texts(findings.rules), to: "\(group)/rule")
      try file.write(.texts(findings.tasks), to: "\(group)/task")
      try file.write(.integers(findings.shots), to: "\(group)/shot")
      try file.write(.integers(findings.episodes), to: "\(group)/n_seeds")
      try file.write(.integers(findings.rank), to: "\(group)/rank")
      for measure in Findings.Measure.allCases {
        let values = findings.measures[measure] ?? []
        precondition(values.count == cells, "findings: \(measure.rawValue) has \(values.count) values, not \(cells)")
        try file.write(.doubles(values), to: "\(group)/\(measure.rawValue)")
      }
      if let terms = findings.terms {
        try file.write(.texts(terms.terms), to: "\(group)/term")
        for (column, values) in zip(TermImportance.columns, terms.values) {
          let wanted = findings.rules.count * terms.terms.count
          precondition(values.count == wanted, "findings: \(column.name) has \(values.count) values, not \(wanted)")
          try file.write(.doubles(values), to: "\(group)/\(column.name)")
        }
      }
      if let summary = findings.summary { try file.write(.texts([summary]), to: "\(group)/summary") }
      if !findings.sources.isEmpty {
        try file.write(.texts(findings.sources.map(\.name)), to: "\(group)/source")
        try file.write(.texts(findings.sources.map(\.uuid)), to: "\(group)/source_uuid")
        try file.write(.texts(findings.sources.map(\.kind)), to: "\(group)/source_kind")
        try file.write(.texts(findings.sources.map(\.sha256)), to: "\(group)/source_sha256")
        try file.write(.texts(findings.ruleSources), to: "\(group)/rule_source")
      }
    }
  }
}
