import Arithmetic
import Testing

@Suite("tests of paired differences")
struct PairedTestsTests {
  private func sample(_ count: Int, seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed, purpose: .testing)
    return (0..<count).map { _ in stream.nextNormal() }
  }

  @Test("Student quantiles are those of the closed forms for 1, 2 and 4 degrees of freedom")
  func closedQuantiles() {
    for p in [0.001, 0.025, 0.2, 0.6, 0.8, 0.975, 0.9999] {
      let one = StudentT(degreesOfFreedom: 1).quantile(p)
      // tan(π(p - 1/2)); the tangent is made of two series-free functions here.
      #expect(abs(StudentT(degreesOfFreedom: 1).probability(upTo: one) - p) < 1e-13)
      let two = (2 * p - 1) * (2 / (4 * p * (1 - p))).squareRoot()
      #expect(abs(StudentT(degreesOfFreedom: 2).quantile(p) / two - 1) < 1e-11, "\(p)")
      // F(t) for 4: 1/2 + (3/8)·s·(1 - s²/12·…) as u = t/√(4+t²): 1/2 + (3u - u³)/4.
      let t = StudentT(degreesOfFreedom: 4).quantile(p)
      let u = t / (4 + t * t).squareRoot()
      #expect(abs(0.5 + (3 * u - u * u * u) / 4 - p) < 1e-13, "\(p)")
    }
    #expect(abs(StudentT(degreesOfFreedom: 1).quantile(0.75) - 1) < 1e-12)
    #expect(StudentT(degreesOfFreedom: 3).quantile(0.5) == 0 && StudentT(degreesOfFreedom: 3).quantile(1) == .infinity)
  }

  @Test("normal quantiles undo the probability, far into the tails")
  func normal() {
    for p in [1e-200, 1e-12, 0.001, 0.025, 0.3, 0.5, 0.8, 0.999] {
      #expect(abs(Normal.probability(upTo: Normal.quantile(p)) / p - 1) < 1e-10, "\(p)")
    }
    #expect(abs(Normal.quantile(0.975) + Normal.quantile(0.025)) < 1e-12)
  }

  @Test("with all differences of one sign and size, p is two patterns of all")
  func oneSign() {
    for count in 1...16 {
      let test = SignFlipTest([Double](repeating: 0.1, count: count), seed: 1)
      #expect(test.isExact && test.p == 2 / Double(1 << count))
    }
    // Zeros change nothing, and nothing but zeros is no evidence.
    #expect(SignFlipTest([0.1, 0, 0.1, 0, 0.1] + [Double](repeating: 0, count: 40), seed: 1).p == 0.25)
    #expect(SignFlipTest([0, 0], seed: 1).p == 1)
    #expect(SignFlipTest([], seed: 1).p.isNaN && SignFlipTest([1, .nan], seed: 1).p.isNaN)
  }

  @Test("ties are ties, however a sum was rounded")
  func ties() {
    // ±0.1 ±0.2 ±0.3: the sum 0 is met twice, 0.6 twice; |Σ| >= 0.4 by 0.6 and by 0.3 + 0.2 - 0.1.
    #expect(SignFlipTest([0.3, 0.2, -0.1], seed: 1).p == 0.5)
    #expect(SignFlipTest([0.1, 0.2, -0.3], seed: 1).p == 1)
  }

  @Test("drawn patterns give the binomial tail where all differences have one size")
  func drawn() {
    // 20 differences of size 1, 15 of them positive: 2·P(X >= 15) of 20 fair coins = 43400/2²⁰.
    let differences = (0..<20).map { $0 < 15 ? 1.0 : -1 }
    let test = SignFlipTest(differences, seed: 4)
    let exact = 43400.0 / 1_048_576
    #expect(!test.isExact)
    // Four standard errors of 99 999 draws.
    #expect(abs(test.p - exact) < 4 * (exact * (1 - exact) / 99_999).squareRoot())
    #expect(test == SignFlipTest(differences, seed: 4))
    // The least p value that can come out is 1/(n + 1), never 0.
    #expect(SignFlipTest([Double](repeating: 1, count: 48), seed: 1, patterns: 99).p == 0.01)
  }

  @Test("under the null p is uniform, enumerated and drawn")
  func uniform() {
    for (count, patterns) in [(10, 99), (40, 199)] {
      let simulations = 2000
      let values = (0..<UInt64(simulations)).map {
        SignFlipTest(sample(count, seed: 7000 + $0), seed: $0, patterns: patterns).p
      }
      for level in [0.05, 0.1, 0.25, 0.5, 0.75] {
        let share = Double(values.count { $0 <= level + 1e-12 }) / Double(simulations)
        // Four binomial standard errors, and the step of the 2⁹ values that p can have.
        let slack = 4 * (level * (1 - level) / Double(simulations)).squareRoot() + 1.0 / 512
        #expect(abs(share - level) < slack, "n \(count): \(share) of p values are up to \(level)")
      }
    }
  }

  @Test("Holm's adjusted p values of a worked example")
  func holm() {
    let adjusted = MultipleTesting.holm([0.01, 0.04, 0.03, 0.005])
    for (value, wanted) in zip(adjusted, [0.03, 0.06, 0.06, 0.02]) { #expect(abs(value - wanted) < 1e-15) }
    #expect(MultipleTesting.holm([0.5, 0.9]) == [1, 1])
    #expect(MultipleTesting.holm([0.2]) == [0.2] && MultipleTesting.holm([]) == [])
    let withGap = MultipleTesting.holm([0.01, .nan, 0.5])
    #expect(withGap[0] == 0.02 && withGap[1].isNaN && withGap[2] == 0.5)
  }

  @Test("a paired t-test finds the detectable difference in four of five samples")
  func detectable() {
    let (n, simulations) = (24, 2000)
    let critical = StudentT(degreesOfFreedom: Double(n - 1)).quantile(0.975)
    // The difference for the true spread 1: the formula's factor times 1/√n.
    let unit = sample(n, seed: 1)
    let factor = Power.detectableDifference(unit) / Statistics.standardError(unit)
    let shift = factor / Double(n).squareRoot()
    let found = (0..<UInt64(simulations)).count {
      let values = sample(n, seed: 90_000 + $0).map { $0 + shift }
      return abs(Statistics.mean(values)) > critical * Statistics.standardError(values)
    }
    // Four binomial standard errors, and 0.01 for the central distributions that stand for the noncentral one.
    #expect(abs(Double(found) / Double(simulations) - 0.8) < 4 * (0.16 / Double(simulations)).squareRoot() + 0.01)
    #expect(Power.detectableDifference([1]).isNaN)
  }
}

@Suite("intervals cover what they say")
struct CoverageTests {
  private func normals(_ count: Int, _ seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed, purpose: .testing)
    return (0..<count).map { _ in stream.nextNormal() }
  }

  @Test("the percentile interval of the mean of 48 episodes covers the true mean in 95 % of 2000 samples")
  func mean() {
    let covered = (0..<2000 as Range<UInt64>).count {
      Bootstrap.intervalOfMean(normals(48, 20_000 + $0), seed: $0, resamples: 600).contains(0)
    }
    // Four binomial standard errors around 0.95; a percentile interval of 48 cases is expected at 0.942.
    #expect(abs(Double(covered) / 2000 - 0.95) < 4 * (0.95 * 0.05 / 2000).squareRoot(), "\(covered) of 2000")
  }

  @Test("the accelerated interval of a share covers the true share in 95 % of 2000 samples")
  func share() {
    let covered = (0..<2000 as Range<UInt64>).count { simulation in
      let noise = normals(96, 50_000 + simulation)
      // The gap is 1 on average, the part closed 0.6 of it; both spread over episodes.
      let gap = noise[0..<48].map { 1 + 0.8 * $0 }
      let closed = zip(gap, noise[48...]).map { 0.6 + 0.5 * ($0 - 1) + 0.4 * $1 }
      return Bootstrap.intervalOfRatio(closed, gap, seed: simulation, resamples: 600).contains(0.6)
    }
    #expect(abs(Double(covered) / 2000 - 0.95) < 4 * (0.95 * 0.05 / 2000).squareRoot(), "\(covered) of 2000")
  }

  @Test("a share of everything is 1 in every resample, and a gap around 0 has no share")
  func ends() {
    let gap = normals(48, 3).map { 1 + 0.3 * $0 }
    let all = Bootstrap.intervalOfRatio(gap, gap, seed: 1, resamples: 200)
    #expect(all == Interval(lower: 1, upper: 1))
    let none = Bootstrap.intervalOfRatio(gap.map { _ in 0 }, gap, seed: 1, resamples: 200)
    #expect(none == Interval(lower: 0, upper: 0))
    #expect(Bootstrap.intervalOfRatio(gap, normals(48, 4).map { $0 * 5 }, seed: 1, resamples: 200).lower.isNaN)
  }
}
