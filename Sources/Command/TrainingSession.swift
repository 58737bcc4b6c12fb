import Experiments
import Foundation
import Pages
import Records
import Training

/// One run of `evaluate` over a training, from its start or resume to its stop or end.
final class TrainingSession {
  private let plan: TrainingPlan
  private let data: TrainingData
  private var record: TrainingRecord
  private var course: TrainingCourse
  private let options: EvaluateCommand
  /// Whether the first publish may replace a file.
  private let replaces: Bool

  private init(
    _ plan: TrainingPlan, _ data: TrainingData, _ record: TrainingRecord, _ course: TrainingCourse,
    _ options: EvaluateCommand, replaces: Bool
  ) {
    (self.plan, self.data, self.record, self.course) = (plan, data, record, course)
    (self.options, self.replaces) = (options, replaces)
  }

  /// Whether a record that is to be gone on with holds a training.
  static func isTraining(record path: String) throws -> Bool { try RunRecord.open(path).identity().kind == .training }

  /// A new training, from its page.
  static func beginning(_ page: String, _ options: EvaluateCommand) throws -> TrainingSession {
    let (plan, data) = try prepared(page, options)
    let path = options.out ?? RunPath.next(for: plan.name)
    try RunPath.check(path, force: options.force)
    for path in [options.csv, options.diagnosis.report].compactMap({ $0 }) {
      try RunPath.check(path, force: options.force, resumes: false)
    }
    let record = try TrainingRecord(
      path, plan, data, facts: .current(workers: options.work.threads), libraries: Versions.libraries,
      directory: options.work.data)
    return TrainingSession(plan, data, record, TrainingCourse(plan), options, replaces: options.force)
  }

  /// The training of a record that was stopped.
  static func resuming(_ path: String, _ options: EvaluateCommand) throws -> TrainingSession {
    for path in [options.csv, options.diagnosis.report].compactMap({ $0 }) {
      try RunPath.check(path, force: false, resumes: false)
    }
    var (record, course, data) = try TrainingRecord.open(path) { try $0.load(options.work.data) }
    if !course.isDone { record.resume(.current(workers: options.work.threads)) }
    return TrainingSession(record.plan, data, record, course, options, replaces: true)
  }

  private static func prepared(_ page: String, _ options: EvaluateCommand) throws -> (TrainingPlan, TrainingData) {
    var plan = try TrainingPlan.load(page, overrides: try options.change.overrides.map { try PageOverride($0) })
    if let baseline = options.baseline {
      guard let place = plan.systems.firstIndex(where: { $0.name == baseline }) else {
        let names = plan.systems.map(\.name).joined(separator: ", ")
        throw Failure(.usage, "--baseline \(baseline) is no system of the page; there are \(names)")
      }
      plan.baseline = place
    }
    return (plan, try plan.load(options.work.data))
  }

  /// `--dry-run`: checks everything and says what each system takes; learns and writes nothing.
  static func rehearse(_ page: String, _ options: EvaluateCommand) throws {
    let (plan, data) = try prepared(page, options)
    let rows = plan.systems.map { system in
      (
        system: system, parameters: system.parameterCount(input: data.shape, classCount: data.classCount),
        operations: system.operations(input: data.shape, classCount: data.classCount),
        bytes: system.bytes(input: data.shape, classCount: data.classCount)
      )
    }
    let held = plan.division.test.map { "\($0)" } ?? "the test file's"
    if options.talk.json {
      Output.line(
        JSON.object([
          .init("training", .text(plan.name)), .init("data", .text(plan.data)), .init("samples", .integer(data.count)),
          .init("runs", .integer(plan.runCount)),
          .init(
            "systems",
            .list(
              rows.map { row in
                .object([
                  .init("name", .text(row.system.name)), .init("parameters", .integer(row.parameters)),
                  .init("operations", .integer(row.operations)), .init("epochs", .integer(row.system.training.epochs)),
                  .init("memory_bytes", .integer(row.bytes)),
                ])
              })),
        ]).text())
      return
    }
    Output.line(
      "\(plan.name): \(plan.data), \(data.count) samples of \(data.shape), \(held) held out; \(plan.runCount) runs")
    let cells = rows.map { row in
      [
        row.system.name, row.system.card.name, row.system.network.neuron.rawValue, row.system.layerWords,
        "\(row.parameters)", "\(row.operations)", "\(row.system.training.epochs)", byteText(row.bytes),
      ]
    }
    let head = ["system", "credit", "neuron", "layers", "parameters", "multiply-adds", "epochs", "memory"]
    for line in TrainingSheet.text([head] + cells, numbers: 4) { Output.line(line) }
    Output.line("multiply-adds: one sample forth; learning takes about three times that")
  }

  /// Trains all runs, to the end or to a stop; leaves with the exit code that belongs to it.
  func run() throws {
    let voice = TrainingVoice(options.talk, plan, path: record.path, course, data: data)
    defer { voice.close() }
    if course.isDone { return try finish(voice) }
    try record.publish(course, .running, replacing: replaces)
    voice.began(workers: options.work.threads)
    var live = LiveFiles(
      record.path, writesReport: options.liveReport, page: options.diagnosis.report, warn: voice.warn)
    let clock = ContinuousClock()
    let began = clock.now
    func elapsed() -> Double { (clock.now - began) / .seconds(1) }
    var (lastPublish, publishing, epochs) = (elapsed(), 0.0, 0)
    // An epoch at most is lost to a kill, unless epochs are so short that keeping each would take too long.
    func isDue() -> Bool {
      let age = elapsed() - lastPublish
      if let interval = options.publishInterval?.seconds { return age >= interval }
      return age >= 10 || publishing <= 0.02 * elapsed()
    }
    var reason: StopReason?
    func isWanted() -> Bool {
      voice.tick(work)
      if reason == nil {
        reason =
          Signals.stop ?? (options.maxTime.map { elapsed() > $0.seconds } == true ? .timeIsUp : nil)
          ?? (options.maxSteps.map { epochs >= $0 } == true ? .stepsAreDone : nil)
      }
      return reason == nil
    }
    let work = TrainingWork(plan, data, workers: options.work.threads)
    live.published(elapsed: 0)
    let isDone: Bool
    var (record, course) = (record, course)
    defer { (self.record, self.course) = (record, course) }
    do {
      isDone = try work.run(&course, isWanted: isWanted) { event, course in
        epochs += 1
        voice.ended(event, course)
        guard Signals.takePublish() || isDue() else { return }
        let start = elapsed()
        voice.published(bytes: try record.publish(course, .running))
        lastPublish = elapsed()
        publishing += lastPublish - start
        live.published(elapsed: elapsed())
      }
    } catch {
      voice.close()
      throw error
    }
    if !isDone {
      let reason = reason ?? .interrupt
      try record.publish(course, .interrupted, reason: reason.rawValue)
      live.published(elapsed: nil)
      voice.stopped(reason)
      throw EarlyExit(code: reason.status)
    }
    voice.published(bytes: try record.publish(course, .complete, reason: "complete"))
    (self.record, self.course) = (record, course)
    try finish(voice)
  }

  /// Prints the result.
  private func finish(_ voice: TrainingVoice) throws {
    voice.concludes()
    let sheet = TrainingSheet(TrainingTable(course, labels: record.labels), plan)
    if let csv = options.csv { try OutputFile.write(sheet.commaSeparated, to: csv) }
    let report = try options.diagnosis.writeReport(of: record.path)
    voice.finished(sheet, files: [record.path, options.csv].compactMap { $0 } + report)
  }
}
