import Arithmetic
import Records

/// Rules on the same episodes of one task, the first compared with each other one.
///
/// Intervals are percentile bootstrap intervals of 95 %, their random numbers from the record's master seed, so a report
/// shows the numbers that the run printed.
public struct ScoreTable: Sendable, Equatable {
  /// One rule's scores.
  public struct Row: Sendable, Equatable {
    /// The rule's name.
    public var name: String
    /// Query accuracy of each episode.
    public var accuracies: [Double]
    /// Episodes that the mean is of.
    public var count: Int
    /// Mean query accuracy.
    public var accuracy: Double
    /// The interval of that mean.
    public var interval: Interval
    /// Mean query cross-entropy; nil for methods that give no probabilities.
    public var loss: Double?
    /// The first row's accuracy minus this row's, for each episode.
    public var differences: [Double]
    /// The mean of the differences.
    public var difference: Double
    /// The interval of that mean.
    public var differenceInterval: Interval
    /// Episodes that ended with a sick network.
    public var failures: Int
  }

  /// The task family.
  public var task: String
  /// Training examples per class.
  public var shots: Int
  /// Classes per episode.
  public var ways: Int
  /// Accuracy of guessing.
  public var chance: Double
  /// Numbers of the test episodes.
  public var episodes: [Int]
  /// The rules in the record's order.
  public var rows: [Row]

  /// The scores at the last step of one task and number of shots.
  public init(_ table: EvaluationTable, task: Int, shot: Int, seed: UInt64) {
    self.task = table.tasks[task]
    shots = table.shots[shot]
    ways = table.ways(task: task)
    chance = Double(table.chanceLevel[task])
    episodes = table.seeds
    var first: [Double]?
    rows = table.rules.indices.map { rule in
      let runs = table.seeds.indices.map { table.index(rule: rule, task: task, shot: shot, seed: $0) }
      let accuracies = runs.map { last(table.accuracy, run: $0, steps: table.steps.count) }
      let losses = runs.map { last(table.loss, run: $0, steps: table.steps.count) }
      let reference = first ?? accuracies
      first = reference
      let pairs = Bootstrap.pairedDifference(reference, accuracies, seed: seed)
      let loss = Statistics.mean(losses)
      return Row(
        name: table.rules[rule], accuracies: accuracies, count: accuracies.count { $0.isFinite },
        accuracy: Statistics.mean(accuracies),
        interval: Bootstrap.intervalOfMean(accuracies, seed: seed), loss: loss.isFinite ? loss : nil,
        differences: zip(reference, accuracies).map { $0 - $1 }, difference: pairs.mean,
        differenceInterval: pairs.interval,
        failures: runs.count { ![.ok, .pending].contains(table.status[$0]) })
    }
  }

  /// The row of that name.
  public subscript(_ name: String) -> Row? { rows.first { $0.name == name } }

  /// The share of the gap from feedback alignment to backprop that a row closes; nil without both, without a gap, and for
  /// methods that are no network, which give no probabilities and so have no loss.
  public func gapClosed(_ row: Row) -> Double? {
    guard row.loss != nil, let low = self["feedback-alignment"], let high = self["backprop"] else { return nil }
    let gap = high.accuracy - low.accuracy
    let share = (row.accuracy - low.accuracy) / gap
    return gap > 0 && share.isFinite ? share : nil
  }
}

/// The value of a run at the last step that was measured; unequal runs are padded with NaN. Single precision is read as
/// the shortest decimal that names it, so that 0.67 stays 0.67.
private func last(_ values: [Float], run: Int, steps: Int) -> Double {
  let measured = values[run * steps..<(run + 1) * steps].last { !$0.isNaN }
  return measured.flatMap { Double("\($0)") } ?? .nan
}

/// A quantity of the layers at the end of an episode, of each rule that has a network: means over episodes.
struct LayerMeans {
  var layers: [String]
  /// Rules and their means, [layer].
  var rows: [(name: String, means: [Double])]

  /// Nil where nothing is known of the quantity.
  /// - Parameters:
  ///   - values: [rule][task][shot][seed][step][layer].
  ///   - skips: layers are left out where every rule has this number.
  init?(_ table: EvaluationTable, _ values: [Float]?, task: Int, shot: Int, skipping skips: Double? = nil) {
    guard let values, !table.layers.isEmpty else { return nil }
    let (steps, width) = (table.steps.count, table.layers.count)
    var shown = table.layers
    var all = table.rules.indices.compactMap { rule in
      let means = (0..<width).map { layer in
        let measured = table.seeds.indices.compactMap { seed in
          let run = table.index(rule: rule, task: task, shot: shot, seed: seed)
          let course = (0..<steps).map { Double(values[(run * steps + $0) * width + layer]) }
          return course.last { $0.isFinite }
        }
        return Statistics.mean(measured)
      }
      return means.contains { $0.isFinite } ? (name: table.rules[rule], means: means) : nil
    }
    // The readout does not spike, and the error in it is nobody's but its own.
    for layer in shown.indices.reversed()
    where !all.contains(where: { $0.means[layer].isFinite && $0.means[layer] != skips }) {
      shown.remove(at: layer)
      for row in all.indices { all[row].means.remove(at: layer) }
    }
    if all.isEmpty || shown.isEmpty { return nil }
    (layers, rows) = (shown, all)
  }
}
