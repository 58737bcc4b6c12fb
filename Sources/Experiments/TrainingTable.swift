import Arithmetic
import Foundation
import Training

/// What a training says in the end: one row a system.
public struct TrainingTable: Sendable {
  /// A mean and the 95 % interval around it.
  public struct Estimate: Sendable, Hashable {
    /// The mean.
    public var mean: Double
    /// The interval; nil where nothing varies from which it could be told.
    public var interval: ClosedRange<Double>?
  }

  /// One system.
  public struct Row: Sendable {
    /// Its name.
    public var name: String
    /// Runs that are done.
    public var runs: Int
    /// Held-out accuracy after the last epoch: the mean over runs, and Student's interval over runs, or over samples held
    /// out where there is one run.
    public var accuracy: Estimate
    /// Held-out loss after the last epoch, mean over runs.
    public var loss: Double
    /// Accuracy on the samples learned from in the last epoch, mean over runs.
    public var trainAccuracy: Double
    /// The best held-out accuracy of each run, mean over runs: chosen on the samples held out, as papers often do.
    public var best: Double
    /// The epochs of the best accuracy, mean over runs, from 1.
    public var bestEpoch: Double
    /// Epochs done by the run that has done most.
    public var epochs: Int
    /// Held-out accuracy minus the baseline's with the same seeds: the mean and the wider of two intervals, Student's over
    /// seeds and the normal one over samples held out; nil for the baseline itself.
    public var difference: Estimate?
    /// Mean rates of the hidden layers after the last epoch, from the input upwards.
    public var rates: [Double]
    /// Median seconds of an epoch.
    public var secondsPerEpoch: Double
    /// How the runs ended: `ok`, or such as `ok 2, silent 1`.
    public var outcome: String
  }

  /// The rows in the order of the page.
  public var rows: [Row]
  /// The row that the others are compared with.
  public var baseline: Int
  /// Whether all runs are done.
  public var isComplete: Bool

  /// The table of a course, as far as it has come.
  /// - Parameter labels: the classes of the samples held out, one list a seed.
  public init(_ course: TrainingCourse, labels: [[Int32]]) {
    let plan = course.plan
    let runs = plan.systems.indices.map { system in
      plan.seeds.indices.map { course.run(system: system, seed: $0) }
    }
    baseline = plan.baseline
    isComplete = course.isDone
    let rights = runs.map { $0.enumerated().map { seed, run in Self.rights(run, labels[seed]) } }
    rows = plan.systems.indices.map { s in
      let begun = runs[s].filter { !$0.epochs.isEmpty }
      let last = begun.map { $0.epochs.last! }
      func mean(_ values: [Double]) -> Double { values.isEmpty ? .nan : Statistics.mean(values) }
      let accuracies = last.map(\.testAccuracy)
      let bests = begun.map { run in
        run.epochs.indices.max { a, b in
          (run.epochs[a].testAccuracy, b) < (run.epochs[b].testAccuracy, a)
        }!
      }
      let layers = last.map(\.rates.count).max() ?? 0
      return Row(
        name: plan.systems[s].name, runs: runs[s].count { $0.isDone },
        accuracy: Estimate(
          mean: mean(accuracies),
          interval: accuracies.count > 1
            ? Self.share(Self.student(accuracies))
            : accuracies.first.flatMap { Self.wilson($0, labels[0].count) }), loss: mean(last.map(\.testLoss)),
        trainAccuracy: mean(last.map(\.trainAccuracy)),
        best: mean(zip(begun, bests).map { $0.epochs[$1].testAccuracy }), bestEpoch: mean(bests.map { Double($0 + 1) }),
        epochs: begun.map(\.epochs.count).max() ?? 0,
        difference: s == plan.baseline ? nil : Self.difference(rights[s], rights[plan.baseline]),
        rates: (0..<layers).map { l in mean(last.map { l < $0.rates.count ? $0.rates[l] : .nan }) },
        secondsPerEpoch: begun.isEmpty ? .nan : Statistics.median(begun.flatMap { $0.epochs.map(\.seconds) }),
        outcome: Self.outcome(runs[s]))
    }
  }

  /// 1 for every sample held out that was answered right, 0 for the others; nil before the first epoch.
  private static func rights(_ run: TrainingCourse.Run, _ labels: [Int32]) -> [Double]? {
    guard let answers = run.answers, answers.count == labels.count else { return nil }
    return zip(answers, labels).map { $0 == $1 ? 1 : 0 }
  }

  /// Student's 95 % interval of a mean.
  private static func student(_ values: [Double]) -> ClosedRange<Double>? {
    guard values.count > 1, values.allSatisfy(\.isFinite) else { return nil }
    let half =
      StudentT(degreesOfFreedom: Double(values.count - 1)).quantile(0.975) * Statistics.standardError(values)
    let mean = Statistics.mean(values)
    return mean - half...mean + half
  }

  /// An interval of a share, which lies in 0 ... 1.
  private static func share(_ interval: ClosedRange<Double>?) -> ClosedRange<Double>? {
    interval.map { max(0, $0.lowerBound)...max(0, min(1, $0.upperBound)) }
  }

  /// Wilson's 95 % interval of a share of `count`.
  private static func wilson(_ share: Double, _ count: Int) -> ClosedRange<Double>? {
    guard share.isFinite, count > 0 else { return nil }
    let (n, z) = (Double(count), 1.959963984540054)
    let middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    return max(0, middle - half)...min(1, middle + half)
  }

  /// Mean difference of what was answered right, paired by seed and sample.
  static func difference(_ mine: [[Double]?], _ theirs: [[Double]?]) -> Estimate? {
    let pairs = zip(mine, theirs).compactMap { a, b in a.flatMap { a in b.map { zip(a, $0).map { $0 - $1 } } } }
    guard !pairs.isEmpty else { return nil }
    let means = pairs.map(Statistics.mean)
    let mean = Statistics.mean(means)
    // Of a sample that several seeds hold out, the mean over them counts as one number.
    let samples = pairs[0].indices.map { k in pairs.reduce(0) { $0 + $1[k] } / Double(pairs.count) }
    let half = samples.count > 1 ? 1.959963984540054 * Statistics.standardError(samples) : 0
    var interval = mean - half...mean + half
    if let over = student(means) {
      interval = min(interval.lowerBound, over.lowerBound)...max(interval.upperBound, over.upperBound)
    }
    return Estimate(mean: mean, interval: interval)
  }

  private static func outcome(_ runs: [TrainingCourse.Run]) -> String {
    let words = runs.map { run in
      run.epochs.isEmpty ? "pending" : run.isDone ? run.epochs.last!.outcome.rawValue : "unfinished"
    }
    var counts: [(String, Int)] = []
    for word in words {
      if let place = counts.firstIndex(where: { $0.0 == word }) {
        counts[place].1 += 1
      } else {
        counts.append((word, 1))
      }
    }
    return counts.count == 1 ? counts[0].0 : counts.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
  }
}
