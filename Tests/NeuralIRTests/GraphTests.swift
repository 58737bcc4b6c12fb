import Foundation
import Networks
import NeuralIR
import Records
import TestSupport
import Testing

/// A network of 12 inputs and 3 outputs with weights that make it spike.
struct ExampleNetwork {
  var parameters = NetworkParameters()
  let inputCount = 12
  let outputCount = 3
  let network: SpikingNetwork<Float>

  init(_ change: (inout NetworkParameters) -> Void = { _ in }) {
    parameters.hidden = [10, 8]
    parameters.steps = 40
    parameters.weightScale = 3
    change(&parameters)
    network = SpikingNetwork(parameters: parameters, inputCount: inputCount, outputCount: outputCount)
    network.drawWeights(EpisodeDraws(seed: 3, lane: 0, index: 1))
  }

  var weights: [[Float]] { network.projections.map(\.dense) }

  func graph(_ choices: NIRChoices = NIRChoices()) throws -> NIRGraph {
    try NIRGraph(parameters, weights: weights, inputCount: inputCount, outputCount: outputCount, choices)
  }
}

@Suite("A network as a NIR graph")
struct GraphTests {
  @Test("is a chain of weights and neurons, from the input to the output")
  func chain() throws {
    let graph = try ExampleNetwork().graph()
    let names = ["input", "fc_0", "lif_0", "fc_1", "lif_1", "fc_2", "readout", "output"]
    #expect(graph.nodes.map(\.name) == names)
    #expect(graph.nodes.map(\.node.type) == ["Input", "Affine", "LIF", "Affine", "LIF", "Affine", "LI", "Output"])
    #expect(graph.edges == zip(names, names.dropFirst()).map { NIRGraph.Edge($0, $1) })
    var choices = NIRChoices()
    choices.readout = .drop
    choices.dense = .linear
    let dropped = try ExampleNetwork().graph(choices)
    #expect(
      dropped.nodes.map(\.node.type) == ["Input", "Linear", "LIF", "Linear", "LIF", "Linear", "Output"])
    #expect(dropped.edges.last == NIRGraph.Edge("fc_2", "output"))
  }

  @Test("keeps the share of the potential: 1 - dt / tau, whatever dt", arguments: [1e-4, 1e-3])
  func shares(dt: Double) throws {
    let example = ExampleNetwork {
      $0.leak = 0.75
      $0.readoutLeak = 0.5
      $0.threshold = 1.25
    }
    var choices = NIRChoices()
    choices.dt = dt
    let graph = try example.graph(choices)
    #expect(graph["lif_1"] == .lif(count: 8, tau: Float(4 * dt), r: 1, threshold: 1.25))
    #expect(graph["readout"] == .li(count: 3, tau: Float(2 * dt), r: 1))
    guard case .affine(let weight, 10, 12) = graph["fc_0"], case .affine(let last, 3, 8) = graph["fc_2"] else {
      Issue.record("\(String(describing: graph["fc_0"]))")
      return
    }
    // 1 / (1 - 0.75) is exact.
    #expect(weight == example.weights[0].map { 4 * $0 } && last == example.weights[2])
    #expect(graph.metadata["dt"] == .number(1e-3) && graph.metadata["nir_dt"] == .number(dt))
  }

  @Test("of synapses that filter has CubaLIF and CubaLI, and the weights as they are")
  func filtered() throws {
    let example = ExampleNetwork {
      $0.leak = 0.75
      $0.readoutLeak = 0.5
      $0.synapseDecay = 0.875
    }
    let graph = try example.graph()
    #expect(
      graph["lif_0"]
        == .cubaLIF(
          count: 10, tauMembrane: Float(4e-4), tauSynapse: Float(8e-4), r: 4, threshold: 1, input: 8))
    #expect(
      graph["readout"]
        == .cubaLI(count: 3, tauMembrane: Float(2e-4), tauSynapse: Float(8e-4), r: 1, input: 8))
    guard case .affine(let weight, _, _) = graph["fc_0"] else { return }
    #expect(weight == example.weights[0])
  }

  @Test("integrated by forward Euler spikes as the network does, every spike", arguments: [nil, 0.5] as [Double?])
  func euler(synapseDecay: Double?) throws {
    let example = ExampleNetwork { $0.synapseDecay = synapseDecay }
    let graph = try example.graph()
    let euler = EulerNetwork(graph, dt: 1e-4)
    var spikes = 0
    var input = (0..<example.inputCount).map { UInt16($0) }
    example.network.beginSample()
    for t in 0..<40 {
      // Another part of the inputs at every step.
      input = (0..<UInt16(example.inputCount)).filter { (Int($0) * 7 + t * 5) % 11 < 4 }
      input.withUnsafeBufferPointer {
        example.network.step(spikes: $0.baseAddress!, count: $0.count, learning: false)
      }
      euler.step(input.map(Int.init))
      for (group, size) in zip([1, 2], [10, 8]) {
        let ours = (0..<size).filter { example.network.groups[group].spikes[$0] != 0 }
        #expect(euler.spikes[group - 1] == ours, "step \(t) of group \(group)")
        spikes += ours.count
      }
      for i in 0..<3 {
        #expect(abs(euler.readout[i] - Double(example.network.readout.potential[i])) < 1e-5)
      }
    }
    #expect(spikes > 60)
  }

  @Test("is refused with its reason where NIR has no word for what the network does")
  func refusals() throws {
    func reason(_ change: @escaping (inout NetworkParameters) -> Void) -> String? {
      var parameters = NetworkParameters()
      change(&parameters)
      do throws(NIRRefusal) {
        try NIRGraph.check(parameters)
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(reason { _ in } == nil)
    #expect(reason { $0.neuron = "softplus" }?.contains("such as softplus: it describes spiking networks") == true)
    #expect(reason { $0.neuron = "tanh" }?.contains("such as tanh") == true)
    #expect(reason { $0.neuron = "relu" }?.contains("such as relu") == true)
    #expect(reason { $0.neuron = "adaptive-lif" }?.contains("whose threshold moves") == true)
    #expect(reason { $0.reset = .subtract }?.contains("reset: subtract takes the threshold from it") == true)
    #expect(reason { $0.reset = .none }?.contains("reset: none does not") == true)
    #expect(reason { $0.leak = 1 }?.contains("network.leak of 1 forgets nothing") == true)
    #expect(reason { $0.synapseDecay = 1 }?.contains("network.synapse_decay of 1") == true)
    let example = ExampleNetwork()
    #expect(throws: NIRRefusal.weights("2 matrices for 3 projections")) {
      _ = try NIRGraph(
        example.parameters, weights: Array(example.weights.dropLast()), inputCount: 12, outputCount: 3, NIRChoices())
    }
    #expect(throws: NIRRefusal.weights("120 weights from 13 to 10 neurons")) {
      _ = try NIRGraph(example.parameters, weights: example.weights, inputCount: 13, outputCount: 3, NIRChoices())
    }
  }

  @Test("tells importers what to look out for")
  func notes() {
    var choices = NIRChoices()
    #expect(choices.notes.count == 2)
    #expect(choices.notes[0].contains("simulated step was 1 ms"))
    choices.dt = 1e-3
    choices.readout = .drop
    choices.dense = .linear
    #expect(choices.notes.contains { $0.contains("will be silent there") })
    #expect(
      choices.notes.contains { $0.contains("import no Linear") } && !choices.notes.contains { $0.contains("LI:") })
  }
}

@Suite("Graphs and recordings as files")
struct GraphFileTests {
  @Test("a graph lies as readers expect it: types and edges as text, parameters in single precision, nothing more")
  func layout() throws {
    try withTemporaryFolder { folder in
      let example = ExampleNetwork()
      var graph = try example.graph()
      graph.metadata["producer"] = .text("a test")
      let path = folder.path("net.nir")
      try graph.write(to: path, replacing: false)
      let file = try HDF5File(readingFrom: path)
      #expect(try file.readText("/version") == "1.0.8" && file.readText("/node/type") == "NIRGraph")
      let edges = try file.readStrings("/node/edges")
      #expect(edges.shape == [7, 2] && edges.values == graph.edges.flatMap { [$0.from, $0.to] })
      #expect(try file.list("/node/nodes") == graph.nodes.map(\.name))
      #expect(try file.list("/node/nodes/lif_0") == ["type", "tau", "r", "v_leak", "v_threshold", "v_reset"])
      #expect(try file.list("/node/nodes/fc_0") == ["type", "weight", "bias"])
      #expect(try file.list("/node/nodes/input") == ["type", "shape"])
      #expect(try file.readIntegers("/node/nodes/input/shape").values == [12])
      let weight = try file.dataset("/node/nodes/fc_1/weight")
      #expect(try weight.elementType() == .f4)
      #expect(weight.shape == [8, 10])
      #expect(try file.readText("/node/metadata/producer") == "a test")
      #expect(try file.readDoubles("/node/metadata/leak").values == [0.9])
      // Equal graphs give equal bytes, and files that are there stay there.
      try graph.write(to: folder.path("again.nir"), replacing: false)
      let bytes = try ["net.nir", "again.nir"].map { try Data(contentsOf: URL(fileURLWithPath: folder.path($0))) }
      #expect(bytes[0] == bytes[1])
      #expect(throws: HDF5Error.self) { try graph.write(to: path, replacing: false) }
    }
  }

  @Test("a recording has truth values as an enumeration, and its types where readers look for them")
  func recording() throws {
    try withTemporaryFolder { folder in
      let spikes: [UInt8] = (0..<12).map { $0 % 3 == 0 ? 1 : 0 }
      let recording = NIRRecording(
        samples: 2, steps: 3, dt: 1e-4, labels: [1, 0],
        nodes: [
          .init("input", count: 2, [.spikes(spikes)]),
          .init("readout", count: 1, [.numbers("v", [0, 1, 2, 3, 4, 5])]),
        ])
      try recording.write(to: folder.path("data.h5"), replacing: false)
      let file = try HDF5File(readingFrom: folder.path("data.h5"))
      #expect(try file.text("__type__") == "NIRGraphData")
      #expect(try file.text("__type__", of: "/nodes/input") == "NIRNodeData")
      let place = "/nodes/input/observables/spikes"
      #expect(try file.text("__type__", of: place) == "TimeGriddedData")
      #expect(try file.attribute("dt", of: place) == .doubles([1e-4]))
      let data = try file.dataset("\(place)/data")
      #expect(try data.valueClass() == .other("enum"))
      #expect(data.shape == [2, 3, 2])
      #expect(try data.readIntegers() == spikes.map(Int.init))
      #expect(try file.readDoubles("/nodes/readout/observables/v/data").shape == [2, 3, 1])
      #expect(try file.readIntegers("/labels").values == [1, 0])
    }
  }
}
