import Arithmetic
import Experiments
import Foundation
import Pages
import Records
import Rules
import Search

/// Everything a discovery says: progress and notes on standard error, events or the result on standard output, and the
/// two files beside the record, `<name>.log` and `<name>.events.jsonl`.
final class DiscoveryVoice {
  private let talk: TalkOptions
  private let plan: DiscoveryPlan
  private let path: String
  private let progress: Progress
  private let log: SideFile
  private let events: SideFile
  private let scored: () -> Int
  /// Accuracy and loss of the last generations of a descent, and the episodes it left out.
  private var recent: [(accuracy: Double, loss: Double)] = []
  private var skipped = 0

  init(_ talk: TalkOptions, recordPath: String, plan: DiscoveryPlan, doneBefore: Int, scored: @escaping () -> Int) {
    self.talk = talk
    self.plan = plan
    path = recordPath
    self.scored = scored
    progress = talk.makeProgress()
    progress.state.evaluations = (doneBefore, 0, plan.evaluations)
    let stem = recordPath.hasSuffix(".h5") ? String(recordPath.dropLast(3)) : recordPath
    let goesOn = doneBefore > 0
    log = SideFile(stem + ".log", append: goesOn)
    events = SideFile(stem + ".events.jsonl", append: goesOn)
  }

  /// Seconds a scored episode takes with all workers, measured in this session.
  var secondsPerEpisode: Double? {
    let done = progress.state.evaluations.done
    return done > 0 ? progress.elapsed / Double(done) : nil
  }

  func began(workers: Int) {
    let experiment = plan.experiment
    let resumed = progress.state.evaluations.before > 0
    say(
      "\(resumed ? "resumed" : "started") \(experiment.name): rule \(plan.start.rule.name), seed \(experiment.seed), "
        + "\(workers) workers, \(plan.evaluations) episodes to score, record \(path)")
    emit(
      .event(
        "start",
        [
          .init("experiment", .text(experiment.name)), .init("rule", .text(plan.start.rule.name)),
          .init("seed", .text("\(experiment.seed)")), .init("record", .text(path)),
          .init("workers", .integer(workers)), .init("evaluations", .integer(plan.evaluations)),
          .init("evaluations_done", .integer(progress.state.evaluations.before)),
        ]))
  }

  /// Shows how far things are.
  func tick() {
    progress.state.evaluations.done = scored()
    progress.show()
  }

  func observe(_ event: DiscoveryEvent) {
    progress.state.evaluations.done = scored()
    switch event {
    case .stage(let stage):
      let descends = plan.experiment.optimizer.followsGradient && stage == .search(RowName.discovered)
      if progress.state.plainLeft > 0 && !descends { progress.changePace() }
      progress.state.plainLeft = descends ? plan.evaluations - plan.experiment.optimizer.evaluations : 0
      progress.state.label = stage.label
      progress.state.generation = nil
      progress.state.best = nil
      progress.state.median = nil
      progress.state.deviation = nil
      progress.state.course = nil
      progress.state.coefficients = []
      if skipped > 0, case .selection = stage {
        say("\(skipped) episodes without a finite gradient were left out")
        skipped = 0
      }
      progress.show()
    case .generation(let name, let row, _):
      let choice = plan.choice(of: name)
      progress.state.generation = (row.generation + 1, choice.generations)
      if let descent = row.descent {
        skipped += descent.skipped
        recent = recent.suffix(19) + [(row.accuracy[0], row.loss[0])]
        progress.state.course = (
          Statistics.mean(recent.map(\.accuracy)), Statistics.mean(recent.map(\.loss))
        )
        progress.state.coefficients = zip(plan.start.slots, row.searchMean ?? []).map { ($0.label, $1) }
      } else {
        progress.state.best = row.incumbentFitness
        progress.state.median = row.medianFitness
        progress.state.deviation = Statistics.variance(row.fitness).squareRoot()
      }
      log.write("\(timestamp()) \(progress.line(barWidth: 0))")
      emit(
        .event(
          "generation",
          [
            .init("contender", .text(name)), .init("generation", .integer(row.generation)),
            .init("generations", .integer(choice.generations)), .init("best", .number(row.incumbentFitness)),
            .init("median", .number(row.medianFitness)),
            .init("accuracy", .number(row.accuracy.max() ?? .nan)),
            .init("evaluations", .integer(progress.state.evaluations.before + progress.state.evaluations.done)),
            .init("elapsed", .number(progress.elapsed)),
          ] + descentMembers(row)))
      progress.show(isLast: row.generation + 1 == choice.generations && row.generation == 0)
    case .chosen(let choice):
      let contender = plan.searched.first { $0.name == choice.name }!.with(coefficients: choice.coefficients)
      say(
        "chose \(choice.name) among \(choice.finalists): accuracy \(String(format: "%.3f", choice.accuracy)), "
          + "loss \(String(format: "%.3f", choice.loss)) on the selection pool; \(contender.equation)")
    }
  }

  /// What the event of a descent's generation says beside the rest.
  private func descentMembers(_ row: SearchedGeneration) -> [JSON.Member] {
    guard let descent = row.descent else { return [] }
    let here = plan.start.with(coefficients: row.searchMean ?? row.population[0])
    return [
      .init("loss", .number(row.loss[0])), .init("learning_rate", .number(row.stepSize ?? .nan)),
      .init("skipped", .integer(descent.skipped)), .init("coefficients", here.coefficientsJSON),
    ]
  }

  func published(bytes: Int) {
    log.write("\(timestamp()) published \(path), \(bytes) bytes")
    emit(.event("publish", [.init("record", .text(path)), .init("bytes", .integer(bytes))]))
  }

  /// Says where the run can be watched.
  func watch(_ paths: [String]) {
    for path in paths { say("watch \(path)") }
    emit(.event("watch", [.init("files", .list(paths.map(JSON.text)))]))
  }

  func warn(_ text: String) {
    say("warning: \(text)")
    emit(.event("warning", [.init("message", .text(text))]))
  }

  func finished(_ result: DiscoveryResult, _ use: CrewUse, pictures: [String]) {
    progress.state.evaluations.of = progress.state.evaluations.before + scored()
    progress.state.evaluations.done = scored()
    say(
      "scored \(scored()) episodes; of the workers' time \(percent(use.barrierIdleShare)) went by waiting for each other "
        + "at \(use.barriers) barriers, \(percent(use.betweenIdleShare)) between the lists")
    progress.show(isLast: true)
    progress.clear()
    let table = ResultTable(comparison: result.comparison)
    let first = result.comparison.rows[0]
    emit(
      .event(
        "result",
        [
          .init("rule", .text(result.discovered.rule.name)), .init("equation", .text(result.discovered.equation)),
          .init("coefficients", result.discovered.coefficientsJSON), .init("accuracy", .number(first.accuracy)),
          .init("interval", .list(first.accuracyInterval)), .init("loss", first.loss.map(JSON.number) ?? .null),
          .init("gap_closed", result.gapClosed.map(JSON.number) ?? .null),
          .init("comparisons", table.comparisonsJSON), .init("record", .text(path)),
          .init("files", .list(pictures.map(JSON.text))), .init("seed", .text("\(plan.experiment.seed)")),
          .init("elapsed", .number(progress.elapsed)), .init("evaluations_session", .integer(scored())),
          .init("barrier_idle", .number(use.barrierIdleShare)), .init("between_idle", .number(use.betweenIdleShare)),
        ]))
    let task = plan.experiment.task.shape
    var lines = ["discovered rule (from \(result.discovered.rule.name), seed \(plan.experiment.seed)):"]
    lines += Printer.equations(
      result.discovered.rule, coefficients: result.discovered.coefficients, layerCount: result.discovered.layerCount
    ).map { "  \($0)" }
    lines += [
      "",
      "\(plan.experiment.testEpisodes) held-out episodes of \(plan.source.family.name), \(task.ways) ways, "
        + "\(task.shots) shots, \(task.ways * task.query) queries each:",
    ]
    lines += table.lines
    lines += ["", "record    \(path)"] + pictures.map { "written   \($0)" }
    for line in lines {
      log.write(line)
      if !talk.json { Output.line(line) }
    }
  }

  func stopped(_ reason: StopReason) {
    let advice = "resume with: metaplast discover --resume \(path)"
    emit(.event("warning", [.init("message", .text("stopped: \(reason.rawValue); \(advice)"))]))
    progress.clear()
    log.write("\(timestamp()) stopped: \(reason.rawValue); \(advice)")
    Output.note("stopped: \(reason.rawValue)\n\(advice)")
  }

  /// Leaves the terminal as it was.
  func close() { progress.clear() }

  private func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }

  private func say(_ text: String) {
    log.write("\(timestamp()) \(text)")
    if !talk.quiet { progress.note(text) }
  }

  private func emit(_ event: JSON) {
    let line = event.text()
    events.write(line)
    if talk.json { Output.line(line) }
  }
}

extension DiscoveryStage {
  /// What the progress line calls the stage.
  var label: String {
    switch self {
    case .search(RowName.discovered): "search"
    case .search(let name): "tune \(name)"
    case .selection(let name): "choose \(name)"
    case .test: "test"
    }
  }
}

/// A text file that grows by whole lines beside a record. It is disposable: where it cannot be written, the run goes on.
final class SideFile {
  private let descriptor: Int32

  init(_ path: String, append: Bool) {
    descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND | (append ? 0 : O_TRUNC), 0o644)
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  func write(_ line: String) {
    if descriptor >= 0 { Output.write(line + "\n", to: descriptor) }
  }
}
