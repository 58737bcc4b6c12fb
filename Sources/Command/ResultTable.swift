import Experiments
import Foundation
import Pages
import Rules

/// A comparison in words, as JSON and as comma-separated values.
struct ResultTable {
  var comparison: Comparison

  /// Columns that a table may have at most.
  static let width = 100

  /// A column: its head, and what stands in it for a row at a place.
  private typealias Column = (head: String, cell: (Int, ComparisonRow) -> String)

  /// Lines of the tables: what each row scored; and, where rows are compared with a baseline, a second table of that.
  var lines: [String] {
    let scores: [Column] = [
      ("accuracy", { TableText.number($1.accuracy) }), ("95 % interval", { TableText.interval($1.accuracyInterval) }),
      ("loss", { $1.loss.map(TableText.number) ?? "-" }),
    ]
    let gap: Column = ("gap closed", { $1.gapClosed.map { String(format: "%.0f %%", 100 * $0) } ?? "-" })
    let reference = comparison.reference
    func difference(_ head: String) -> [Column] {
      [
        (head, { $0 == reference ? "" : TableText.signed($1.difference) }),
        ("95 % interval", { $0 == reference ? "" : TableText.interval($1.differenceInterval) }),
      ]
    }
    guard case .rowMinus(let baseline) = comparison.contrast else {
      return text(scores + difference("first - row") + [gap])
    }
    let gapInterval: Column = (
      "95 % interval",
      { _, row in
        row.gapClosedInterval.map {
          "[\(String(format: "%.0f %%", 100 * $0.lowerBound)), \(String(format: "%.0f %%", 100 * $0.upperBound))]"
        } ?? "-"
      }
    )
    guard comparison.rows.count > 1 else { return text(scores + [gap, gapInterval]) }
    let tests: [Column] = [
      ("p", { $1.test.map { TableText.chance($0.p) } ?? "" }),
      ("Holm p", { $1.test.map { TableText.chance($0.adjustedP) } ?? "" }),
      ("detectable", { $1.test.map { TableText.number($0.detectable) } ?? "" }),
    ]
    return text(scores + [gap, gapInterval]) + ["", "less \(baseline), on the same episodes:"]
      + text(difference("row - base") + tests)
  }

  /// A table with the rows' names in front; names that would make it too wide are cut.
  private func text(_ columns: [Column]) -> [String] {
    let cells =
      [columns.map(\.head)] + comparison.rows.enumerated().map { place, row in columns.map { $0.cell(place, row) } }
    let widths = columns.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    let room = max(12, Self.width - widths.reduce(0) { $0 + $1 + 2 })
    let names = [""] + comparison.rows.map { $0.name.count > room ? "\($0.name.prefix(room - 1))…" : $0.name }
    let longest = names.map(\.count).max() ?? 0
    return zip(names, cells).map { name, cells in
      let text = ([name.padding(to: longest)] + zip(cells, widths).map { $0.leading(to: $1) }).joined(separator: "  ")
      return String(text.reversed().drop { $0 == " " }.reversed())
    }
  }

  /// One row: name, accuracy with interval, loss, and the paired difference with its interval and test.
  func json(_ row: ComparisonRow) -> [JSON.Member] {
    var members: [JSON.Member] = [.init("name", .text(row.name))]
    if let contender = row.contender {
      members.append(.init("rule", .text(contender.rule.name)))
      members.append(.init("equation", .text(contender.equation)))
      members.append(.init("coefficients", contender.coefficientsJSON))
    }
    members.append(.init("accuracy", .number(row.accuracy)))
    members.append(.init("accuracy_interval", .list(row.accuracyInterval)))
    members.append(.init("loss", row.loss.map(JSON.number) ?? .null))
    members.append(.init("difference", .number(row.difference)))
    members.append(.init("difference_interval", .list(row.differenceInterval)))
    members.append(.init("p", row.test.map { .number($0.p) } ?? .null))
    members.append(.init("p_holm", row.test.map { .number($0.adjustedP) } ?? .null))
    members.append(.init("p_is_exact", row.test.map { .boolean($0.isExact) } ?? .null))
    members.append(.init("detectable_difference", row.test.map { .number($0.detectable) } ?? .null))
    members.append(.init("gap_closed", row.gapClosed.map(JSON.number) ?? .null))
    members.append(.init("gap_closed_interval", row.gapClosedInterval.map(JSON.list) ?? .null))
    members.append(.init("episodes", .integer(row.scores.accuracy.count)))
    if !row.scores.outcomes.isEmpty {
      members.append(.init("failed_episodes", .integer(row.scores.outcomes.count { $0 != .ok })))
    }
    return members
  }

  /// All rows but the first, `interval` being that of the paired difference.
  var comparisonsJSON: JSON {
    .list(
      comparison.rows.dropFirst().map { row in
        .object(json(row) + [.init("interval", .list(row.differenceInterval))])
      })
  }

  /// All rows, `interval` being that of the accuracy.
  var rowsJSON: JSON {
    .list(comparison.rows.map { row in .object(json(row) + [.init("interval", .list(row.accuracyInterval))]) })
  }

  /// The numbers of all rows as comma-separated values (RFC 4180, lines ended by LF), a header line first. They read back
  /// with the same bits; what is not defined is `nan`.
  var commaSeparated: String {
    func text(_ value: Double?) -> String { value.map { $0.isFinite ? "\($0)" : "nan" } ?? "nan" }
    let head = [
      "name", "episodes", "failed_episodes", "accuracy", "accuracy_low", "accuracy_high", "loss", "compared_with",
      "difference", "difference_low", "difference_high", "p", "p_holm", "detectable_difference", "gap_closed",
      "gap_closed_low", "gap_closed_high",
    ]
    let reference = comparison.rows.isEmpty ? "" : comparison.rows[comparison.reference].name
    let body = comparison.rows.map { row in
      [
        CSVField.quoted(row.name), "\(row.scores.accuracy.count)", "\(row.scores.outcomes.count { $0 != .ok })",
        text(row.accuracy), text(row.accuracyInterval.lowerBound), text(row.accuracyInterval.upperBound),
        text(row.loss), CSVField.quoted(reference), text(row.difference), text(row.differenceInterval.lowerBound),
        text(row.differenceInterval.upperBound), text(row.test?.p), text(row.test?.adjustedP),
        text(row.test?.detectable), text(row.gapClosed), text(row.gapClosedInterval?.lowerBound),
        text(row.gapClosedInterval?.upperBound),
      ]
    }
    return ([head] + body).map { $0.joined(separator: ",") + "\n" }.joined()
  }
}

extension Contender {
  /// The equation with the coefficients' values: `dw = -0.0335*e_post*y_pre + …`.
  var equation: String { Printer.equation(rule, coefficients: coefficients, layerCount: layerCount) }

  /// Coefficients by label.
  var coefficientsJSON: JSON {
    .object(zip(slots, coefficients).map { JSON.Member($0.label, .number($1)) })
  }
}

extension JSON {
  /// The two ends of an interval.
  static func list(_ interval: ClosedRange<Double>) -> JSON {
    .list([.number(interval.lowerBound), .number(interval.upperBound)])
  }

  /// An event of long work, `{"v":1,"event":…}`.
  static func event(_ name: String, _ members: [Member]) -> JSON {
    .object([Member("v", .integer(1)), Member("event", .text(name))] + members)
  }
}
