import Arithmetic
import RealModule
import Search
import Testing

@Suite("CMA-ES")
struct CMAESTests {
  @Test("ranks by fitness, ties by index, failures last")
  func rank() {
    #expect(ranking([1, 3, .nan, 3, -.infinity, 2]) == [1, 3, 5, 0, 2, 4])
    #expect(ranking([.nan, .nan]) == [0, 1])
  }

  @Test("the positive weights sum to 1 and active ones keep the covariance positive", arguments: [2, 5, 10, 40])
  func weights(dimension: Int) {
    for population in [2, 3, 9, 10, 50, 201] {
      for active in [false, true] {
        let p = CMAParameters(dimension: dimension, populationSize: population, active: active)
        let positive = p.weights.filter { $0 > 0 }
        let negative = -p.weights.filter { $0 < 0 }.reduce(0, +)
        #expect(positive.count == population / 2 && abs(positive.reduce(0, +) - 1) < 1e-12)
        #expect(p.weights == p.weights.sorted(by: >))
        #expect(active || negative == 0)
        // Whatever is taken from one direction stays below what is kept of C there.
        #expect(1 - p.rankOneRate - p.rankMuRate >= p.rankMuRate * negative * Double(dimension) - 1e-12)
        #expect(p.rankOneRate + p.rankMuRate <= 1 + 1e-15)
      }
    }
  }

  @Test("the expected length of a normal vector is √(2/π), √(π/2), 2√(2/π) in 1, 2, 3 dimensions")
  func expectedLength() {
    let exact = [(2 / Double.pi).squareRoot(), (Double.pi / 2).squareRoot(), 2 * (2 / Double.pi).squareRoot()]
    for (n, length) in zip(1..., exact) {
      let p = CMAParameters(dimension: n, populationSize: 6, active: true)
      #expect(abs(p.expectedLength - length) < 1e-14)
    }
  }

  @Test("draws have the mean and the covariance of the distribution")
  func draws() throws {
    let covariance = Matrix(rows: 2, columns: 2, elements: [2, 1.2, 1.2, 1])
    let distribution = CMADistribution(mean: [3, -1], stepSize: 0.5, covariance: covariance)
    var stream = RandomStream(seed: 1, purpose: .testing)
    let points = (0..<40_000).map { _ in
      distribution.point([stream.nextNormal(), stream.nextNormal()], axisLengths: distribution.axisLengths)
    }
    for i in 0..<2 {
      let mean = Statistics.mean(points.map { $0[i] })
      // Standard error σ √C_ii / √40 000 < 0.0036; five of them.
      #expect(abs(mean - distribution.mean[i]) < 0.018)
      for j in 0...i {
        let product = Statistics.mean(points.map { ($0[i] - distribution.mean[i]) * ($0[j] - distribution.mean[j]) })
        // Standard error at most σ² √2 · 2 / √40 000 = 0.0036.
        #expect(abs(product - 0.25 * covariance[i, j]) < 0.018)
      }
    }
  }

  @Test("a monotone change of the fitness changes nothing")
  func invariantUnderMonotone() throws {
    let space = Problems.box(start: [2, 2, 2, 2])
    var plain = try CMAES(space: space, settings: .init(), seed: 3)
    var bent = try CMAES(space: space, settings: .init(), seed: 3)
    for _ in 0..<50 {
      let losses = plain.step(Problems.rosenbrock)
      _ = bent.ask()
      bent.tell(fitness: losses.map { -Double.log(1e-3 + $0) * 5 + 2 })
    }
    #expect(plain.distribution == bent.distribution)
  }

  @Test("the covariance learns the inverse Hessian of an ellipsoid, up to a factor", arguments: [true, false])
  func learnsShape(active: Bool) throws {
    let weights = (0..<5).map { Double.pow(10, Double($0)) }
    func ellipsoid(_ x: [Double]) -> Double { zip(weights, x).reduce(0) { $0 + $1.0 * $1.1 * $1.1 } }
    var search = try CMAES(
      space: Problems.box(start: [1, 1, 1, 1, 1]), settings: .init(populationSize: 16, active: active), seed: 2)
    for _ in 0..<150 { search.step(ellipsoid) }
    // Condition of the Hessian 10⁴, so axes in the ratio 100, found to within the noise of the estimate.
    let ratio = try #require(search.axisRatio)
    #expect(ratio > 40 && ratio < 250)
    #expect(Problems.sphere(try #require(search.mean)) < 1e-8)
  }

  @Test(
    "an optimum at an end of a range is found, four decades from the start", arguments: 1...6 as ClosedRange<UInt64>)
  func boundary(seed: UInt64) throws {
    // Loss: ln(eta / 2e-5)² inside; hebb and oja better without end towards 1 and -1; mixed so that axes are tilted.
    let space = try SearchSpace([
      .init(name: "eta", start: 0.2, lower: 1e-6, upper: 1, scale: .logarithmic),
      .init(name: "hebb", start: 0, lower: -1, upper: 1, scale: .linear(step: 0.1)),
      .init(name: "oja", start: 0, lower: -1, upper: 1, scale: .linear(step: 0.02)),
      .init(name: "decay", start: 0.01, lower: 1e-5, upper: 0.1, scale: .logarithmic),
    ])
    func loss(_ x: [Double]) -> Double {
      let eta = Double.log(x[0] / 2e-5)
      let decay = Double.log(x[3] / 1e-7)
      return eta * eta + (x[1] - 3) * (x[1] - 3) + 2 * x[2] + 0.3 * decay * decay + 0.2 * eta * (x[1] - 1)
    }
    var search = try CMAES(space: space, settings: .init(), seed: seed)
    for _ in 0..<250 where !search.isFinished { search.step(loss) }
    let mean = try #require(search.mean)
    #expect(abs(Double.log(mean[0] / 2e-5)) < 0.02)
    #expect(mean[1] > 0.999 && mean[2] < -0.999)
    #expect(mean[3] < 1.01e-5)
    // The distribution itself stays near the box, too.
    for (u, coordinate) in zip(search.distribution.mean, space.coordinates) {
      let range = coordinate.internalRange
      let slack = 0.1 * (range.upperBound - range.lowerBound)
      #expect(u > range.lowerBound - slack && u < range.upperBound + slack)
    }
  }

  @Test("when nothing succeeds the distribution stays and new candidates are drawn")
  func allFailed() throws {
    var search = try CMAES(space: Problems.box(start: [0, 0]), settings: .init(), seed: 1)
    let before = search.distribution
    let asked = search.ask()
    search.tell(fitness: asked.map { _ in .nan })
    #expect(search.distribution.mean == before.mean && search.distribution.covariance == before.covariance)
    #expect(search.distribution.stepSize == before.stepSize && search.distribution.generation == 1)
    #expect(search.ask() != asked)
    #expect(!search.isFinished)
  }

  @Test("a search that has converged says so, one that has not does not")
  func finishes() throws {
    var search = try CMAES(space: Problems.box(start: [1, 1, 1]), settings: .init(), seed: 4)
    var generations = 0
    while !search.isFinished && generations < 1000 {
      search.step(Problems.sphere)
      generations += 1
    }
    #expect(generations > 40 && generations < 400)
    #expect(Problems.sphere(try #require(search.mean)) < 1e-10)
  }

  @Test("a loss without lower bound ends the search instead of overflowing")
  func runsAway() throws {
    var search = try CMAES(space: Problems.box(start: [1, 1, 1]), settings: .init(), seed: 4)
    var generations = 0
    while !search.isFinished && generations < 2000 {
      search.step { $0[0] }
      generations += 1
    }
    #expect(search.isFinished && search.ask().allSatisfy { $0.allSatisfy(\.isFinite) })
  }
}
