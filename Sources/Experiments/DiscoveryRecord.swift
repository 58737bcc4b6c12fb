import Foundation
import Pages
import Records
import Rules
import Search
import Tasks

/// A discovery's record: what is written when, and what is read to go on.
public final class DiscoveryRecord {
  /// How far the run has come, as the record says it.
  public enum Stage: Sendable, Hashable {
    /// It runs.
    case running
    /// It was stopped.
    case interrupted(StopReason)
    /// It is done.
    case complete
  }

  private let record: RunRecord
  private let plan: DiscoveryPlan
  private let rules: DiscoveryRules
  private let path: String
  private let clockOffset: Double
  private var state: DiscoveryState
  private var archive = Archive()

  private init(
    _ record: RunRecord, _ plan: DiscoveryPlan, _ rules: DiscoveryRules, path: String, clockOffset: Double,
    state: DiscoveryState, archive: Archive
  ) {
    self.record = record
    self.plan = plan
    self.rules = rules
    self.path = path
    self.clockOffset = clockOffset
    self.state = state
    self.archive = archive
  }

  /// A record of a run that begins; nothing is on disk before the first `publish`.
  public static func create(
    _ path: String, _ resolved: ResolvedExperiment, _ rules: DiscoveryRules, _ plan: DiscoveryPlan,
    facts: SessionFacts, libraries: [Provenance.Library], data: String?
  ) throws -> DiscoveryRecord {
    let experiment = plan.experiment
    let session = facts.session
    let identity = RecordIdentity(
      kind: .discovery, uuid: RecordIdentity.randomUUID(), title: "\(experiment.name), seed \(experiment.seed)",
      softwareVersion: SessionFacts.softwareVersion, history: "")
    let provenance = Provenance(
      configText: resolved.text, configPath: baseName(resolved.file),
      configSHA256: SHA256.digest(Array(resolved.text.utf8)), configResolved: resolved.canonical,
      masterSeed: experiment.seed, libraries: libraries, inputs: try inputs(rules, experiment, data: data))
    let choice = experiment.optimizer
    let slots = plan.start.slots
    let follows = choice.followsGradient
    var measures: Set<DiscoveryHeader.Measure> = [
      .taskScore, .complexity, .penalty, .episodesScored, .searchMean, .stepSize,
    ]
    measures.formUnion(
      follows ? [.queryLoss, .episodesSkipped, .metaGradient, .alignmentAngle, .orthonormality] : [.axisRatio])
    let header = DiscoveryHeader(
      search: choice.kind, direction: .maximize, outerStep: follows && choice.episodes == 1 ? "episode" : "generation",
      candidates: choice.population,
      parameters: slots.map { slot in
        DiscoveryHeader.Parameter(
          name: slot.label, lower: slot.range.lowerBound, upper: slot.range.upperBound, initial: slot.start)
      }, tasks: [experiment.task.data],
      layers: follows ? groups(experiment) : [],
      measures: measures)
    let record = try RunRecord.create(path, identity, provenance: provenance, discovery: header)
    try record.beginSession(session)
    let made = DiscoveryRecord(
      record, plan, rules, path: path, clockOffset: 0, state: DiscoveryState(plan), archive: Archive())
    let first = try SearchRun(plan.searched[0], choice: choice, seed: experiment.seed)
    made.state.optimiser = first.optimiser.state
    try record.setState(made.state.arrays(nextGeneration: 0))
    try record.setRules(([plan.start] + plan.baselines).map { made.row($0) })
    return made
  }

  /// The groups of neurons along which angles are written down.
  private static func groups(_ experiment: Experiment) -> [String] {
    ["input"] + experiment.network.hidden.indices.map { "hidden_\($0 + 1)" } + ["readout"]
  }

  /// A published record taken up again, and its log.
  public static func resume(
    _ path: String, _ plan: DiscoveryPlan, _ rules: DiscoveryRules, facts: SessionFacts
  ) throws -> (DiscoveryRecord, DiscoveryLog) {
    let record = try RunRecord.resume(path)
    let rows = try record.generations()
    let state = try DiscoveryState(plan, stored: record.state(), path: path)
    var archive = Archive()
    let most = plan.experiment.optimizer.episodes
    let logged = rows.map { row in
      DiscoveryLog.Row(
        population: row.population, fitness: row.fitness,
        episodes: row.measures[.episodesScored]?.map { Int(exactly: $0) ?? most } ?? row.fitness.map { _ in most },
        gradient: plan.experiment.optimizer.followsGradient ? row.measures[.metaGradient] : nil)
    }
    for (row, logged) in zip(rows, logged) {
      archive.add(row.population, row.fitness, logged.episodes.map { $0 < most }, generation: row.generation)
    }
    let log = DiscoveryLog(
      searches: [.init(name: RowName.discovered, rows: logged)] + state.tuned,
      choices: state.chosen, state: rows.isEmpty ? nil : state.optimiser)
    try record.beginSession(facts.session)
    try record.setStatus(.running)
    let made = DiscoveryRecord(
      record, plan, rules, path: path, clockOffset: rows.last?.wallTime ?? 0, state: state, archive: archive)
    return (made, log)
  }

  /// Writes down what happened.
  /// - Parameter wallTime: seconds since this session began.
  /// - Returns: the generation that was added to the record, if one was.
  @discardableResult
  public func observe(_ event: DiscoveryEvent, wallTime: Double) throws -> GenerationRow? {
    switch event {
    case .stage: break
    case .generation(RowName.discovered, let row, let optimiser):
      archive.add(
        row.population, row.fitness, row.episodes.map { $0 < plan.experiment.optimizer.episodes },
        generation: row.generation)
      let stored = stored(row, wallTime: wallTime)
      try record.append(stored)
      state.optimiser = optimiser
      return stored
    case .generation(let name, let row, _): state.note(name, row)
    case .chosen(let choice): state.note(choice)
    }
    return nil
  }

  /// Writes down the result; the run is complete with the next `publish`.
  public func finish(_ result: DiscoveryResult) throws {
    let contenders = result.comparison.rows.compactMap(\.contender)
    try record.setRules(contenders.map { row($0) })
    try record.setEvaluation(
      EvaluationTable(result.comparison, plan.source, layers: plan.experiment.network.hidden.count))
  }

  /// Publishes the record whole.
  /// - Parameter replacing: whether a file that is there already may be replaced.
  /// - Returns: its size in bytes.
  @discardableResult
  public func publish(_ stage: Stage, replacing: Bool = true) throws -> Int {
    switch stage {
    case .running: try record.setStatus(.running)
    case .interrupted(let reason):
      try record.setStatus(.interrupted)
      try record.endSession(exitReason: reason.rawValue)
    case .complete:
      try record.setStatus(.complete)
      try record.endSession(exitReason: "complete")
    }
    try record.setState(state.arrays(nextGeneration: record.generationCount()))
    try record.setArchive(
      archive.best.map { entry in
        let contender = plan.start.with(coefficients: entry.coefficients)
        return ArchiveEntry(
          fitness: entry.fitness,
          complexity: Double(
            contender.rule.complexity(coefficients: entry.coefficients, layerCount: contender.layerCount)),
          expression: Printer.equation(
            contender.rule, coefficients: entry.coefficients, layerCount: contender.layerCount),
          foundAt: entry.generation, parameter: entry.coefficients)
      })
    try record.publish(to: path, replacing: replacing)
    return (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
  }

  private func stored(_ row: SearchedGeneration, wallTime: Double) -> GenerationRow {
    let parameters = plan.start.coefficients.count
    let missing = [Double](repeating: .nan, count: parameters)
    var measures: [DiscoveryHeader.Measure: [Double]] = [
      .taskScore: row.accuracy, .complexity: row.complexity.map(Double.init), .penalty: row.penalty,
      .episodesScored: row.episodes.map(Double.init), .searchMean: row.searchMean ?? missing,
      .stepSize: [row.stepSize ?? .nan],
    ]
    if let descent = row.descent {
      measures[.queryLoss] = row.loss
      measures[.episodesSkipped] = [Double(descent.skipped)]
      measures[.metaGradient] = descent.gradient
      measures[.alignmentAngle] = descent.angles
      measures[.orthonormality] = [.nan] + descent.orthonormality
    } else {
      measures[.axisRatio] = [row.axisRatio ?? .nan]
    }
    return GenerationRow(
      generation: row.generation, population: row.population, fitness: row.fitness, status: row.status,
      attempts: row.fitness.map { _ in 1 }, evaluationTime: row.time, incumbentFitness: row.incumbentFitness,
      incumbentParameter: row.incumbent, medianFitness: row.medianFitness,
      evaluations: (row.generation + 1) * row.fitness.count, wallTime: clockOffset + wallTime,
      evaluationSeed: plan.experiment.seed, restart: row.descent?.restarts ?? 0, measures: measures)
  }

  /// A contender as the record's `/rules` keeps it. The page is that which was read, so that a resume searches in the
  /// same box; only the discovered rule, which has no page, gets one of its own.
  private func row(_ contender: Contender) -> RuleRow {
    let text: String
    switch contender.name {
    case RowName.discovered: text = RulePage.text(contender.asRule(named: "discovered"))
    case RowName.start: text = rules.searched.text
    case RowName.backprop: text = rules.backprop.text
    default: text = rules.feedbackAlignment.text
    }
    let origin: RuleRow.Origin =
      switch contender.name {
      case RowName.discovered: .discovered
      case RowName.start: .user
      default: .baseline
      }
    return RuleRow(contender, text: text, origin: origin)
  }

  private static func inputs(
    _ rules: DiscoveryRules, _ experiment: Experiment, data: String?
  ) throws -> [Provenance.Input] {
    let inputs = [rules.searched, rules.feedbackAlignment, rules.backprop].map { rule in
      Provenance.Input(
        name: baseName(rule.path), role: "rule", sha256: SHA256.digest(Array(rule.text.utf8)),
        bytes: rule.text.utf8.count)
    }
    return inputs + (try Provenance.Input.files(of: experiment, data: data))
  }
}

/// The last part of a path.
func baseName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

extension SessionFacts {
  /// A session of a record that starts now.
  var session: Session {
    Session(
      host: host, commandLine: commandLine, softwareVersion: Self.softwareVersion, gitRevision: gitRevision,
      compiler: compiler, os: os, cpu: cpu, threads: workers)
  }
}
