import Search
import Testing

@Suite("search spaces")
struct SearchSpaceTests {
  @Test("one unit is a factor 1.5 on a logarithmic scale and a step on a linear one")
  func units() throws {
    let space = try SearchSpace([
      .init(name: "eta", start: 0.02, lower: 1e-5, upper: 1, scale: .logarithmic),
      .init(name: "hebb", start: -0.5, lower: -1, upper: 1, scale: .linear(step: 0.01)),
    ])
    #expect(space.coefficients(at: [0, 0]) == [0.02, -0.5])
    let moved = space.coefficients(at: [2, -3])
    #expect(abs(moved[0] / 0.045 - 1) < 1e-14 && abs(moved[1] + 0.53) < 1e-14)
    for (u, expected) in zip(space.internalPoint(of: moved), [2.0, -3]) { #expect(abs(u - expected) < 1e-12) }
  }

  @Test("points outside are moved to the very end of the range")
  func repair() throws {
    let space = try SearchSpace([
      .init(name: "eta", start: 0.02, lower: 1e-5, upper: 0.3, scale: .logarithmic),
      .init(name: "hebb", start: 0, lower: -0.7, upper: 0.1, scale: .linear(step: 0.03)),
    ])
    #expect(space.coefficients(at: [100, 100]) == [0.3, 0.1])
    #expect(space.coefficients(at: [-1e6, -1e6]) == [1e-5, -0.7])
  }

  @Test("a space that cannot be searched is refused with one sentence")
  func refusals() {
    func message(_ coordinates: [SearchSpace.Coordinate]) -> String? {
      do {
        _ = try SearchSpace(coordinates)
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(message([]) == "the search has no coefficients")
    let good = SearchSpace.Coordinate(name: "a", start: 1, lower: 0, upper: 2, scale: .linear(step: 1))
    #expect(message([good, good]) == "coefficient \"a\" is listed twice")
    #expect(
      message([.init(name: "a", start: 3, lower: 0, upper: 2, scale: .linear(step: 1))])
        == "coefficient \"a\" starts at 3.0, outside its range 0.0 to 2.0")
    #expect(
      message([.init(name: "a", start: 2, lower: 2, upper: 2, scale: .linear(step: 1))])
        == "coefficient \"a\" has an empty range from 2.0 to 2.0")
    #expect(
      message([.init(name: "a", start: 1, lower: 0, upper: 2, scale: .logarithmic)])
        == "coefficient \"a\" has a logarithmic scale but a range that reaches 0.0")
    #expect(
      message([.init(name: "a", start: 1, lower: 0, upper: 2, scale: .linear(step: 0))])
        == "coefficient \"a\" has a step that is not a positive number (0.0)")
    #expect(
      message([.init(name: "a", start: .nan, scale: .linear(step: 1))])
        == "coefficient \"a\" has a start that is not finite (nan)")
    #expect(message([.init(name: "a", start: 1, lower: .nan, upper: 2, scale: .linear(step: 1))]) != nil)
  }
}

@Suite("settings of a search")
struct OptimiserSettingsTests {
  private func message(_ name: String, _ space: SearchSpace, _ settings: OptimiserSettings) -> String? {
    do {
      _ = try optimiser(named: name).init(space: space, settings: settings, seed: 1)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test("the population is 4 + ⌊3 ln n⌋ unless given", arguments: [(1, 4), (2, 6), (6, 9), (10, 10), (27, 13)])
  func defaultPopulation(dimension: Int, population: Int) throws {
    let space = Problems.box(start: [Double](repeating: 0, count: dimension), halfWidth: 1)
    let settings = OptimiserSettings()
    #expect(try CMAES(space: space, settings: settings, seed: 1).populationSize == population)
    #expect(try RandomSearch(space: space, settings: settings, seed: 1).populationSize == population)
  }

  @Test("settings that make no search are refused with one sentence")
  func refusals() {
    let box = Problems.box(start: [0, 0], halfWidth: 1)
    let open = Problems.box(start: [0, 0])
    #expect(
      message("cma-es", box, .init(populationSize: 1))
        == "the population must lie between 2 and 100000 (got 1)")
    #expect(
      message("random", box, .init(populationSize: 0))
        == "the population must lie between 1 and 100000 (got 0)")
    #expect(message("cma-es", box, .init(populationSize: .max)) != nil)
    #expect(
      message("cma-es", box, .init(sigma: -1)) == "sigma must be a finite number greater than 0 (got -1.0)")
    #expect(message("random", open, .init()) == "random search needs a finite range for coefficient \"x0\"")
    #expect(message("grid", open, .init()) == "grid search needs a finite range for coefficient \"x0\"")
    #expect(
      message("grid", box, .init(pointsPerAxis: 0))
        == "the points per axis must lie between 1 and 100000 (got 0)")
    #expect(
      message("grid", box, .init(pointsPerAxis: 11, budget: 120))
        == "a grid of 11 points on each of 2 axes has 121 points, over the budget of 120 evaluations")
    let wide = Problems.box(start: [Double](repeating: 0, count: 40), halfWidth: 1)
    #expect(
      message("grid", wide, .init(pointsPerAxis: 10))
        == "a grid of 10 points on each of 40 axes has more points than can be counted, over the budget of "
        + "1000000 evaluations")
    #expect(
      message("cma-es", Problems.box(start: [Double](repeating: 0, count: 1001)), .init())
        == "cma-es search can move at most 1000 coefficients (got 1001)")
    #expect(
      message("simplex", box, .init())
        == "there is no optimiser \"simplex\" (there are cma-es, random, grid, meta-gradient)")
  }
}
