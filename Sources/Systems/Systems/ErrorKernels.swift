// The requirements are documented at `LearningSystem`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Kernels
import Layers
import Networks
import Pages

/// Error-kernel driven activation alignment (EKDAA): every connection has an error kernel `E`, in the layout of its
/// weights. From the readout's error (softmax − one-hot) downwards, layer `l` is given a target potential and compares
/// its activity with the activity that this would make; no derivative of φ is taken anywhere, so that φ may have none:
///
/// `t_l = h_l − β E_{l+1}ᵀ e_{l+1}`, `e_l = φ(h_l) − φ(t_l)`.
///
/// A convolution's `Eᵀ e` is the transposed convolution. Through a max-pool, the target is made for the largest potential
/// of every window, `t = max h − β Eᵀ e`, and sampled up to the neurons, bilinearly (`Pooling.sampleUp`): an error is left
/// where none comes from above, since a sampled map is not the map. With `unpool: error` what comes back is sampled up
/// instead, `t = h − β up(Eᵀ e)`, and no such error is left; that is ours, not the paper's. With `stabilise`,
/// what comes back through a convolution, and the change of its weights, are divided by their largest entry where that is
/// above 1, and the change by its channels in × out (`condition`): as in the release.
///
/// Kernels are what a rule reads as `b` and moves by `db`. The forward pass sends activities up everywhere; the release
/// sends up the potentials of convolutions.
public final class ErrorKernels<Scalar: KernelScalar>: LearningSystem {
  public static var card: SystemCard {
    SystemCard(
      name: "error-kernels", about: "Learned error kernels send targets down; errors are differences of activities.",
      source: "Zee, Ororbia, Mali & Nwogu 2023, Transact. Mach. Learn. Res.; arXiv 2206.01820", rule: "error-kernels",
      neurons: [.tanh, .signum, .relu, .sigmoid, .softplus], layers: [.dense, .convolution, .maxPool],
      offers: [.yPost, .ePre, .vPost, .feedback],
      settings: [
        PageKey(
          "beta", .number(.positive), default: .number(0.9),
          doc: "How far targets are from potentials; the sign needs a small one, such as 0.15."),
        PageKey(
          "kernels", .choice(["transpose", "random"]), default: .text("transpose"),
          doc:
            "Error kernels at the start: transpose, those of the initial weights; or random, by the same law of sizes."),
        PageKey(
          "unpool", .choice(["target", "error"]), default: .text("target"),
          doc:
            "What is sampled up from a max-pool's windows to the neurons: their target, as published, or the error that "
            + "comes back."),
        PageKey(
          "stabilise", .boolean, default: .boolean(true),
          doc: "Whether what comes back through a convolution, and the change of its weights, are divided by their "
            + "largest entry where that is above 1, and the change by its channels in times out."),
      ])
  }

  private let network: LayeredNetwork<Scalar>
  private let flow: RateFlow<Scalar>
  private let beta: Scalar
  private let stabilises: Bool
  private let samplesTargets: Bool
  /// Random kernels; for the transpose only their memory is used.
  private let path: FeedbackPath<Scalar>
  private let startsAtWeights: Bool
  private let arena = Arena()
  /// `t` of each hidden layer, `[sample][neuron]`.
  private let targets: [UnsafeMutablePointer<Scalar>]
  /// The largest potential of every window below a pool, then its target.
  private let pooled: [UnsafeMutablePointer<Scalar>?]

  public init(_ network: LayeredNetwork<Scalar>, _ settings: SystemSettings, capacity: Int) {
    self.network = network
    flow = RateFlow(network, capacity: capacity)
    beta = Scalar(settings.number("beta"))
    stabilises = settings.boolean("stabilise")
    samplesTargets = settings.text("unpool") == "target"
    startsAtWeights = settings.text("kernels") == "transpose"
    path = FeedbackPath(network, .random)
    let arena = arena
    targets = network.connections.dropLast().map { arena.allocate(capacity * $0.postShape.count, of: Scalar.self) }
    pooled = network.pools.dropLast().map { pool in
      pool.map { arena.allocate(capacity * $0.postShape.count, of: Scalar.self) }
    }
  }

  public func begin(_ draws: EpisodeDraws) {
    guard startsAtWeights else {
      path.begin(draws)
      return
    }
    for (l, connection) in network.connections.enumerated() where l > 0 {
      path.matrix(l).update(from: connection.weights, count: connection.weightCount)
    }
  }

  public func present(_ batch: SampleBatch<Scalar>, learning: Bool) {
    flow.present(batch, learning: learning)
    guard learning else { return }
    for l in stride(from: flow.layers.count - 2, through: 0, by: -1) { compareWithTarget(l) }
  }

  /// `e_l = φ(h_l) − φ(t_l)`, from the error of the layer above.
  @specialized(where Scalar == Float)
  private func compareWithTarget(_ l: Int) {
    let (layer, target, rows) = (flow.layers[l], targets[l], flow.batch.count)
    let back = layer.outputError
    let above = network.connections[l + 1]
    above.back(
      flow.layers[l + 1].error, rows: rows, through: UnsafePointer(path.matrix(l + 1)), into: back, flow.workspace)
    if stabilises, !above.isDense { Self.divideByLargest(back, rows * above.preShape.count) }
    let (potential, beta, neurons) = (layer.potential, beta, flow.neuronCount(l))
    if let pool = network.pools[l], let pooled = pooled[l], samplesTargets {
      pool.ahead(UnsafePointer(potential), rows: rows, into: pooled, switches: nil)
      for k in 0..<rows * pool.postShape.count { pooled[k] -= beta * back[k] }
      pool.sampleUp(UnsafePointer(pooled), rows: rows, into: target)
    } else if let pool = network.pools[l] {
      pool.sampleUp(UnsafePointer(back), rows: rows, into: target)
      for k in 0..<neurons { target[k] = potential[k] - beta * target[k] }
    } else {
      for k in 0..<neurons { target[k] = potential[k] - beta * back[k] }
    }
    let (activity, error) = (layer.activity, layer.error)
    flow.activate(UnsafePointer(target), count: neurons, into: error, gain: nil)
    for k in 0..<neurons { error[k] = activity[k] - error[k] }
  }

  /// Divides numbers by their largest, signed, where that is above 1.
  @specialized(where Scalar == Float)
  public static func divideByLargest(_ x: UnsafeMutablePointer<Scalar>, _ count: Int) {
    var largest = Scalar(1)
    for k in 0..<count where x[k] > largest { largest = x[k] }
    guard largest > 1 else { return }
    for k in 0..<count { x[k] /= largest }
  }

  /// Of a convolution with `stabilise`: both divided by the largest entry of the weights' descent, minus their change,
  /// where that is above 1, then by channels in × out.
  @specialized(where Scalar == Float)
  public func condition(
    _ change: UnsafeMutablePointer<Scalar>, feedback: UnsafeMutablePointer<Scalar>?, _ l: Int
  ) {
    let connection = network.connections[l]
    guard stabilises, !connection.isDense else { return }
    var largest = Scalar(1)
    for k in 0..<connection.weightCount where -change[k] > largest { largest = -change[k] }
    let divisor = largest * Scalar(connection.preShape.channels * connection.kinds)
    for k in 0..<connection.weightCount { change[k] /= divisor }
    guard let feedback else { return }
    for k in 0..<connection.weightCount { feedback[k] /= divisor }
  }

  public var scores: UnsafePointer<Scalar> { flow.scores }
  public var losses: UnsafePointer<Scalar> { flow.losses }
  public var rates: [Double] { flow.rates }

  public func signals(_ l: Int) -> SynapseSignals<Scalar> {
    var signals = flow.signals(l)
    signals.postGain = nil
    return signals
  }

  /// The error kernel of connection `l`; the lowest one sends nothing down and is not kept.
  public func feedback(_ l: Int) -> UnsafeMutablePointer<Scalar>? { l == 0 ? nil : path.matrix(l) }

  /// `t` of hidden layer `l` from 0, `[sample][neuron]`, of the batch at hand when it was learnt.
  public func targetPotentials(_ l: Int) -> UnsafePointer<Scalar> { UnsafePointer(targets[l]) }
}
