/// A search that proposes candidates and is told how good they were.
///
/// One generation is `ask`, evaluation by the caller, `tell`. Random numbers come from
/// `RandomStream(seed:purpose: .search, generation, candidate)`, so the same seed gives the same candidates on every
/// machine, and a search restored from its ``state`` goes on as if it had never stopped, bit for bit.
public protocol Optimiser: Sendable {
  /// The name used in experiment files and records.
  static var name: String { get }

  /// A search at its beginning.
  /// - Throws: ``SearchError`` when the settings do not suit the space.
  init(space: SearchSpace, settings: OptimiserSettings, seed: UInt64) throws(SearchError)

  /// The search that had this state, with the same space, settings and seed.
  /// - Throws: ``SearchError/state(problem:)`` when the state belongs to another optimiser, version, space or
  ///   population, or cannot be one of this optimiser.
  init(
    restoring state: OptimiserState, space: SearchSpace, settings: OptimiserSettings, seed: UInt64
  ) throws(SearchError)

  /// The number of candidates of every generation.
  var populationSize: Int { get }

  /// The candidates of this generation, [population][coefficient], each within its range. The same until `tell`.
  mutating func ask() -> [[Double]]

  /// Takes the fitness of the candidates and moves on to the next generation.
  /// - Parameter fitness: [population] in the order of `ask`, higher is better; a value that is not finite is a failed
  ///   evaluation and ranks last.
  mutating func tell(fitness: [Double])

  /// Everything the search needs to go on.
  var state: OptimiserState { get }

  /// The centre of the search as coefficients within their ranges, [coefficient]; nil where there is none.
  var mean: [Double]? { get }

  /// The step size in internal units; nil where there is none.
  var stepSize: Double? { get }

  /// The longest axis of the sampling ellipsoid over the shortest, at least 1; nil where there is none.
  var axisRatio: Double? { get }

  /// Whether further generations are pointless: the grid is exhausted, or the distribution has collapsed.
  var isFinished: Bool { get }
}

/// Choices for a search; each optimiser reads those it knows.
public struct OptimiserSettings: Sendable, Equatable {
  /// Candidates per generation; nil for `4 + ⌊3 ln n⌋`.
  public var populationSize: Int?
  /// The initial step size of CMA-ES in internal units.
  public var sigma: Double
  /// Whether CMA-ES also learns from its worst candidates (negative recombination weights).
  public var active: Bool
  /// Points on each axis of a grid, the ends of the range included; 1 means the start value.
  public var pointsPerAxis: Int
  /// The most evaluations that a search of known length may take; checked by the grid.
  public var budget: Int
  /// How gradients are followed.
  public var descent: DescentSettings

  /// Choices with the usual defaults.
  public init(
    populationSize: Int? = nil, sigma: Double = 1, active: Bool = true, pointsPerAxis: Int = 5,
    budget: Int = 1_000_000, descent: DescentSettings = DescentSettings()
  ) {
    self.populationSize = populationSize
    self.sigma = sigma
    self.active = active
    self.pointsPerAxis = pointsPerAxis
    self.budget = budget
    self.descent = descent
  }

  /// The largest population any optimiser accepts.
  public static let largestPopulation = 100_000

  /// The population for `dimension` coefficients.
  func checkedPopulation(dimension: Int, least: Int) throws(SearchError) -> Int {
    let size = populationSize ?? Self.defaultPopulation(dimension: dimension)
    let allowed = least...Self.largestPopulation
    guard allowed.contains(size) else { throw .populationSize(size, allowed: allowed) }
    return size
  }
}
