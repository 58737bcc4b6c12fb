import Networks
import Pages
import Records
import Rules
import Tasks

/// A rule that is evaluated, and the page that a record keeps of it.
public struct EvaluatedRule: Sendable, Hashable {
  /// The rule on the experiment's network.
  public var contender: Contender
  /// Its page as it was read; nil for a rule from a record, which gets a page of its own.
  public var text: String?
  /// The path of the page or of the record.
  public var path: String

  /// Makes the pair.
  public init(contender: Contender, text: String?, path: String) {
    self.contender = contender
    self.text = text
    self.path = path
  }
}

/// The record of an evaluation: rules, their scores on every episode, and what the scores say.
public enum EvaluationRecord {
  /// Writes the record whole.
  /// - Parameters:
  ///   - path: where; its folder exists.
  ///   - resolved: the experiment whose tasks and network were used.
  ///   - rules: the rules, with the names of their rows.
  ///   - comparison: all rows, each compared with a baseline.
  ///   - terms: what the rules' terms are worth; nil where none was taken away.
  ///   - split: the pool that the episodes came from.
  ///   - first: the number of the first episode.
  ///   - facts: the program and the machine.
  ///   - started: when scoring began, UTC.
  ///   - replacing: whether a file that is there already may be replaced.
  /// - Throws: `HDF5Error`, or `TaskError` where the data files are gone.
  public static func write(
    _ path: String, _ resolved: ResolvedExperiment, _ rules: [EvaluatedRule], _ comparison: Comparison,
    _ source: EpisodeSource, terms: TermAblation? = nil, split: Split, first: Int, facts: SessionFacts,
    libraries: [Provenance.Library], data: String?, started: String, replacing: Bool
  ) throws {
    let experiment = resolved.experiment
    let identity = RecordIdentity(
      kind: .evaluation, uuid: RecordIdentity.randomUUID(),
      title: "\(experiment.name), \(split) episodes, seed \(experiment.seed)",
      softwareVersion: SessionFacts.softwareVersion, history: "")
    let pages = rules.compactMap { rule in
      rule.text.map {
        Provenance.Input(
          name: baseName(rule.path), role: "rule", sha256: SHA256.digest(Array($0.utf8)), bytes: $0.utf8.count)
      }
    }
    let provenance = Provenance(
      configText: resolved.text, configPath: baseName(resolved.file),
      configSHA256: SHA256.digest(Array(resolved.text.utf8)), configResolved: resolved.canonical,
      masterSeed: experiment.seed, libraries: libraries,
      inputs: pages + (try Provenance.Input.files(of: experiment, data: data)))
    let record = try RunRecord.create(path, identity, provenance: provenance)
    var session = facts.session
    session.started = started
    try record.beginSession(session)
    try record.setRules(
      rules.map { rule in
        let text = rule.text ?? RulePage.text(rule.contender.asRule(named: rule.contender.rule.name))
        return RuleRow(rule.contender, text: text, origin: rule.origin)
      })
    var table = EvaluationTable(comparison, source, layers: experiment.network.hidden.count, first: first)
    table.split = "\(split)"
    table.taskFacts = [TaskFacts(experiment)]
    table.runSeeds = table.seeds.map { _ in Int(experiment.seed) }
    table.episodes = table.seeds
    try record.setEvaluation(table)
    if let weights = KeptWeights(comparison, source, experiment.network, first: first) {
      try record.setWeights(weights)
    }
    var findings = Findings(comparison, source)
    findings.terms = terms?.importance(rows: findings.rules)
    try record.setFindings(findings)
    try record.endSession(exitReason: "complete")
    try record.setStatus(.complete)
    try record.publish(to: path, replacing: replacing)
  }
}

extension KeptWeights {
  /// What the rows of a comparison kept of their first episodes; nil where nothing was kept.
  fileprivate init?(_ comparison: Comparison, _ source: EpisodeSource, _ network: NetworkParameters, first: Int) {
    let count = comparison.rows.map(\.scores.weights.count).max() ?? 0
    guard count > 0 else { return nil }
    self.init(
      shapes: network.weightShapes(inputCount: source.family.inputCount, outputCount: source.outputCount),
      kept: Array(first..<first + count),
      runs: comparison.rows.flatMap { row in
        (0..<count).map { row.scores.weights.indices.contains($0) ? row.scores.weights[$0] : nil }
      })
  }
}

extension EvaluatedRule {
  /// Where the rule comes from, in the words of a record.
  fileprivate var origin: RuleRow.Origin {
    switch contender.rule.name {
    case RowName.backprop, RowName.feedbackAlignment: .baseline
    default: text == nil ? .discovered : .user
    }
  }
}

extension RuleRow {
  /// A contender as `/rules` keeps it.
  /// - Parameter text: its page.
  init(_ contender: Contender, text: String, origin: Origin) {
    self.init(
      name: contender.name,
      expression: Printer.equations(
        contender.rule, coefficients: contender.coefficients, layerCount: contender.layerCount
      ).joined(separator: "\n"), latex: contender.latex, ruleText: text, origin: origin,
      sha256: SHA256.digest(Array(text.utf8)),
      complexity: Double(
        contender.rule.complexity(coefficients: contender.coefficients, layerCount: contender.layerCount)),
      terms: contender.terms)
  }
}

extension Provenance.Input {
  /// The data files that an experiment reads, with their digests.
  static func files(of experiment: Experiment, data: String?) throws -> [Provenance.Input] {
    try files(of: experiment.task.data, data: data)
  }

  /// The files of a data set, with their digests.
  static func files(of name: String, data: String?) throws -> [Provenance.Input] {
    let location = try TaskCatalogue.locate(name, directory: data, digests: true)
    return location.files.map { file in
      Provenance.Input(name: baseName(file.path), role: "dataset", sha256: file.sha256 ?? "", bytes: file.byteCount)
    }
  }
}
