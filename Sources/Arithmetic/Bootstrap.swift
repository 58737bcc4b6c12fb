/// An interval between two numbers, such as a confidence interval.
public struct Interval: Sendable, Equatable {
  /// The lower end.
  public let lower: Double
  /// The upper end.
  public let upper: Double

  /// An interval from `lower` to `upper`.
  public init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  /// Whether `value` lies between the ends, the ends included.
  public func contains(_ value: Double) -> Bool { value >= lower && value <= upper }
}

/// Two samples compared case by case.
public struct PairedDifference: Sendable, Equatable {
  /// The mean of first minus second.
  public let mean: Double
  /// The bootstrap interval of that mean.
  public let interval: Interval
}

/// Percentile bootstrap intervals.
///
/// Resample `r` draws with replacement from `RandomStream(seed:purpose: .bootstrap, r)`; the interval lies between the
/// `(1 - level)/2` and `(1 + level)/2` quantiles (type 7) of the resampled means. Equal samples and seeds give equal
/// bits.
/// - SeeAlso: Efron & Tibshirani 1993, *An Introduction to the Bootstrap*, chapter 13.
public enum Bootstrap {
  /// The interval of the mean of `values`.
  ///
  /// Both ends are NaN when the sample is empty or holds a value that is not finite.
  /// - Parameters:
  ///   - values: one number per case, such as the accuracy of each episode.
  ///   - seed: the seed of the resamples.
  ///   - resamples: how many, at least 1.
  ///   - level: the coverage, in `0 ..< 1`.
  /// - Complexity: O(resamples · n).
  public static func intervalOfMean(
    _ values: [Double], seed: UInt64, resamples: Int = 10_000, level: Double = 0.95
  ) -> Interval {
    precondition(resamples >= 1 && resamples <= Int(UInt32.max), "\(resamples) resamples are outside 1 ... 2³²-1")
    precondition(level >= 0 && level < 1, "level \(level) is outside 0 ..< 1")
    guard !values.isEmpty, values.allSatisfy(\.isFinite) else { return Interval(lower: .nan, upper: .nan) }
    var means: [Double] = []
    means.reserveCapacity(resamples)
    for resample in 0..<resamples {
      var stream = RandomStream(seed: seed, purpose: .bootstrap, UInt32(resample))
      var sum = 0.0
      for _ in values.indices { sum += values[stream.below(values.count)] }
      means.append(sum / Double(values.count))
    }
    means.sort()
    return Interval(
      lower: Statistics.quantile(sorted: means, (1 - level) / 2),
      upper: Statistics.quantile(sorted: means, (1 + level) / 2))
  }

  /// The mean of `first[i] - second[i]` and its interval; cases are resampled as pairs.
  /// - Precondition: the samples are equally long.
  public static func pairedDifference(
    _ first: [Double], _ second: [Double], seed: UInt64, resamples: Int = 10_000, level: Double = 0.95
  ) -> PairedDifference {
    precondition(first.count == second.count, "samples of \(first.count) and \(second.count) cannot be paired")
    let differences = zip(first, second).map { $0 - $1 }
    return PairedDifference(
      mean: Statistics.mean(differences),
      interval: intervalOfMean(differences, seed: seed, resamples: resamples, level: level))
  }
}
