import RealModule
import Search
import Testing

@Suite("descent along the meta-gradient")
struct MetaGradientTests {
  static func space(_ starts: [Double] = [0.5, -0.25, 0]) throws -> SearchSpace {
    Problems.box(start: starts, halfWidth: 10)
  }

  static func search(
    _ starts: [Double] = [0.5, -0.25, 0], _ change: (inout DescentSettings) -> Void = { _ in }
  ) throws -> MetaGradient {
    var settings = OptimiserSettings()
    change(&settings.descent)
    return try MetaGradient(space: space(starts), settings: settings, seed: 1)
  }

  @Test("the first step of Adam is the learning rate against the sign of the gradient, whatever its size")
  func firstStep() throws {
    var search = try Self.search { $0.learningRate = 0.01 }
    let gradient = [1e6, -3e-2, 0]
    search.tell(fitness: [0], gradients: [gradient])
    // -α g / (|g| + ε): the biases of both moments cancel.
    for (r, start) in [0.5, -0.25, 0].enumerated() {
      let expected = start - 0.01 * gradient[r] / (abs(gradient[r]) + 1e-8)
      #expect(abs(search.coefficients[r] - expected) < 1e-15)
    }
    #expect(search.coefficients[2] == 0)
  }

  @Test("on scaled axes a step is a share of the coefficient's own, by ratio on a logarithmic scale")
  func scaledAxes() throws {
    let space = try SearchSpace([
      .init(name: "eta", start: 0.02, lower: 1e-5, upper: 1, scale: .logarithmic),
      .init(name: "oja", start: 0, lower: -1, upper: 1, scale: .linear(step: 5e-4)),
    ])
    var settings = OptimiserSettings()
    (settings.descent.axes, settings.descent.learningRate, settings.descent.epsilon) = (.scaled, 0.1, 1e-300)
    var search = try MetaGradient(space: space, settings: settings, seed: 1)
    search.tell(fitness: [0], gradients: [[3, -700]])
    #expect(abs(search.coefficients[0] - 0.02 * Double.pow(1.5, -0.1)) < 1e-15)
    #expect(abs(search.coefficients[1] - 0.1 * 5e-4) < 1e-18)
  }

  @Test("a constant gradient takes steps of the learning rate for ever")
  func constantGradient() throws {
    var search = try Self.search([0, 0]) { $0.learningRate = 0.01 }
    for _ in 0..<200 { search.tell(fitness: [0], gradients: [[2, -5]]) }
    // m̂ = g and v̂ = g² at every t.
    #expect(abs(search.coefficients[0] + 2) < 1e-7 && abs(search.coefficients[1] - 2) < 1e-7)
  }

  @Test("the second step follows the closed form of the two moments")
  func secondStep() throws {
    var search = try Self.search([0]) { ($0.learningRate, $0.beta1, $0.beta2) = (0.1, 0.8, 0.9) }
    let (g1, g2) = (2.0, -1.0)
    search.tell(fitness: [0], gradients: [[g1]])
    search.tell(fitness: [0], gradients: [[g2]])
    let m = (0.8 * 0.2 * g1 + 0.2 * g2) / (1 - 0.8 * 0.8)
    let v = (0.9 * 0.1 * g1 * g1 + 0.1 * g2 * g2) / (1 - 0.9 * 0.9)
    #expect(abs(search.coefficients[0] - (-0.1 - 0.1 * m / v.squareRoot())) < 1e-8)
  }

  @Test("in a warm-up the rate rises in equal parts")
  func warmUp() throws {
    var search = try Self.search { ($0.learningRate, $0.warmUp) = (0.4, 4) }
    var rates: [Double] = []
    for _ in 0..<6 {
      rates.append(search.learningRate)
      search.tell(fitness: [0], gradients: [[1, 1, 1]])
    }
    #expect(zip(rates, [0.1, 0.2, 0.3, 0.4, 0.4, 0.4]).allSatisfy { abs($0 - $1) < 1e-15 })
  }

  @Test("without restarts the rate is constant; with them it falls along a cosine and starts anew")
  func restarts() throws {
    var plain = try Self.search()
    var search = try Self.search { ($0.learningRate, $0.restartEvery, $0.restartFactor) = (0.4, 4, 2) }
    var rates: [Double] = []
    var restarts: [Int] = []
    for _ in 0..<30 {
      rates.append(search.learningRate)
      restarts.append(search.restarts)
      search.tell(fitness: [0], gradients: [[1, 1, 1]])
      plain.tell(fitness: [0], gradients: [[1, 1, 1]])
      #expect(plain.learningRate == 1e-3 && plain.restarts == 0)
    }
    // Periods of 4, 8, 16, 32.
    #expect(restarts == (0..<30).map { $0 < 4 ? 0 : $0 < 12 ? 1 : $0 < 28 ? 2 : 3 })
    for (first, length) in [(0, 4), (4, 8), (12, 16)] {
      #expect(rates[first] == 0.4)
      for c in 0..<length {
        let expected = 0.2 * (1 + Double.cos(.pi * Double(c) / Double(length)))
        #expect(abs(rates[first + c] - expected) < 1e-15)
      }
    }
  }

  @Test("a period that does not grow comes back at once, however far the search is")
  func steadyPeriods() throws {
    var state = try Self.search { $0.restartEvery = 3 }.state
    state.integers = state.integers.map {
      .init(name: $0.name, value: $0.name == "next_generation" ? 4_000_000 : $0.value)
    }
    var settings = OptimiserSettings()
    settings.descent.restartEvery = 3
    let far = try MetaGradient(restoring: state, space: Self.space(), settings: settings, seed: 1)
    #expect(far.restarts == 1_333_333)
    #expect(abs(far.learningRate - 1e-3 * (1 + Double.cos(.pi / 3)) / 2) < 1e-18)
  }

  @Test("a gradient longer than the clip is shortened to it, a shorter one is left alone")
  func clip() throws {
    func moment(_ gradient: [Double]) throws -> [Double] {
      var search = try Self.search([0, 0]) { ($0.clip, $0.beta1) = (5, 0) }
      search.tell(fitness: [0], gradients: [gradient])
      return search.state.arrays.first { $0.name == "adam_m" }!.values
    }
    #expect(try moment([3, 0.5]) == [3, 0.5])
    for (length, gradient) in [(10.0, [6.0, -8]), (2e200, [1.2e200, -1.6e200])] {
      let short = try moment(gradient)
      #expect(abs(short[0] - 5 * gradient[0] / length) < 1e-12 && abs(short[1] - 5 * gradient[1] / length) < 1e-12)
    }
  }

  @Test("without a finite gradient the coefficients, moments and step count stay", arguments: [Double.nan, .infinity])
  func failures(_ sick: Double) throws {
    var search = try Self.search()
    search.tell(fitness: [-1], gradients: [[1, 2, 3]])
    let before = search.state
    search.tell(fitness: [-1], gradients: [[1, sick, 3]])
    search.tell(fitness: [.nan])
    #expect(search.state.arrays == before.arrays)
    let step = { (state: OptimiserState) in state.integers.first { $0.name == "adam_step" }!.value }
    #expect(step(search.state) == 1 && step(before) == 1)
    search.tell(fitness: [-1], gradients: [[1, 2, 3]])
    #expect(step(search.state) == 2)
  }

  @Test("coefficients stop at the ends of their ranges")
  func bounds() throws {
    let space = try SearchSpace([.init(name: "eta", start: 0.01, lower: 1e-4, upper: 0.02, scale: .logarithmic)])
    for (gradient, end) in [(1.0, 1e-4), (-1, 0.02)] {
      var search = try MetaGradient(space: space, settings: OptimiserSettings(), seed: 1)
      for _ in 0..<50 { search.tell(fitness: [0], gradients: [[gradient]]) }
      #expect(search.coefficients == [end])
    }
  }

  @Test("a gradient whose square overflows leaves nothing that is not finite")
  func overflow() throws {
    var search = try Self.search()
    search.tell(fitness: [0], gradients: [[1e300, -1e300, 1]])
    #expect(search.state.arrays.allSatisfy { $0.values.allSatisfy(\.isFinite) })
  }

  @Test("choices that make no sense are refused")
  func refused() {
    let changes: [(inout DescentSettings) -> Void] = [
      { $0.learningRate = 0 }, { $0.learningRate = .nan }, { $0.beta1 = 1 }, { $0.beta2 = -0.1 }, { $0.epsilon = 0 },
      { $0.clip = 0 }, { $0.restartEvery = 0 }, { $0.restartFactor = 0.9 },
    ]
    for change in changes {
      #expect(throws: SearchError.self) { try Self.search([0], change) }
    }
  }
}
