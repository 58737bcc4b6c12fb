import Arithmetic
import Search
import Testing

@Suite("every optimiser in the catalogue")
struct OptimiserContractTests {
  /// Four coefficients of both scales, the start away from the best point (3e-3, 0.4, -0.3, 0.2).
  static func space() throws -> SearchSpace {
    try SearchSpace([
      .init(name: "eta", start: 0.1, lower: 1e-4, upper: 1, scale: .logarithmic),
      .init(name: "hebb", start: 0, lower: -1, upper: 1, scale: .linear(step: 0.25)),
      .init(name: "oja", start: 0.5, lower: -1, upper: 1, scale: .linear(step: 0.25)),
      .init(name: "decay", start: -0.5, lower: -1, upper: 1, scale: .linear(step: 0.25)),
    ])
  }

  static func loss(_ x: [Double]) throws -> Double {
    let space = try space()
    let point = space.internalPoint(of: aim)
    return Problems.sphere(zip(space.internalPoint(of: x), point).map { $0 - $1 })
  }

  /// The same aim in the coefficients' own units, for optimisers that follow the gradient there.
  static func plainLoss(_ x: [Double]) -> Double { Problems.sphere(zip(x, aim).map { ($0 - $1) / 0.25 }) }
  static func plainGradient(_ x: [Double]) -> [Double] { zip(x, aim).map { 2 * ($0 - $1) / (0.25 * 0.25) } }
  static let aim = [3e-3, 0.4, -0.3, 0.2]

  static func settings(population: Int? = nil) -> OptimiserSettings {
    var settings = OptimiserSettings(populationSize: population, pointsPerAxis: 6)
    settings.descent.learningRate = 0.02
    return settings
  }

  /// The loss that an optimiser is tried on.
  static func loss(of search: any Optimiser) -> ([Double]) throws -> Double {
    search is any GradientOptimiser ? { plainLoss($0) } : { try loss($0) }
  }

  /// Tells the optimiser these numbers, and gradients where it wants them: NaN where the fitness is.
  static func tell(_ search: inout any Optimiser, _ fitness: [Double]) {
    guard var descending = search as? any GradientOptimiser else { return search.tell(fitness: fitness) }
    let gradients = zip(descending.ask(), fitness).map { x, fitness in
      fitness.isFinite ? plainGradient(x) : x.map { _ in .nan }
    }
    descending.tell(fitness: fitness, gradients: gradients)
    search = descending
  }

  static let names = optimiserCatalogue.map { $0.name }

  static func make(_ name: String, seed: UInt64 = 1, population: Int? = nil) throws -> any Optimiser {
    try optimiser(named: name).init(space: space(), settings: settings(population: population), seed: seed)
  }

  @Test("replays from its seed", arguments: names)
  func replays(name: String) throws {
    var first = try Self.make(name, seed: 42)
    var second = try Self.make(name, seed: 42)
    for _ in 0..<20 {
      #expect(first.ask() == second.ask())
      #expect(first.ask() == first.ask())
      let fitness = try first.ask().map { -(try Self.loss($0)) }
      Self.tell(&first, fitness)
      Self.tell(&second, fitness)
    }
    #expect(first.state == second.state)
  }

  @Test("asks for populationSize candidates, each within its range", arguments: names, [2, 8, 31])
  func bounds(name: String, population: Int) throws {
    var search = try Self.make(name, population: population)
    let space = try Self.space()
    for generation in 0..<25 {
      let candidates = search.ask()
      #expect(candidates.count == search.populationSize)
      #expect(search.populationSize == (search is any GradientOptimiser ? 1 : population))
      for candidate in candidates {
        #expect(candidate.count == space.dimension)
        for (value, coordinate) in zip(candidate, space.coordinates) {
          #expect(value >= coordinate.lower && value <= coordinate.upper)
        }
      }
      // A fitness without shape, so that the search also wanders to the edges.
      Self.tell(&search, candidates.indices.map { Double(($0 * 7 + generation) % 5) })
    }
  }

  @Test("improves the sphere", arguments: names, [1, 2, 3] as [UInt64])
  func improves(name: String, seed: UInt64) throws {
    var search = try Self.make(name, seed: seed, population: 12)
    let loss = Self.loss(of: search)
    var best = Double.infinity
    for _ in 0..<108 where !search.isFinished {
      let losses = try search.ask().map { try loss($0) }
      best = losses.reduce(best, min)
      Self.tell(&search, losses.map { -$0 })
    }
    let start = try loss(try Self.space().coordinates.map(\.start))
    #expect(best < 0.2 * start)
  }

  @Test("survives failed evaluations, all of them too", arguments: names)
  func survivesFailure(name: String) throws {
    var search = try Self.make(name, population: 10)
    for generation in 0..<30 {
      let candidates = search.ask()
      let fitness = try candidates.enumerated().map { index, candidate -> Double in
        if generation % 5 == 0 || index % 3 == generation % 3 {
          return [.nan, .infinity, -.infinity][(index + generation) % 3]
        }
        return -(try Self.loss(candidate))
      }
      Self.tell(&search, fitness)
    }
    #expect(search.ask().allSatisfy { $0.allSatisfy(\.isFinite) })
    #expect(search.state.arrays.filter { $0.name == "mean" }.allSatisfy { $0.values.allSatisfy(\.isFinite) })
  }

  @Test("restored from its state it goes on as if uninterrupted, at any generation", arguments: names)
  func resumes(name: String) throws {
    let kind = try optimiser(named: name)
    var search = try Self.make(name, seed: 5, population: 9)
    for generation in 0..<40 {
      var restored: any Optimiser = try kind.init(
        restoring: search.state, space: Self.space(), settings: Self.settings(population: 9), seed: 5)
      #expect(restored.state == search.state)
      #expect(restored.ask() == search.ask())
      #expect(restored.isFinished == search.isFinished)
      var fitness = try search.ask().map { -(try Self.loss($0)) }
      if generation % 7 == 3 { fitness[fitness.count / 4] = .nan }
      Self.tell(&restored, fitness)
      Self.tell(&search, fitness)
      #expect(restored.state == search.state)
    }
  }

  @Test("refuses a state that is not its own, each part of it", arguments: names)
  func refusesStates(name: String) throws {
    let kind = try optimiser(named: name)
    let space = try Self.space()
    let good = try Self.make(name, population: 9).state
    func problem(_ change: (inout OptimiserState) -> Void) -> String? {
      var state = good
      change(&state)
      do {
        _ = try kind.init(restoring: state, space: space, settings: Self.settings(population: 9), seed: 1)
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(problem { _ in } == nil)
    #expect(
      problem { $0.optimizer = "hill" }
        == "the stored state of the search was written by \"hill\", not by \"\(name)\"")
    #expect(
      problem { $0.version = 7 }
        == "the stored state of the search has version 7 where this program reads version 1")
    #expect(problem { $0.integers = [] } != nil)
    #expect(problem { $0.integers = $0.integers.map { .init(name: $0.name, value: -1) } } != nil)
    #expect(problem { $0.integers = $0.integers.map { .init(name: $0.name, value: .max) } } != nil)
    for index in good.arrays.indices {
      #expect(problem { $0.arrays.remove(at: index) } != nil)
      let array = good.arrays[index]
      let short = OptimiserState.Numbers(
        name: array.name, dimensions: array.dimensions, shape: array.shape,
        values: Array(array.values.dropLast()))
      #expect(problem { $0.arrays[index] = short } != nil)
      if ["mean", "covariance", "sigma", "path_c", "path_sigma", "adam_m", "adam_v"].contains(array.name) {
        let sick = OptimiserState.Numbers(
          name: array.name, dimensions: array.dimensions, shape: array.shape,
          values: array.values.map { _ in .nan })
        #expect(problem { $0.arrays[index] = sick } != nil)
      }
    }
  }

  @Test("has names of its own", arguments: names)
  func named(name: String) throws {
    #expect(Self.names.filter { $0 == name }.count == 1)
    let state = try Self.make(name).state
    #expect(state.optimizer == name)
    for array in state.arrays {
      #expect(array.dimensions.count == array.shape.count)
      #expect(array.values.count == array.shape.reduce(1, *) && !array.values.isEmpty)
    }
  }
}
