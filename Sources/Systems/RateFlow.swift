import Kernels
import Layers
import Networks

/// A batch on its way through layers of rate neurons: `v_l = W_l x_{l−1} + b_l`, `y_l = φ(v_l)`, `x_l = P_l y_l`, and a
/// linear readout under softmax and cross-entropy. What systems of rate neurons share.
final class RateFlow<Scalar: KernelScalar> {
  /// What the neurons of one layer do, `[sample][neuron]`; the readout's activity is its softmax.
  struct Layer {
    let potential, activity, gain, error: UnsafeMutablePointer<Scalar>
    /// What goes up: the activity, or what the pool makes of it.
    let output: UnsafeMutablePointer<Scalar>
    /// The derivative with respect to `output`, on the way back.
    let outputError: UnsafeMutablePointer<Scalar>
    /// Of a max-pool.
    let switches: UnsafeMutablePointer<UInt32>?
  }

  let network: LayeredNetwork<Scalar>
  let workspace: LayerWorkspace<Scalar>
  let layers: [Layer]
  private(set) var batch: SampleBatch<Scalar>!
  private let neuron: LayerNeuron
  private let lossMemory: UnsafeMutablePointer<Scalar>
  private let arena = Arena()

  init(_ network: LayeredNetwork<Scalar>, capacity: Int) {
    self.network = network
    neuron = network.parameters.neuron
    workspace = LayerWorkspace(network)
    let arena = arena
    layers = zip(network.connections, network.pools).map { connection, pool in
      let count = capacity * connection.postShape.count
      func vector(_ count: Int) -> UnsafeMutablePointer<Scalar> { arena.allocate(count, of: Scalar.self) }
      let activity = vector(count)
      let error = vector(count)
      return Layer(
        potential: vector(count), activity: activity, gain: vector(count), error: error,
        output: pool.map { vector(capacity * $0.postShape.count) } ?? activity,
        outputError: vector(capacity * (pool?.postShape.count ?? connection.postShape.count)),
        switches: pool?.form.kind == .max ? arena.allocate(capacity * pool!.postShape.count, of: UInt32.self) : nil)
    }
    lossMemory = arena.allocate(capacity, of: Scalar.self)
  }

  /// What connection `l` carries.
  func input(_ l: Int) -> UnsafePointer<Scalar> { l == 0 ? batch.values : UnsafePointer(layers[l - 1].output) }

  /// Presents a batch: activities, softmax, losses; gains and the readout's error when `learning`.
  func present(_ batch: SampleBatch<Scalar>, learning: Bool) {
    self.batch = batch
    let top = layers.count - 1
    for (l, connection) in network.connections.enumerated() {
      let layer = layers[l]
      connection.ahead(input(l), rows: batch.count, into: layer.potential, workspace)
      if l == top { break }
      activate(layer, count: batch.count * connection.postShape.count, learning: learning)
      network.pools[l]?.ahead(layer.activity, rows: batch.count, into: layer.output, switches: layer.switches)
    }
    let readout = layers[top]
    let classes = network.outputCount
    for k in 0..<batch.count {
      let row = k * classes
      let label = Int(batch.labels[k])
      let logTotal = softmax(classes, readout.potential + row, into: readout.activity + row)
      lossMemory[k] = logTotal - readout.potential[row + label]
      guard learning else { continue }
      (readout.error + row).update(from: readout.activity + row, count: classes)
      readout.error[row + label] -= 1
    }
    if learning { readout.gain.update(repeating: 1, count: batch.count * classes) }
  }

  /// `y = φ(v)`, and `ψ = φ′(v)` when `learning`, of one layer.
  func activate(_ layer: Layer, count: Int, learning: Bool) {
    if let function = neuron.rateFunction {
      function.apply(
        count, sharpness: Scalar(network.parameters.constants.sharpness), layer.potential, into: layer.activity,
        gain: learning ? layer.gain : nil)
    } else {
      precondition(neuron == .signum, "no rate neuron \(neuron.rawValue)")
      for k in 0..<count { layer.activity[k] = layer.potential[k] > 0 ? 1 : layer.potential[k] < 0 ? -1 : 0 }
    }
  }

  /// `p = softmax(v)`; returns `log Σ exp v`.
  private func softmax(
    _ n: Int, _ v: UnsafePointer<Scalar>, into p: UnsafeMutablePointer<Scalar>
  ) -> Scalar {
    var largest = v[0]
    for i in 1..<max(1, n) where v[i] > largest { largest = v[i] }
    var total = Scalar(0)
    for i in 0..<n {
      p[i] = Scalar.exp(v[i] - largest)
      total += p[i]
    }
    for i in 0..<n { p[i] /= total }
    return largest + Scalar.log(total)
  }

  /// Sends the readout's error down: `e_l = ψ_l ∘ Pᵀ(B_{l+1}ᵀ e_{l+1})`.
  func sendErrorsBack(through matrix: (Int) -> UnsafeMutablePointer<Scalar>) {
    for l in stride(from: layers.count - 2, through: 0, by: -1) {
      let layer = layers[l]
      let count = batch.count * network.connections[l].postShape.count
      network.connections[l + 1].back(
        layers[l + 1].error, rows: batch.count, through: UnsafePointer(matrix(l + 1)), into: layer.outputError,
        workspace)
      if let pool = network.pools[l] {
        pool.back(
          layer.outputError, rows: batch.count, switches: layer.switches.map { UnsafePointer($0) }, into: layer.error)
        for k in 0..<count { layer.error[k] *= layer.gain[k] }
      } else {
        for k in 0..<count { layer.error[k] = layer.outputError[k] * layer.gain[k] }
      }
    }
  }

  var scores: UnsafePointer<Scalar> { UnsafePointer(layers.last!.potential) }
  var losses: UnsafePointer<Scalar> { UnsafePointer(lossMemory) }

  /// Mean activity of each hidden layer.
  var rates: [Double] {
    layers.indices.dropLast().map { l in
      let count = batch.count * network.connections[l].postShape.count
      return (0..<count).reduce(0.0) { $0 + Double(layers[l].activity[$1]) } / Double(count)
    }
  }

  /// What synapses meet.
  func signals(_ l: Int) -> SynapseSignals<Scalar> {
    let layer = layers[l]
    var signals = SynapseSignals<Scalar>(
      rows: batch.count, steps: 1, preActivity: input(l), postError: UnsafePointer(layer.error))
    signals.postActivity = UnsafePointer(layer.activity)
    signals.postPotential = UnsafePointer(layer.potential)
    signals.postGain = UnsafePointer(layer.gain)
    if l > 0, network.pools[l - 1] == nil { signals.preError = UnsafePointer(layers[l - 1].error) }
    return signals
  }
}
