/// What is wrong with a search as it was asked for, or with a stored state.
public enum SearchError: Error, Equatable, Sendable {
  /// There is nothing to search.
  case emptySpace
  /// A coordinate that cannot be searched, and why.
  case coordinate(name: String, problem: String)
  /// The optimiser needs both bounds of this coordinate.
  case unboundedCoordinate(name: String, optimiser: String)
  /// A population outside the range the optimiser can work with.
  case populationSize(Int, allowed: ClosedRange<Int>)
  /// A step size that is not a finite positive number.
  case sigma(Double)
  /// More coordinates than the optimiser can work with.
  case dimension(Int, most: Int, optimiser: String)
  /// A grid without points, or with absurdly many.
  case pointsPerAxis(Int, allowed: ClosedRange<Int>)
  /// A grid with more points than may be evaluated; `points` is nil when the number itself is out of range.
  case gridTooLarge(pointsPerAxis: Int, axes: Int, points: Int?, budget: Int)
  /// A choice for a descent that makes no sense, and why.
  case descent(String)
  /// No optimiser has this name.
  case unknownOptimiser(String, known: [String])
  /// A stored state that does not fit.
  case state(problem: String)
}

extension SearchError: CustomStringConvertible {
  /// One sentence that says what is wrong.
  public var description: String {
    switch self {
    case .emptySpace:
      return "the search has no coefficients"
    case .coordinate(let name, let problem):
      return "coefficient \"\(name)\" \(problem)"
    case .unboundedCoordinate(let name, let optimiser):
      return "\(optimiser) search needs a finite range for coefficient \"\(name)\""
    case .populationSize(let size, let allowed):
      return "the population must lie between \(allowed.lowerBound) and \(allowed.upperBound) (got \(size))"
    case .sigma(let sigma):
      return "sigma must be a finite number greater than 0 (got \(sigma))"
    case .dimension(let dimension, let most, let optimiser):
      return "\(optimiser) search can move at most \(most) coefficients (got \(dimension))"
    case .pointsPerAxis(let points, let allowed):
      return "the points per axis must lie between \(allowed.lowerBound) and \(allowed.upperBound) (got \(points))"
    case .gridTooLarge(let pointsPerAxis, let axes, let points, let budget):
      let total = points.map { "\($0) points" } ?? "more points than can be counted"
      return "a grid of \(pointsPerAxis) points on each of \(axes) axes has \(total), over the budget of "
        + "\(budget) evaluations"
    case .descent(let problem):
      return problem
    case .unknownOptimiser(let name, let known):
      return "there is no optimiser \"\(name)\" (there are \(known.joined(separator: ", ")))"
    case .state(let problem):
      return "the stored state of the search \(problem)"
    }
  }
}
