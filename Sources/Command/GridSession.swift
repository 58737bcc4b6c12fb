import Experiments
import Foundation
import Pages
import Records
import Tasks

/// One run of `evaluate` over a grid, from its start or resume to its stop or end.
final class GridSession {
  private var record: GridRecord
  private let rules: [GridRule]
  private let references: [String]
  private let shard: Shard?
  private let options: EvaluateCommand
  /// Whether the first publish may replace a file.
  private let replaces: Bool
  private let layout: GridLayout

  private init(
    _ record: GridRecord, _ rules: [GridRule], _ references: [String], _ shard: Shard?, _ options: EvaluateCommand,
    replaces: Bool
  ) {
    self.record = record
    self.rules = rules
    self.references = references
    self.shard = shard
    self.options = options
    self.replaces = replaces
    layout = record.table.layout
  }

  /// A new grid, from its page or from `--vary`.
  static func beginning(_ options: EvaluateCommand) throws -> GridSession {
    var (grid, text, file) = try source(options)
    if let episodes = options.episodes { grid.episodes = episodes }
    if let first = options.first { grid.first = first }
    if let split = options.split { grid.split = split }
    if let baseline = options.baseline { grid.baseline = baseline }
    if let wanted = options.baselines { grid.scoresReferences = wanted }
    if let wish = try options.diagnosis.wish() { grid.diagnosis = wish }
    let rules = try rules(of: grid, near: file)
    let layout = try GridLayout(grid)
    let references = layout.references
    if let shard = options.shard, shard.of > layout.cells.count {
      throw Failure(.usage, "--shard \(shard.text): there are only \(layout.cells.count) cells")
    }
    let rows = rules.map(\.name) + references
    let baseline = try EvaluateCommand.reference(grid.baseline, among: rows)
    let path =
      options.out ?? RunPath.next(for: options.shard.map { "\(grid.name)-shard-\($0.number)-of-\($0.of)" } ?? grid.name)
    try RunPath.check(path, force: options.force)
    for path in [options.csv, options.diagnosis.report].compactMap({ $0 }) {
      try RunPath.check(path, force: options.force, resumes: false)
    }
    var table = GridTable(layout, rows: rows)
    table.setShard(options.shard?.text)
    let record = GridRecord(
      path, table, rules: rules, text: text, file: file, baseline: baseline,
      facts: .current(workers: options.work.threads), libraries: Versions.libraries, data: options.work.data)
    return GridSession(record, rules, references, options.shard, options, replaces: options.force)
  }

  /// The grid of a record that was stopped.
  static func resuming(_ path: String, _ options: EvaluateCommand) throws -> GridSession {
    let (record, rules) = try GridRecord.open(path)
    for path in [options.csv, options.diagnosis.report].compactMap({ $0 }) {
      try RunPath.check(path, force: false, resumes: false)
    }
    let references = record.table.layout.references
    guard rules.map(\.name) + references == record.table.table.rules else {
      throw RecordMismatch(path: path, message: "has rows that this version does not score")
    }
    let shard = options.shard ?? record.table.table.shard.flatMap(Shard.init(argument:))
    if let shard, let own = record.table.table.shard, shard.text != own {
      throw RecordMismatch(path: path, message: "is shard \(own), not \(shard.text)")
    }
    return GridSession(record, rules, references, shard, options, replaces: true)
  }

  /// The grid that was asked for, the page that it comes from and the page's name.
  private static func source(_ options: EvaluateCommand) throws -> (grid: Grid, text: String, file: String) {
    let changes = try options.change.overrides.map { try PageOverride($0) }
    if let page = options.grid {
      let (grid, text) = try Grid.load(page, overrides: changes)
      return (grid, text, page)
    }
    let file: String
    var draft: ExperimentDraft
    if let experiment = options.experiment {
      (draft, file) = (try .load(experiment), experiment)
    } else if let path = options.rules.first(where: { $0.contains(".h5") }) {
      let run = try StoredRun(String(path.split(separator: "#")[0]))
      (draft, file) = (try ExperimentDraft(text: run.configuration, file: run.path), run.path)
    } else {
      throw Failure(.usage, "name the experiment with --experiment, whose tasks and network the rules meet")
    }
    let text = draft.text
    draft = try draft.setting(changes)
    let name = draft.page.root["experiment"]?.scalar?.text ?? "grid"
    var grid = Grid(name: name, draft: draft)
    grid.rules = options.rules.map { Grid.RuleChoice(rule: $0) }
    for wish in options.vary { grid.axes.append(Grid.Axis(try PageOverride.list(wish, file: "--vary"))) }
    try grid.checkAxes()
    return (grid, text, file)
  }

  /// The rules that a grid names, with names that are all different.
  /// - Parameter file: the page that names them.
  static func rules(of grid: Grid, near file: String) throws -> [GridRule] {
    let subjects = try grid.rules.map { choice in
      let subject: RuleSubject
      do {
        subject = try RuleSubject.load(choice.rule, near: file)
      } catch let error as PageFileError {
        guard let place = choice.place, case .missing = error else { throw error }
        throw Failure(.missingInput, Diagnostics([place.diagnostic("no such rule: \(error)")]).description)
      }
      let rule = GridRule(
        name: choice.name ?? subject.name, rule: subject.rule, coefficients: subject.coefficients, text: subject.text,
        path: subject.path)
      guard let place = choice.place else { return rule }
      return try rule.with(choice.coefficients, at: place)
    }
    return zip(subjects, RowName.unique(subjects.map(\.name))).map { rule, name in
      var rule = rule
      rule.name = name
      return rule
    }
  }

  /// Scores what is pending, to the end or to a stop; leaves with the exit code that belongs to it.
  func run(_ crew: Crew, _ limits: RunLimits) throws {
    let scoring = GridScoring(layout, rules: rules, references: references, crew: crew, data: options.work.data)
    let own = shard.map { layout.cells(ofShard: $0.number, of: $0.of) } ?? layout.cells
    let wanted = own.filter { !record.table.isDone($0) }
    let voice = GridVoice(
      options.talk, layout, rules: rules, references: references, path: record.path, of: own.count,
      pending: wanted)
    defer { voice.close() }
    if wanted.isEmpty, record.status == .complete {
      return try finish(voice)
    }
    if options.resume != nil { record.resume(.current(workers: crew.workers)) }
    try record.publish(.running, replacing: replaces)
    voice.began(workers: crew.workers)
    var live = LiveFiles(
      record.path, writesReport: options.liveReport, page: options.diagnosis.report, warn: voice.warn)

    let clock = ContinuousClock()
    let began = clock.now
    func elapsed() -> Double { (clock.now - began) / .seconds(1) }
    var (lastPublish, publishing) = (elapsed(), 0.0)
    func isDue() -> Bool {
      let age = elapsed() - lastPublish
      if let interval = limits.publishInterval { return age >= interval }
      return age >= 30 && publishing <= 0.02 * elapsed()
    }
    live.published(elapsed: 0)
    for (done, cell) in wanted.enumerated() {
      voice.begins(cell, after: done, scored: crew.scoredCount)
      let reason: StopReason? =
        limits.steps.map { done >= $0 } == true
        ? .stepsAreDone
        : limits.time.map { elapsed() + voice.expected(cell, elapsed: elapsed()) > $0 } == true ? .timeIsUp : nil
      var scores: CellScores?
      if reason == nil {
        scores = scoring.score(cell) {
          voice.tick(scored: crew.scoredCount)
          return Signals.stop == nil
        }
      }
      guard let scores else {
        let reason = reason ?? Signals.stop ?? .interrupt
        try record.publish(.interrupted, reason: reason.rawValue)
        live.published(elapsed: nil)
        voice.stopped(reason)
        throw EarlyExit(code: reason.status)
      }
      record.table.put(scores, of: cell)
      voice.ended(cell, scores, record.table.table)
      if Signals.takePublish() || isDue() {
        let start = elapsed()
        voice.published(bytes: try record.publish(.running))
        lastPublish = elapsed()
        publishing += lastPublish - start
        live.published(elapsed: elapsed())
      }
    }
    try finish(voice)
  }

  /// Concludes, publishes, and prints the result.
  private func finish(_ voice: GridVoice) throws {
    voice.concludes()
    let found = record.conclude()
    if record.status != .complete {
      voice.published(bytes: try record.publish(.complete, reason: "complete"))
    }
    let sheet = GridSheet(found)
    if let csv = options.csv { try OutputFile.write(sheet.commaSeparated, to: csv) }
    let report = try options.diagnosis.writeReport(of: record.path)
    voice.finished(sheet, files: [record.path, options.csv].compactMap { $0 } + report)
    let table = record.table.table
    if !table.status.contains(where: { $0 != .failed && $0 != .pending }) {
      throw Failure(.badInput, "no cell could be done: \(table.reasons?.first { !$0.isEmpty } ?? "no reason is known")")
    }
  }
}
