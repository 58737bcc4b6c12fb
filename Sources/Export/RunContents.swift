import Records

/// All that a report needs of one record, read at once.
public struct RunContents: Sendable {
  /// The attributes of its root.
  public var identity: RecordIdentity
  /// Where it comes from.
  public var provenance: Provenance
  /// Its starts and resumes, oldest first.
  public var sessions: [Session]
  /// What was searched; nil without a search.
  public var header: DiscoveryHeader?
  /// The search, generation by generation.
  public var generations: [GenerationRow]
  /// The rules it speaks of.
  public var rules: [RuleRow]
  /// Scores of rules on held-out tasks; nil when there are none yet.
  public var evaluation: EvaluationTable?

  /// Makes contents from their parts.
  public init(
    identity: RecordIdentity, provenance: Provenance, sessions: [Session] = [], header: DiscoveryHeader? = nil,
    generations: [GenerationRow] = [], rules: [RuleRow] = [], evaluation: EvaluationTable? = nil
  ) {
    self.identity = identity
    self.provenance = provenance
    self.sessions = sessions
    self.header = header
    self.generations = generations
    self.rules = rules
    self.evaluation = evaluation
  }

  /// Reads a published record.
  /// - Throws: what `RunRecord.open` and its readers throw.
  public init(record path: String) throws(HDF5Error) {
    let record = try RunRecord.open(path)
    identity = try record.identity()
    provenance = try record.provenance()
    sessions = try record.sessions()
    header = try record.discovery()
    generations = try record.generations()
    rules = try record.rules()
    evaluation = try record.evaluation()
  }

  /// The rule that the search found, or else the first one.
  public var discovered: RuleRow? { rules.first { $0.origin == .discovered } }

  /// The rows of the evaluation, one table for every task and number of shots.
  public func scoreTables() -> [ScoreTable] {
    guard let evaluation else { return [] }
    return evaluation.tasks.indices.flatMap { task in
      evaluation.shots.indices.map { ScoreTable(evaluation, task: task, shot: $0, seed: provenance.masterSeed) }
    }
  }
}
