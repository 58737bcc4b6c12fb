import Arithmetic
import RealModule
import Records
import Search
import TestSupport
import Testing

/// Numbers of pycma, computed by that package.
@Suite("CMA-ES Fixture")
struct CMAESFixtureTests {
  @Test(
    "five generations fed with pycma's candidates give its mean, step size, covariance and paths",
    arguments: [false, true])
  func trace(active: Bool) throws {
    guard Fixtures.isAvailable("cma_es.h5") else { return }
    let file = try HDF5File(readingFrom: Fixtures.path("cma_es.h5"))
    let root = "trace/" + (active ? "active" : "positive_weights")
    let tolerance = active ? 1e-7 : 1e-9
    func doubles(_ name: String) throws -> [Double] { try file.readDoubles("\(root)/\(name)").values }
    let mean = try doubles("x0")
    let n = mean.count
    var distribution = CMADistribution(
      mean: mean, stepSize: try doubles("sigma0")[0],
      covariance: Matrix(rows: n, columns: n, elements: try doubles("C0")))
    let weights = try doubles("weights")
    let parameters = CMAParameters(dimension: n, populationSize: weights.count, active: active)
    #expect(relativeDifference(parameters.weights, weights) < 1e-12)
    let constants = [
      parameters.effectiveParents, parameters.rankOneRate, parameters.rankMuRate, parameters.covariancePathRate,
      parameters.stepSizePathRate, parameters.stepSizeDamping, parameters.expectedLength,
    ]
    for (ours, theirs) in zip(constants, try doubles("constants")) {
      #expect(abs(ours - theirs) <= 1e-12 * abs(theirs))
    }
    for generation in 1...5 {
      let x = try file.readDoubles("\(root)/generation\(generation)/X")
      let f = try doubles("generation\(generation)/f")
      let population = (0..<x.shape[0]).map { Array(x.values[$0 * n..<($0 + 1) * n]) }
      let order = f.indices.sorted { (f[$0], $0) < (f[$1], $1) }
      distribution.update(population: population, ranking: order, parameters: parameters)
      func agree(_ ours: [Double], _ name: String) throws {
        let theirs = try doubles("generation\(generation)/\(name)")
        #expect(relativeDifference(ours, theirs) < tolerance, "\(name), generation \(generation)")
      }
      try agree(distribution.mean, "mean")
      try agree([distribution.stepSize], "sigma")
      try agree(distribution.covariance.elements, "C")
      try agree(distribution.covariancePath, "p_c")
      try agree(distribution.stepSizePath, "p_sigma")
    }
  }

  /// The bounds are those of the fixtures' page: medians of successful runs within 15 %, success rates within the
  /// binomial spread of 20 runs.
  @Test(
    "as many evaluations to 1e-8, and as many successes, as pycma over 20 runs",
    arguments: [
      ("sphere", 10, 0.99...1.0), ("sphere", 50, 0.99...1.0), ("rosenbrock", 10, 0.7...1.0),
      ("rosenbrock", 50, 0.8...1.0), ("rastrigin", 10, 0.0...0.15), ("rastrigin", 50, 0.0...0.3),
      ("rastrigin", 200, 0.25...0.8),
    ], [true, false])
  func statistics(setting: (function: String, population: Int, rate: ClosedRange<Double>), active: Bool) throws {
    guard Fixtures.isAvailable("cma_es.h5") else { return }
    let file = try HDF5File(readingFrom: Fixtures.path("cma_es.h5"))
    let root = "\(setting.function)/popsize\(setting.population)" + (active ? "" : "_noactive")
    let x0 = try file.readDoubles("\(root)/x0")
    let sigma = try file.readDoubles("\(root)/sigma0").values[0]
    let n = x0.shape[1]
    let budget = [10: 40_000, 50: 100_000, 200: 200_000][setting.population]!
    var evaluations: [Double] = []
    for run in 0..<x0.shape[0] {
      let used = try evaluationsToTarget(
        Benchmark.named(setting.function), from: Array(x0.values[run * n..<(run + 1) * n]), sigma: sigma,
        OptimiserSettings(populationSize: setting.population, sigma: 1, active: active), budget: budget,
        seed: UInt64(run + 1))
      if let used { evaluations.append(Double(used)) }
    }
    let rate = Double(evaluations.count) / Double(x0.shape[0])
    #expect(setting.rate.contains(rate), "\(root): success rate \(rate)")
    let quartiles = "\(root)/quartiles"
    guard setting.function != "rastrigin", file.exists(quartiles) else { return }
    let theirs = try file.readDoubles(quartiles).values
    let ours = Statistics.median(evaluations)
    print("\(root): median \(ours) evaluations, pycma \(theirs[2]) (quartiles \(theirs[1]) to \(theirs[3]))")
    #expect(abs(ours - theirs[2]) <= 0.15 * theirs[2], "\(root): median \(ours), pycma \(theirs[2])")
  }

  private func evaluationsToTarget(
    _ loss: ([Double]) -> Double, from start: [Double], sigma: Double, _ settings: OptimiserSettings, budget: Int,
    seed: UInt64
  ) throws -> Int? {
    let space = try SearchSpace(
      start.enumerated().map {
        SearchSpace.Coordinate(
          name: "x\($0.offset)", start: $0.element, lower: -1e9, upper: 1e9, scale: .linear(step: sigma))
      })
    var search = try CMAES(space: space, settings: settings, seed: seed)
    var used = 0
    while used < budget, !search.isFinished {
      let losses = search.ask().map(loss)
      used += losses.count
      if losses.contains(where: { $0 <= 1e-8 }) { return used }
      search.tell(fitness: losses.map { -$0 })
    }
    return nil
  }
}

private enum Benchmark {
  static func named(_ name: String) -> ([Double]) -> Double {
    switch name {
    case "sphere": { $0.reduce(0) { $0 + $1 * $1 } }
    case "rosenbrock":
      { x in
        zip(x, x.dropFirst()).reduce(0) {
          $0 + 100 * ($1.1 - $1.0 * $1.0) * ($1.1 - $1.0 * $1.0) + (1 - $1.0) * (1 - $1.0)
        }
      }
    default: { x in x.reduce(10 * Double(x.count)) { $0 + $1 * $1 - 10 * Double.cos(2 * .pi * $1) } }
    }
  }
}
