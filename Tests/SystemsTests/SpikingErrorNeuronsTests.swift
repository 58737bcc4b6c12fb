import Arithmetic
import CAllocations
import Kernels
import Layers
import Networks
import Pages
import Systems
import TestSupport
import Testing

/// Spiking error neurons by their definition, and what is published of them.
@Suite("Spiking Error Neurons")
struct SpikingErrorNeuronsTests {
  static let forms: [(feedback: String, gate: String)] = [
    ("symmetric", "on"), ("symmetric", "off"), ("random", "on"), ("random", "off"), ("direct", "published"),
  ]

  @Test(
    "counts of spikes and their changes are those of the definition", arguments: [false, true],
    1...4 as ClosedRange<UInt64>)
  func definitionBySteps(perInput: Bool, seed: UInt64) {
    let trial = SpikingErrorTrial<Double>(settings: ["code": .text(perInput ? "per-input" : "shared")], seed: seed)
    trial.present()
    let expected = definition(of: trial, perInput: perInput)
    #expect(trial.inputCounts == expected.inputs)
    for l in 0..<3 {
      #expect(trial.errors(l) == expected.errors[l])
      #expect(expected.errors[l].contains { $0 != 0 })
    }
    for k in 0..<trial.samples {
      let target = (0..<5).map { $0 == Int(trial.labels[k]) ? 1.0 : 0 }
      let loss = (0..<5).reduce(0) { sum, c in
        let difference = trial.scores[k * 5 + c] / 19 - target[c]
        return sum + difference * difference / 2
      }
      #expect(abs(trial.losses[k] - loss) < 1e-13)
    }
    let spikes = trial.counts(1).reduce(0, +)
    #expect(abs(trial.system.rates[1] - spikes / Double(trial.samples * 15 * 19)) < 1e-15 && spikes > 0)
  }

  @Test("a convolution whose kernels see everything is a dense layer, biases included")
  func convolution() {
    let kernel = LayerForm.Kernel(channels: 20, height: 4, width: 4)
    let grid = SignalShape(height: 4, width: 4, channels: 1)
    let bias: [Double] = (0..<20).map { 0.05 * Double($0 % 5) - 0.1 }
    for feedback in ["symmetric", "random", "direct"] {
      let trials = [LayerForm(.convolution(kernel)), .dense(20)].map {
        SpikingErrorTrial<Double>([$0, .dense(7)], input: grid, bias: true, settings: ["feedback": .text(feedback)])
      }
      for trial in trials {
        trial.network.connections[0].bias!.update(from: bias, count: 20)
        trial.present()
      }
      for l in 0..<3 {
        #expect(trials[0].errors(l) == trials[1].errors(l))
        #expect(trials[0].counts(l) == trials[1].counts(l))
      }
      #expect(trials[0].inputCounts == trials[1].inputCounts)
      #expect(trials[0].errors(0).contains { $0 != 0 })
    }
  }

  @Test("errors go through convolutions with stride and zeros around")
  func stridedConvolution() {
    let kernel = LayerForm.Kernel(channels: 3, height: 3, width: 2, stride: 2, padding: .zeros(1))
    let trial = SpikingErrorTrial<Double>(
      [LayerForm(.convolution(kernel)), LayerForm(.convolution(kernel))],
      input: SignalShape(height: 8, width: 7, channels: 2))
    // 2 · 6 inputs; 3 hidden layers' worth of thresholds above; 3 · 6 error neurons reach one.
    #expect(abs(trial.system.thresholds(0).forward - 6 / 2 * 0.5 / 3) < 1e-12)
    #expect(abs(trial.system.thresholds(0).error - 18 * Double(1.0 / 6).squareRoot() / 2 * 0.5 / 2) < 1e-12)
    let trains = trial.trains()
    #expect(trains.errors[0].contains { $0 != 0 } && trial.errors(0).contains { $0 != 0 })
  }

  @Test("thresholds grow with what a neuron sees")
  func thresholds() {
    func check(_ hidden: [Int], _ feedback: String, forward: [Double], error: [Double]) {
      let trial = SpikingErrorTrial<Double>(
        hidden.map { .dense($0) }, input: SignalShape(784), classes: 10, samples: 1, steps: 100,
        settings: ["feedback": .text(feedback)])
      for l in 0...hidden.count {
        #expect(abs(trial.system.thresholds(l).forward - forward[l]) < 1e-12)
        #expect(abs(trial.system.thresholds(l).error - error[l]) < 1e-12)
      }
    }
    // √(3 · 784) / 2 = 14√3, √300 / 2 = 5√3.
    let (root, ofThirty) = (Double(3).squareRoot(), Double(30).squareRoot())
    check([100], "symmetric", forward: [3.5 * root, 0.5 * root], error: [10 * root / 80, 3])
    check([100], "random", forward: [3.5 * root, 0.5 * root], error: [ofThirty / 8, 3])
    check(
      [100, 25], "direct", forward: [14 * root / 6, 5 * root / 4, 2.5 * root * 0.1],
      error: [ofThirty / 8, ofThirty / 12, 3])
  }

  @Test(
    "no error before phase 2: phase 1 is the pass without learning, bit for bit, whatever the class",
    arguments: forms.indices)
  func noLeak(form: Int) {
    let (feedback, gate) = Self.forms[form]
    let settings: [String: PageValue.Content] = ["feedback": .text(feedback), "gate": .text(gate)]
    for seed in 1...5 as ClosedRange<UInt64> {
      let trial = SpikingErrorTrial<Float>(settings: settings, seed: seed)
      trial.present(learning: false)
      let (alone, losses) = ((0..<3).map { trial.counts($0) }, trial.losses)
      let trains = trial.trains()
      #expect((0..<3).map { trial.counts($0) } == alone && trial.losses == losses)
      let off = SpikingErrorTrial<Float>(settings: settings.merging(["injection": .number(0)]) { $1 }, seed: seed)
      off.labels = off.labels.map { ($0 + 1) % 5 }
      let quiet = off.trains()
      var differs = false
      for l in 0..<3 {
        // The first error spike may come at step τ+1, and act at τ+3.
        let size = trial.samples * trial.network.connections[l].postShape.count
        #expect(trains.spikes[l].prefix(22 * size) == quiet.spikes[l].prefix(22 * size))
        #expect(trains.errors[l].prefix(20 * size).allSatisfy { $0 == 0 })
        differs = differs || trains.spikes[l] != quiet.spikes[l]
      }
      #expect(differs)
    }
  }

  @Test("pairs of error neurons without signs spike as those with signs do", arguments: forms.indices)
  func twoChannels(form: Int) {
    let (feedback, gate) = Self.forms[form]
    var errorSpikes = 0.0
    for seed in 1...30 as ClosedRange<UInt64> {
      let trains = ["signed", "two-channel"].map { form in
        SpikingErrorTrial<Double>(
          samples: 3,
          settings: ["feedback": .text(feedback), "gate": .text(gate), "form": .text(form)], seed: seed
        ).trains()
      }
      #expect(trains[0].spikes == trains[1].spikes && trains[0].errors == trains[1].errors)
      errorSpikes += trains[0].errors[0].reduce(0) { $0 + abs($1) }
    }
    #expect(errorSpikes > 100)
  }

  @Test("many steps at a time, one by one, and parts of a batch give the same bits")
  func parts() {
    for (layers, code) in [([LayerForm.dense(20), .dense(15)], "shared"), ([.dense(20)], "per-input")] {
      let trial = SpikingErrorTrial<Float>(layers, samples: 10, settings: ["code": .text(code)])
      trial.present()
      let whole = trial.network.connections.indices.map { trial.errors($0) }
      let counts = trial.inputCounts
      _ = trial.trains()
      #expect(trial.network.connections.indices.map { trial.errors($0) } == whole)
      for part in [0..<4, 4..<10] {
        trial.present(part)
        for (l, connection) in trial.network.connections.enumerated() {
          let width = connection.postShape.count
          #expect(
            Array(trial.errors(l).prefix(part.count * width))
              == Array(whole[l][part.lowerBound * width..<part.upperBound * width]))
        }
        #expect(
          Array(trial.inputCounts.prefix(part.count * 16))
            == Array(counts[part.lowerBound * 16..<part.upperBound * 16]))
      }
      trial.present(number: 2)
      #expect(trial.inputCounts != counts)
    }
  }

  @Test("a silent readout: every third wrong step an injection, every injection a spike, ties included")
  func silentReadout() {
    let trial = SpikingErrorTrial<Float>([], samples: 4)
    trial.network.connections[0].weights.update(repeating: 0, count: 80)
    let trains = trial.trains()
    for k in 0..<4 {
      for c in 0..<5 {
        let steps = (0..<40).filter { trains.spikes[0][($0 * 4 + k) * 5 + c] > 0 }
        // Error spikes at 22, 26, …: the spike of step 24 spares the third.
        #expect(steps == (c == Int(trial.labels[k]) ? [24, 28, 32, 36] : []))
        #expect(trial.errors(0)[k * 5 + c] == (c == Int(trial.labels[k]) ? Double(Float(-4) / 19) : 0))
      }
    }
  }

  @Test("a neuron that was silent in phase 1 passes no error when gated, and passes them when not")
  func gate() {
    for gate in ["on", "off"] {
      let trial = SpikingErrorTrial<Double>(settings: ["gate": .text(gate)], seed: 3)
      let trains = trial.trains()
      var ofSilent = 0.0
      for l in 0..<2 {
        let size = trial.samples * trial.network.connections[l].postShape.count
        for i in 0..<size where (0..<19).allSatisfy({ trains.spikes[l][$0 * size + i] == 0 }) {
          #expect(trial.system.signals(l).postGain![i] == (gate == "on" ? 0 : 1))
          for step in 0..<40 { ofSilent += abs(trains.errors[l][step * size + i]) }
        }
      }
      #expect((ofSilent == 0) == (gate == "on"))
    }
  }

  @Test("presenting allocates nothing", arguments: ["signed", "two-channel"], ["shared", "per-input"])
  func allocations(form: String, code: String) {
    let trial = SpikingErrorTrial<Float>(settings: ["form": .text(form), "code": .text(code)])
    trial.present()
    let before = allocations_of_this_thread()
    for number in 0..<20 { trial.present(number: UInt32(number)) }
    #expect(allocations_of_this_thread() == before)
  }

  @Test("neurons and pools that it does not know are refused by name, and windows without two halves")
  func refusals() {
    let card = SpikingErrorNeurons<Float>.card
    #expect(card.refusal(of: LayeredParameters([.dense(3)], neuron: .integrateAndFire)) == nil)
    #expect(card.refusal(of: LayeredParameters([.dense(3)], neuron: .lif))!.contains("lif"))
    let pooled = LayerForm(.convolution(.init(channels: 2, height: 3, width: 3)), pool: .init(.max, window: 2))
    #expect(card.refusal(of: LayeredParameters([pooled], neuron: .integrateAndFire))!.contains("max-pool"))
    for steps in [4, 5, 7, 99] {
      var parameters = LayeredParameters([.dense(3)], neuron: .integrateAndFire)
      parameters.constants.steps = steps
      #expect(card.refusal(of: parameters)!.contains("emstdp needs an even number of steps"))
    }
  }
}
