/// What an optimiser needs to go on: named arrays of numbers, ready for a file.
///
/// The names and meanings are private to the optimiser and its `version`; a reader stores and returns them unchanged.
public struct OptimiserState: Sendable, Equatable {
  /// Named doubles.
  public struct Numbers: Sendable, Equatable {
    /// The name of the array, unique within the state.
    public let name: String
    /// The names of the dimensions, outermost first; none for a scalar. `parameter` runs over the coefficients.
    public let dimensions: [String]
    /// The extent of each dimension.
    public let shape: [Int]
    /// The values, row-major; one for a scalar.
    public let values: [Double]

    /// An array; checked when a search is restored from it.
    public init(name: String, dimensions: [String], shape: [Int], values: [Double]) {
      self.name = name
      self.dimensions = dimensions
      self.shape = shape
      self.values = values
    }

    /// Equal in name, dimensions and shape, and in every bit of the values, so that NaN equals itself.
    public static func == (left: Numbers, right: Numbers) -> Bool {
      left.name == right.name && left.dimensions == right.dimensions && left.shape == right.shape
        && left.values.map(\.bitPattern) == right.values.map(\.bitPattern)
    }
  }

  /// Named integers.
  public struct Integers: Sendable, Equatable {
    /// The name of the number, unique within the state.
    public let name: String
    /// Its value.
    public let value: Int64

    /// A named integer.
    public init(name: String, value: Int64) {
      self.name = name
      self.value = value
    }
  }

  /// The name of the optimiser.
  public var optimizer: String
  /// The version of the optimiser's state; a state of another version is refused.
  public var version: Int
  /// The arrays.
  public var arrays: [Numbers]
  /// The integers.
  public var integers: [Integers]

  /// A state; checked when a search is restored from it.
  public init(optimizer: String, version: Int, arrays: [Numbers], integers: [Integers]) {
    self.optimizer = optimizer
    self.version = version
    self.arrays = arrays
    self.integers = integers
  }
}

extension OptimiserState {
  /// Fails unless the state was written by this optimiser in this version.
  func check(optimizer: String, version: Int) throws(SearchError) {
    guard self.optimizer == optimizer else {
      throw .state(problem: "was written by \"\(self.optimizer)\", not by \"\(optimizer)\"")
    }
    guard self.version == version else {
      throw .state(problem: "has version \(self.version) where this program reads version \(version)")
    }
  }

  /// The values of an array, which must have this shape.
  func values(_ name: String, shape: [Int]) throws(SearchError) -> [Double] {
    guard let array = arrays.first(where: { $0.name == name }) else {
      throw .state(problem: "has no array \"\(name)\"")
    }
    guard array.shape == shape, array.values.count == shape.reduce(1, *) else {
      throw .state(problem: "has an array \"\(name)\" of shape \(array.shape) where \(shape) is needed")
    }
    return array.values
  }

  /// The same, with finite values only.
  func finiteValues(_ name: String, shape: [Int]) throws(SearchError) -> [Double] {
    let values = try values(name, shape: shape)
    guard values.allSatisfy(\.isFinite) else {
      throw .state(problem: "has numbers in \"\(name)\" that are not finite")
    }
    return values
  }

  /// A named integer in `range`.
  func integer(_ name: String, in range: ClosedRange<Int>) throws(SearchError) -> Int {
    guard let entry = integers.first(where: { $0.name == name }) else {
      throw .state(problem: "has no number \"\(name)\"")
    }
    guard let value = Int(exactly: entry.value), range.contains(value) else {
      throw .state(problem: "has \(entry.value) for \"\(name)\", outside \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// The number of the generation to ask for next.
  func nextGeneration() throws(SearchError) -> Int {
    try integer("next_generation", in: 0...Int(UInt32.max))
  }

  /// Fails unless the state was written with this population.
  func check(populationSize: Int) throws(SearchError) {
    let stored = try integer("population_size", in: 1...OptimiserSettings.largestPopulation)
    guard stored == populationSize else {
      throw .state(problem: "belongs to a population of \(stored), not \(populationSize)")
    }
  }
}
