import Arithmetic
import Kernels
import Layers
import Networks
import Systems

/// Random samples, the same in every precision.
struct TrialSamples {
  let count: Int
  let steps: Int
  let inputs: Int
  /// `[sample][step][input]`.
  let values: [Double]
  let labels: [Int32]

  /// Numbers that single precision holds: inputs in `0 ..< 1` for one step, a third of them 0; spikes of chance 1/2 for several.
  init(count: Int, steps: Int = 1, inputs: Int, classes: Int, seed: UInt64 = 3) {
    (self.count, self.steps, self.inputs) = (count, steps, inputs)
    var random = RandomStream(seed: seed, purpose: .testing)
    labels = (0..<count).map { _ in Int32(random.below(classes)) }
    values = (0..<count * steps * inputs).map { _ in
      let number = Double(random.nextFloat())
      return steps > 1 ? (number < 0.5 ? 1 : 0) : number < 0.33 ? 0 : number
    }
  }

  /// What drives the inputs of sample `k` at each of so many steps.
  func rows(_ k: Int, steps count: Int) -> [[Double]] {
    (0..<count).map { t in
      let first = (k * steps + (steps == 1 ? 0 : t)) * inputs
      return Array(values[first..<first + inputs])
    }
  }
}

/// A system beside a network, and batches with memory of their own.
final class Trial<Scalar: KernelScalar> {
  let network: LayeredNetwork<Scalar>
  let system: any LearningSystem<Scalar>
  private let workspace: LayerWorkspace<Scalar>
  private let arena = Arena()

  init(_ network: LayeredNetwork<Scalar>, _ system: any LearningSystem<Scalar>) {
    (self.network, self.system) = (network, system)
    workspace = LayerWorkspace(network)
  }

  /// A network whose weights, and biases if any, are drawn.
  static func network(
    _ parameters: LayeredParameters, input: SignalShape, classes: Int, seed: UInt64 = 5
  ) -> LayeredNetwork<Scalar> {
    let network = LayeredNetwork<Scalar>(parameters, input: input, outputCount: classes)
    network.drawWeights(EpisodeDraws(seed: seed, lane: 0, index: 2))
    var random = RandomStream(seed: seed, purpose: .testing, lane: 1)
    for connection in network.connections {
      guard let bias = connection.bias else { continue }
      for k in 0..<connection.kinds { bias[k] = Scalar(Float(random.uniform(in: -0.2...0.2))) }
    }
    return network
  }

  /// Presents some of the samples.
  func present(_ samples: TrialSamples, _ range: Range<Int>? = nil, learning: Bool = true, number: UInt32 = 1) {
    let range = range ?? 0..<samples.count
    let values = arena.allocate(range.count * samples.steps * samples.inputs, of: Scalar.self)
    let labels = arena.allocate(range.count, of: Int32.self)
    for (place, k) in range.enumerated() {
      labels[place] = samples.labels[k]
      for t in 0..<samples.steps {
        for j in 0..<samples.inputs {
          values[(t * range.count + place) * samples.inputs + j] = Scalar(
            samples.values[(k * samples.steps + t) * samples.inputs + j])
        }
      }
    }
    system.present(
      SampleBatch(
        count: range.count, steps: samples.steps, values: values, labels: labels, number: number,
        first: range.lowerBound), learning: learning)
  }

  /// `Σ_rows e_post ⊗ y_pre` in the layout of the weights, and `Σ_rows e_post`.
  func products(_ signals: SynapseSignals<Scalar>, _ l: Int) -> (weights: [Double], biases: [Double]) {
    let connection = network.connections[l]
    let weights = arena.allocate(connection.weightCount, of: Scalar.self)
    let biases = arena.allocate(connection.kinds, of: Scalar.self)
    connection.addProducts(
      pre: signals.preActivity, post: signals.postError, rows: signals.rows, to: weights, bias: biases, workspace)
    return (
      (0..<connection.weightCount).map { Double(weights[$0]) }, (0..<connection.kinds).map { Double(biases[$0]) }
    )
  }

  /// The gradient that connection `l` is shown.
  func gradient(_ l: Int) -> (weights: [Double], biases: [Double]) { products(system.gradientSignals(l), l) }

  func losses(_ count: Int) -> [Double] { (0..<count).map { Double(system.losses[$0]) } }
  func scores(_ count: Int) -> [Scalar] { (0..<count * network.outputCount).map { system.scores[$0] } }
}
