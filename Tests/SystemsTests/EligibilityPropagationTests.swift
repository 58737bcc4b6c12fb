import Kernels
import Layers
import Networks
import RealModule
import Systems
import TestSupport
import Testing

@Suite("e-prop")
struct EligibilityPropagationTests {
  typealias System = EligibilityPropagation<Double>
  typealias Reference = BackpropagationThroughTime<Double>

  /// The network of a test, and the samples it meets.
  private func network(
    _ layers: [LayerForm], reset: NetworkParameters.Reset, synapseDecay: Double? = nil, input: SignalShape
  ) -> LayeredNetwork<Double> {
    var parameters = LayeredParameters(layers, neuron: .lif)
    parameters.bias = true
    parameters.dense = .glorot(scale: 3)
    parameters.convolution = .uniform(scale: 3)
    parameters.constants.steps = 8
    parameters.constants.leak = 0.85
    parameters.constants.reset = reset
    parameters.constants.synapseDecay = synapseDecay
    return Trial<Double>.network(parameters, input: input, classes: 3)
  }

  private func trials(
    _ network: LayeredNetwork<Double>, lossAt: String, feedback: String = "weights"
  ) -> (found: Trial<Double>, reference: Trial<Double>) {
    (
      Trial(
        network,
        System(
          network, SystemSettings(System.card, ["feedback": .text(feedback), "loss_at": .text(lossAt)]), capacity: 4)),
      Trial(
        network, Reference(network, SystemSettings(Reference.card, ["loss_at": .text(lossAt)]), capacity: 4))
    )
  }

  @Test(
    "with one hidden layer, symmetric feedback and no reset to zero, it is the gradient through time, to 1e-10",
    arguments: ["every-step", "last-step"], [NetworkParameters.Reset.subtract, .none])
  func oneLayer(lossAt: String, reset: NetworkParameters.Reset) {
    let shape = SignalShape(height: 4, width: 5, channels: 1)
    let convolution = LayerForm.Synapses.convolution(.init(channels: 3, height: 2, width: 2))
    for (layers, steps, synapseDecay) in [
      ([LayerForm.dense(6)], 8, nil), ([.dense(6)], 1, 0.6), ([.dense(6)], 8, 0.6),
      ([LayerForm(convolution, pool: .init(.average, window: 2))], 8, nil),
      ([LayerForm(convolution, pool: .init(.max, window: 2))], 1, nil),
    ] as [([LayerForm], Int, Double?)] {
      let (found, reference) = trials(
        network(layers, reset: reset, synapseDecay: synapseDecay, input: shape), lossAt: lossAt)
      let samples = TrialSamples(count: 4, steps: steps, inputs: shape.count, classes: 3)
      found.present(samples)
      reference.present(samples)
      #expect(found.losses(4) == reference.losses(4))
      for l in 0..<2 {
        let expected = reference.gradient(l).weights
        #expect(relativeDifference(found.gradient(l).weights, expected) < 1e-10)
        #expect(relativeDifference(found.gradient(l).biases, reference.gradient(l).biases) < 1e-10)
        #expect(relativeDifference(found.products(found.system.signals(l), l).weights, expected) < 1e-10)
        #expect(expected.contains { abs($0) > 1e-3 })
      }
    }
  }

  @Test("below a second hidden layer, and after resets to zero, it is another direction, within 90 degrees here")
  func elsewhere() {
    let shape = SignalShape(12)
    for (layers, reset) in [([LayerForm.dense(10), .dense(9)], NetworkParameters.Reset.none), ([.dense(10)], .zero)] {
      let (found, reference) = trials(network(layers, reset: reset, input: shape), lossAt: "every-step")
      let samples = TrialSamples(count: 4, steps: 8, inputs: 12, classes: 3)
      found.present(samples)
      reference.present(samples)
      let (x, y) = (found.gradient(0).weights, reference.gradient(0).weights)
      #expect(relativeDifference(x, y) > 1e-3)
      #expect(zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } > 0)
      let top = layers.count
      #expect(relativeDifference(found.gradient(top).weights, reference.gradient(top).weights) < 1e-10)
    }
  }

  @Test(
    "the sums are those of the paper's online form, an eligibility trace for every synapse, to 1e-10",
    arguments: ["readout", "none"], NetworkParameters.Reset.allCases)
  func online(filter: String, reset: NetworkParameters.Reset) {
    let network = network([.dense(6), .dense(5)], reset: reset, input: SignalShape(7))
    let samples = TrialSamples(count: 4, steps: 8, inputs: 7, classes: 3)
    let system = System(network, SystemSettings(System.card, ["filter": .text(filter)]), capacity: 4)
    let trial = Trial(network, system)
    let draws = EpisodeDraws(seed: 11, lane: 0, index: 0)
    system.begin(draws)
    trial.present(samples)
    let feedback = DirectFeedback(network)
    feedback.begin(draws)
    let constants = network.parameters.constants
    let readout = system.signals(2)
    for l in 0..<2 {
      let (pre, post) = (network.shapes[l].count, network.shapes[l + 1].count)
      let signals = system.signals(l)
      let carried = l == 0 ? nil : system.signals(0).postSpikes
      var expected = [Double](repeating: 0, count: pre * post)
      for k in 0..<4 {
        var trace = [Double](repeating: 0, count: pre)
        var eligibility = expected.map { _ in 0.0 }
        for t in 0..<8 {
          let row = t * 4 + k
          // What the readout's leak makes of a constant 1.
          let growth = 1 - Double.pow(constants.readoutLeak, Double(t + 1))
          for j in 0..<pre {
            let x = carried.map { $0[row * pre + j] } ?? samples.rows(k, steps: 8)[t][j]
            trace[j] = constants.leak * trace[j] + x
          }
          for i in 0..<post {
            let signal = (0..<3).reduce(0.0) {
              $0 + feedback.matrix(l)[i * 3 + $1] * readout.postError[row * 3 + $1] / growth
            }
            for j in 0..<pre {
              let now = signals.postGain![row * post + i] * trace[j]
              let kept = filter == "readout" ? constants.readoutLeak : 0
              eligibility[j * post + i] = kept * eligibility[j * post + i] + (1 - kept) * now
              expected[j * post + i] += signal * eligibility[j * post + i]
            }
          }
        }
      }
      #expect(relativeDifference(trial.gradient(l).weights, expected) < 1e-10)
    }
  }
}
