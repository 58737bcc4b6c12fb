import Arithmetic

/// Evolution strategy with covariance matrix adaptation, full matrix, in the internal units of the ``SearchSpace``.
///
/// **Bounds.** A draw outside its range is moved to the nearer end before it is evaluated. The distribution learns
/// from the unmoved draw, whose fitness is lowered by
///
///     S · Σ_j (d_j / (σ √C_jj))²
///
/// where `d_j` is the distance moved, in internal units, and `S` the median over the last 20 generations of the
/// distance between the quartiles of the fitness (1 while that is 0). So one standard deviation outside costs as much
/// as the middle half of the population differs by: an optimum at an end is found, and the mean stays near the box.
///
/// **Failures** rank last, in order of their distance from the box. A generation in which everything failed teaches
/// nothing and is drawn anew.
///
/// **Its end** (``isFinished``): no coordinate varies by more than 10⁻¹² of the first step size; or a fifth of a
/// standard deviation no longer changes some coordinate of the mean; or the best fitness of the last `10 + ⌈30 n / λ⌉`
/// generations, and all of the last one, agree within 10⁻¹²; or the longest axis reaches 10⁷ times the shortest; or the
/// distribution has become 10⁴ times as wide as it began.
/// - SeeAlso: Hansen 2016, *The CMA Evolution Strategy: A Tutorial*, arXiv 1604.00772; Hansen et al. 2009, IEEE Trans.
///   Evol. Comput. 13:180 (bounds).
public struct CMAES: Optimiser {
  /// `cma-es`.
  public static let name = "cma-es"
  /// The most coefficients it accepts.
  public static let largestDimension = 1000
  private static let stateVersion = 1

  /// The number of candidates of every generation.
  public let populationSize: Int
  /// The constants of the algorithm.
  public let parameters: CMAParameters
  /// The distribution of the next candidates, in internal units.
  public private(set) var distribution: CMADistribution
  private let space: SearchSpace
  private let ranges: [ClosedRange<Double>]
  private let sigma: Double
  private let seed: UInt64
  /// Newest last; NaN where there is none yet.
  private var spreads: [Double]
  private var bests: [Double]
  private var lastRange = Double.nan
  private var drawn: [[Double]]?

  /// A search at its beginning: centred on the start values, round, as wide as `settings.sigma`.
  /// - Throws: ``SearchError`` for a step size that is not positive, fewer than two candidates, or too many
  ///   coefficients.
  public init(space: SearchSpace, settings: OptimiserSettings, seed: UInt64) throws(SearchError) {
    guard space.dimension <= Self.largestDimension else {
      throw .dimension(space.dimension, most: Self.largestDimension, optimiser: Self.name)
    }
    guard settings.sigma.isFinite, settings.sigma > 0 else { throw .sigma(settings.sigma) }
    populationSize = try settings.checkedPopulation(dimension: space.dimension, least: 2)
    parameters = CMAParameters(
      dimension: space.dimension, populationSize: populationSize, active: settings.active)
    distribution = CMADistribution(
      mean: [Double](repeating: 0, count: space.dimension), stepSize: settings.sigma)
    self.space = space
    self.seed = seed
    sigma = settings.sigma
    ranges = space.coordinates.map(\.internalRange)
    spreads = [Double](repeating: .nan, count: 20)
    bests = [Double](
      repeating: .nan, count: 10 + (30 * space.dimension + populationSize - 1) / populationSize)
  }

  /// The candidates of this generation.
  public mutating func ask() -> [[Double]] {
    let points = drawn ?? draws()
    drawn = points
    return points.map { space.coefficients(at: $0) }
  }

  /// Adapts the distribution to the candidates' fitness.
  public mutating func tell(fitness: [Double]) {
    precondition(fitness.count == populationSize, "\(fitness.count) fitness values for \(populationSize) candidates")
    let points = drawn ?? draws()
    drawn = nil
    guard let best = fitness.filter(\.isFinite).max(), let worst = fitness.filter(\.isFinite).min() else {
      return distribution.skip()
    }
    bests = bests.dropFirst() + [best]
    lastRange = best - worst
    if let width = spread(fitness) { spreads = spreads.dropFirst() + [width] }
    distribution.update(
      population: points, ranking: shapedRanking(fitness, points), parameters: parameters)
  }

  /// The internal points of this generation, unmoved.
  private func draws() -> [[Double]] {
    let lengths = distribution.axisLengths
    return (0..<populationSize).map { candidate in
      var stream = RandomStream(
        seed: seed, purpose: .search, UInt32(truncatingIfNeeded: distribution.generation),
        UInt32(truncatingIfNeeded: candidate))
      return distribution.point(space.coordinates.map { _ in stream.nextNormal() }, axisLengths: lengths)
    }
  }

  /// The order of the candidates once draws outside the box have paid for it.
  private func shapedRanking(_ fitness: [Double], _ points: [[Double]]) -> [Int] {
    let distances = points.map(squaredDistanceFromBox)
    guard distances.contains(where: { $0 > 0 }) else { return ranking(fitness) }
    let median = Statistics.median(spreads.filter(\.isFinite))
    let price = median > 0 ? median : 1
    let order = ranking(zip(fitness, distances).map { $0 - price * $1 })
    let failed = order.filter { !fitness[$0].isFinite }
    return order.filter { fitness[$0].isFinite } + failed.sorted { (distances[$0], $0) < (distances[$1], $1) }
  }

  /// `Σ_j (d_j / (σ √C_jj))²`.
  private func squaredDistanceFromBox(_ point: [Double]) -> Double {
    var sum = 0.0
    for (j, range) in ranges.enumerated() {
      let distance = max(range.lowerBound - point[j], point[j] - range.upperBound, 0)
      let deviation = deviation(j)
      if distance > 0 { sum += (distance / deviation) * (distance / deviation) }
    }
    return sum
  }

  /// The standard deviation of coordinate `j`, σ √C_jj.
  private func deviation(_ j: Int) -> Double {
    distribution.stepSize * max(distribution.covariance[j, j], .leastNormalMagnitude).squareRoot()
  }
}

extension CMAES {
  /// The mean of the distribution, moved into the box.
  public var mean: [Double]? { space.coefficients(at: distribution.mean) }
  /// The step size σ, in internal units.
  public var stepSize: Double? { distribution.stepSize }
  /// The longest axis of the distribution over its shortest.
  public var axisRatio: Double? {
    let lengths = distribution.axisLengths
    return lengths[lengths.count - 1] / lengths[0]
  }

  /// Whether the distribution has collapsed, or run away.
  public var isFinished: Bool {
    let coordinates = 0..<space.dimension
    let widest = coordinates.map { max(deviation($0), distribution.stepSize * abs(distribution.covariancePath[$0])) }
    if widest.allSatisfy({ $0 < 1e-12 * sigma }) { return true }
    if coordinates.contains(where: { distribution.mean[$0] + 0.2 * deviation($0) == distribution.mean[$0] }) {
      return true
    }
    if !bests.contains(where: \.isNaN), let best = bests.max(), let least = bests.min(), best - least < 1e-12,
      lastRange < 1e-12
    {
      return true
    }
    guard let axisRatio, let longest = distribution.axisLengths.last else { return true }
    return axisRatio > 0.99e7 || distribution.stepSize * longest > 1e4 * sigma
  }

  /// Mean, covariance, paths, step size, and the recent past that bounds and the end depend on.
  public var state: OptimiserState {
    let n = space.dimension
    func vector(_ name: String, _ values: [Double]) -> OptimiserState.Numbers {
      .init(name: name, dimensions: ["parameter"], shape: [n], values: values)
    }
    func recent(_ name: String, _ values: [Double]) -> OptimiserState.Numbers {
      .init(name: name, dimensions: ["\(name)_generation"], shape: [values.count], values: values)
    }
    return OptimiserState(
      optimizer: Self.name, version: Self.stateVersion,
      arrays: [
        vector("mean", distribution.mean),
        .init(
          name: "covariance", dimensions: ["parameter", "parameter_col"], shape: [n, n],
          values: distribution.covariance.elements),
        vector("path_c", distribution.covariancePath),
        vector("path_sigma", distribution.stepSizePath),
        .init(name: "sigma", dimensions: [], shape: [], values: [distribution.stepSize]),
        recent("recent_spread", spreads),
        recent("recent_best", bests),
        .init(name: "last_range", dimensions: [], shape: [], values: [lastRange]),
      ],
      integers: [
        .init(name: "next_generation", value: Int64(distribution.generation)),
        .init(name: "population_size", value: Int64(populationSize)),
      ])
  }

  /// The search that had this state.
  public init(
    restoring state: OptimiserState, space: SearchSpace, settings: OptimiserSettings, seed: UInt64
  ) throws(SearchError) {
    try self.init(space: space, settings: settings, seed: seed)
    try state.check(optimizer: Self.name, version: Self.stateVersion)
    try state.check(populationSize: populationSize)
    let n = space.dimension
    let covariance = Matrix(
      rows: n, columns: n, elements: try state.finiteValues("covariance", shape: [n, n]))
    guard covariance.isSymmetric, (0..<n).allSatisfy({ covariance[$0, $0] >= 0 }) else {
      throw .state(problem: "has a covariance that is not symmetric and non-negative")
    }
    let stepSize = try state.finiteValues("sigma", shape: [])[0]
    guard stepSize > 0 else { throw .state(problem: "has a step size of \(stepSize)") }
    distribution = CMADistribution(
      mean: try state.finiteValues("mean", shape: [n]), stepSize: stepSize, covariance: covariance,
      covariancePath: try state.finiteValues("path_c", shape: [n]),
      stepSizePath: try state.finiteValues("path_sigma", shape: [n]),
      generation: try state.nextGeneration())
    spreads = try state.values("recent_spread", shape: [spreads.count])
    bests = try state.values("recent_best", shape: [bests.count])
    lastRange = try state.values("last_range", shape: [])[0]
  }
}
