import Kernels
import Layers
import Networks
import Pages
import Systems
import TestSupport
import Testing

@Suite("Microcircuit")
struct MicrocircuitTests {
  private static let forms: [LayerForm] = [.dense(19), .dense(8)]

  private static func net(_ settings: [String: PageValue.Content] = [:], seed: Int = 0) -> TraceNet<Double> {
    let net = TraceNet<Double>(
      "microcircuit", layers: forms, input: SignalShape(6), classes: 4, steps: 5, settings: settings)
    net.present(Array(net.random(7 * 6 + seed, bound: 3).suffix(7 * 6)), steps: 1, labels: [1, 2, 0, 3, 1, 1, 2])
    return net
  }

  @Test(
    "apical currents of excitatory and inhibitory paths from non-negative cells are (M ∘ sgn W)ᵀ e",
    arguments: ["fixed-sign", "uniform-sign", "weights"], ["follow", "dale"])
  func algebra(feedback: String, signs: String) throws {
    for seed in 0..<5 {
      let net = Self.net(["feedback": .text(feedback), "signs": .text(signs)], seed: seed)
      let circuit = try #require(net.system as? MicrocircuitSCFA<Double>)
      for l in 1...2 {
        let (above, below) = (net.network.connections[l], circuit.signals(l - 1))
        let (post, pre) = (above.kinds, above.fanIn)
        let errors = circuit.signals(l).postError
        let (positive, negative) = circuit.errorCells(l)
        let signed = circuit.feedbackMatrix(l)
        let strengths = (0..<above.weightCount).map { abs(signed[$0]) }
        #expect(strengths.contains { $0 > 0 })
        for k in 0..<above.weightCount where strengths[k] > 0 { #expect((signed[k] > 0) == (above.weights[k] > 0)) }
        var (got, expected): ([Double], [Double]) = ([], [])
        for row in 0..<below.rows {
          for i in 0..<post {
            #expect(positive[row * post + i] >= 0 && negative[row * post + i] >= 0)
            #expect(positive[row * post + i] * negative[row * post + i] == 0)
            #expect(positive[row * post + i] - negative[row * post + i] == errors[row * post + i])
          }
          for j in 0..<pre {
            // Four sums of products of numbers that are not negative: polarity of the path times kind of the cell.
            var (excited, inhibited) = (0.0, 0.0)
            for i in 0..<post {
              let strength = strengths[j * post + i]
              let isExcitatory = above.weights[j * post + i] > 0
              excited += strength * (isExcitatory ? positive[row * post + i] : negative[row * post + i])
              inhibited += strength * (isExcitatory ? negative[row * post + i] : positive[row * post + i])
            }
            let u = below.postPotential![row * pre + j]
            let x = min(8, max(-8, (1 - u) / 0.2))
            let gate = Double.exp(x) / (0.2 * (1 + Double.exp(x)) * (1 + Double.exp(x)))
            expected.append((excited - inhibited) * gate)
            got.append(below.postError[row * pre + j])
          }
        }
        #expect(got.contains { $0 != 0 })
        #expect(relativeDifference(got, expected) < 1e-12)
      }
    }
  }

  @Test("its errors are those of fixed-sign feedback alignment through the times of spikes, bit for bit")
  func signConcordant() {
    for seed in 0..<5 {
      let circuit = Self.net(["temporal": .text("tssl")], seed: seed)
      let alignment = TraceNet<Double>(
        layers: Self.forms, input: SignalShape(6), classes: 4, steps: 5,
        settings: ["feedback": .text("fixed-sign"), "loss": .text("kernel-once")])
      alignment.present(
        Array(alignment.random(7 * 6 + seed, bound: 3).suffix(7 * 6)), steps: 1, labels: [1, 2, 0, 3, 1, 1, 2])
      for l in 0...2 {
        #expect(circuit.gradient(l) == alignment.gradient(l))
        #expect(circuit.gradient(l).contains { $0 != 0 })
      }
    }
  }

  @Test("what a synapse learns by is its cell's potential and apical current and the trace that arrives, nothing else")
  func locality() {
    // The gate takes what stands at one place of either argument: other places may hold anything.
    let n = 37
    let draws = EpisodeDraws(seed: 3, lane: 0, index: 0)
    let arena = Arena()
    let (apical, potential) = (arena.allocate(n, of: Double.self), arena.allocate(n, of: Double.self))
    func error(_ kind: PotentialGate, changing place: Int?) -> [Double] {
      draws.fill(apical, purpose: .testing, part: 0, start: 0, n, bound: 1)
      draws.fill(potential, purpose: .testing, part: 1, start: 0, n, bound: 2)
      if let place {
        apical[place] = .nan
        potential[place] = .infinity
      }
      Double.gate(n, kind: kind, apical, potential: UnsafePointer(potential), threshold: 1, width: 0.5)
      return (0..<n).map { apical[$0] }
    }
    for kind in [PotentialGate.logistic, .nearThreshold] {
      let plain = error(kind, changing: nil)
      for place in [0, 16, 36] {
        let changed = error(kind, changing: place)
        for i in 0..<n where i != place { #expect(changed[i] == plain[i]) }
      }
    }
  }

  @Test("near the threshold the gate is 1, beyond its width 0")
  func nearThreshold() {
    let arena = Arena()
    let (x, u) = (arena.allocate(5, of: Float.self), arena.allocate(5, of: Float.self))
    for (k, value) in [0.0, 0.5, 1, 1.5, 1.75].enumerated() { (x[k], u[k]) = (2, Float(value)) }
    Float.gate(5, kind: .nearThreshold, x, potential: UnsafePointer(u), threshold: 1, width: 0.5)
    #expect((0..<5).map { x[$0] } == [0, 2, 2, 2, 0])
  }

  @Test("apical currents do not reach the soma: the forward pass is TSSL-BP's")
  func forwardPass() {
    let circuit = Self.net()
    let other = TraceNet<Double>(layers: Self.forms, input: SignalShape(6), classes: 4, steps: 5)
    other.present(other.random(7 * 6, bound: 3), steps: 1, labels: [1, 2, 0, 3, 1, 1, 2])
    #expect(circuit.system.rates == other.system.rates)
    for k in 0..<7 * 4 { #expect(circuit.system.scores[k] == other.system.scores[k]) }
  }

  @Test("strict Dale: the sides of weights are shown, a weight at the 0 of its side keeps its feedback")
  func dale() throws {
    let net = Self.net(["signs": .text("dale")])
    let circuit = try #require(net.system as? MicrocircuitSCFA<Double>)
    let connection = net.network.connections[1]
    for k in 0..<connection.weightCount {
      #expect(circuit.signs(1)![k] == (connection.weights[k] > 0 ? 1 : -1))
    }
    let k = (0..<connection.weightCount).first { connection.weights[$0] < 0 }!
    let before = circuit.feedbackMatrix(1)[k]
    connection.weights[k] = -0.0
    net.present(net.random(7 * 6, bound: 3), steps: 1, labels: [1, 2, 0, 3, 1, 1, 2])
    #expect(circuit.signs(1)![k] == -1)
    #expect(before < 0 && circuit.feedbackMatrix(1)[k] == before)
    let follows = Self.net()
    #expect(follows.system.signs(1) == nil)
    follows.network.connections[1].weights[k] *= -1
    follows.present(follows.random(7 * 6, bound: 3), steps: 1, labels: [1, 2, 0, 3, 1, 1, 2])
    #expect((follows.system as? MicrocircuitSCFA<Double>)!.feedbackMatrix(1)[k] == -before)
  }

  @Test("plastic feedback begins as fixed feedback does, moves where a rule moves it, and is clipped at 0")
  func plastic() throws {
    let fixed = Self.net()
    let net = Self.net(["plastic": .boolean(true)])
    for l in 0...2 { #expect(net.gradient(l) == fixed.gradient(l)) }
    #expect(fixed.system.feedback(1) == nil)
    #expect(net.system.feedback(0) == nil)
    let strengths = try #require(net.system.feedback(1))
    let weights = net.network.connections[1].weights
    // One grows, one is pushed across 0.
    let (moved, crossed) = (strengths[0] * 1.5, -strengths[1])
    strengths[0] = moved
    strengths[1] = crossed
    net.present(net.random(7 * 6, bound: 3), steps: 1, labels: [1, 2, 0, 3, 1, 1, 2])
    #expect(strengths[0] == moved)
    #expect(strengths[1] == 0)
    for k in 0..<net.network.connections[1].weightCount { #expect(strengths[k] * weights[k] >= 0) }
    #expect(net.gradient(0) != fixed.gradient(0))
  }

  @Test("presenting asks for no memory")
  func allocations() {
    let net = TraceNet<Float>(
      "microcircuit", layers: Self.forms, input: SignalShape(6), classes: 4, steps: 5,
      settings: ["signs": .text("dale")])
    let values = net.random(5 * 6, bound: 3)
    net.present(values, steps: 1, labels: [0, 1, 2, 3, 0])
    #expect(net.allocations(values, steps: 1, labels: [0, 1, 2, 3, 0]) == 0)
  }
}
