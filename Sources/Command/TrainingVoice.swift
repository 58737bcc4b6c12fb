import Experiments
import Foundation
import Pages
import Records
import Training

/// What a training says while it goes on: progress on standard error, events or the result on standard output.
final class TrainingVoice {
  private let talk: TalkOptions
  private let plan: TrainingPlan
  private let path: String
  private let progress: Progress
  /// What one sample of each system costs, and samples of an epoch.
  private let costs: [Double]
  private let samples: Int
  /// Cost of all epochs that this session has before it, and of those that are done.
  private var all = 0.0
  private var passed = 0.0
  private var samplesDone = 0
  private let epochsBefore: Int
  private var best: [Double]

  init(
    _ talk: TalkOptions, _ plan: TrainingPlan, path: String, _ course: TrainingCourse, data: TrainingData
  ) {
    (self.talk, self.plan, self.path) = (talk, plan, path)
    progress = talk.makeProgress()
    progress.state.label = "train"
    progress.state.unit = "samples"
    costs = plan.systems.map {
      // Some cost has nothing to do with products.
      Double($0.operations(input: data.shape, classCount: data.classCount)) + 20_000
    }
    let trained = plan.division.train ?? data.trainingFileCount ?? data.count * 4 / 5
    samples = min(data.count, trained + (plan.division.test ?? data.count - trained))
    best = plan.systems.map { _ in 0 }
    var (left, planned) = (0, 0)
    for (place, run) in course.runs.enumerated() {
      let epochs = plan.systems[place / plan.seeds.count].training.epochs
      planned += epochs
      guard !run.isDone else { continue }
      left += epochs - run.epochs.count
      all += Double((epochs - run.epochs.count) * samples) * costs[place / plan.seeds.count]
    }
    epochsBefore = course.runs.reduce(0) { $0 + $1.epochs.count }
    progress.state.epoch = (epochsBefore, epochsBefore + left)
    progress.state.evaluations = ((planned - left) * samples, 0, planned * samples)
  }

  func began(workers: Int) {
    say(
      "\(epochsBefore > 0 ? "resumed" : "started") training \(plan.name): \(plan.systems.count) systems, "
        + "\(plan.seeds.count) seed\(plan.seeds.count == 1 ? "" : "s") each, \(plan.data), \(workers) workers, "
        + "record \(path)")
    emit(
      "start",
      [
        .init("training", .text(plan.name)), .init("data", .text(plan.data)),
        .init("systems", .list(plan.systems.map { .text($0.name) })),
        .init("seeds", .list(plan.seeds.map { .text("\($0)") })), .init("epochs_done", .integer(epochsBefore)),
        .init("workers", .integer(workers)), .init("record", .text(path)),
      ])
  }

  /// Shows how far things are.
  func tick(_ work: TrainingWork) {
    let inside = work.underWay { costs[$0 / plan.seeds.count] }
    progress.state.share = all > 0 ? min(1, (passed + inside) / all) : 1
    progress.state.evaluations.done = samplesDone + work.samplesUnderWay
    progress.show()
  }

  /// An epoch of a run is done.
  func ended(_ event: TrainingWork.Event, _ course: TrainingCourse) {
    let system = event.run / plan.seeds.count
    let (name, seed) = (plan.systems[system].name, plan.seeds[event.run % plan.seeds.count])
    let run = course.runs[event.run]
    let planned = plan.systems[system].training.epochs
    samplesDone += samples
    passed += Double(samples) * costs[system]
    progress.state.epoch?.done += 1
    if event.result.testAccuracy > best[system] { best[system] = event.result.testAccuracy }
    progress.state.course = (event.result.testAccuracy, event.result.testLoss)
    progress.state.subject = "\(name) \(run.epochs.count)/\(planned)"
    progress.state.best = best[system]
    emit(
      "epoch",
      [
        .init("system", .text(name)), .init("seed", .text("\(seed)")), .init("epoch", .integer(run.epochs.count)),
        .init("epochs", .integer(planned)), .init("train_loss", .number(event.result.trainLoss)),
        .init("train_accuracy", .number(event.result.trainAccuracy)),
        .init("test_loss", .number(event.result.testLoss)), .init("test_accuracy", .number(event.result.testAccuracy)),
        .init("rates", .list(event.result.rates.map(JSON.number))), .init("seconds", .number(event.result.seconds)),
        .init("outcome", .text(event.result.outcome.rawValue)), .init("elapsed", .number(progress.elapsed)),
      ])
    guard run.isDone else { return }
    if event.result.outcome == .nan {
      // Epochs that will never be.
      passed += Double((planned - run.epochs.count) * samples) * costs[system]
    }
    say(
      "\(name), seed \(seed): accuracy \(TableText.number(event.result.testAccuracy)), loss "
        + "\(TableText.number(event.result.testLoss)) after \(run.epochs.count) epochs"
        + (event.result.outcome == .ok ? "" : ", \(event.result.outcome.rawValue)"))
  }

  func published(bytes: Int) {
    emit("publish", [.init("record", .text(path)), .init("bytes", .integer(bytes))])
  }

  func warn(_ text: String) {
    say("warning: \(text)")
    emit("warning", [.init("message", .text(text))])
  }

  func concludes() { progress.clear() }

  func finished(_ sheet: TrainingSheet, files: [String]) {
    emit(
      "result",
      [
        .init("training", .text(plan.name)), .init("data", .text(plan.data)),
        .init("baseline", .text(plan.systems[sheet.table.baseline].name)), .init("rows", sheet.rowsJSON),
        .init("record", .text(path)), .init("files", .list(files.map(JSON.text))),
        .init("elapsed", .number(progress.elapsed)),
      ])
    guard !talk.json else { return }
    for line in sheet.lines { Output.line(line) }
    Output.line("")
    for note in sheet.notes { Output.line(note) }
    for file in files { talk.note("written   \(file)") }
  }

  func stopped(_ reason: StopReason) {
    let advice = "resume with: metaplast evaluate --resume \(path)"
    emit("warning", [.init("message", .text("stopped: \(reason.rawValue); \(advice)"))])
    progress.clear()
    Output.note("stopped: \(reason.rawValue)\n\(advice)")
  }

  /// Leaves the terminal as it was.
  func close() { progress.clear() }

  private func say(_ text: String) {
    if !talk.quiet { progress.note(text) }
  }

  private func emit(_ name: String, _ members: [JSON.Member]) {
    if talk.json { Output.line(JSON.event(name, members).text()) }
  }
}
