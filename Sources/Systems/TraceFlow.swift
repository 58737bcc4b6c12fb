import Kernels
import Layers
import Networks

/// A batch on its way through layers of leaky integrate-and-fire neurons that send traces of their spikes, step by step:
///
///     u_l[t] = leak · u_l[t−1] (1 − s_l[t−1]) + W_l x_{l−1}[t] + b_l,   s_l[t] = 1(u_l[t] > threshold)
///     a_l[t] = decay · a_l[t−1] + (1 − decay) · s_l[t],                 x_l[t] = P_l a_l[t]
///
/// What enters is filtered as spikes are: `x_0` is the trace of the batch's values, of one constant drive or one value a
/// step. Constants are the network's `leak` (1 − 1/τ_m), `threshold`, `activityDecay` (1 − 1/τ_s) and `steps`; reset is
/// always to 0. Rows are `step · samples + sample`.
///
/// The trace of a constant drive `x` is `c[t] · x`. Without biases the first connection therefore meets every sample once
/// instead of once a step: forth, `W (c[t] x) = c[t] (W x)`; and in the gradient, `Σ_t g[t] ⊗ c[t] x = (Σ_t c[t] g[t]) ⊗ x`.
final class TraceFlow<Scalar: KernelScalar> {
  /// What the neurons of one layer do, `[step][sample][neuron]`.
  struct Layer {
    /// Before the reset.
    let potential: UnsafeMutablePointer<Scalar>
    /// The trace of its spikes.
    let trace: UnsafeMutablePointer<Scalar>
    /// On the way back, first the derivative with respect to the trace, then what the system makes of it.
    let error: UnsafeMutablePointer<Scalar>
    /// What goes up: the trace, or what the pool makes of it.
    let output: UnsafeMutablePointer<Scalar>
    /// What comes down: the same memory as `error` without a pool.
    let outputError: UnsafeMutablePointer<Scalar>
    /// Of a max-pool.
    let switches: UnsafeMutablePointer<UInt32>?
    /// Written when somebody asks.
    let spikes: UnsafeMutablePointer<Scalar>
  }

  let network: LayeredNetwork<Scalar>
  let workspace: LayerWorkspace<Scalar>
  let layers: [Layer]
  let loss: TraceLoss<Scalar>
  /// Steps of a sample.
  let steps: Int
  /// Share of a potential kept per step.
  let leak: Scalar
  /// A neuron spikes above it.
  let threshold: Scalar
  /// Share of a trace kept per step.
  let decay: Scalar
  private(set) var batch: SampleBatch<Scalar>!
  private let arena = Arena()
  /// `c[t]`, the trace of a drive of 1.
  private let constantTrace: UnsafeMutablePointer<Scalar>
  /// `W x` of a constant drive, then the folded error of the first layer.
  private let drive: UnsafeMutablePointer<Scalar>
  private let foldedError: UnsafeMutablePointer<Scalar>
  private let inputTrace: UnsafeMutablePointer<Scalar>
  private let spikeCounts: UnsafeMutablePointer<Int>
  private var hasInputTrace = false

  init(_ network: LayeredNetwork<Scalar>, loss: TraceLoss<Scalar>.Choice, capacity: Int) {
    self.network = network
    let constants = network.parameters.constants
    steps = constants.steps
    leak = Scalar(constants.leak)
    threshold = Scalar(constants.threshold)
    decay = Scalar(constants.activityDecay)
    self.loss = TraceLoss(
      loss, classes: network.outputCount, steps: constants.steps, decay: constants.activityDecay, capacity: capacity)
    workspace = LayerWorkspace(network)
    let arena = arena
    let rows = capacity * steps
    func vector(_ count: Int) -> UnsafeMutablePointer<Scalar> { arena.allocate(count, of: Scalar.self) }
    layers = zip(network.connections, network.pools).map { connection, pool in
      let count = rows * connection.postShape.count
      let (trace, error) = (vector(count), vector(count))
      return Layer(
        potential: vector(count), trace: trace, error: error,
        output: pool.map { vector(rows * $0.postShape.count) } ?? trace,
        outputError: pool.map { vector(rows * $0.postShape.count) } ?? error,
        switches: pool?.form.kind == .max ? arena.allocate(rows * pool!.postShape.count, of: UInt32.self) : nil,
        spikes: vector(count))
    }
    constantTrace = vector(steps)
    for t in 0..<steps { constantTrace[t] = 1 }
    Scalar.traceFilter(1, steps: steps, constantTrace, decay: decay, into: constantTrace)
    let first = network.connections[0]
    drive = vector(capacity * first.postShape.count)
    foldedError = vector(capacity * first.postShape.count)
    inputTrace = vector(rows * first.preShape.count)
    spikeCounts = arena.allocate(layers.count, of: Int.self)
  }

  /// Rows of the batch at hand.
  var rows: Int { steps * batch.count }

  /// Whether the first connection meets every sample once.
  private var folds: Bool { batch.steps == 1 && network.connections[0].bias == nil }

  /// What connection `l` carries, of every row.
  func input(_ l: Int) -> UnsafePointer<Scalar> {
    if l > 0 { return UnsafePointer(layers[l - 1].output) }
    if !hasInputTrace {
      let count = batch.count * network.connections[0].preShape.count
      if batch.steps == 1 {
        for t in 0..<steps { (inputTrace + t * count).update(from: batch.values, count: count) }
      }
      Scalar.traceFilter(
        count, steps: steps, batch.steps == 1 ? UnsafePointer(inputTrace) : batch.values, decay: decay,
        into: inputTrace)
      hasInputTrace = true
    }
    return UnsafePointer(inputTrace)
  }

  /// Presents a batch: potentials, traces, scores, losses; the derivative of the loss with respect to the readout's trace
  /// when `learning`.
  /// - Precondition: the batch has one step, or as many as the network.
  func present(_ batch: SampleBatch<Scalar>, learning: Bool) {
    precondition(
      batch.steps == 1 || batch.steps == steps, "values of \(batch.steps) steps meet a network of \(steps)")
    self.batch = batch
    hasInputTrace = false
    for l in layers.indices {
      let (connection, layer) = (network.connections[l], layers[l])
      let isFolded = l == 0 && folds
      if isFolded {
        connection.ahead(batch.values, rows: batch.count, into: drive, workspace)
      } else {
        connection.ahead(input(l), rows: rows, into: layer.potential, workspace)
      }
      spikeCounts[l] = Scalar.traceNeurons(
        batch.count * connection.postShape.count, steps: steps, potential: layer.potential, trace: layer.trace,
        drive: isFolded ? UnsafePointer(drive) : nil, factors: UnsafePointer(constantTrace), leak: leak,
        threshold: threshold, decay: decay)
      network.pools[l]?.ahead(layer.trace, rows: rows, into: layer.output, switches: layer.switches)
    }
    let readout = layers[layers.count - 1]
    loss.measure(batch, trace: UnsafePointer(readout.trace), error: learning ? readout.error : nil)
  }

  /// Sends the errors of layer `l + 1` down to the traces of layer `l`: `error = Pᵀ Bᵀ error_{l+1}`.
  func sendErrorsBack(to l: Int, through matrix: UnsafePointer<Scalar>) {
    let layer = layers[l]
    network.connections[l + 1].back(
      layers[l + 1].error, rows: rows, through: matrix, into: layer.outputError, workspace)
    network.pools[l]?.back(
      layer.outputError, rows: rows, switches: layer.switches.map { UnsafePointer($0) }, into: layer.error)
  }

  /// Derivatives with respect to the traces of layer `l` become derivatives with respect to its currents, as in TSSL-BP.
  func assignCredit(_ l: Int) {
    let layer = layers[l]
    Scalar.traceCredit(
      batch.count * network.connections[l].postShape.count, steps: steps, potential: UnsafePointer(layer.potential),
      trace: UnsafePointer(layer.trace), error: layer.error, leak: leak, threshold: threshold, decay: decay)
  }

  /// Spikes per neuron and step of each hidden layer.
  var rates: [Double] {
    layers.indices.dropLast().map { l in
      Double(spikeCounts[l]) / Double(max(1, rows * network.connections[l].postShape.count))
    }
  }

  /// What synapses meet.
  func signals(_ l: Int) -> SynapseSignals<Scalar> {
    let layer = layers[l]
    var signals = SynapseSignals<Scalar>(
      rows: rows, steps: steps, preActivity: input(l), postError: UnsafePointer(layer.error))
    signals.postActivity = UnsafePointer(layer.trace)
    signals.postPotential = UnsafePointer(layer.potential)
    signals.postSpikes = spikes(l)
    if l > 0, network.pools[l - 1] == nil {
      signals.preError = UnsafePointer(layers[l - 1].error)
      signals.prePotential = UnsafePointer(layers[l - 1].potential)
      signals.preSpikes = spikes(l - 1)
    }
    return signals
  }

  /// The same, of which only the sum of products counts: the first connection's are folded where they can be.
  func gradientSignals(_ l: Int) -> SynapseSignals<Scalar> {
    guard l == 0, folds else {
      return SynapseSignals(rows: rows, steps: steps, preActivity: input(l), postError: UnsafePointer(layers[l].error))
    }
    Scalar.fold(
      batch.count * network.connections[0].postShape.count, steps: steps, UnsafePointer(layers[0].error),
      factors: UnsafePointer(constantTrace), into: foldedError)
    return SynapseSignals(
      rows: batch.count, steps: 1, preActivity: batch.values, postError: UnsafePointer(foldedError))
  }

  /// The spikes of layer `l`, `[step][sample][neuron]`.
  func spikes(_ l: Int) -> UnsafePointer<Scalar> {
    let layer = layers[l]
    let count = rows * network.connections[l].postShape.count
    Scalar.above(threshold, count, UnsafePointer(layer.potential), into: layer.spikes)
    return UnsafePointer(layer.spikes)
  }
}

extension KernelScalar {
  /// `y = 1 where x > threshold, else 0`.
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  static func above(_ threshold: Self, _ n: Int, _ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>) {
    for k in 0..<n { y[k] = x[k] > threshold ? 1 : 0 }
  }
}
