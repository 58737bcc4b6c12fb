import CAllocations
import Kernels
import Layers
import Networks
import Pages
import Systems
import TestSupport
import Testing

/// What every system of the catalogue has to keep, for every neuron and layer that its card knows.
@Suite("Every learning system")
struct CatalogueTests {
  /// A system beside neurons and layers that it knows.
  struct Pair: Sendable, CustomTestStringConvertible {
    var system: String
    var neuron: LayerNeuron
    var feature: LayerFeature

    var testDescription: String { "\(system) × \(neuron.rawValue) × \(feature.rawValue)" }

    static let known = systemCards.flatMap { card in
      card.neurons.flatMap { neuron in
        LayerFeature.allCases.filter { card.layers.contains($0) }.map {
          Pair(system: card.name, neuron: neuron, feature: $0)
        }
      }
    }

    var parameters: LayeredParameters {
      let convolution = LayerForm.Synapses.convolution(.init(channels: 3, height: 3, width: 3, padding: .same))
      let layers: [LayerForm]
      switch feature {
      case .dense: layers = [.dense(9), .dense(8)]
      case .convolution: layers = [LayerForm(convolution), .dense(8)]
      case .sumPool: layers = [LayerForm(convolution, pool: .init(.sum, window: 2, scale: 1.1)), .dense(8)]
      case .maxPool: layers = [LayerForm(convolution, pool: .init(.max, window: 2)), .dense(8)]
      case .averagePool: layers = [LayerForm(convolution, pool: .init(.average, window: 2)), .dense(8)]
      }
      var parameters = LayeredParameters(layers, neuron: neuron)
      // Error neurons begin to speak in the second half of their window.
      parameters.constants.steps = system == "emstdp" ? 40 : 6
      parameters.dense = .glorot(scale: neuron.spikes ? 3 : 1)
      parameters.convolution = .uniform(scale: neuron.spikes ? 3 : 1)
      return parameters
    }

    func network<Scalar: KernelScalar>(_ type: Scalar.Type, bias: Bool = false) -> LayeredNetwork<Scalar> {
      var parameters = parameters
      parameters.bias = bias
      return Trial<Scalar>.network(parameters, input: SignalShape(height: 4, width: 5, channels: 1), classes: 4)
    }

    func trial<Scalar: KernelScalar>(
      _ network: LayeredNetwork<Scalar>, _ chosen: [String: PageValue.Content] = [:], capacity: Int = 10,
      seed: UInt64 = 7
    ) -> Trial<Scalar> {
      let entry = systemCatalogue(Scalar.self).first { $0.card.name == system }!
      let made = entry.make(network, SystemSettings(entry.card, chosen), capacity)
      made.begin(EpisodeDraws(seed: seed, lane: 0, index: 1))
      return Trial(network, made)
    }
  }

  private let samples = TrialSamples(count: 10, inputs: 20, classes: 4)

  private func areFinite<Scalar: BinaryFloatingPoint>(_ numbers: [Scalar]) -> Bool {
    numbers.allSatisfy { $0.isFinite }
  }

  /// Everything that learning sees, in the bits of each number.
  private func shown<Scalar: KernelScalar>(_ trial: Trial<Scalar>, samples range: Range<Int>, of count: Int)
    -> [[Scalar]]
  {
    trial.network.connections.indices.flatMap { l in
      let signals = trial.system.signals(l)
      let connection = trial.network.connections[l]
      func rows(_ vector: UnsafePointer<Scalar>, _ columns: Int) -> [Scalar] {
        (0..<signals.steps).flatMap { t in
          range.flatMap { k in (0..<columns).map { vector[(t * count + k) * columns + $0] } }
        }
      }
      return [
        rows(signals.preActivity, connection.preShape.count), rows(signals.postError, connection.postShape.count),
      ]
    }
  }

  @Test("names are its own, and its rule, sources and settings are stated")
  func cards() {
    #expect(Set(systemCards.map(\.name)).count == systemCards.count)
    for card in systemCards {
      #expect(!card.about.isEmpty && !card.source.isEmpty && !card.rule.isEmpty)
      #expect(!card.neurons.isEmpty && card.layers.contains(.dense))
      for key in card.settings.keys { #expect(key.standard != nil && !key.doc.isEmpty, "\(card.name) \(key.name)") }
    }
  }

  @Test("learns a batch with finite numbers, and shows what its card offers", arguments: Pair.known)
  func learns(pair: Pair) {
    let network = pair.network(Float.self)
    let trial = pair.trial(network)
    let card = systemCards.first { $0.name == pair.system }!
    trial.present(samples)
    #expect(areFinite(trial.losses(10)) && trial.losses(10).min()! >= 0)
    #expect(areFinite(trial.scores(10)))
    #expect(trial.system.rates.count == network.hiddenCounts.count && areFinite(trial.system.rates))
    if pair.neuron.spikes { #expect(trial.system.rates.allSatisfy { (0...1).contains($0) }) }
    var products: [[Double]] = []
    for (l, connection) in network.connections.enumerated() {
      let signals = trial.system.signals(l)
      #expect(signals.rows == signals.steps * 10)
      func check(_ quantity: String, _ vector: UnsafePointer<Float>?, _ count: Int) {
        guard let vector else { return }
        let isFinite = Float.allFinite(vector, signals.rows * count)
        #expect(isFinite, "\(quantity) of \(l)")
      }
      check("y_pre", signals.preActivity, connection.preShape.count)
      check("e_post", signals.postError, connection.postShape.count)
      check("y_post", signals.postActivity, connection.postShape.count)
      check("v_post", signals.postPotential, connection.postShape.count)
      check("psi_post", signals.postGain, connection.postShape.count)
      check("s_post", signals.postSpikes, connection.postShape.count)
      if l + 1 < network.connections.count {
        #expect((signals.postActivity != nil) == card.offers.contains(.yPost))
        #expect((signals.postPotential != nil) == card.offers.contains(.vPost))
        #expect((signals.postGain != nil) == card.offers.contains(.psiPost))
        #expect((signals.postSpikes != nil) == card.offers.contains(.sPost))
      }
      if l > 0, network.pools[l - 1] == nil { #expect((signals.preError != nil) == card.offers.contains(.ePre)) }
      products.append(trial.gradient(l).weights)
    }
    let everything = Array(products.joined())
    #expect(areFinite(everything))
    for (l, product) in products.enumerated() {
      #expect(product != product.map { _ in 0 }, "connection \(l) learns nothing")
    }
    for (connection, product) in zip(network.connections, products) {
      for k in 0..<connection.weightCount { connection.weights[k] -= Float(0.01 * product[k]) }
    }
    trial.present(samples, number: 2)
    #expect(network.isFinite && areFinite(trial.losses(10)))
  }

  @Test("every choice of every setting learns a batch with finite numbers", arguments: Pair.known)
  func settings(pair: Pair) {
    let card = systemCards.first { $0.name == pair.system }!
    let network = pair.network(Double.self)
    for key in card.settings.keys {
      let values: [PageValue.Content]
      switch key.kind {
      case .choice(let words): values = words.map { .text($0) }
      case .boolean: values = [.boolean(false), .boolean(true)]
      default: values = []
      }
      for value in values {
        let trial = pair.trial(network, [key.name: value])
        trial.present(samples)
        #expect(areFinite(trial.losses(10)))
        for l in network.connections.indices {
          #expect(areFinite(trial.gradient(l).weights), "\(key.name) \(value) of \(l)")
        }
      }
    }
  }

  @Test("what is shown for gradients sums to what is shown event by event, to 1e-12", arguments: Pair.known)
  func gradients(pair: Pair) {
    for bias in [false, true] {
      let trial = pair.trial(pair.network(Double.self, bias: bias))
      trial.present(samples)
      for l in trial.network.connections.indices {
        let events = trial.products(trial.system.signals(l), l)
        #expect(relativeDifference(trial.gradient(l).weights, events.weights) < 1e-12)
        if bias { #expect(relativeDifference(trial.gradient(l).biases, events.biases) < 1e-12) }
      }
    }
  }

  @Test("two instances with parts of a batch show the bits that one shows with the whole", arguments: Pair.known)
  func parts(pair: Pair) {
    let network = pair.network(Float.self)
    let whole = pair.trial(network)
    whole.present(samples)
    let scores = whole.scores(10)
    for range in [0..<4, 4..<10] {
      let part = pair.trial(network, capacity: range.count)
      part.present(samples, range)
      #expect(part.scores(range.count) == Array(scores[range.lowerBound * 4..<range.upperBound * 4]))
      #expect(part.losses(range.count) == Array(whole.losses(10)[range]))
      #expect(
        shown(part, samples: 0..<range.count, of: range.count) == shown(whole, samples: range, of: 10))
    }
  }

  @Test("the same seed gives the same bits, and no state goes from one batch to the next", arguments: Pair.known)
  func seeds(pair: Pair) {
    let network = pair.network(Float.self)
    let (one, other) = (pair.trial(network), pair.trial(network))
    one.present(samples)
    other.present(samples, 3..<9, number: 5)
    other.present(samples)
    #expect(one.scores(10) == other.scores(10))
    #expect(shown(one, samples: 0..<10, of: 10) == shown(other, samples: 0..<10, of: 10))
  }

  @Test("without learning, scores, losses and rates are those with it", arguments: Pair.known)
  func answers(pair: Pair) {
    let network = pair.network(Float.self)
    let (learning, answering) = (pair.trial(network), pair.trial(network))
    learning.present(samples)
    answering.present(samples, learning: false)
    #expect(learning.scores(10) == answering.scores(10))
    #expect(learning.losses(10) == answering.losses(10))
    #expect(learning.system.rates == answering.system.rates)
  }

  @Test("presenting neither changes weights nor takes memory", arguments: Pair.known)
  func resources(pair: Pair) {
    let network = pair.network(Float.self)
    let trial = pair.trial(network)
    trial.present(samples)
    let before = network.connections.map { c in (0..<c.weightCount).map { c.weights[$0] } }
    let values = Arena()
    let (inputs, labels) = (values.allocate(200, of: Float.self), values.allocate(10, of: Int32.self))
    for k in 0..<200 { inputs[k] = Float(samples.values[k]) }
    let batch = SampleBatch<Float>(count: 10, steps: 1, values: inputs, labels: labels, number: 3)
    trial.system.present(batch, learning: true)
    let count = allocations_of_this_thread()
    for _ in 0..<3 { trial.system.present(batch, learning: true) }
    let taken = allocations_of_this_thread() - count
    #expect(taken == 0)
    #expect(network.connections.map { c in (0..<c.weightCount).map { c.weights[$0] } } == before)
  }

  @Test("where the loss is nothing, no error is shown: labels of which the readout is certain", arguments: Pair.known)
  func certainty(pair: Pair) {
    let network = pair.network(Double.self)
    let trial = pair.trial(network)
    trial.present(samples, learning: false)
    let scores = trial.scores(10)
    let answers = (0..<10).map { k -> Int32 in
      let row = Array(scores[k * 4..<k * 4 + 4])
      return Int32(row.firstIndex(of: row.max()!)!)
    }
    let readout = network.connections.last!
    for k in 0..<readout.weightCount { readout.weights[k] *= 1e5 }
    trial.present(TrialSamples(samples, labels: answers))
    // Targets of error kernels are sampled up from those of a max-pool's windows, so that they are no activities.
    if pair.system == "error-kernels", pair.feature == .maxPool { return }
    // Where losses are no cross-entropies of a linear readout, they need not vanish here.
    for (k, loss) in trial.losses(10).enumerated() where loss < 1e-12 {
      for l in network.connections.indices {
        let signals = trial.system.signals(l)
        let count = network.connections[l].postShape.count
        for t in 0..<signals.steps {
          let row = signals.postError + (t * 10 + k) * count
          let largest = (0..<count).map { abs(row[$0]) }.max()!
          #expect(largest < 1e-6)
        }
      }
    }
    if ["layerwise", "bptt", "e-prop"].contains(pair.system) {
      let certain = trial.losses(10).filter { $0 < 1e-12 }
      #expect(certain.count >= 2)
    }
  }

  @Test("what a card does not know is refused in a sentence with both names; the rest is not refused")
  func refusals() {
    for card in systemCards {
      for neuron in LayerNeuron.allCases {
        var parameters = LayeredParameters([.dense(3)], neuron: neuron)
        let refusal = card.refusal(of: parameters)
        #expect((refusal == nil) == card.neurons.contains(neuron))
        if let refusal { #expect(refusal.contains(card.name) && refusal.contains(neuron.rawValue)) }
        guard refusal == nil else { continue }
        for feature in LayerFeature.allCases {
          parameters.layers = Pair(system: card.name, neuron: neuron, feature: feature).parameters.layers
          let used = parameters.layers.reduce(into: Set<LayerFeature>()) { $0.formUnion($1.features) }
          let refusal = card.refusal(of: parameters)
          #expect((refusal == nil) == used.isSubset(of: card.layers))
          if let refusal {
            #expect(refusal.contains(card.name))
            let names = used.subtracting(card.layers).filter { refusal.contains($0.rawValue) }
            #expect(!names.isEmpty)
          }
        }
      }
    }
  }
}

extension TrialSamples {
  /// The same inputs with other labels.
  init(_ other: TrialSamples, labels: [Int32]) {
    (count, steps, inputs, values) = (other.count, other.steps, other.inputs, other.values)
    self.labels = labels
  }
}
