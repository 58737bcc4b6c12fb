import Arithmetic
import Testing

@Suite("random streams")
struct RandomStreamTests {
  /// Pearson's statistic of `counts` against equal expectations.
  private func chiSquare(_ counts: [Int]) -> Double {
    let expected = Double(counts.reduce(0, +)) / Double(counts.count)
    return counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
  }

  @Test("doubles fill 0 ..< 1 evenly", arguments: [1, 2, 3] as [UInt64])
  func uniform(seed: UInt64) {
    var stream = RandomStream(seed: seed, purpose: .testing)
    var counts = [Int](repeating: 0, count: 64)
    for _ in 0..<64_000 {
      let x = stream.nextDouble()
      #expect(x >= 0 && x < 1)
      counts[Int(x * 64)] += 1
    }
    // 63 degrees of freedom: mean 63, standard deviation 11.2; five of them.
    #expect(chiSquare(counts) < 63 + 5 * 11.2)
  }

  @Test("floats are multiples of 2^-24 below 1")
  func floats() {
    var stream = RandomStream(seed: 4, purpose: .testing)
    for _ in 0..<10_000 {
      let x = stream.nextFloat()
      #expect(x >= 0 && x < 1 && (x * 0x1p24).rounded() == x * 0x1p24)
    }
  }

  @Test("streams that differ in one part of their name are uncorrelated")
  func independence() {
    func numbers(_ make: () -> RandomStream) -> [Double] {
      var stream = make()
      return (0..<20_000).map { _ in stream.nextDouble() - 0.5 }
    }
    let streams = [
      numbers { RandomStream(seed: 9, purpose: .testing) },
      numbers { RandomStream(seed: 10, purpose: .testing) },
      numbers { RandomStream(seed: 9 | 1 << 32, purpose: .testing) },
      numbers { RandomStream(seed: 9, purpose: .weights) },
      numbers { RandomStream(seed: 9, purpose: .testing, lane: 1) },
      numbers { RandomStream(seed: 9, purpose: .testing, 1) },
      numbers { RandomStream(seed: 9, purpose: .testing, 0, 1) },
    ]
    for i in streams.indices {
      for j in 0..<i {
        let covariance = zip(streams[i], streams[j]).reduce(0) { $0 + $1.0 * $1.1 } / 20_000
        // Standard error of the correlation 1/sqrt(20 000) = 0.0071; five of them.
        #expect(abs(covariance * 12) < 5 * 0.0071)
      }
    }
  }

  @Test("below gives every integer equally often", arguments: [1, 2, 3, 5, 7, 10, 48])
  func belowIsEven(bound: Int) {
    var stream = RandomStream(seed: 5, purpose: .testing, UInt32(bound))
    var counts = [Int](repeating: 0, count: bound)
    for _ in 0..<(bound * 2000) { counts[stream.below(bound)] += 1 }
    let freedom = Double(bound - 1)
    #expect(chiSquare(counts) <= freedom + 5 * (2 * freedom).squareRoot())
  }

  @Test("below rejects the words that would favour small results")
  func belowIsUnbiased() {
    // With this bound a plain multiply would give each multiple of 3 twice as often as its neighbours.
    let bound = 3 << 30
    var stream = RandomStream(seed: 6, purpose: .testing)
    var thirds = [0, 0, 0]
    for _ in 0..<30_000 { thirds[stream.below(bound) % 3] += 1 }
    #expect(chiSquare(thirds) < 2 + 5 * 2)
  }

  @Test("sample draws different integers, each equally often in each place")
  func sample() {
    var places = [Int](repeating: 0, count: 20)
    for index in 0..<4000 as Range<UInt32> {
      var stream = RandomStream(seed: 7, purpose: .testing, index)
      let drawn = stream.sample(4, below: 20)
      #expect(drawn.count == 4 && Set(drawn).count == 4 && drawn.allSatisfy { (0..<20).contains($0) })
      places[drawn[3]] += 1
    }
    #expect(chiSquare(places) < 19 + 5 * (2 * 19).squareRoot())
    var stream = RandomStream(seed: 7, purpose: .testing)
    #expect(stream.sample(50, below: 50).sorted() == Array(0..<50))
  }

  @Test("shuffle gives each order equally often")
  func shuffle() {
    var counts: [[Int]: Int] = [:]
    for index in 0..<6000 as Range<UInt32> {
      var stream = RandomStream(seed: 8, purpose: .testing, index)
      var items = [0, 1, 2]
      stream.shuffle(&items)
      counts[items, default: 0] += 1
    }
    #expect(counts.count == 6)
    #expect(chiSquare(Array(counts.values)) < 5 + 5 * 3.2)
  }

  @Test("normal numbers have the moments of the normal distribution")
  func normal() {
    var stream = RandomStream(seed: 9, purpose: .testing)
    let count = 100_000
    var sums = [0.0, 0, 0, 0]
    for _ in 0..<count {
      let x = stream.nextNormal()
      for power in 0..<4 { sums[power] += (0...power).reduce(1) { product, _ in product * x } }
    }
    let moments = sums.map { $0 / Double(count) }
    // Standard errors sqrt(Var(x^k) / count) with variances 1, 2, 15, 96.
    for (moment, (expected, variance)) in zip(moments, [(0.0, 1.0), (1, 2), (0, 15), (3, 96)]) {
      #expect(abs(moment - expected) < 5 * (variance / Double(count)).squareRoot())
    }
  }
}
