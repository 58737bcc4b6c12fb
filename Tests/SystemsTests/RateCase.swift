import Kernels
import Layers
import Networks
import Pages
import Systems

/// A network of rate neurons and a batch for it, with memory of their own.
final class RateCase<Scalar: KernelScalar> {
  let network: LayeredNetwork<Scalar>
  let batch: SampleBatch<Scalar>
  private let arena = Arena()
  private let workspace: LayerWorkspace<Scalar>

  /// Weights are 0 until drawn or set.
  init(
    _ parameters: LayeredParameters, input: SignalShape, outputs: Int, values: [Double], labels: [Int],
    targets: [Double]? = nil
  ) {
    network = LayeredNetwork(parameters, input: input, outputCount: outputs)
    workspace = LayerWorkspace(network)
    let arena = arena
    func copy(_ numbers: [Double]) -> UnsafeMutablePointer<Scalar> {
      let memory = arena.allocate(numbers.count, of: Scalar.self)
      for (i, number) in numbers.enumerated() { memory[i] = Scalar(number) }
      return memory
    }
    let classes = arena.allocate(labels.count, of: Int32.self)
    for (i, label) in labels.enumerated() { classes[i] = Int32(label) }
    var batch = SampleBatch<Scalar>(
      count: labels.count, steps: 1, values: UnsafePointer(copy(values)), labels: UnsafePointer(classes), number: 0)
    batch.targets = targets.map { UnsafePointer(copy($0)) }
    self.batch = batch
  }

  /// Random weights, biases, inputs and classes.
  convenience init(
    _ layers: [LayerForm], neuron: LayerNeuron, input: SignalShape, outputs: Int, samples: Int, bias: Bool = true,
    seed: UInt64 = 1
  ) {
    var parameters = LayeredParameters(layers, neuron: neuron)
    parameters.bias = bias
    let draws = EpisodeDraws(seed: seed, lane: 0, index: 0)
    let arena = Arena()
    let values = arena.allocate(samples * input.count, of: Double.self)
    draws.fill(values, purpose: .testing, part: 0, start: 0, samples * input.count, bound: 1)
    self.init(
      parameters, input: input, outputs: outputs, values: (0..<samples * input.count).map { values[$0] },
      labels: (0..<samples).map { ($0 * 7 + 3) % outputs })
    withExtendedLifetime(arena) {}
    network.drawWeights(draws)
    for (l, connection) in network.connections.enumerated() {
      guard let bias = connection.bias else { continue }
      draws.fill(bias, purpose: .weights, part: UInt32(100 + l), start: 0, connection.kinds, bound: 0.3)
    }
  }

  /// A system beside the network, begun.
  func system<System: LearningSystem<Scalar>>(
    _ type: System.Type, _ chosen: [String: PageValue.Content] = [:]
  ) -> System {
    let system = System(network, SystemSettings(System.card, chosen), capacity: batch.count)
    system.begin(EpisodeDraws(seed: 5, lane: 0, index: 0))
    return system
  }

  /// `Σ_rows e_post ⊗ y_pre` and `Σ_rows e_post` of connection `l`, in the layout of the weights.
  func gradient(_ signals: SynapseSignals<Scalar>, _ l: Int) -> (weights: [Scalar], bias: [Scalar]) {
    let connection = network.connections[l]
    var weights = [Scalar](repeating: 0, count: connection.weightCount)
    var bias = [Scalar](repeating: 0, count: connection.kinds)
    weights.withUnsafeMutableBufferPointer { weights in
      bias.withUnsafeMutableBufferPointer { bias in
        connection.addProducts(
          pre: signals.preActivity, post: signals.postError, rows: signals.rows, to: weights.baseAddress!,
          bias: bias.baseAddress!, workspace)
      }
    }
    return (weights, bias)
  }

  /// All of it in a row, connection after connection.
  func gradients<System: LearningSystem<Scalar>>(_ system: System) -> [[Scalar]] {
    network.connections.indices.map { l in
      let gradient = gradient(system.gradientSignals(l), l)
      return gradient.weights + gradient.bias
    }
  }
}

/// A matrix `[rows][columns]` as `[columns][rows]`.
func transposed<Number>(_ matrix: [Number], rows: Int, columns: Int) -> [Number] {
  (0..<columns).flatMap { c in (0..<rows).map { matrix[$0 * columns + c] } }
}

extension UnsafePointer {
  /// The first `count` elements.
  func first(_ count: Int) -> [Pointee] { (0..<count).map { self[$0] } }
}
