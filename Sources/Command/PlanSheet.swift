import Experiments
import Foundation
import Kernels
import Pages

/// How a rule is computed on a network: the plan of each projection with its cost.
struct PlanSheet {
  private let cost: NetworkCost
  private let sizes: [Int]

  init(_ contender: Contender, inputCount: Int, outputCount: Int, foresees: Bool) {
    sizes = [inputCount] + contender.network.hidden + [outputCount]
    cost = NetworkCost(contender, inputCount: inputCount, outputCount: outputCount, foresees: foresees)
  }

  /// Projections that are computed alike, by their numbers from 1.
  private var alike: [(layers: [Int], plan: PlanSummary)] {
    var found: [(layers: [Int], plan: PlanSummary)] = []
    for (l, plan) in cost.plans.enumerated() {
      if let last = found.last, last.plan.terms == plan.terms, last.plan.form == plan.form,
        last.plan.shape.isInput == plan.shape.isInput
      {
        found[found.count - 1].layers.append(l + 1)
      } else {
        found.append(([l + 1], plan))
      }
    }
    return found
  }

  private func name(_ layers: [Int]) -> String {
    let number = layers.count == 1 ? "\(layers[0])" : "\(layers[0])-\(layers[layers.count - 1])"
    let sizes = layers.map { "\(self.sizes[$0 - 1])x\(self.sizes[$0])" }.joined(separator: ", ")
    let ends = (layers.contains(1) ? ["input"] : []) + (layers.contains(cost.plans.count) ? ["readout"] : [])
    return "projection \(number) (\(sizes)\(ends.map { ", " + $0 }.joined()))"
  }

  /// Lines for people.
  var lines: [String] {
    let steps = Double(cost.steps)
    var lines = [
      "plan on \(sizes.map(String.init).joined(separator: "-")), \(cost.steps) steps, weights move at \(cost.learningSteps)"
    ]
    for (layers, plan) in alike {
      lines.append("  \(name(layers)): \(plan.form.rawValue), \(plan.every == .step ? "every step" : "every sample")")
      let width = plan.terms.map(\.text.count).max() ?? 0
      lines += plan.terms.map { "    \($0.text.padding(to: width))  \($0.method?.rawValue ?? "off: costs nothing")" }
    }
    lines += ["", "cost per step of a sample that is learned"]
    let levels = NetworkCost.levels(of: .reference)
    let head = ["", "multiply-adds"] + levels.map { $0 + " bytes" } + ["calls"]
    func row(_ name: String, _ work: Phases) -> [String] {
      let one = (1 / steps) * work.total
      return [name, NetworkCost.text(one.multiplyAdds)]
        + MachinePeaks.reference.bytes(of: one, in: cost.footprint).map(NetworkCost.text) + [
          NetworkCost.text(one.calls)
        ]
    }
    var rows: [[String]] = []
    for (l, plan) in cost.plans.enumerated() {
      rows.append(row("projection \(l + 1) forward", plan.cost.forward))
      rows.append(row("projection \(l + 1) update", plan.cost.update))
    }
    rows += [row("credit", cost.credit), row("neurons", cost.dynamics), row("total", cost.learning)]
    rows.append(row("total, answering", cost.answering))
    lines += Table.lines([head] + rows).map { "  \($0)" }
    return lines
  }

  /// As JSON: one object a projection, then the totals.
  var json: JSON {
    let projections = cost.plans.enumerated().map { l, plan in
      JSON.object([
        .init("layer", .integer(l + 1)), .init("inputs", .integer(sizes[l])), .init("outputs", .integer(sizes[l + 1])),
        .init("form", .text(plan.form.rawValue)),
        .init(
          "terms",
          .list(
            plan.terms.map { term in
              .object([
                .init("term", .text(term.text)), .init("method", term.method.map { .text($0.rawValue) } ?? .null),
              ])
            })),
        .init("forward", cost.json(plan.cost.forward)), .init("update", cost.json(plan.cost.update)),
      ])
    }
    return .object([
      .init("network", .list(sizes.map(JSON.integer))), .init("steps", .integer(cost.steps)),
      .init("learning_steps", .integer(cost.learningSteps)), .init("projections", .list(projections)),
      .init("credit", cost.json(cost.credit)), .init("neurons", cost.json(cost.dynamics)),
      .init("learning_sample", cost.json(cost.learning)), .init("answering_sample", cost.json(cost.answering)),
      .init("random_numbers_per_episode", .integer(cost.drawsPerEpisode)),
      .init("random_numbers_per_sample", .integer(cost.drawsPerSample)),
    ])
  }
}

/// Cells as lines of columns, the first flush left, the others flush right.
enum Table {
  static func lines(_ rows: [[String]]) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { cells in
      cells.indices.map { $0 == 0 ? cells[0].padding(to: widths[0]) : cells[$0].leading(to: widths[$0]) }
        .joined(separator: "  ")
    }
  }
}
