import Arithmetic
import Foundation
import Records

/// What was measured within the episodes of one task and number of shots: means over episodes, and their intervals.
struct EpisodeCourse {
  /// One quantity of one rule over the examples seen.
  struct Curve {
    var name: String
    /// Mean over the episodes in which it is known, [step]; NaN where there is none.
    var mean: [Double]
    /// Ends of the 95 % interval of that mean.
    var lower: [Double]
    var upper: [Double]
    /// Episodes in which it is known, [step].
    var counts: [Int]

    /// The same with intervals that end where the quantity does.
    func clipped(to limits: ClosedRange<Double>?) -> Curve {
      guard let limits else { return self }
      var curve = self
      for place in mean.indices where lower[place].isFinite {
        curve.lower[place] = max(lower[place], limits.lowerBound)
        curve.upper[place] = min(upper[place], limits.upperBound)
      }
      return curve
    }
  }

  let table: EvaluationTable
  let task: Int
  let shot: Int
  /// Places on the table's `step` axis at which anything of this task and number of shots is known.
  let places: [Int]
  private let seed: UInt64

  /// Nil where nothing is known before the end of an episode.
  init?(_ table: EvaluationTable, task: Int, shot: Int, seed: UInt64) {
    self.table = table
    self.task = task
    self.shot = shot
    self.seed = seed
    let runs = table.rules.indices.flatMap { rule in
      table.seeds.indices.map { table.index(rule: rule, task: task, shot: shot, seed: $0) }
    }
    places = table.steps.indices.filter { step in
      runs.contains { table.accuracy[$0 * table.steps.count + step].isFinite }
    }
    if places.count < 2 { return nil }
  }

  /// Examples seen at each place.
  var seen: [Int] { places.map { table.steps[$0] } }

  /// The task and the shots in words.
  var place: String { "\(table.tasks[task]), \(table.shots[shot]) examples of each class" }

  /// A column without layers, one curve a rule, with bootstrap intervals as in the tables; rules of which it is not known
  /// before the end are left out.
  func curves(_ values: [Float]) -> [Curve] {
    table.rules.indices.compactMap { rule in
      let curve = curve(rule, resampled: true) { run, step in values[run * table.steps.count + step] }
      return curve.counts.dropLast().contains { $0 > 0 } ? curve : nil
    }
  }

  /// A column with layers, one curve a rule, with t intervals; rules of which it is not known before the end are left out.
  func curves(_ values: [Float], layer: Int) -> [Curve] {
    table.rules.indices.compactMap { rule in
      let curve = curve(rule, resampled: false) { run, step in
        values[(run * table.steps.count + step) * table.layers.count + layer]
      }
      return curve.counts.dropLast().contains { $0 > 0 } ? curve : nil
    }
  }

  private func curve(_ rule: Int, resampled: Bool, _ value: (Int, Int) -> Float) -> Curve {
    var curve = Curve(name: table.rules[rule], mean: [], lower: [], upper: [], counts: [])
    for place in places {
      let known = table.seeds.indices.compactMap { seed -> Double? in
        let number = value(table.index(rule: rule, task: task, shot: shot, seed: seed), place)
        // The shortest decimal that names it, as in the tables.
        return number.isFinite ? Double("\(number)") : nil
      }
      curve.mean.append(Statistics.mean(known))
      curve.counts.append(known.count)
      var interval = (lower: Double.nan, upper: Double.nan)
      if known.count > 1 {
        if resampled {
          let found = Bootstrap.intervalOfMean(known, seed: seed)
          interval = (found.lower, found.upper)
        } else {
          let mean = Statistics.mean(known)
          let quantile = StudentT(degreesOfFreedom: Double(known.count - 1)).quantile(0.975)
          let half = quantile * Statistics.standardError(known)
          interval = (mean - half, mean + half)
        }
      }
      curve.lower.append(interval.lower)
      curve.upper.append(interval.upper)
    }
    return curve
  }
}

/// An axis of numbers of examples from 0 on, spaced by the logarithm of one more than the number.
struct ExamplesAxis {
  let axis: Axis
  private let seen: [Int]

  init(_ seen: [Int], from: Double, to: Double) {
    let last = ExamplesAxis.position(seen.last ?? 1)
    let first = ExamplesAxis.position(seen.first ?? 0)
    var ticks: [Axis.Tick] = []
    var end = -Double.infinity
    // Labels that would touch are left out, the last one's neighbours first.
    for (index, number) in seen.enumerated() {
      let label = "\(number)"
      let x = from + (to - from) * (ExamplesAxis.position(number) - first) / max(1e-9, last - first)
      let half = 0.5 * Chart.characterWidth * Double(label.count) + 2
      if index + 1 == seen.count { while let tick = ticks.last, tick.value > x - 2 * half { ticks.removeLast() } }
      guard x - half >= end || index + 1 == seen.count else { continue }
      ticks.append(Axis.Tick(value: x, label: label))
      end = x + half
    }
    let places = ticks.map { tick in
      Axis.Tick(value: first + (tick.value - from) / (to - from) * (last - first), label: tick.label)
    }
    axis = Axis(from: first, to: last, ticks: places).between(from, to)
    self.seen = seen
  }

  /// Where the numbers stand on the axis.
  var positions: [Double] { seen.map(ExamplesAxis.position) }

  private static func position(_ seen: Int) -> Double { log1p(Double(seen)) }
}
