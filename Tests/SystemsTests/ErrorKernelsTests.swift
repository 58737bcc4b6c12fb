import Kernels
import Layers
import Networks
import Pages
import RealModule
import Rules
import Systems
import TestSupport
import Testing

@Suite("Error Kernels")
struct ErrorKernelsTests {
  static let convolutions: [LayerForm] = [
    LayerForm(.convolution(.init(channels: 4, height: 3, width: 3, padding: .same))),
    LayerForm(.convolution(.init(channels: 3, height: 3, width: 2))),
  ]

  private func convolutionCase(_ neuron: LayerNeuron, layers: [LayerForm] = convolutions) -> RateCase<Double> {
    RateCase(layers, neuron: neuron, input: SignalShape(height: 8, width: 6, channels: 2), outputs: 5, samples: 6)
  }

  private func denseCase(_ neuron: LayerNeuron) -> RateCase<Double> {
    RateCase([.dense(12), .dense(9)], neuron: neuron, input: SignalShape(14), outputs: 5, samples: 6)
  }

  /// For a small β: `e_l / β → φ′(h) ∘ (Eᵀ e_{l+1})`; with E = W and β's power divided out this is backpropagation.
  @Test("a small beta makes errors those of backpropagation", arguments: [LayerNeuron.tanh, .sigmoid, .softplus])
  func smallBeta(neuron: LayerNeuron) {
    let beta = 1e-4
    for one in [denseCase(neuron), convolutionCase(neuron)] {
      let system = one.system(ErrorKernels<Double>.self, ["beta": .number(beta), "stabilise": .boolean(false)])
      system.present(one.batch, learning: true)
      let random = one.system(
        ErrorKernels<Double>.self,
        ["beta": .number(beta), "stabilise": .boolean(false), "kernels": .text("random")])
      random.present(one.batch, learning: true)
      let exact = one.system(LayerwiseFeedback<Double>.self)
      exact.present(one.batch, learning: true)
      let workspace = LayerWorkspace(one.network)
      // Deeper down β³ leaves few digits of a difference of activities.
      for l in 0..<2 {
        let count = one.batch.count * one.network.connections[l].postShape.count
        let scale = 1 / Double.pow(beta, 2 - l)
        let got = system.signals(l).postError.first(count).map { $0 * scale }
        #expect(relativeDifference(got, exact.signals(l).postError.first(count)) < 1e-3)
        // Random kernels: layer by layer.
        var back = [Double](repeating: 0, count: count)
        one.network.connections[l + 1].back(
          random.signals(l + 1).postError, rows: one.batch.count, through: random.feedback(l + 1)!, into: &back,
          workspace)
        let gated = (0..<count).map { back[$0] * exact.signals(l).postGain![$0] }
        #expect(relativeDifference(random.signals(l).postError.first(count).map { $0 / beta }, gated) < 1e-3)
      }
    }
  }

  @Test("gamma 1 keeps weights minus kernels as they are; transposed kernels stay the weights")
  func gammaOne() throws {
    let rule = try Rule.load(
      text: """
        schema: 1
        rule: error-kernels
        about: Down the error that error kernels deliver; the kernels follow the weights, gamma times as fast.
        coefficients:
          eta: {start: 0.05, range: [1.0e-6, 10], scale: log}
          gamma: {start: 1.0, range: [0, 1], scale: 0.1}
        every: sample
        dw: "- eta * e_post * y_pre"
        db: "- gamma * eta * e_post * y_pre"
        """, file: "error-kernels.yaml")
    for kernels in ["transpose", "random"] {
      for one in [denseCase(.tanh), convolutionCase(.tanh), convolutionCase(.signum)] {
        let system = one.system(ErrorKernels<Double>.self, ["kernels": .text(kernels), "beta": .number(0.3)])
        let change = try RuleChange(rule, one.network, ErrorKernels<Double>.card)
        change.bind([0.05, 1])
        let workspace = LayerWorkspace(one.network)
        func differences() -> [[Double]] {
          (1..<one.network.connections.count).map { l in
            let connection = one.network.connections[l]
            return (0..<connection.weightCount).map { connection.weights[$0] - system.feedback(l)![$0] }
          }
        }
        let (before, start) = (differences(), one.network.connections[1].weights[0])
        for _ in 0..<20 {
          system.present(one.batch, learning: true)
          for (l, connection) in one.network.connections.enumerated() {
            var dw = [Double](repeating: 0, count: connection.weightCount)
            var db = dw
            change.write(l, of: system, to: &dw, bias: nil, workspace)
            if l > 0 { change.writeFeedback(l, of: system, to: &db, workspace) }
            system.condition(&dw, feedback: &db, l)
            for k in dw.indices {
              connection.weights[k] += dw[k]
              if l > 0 { system.feedback(l)![k] += db[k] }
            }
          }
        }
        #expect(abs(one.network.connections[1].weights[0] - start) > 1e-6)
        for (now, then) in zip(differences(), before) {
          #expect(zip(now, then).allSatisfy { abs($0 - $1) < 1e-12 })
          if kernels == "transpose" { #expect(now.allSatisfy { abs($0) < 1e-12 }) }
        }
      }
    }
  }

  /// The whole of a convolutional net with pools, beside plain loops from the equations.
  @Test(
    "targets go down through convolutions and pools", arguments: [LayerNeuron.tanh, .signum, .relu], [true, false])
  func convolutionsAndPools(neuron: LayerNeuron, stabilise: Bool) {
    let one = convolutionCase(
      neuron,
      layers: [
        LayerForm(.convolution(.init(channels: 3, height: 3, width: 3, padding: .same)), pool: .init(.max, window: 2)),
        LayerForm(.convolution(.init(channels: 2, height: 3, width: 3, padding: .same))), .dense(4),
      ])
    let beta = 0.4
    let system = one.system(
      ErrorKernels<Double>.self, ["beta": .number(beta), "stabilise": .boolean(stabilise), "kernels": .text("random")])
    // Strong enough for the divisions to happen.
    for (l, connection) in one.network.connections.enumerated() {
      for k in 0..<connection.weightCount {
        connection.weights[k] *= 3
        system.feedback(l)?[k] *= 6
      }
    }
    system.present(one.batch, learning: true)
    func φ(_ v: Double) -> Double {
      switch neuron {
      case .tanh: Double.tanh(v)
      case .relu: max(v, 0)
      default: v > 0 ? 1 : v < 0 ? -1 : 0
      }
    }
    let samples = one.batch.count
    func potential(_ l: Int) -> [Double] {
      system.signals(l).postPotential!.first(samples * one.network.connections[l].postShape.count)
    }
    func error(_ l: Int) -> [Double] {
      system.signals(l).postError.first(samples * one.network.connections[l].postShape.count)
    }
    // Dense above dense, dense above a convolution.
    for l in [2, 1] {
      let above = one.network.connections[l + 1]
      let (h, e) = (potential(l), error(l + 1))
      let expected = (0..<samples * above.fanIn).map { k in
        let (sample, j) = (k / above.fanIn, k % above.fanIn)
        let back = (0..<above.kinds).reduce(0.0) {
          $0 + system.feedback(l + 1)![j * above.kinds + $1] * e[sample * above.kinds + $1]
        }
        return φ(h[k]) - φ(h[k] - beta * back)
      }
      #expect(relativeDifference(error(l), expected) < 1e-12)
    }
    // Convolution above a pool: 4 × 3 places of 3 channels, up to 8 × 6.
    let e = error(1)
    var back = [Double](repeating: 0, count: samples * 36)
    for sample in 0..<samples {
      for y in 0..<4 {
        for x in 0..<3 {
          for a in 0..<3 where 0..<4 ~= y + a - 1 {
            for b in 0..<3 where 0..<3 ~= x + b - 1 {
              for i in 0..<3 {
                for o in 0..<2 {
                  back[sample * 36 + ((y + a - 1) * 3 + x + b - 1) * 3 + i] +=
                    system.feedback(1)![((a * 3 + b) * 3 + i) * 2 + o] * e[sample * 24 + (y * 3 + x) * 2 + o]
                }
              }
            }
          }
        }
      }
    }
    let largest = max(1, back.max()!)
    #expect(largest > 1 || neuron == .relu)
    let h = potential(0)
    var target = [Double](repeating: 0, count: samples * 36)
    for k in target.indices {
      let (sample, place, i) = (k / 36, k % 36 / 3, k % 3)
      let (y, x) = (place / 3, place % 3)
      let window = [(0, 0), (0, 1), (1, 0), (1, 1)].map { h[sample * 144 + ((2 * y + $0) * 6 + 2 * x + $1) * 3 + i] }
      target[k] = window.max()! - beta * back[k] / (stabilise ? largest : 1)
    }
    let expected = (0..<samples * 144).map { k -> Double in
      let (sample, place, i) = (k / 144, k % 144 / 3, k % 3)
      // Half-pixel centres: three quarters of the own window, one of its neighbour on that side, clamped at the edge.
      func shares(_ place: Int, _ count: Int) -> [(Int, Double)] {
        let other = place / 2 + (place % 2 == 0 ? -1 : 1)
        return [(place / 2, 0.75), (min(max(other, 0), count - 1), 0.25)]
      }
      var t = 0.0
      for (y, share) in shares(place / 6, 4) {
        for (x, other) in shares(place % 6, 3) { t += share * other * target[sample * 36 + (y * 3 + x) * 3 + i] }
      }
      return φ(h[k]) - φ(t)
    }
    #expect(relativeDifference(error(0), expected) < 1e-12)
  }

  @Test("with the error sampled up, no error comes from a pool where none comes from above")
  func unpool() {
    let one = convolutionCase(
      .tanh, layers: [LayerForm(.convolution(.init(channels: 3, height: 3, width: 3)), pool: .init(.max, window: 2))])
    let count = one.batch.count * one.network.connections[0].postShape.count
    func errors(_ unpool: String, readout: Double) -> [Double] {
      let system = one.system(ErrorKernels<Double>.self, ["unpool": .text(unpool), "beta": .number(0.5)])
      for k in 0..<one.network.connections[1].weightCount { system.feedback(1)![k] *= readout }
      system.present(one.batch, learning: true)
      return system.signals(0).postError.first(count)
    }
    #expect(errors("error", readout: 0).allSatisfy { $0 == 0 })
    #expect(errors("target", readout: 0).contains { abs($0) > 1e-3 })
    let system = one.system(ErrorKernels<Double>.self, ["unpool": .text("error"), "beta": .number(0.5)])
    system.present(one.batch, learning: true)
    let (signals, pool) = (system.signals(0), one.network.pools[0]!)
    var back = [Double](repeating: 0, count: one.batch.count * pool.postShape.count)
    var up = [Double](repeating: 0, count: count)
    one.network.connections[1].back(
      system.signals(1).postError, rows: one.batch.count, through: system.feedback(1)!, into: &back,
      LayerWorkspace(one.network))
    pool.sampleUp(back, rows: one.batch.count, into: &up)
    for k in 0..<count {
      let h = signals.postPotential![k]
      #expect(abs(signals.postError[k] - (Double.tanh(h) - Double.tanh(h - 0.5 * up[k]))) < 1e-12)
    }
  }

  @Test("the sign learns although it has no derivative, and only where a target crosses 0")
  func signum() {
    let one = denseCase(.signum)
    let system = one.system(ErrorKernels<Double>.self, ["beta": .number(0.9)])
    system.present(one.batch, learning: true)
    var crossings = 0
    for l in 0..<2 {
      let signals = system.signals(l)
      for k in 0..<one.batch.count * one.network.connections[l].kinds {
        let crosses = (signals.postPotential![k] > 0) != (system.targetPotentials(l)[k] > 0)
        #expect(signals.postError[k] == (crosses ? 2 * signals.postActivity![k] : 0))
        crossings += crosses ? 1 : 0
      }
    }
    #expect(crossings > 0)
  }

  @Test("average and sum pools are refused with both names")
  func pools() {
    let parameters = LayeredParameters(
      [LayerForm(.convolution(.init(channels: 2, height: 3, width: 3)), pool: .init(.average, window: 2))],
      neuron: .tanh)
    #expect(
      ErrorKernels<Double>.card.refusal(of: parameters)
        == "credit pathway error-kernels does not go through average-pool layers; "
        + "it goes through dense, convolution, max-pool")
  }
}
