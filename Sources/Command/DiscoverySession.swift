import Experiments
import Foundation
import Pages
import Search
import Tasks

/// One run of `discover` from its start or resume to its stop or end.
final class DiscoverySession {
  private let plan: DiscoveryPlan
  private let discovery: (Crew) throws -> Discovery
  private let record: DiscoveryRecord?
  private let path: String
  /// Episodes that earlier sessions scored.
  private let doneBefore: Int
  /// Whether the first publish may replace a file.
  private let replaces: Bool

  private init(
    plan: DiscoveryPlan, record: DiscoveryRecord?, path: String, doneBefore: Int, replaces: Bool,
    discovery: @escaping (Crew) throws -> Discovery
  ) {
    self.plan = plan
    self.record = record
    self.path = path
    self.doneBefore = doneBefore
    self.replaces = replaces
    self.discovery = discovery
  }

  /// A new run of the experiment on `page`.
  static func beginning(
    _ page: String, out: String?, force: Bool, change: ChangeOptions, work: WorkOptions, writes: Bool
  ) throws -> DiscoverySession {
    let resolved = try ResolvedExperiment.load(page, overrides: change.overrides)
    let rules = try DiscoveryRules.load(resolved.experiment, near: page)
    try resolved.check(rules.searched.rule)
    let path = out ?? RunPath.next(for: resolved.experiment.name)
    if writes { try RunPath.check(path, force: force) }
    let plan = try makePlan(resolved.experiment, rules, work)
    let record =
      writes
      ? try DiscoveryRecord.create(
        path, resolved, rules, plan, facts: .current(workers: work.threads), libraries: Versions.libraries,
        data: work.data) : nil
    return DiscoverySession(plan: plan, record: record, path: path, doneBefore: 0, replaces: force) { crew in
      try Discovery(plan, crew: crew)
    }
  }

  /// The run of a record that was stopped.
  static func resuming(
    _ path: String, page: String?, change: ChangeOptions, work: WorkOptions
  ) throws -> DiscoverySession {
    let stored = try StoredRun(path)
    let recorded = try stored.experiment()
    var resolved = try stored.experiment(overrides: change.overrides)
    if let page {
      let (text, file) = (resolved.text, resolved.file)
      resolved = try ResolvedExperiment.load(page, overrides: change.overrides)
      (resolved.text, resolved.file) = (text, file)
    }
    try ResumeCheck.budgetAlone(recorded: recorded.json, wanted: resolved.json, path: path)
    let rules = try stored.rules()
    try resolved.check(rules.searched.rule)
    let plan = try makePlan(resolved.experiment, rules, work)
    let (record, log) = try DiscoveryRecord.resume(path, plan, rules, facts: .current(workers: work.threads))
    return DiscoverySession(
      plan: plan, record: record, path: path, doneBefore: log.evaluations(plan), replaces: true
    ) { crew in
      let discovery = try Discovery(plan, crew: crew)
      try log.replay(into: discovery, path: path)
      return discovery
    }
  }

  private static func makePlan(
    _ experiment: Experiment, _ rules: DiscoveryRules, _ work: WorkOptions
  ) throws -> DiscoveryPlan {
    try DiscoveryPlan(
      experiment: experiment, rule: rules.searched.rule, feedbackAlignment: rules.feedbackAlignment.rule,
      backprop: rules.backprop.rule, family: TaskCatalogue.load(experiment.task.data, directory: work.data),
      workers: work.threads)
  }

  /// `--dry-run`: times one evaluation and says what a run would take.
  func rehearse(_ crew: Crew, _ talk: TalkOptions) throws {
    let memory = plan.memory(workers: crew.workers)
    let scores = crew.score(
      [plan.start], plan.source, .search, 0..<1, worstLoss: plan.experiment.worstLoss)!
    let episode = scores[0][0].time
    let total = episode * Double(plan.evaluations) / Double(crew.workers)
    let values = plan.start.coefficients.count
    let choice = plan.experiment.optimizer
    let bytes = 200_000 + choice.generations * choice.population * (values + 6) * 8
    if talk.json {
      Output.line(
        JSON.object([
          .init("evaluations", .integer(plan.evaluations)), .init("episode_seconds", .number(episode)),
          .init("workers", .integer(crew.workers)), .init("expected_seconds", .number(total)),
          .init("coefficients", .integer(values)), .init("file_bytes", .integer(bytes)),
          .init("memory_bytes", .integer(memory.total)), .init("worker_bytes", .integer(memory.learner)),
          .init("record", .text(path)),
        ]).text())
      return
    }
    Output.line("experiment   \(plan.experiment.name), rule \(plan.start.rule.name), \(values) coefficients")
    Output.line("evaluations  \(plan.evaluations) episodes, \(String(format: "%.1f", episode * 1000)) ms each")
    Output.line("time         about \(clockText(total)) on \(crew.workers) workers")
    Output.line(
      "memory       at most \(byteText(memory.total)): \(byteText(memory.learner)) a worker and "
        + "\(byteText(memory.episodes)) of encoded episodes")
    Output.line("record       \(path), about \(bytes / 1000) kB")
  }

  /// Runs to the end or to a stop; leaves with the exit code that belongs to it.
  func run(
    _ crew: Crew, _ limits: RunLimits, _ talk: TalkOptions, report: Bool, live: Bool, tensorBoard: String?
  ) throws {
    let record = record!
    let voice = DiscoveryVoice(talk, recordPath: path, plan: plan, doneBefore: doneBefore) { crew.scoredCount }
    defer { voice.close() }
    let discovery = try discovery(crew)
    try record.publish(.running, replacing: replaces)
    voice.began(workers: crew.workers)
    var live = LiveFiles(path, writesReport: live, tensorBoard: tensorBoard, warn: voice.warn)
    if !live.paths.isEmpty { voice.watch(live.paths) }

    let clock = ContinuousClock()
    let began = clock.now
    func elapsed() -> Double { (clock.now - began) / .seconds(1) }
    var lastPublish = elapsed()
    var publishing = 0.0
    var generations = 0
    var steps = 0
    func publish() throws {
      let start = elapsed()
      let bytes = try record.publish(.running)
      lastPublish = elapsed()
      publishing += lastPublish - start
      generations = 0
      voice.published(bytes: bytes)
      live.published(elapsed: elapsed())
    }
    live.published(elapsed: 0)
    func isDue() -> Bool {
      let age = elapsed() - lastPublish
      if let interval = limits.publishInterval { return age >= interval }
      return (age >= 30 || generations >= 50) && publishing <= 0.02 * elapsed()
    }
    let control = RunControl(
      stop: {
        voice.tick()
        return Signals.stop
      },
      mayBegin: { episodes in
        if let reason = Signals.stop { return reason }
        if let most = limits.steps, steps >= most { return .stepsAreDone }
        if let most = limits.time {
          let expected = voice.secondsPerEpisode.map { $0 * Double(episodes) } ?? 0
          if elapsed() + expected > most { return .timeIsUp }
        }
        steps += 1
        return nil
      })
    let end: DiscoveryEnd
    do {
      end = try discovery.run(control) { event in
        let row = try record.observe(event, wallTime: elapsed())
        voice.observe(event)
        live.observe(row)
        if case .generation = event { generations += 1 }
        if Signals.takePublish() || isDue() { try publish() }
      }
    } catch {
      live.published(elapsed: nil)
      voice.close()
      throw error
    }
    switch end {
    case .complete(let result):
      try record.finish(result)
      let bytes = try record.publish(.complete)
      voice.published(bytes: bytes)
      if !report { live.published(elapsed: nil) }
      let files = report ? ReportFiles.write(for: path, voice: voice) : live.paths
      voice.finished(result, crew.use, pictures: files)
    case .stopped(let reason):
      try record.publish(.interrupted(reason))
      live.published(elapsed: nil)
      voice.stopped(reason)
      throw EarlyExit(code: reason.status)
    }
  }
}
