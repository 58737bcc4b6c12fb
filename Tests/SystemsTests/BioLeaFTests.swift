import Kernels
import Layers
import Networks
import Pages
import Systems
import TestSupport
import Testing

@Suite("BioLeaF, reconstructed")
struct BioLeaFTests {
  typealias System = BioLeaF<Double>

  private let shape = SignalShape(height: 4, width: 5, channels: 1)

  private func trial(
    quantum: Double, feedback: String = "weights", leak: Double = 0, decay: Double = 0,
    _ layers: [LayerForm] = [.dense(7)]
  ) -> Trial<Double> {
    var parameters = LayeredParameters(layers + [.dense(6)], neuron: .lif)
    parameters.bias = true
    parameters.dense = .glorot(scale: 3)
    parameters.convolution = .uniform(scale: 3)
    parameters.constants.steps = 5
    parameters.constants.leak = leak
    parameters.constants.activityDecay = decay
    let network = Trial<Double>.network(parameters, input: shape, classes: 3)
    let settings = SystemSettings(System.card, ["quantum": .number(quantum), "feedback": .text(feedback)])
    return Trial(network, System(network, settings, capacity: 4))
  }

  private func samples(steps: Int) -> TrialSamples { TrialSamples(count: 4, steps: steps, inputs: 20, classes: 3) }

  private static let convolution = LayerForm.Synapses.convolution(.init(channels: 2, height: 2, width: 2))

  @Test(
    "with graded error cells, symmetric feedback and neurons without memory it is backpropagation, by forward mode to 1e-10",
    arguments: [
      [LayerForm.dense(7)], [LayerForm(convolution, pool: .init(.sum, window: 2, scale: 1.1))],
      [LayerForm(convolution, pool: .init(.max, window: 2))],
    ], [1, 5])
  func memoryless(layers: [LayerForm], steps: Int) {
    let trial = trial(quantum: 0, layers)
    let samples = samples(steps: steps)
    trial.present(samples)
    var twin = SpikingTwin(trial.network)
    twin.lossAt = "spikes"
    for (l, connection) in trial.network.connections.enumerated() {
      let expected = (0..<connection.weightCount).map { number in
        (0..<4).reduce(0.0) {
          let along = SpikingTwin.Direction.weight(connection: l, number: number)
          return $0 + twin.loss(samples.rows($1, steps: 5), label: Int(samples.labels[$1]), along: along).slope
        }
      }
      #expect(relativeDifference(trial.gradient(l).weights, expected) < 1e-10)
      #expect(expected.contains { abs($0) > 1e-3 })
    }
    for k in 0..<4 {
      let loss = twin.loss(samples.rows(k, steps: 5), label: Int(samples.labels[k])).value
      #expect(abs(trial.losses(4)[k] - loss) < 1e-12)
    }
  }

  @Test("neurons with memory get the errors of their own step alone: ψ ∘ Bᵀ of those above")
  func sameStep() {
    let trial = trial(quantum: 0, leak: 0.8, decay: 0.6)
    trial.present(samples(steps: 5))
    for l in 0..<2 {
      let (own, above) = (trial.system.signals(l), trial.system.signals(l + 1))
      let connection = trial.network.connections[l + 1]
      var greatest = 0.0
      for row in 0..<own.rows {
        for j in 0..<connection.fanIn {
          let sum = (0..<connection.kinds).reduce(0.0) {
            $0 + connection.weights[j * connection.kinds + $1] * above.postError[row * connection.kinds + $1]
          }
          let place = row * connection.fanIn + j
          #expect(abs(own.postError[place] - own.postGain![place] * sum) < 1e-12)
          greatest = max(greatest, abs(sum))
        }
      }
      #expect(greatest > 1e-2)
    }
  }

  @Test("an error cell's spikes are whole, and what they have carried lags behind its input by less than one")
  func spikes() {
    let quantum = 0.015625
    let (graded, spiking) = (trial(quantum: 0, leak: 0.8, decay: 0.6), trial(quantum: quantum, leak: 0.8, decay: 0.6))
    for trial in [graded, spiking] { trial.present(samples(steps: 5)) }
    let top = graded.network.connections.count - 1
    let (given, sent) = (graded.system.signals(top), spiking.system.signals(top))
    for k in 0..<4 * 3 {
      var lag = 0.0
      for t in 0..<5 {
        let spikes = sent.postError[t * 12 + k] / quantum
        #expect(spikes == spikes.rounded())
        lag += given.postError[t * 12 + k] - sent.postError[t * 12 + k]
        #expect(abs(lag) < quantum)
      }
    }
    let count = (0..<60).filter { sent.postError[$0] != 0 }.count
    #expect((1..<60).contains(count))
  }

  @Test("as the quantum goes to 0, spiking error cells become graded ones")
  func limit() {
    let graded = trial(quantum: 0, feedback: "random", leak: 0.8, decay: 0.6)
    graded.system.begin(EpisodeDraws(seed: 4, lane: 0, index: 0))
    graded.present(samples(steps: 5))
    let differences = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7].map { quantum in
      let spiking = trial(quantum: quantum, feedback: "random", leak: 0.8, decay: 0.6)
      spiking.system.begin(EpisodeDraws(seed: 4, lane: 0, index: 0))
      spiking.present(samples(steps: 5))
      return relativeDifference(spiking.gradient(0).weights, graded.gradient(0).weights)
    }
    #expect(differences[0] > 1e-2)
    #expect(differences[5] < 1e-4)
    #expect(differences.sorted(by: >) == differences)
  }
}
