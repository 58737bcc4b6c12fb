// The requirements are documented at `LearningSystem`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Kernels
import Layers
import Networks
import Pages

/// Our reconstruction of a cortical microcircuit with sign-concordant feedback: three types of cells, two types of
/// connectivity, Hebbian learning in local compartments. The paper's own wiring could not be read; this one satisfies
/// what its abstract states.
///
/// - Principal cells `P_l` have a basal compartment, which receives the traces `a_{l−1}` through `W_l`; a soma, which spikes;
///   and an apical compartment, whose current teaches and never reaches the soma.
/// - Error cells `E⁺_l` and `E⁻_l`, one pair a principal cell, hold `[e]₊` and `[−e]₊`: subtracted first, rectified after, so
///   that they are never both active and no activity is negative.
/// - Feedforward synapses `W_l` learn. Feedback synapses lead from the error cells above to apical compartments with
///   strengths `M ≥ 0` and the polarity of the forward path, `sgn W`: anatomy, as Dale's law has it, not weight transport.
///
///     A_l[t] = (M ∘ sgn W)_{l+1}ᵀ (E⁺_{l+1}[t] − E⁻_{l+1}[t])
///     e_l[t] = A_l[t] · g(u_l[t]),   e_L[t] = a_L[t] − d[t]
///
/// With `E⁺ − E⁻ = e` this is feedback alignment through matrices that share the forward signs. A rule moves `W` by `e_post`
/// and `y_pre`: the apical current gated by the soma's own potential, and the trace that arrives.
public final class MicrocircuitSCFA<Scalar: KernelScalar>: LearningSystem {
  public static var card: SystemCard {
    SystemCard(
      name: "microcircuit",
      about: "Principal cells with three compartments and pairs of error cells, sign-concordant; our reconstruction.",
      source: "after Yang & Li 2022, arXiv:2205.07292", rule: "microcircuit", neurons: [.lif],
      layers: Set(LayerFeature.allCases), offers: [.yPost, .sPost, .vPost, .ePre, .sPre, .vPre, .feedback],
      settings: TraceLoss<Scalar>.keys(default: "kernel-once") + [
        FeedbackChoice.key([.fixedSign, .uniformSign, .weights], default: .fixedSign),
        PageKey(
          "gate", .choice(["logistic", "near-threshold"]), default: .text("logistic"),
          doc: "What the soma lets through of the apical current: a logistic's derivative, or all near the threshold."),
        PageKey(
          "gate_width", .number(.positive), default: .number(0.2),
          doc: "logistic: its width; near-threshold: how far from the threshold it is open."),
        PageKey(
          "temporal", .choice(["none", "tssl"]), default: .text("none"),
          doc: "tssl: apical currents are credited to the times of spikes as in TSSL-BP, in place of the gate."),
        PageKey(
          "signs", .choice(["follow", "dale"]), default: .text("follow"),
          doc: "Polarity of feedback where a weight crosses 0: follows it, or no weight may cross."),
        PageKey(
          "plastic", .boolean, default: .boolean(false),
          doc:
            "Whether rules may move the strengths of feedback, as signed b = M sgn(W), clipped where M would be below 0."
        ),
      ])
  }

  private let network: LayeredNetwork<Scalar>
  private let flow: TraceFlow<Scalar>
  private let path: FeedbackPath<Scalar>
  private let gate: (kind: PotentialGate, width: Scalar)
  private let isTemporal: Bool
  private let keepsSigns: Bool
  /// `M ∘ sgn W` where rules may move it.
  private let plastic: [UnsafeMutablePointer<Scalar>]?
  /// The signs that weights have to keep.
  private let sides: [UnsafeMutablePointer<Scalar>]?
  private let cells: [(positive: UnsafeMutablePointer<Scalar>, negative: UnsafeMutablePointer<Scalar>)]
  private let arena = Arena()

  public init(_ network: LayeredNetwork<Scalar>, _ settings: SystemSettings, capacity: Int) {
    self.network = network
    flow = TraceFlow(network, loss: TraceLoss.choice(settings), capacity: capacity)
    path = FeedbackPath(network, FeedbackChoice(rawValue: settings.text("feedback"))!)
    gate = (
      settings.text("gate") == "logistic" ? .logistic : .nearThreshold,
      Scalar(settings.number("gate_width"))
    )
    isTemporal = settings.text("temporal") == "tssl"
    keepsSigns = settings.text("signs") == "dale"
    let arena = arena
    func matrices() -> [UnsafeMutablePointer<Scalar>] {
      network.connections.map { arena.allocate($0.weightCount, of: Scalar.self) }
    }
    plastic = settings.boolean("plastic") ? matrices() : nil
    sides = keepsSigns ? matrices() : nil
    cells = network.connections.map { connection in
      let count = capacity * network.parameters.constants.steps * connection.postShape.count
      return (arena.allocate(count, of: Scalar.self), arena.allocate(count, of: Scalar.self))
    }
  }

  /// Draws the strengths of feedback; polarities are those of the weights, which have to be drawn before.
  public func begin(_ draws: EpisodeDraws) {
    path.begin(draws)
    guard let plastic else { return }
    path.prepare(batch: 0, zeroHasSide: keepsSigns)
    for l in 1..<plastic.count {
      plastic[l].update(from: path.matrix(l), count: network.connections[l].weightCount)
    }
  }

  public func present(_ batch: SampleBatch<Scalar>, learning: Bool) {
    flow.present(batch, learning: learning)
    guard learning else { return }
    if let sides {
      for l in sides.indices {
        let connection = network.connections[l]
        Scalar.sides(connection.weightCount, UnsafePointer(connection.weights), into: sides[l])
      }
    }
    if let plastic {
      for l in 1..<plastic.count {
        let connection = network.connections[l]
        Scalar.clipToSide(connection.weightCount, plastic[l], of: UnsafePointer(connection.weights))
      }
    } else {
      path.prepare(batch: batch.number, zeroHasSide: keepsSigns)
    }
    let top = flow.layers.count - 1
    if isTemporal { flow.assignCredit(top) }
    for l in stride(from: top - 1, through: 0, by: -1) {
      // E⁺ and E⁻ are never both active: their difference is the error of the layer above, bit for bit.
      flow.sendErrorsBack(to: l, through: feedbackMatrix(l + 1))
      if isTemporal {
        flow.assignCredit(l)
      } else {
        let layer = flow.layers[l]
        Scalar.gate(
          flow.rows * network.connections[l].postShape.count, kind: gate.kind, layer.error,
          potential: UnsafePointer(layer.potential), threshold: flow.threshold, width: gate.width)
      }
    }
  }

  /// `M ∘ sgn W`: what leads from the error cells of the neurons above connection `l` to the apical compartments below it,
  /// in the layout of its weights; its magnitudes are the strengths `M`.
  /// - Precondition: `l > 0`.
  public func feedbackMatrix(_ l: Int) -> UnsafePointer<Scalar> {
    precondition(l > 0, "no feedback leads to the input")
    return UnsafePointer(plastic?[l] ?? path.matrix(l))
  }

  /// Activities of the error cells of the neurons above connection `l` in the batch at hand, `[step][sample][neuron]`; none
  /// is negative, and of a pair one at most is active.
  public func errorCells(_ l: Int) -> (positive: UnsafePointer<Scalar>, negative: UnsafePointer<Scalar>) {
    let count = flow.rows * network.connections[l].postShape.count
    let (positive, negative) = cells[l]
    Scalar.rectify(count, UnsafePointer(flow.layers[l].error), positive: positive, negative: negative)
    return (UnsafePointer(positive), UnsafePointer(negative))
  }

  public var scores: UnsafePointer<Scalar> { UnsafePointer(flow.loss.scores) }
  public var losses: UnsafePointer<Scalar> { UnsafePointer(flow.loss.losses) }
  public var rates: [Double] { flow.rates }
  public func signals(_ l: Int) -> SynapseSignals<Scalar> { flow.signals(l) }
  public func gradientSignals(_ l: Int) -> SynapseSignals<Scalar> { flow.gradientSignals(l) }
  public func feedback(_ l: Int) -> UnsafeMutablePointer<Scalar>? { l > 0 ? plastic?[l] : nil }
  public func signs(_ l: Int) -> UnsafePointer<Scalar>? { sides.map { UnsafePointer($0[l]) } }
}

extension KernelScalar {
  /// `y = 1`, or −1 of negative numbers and the zero below 0.
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  fileprivate static func sides(_ n: Int, _ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>) {
    for k in 0..<n { y[k] = x[k].sign == .minus ? -1 : 1 }
  }

  /// `b ← 0` where `b` and `w` are on different sides of 0.
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  fileprivate static func clipToSide(_ n: Int, _ b: UnsafeMutablePointer<Self>, of w: UnsafePointer<Self>) {
    for k in 0..<n { b[k] = (b[k] > 0) == (w[k].sign == .plus) ? b[k] : 0 }
  }

  /// `[x]₊` and `[−x]₊`.
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  fileprivate static func rectify(
    _ n: Int, _ x: UnsafePointer<Self>, positive: UnsafeMutablePointer<Self>, negative: UnsafeMutablePointer<Self>
  ) {
    for k in 0..<n {
      positive[k] = x[k] > 0 ? x[k] : 0
      negative[k] = x[k] < 0 ? -x[k] : 0
    }
  }
}
