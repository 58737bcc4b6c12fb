import RealModule
import Search
import Testing

@Suite("grid and random search")
struct PlainSearchTests {
  static func space() throws -> SearchSpace {
    try SearchSpace([
      .init(name: "eta", start: 0.1, lower: 1e-4, upper: 1, scale: .logarithmic),
      .init(name: "hebb", start: 0, lower: -1, upper: 2, scale: .linear(step: 0.25)),
    ])
  }

  @Test("a grid asks for every combination once, ends included, then fills up from its beginning")
  func grid() throws {
    var search = try GridSearch(
      space: Self.space(), settings: .init(populationSize: 4, pointsPerAxis: 3), seed: 1)
    #expect(search.axes[0][0] == 1e-4 && search.axes[0][2] == 1 && abs(search.axes[0][1] / 1e-2 - 1) < 1e-12)
    #expect(search.axes[1] == [-1, 0.5, 2])
    var asked: [[Double]] = []
    while !search.isFinished {
      asked += search.ask()
      search.tell(fitness: [0, 0, 0, 0])
    }
    #expect(asked.count == 12)
    #expect(Set(asked.prefix(9)).count == 9)
    #expect(Array(asked[9...]) == Array(asked[..<3]))
  }

  @Test("a grid of one point per axis is the start")
  func onePoint() throws {
    let search = try GridSearch(space: Self.space(), settings: .init(populationSize: 1, pointsPerAxis: 1), seed: 1)
    #expect(search.ask() == [[0.1, 0]])
  }

  @Test("random search is uniform in x on a linear scale and in ln x on a logarithmic one")
  func random() throws {
    var search = try RandomSearch(space: Self.space(), settings: .init(populationSize: 500), seed: 3)
    var decades = [Int](repeating: 0, count: 4)
    var thirds = [Int](repeating: 0, count: 3)
    for _ in 0..<20 {
      for x in search.ask() {
        decades[min(max(Int(Double.log10(x[0] * 1e4)), 0), 3)] += 1
        thirds[min(Int(x[1] + 1), 2)] += 1
      }
      search.tell(fitness: [Double](repeating: 0, count: 500))
    }
    // Binomial standard deviations of 10 000 draws: 43 and 47; five of them.
    for count in decades { #expect(abs(count - 2500) < 5 * 43) }
    for count in thirds { #expect(abs(count - 3333) < 5 * 47) }
  }
}
