import Experiments
import Foundation
import Pages
import Records

/// What a grid found, in words, as JSON and as comma-separated values.
struct GridSheet {
  var found: GridFindings

  init(_ found: GridFindings) { self.found = found }

  private var table: EvaluationTable { found.table }

  /// The cells in order, with what each is called at the head of a column.
  private var cells: [(task: Int, shot: Int, head: String)] {
    table.tasks.indices.flatMap { task in
      table.shots.indices.map { shot in
        let shots = "\(table.shots[shot]) shot\(table.shots[shot] == 1 ? "" : "s")"
        let parts = table.tasks.count > 1 || table.shots.count == 1 ? [name(ofTask: task)] : []
        return (task, shot, (parts + (table.shots.count > 1 ? [shots] : [])).joined(separator: ", "))
      }
    }
  }

  /// A task's label, without the data set where all tasks have the same.
  private func name(ofTask task: Int) -> String {
    guard let facts = table.taskFacts, Set(facts.map(\.data)).count == 1, table.tasks.count > 1 else {
      return table.tasks[task]
    }
    return String(table.tasks[task].dropFirst(facts[0].data.count + 2))
  }

  /// Rows of rules that could not be scored, each once for a task and a number of shots.
  var failures: [(rule: String, cell: String, reason: String)] {
    cells.flatMap { cell in
      table.rules.indices.compactMap { rule in
        found.reason(rule: rule, task: cell.task, shot: cell.shot).map { (table.rules[rule], cell.head, $0) }
      }
    }
  }

  /// Two tables, rules by cells: the means with their intervals; and the differences to the baseline with p after Holm's
  /// correction.
  var lines: [String] {
    var lines = blocks { row, _ in "\(TableText.number(row.accuracy)) \(TableText.interval(row.accuracyInterval))" }
    if table.rules.count > 1 {
      lines += ["", "less \(found.baseline), on the same episodes (p after Holm's correction for the whole grid):"]
      lines += blocks { row, _ in
        guard let test = row.test else { return row.name == found.baseline ? "" : "-" }
        return "\(String(format: "%+.3f", row.difference)) p \(TableText.chance(test.adjustedP))"
      }
    }
    let failures = failures
    if !failures.isEmpty {
      lines += ["", "not scored:"] + failures.map { "\($0.rule) in \($0.cell): \($0.reason)" }
    }
    return lines
  }

  /// Tables of as many cells side by side as fit.
  private func blocks(_ text: (ComparisonRow, Int) -> String) -> [String] {
    let names = table.rules.map { $0.count > 28 ? "\($0.prefix(27))…" : $0 }
    let longest = names.map(\.count).max() ?? 0
    let columns = cells.map { cell in
      [cell.head]
        + table.rules.enumerated().map { place, rule in
          if let row = found.row(rule, task: cell.task, shot: cell.shot) { return text(row, place) }
          return found.reason(rule: place, task: cell.task, shot: cell.shot) == nil ? "pending" : "failed"
        }
    }
    var lines: [String] = []
    var rest = columns[...]
    while !rest.isEmpty {
      var block: [[String]] = []
      var width = longest
      while let next = rest.first, block.isEmpty || width + 2 + (next.map(\.count).max() ?? 0) <= ResultTable.width {
        width += 2 + (next.map(\.count).max() ?? 0)
        block.append(next)
        rest = rest.dropFirst()
      }
      if !lines.isEmpty { lines.append("") }
      for place in 0...names.count {
        let name = (place == 0 ? "" : names[place - 1]).padding(to: longest)
        let parts = block.map { column in column[place].padding(to: column.map(\.count).max() ?? 0) }
        let line = ([name] + parts).joined(separator: "  ")
        lines.append(String(line.reversed().drop { $0 == " " }.reversed()))
      }
    }
    return lines
  }

  /// Every cell with its rows.
  var cellsJSON: JSON {
    .list(
      cells.map { cell in
        let comparison = found.comparisons[cell.task][cell.shot]
        let sheet = ResultTable(comparison: comparison)
        let failed = table.rules.indices.compactMap { rule in
          found.reason(rule: rule, task: cell.task, shot: cell.shot).map {
            JSON.object([
              .init("name", .text(table.rules[rule])), .init("status", .text("failed")), .init("reason", .text($0)),
            ])
          }
        }
        return .object([
          .init("task", .text(table.tasks[cell.task])), .init("shots", .integer(table.shots[cell.shot])),
          .init("rows", .list(comparison.rows.map { .object(sheet.json($0)) } + failed)),
        ])
      })
  }

  /// One tidy line per rule, task and number of shots (RFC 4180, lines ended by LF), a header first. Numbers read back with
  /// the same bits; what is not defined is `nan`.
  var commaSeparated: String {
    let facts = ["data", "ways", "queries", "neuron", "hidden", "credit"]
    let axes = table.axes.filter { !["task.data", "task.ways", "task.query", "network.neuron", "credit"].contains($0) }
    let head =
      ["rule", "task", "shots"] + facts + axes + ["status", "reason", "episodes", "failed_episodes"]
      + ["accuracy", "accuracy_low", "accuracy_high", "loss", "compared_with", "difference", "difference_low"]
      + ["difference_high", "p", "p_holm", "detectable_difference", "gap_closed", "gap_closed_low", "gap_closed_high"]
    let body = cells.flatMap { cell in
      table.rules.indices.map { rule in
        [table.rules[rule], table.tasks[cell.task], "\(table.shots[cell.shot])"]
          + values(ofFacts: cell.task) + axes.map { axis in value(of: axis, task: cell.task) }
          + numbers(rule, cell.task, cell.shot)
      }
    }
    return ([head] + body).map { $0.map(CSVField.quoted).joined(separator: ",") + "\n" }.joined()
  }

  private func values(ofFacts task: Int) -> [String] {
    guard let facts = table.taskFacts?[task] else {
      return ["", "\(table.ways)", "\(table.queriesPerClass)", "", "", ""]
    }
    return [facts.data, "\(facts.ways)", "\(facts.queries)", facts.neuron, facts.hidden, facts.credit]
  }

  private func value(of axis: String, task: Int) -> String {
    table.axisValues[task * table.axes.count + table.axes.firstIndex(of: axis)!]
  }

  private func numbers(_ rule: Int, _ task: Int, _ shot: Int) -> [String] {
    func text(_ value: Double?) -> String { value.map { $0.isFinite ? "\($0)" : "nan" } ?? "nan" }
    let missing = [String](repeating: "nan", count: 14)
    guard let row = found.row(table.rules[rule], task: task, shot: shot) else {
      let reason = found.reason(rule: rule, task: task, shot: shot)
      return [reason == nil ? "pending" : "failed", reason ?? "", "0", "0"] + missing.prefix(4) + [found.baseline]
        + missing.prefix(9)
    }
    let test = row.test
    let isBaseline = row.name == found.baseline
    func difference(_ value: Double) -> String { test != nil || isBaseline ? text(value) : "nan" }
    return [
      "ok", "", "\(row.scores.accuracy.count)", "\(row.scores.outcomes.count { $0 != .ok })", text(row.accuracy),
      text(row.accuracyInterval.lowerBound), text(row.accuracyInterval.upperBound), text(row.loss), found.baseline,
      difference(row.difference), difference(row.differenceInterval.lowerBound),
      difference(row.differenceInterval.upperBound), text(test?.p), text(test?.adjustedP), text(test?.detectable),
      text(row.gapClosed), text(row.gapClosedInterval?.lowerBound), text(row.gapClosedInterval?.upperBound),
    ]
  }
}
