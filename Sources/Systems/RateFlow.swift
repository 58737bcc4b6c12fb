import Kernels
import Layers
import Networks

/// What a readout of rate neurons is compared with its target by; the loss of a sample.
enum RateLoss: String, CaseIterable {
  /// `−log softmax(v)[class]`; the readout's activity is the softmax.
  case crossEntropy = "cross-entropy"
  /// `Σ_i (v_i − target_i)² / n`; the readout's activity is its potential.
  case squaredError = "squared-error"
}

/// A batch on its way through layers of rate neurons: `v_l = W_l x_{l−1} + b_l`, `y_l = φ(v_l)`, `x_l = P_l y_l`, and a
/// linear readout under a loss. What systems of rate neurons share.
final class RateFlow<Scalar: KernelScalar> {
  /// What the neurons of one layer do, `[sample][neuron]`; of the readout's activity see `RateLoss`.
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
  private let loss: RateLoss
  private let lossMemory: UnsafeMutablePointer<Scalar>
  private let arena = Arena()

  init(_ network: LayeredNetwork<Scalar>, loss: RateLoss = .crossEntropy, capacity: Int) {
    self.network = network
    self.loss = loss
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

  /// Presents a batch: activities and losses; gains and the readout's error when `learning`.
  func present(_ batch: SampleBatch<Scalar>, learning: Bool) {
    take(batch)
    for l in layers.indices {
      project(l, from: input(l))
      if l == layers.count - 1 { break }
      activate(l, from: UnsafePointer(layers[l].potential), learning: learning)
      pool(l, from: UnsafePointer(layers[l].activity))
    }
    compare(learning: learning)
  }

  /// Takes a batch that is then presented layer by layer.
  func take(_ batch: SampleBatch<Scalar>) { self.batch = batch }

  /// `v = W x + b` of connection `l`.
  func project(_ l: Int, from x: UnsafePointer<Scalar>) {
    network.connections[l].ahead(x, rows: batch.count, into: layers[l].potential, workspace)
  }

  /// `y = φ(v)` of layer `l`, and `ψ = φ′(v)` when `learning`.
  func activate(_ l: Int, from v: UnsafePointer<Scalar>, learning: Bool) {
    activate(v, count: neuronCount(l), into: layers[l].activity, gain: learning ? layers[l].gain : nil)
  }

  /// What the pool above layer `l` makes of `y`; nothing without a pool.
  func pool(_ l: Int, from y: UnsafePointer<Scalar>) {
    network.pools[l]?.ahead(y, rows: batch.count, into: layers[l].output, switches: layers[l].switches)
  }

  /// `y = φ(v)`, and `ψ = φ′(v)` where `gain` is given; the sign has none.
  @specialized(where Scalar == Float)
  func activate(
    _ v: UnsafePointer<Scalar>, count: Int, into y: UnsafeMutablePointer<Scalar>, gain: UnsafeMutablePointer<Scalar>?
  ) {
    if let function = neuron.rateFunction {
      function.apply(count, sharpness: Scalar(network.parameters.constants.sharpness), v, into: y, gain: gain)
    } else {
      precondition(neuron == .signum, "no rate neuron \(neuron.rawValue)")
      for k in 0..<count { y[k] = v[k] > 0 ? 1 : v[k] < 0 ? -1 : 0 }
    }
  }

  /// Neurons of layer `l` in all samples of the batch.
  func neuronCount(_ l: Int) -> Int { batch.count * network.connections[l].postShape.count }

  /// Compares the readout with its target: losses, and the readout's error when `learning`.
  @specialized(where Scalar == Float)
  func compare(learning: Bool) {
    let readout = layers[layers.count - 1]
    let classes = network.outputCount
    for k in 0..<batch.count {
      let row = k * classes
      switch loss {
      case .crossEntropy:
        let label = Int(batch.labels[k])
        let logTotal = Scalar.softmax(classes, readout.potential + row, into: readout.activity + row)
        lossMemory[k] = logTotal - readout.potential[row + label]
        guard learning else { continue }
        (readout.error + row).update(from: readout.activity + row, count: classes)
        readout.error[row + label] -= 1
      case .squaredError:
        var total = Scalar(0)
        for i in 0..<classes {
          let target = batch.targets.map { $0[row + i] } ?? (Int(batch.labels[k]) == i ? 1 : 0)
          let difference = readout.potential[row + i] - target
          total += difference * difference
          readout.activity[row + i] = readout.potential[row + i]
          readout.error[row + i] = 2 * difference / Scalar(classes)
        }
        lossMemory[k] = total / Scalar(classes)
      }
    }
    if learning { readout.gain.update(repeating: 1, count: batch.count * classes) }
  }

  /// Sends the readout's error down: `e_l = ψ_l ∘ Pᵀ(B_{l+1}ᵀ e_{l+1})`.
  @specialized(where Scalar == Float)
  func sendErrorsBack(through matrix: (Int) -> UnsafeMutablePointer<Scalar>) {
    for l in stride(from: layers.count - 2, through: 0, by: -1) {
      network.connections[l + 1].back(
        layers[l + 1].error, rows: batch.count, through: UnsafePointer(matrix(l + 1)), into: layers[l].outputError,
        workspace)
      gate(l, layers[l].outputError)
    }
  }

  /// `e_l = ψ_l ∘ Pᵀ g`, `g` the derivative with respect to what layer `l` sends up.
  @specialized(where Scalar == Float)
  func gate(_ l: Int, _ g: UnsafePointer<Scalar>) {
    let (error, gain, count) = (layers[l].error, layers[l].gain, neuronCount(l))
    if let pool = network.pools[l] {
      pool.back(g, rows: batch.count, switches: layers[l].switches.map { UnsafePointer($0) }, into: error)
      for k in 0..<count { error[k] *= gain[k] }
    } else {
      for k in 0..<count { error[k] = g[k] * gain[k] }
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
