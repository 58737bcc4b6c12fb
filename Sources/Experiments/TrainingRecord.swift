import Foundation
import Networks
import Pages
import Records
import Rules
import Tasks
import Training

/// The record of a training: what was asked, what every run found epoch by epoch, and where unfinished ones stand.
///
/// It is made anew for every publication from the course, so the file never holds what was replaced.
public struct TrainingRecord {
  /// Where it is published.
  public let path: String
  /// What was planned.
  public let plan: TrainingPlan
  private var identity: RecordIdentity
  private let provenance: Provenance
  private var sessions: [Session]
  private let rules: [RuleRow]
  private let header: TrainingLog

  /// The record of a training that begins; nothing is on disk before the first `publish`.
  /// - Parameters:
  ///   - path: where; its folder exists.
  ///   - data: the data that the plan names.
  ///   - facts: the program and the machine.
  ///   - directory: a folder of data sets.
  /// - Throws: `TaskError` where the data files are gone.
  public init(
    _ path: String, _ plan: TrainingPlan, _ data: TrainingData, facts: SessionFacts, libraries: [Provenance.Library],
    directory: String?
  ) throws {
    (self.path, self.plan) = (path, plan)
    identity = RecordIdentity(
      kind: .training, uuid: RecordIdentity.randomUUID(), title: "\(plan.name), \(plan.data)",
      softwareVersion: SessionFacts.softwareVersion)
    var loaded: [LoadedRule] = []
    for rule in plan.systems.map(\.rule) where !loaded.contains(where: { $0.rule.name == rule.rule.name }) {
      loaded.append(rule)
    }
    rules = loaded.map { RuleRow($0) }
    let pages = loaded.map {
      Provenance.Input(
        name: baseName($0.path), role: "rule", sha256: SHA256.digest(Array($0.text.utf8)), bytes: $0.text.utf8.count)
    }
    provenance = Provenance(
      configText: plan.text, configPath: baseName(plan.file), configSHA256: SHA256.digest(Array(plan.text.utf8)),
      configResolved: plan.json.text(sorted: true), masterSeed: plan.seeds[0], libraries: libraries,
      inputs: pages + (try Provenance.Input.files(of: plan.data, data: directory)))
    sessions = [facts.session]
    header = try TrainingLog(plan, data)
  }

  /// A published record taken up again: where its runs stand.
  /// - Throws: `HDF5Error`, `Diagnostics`, `TaskError`, or `RecordMismatch` when it holds no training or the data have
  ///   changed.
  /// - Parameter load: loads the data of a plan.
  public static func open(
    _ path: String, load: (TrainingPlan) throws -> TrainingData
  ) throws -> (record: TrainingRecord, course: TrainingCourse, data: TrainingData) {
    let stored = try RunRecord.open(path)
    guard let log = try stored.training() else { throw RecordMismatch(path: path, message: "holds no training") }
    let (plan, provenance) = (try TrainingPlan(stored: stored, path: path), try stored.provenance())
    let data = try load(plan)
    let header = try TrainingLog(plan, data)
    guard header.labels == log.labels, header.sources == log.sources, header.systems == log.systems,
      header.seeds == log.seeds
    else { throw RecordMismatch(path: path, message: "is of other data or of another version of its systems") }
    var identity = try stored.identity()
    // It is written anew from the sessions.
    identity.history = ""
    let record = TrainingRecord(
      path: path, plan: plan, identity: identity, provenance: provenance, sessions: try stored.sessions(),
      rules: try stored.rules(), header: header)
    return (record, try TrainingCourse(plan, log, try stored.trainingStates(), path: path), data)
  }

  private init(
    path: String, plan: TrainingPlan, identity: RecordIdentity, provenance: Provenance, sessions: [Session],
    rules: [RuleRow], header: TrainingLog
  ) {
    (self.path, self.plan, self.identity, self.provenance) = (path, plan, identity, provenance)
    (self.sessions, self.rules, self.header) = (sessions, rules, header)
  }

  /// A session that goes on with the record.
  public mutating func resume(_ facts: SessionFacts) {
    sessions.append(facts.session)
    identity.status = .running
  }

  /// What the record says of how far it has come.
  public var status: RecordIdentity.Status { identity.status }

  /// The classes of the samples held out, by seed.
  public var labels: [[Int32]] {
    header.seeds.indices.map { seed in
      header.labels[seed * header.sampleCount..<(seed + 1) * header.sampleCount].map(Int32.init)
    }
  }

  /// Publishes the record whole.
  /// - Parameters:
  ///   - status: how far it has come.
  ///   - reason: why the session ends; nil while it goes on.
  ///   - replacing: whether a file that is there may be replaced.
  /// - Returns: the number of bytes.
  @discardableResult
  public mutating func publish(
    _ course: TrainingCourse, _ status: RecordIdentity.Status, reason: String? = nil, replacing: Bool = true
  ) throws(HDF5Error) -> Int {
    identity.status = status
    if let reason {
      sessions[sessions.count - 1].ended = timestamp()
      sessions[sessions.count - 1].exitReason = reason
    }
    let record = try RunRecord.create(path, identity, provenance: provenance)
    for session in sessions { try record.beginSession(session) }
    try record.setRules(rules)
    try record.setTraining(header.filled(course), course.states)
    try record.publish(to: path, replacing: replacing)
    return (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
  }
}

extension TrainingPlan {
  /// The plan that a record keeps, its rules included.
  init(stored record: RunRecord, path: String) throws {
    let provenance = try record.provenance()
    let rows = try record.rules()
    self = try TrainingPlan.read(text: provenance.configResolved, file: path) { name in
      guard let row = rows.first(where: { $0.name == name }) else {
        throw RecordMismatch(path: path, message: "does not keep rule \(name)")
      }
      return try LoadedRule(text: row.ruleText, path: "\(path): rule \(name)")
    }
  }
}

extension TrainingLog {
  /// What is known before the first epoch.
  init(_ plan: TrainingPlan, _ data: TrainingData) throws {
    var labels: [Int] = []
    var sources: [Int] = []
    for seed in plan.seeds {
      let held = try DataDivision(data, plan.division, seed: seed).test
      labels += held.map { Int(data.labels[Int($0)]) }
      sources += held.map { data.sources[Int($0)] }
    }
    self.init(
      data: plan.data, baseline: plan.systems[plan.baseline].name,
      systems: plan.systems.map { system in
        System(
          name: system.name, credit: system.card.name, rule: system.rule.rule.name,
          neuron: system.network.neuron.rawValue, hidden: system.layerWords,
          optimizer: "\(system.training.optimiser.kind.rawValue), rate \(numberText(system.training.optimiser.rate))",
          parameters: system.parameterCount(input: data.shape, classCount: data.classCount),
          batch: system.training.batch, epochs: system.training.epochs)
      }, seeds: plan.seeds.map { Int($0) }, layerCount: plan.systems.map(\.network.layers.count).max() ?? 0,
      labels: labels, sources: sources)
  }

  /// The same with what a course has found.
  fileprivate func filled(_ course: TrainingCourse) -> TrainingLog {
    var log = self
    for (r, run) in course.runs.enumerated() {
      for (e, result) in run.epochs.enumerated() {
        let place = r * epochCount + e
        (log.trainLoss[place], log.trainAccuracy[place]) = (result.trainLoss, result.trainAccuracy)
        (log.testLoss[place], log.testAccuracy[place]) = (result.testLoss, result.testAccuracy)
        (log.epochStatus[place], log.wallTime[place]) = (CandidateStatus(result.outcome), result.seconds)
        for (l, rate) in result.rates.enumerated() { log.rates[place * layerCount + l] = rate }
      }
      (log.runStatus[r], log.epochsDone[r]) = (run.status, run.epochs.count)
      for (k, answer) in (run.answers ?? []).enumerated() { log.answers[r * sampleCount + k] = Int(answer) }
    }
    return log
  }
}

extension TrainingCourse {
  /// Where the unfinished runs stand.
  fileprivate var states: [TrainingState] {
    runs.enumerated().compactMap { place, run in
      run.checkpoint.map { checkpoint in
        TrainingState(
          system: place / plan.seeds.count, seed: place % plan.seeds.count, epoch: checkpoint.epoch,
          steps: checkpoint.optimiser.steps, weights: Array(checkpoint.weights.joined()),
          means: Array(checkpoint.optimiser.means.joined()), squares: Array(checkpoint.optimiser.squares.joined()))
      }
    }
  }

  /// The course that a record keeps.
  /// - Throws: `RecordMismatch` where a run that is not done has no state to go on from.
  init(_ plan: TrainingPlan, _ log: TrainingLog, _ states: [TrainingState], path: String) throws {
    self.init(plan)
    for r in runs.indices {
      let (s, done) = (r / plan.seeds.count, log.epochsDone[r])
      guard (0...log.epochCount).contains(done) else {
        throw RecordMismatch(path: path, message: "has \(done) epochs of a run")
      }
      for e in 0..<done {
        let place = r * log.epochCount + e
        var result = EpochResult()
        (result.trainLoss, result.trainAccuracy) = (log.trainLoss[place], log.trainAccuracy[place])
        (result.testLoss, result.testAccuracy) = (log.testLoss[place], log.testAccuracy[place])
        (result.outcome, result.seconds) = (log.epochStatus[place].outcome, log.wallTime[place])
        result.rates = plan.systems[s].network.layers.indices.map { log.rates[place * log.layerCount + $0] }
        if e == done - 1 {
          result.answers = log.answers[r * log.sampleCount..<(r + 1) * log.sampleCount].map(Int32.init)
        }
        runs[r].epochs.append(result)
      }
      runs[r].isDone = log.runStatus[r] != .pending
      guard !runs[r].isDone, done > 0 else { continue }
      guard let state = states.first(where: { $0.system == s && $0.seed == r % plan.seeds.count }), state.epoch == done
      else { throw RecordMismatch(path: path, message: "does not keep where \(plan.systems[s].name) stands") }
      runs[r].checkpoint = TrainingCheckpoint(
        epoch: state.epoch, weights: [state.weights],
        optimiser: .init(
          steps: state.steps, means: state.means.isEmpty ? [] : [state.means],
          squares: state.squares.isEmpty ? [] : [state.squares]))
    }
  }
}

extension RuleRow {
  /// A rule by itself, with the coefficients of its page.
  fileprivate init(_ loaded: LoadedRule) {
    let rule = loaded.rule
    let contender = Contender(name: rule.name, rule: rule, network: NetworkParameters(), credit: "")
    self.init(
      name: rule.name,
      expression: Printer.equations(rule, coefficients: contender.coefficients, layerCount: contender.layerCount)
        .joined(
          separator: "\n"), latex: contender.latex, ruleText: loaded.text, origin: .user,
      sha256: SHA256.digest(Array(loaded.text.utf8)),
      complexity: Double(rule.complexity(coefficients: contender.coefficients, layerCount: contender.layerCount)),
      terms: contender.terms)
  }
}
