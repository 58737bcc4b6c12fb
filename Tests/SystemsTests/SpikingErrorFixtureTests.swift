import Kernels
import Layers
import Records
import Systems
import TestSupport
import Testing

/// Spiking error neurons as the simulator of the authors' group computes them: 12-9-7-5, 40 steps, two batches of 4.
@Suite("Spiking Error Neurons Fixture")
struct SpikingErrorFixtureTests {
  @Test(
    "spikes, error spikes and counts exactly, potentials and weights", arguments: ["symmetric", "random", "direct"])
  func follow(feedback: String) throws {
    guard Fixtures.isAvailable("emstdp.h5") else { return }
    try follow(feedback, Double.self, within: 1e-12)
    try follow(feedback, Float.self, within: 1e-5)
  }

  private func follow<Scalar: KernelScalar>(_ feedback: String, _ type: Scalar.Type, within tolerance: Double) throws {
    let file = try HDF5File(readingFrom: Fixtures.path("emstdp.h5"))
    func numbers(_ path: String) throws -> [Double] { try file.readDoubles(path).values }
    let sizes = try file.readIntegers("sizes").values
    let constants = try numbers("params")
    var parameters = LayeredParameters(sizes[1..<3].map { .dense($0) }, neuron: .integrateAndFire)
    parameters.constants.steps = try file.readIntegers("T").values[0]
    let network = LayeredNetwork<Scalar>(parameters, input: SignalShape(sizes[0]), outputCount: sizes[3])
    let settings = SystemSettings(
      SpikingErrorNeurons<Scalar>.card,
      [
        "feedback": .text(feedback), "hidden_threshold": .number(constants[0]),
        "output_threshold": .number(constants[1]), "error_threshold": .number(constants[2]),
        "injection": .number(constants[4]),
      ])
    let system = SpikingErrorNeurons<Scalar>(network, settings, capacity: 4)
    let tau = try file.readIntegers("tau").values[0]
    #expect(system.countedSteps == tau)
    let thresholds = (0..<3).map { system.thresholds($0) }
    #expect(
      relativeDifference(thresholds.map { Double($0.forward) }, try numbers("\(feedback)/threshold")) < tolerance)
    #expect(
      relativeDifference(thresholds.map { Double($0.error) }, try numbers("\(feedback)/error_threshold")) < tolerance)
    for l in 0..<3 {
      let weights = try numbers("\(feedback)/init/W\(l + 1)").map { Scalar($0) }
      network.connections[l].weights.update(from: weights, count: weights.count)
      guard let matrix = system.errorWeights(l) else { continue }
      let path = try numbers("\(feedback)/init/E\(l + 2)").map { Scalar($0) }
      matrix.update(from: path, count: path.count)
    }
    #expect((system.errorWeights(0) == nil) == (feedback == "symmetric"))
    var squares = network.connections.map { [Scalar](repeating: 1, count: $0.weightCount) }

    for number in 1...2 {
      let folder = "\(feedback)/batch\(number)"
      let values = try numbers("\(folder)/input_spikes").map { Scalar($0) }
      let labels = try file.readIntegers("\(folder)/label").values.map { Int32($0) }
      try values.withUnsafeBufferPointer { values in
        try labels.withUnsafeBufferPointer { labels in
          let batch = SampleBatch<Scalar>(
            count: 4, steps: parameters.constants.steps, values: values.baseAddress!, labels: labels.baseAddress!,
            number: UInt32(number))
          // The trains, step by step; step 0 is silent.
          let trains = SpikeTrains(of: system, network, samples: 4)
          system.afterStep = trains.record
          system.present(batch, learning: true)
          system.afterStep = nil
          for l in 0..<3 {
            let spikes = try numbers("\(folder)/spikes\(l + 1)")
            let errors = try numbers("\(folder)/error_spikes\(l + 1)")
            let potentials = try numbers("\(folder)/U\(l + 1)")
            #expect(trains.spikes[l] == spikes, "\(feedback), layer \(l + 1)")
            #expect(trains.errors[l] == errors, "\(feedback), layer \(l + 1)")
            #expect(relativeDifference(trains.potentials[l], potentials) < tolerance)
          }
          // The counts, many steps at a time.
          system.present(batch, learning: true)
          let ofInput = try numbers("\(folder)/count_input")
          #expect(read(system.signals(0).preActivity, 4 * sizes[0]) == ofInput)
          for l in 0..<3 {
            let (signals, count) = (system.signals(l), 4 * sizes[l + 1])
            let before = try numbers("\(folder)/count_phase1_\(l + 1)")
            let after = try numbers("\(folder)/count_phase2_\(l + 1)")
            #expect(read(signals.postActivity!, count) == before)
            #expect(read(system.countsAfter(l), count) == after)
          }
        }
      }
      // The published optimiser.
      let (rate, clip) = (Scalar(constants[3]), Scalar(constants[5]))
      let workspace = LayerWorkspace(network)
      for (l, connection) in network.connections.enumerated() {
        let signals = system.signals(l)
        var products = [Scalar](repeating: 0, count: connection.weightCount)
        connection.addProducts(
          pre: signals.preActivity, post: signals.postError, rows: signals.rows, to: &products, workspace)
        for k in products.indices {
          let q = -products[k] / 4
          squares[l][k] = 0.9 * squares[l][k] + 0.1 * q * q
          let moved = connection.weights[k] + rate * q / (squares[l][k] + 1e-8).squareRoot()
          connection.weights[k] = min(clip, max(-clip, moved))
        }
        let expected = try numbers("\(folder)/W\(l + 1)")
        #expect(relativeDifference(read(connection.weights, products.count), expected) < tolerance)
        #expect(relativeDifference(squares[l].map { Double($0) }, try numbers("\(folder)/ms\(l + 1)")) < tolerance)
      }
    }
  }
}

/// What spiking error neurons do, step by step, `[layer][step · sample · neuron]`.
final class SpikeTrains<Scalar: KernelScalar> {
  private(set) var spikes: [[Double]]
  private(set) var potentials: [[Double]]
  private(set) var errors: [[Double]]
  /// Records a step.
  private(set) var record: (Int) -> Void = { _ in }

  init(of system: SpikingErrorNeurons<Scalar>, _ network: LayeredNetwork<Scalar>, samples: Int) {
    let counts = network.connections.map { $0.postShape.count * samples }
    spikes = counts.map { [Double](repeating: 0, count: $0) }
    (potentials, errors) = (spikes, spikes)
    record = { [unowned self, unowned system] _ in
      for (l, count) in counts.enumerated() {
        spikes[l] += read(system.spikes(l), count)
        potentials[l] += read(system.potential(l), count)
        errors[l] += read(system.errorSpikes(l), count)
      }
    }
  }
}

/// `count` numbers as doubles.
func read<Scalar: KernelScalar>(_ x: UnsafePointer<Scalar>, _ count: Int) -> [Double] {
  (0..<count).map { Double(x[$0]) }
}
