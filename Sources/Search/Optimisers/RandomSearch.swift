import Arithmetic

/// Independent candidates, uniform in the box: uniform in `x` on a linear scale, in `ln x` on a logarithmic one.
///
/// The honest baseline for every cleverer search; every coefficient needs a finite range.
public struct RandomSearch: Optimiser {
  /// `random`.
  public static let name = "random"
  private static let stateVersion = 1

  /// The number of candidates of every generation.
  public let populationSize: Int
  private let space: SearchSpace
  private let seed: UInt64
  private var generation = 0

  /// A search at its beginning.
  /// - Throws: ``SearchError`` for a range without end or a population outside its bounds.
  public init(space: SearchSpace, settings: OptimiserSettings, seed: UInt64) throws(SearchError) {
    if let open = space.firstUnbounded { throw .unboundedCoordinate(name: open.name, optimiser: Self.name) }
    populationSize = try settings.checkedPopulation(dimension: space.dimension, least: 1)
    self.space = space
    self.seed = seed
  }

  /// The search that had this state.
  public init(
    restoring state: OptimiserState, space: SearchSpace, settings: OptimiserSettings, seed: UInt64
  ) throws(SearchError) {
    try self.init(space: space, settings: settings, seed: seed)
    try state.check(optimizer: Self.name, version: Self.stateVersion)
    try state.check(populationSize: populationSize)
    generation = try state.nextGeneration()
  }

  /// The candidates of this generation.
  public func ask() -> [[Double]] {
    (0..<populationSize).map { candidate in
      var stream = RandomStream(
        seed: seed, purpose: .search, UInt32(truncatingIfNeeded: generation), UInt32(truncatingIfNeeded: candidate))
      return space.coefficients(at: space.coordinates.map { stream.uniform(in: $0.internalRange) })
    }
  }

  /// Moves on; the fitness changes nothing.
  public mutating func tell(fitness: [Double]) {
    precondition(fitness.count == populationSize, "\(fitness.count) fitness values for \(populationSize) candidates")
    generation += 1
  }

  /// The generation counter.
  public var state: OptimiserState {
    OptimiserState(
      optimizer: Self.name, version: Self.stateVersion, arrays: [],
      integers: [
        .init(name: "next_generation", value: Int64(generation)),
        .init(name: "population_size", value: Int64(populationSize)),
      ])
  }

  /// Nil: there is no centre.
  public var mean: [Double]? { nil }
  /// Nil: there is no step.
  public var stepSize: Double? { nil }
  /// Nil: there is no ellipsoid.
  public var axisRatio: Double? { nil }
  /// Never.
  public var isFinished: Bool { false }
}
