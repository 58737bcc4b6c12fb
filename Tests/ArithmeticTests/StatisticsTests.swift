import Arithmetic
import Testing

@Suite("statistics")
struct StatisticsTests {
  @Test("mean, variance, standard error and median of a small sample")
  func moments() {
    let values = [2.0, 4, 4, 4, 5, 5, 7, 9]
    #expect(Statistics.mean(values) == 5)
    #expect(Statistics.variance(values) == 32.0 / 7)
    #expect(Statistics.standardError(values) == (32.0 / 7 / 8).squareRoot())
    #expect(Statistics.median(values) == 4.5)
    #expect(Statistics.median([3, 1, 2]) == 2)
  }

  @Test("type 7 quantiles interpolate between order statistics")
  func quantiles() {
    // Position (n - 1) p: 0.9 for p = 0.3 in four values.
    #expect(abs(Statistics.quantile([4, 1, 3, 2], 0.3) - 1.9) < 1e-15)
    #expect(Statistics.quantile([4, 1, 3, 2], 0) == 1)
    #expect(Statistics.quantile([4, 1, 3, 2], 1) == 4)
    #expect(Statistics.quantile([5], 0.7) == 5)
    #expect(Statistics.quantile([-.infinity, 1, 2], 0.5) == 1)
  }

  @Test("an empty sample and a NaN give NaN")
  func missing() {
    #expect(Statistics.mean([]).isNaN && Statistics.median([]).isNaN && Statistics.standardError([1]).isNaN)
    #expect(Statistics.mean([1, .nan]).isNaN && Statistics.quantile([1, .nan, 2], 0.1).isNaN)
    #expect(Bootstrap.intervalOfMean([], seed: 1).lower.isNaN)
    #expect(Bootstrap.intervalOfMean([1, .nan], seed: 1).upper.isNaN)
  }
}

@Suite("bootstrap")
struct BootstrapTests {
  private func sample(_ count: Int, seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed, purpose: .testing)
    return (0..<count).map { _ in stream.nextNormal() }
  }

  @Test("the interval of a normal sample is the mean ± 1.96 bootstrap standard errors")
  func width() {
    let values = sample(200, seed: 1)
    let interval = Bootstrap.intervalOfMean(values, seed: 3)
    // The bootstrap's own standard error has divisor n; its quantiles of 10 000 resamples are good to about 3 %.
    let error = Statistics.standardError(values) * (199.0 / 200).squareRoot()
    #expect(abs((Statistics.mean(values) - interval.lower) / (1.96 * error) - 1) < 0.08)
    #expect(abs((interval.upper - Statistics.mean(values)) / (1.96 * error) - 1) < 0.08)
  }

  @Test("the interval holds the true mean in about 95 % of samples")
  func coverage() {
    let covered = (0..<300 as Range<UInt64>).filter {
      Bootstrap.intervalOfMean(sample(40, seed: 100 + $0), seed: $0, resamples: 1000).contains(0)
    }
    // Percentile intervals of 40 cases cover about 0.94; standard error 0.014.
    #expect((0.88...0.985).contains(Double(covered.count) / 300))
  }

  @Test("equal seeds give equal bits, other seeds other intervals")
  func deterministic() {
    let values = sample(30, seed: 2)
    let interval = Bootstrap.intervalOfMean(values, seed: 5, resamples: 2000)
    #expect(interval == Bootstrap.intervalOfMean(values, seed: 5, resamples: 2000))
    #expect(interval != Bootstrap.intervalOfMean(values, seed: 6, resamples: 2000))
  }

  @Test("a paired difference is the mean of differences with their interval")
  func paired() {
    let first = sample(50, seed: 3)
    let shift = first.map { $0 + 0.25 }
    let difference = Bootstrap.pairedDifference(shift, first, seed: 7, resamples: 500)
    // Pairs differ by exactly the shift, so the interval has no width, however wide the samples are.
    #expect(abs(difference.mean - 0.25) < 1e-12)
    #expect(abs(difference.interval.lower - 0.25) < 1e-12 && abs(difference.interval.upper - 0.25) < 1e-12)
    let second = sample(50, seed: 4)
    let forward = Bootstrap.pairedDifference(first, second, seed: 7, resamples: 500)
    let backward = Bootstrap.pairedDifference(second, first, seed: 7, resamples: 500)
    #expect(abs(forward.mean + backward.mean) < 1e-12)
    #expect(abs(forward.interval.lower + backward.interval.upper) < 1e-12)
  }
}
