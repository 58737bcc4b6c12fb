import Experiments
import Foundation
import Pages
import Records

/// What a run over a grid says while it goes on: progress on standard error, events or the result on standard output.
final class GridVoice {
  private let talk: TalkOptions
  private let layout: GridLayout
  private let rules: [GridRule]
  private let references: [String]
  private let path: String
  private let cells: Int
  private let progress: Progress
  /// Costs of the cells that this session has before it, of those done, and of the one under way.
  private let pending: [GridLayout.Cell]
  private let all: Double
  private var passed = 0.0
  private var current = 0.0
  private var scoredBefore = 0

  /// - Parameters:
  ///   - cells: how many there are in all, done ones included.
  ///   - pending: those that this session is to do.
  init(
    _ talk: TalkOptions, _ layout: GridLayout, rules: [GridRule], references: [String], path: String, of cells: Int,
    pending: [GridLayout.Cell]
  ) {
    self.talk = talk
    self.layout = layout
    self.rules = rules
    self.references = references
    self.path = path
    self.cells = cells
    self.pending = pending
    all = pending.reduce(0) { $0 + layout.weight($1) }
    progress = talk.makeProgress()
    progress.state.label = "evaluate"
    let perCell = rules.count * layout.episodes
    progress.state.evaluations = ((cells - pending.count) * perCell, 0, cells * perCell)
  }

  private var doneBefore: Int { cells - pending.count }

  func began(workers: Int) {
    say(
      "\(doneBefore > 0 ? "resumed" : "started") grid \(layout.grid.name): \(rules.count) rules, \(cells) cells of "
        + "\(layout.episodes) episodes, \(workers) workers, record \(path)")
    emit(
      "start",
      [
        .init("grid", .text(layout.grid.name)), .init("split", .text("\(layout.grid.split)")),
        .init("episodes", .integer(layout.episodes)), .init("cells", .integer(cells)),
        .init("cells_done", .integer(doneBefore)), .init("workers", .integer(workers)),
        .init("rules", .list((rules.map(\.name) + references).map(JSON.text))), .init("record", .text(path)),
      ])
  }

  /// A cell is to begin.
  func begins(_ cell: GridLayout.Cell, after done: Int, scored: Int) {
    progress.state.cell = (doneBefore + done + 1, cells)
    current = layout.weight(cell)
    scoredBefore = scored
    tick(scored: scored)
  }

  /// Seconds that a cell is expected to take, judged by those before it.
  func expected(_ cell: GridLayout.Cell, elapsed: Double) -> Double {
    passed > 0 ? elapsed * layout.weight(cell) / passed : 0
  }

  /// Shows how far things are.
  func tick(scored: Int) {
    progress.state.evaluations.done = scored
    let inside = Double(scored - scoredBefore) / Double(max(1, rules.count * layout.episodes))
    progress.state.share = all > 0 ? (passed + current * min(1, inside)) / all : 1
    progress.show()
  }

  func ended(_ cell: GridLayout.Cell, _ scores: CellScores, _ table: EvaluationTable) {
    passed += current
    for (row, result) in scores.rows.enumerated() {
      if case .failed(let reason) = result { say("\(layout.label(cell)): \(table.rules[row]) failed: \(reason)") }
    }
    let rows = scores.rows.enumerated().map { row, result in
      switch result {
      case .failed(let reason):
        JSON.object([
          .init("name", .text(table.rules[row])), .init("status", .text("failed")), .init("reason", .text(reason)),
        ])
      case .scored(let scores):
        JSON.object([
          .init("name", .text(table.rules[row])), .init("status", .text("ok")),
          .init("accuracy", .number(scores.accuracy.reduce(0, +) / Double(scores.accuracy.count))),
          .init("failed_episodes", .integer(scores.outcomes.count { $0 != .ok })),
        ])
      }
    }
    emit(
      "cell",
      [
        .init("cell", .integer(cell.number)), .init("cells", .integer(layout.cells.count)),
        .init("task", .text(layout.tasks[cell.task].label)), .init("shots", .integer(layout.shots[cell.shot])),
        .init("seed", .text("\(layout.seeds[cell.seed])")), .init("rows", .list(rows)),
        .init("elapsed", .number(progress.elapsed)),
      ])
  }

  func published(bytes: Int) {
    emit("publish", [.init("record", .text(path)), .init("bytes", .integer(bytes))])
  }

  func warn(_ text: String) {
    say("warning: \(text)")
    emit("warning", [.init("message", .text(text))])
  }

  /// All cells are done, and the intervals are computed.
  func concludes() {
    progress.show(isLast: pending.count > 0)
    progress.clear()
  }

  func finished(_ sheet: GridSheet, files: [String]) {
    let failed = sheet.failures
    emit(
      "result",
      [
        .init("grid", .text(layout.grid.name)), .init("split", .text("\(layout.grid.split)")),
        .init("episodes", .integer(layout.episodes)), .init("baseline", .text(sheet.found.baseline)),
        .init("cells", sheet.cellsJSON), .init("failed_rows", .integer(failed.count)),
        .init("record", .text(path)), .init("files", .list(files.map(JSON.text))),
        .init("elapsed", .number(progress.elapsed)),
      ])
    if !talk.json {
      let seeds = layout.seeds.count > 1 ? " for each of \(layout.seeds.count) seeds" : ""
      Output.line("\(layout.grid.name): \(layout.episodes) \(layout.grid.split) episodes\(seeds) in every cell")
      Output.line("")
      for line in sheet.lines { Output.line(line) }
      for file in files { talk.note("written   \(file)") }
    }
    if !failed.isEmpty { say("\(failed.count) rows could not be scored; the record says why") }
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
