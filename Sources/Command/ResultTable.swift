import Experiments
import Foundation
import Pages
import Rules

/// A comparison in words and as JSON.
struct ResultTable {
  var comparison: Comparison

  /// Lines of a table: accuracy with interval, loss, paired difference with interval, share of the gap closed.
  var lines: [String] {
    let head = ["", "accuracy", "95 % interval", "loss", "first - row", "95 % interval", "gap closed"]
    let body = comparison.rows.enumerated().map { index, row in
      [
        row.name, number(row.accuracy), interval(row.accuracyInterval), row.loss.map(number) ?? "-",
        index == 0 ? "" : signed(row.difference), index == 0 ? "" : interval(row.differenceInterval),
        comparison.gapClosed(row).map { String(format: "%.0f %%", 100 * $0) } ?? "-",
      ]
    }
    let widths = head.indices.map { column in ([head] + body).map { $0[column].count }.max() ?? 0 }
    return ([head] + body).map { cells in
      let text = cells.indices.map { column in
        column == 0 ? cells[0].padding(to: widths[0]) : cells[column].leading(to: widths[column])
      }.joined(separator: "  ")
      return String(text.reversed().drop { $0 == " " }.reversed())
    }
  }

  private func number(_ value: Double) -> String { value.isFinite ? String(format: "%.3f", value) : "-" }
  private func signed(_ value: Double) -> String { value.isFinite ? String(format: "%+.3f", value) : "-" }
  private func interval(_ range: ClosedRange<Double>) -> String {
    "[\(String(format: "%.3f", range.lowerBound)), \(String(format: "%.3f", range.upperBound))]"
  }

  /// One row: name, accuracy with interval, loss, and the paired difference first − row with its interval.
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
    members.append(.init("gap_closed", comparison.gapClosed(row).map(JSON.number) ?? .null))
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
