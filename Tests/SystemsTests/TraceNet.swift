import CAllocations
import Kernels
import Layers
import Networks
import Pages
import Systems
import Testing

/// A small network with a learning system of neurons that send traces.
final class TraceNet<Scalar: KernelScalar> {
  let network: LayeredNetwork<Scalar>
  let system: any LearningSystem<Scalar>
  let draws = EpisodeDraws(seed: 5, lane: 0, index: 0)
  private let arena = Arena()
  private var values: UnsafeMutablePointer<Scalar>
  private var labels: UnsafeMutablePointer<Int32>

  init(
    _ name: String = "tssl-bp", layers: [LayerForm], input: SignalShape, classes: Int, steps: Int, leak: Double = 0.8,
    decay: Double = 2.0 / 3, settings: [String: PageValue.Content] = [:], capacity: Int = 16,
    weights: ((LayeredNetwork<Scalar>) -> Void)? = nil
  ) {
    var parameters = LayeredParameters(layers, neuron: .lif)
    parameters.constants.steps = steps
    parameters.constants.leak = leak
    parameters.constants.activityDecay = decay
    parameters.dense = .normal(variance: 2)
    network = LayeredNetwork(parameters, input: input, outputCount: classes)
    network.drawWeights(draws)
    weights?(network)
    let entry = systemCatalogue(Scalar.self).first { $0.card.name == name }!
    system = entry.make(network, SystemSettings(entry.card, settings), capacity)
    system.begin(draws)
    values = arena.allocate(capacity * max(1, steps) * input.count, of: Scalar.self)
    labels = arena.allocate(capacity, of: Int32.self)
  }

  /// Numbers within ±`bound`.
  func random(_ count: Int, bound: Double) -> [Scalar] {
    let row = arena.allocate(count, of: Scalar.self)
    draws.fill(row, purpose: .testing, part: 0, start: 0, count, bound: bound)
    return (0..<count).map { row[$0] }
  }

  private func batch(_ x: [Scalar], steps: Int, labels y: [Int32], number: UInt32) -> SampleBatch<Scalar> {
    for (k, value) in x.enumerated() { values[k] = value }
    for (k, label) in y.enumerated() { labels[k] = label }
    return SampleBatch(
      count: y.count, steps: steps, values: UnsafePointer(values), labels: UnsafePointer(labels), number: number)
  }

  /// Presents samples, and learns.
  func present(_ x: [Scalar], steps: Int, labels y: [Int32], number: UInt32 = 0) {
    system.present(batch(x, steps: steps, labels: y, number: number), learning: true)
  }

  /// How often ten presentations ask for memory.
  func allocations(_ x: [Scalar], steps: Int, labels y: [Int32]) -> Int {
    let batch = batch(x, steps: steps, labels: y, number: 0)
    let before = allocations_of_this_thread()
    for _ in 0..<10 { system.present(batch, learning: true) }
    return Int(allocations_of_this_thread() - before)
  }

  /// `Σ_rows e_post ⊗ y_pre` of connection `l`.
  func gradient(_ l: Int, summed: Bool = false) -> [Scalar] {
    let signals = summed ? system.gradientSignals(l) : system.signals(l)
    var gradient = [Scalar](repeating: 0, count: network.connections[l].weightCount)
    network.connections[l].addProducts(
      pre: signals.preActivity, post: signals.postError, rows: signals.rows, to: &gradient, LayerWorkspace(network))
    return gradient
  }
}
