import Records

/// All that a report needs of one record. A search is kept as its thinned course, so the memory this takes does not grow
/// with the number of generations.
public struct RunContents: Sendable {
  /// The attributes of its root.
  public var identity: RecordIdentity
  /// Where it comes from.
  public var provenance: Provenance
  /// Its starts and resumes, oldest first.
  public var sessions: [Session]
  /// The search, thinned; nil without a search.
  public var course: SearchCourse?
  /// The hall of fame, best first.
  public var archive: [ArchiveEntry]
  /// The rules it speaks of.
  public var rules: [RuleRow]
  /// Scores of rules on held-out tasks; nil when there are none yet.
  public var evaluation: EvaluationTable?
  /// What the scores say; nil when the record does not.
  public var findings: Findings?
  /// What learning systems have found; nil without a training.
  public var training: TrainingLog?
  /// Whether the evaluation kept weights of its networks.
  public var keepsWeights = false

  /// Makes contents from their parts.
  public init(
    identity: RecordIdentity, provenance: Provenance, sessions: [Session] = [], course: SearchCourse? = nil,
    archive: [ArchiveEntry] = [], rules: [RuleRow] = [], evaluation: EvaluationTable? = nil, findings: Findings? = nil
  ) {
    self.identity = identity
    self.provenance = provenance
    self.sessions = sessions
    self.course = course
    self.archive = archive
    self.rules = rules
    self.evaluation = evaluation
    self.findings = findings
  }

  /// Reads a published record, its generations in blocks.
  /// - Throws: what `RunRecord.open` and its readers throw.
  public init(record path: String) throws(HDF5Error) {
    try self.init(RunRecord.open(path))
  }

  /// Reads an open record, its generations in blocks.
  /// - Throws: what its readers throw.
  public init(_ record: RunRecord) throws(HDF5Error) {
    identity = try record.identity()
    provenance = try record.provenance()
    sessions = try record.sessions()
    course = try SearchCourse(record)
    archive = try record.archive()
    rules = try record.rules()
    evaluation = try record.evaluation()
    findings = try record.findings()
    training = try record.training()
    keepsWeights = try record.keptRuns()?.isEmpty == false
  }

  /// What was searched; nil without a search.
  public var header: DiscoveryHeader? { course?.header }

  /// The rule that the search found, or else nil.
  public var discovered: RuleRow? { rules.first { $0.origin == .discovered } }

  /// The rows of the evaluation, one table for every task and number of shots.
  public func scoreTables() -> [ScoreTable] {
    guard let evaluation else { return [] }
    return evaluation.tasks.indices.flatMap { task in
      evaluation.shots.indices.map { ScoreTable(evaluation, task: task, shot: $0, seed: provenance.masterSeed) }
    }
  }

  /// The tables that a report shows: of the scores, or else of the findings.
  var shownTables: [ScoreTable] {
    let tables = scoreTables()
    guard tables.isEmpty, let findings else { return tables }
    return findings.tasks.indices.flatMap { task in
      findings.shots.indices.map { ScoreTable(findings, task: task, shot: $0) }
    }
  }
}
