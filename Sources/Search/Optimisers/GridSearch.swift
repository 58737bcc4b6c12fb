/// Every point of a regular grid, the last coefficient moving fastest.
///
/// `pointsPerAxis` points divide the internal range of each coefficient evenly, both ends included, so that a
/// logarithmic coefficient takes a geometric row of values. Every coefficient needs a finite range. The points come
/// in generations of `populationSize`; the last generation is filled up with points from the beginning of the grid.
public struct GridSearch: Optimiser {
  /// `grid`.
  public static let name = "grid"
  private static let stateVersion = 1
  private static let allowedPoints = 1...100_000

  /// The number of candidates of every generation.
  public let populationSize: Int
  /// The values on each axis, ascending, [coefficient][point].
  public let axes: [[Double]]
  /// The number of points of the grid.
  public let pointCount: Int
  private var generation = 0

  /// A search at its beginning.
  /// - Throws: ``SearchError`` for a range without end, a population outside its bounds, or a grid over the budget.
  public init(space: SearchSpace, settings: OptimiserSettings, seed: UInt64) throws(SearchError) {
    if let open = space.firstUnbounded { throw .unboundedCoordinate(name: open.name, optimiser: Self.name) }
    let points = settings.pointsPerAxis
    guard Self.allowedPoints.contains(points) else { throw .pointsPerAxis(points, allowed: Self.allowedPoints) }
    var total: Int? = 1
    for _ in space.coordinates {
      let (product, overflow) = (total ?? 0).multipliedReportingOverflow(by: points)
      total = total == nil || overflow ? nil : product
    }
    guard let total, total <= settings.budget else {
      throw .gridTooLarge(pointsPerAxis: points, axes: space.dimension, points: total, budget: settings.budget)
    }
    populationSize = try settings.checkedPopulation(dimension: space.dimension, least: 1)
    axes = space.coordinates.map { Self.axis($0, points: points) }
    pointCount = total
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

  private static func axis(_ coordinate: SearchSpace.Coordinate, points: Int) -> [Double] {
    guard points > 1 else { return [coordinate.start] }
    let range = coordinate.internalRange
    return (0..<points).map { point in
      if point == 0 { return coordinate.lower }
      if point == points - 1 { return coordinate.upper }
      let share = Double(point) / Double(points - 1)
      return coordinate.value(at: range.lowerBound + share * (range.upperBound - range.lowerBound))
    }
  }

  /// The candidates of this generation.
  public func ask() -> [[Double]] {
    (0..<populationSize).map { candidate in
      var rest = (generation * populationSize + candidate) % pointCount
      var values = [Double](repeating: 0, count: axes.count)
      for axis in axes.indices.reversed() {
        values[axis] = axes[axis][rest % axes[axis].count]
        rest /= axes[axis].count
      }
      return values
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
  /// Whether every point has been asked for.
  public var isFinished: Bool { generation * populationSize >= pointCount }
}
