import RealModule

/// The box in which an optimiser looks for coefficients, and the units in which it moves.
///
/// Each coefficient `x` has an internal coordinate `u`, 0 at its start value and of unit size for one natural step:
///
///     logarithmic:   u = ln(x / start) / ln 1.5      (one unit = a factor 1.5)
///     linear:        u = (x - start) / step
///
/// Optimisers work in `u`, where one step size suits all coordinates; everybody else sees `x`.
public struct SearchSpace: Sendable, Equatable {
  /// How a coefficient is measured.
  public enum Scale: Sendable, Equatable {
    /// By ratios; the coefficient is positive throughout its range.
    case logarithmic
    /// By differences, in units of `step`.
    case linear(step: Double)
  }

  /// One coefficient.
  public struct Coordinate: Sendable, Equatable {
    /// What it is called in messages and records.
    public let name: String
    /// The value from which the search begins.
    public let start: Double
    /// The smallest value allowed; may be `-infinity` on a linear scale.
    public let lower: Double
    /// The largest value allowed; may be `infinity`.
    public let upper: Double
    /// How it is measured.
    public let scale: Scale

    /// A coefficient between `lower` and `upper`; checked when it enters a ``SearchSpace``.
    public init(
      name: String, start: Double, lower: Double = -.infinity, upper: Double = .infinity, scale: Scale
    ) {
      self.name = name
      self.start = start
      self.lower = lower
      self.upper = upper
      self.scale = scale
    }
  }

  /// The coefficients, in the order of a candidate's values.
  public let coordinates: [Coordinate]

  /// A space of the given coefficients.
  /// - Throws: ``SearchError`` when there is none, a name is used twice, a range is empty or does not hold the start,
  ///   a step is not positive, or a logarithmic coefficient can reach 0.
  public init(_ coordinates: [Coordinate]) throws(SearchError) {
    guard !coordinates.isEmpty else { throw .emptySpace }
    var names = Set<String>()
    for coordinate in coordinates {
      if let problem = coordinate.problem { throw .coordinate(name: coordinate.name, problem: problem) }
      guard names.insert(coordinate.name).inserted else {
        throw .coordinate(name: coordinate.name, problem: "is listed twice")
      }
    }
    self.coordinates = coordinates
  }

  /// The number of coefficients.
  public var dimension: Int { coordinates.count }
}

extension SearchSpace.Coordinate {
  /// The factor of one internal unit on the logarithmic scale.
  static let unitFactor = 1.5

  fileprivate var problem: String? {
    guard start.isFinite else { return "has a start that is not finite (\(start))" }
    guard lower < upper else { return "has an empty range from \(lower) to \(upper)" }
    guard lower <= start, start <= upper else { return "starts at \(start), outside its range \(lower) to \(upper)" }
    switch scale {
    case .logarithmic:
      return lower > 0 || (start > 0 && lower == -.infinity)
        ? nil : "has a logarithmic scale but a range that reaches \(lower)"
    case .linear(let step):
      return step.isFinite && step > 0 ? nil : "has a step that is not a positive number (\(step))"
    }
  }

  /// The internal coordinate of the value `x`; infinite ends stay infinite.
  public func internalCoordinate(of x: Double) -> Double {
    switch scale {
    case .logarithmic: return x <= 0 ? -.infinity : Double.log(x / start) / Double.log(Self.unitFactor)
    case .linear(let step): return (x - start) / step
    }
  }

  /// The value at the internal coordinate `u`, moved to the nearer end of the range when it lies outside.
  public func value(at u: Double) -> Double {
    let free: Double
    switch scale {
    case .logarithmic: free = start * Double.exp(u * Double.log(Self.unitFactor))
    case .linear(let step): free = start + u * step
    }
    return min(max(free, lower), upper)
  }

  /// The range in internal coordinates.
  public var internalRange: ClosedRange<Double> { internalCoordinate(of: lower)...internalCoordinate(of: upper) }
}

extension SearchSpace {
  /// The coefficients at the internal point `u`, each moved into its range.
  /// - Precondition: `u.count == dimension`.
  public func coefficients(at u: [Double]) -> [Double] {
    precondition(u.count == dimension, "a point of \(u.count) coordinates in a space of \(dimension)")
    return zip(coordinates, u).map { $0.value(at: $1) }
  }

  /// The internal point of the given coefficients.
  /// - Precondition: `coefficients.count == dimension`.
  public func internalPoint(of coefficients: [Double]) -> [Double] {
    precondition(
      coefficients.count == dimension, "\(coefficients.count) coefficients in a space of \(dimension)")
    return zip(coordinates, coefficients).map { $0.internalCoordinate(of: $1) }
  }

  /// The first coordinate without two finite ends (a logarithmic one also needs a positive lower end).
  var firstUnbounded: Coordinate? {
    coordinates.first { !($0.internalRange.lowerBound.isFinite && $0.internalRange.upperBound.isFinite) }
  }
}
