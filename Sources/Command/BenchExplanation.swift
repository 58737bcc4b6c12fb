import Experiments
import Foundation
import Kernels
import Pages
import Tasks

/// `bench --explain`: what each part of an episode is predicted to take, and what it takes.
struct BenchExplanation {
  private let contender: Contender
  private let cost: NetworkCost
  /// With the first projection at rest, which may need fewer errors.
  private let resting: NetworkCost
  private let peaks: MachinePeaks
  private let times: Explanation
  private let supportCount: Int
  private let queryCount: Int

  /// - Parameters:
  ///   - contender: what is scored.
  ///   - episodes: on these.
  ///   - seconds: time for measuring.
  init(_ contender: Contender, on episodes: [EncodedEpisode], seed: UInt64, worstLoss: Double, seconds: Double) throws {
    let first = episodes[0]
    let foresees = first.support.currents.isEmpty
    func cost(_ contender: Contender, _ activity: [Activity]?) -> NetworkCost {
      NetworkCost(
        contender, inputCount: first.support.inputCount, outputCount: first.outputCount, foresees: foresees,
        activity: activity)
    }
    peaks = MachinePeaks.measure(caches: BenchMachineCommand.dataCaches(), seconds: 0.1)
    times = try Explanation(
      contender, on: episodes, seed: seed, worstLoss: worstLoss, cost: cost(contender, nil), seconds: seconds)
    self.contender = contender
    let activity = [first.inputActivity] + times.firingRates.map { Activity.hidden(step: $0) }
    self.cost = cost(contender, activity)
    var still = contender
    still.rule = Explanation.rule(contender.rule, atRest: [1], of: contender.layerCount)
    resting = cost(still, activity)
    supportCount = first.support.count
    queryCount = first.query.count
  }

  /// One line of the table.
  private struct Part {
    var name: String
    var form = ""
    /// Work of an episode; nil for what is not predicted.
    var work: Phases?
    /// Work that the measured difference leaves out.
    var less = Phases.none
    /// Bytes gone through before the same are met again.
    var footprint: Footprint
    /// Seconds of an episode; nil for what no difference tells.
    var measured: Double?
    var how: String
  }

  private var parts: [Part] {
    let quiet = cost.answeringFootprint
    let (learned, answered) = (Double(supportCount), Double(queryCount))
    var parts = [
      Part(name: "initial weights", footprint: quiet, measured: times.drawing, how: "an episode without samples"),
      Part(
        name: "answering", work: answered * cost.answering, footprint: quiet, measured: times.answering,
        how: "an episode without support, less one without samples"),
      Part(
        name: "learning, weights at rest",
        work: learned * cost.plans.reduce(cost.dynamics) { $0 + $1.cost.answer },
        footprint: quiet, measured: times.still - times.drawing - times.answering,
        how: "all equations 0, less the above"),
    ]
    if cost.lowestError != nil {
      parts.append(
        Part(
          name: "credit", work: learned * resting.credit, footprint: cost.footprint,
          measured: times.undelivered.map { times.delivered - $0 },
          how: "projection 1 at rest: with errors, less without"))
    }
    for (l, plan) in cost.plans.enumerated() {
      parts.append(
        Part(
          name: "learning in projection \(l + 1)", form: plan.form.rawValue,
          work: learned * (l == 0 ? plan.cost.learning + cost.credit : plan.cost.learning),
          less: learned * (l == 0 ? plan.cost.answer + resting.credit : plan.cost.answer), footprint: cost.footprint,
          measured: times.whole - times.without[l],
          how: "all, less with projection \(l + 1) at rest"))
    }
    parts.append(
      Part(
        name: "whole episode", work: learned * cost.learning + answered * cost.answering,
        footprint: cost.footprint, measured: times.whole,
        how: "shortest of \(times.rounds) rounds"))
    return parts
  }

  private func predicted(_ work: Phases, in footprint: Footprint) -> Double { peaks.seconds(of: work, in: footprint) }

  /// Multiply-adds, bytes, the bound and the prediction in seconds.
  private func figures(_ part: Part) -> (multiplyAdds: Double, bytes: Double, bound: Double, seconds: Double)? {
    guard let work = part.work else { return nil }
    let (all, less) = (work.total, part.less.total)
    let rest = all + -1 * less
    return (
      rest.multiplyAdds, rest.bytes, max(0, peaks.bound(of: rest, in: part.footprint)),
      predicted(work, in: part.footprint) - predicted(part.less, in: part.footprint)
    )
  }

  /// Lines for people.
  var lines: [String] {
    func milliseconds(_ seconds: Double?) -> String { seconds.map { String(format: "%.2f", 1000 * $0) } ?? "-" }
    var rows = [["", "form", "Mmadd", "MB", "bound ms", "predicted ms", "measured ms", "measured/predicted"]]
    for part in parts {
      let predicted = figures(part)
      let ratio = predicted.flatMap { figures in part.measured.map { String(format: "%.2f", $0 / figures.seconds) } }
      rows.append([
        part.name, part.form, predicted.map { String(format: "%.1f", $0.multiplyAdds / 1e6) } ?? "-",
        predicted.map { String(format: "%.1f", $0.bytes / 1e6) } ?? "-", milliseconds(predicted?.bound),
        milliseconds(predicted?.seconds), milliseconds(part.measured), ratio ?? "-",
      ])
    }
    var lines = [
      "\(contender.name): an episode of \(supportCount) samples learned and \(queryCount) answered, one thread",
      "peaks: \(String(format: "%.1f", peaks.multiplyAdds / 1e9)) G multiply-adds/s; "
        + zip(NetworkCost.levels(of: peaks), peaks.bandwidths).map {
          "\($0) \(String(format: "%.0f", $1 / 1e9)) GB/s"
        }.joined(separator: ", ") + "; a call \(String(format: "%.1f", peaks.call * 1e9)) ns",
      "bytes of a step come from \(level(cost.footprint.step)), those of a sample from \(level(cost.footprint.sample))",
      "firing rates while answering: "
        + times.firingRates.map { String(format: "%.3f", $0) }.joined(separator: ", "), "",
    ]
    lines += Table.lines(rows)
    lines += [
      "", "bound: the longer of all multiply-adds and all bytes at these peaks; predicted: piece by piece, and calls.",
      "measured: differences of whole episodes, the shortest of \(times.rounds) rounds each:",
    ]
    lines += parts.map { "  \($0.name): \($0.how)" }
    let forms = formRows
    if forms.count > 1 {
      lines += ["", "a projection in another form; measured: the whole episode with it, less as chosen"]
      lines += Table.lines(forms)
    }
    return lines
  }

  private var formRows: [[String]] {
    var rows = [["projection", "chosen", "other", "predicted ms", "measured ms"]]
    for (l, plan) in cost.plans.enumerated() {
      for other in plan.alternatives where other.form != plan.form {
        guard let measured = times.otherForms[l][other.form] else { continue }
        let difference =
          Double(supportCount)
          * (predicted(other.learning, in: cost.footprint) - predicted(plan.cost.learning, in: cost.footprint))
        rows.append([
          "\(l + 1)", plan.form.rawValue, other.form.rawValue, String(format: "%+.2f", 1000 * difference),
          String(format: "%+.2f", 1000 * (measured - times.whole)),
        ])
      }
    }
    return rows
  }

  private func level(_ bytes: Double) -> String {
    "\(NetworkCost.levels(of: peaks)[peaks.level(of: bytes)]) (\(byteText(Int(bytes))))"
  }

  /// As JSON.
  var json: JSON {
    .object([
      .init("rule", .text(contender.name)), .init("support", .integer(supportCount)),
      .init("query", .integer(queryCount)),
      .init(
        "peaks",
        .object(
          [.init("multiply_adds_per_second", .number(peaks.multiplyAdds)), .init("call_seconds", .number(peaks.call))]
            + zip(NetworkCost.levels(of: peaks), peaks.bandwidths).map {
              .init("\($0.lowercased())_bytes_per_second", .number($1))
            })),
      .init("firing_rates", .list(times.firingRates.map(JSON.number))), .init("rounds", .integer(times.rounds)),
      .init(
        "parts",
        .list(
          parts.map { part -> JSON in
            let predicted = figures(part)
            return .object([
              .init("part", .text(part.name)), .init("form", part.form.isEmpty ? .null : .text(part.form)),
              .init(
                "work",
                part.work.map { work in
                  cost.json(Phases([work.total + -1 * part.less.total]), peaks: peaks, in: part.footprint)
                } ?? .null),
              .init("bound_seconds", predicted.map { .number($0.bound) } ?? .null),
              .init("predicted_seconds", predicted.map { .number($0.seconds) } ?? .null),
              .init("measured_seconds", part.measured.map(JSON.number) ?? .null), .init("how", .text(part.how)),
            ])
          })),
    ])
  }
}
