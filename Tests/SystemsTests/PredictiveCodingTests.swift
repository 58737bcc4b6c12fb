import Arithmetic
import Kernels
import Layers
import Networks
import Pages
import Systems
import RealModule
import TestSupport
import Testing

@Suite("Predictive Coding")
struct PredictiveCodingTests {
  static let dense: [LayerForm] = [.dense(30), .dense(25), .dense(15)]
  static let convolutions: [LayerForm] = [
    LayerForm(.convolution(.init(channels: 4, height: 3, width: 3)), pool: .init(.max, window: 2)),
    LayerForm(.convolution(.init(channels: 3, height: 3, width: 2, padding: .same)), pool: .init(.average, window: 2)),
    .dense(8),
  ]

  private func denseCase(seed: UInt64 = 1) -> RateCase<Double> {
    RateCase(Self.dense, neuron: .tanh, input: SignalShape(20), outputs: 10, samples: 12, seed: seed)
  }

  private func convolutionCase(_ neuron: LayerNeuron) -> RateCase<Double> {
    RateCase(
      Self.convolutions, neuron: neuron, input: SignalShape(height: 11, width: 9, channels: 2), outputs: 5, samples: 7)
  }

  private func settle(
    _ one: RateCase<Double>, _ mode: String, eta: Double = 0.1, iterations: Int = 20,
    _ more: [String: PageValue.Content] = [:]
  ) -> PredictiveCoding<Double> {
    let chosen: [String: PageValue.Content] = [
      "mode": .text(mode), "eta": .number(eta), "iterations": .integer(iterations),
    ]
    let system = one.system(PredictiveCoding<Double>.self, chosen.merging(more) { $1 })
    system.present(one.batch, learning: true)
    return system
  }

  private func backpropagation(_ one: RateCase<Double>) -> [[Double]] {
    let system = one.system(LayerwiseFeedback<Double>.self)
    system.present(one.batch, learning: true)
    return one.gradients(system)
  }

  @Test("exact is backpropagation, and so are fixed predictions at eta 1 after as many iterations as layers")
  func equalsBackpropagation() {
    for one in [denseCase(), convolutionCase(.tanh), convolutionCase(.relu), convolutionCase(.softplus)] {
      let expected = backpropagation(one)
      for elements in ["block", "split"] {
        let choice: [String: PageValue.Content] = ["elements": .text(elements)]
        let exact = settle(one, "exact", choice)
        let fixed = settle(one, "fixed-prediction", eta: 1, iterations: exact.elementCount, choice)
        #expect(exact.elementCount == (elements == "block" ? 4 : one.network.pools[0] == nil ? 7 : 9))
        for (l, gradient) in expected.enumerated() {
          #expect(relativeDifference(one.gradients(exact)[l], gradient) < 1e-12)
          #expect(relativeDifference(one.gradients(fixed)[l], gradient) < 1e-12)
        }
      }
    }
  }

  @Test("fixed predictions at eta 1: k iterations make the top k layers right and leave zeros below", arguments: 1...4)
  func layersInReach(iterations: Int) {
    let one = denseCase()
    let expected = backpropagation(one)
    let got = one.gradients(settle(one, "fixed-prediction", eta: 1, iterations: iterations))
    for l in 0..<4 {
      if l >= 4 - iterations {
        #expect(relativeDifference(got[l], expected[l]) < 1e-12)
      } else {
        #expect(got[l].allSatisfy { $0 == 0 })
      }
    }
  }

  /// Below the top, the error of layer L − k is short by Σ_{j<k} C(n−1, j) η^j (1−η)^{n−1−j} of itself.
  @Test("fixed predictions at any eta have the direction of backpropagation and fall short by the head of a binomial")
  func binomialHead() {
    for one in [denseCase(), convolutionCase(.relu)] {
      let expected = backpropagation(one)
      for (eta, iterations) in [(0.1, 20), (0.3, 7), (0.05, 2)] {
        let got = one.gradients(settle(one, "fixed-prediction", eta: eta, iterations: iterations))
        for l in 0..<4 {
          var head = 0.0
          var term = 1.0
          for _ in 0..<iterations - 1 { term *= 1 - eta }
          for j in 0..<3 - l {
            head += term
            term *= Double(iterations - 1 - j) / Double(j + 1) * eta / (1 - eta)
          }
          let size = expected[l].reduce(0) { $0 + $1 * $1 }.squareRoot()
          let gap = zip(got[l], expected[l]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
          #expect(abs(gap / size - head) < 1e-10)
          // What is got is a multiple of what is expected: the angle is 0.
          #expect(relativeDifference(got[l], expected[l].map { (1 - head) * $0 }) < 1e-10)
        }
      }
    }
  }

  @Test("strict leaves the direction of backpropagation and has a fixed point")
  func strictFixedPoint() {
    let one = denseCase()
    let expected = backpropagation(one)
    let (early, late) = (settle(one, "strict", iterations: 1000), settle(one, "strict", iterations: 3000))
    let long = settle(one, "strict", iterations: 5000)
    var angles: [Double] = []
    for (l, gradient) in one.gradients(long).enumerated() {
      #expect(relativeDifference(one.gradients(early)[l], gradient) < 1e-5)
      #expect(relativeDifference(one.gradients(late)[l], gradient) < 1e-12)
      angles.append(angle(gradient, expected[l]))
    }
    #expect(angles.max()! > 1)
    // At a fixed point every belief is pulled up as much as down: ε_k = J_{k+1}ᵀ ε_{k+1}, which is what synapses meet.
    for l in 1..<4 {
      let (error, connection) = (long.signals(l).postError, one.network.connections[l])
      let below = long.predictionErrors(l - 1)
      let counts = (connection.preShape.count, connection.kinds)
      for sample in 0..<one.batch.count {
        for j in 0..<counts.0 {
          var pull = 0.0
          for i in 0..<counts.1 { pull += connection.weights[j * counts.1 + i] * error[sample * counts.1 + i] }
          #expect(abs(pull - below[sample * counts.0 + j]) < 1e-9)
        }
      }
    }
  }

  @Test("strict meets the same fixed point from other beliefs, and those that were given count")
  func initialBeliefs() {
    let one = denseCase()
    let system = settle(one, "strict", iterations: 5000, ["mean-over": .integer(12)])
    let zero = settle(one, "strict", iterations: 5000, ["mean-over": .integer(12), "start": .text("zero")])
    for (mine, theirs) in zip(one.gradients(zero), one.gradients(system)) {
      #expect(relativeDifference(mine, theirs) < 1e-9)
    }
    // One iteration: the error kept is prediction minus the belief that was given.
    let arena = Arena()
    let given = [30, 25, 15].map { count -> UnsafePointer<Double> in
      let memory = arena.allocate(12 * count, of: Double.self)
      EpisodeDraws(seed: 3, lane: 0, index: 0).fill(
        memory, purpose: .testing, part: UInt32(count), start: 0, 12 * count, bound: 0.5)
      return UnsafePointer(memory)
    }
    let once = one.system(
      PredictiveCoding<Double>.self, ["mode": .text("strict"), "iterations": .integer(1), "start": .text("zero")])
    once.initialBeliefs = given
    once.present(one.batch, learning: true)
    for k in 0..<3 {
      let connection = one.network.connections[k]
      let input = k == 0 ? one.batch.values : given[k - 1]
      for sample in 0..<12 {
        for i in 0..<connection.kinds {
          var potential = connection.bias![i]
          for j in 0..<connection.fanIn {
            potential += connection.weights[j * connection.kinds + i] * input[sample * connection.fanIn + j]
          }
          let expected = Double.tanh(potential) - given[k][sample * connection.kinds + i]
          #expect(abs(once.predictionErrors(k)[sample * connection.kinds + i] - expected) < 1e-12)
        }
      }
    }
    withExtendedLifetime(arena) {}
  }

  @Test("a smaller share of the loss brings strict nearer to backpropagation; fixed predictions do not feel it")
  func meanOver() {
    let one = denseCase()
    let expected = backpropagation(one)
    func angles(_ samples: Int) -> [Double] {
      let got = one.gradients(settle(one, "strict", iterations: 2000, ["mean-over": .integer(samples)]))
      return (0..<3).map { angle(got[$0], expected[$0]) }
    }
    for (small, large) in zip(angles(1000), angles(1)) { #expect(small < large / 50) }
    let mean = one.gradients(settle(one, "fixed-prediction", ["mean-over": .integer(8)]))
    for (mine, theirs) in zip(mean, one.gradients(settle(one, "fixed-prediction"))) {
      #expect(relativeDifference(mine, theirs) < 1e-12)
    }
  }

  /// Strict with a max-pool: the switches follow the beliefs. The same in plain loops, one sample, one convolution.
  @Test("strict goes through a max-pool by the windows' largest of the potentials that beliefs make")
  func strictThroughPools() {
    let one = RateCase<Double>(
      [
        LayerForm(.convolution(.init(channels: 2, height: 1, width: 1))),
        LayerForm(.convolution(.init(channels: 2, height: 1, width: 1)), pool: .init(.max, window: 2)),
      ], neuron: .tanh, input: SignalShape(height: 2, width: 2, channels: 2), outputs: 3, samples: 1, seed: 4)
    let (c0, c1, c2) = (one.network.connections[0], one.network.connections[1], one.network.connections[2])
    let eta = 0.4
    let x = one.batch.values.first(8)
    func cell(_ c: Connection<Double>, _ input: [Double], _ place: Int) -> [Double] {
      (0..<2).map { i in
        Double.tanh(c.bias![i] + c.weights[i] * input[2 * place] + c.weights[2 + i] * input[2 * place + 1])
      }
    }
    let first = (0..<4).flatMap { cell(c0, x, $0) }
    func second(_ v: [Double]) -> [Double] { (0..<4).flatMap { cell(c1, v, $0) } }
    func largest(_ y: [Double], _ i: Int) -> Int { (0..<4).max { y[2 * $0 + i] < y[2 * $1 + i] }! }
    func pooled(_ y: [Double]) -> [Double] { (0..<2).map { y[2 * largest(y, $0) + $0] } }
    var (v0, v1) = (first, pooled(second(first)))
    var (e0, e1): ([Double], [Double]) = ([], [])
    for _ in 0..<30 {
      let scores = (0..<3).map { c2.bias![$0] + c2.weights[$0] * v1[0] + c2.weights[3 + $0] * v1[1] }
      let total = scores.reduce(0) { $0 + Double.exp($1) }
      let error = (0..<3).map { Double.exp(scores[$0]) / total - ($0 == Int(one.batch.labels[0]) ? 1 : 0) }
      let pull1 = (0..<2).map { j in (0..<3).reduce(0) { $0 + c2.weights[j * 3 + $1] * error[$1] } }
      let y = second(v0)
      e1 = zip(pooled(y), v1).map { $0 - $1 }
      v1 = (0..<2).map { v1[$0] + eta * (e1[$0] - pull1[$0]) }
      var pull0 = [Double](repeating: 0, count: 8)
      for i in 0..<2 {
        let place = largest(y, i)
        let gated = e1[i] * (1 - y[2 * place + i] * y[2 * place + i])
        for j in 0..<2 { pull0[2 * place + j] += c1.weights[j * 2 + i] * gated }
      }
      e0 = zip(first, v0).map { $0 - $1 }
      v0 = (0..<8).map { v0[$0] + eta * (e0[$0] - pull0[$0]) }
    }
    let system = settle(one, "strict", eta: eta, iterations: 30)
    #expect(relativeDifference(system.predictionErrors(0).first(8), e0) < 1e-11)
    #expect(relativeDifference(system.predictionErrors(1).first(2), e1) < 1e-11)
    #expect(relativeDifference(system.beliefs(0).first(8), v0) < 1e-12)
    #expect(relativeDifference(system.signals(1).preActivity.first(8), v0) < 1e-12)
    #expect(relativeDifference(system.signals(2).preActivity.first(2), v1) < 1e-12)
    // Synapses meet the slopes at the beliefs that are left.
    let y = second(v0)
    for i in 0..<2 {
      for place in 0..<4 {
        let slope = 1 - y[2 * place + i] * y[2 * place + i]
        let expected = place == largest(y, i) ? slope * e1[i] : 0
        #expect(abs(system.signals(1).postError[2 * place + i] - expected) < 1e-12)
      }
    }
  }

  @Test("scores and losses are those of the forward pass, learning or not", arguments: ["exact", "strict"])
  func forwardPass(mode: String) {
    let one = denseCase()
    let system = settle(one, mode)
    let (scores, losses, rates) = (system.scores.first(120), system.losses.first(12), system.rates)
    system.present(one.batch, learning: false)
    #expect(system.scores.first(120) == scores)
    #expect(system.losses.first(12) == losses)
    #expect(system.rates == rates)
  }

  private func angle(_ a: [Double], _ b: [Double]) -> Double {
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    return Double.acos(max(-1, min(1, dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()))) * 180 / .pi
  }
}
