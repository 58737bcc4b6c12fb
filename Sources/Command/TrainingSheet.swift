import Experiments
import Foundation
import Pages

/// What a training found, in words, as JSON and as comma-separated values.
struct TrainingSheet {
  var table: TrainingTable
  var plan: TrainingPlan

  init(_ table: TrainingTable, _ plan: TrainingPlan) { (self.table, self.plan) = (table, plan) }

  /// The table: one line a system.
  var lines: [String] {
    let baseline = table.rows[table.baseline].name
    let head = [
      "system", "accuracy", "95 % interval", "best", "at", "less \(baseline)", "95 % interval", "train", "rates",
      "s/epoch", "outcome",
    ]
    let cells = table.rows.map { row in
      [
        row.name, percent(row.accuracy.mean), interval(row.accuracy.interval, percent), percent(row.best),
        row.bestEpoch.isFinite ? String(format: "%.0f/%d", row.bestEpoch, row.epochs) : "-",
        row.difference.map { signed($0.mean) } ?? "", row.difference.map { interval($0.interval, signed) } ?? "",
        percent(row.trainAccuracy), row.rates.map { String(format: "%.2f", $0) }.joined(separator: " "),
        row.secondsPerEpoch.isFinite
          ? String(format: row.secondsPerEpoch < 1 ? "%.3f" : "%.1f", row.secondsPerEpoch) : "-",
        row.outcome,
      ]
    }
    return Self.text([head] + cells, numbers: 1)
  }

  /// What the columns are.
  var notes: [String] {
    let count = plan.seeds.count
    var notes = [
      "accuracy: % of the samples held out, after the last epoch"
        + (count > 1 ? ", mean of \(count) seeds, Student's interval over seeds" : ", Wilson's interval"),
      "best: the best epoch by the samples held out themselves; no result to be proud of",
    ]
    if table.rows.count > 1 {
      notes.append(
        "less \(table.rows[table.baseline].name): in points, paired by seed and sample; the wider of the intervals over "
          + "seeds and over samples")
    }
    return notes
  }

  /// Columns under their heads: texts to the left, those from `numbers` on to the right.
  static func text(_ rows: [[String]], numbers: Int) -> [String] {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).enumerated().map { place, cell in
        place < numbers ? cell.0.padding(to: cell.1) : cell.0.leading(to: cell.1)
      }
      return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }
  }

  private func percent(_ value: Double) -> String { value.isFinite ? String(format: "%.2f", 100 * value) : "-" }

  private func signed(_ value: Double) -> String { value.isFinite ? String(format: "%+.2f", 100 * value) : "-" }

  private func interval(_ range: ClosedRange<Double>?, _ text: (Double) -> String) -> String {
    range.map { "[\(text($0.lowerBound)), \(text($0.upperBound))]" } ?? "-"
  }

  /// The rows as JSON.
  var rowsJSON: JSON {
    func estimate(_ value: TrainingTable.Estimate?) -> JSON {
      guard let value else { return .null }
      return .object([
        .init("mean", .number(value.mean)), .init("interval", value.interval.map(JSON.list) ?? .null),
      ])
    }
    return .list(
      table.rows.map { row in
        .object([
          .init("name", .text(row.name)), .init("accuracy", estimate(row.accuracy)), .init("loss", .number(row.loss)),
          .init("best_accuracy", .number(row.best)), .init("best_epoch", .number(row.bestEpoch)),
          .init("difference", estimate(row.difference)), .init("train_accuracy", .number(row.trainAccuracy)),
          .init("rates", .list(row.rates.map(JSON.number))), .init("seconds_per_epoch", .number(row.secondsPerEpoch)),
          .init("epochs", .integer(row.epochs)), .init("runs", .integer(row.runs)),
          .init("outcome", .text(row.outcome)),
        ])
      })
  }

  /// One line a system.
  var commaSeparated: String {
    var lines = [
      "system,accuracy,accuracy_low,accuracy_high,best_accuracy,best_epoch,difference,difference_low,difference_high,"
        + "train_accuracy,test_loss,rates,seconds_per_epoch,epochs,runs,outcome"
    ]
    for row in table.rows {
      func text(_ value: Double?) -> String { value.map { $0.isFinite ? "\($0)" : "" } ?? "" }
      let cells: [String] = [
        row.name, text(row.accuracy.mean), text(row.accuracy.interval?.lowerBound),
        text(row.accuracy.interval?.upperBound), text(row.best), text(row.bestEpoch), text(row.difference?.mean),
        text(row.difference?.interval?.lowerBound), text(row.difference?.interval?.upperBound),
        text(row.trainAccuracy), text(row.loss), row.rates.map { text($0) }.joined(separator: " "),
        text(row.secondsPerEpoch), "\(row.epochs)", "\(row.runs)", row.outcome,
      ]
      lines.append(cells.map(CSVField.quoted).joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
