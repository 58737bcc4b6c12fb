// The requirements are documented at `LearningSystem`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Kernels
import Layers
import Networks
import Pages

/// e-prop of leaky integrate-and-fire neurons in feed-forward networks: what a synapse did is remembered on its way, by a
/// trace that the neuron's own leak makes of its input, and meets the readout's error of the same step.
///
///     x̄_t = leak · x̄_{t−1} + x_t                     (x_t first filtered by the synapse's decay, if any)
///     e_t = ψ_t ∘ Pᵀ Bᵀ e_t of the layer above        (or ψ_t ∘ Dᵀ r_t straight from the readout)
///     Δw ∝ − Σ_t e_t ⊗ x̄_t
///
/// Like the paper's, the trace forgets that spikes reset potentials; with reset `subtract` or `none` nothing is lost by
/// that but the derivative of the reset. The readout's own leak delays errors, for which the paper filters each synapse's
/// product ψ x̄ forwards; here the same sum is taken with the errors filtered backwards within the sample, which needs
/// nothing of a synapse's own: `Σ_t r_t (1 − κ) Σ_{s≤t} κ^{t−s} ψ_s x̄_s = Σ_s r̃_s ψ_s x̄_s`, `r̃_t = κ r̃_{t+1} + (1 − κ) r_t`.
///
/// With `n_t` the trace of a constant 1, `y_pre` is `x̄_t / n_t` and `e_post` is `n_t e_t`: so a bias is a unit whose trace is
/// 1, and the trace of a constant drive the drive.
public final class EligibilityPropagation<Scalar: KernelScalar>: LearningSystem {
  private typealias Readout = LeakyReadout<Scalar>

  /// The broadcast feedback's name beside those of `FeedbackChoice`.
  private static var direct: String { "direct" }

  public static var card: SystemCard {
    SystemCard(
      name: "e-prop", about: "Eligibility traces of synapses meet the readout's error of the same step.",
      source: "Bellec et al. 2020, Nat. Commun. 11:3625", rule: "descent", neurons: [.lif],
      layers: Set(LayerFeature.allCases), offers: [.yPost, .sPost, .vPost, .psiPost, .ePre],
      settings: [
        PageKey(
          "feedback", .choice(FeedbackChoice.allCases.map(\.rawValue) + [direct]), default: .text(direct),
          doc: "Through which weights errors go back: from layer to layer, or directly from the readout, random."),
        PageKey(
          "filter", .choice(["readout", "none"]), default: .text("readout"),
          doc: "Whether the readout's leak delays what synapses remember, or errors meet the traces of their own step."),
        Readout.LossAt.key([.everyStep, .lastStep], default: .everyStep),
      ] + SpikeFlow<Scalar>.settings)
  }

  private let network: LayeredNetwork<Scalar>
  private let flow: SpikeFlow<Scalar>
  private let path: FeedbackPath<Scalar>?
  private let direct: DirectFeedback<Scalar>?
  private let filtersErrors: Bool
  /// x̄_t / n_t of what each connection carries.
  private let traces: [UnsafeMutablePointer<Scalar>]
  private let memory: (UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>)
  /// n_t of hidden neurons, and of the readout.
  private let growth: (hidden: UnsafeMutablePointer<Scalar>, readout: UnsafeMutablePointer<Scalar>)
  private let folded: UnsafeMutablePointer<Scalar>
  private let arena = Arena()

  public init(_ network: LayeredNetwork<Scalar>, _ settings: SystemSettings, capacity: Int) {
    self.network = network
    let lossAt = Readout.LossAt(rawValue: settings.text("loss_at"))!
    flow = SpikeFlow(network, settings, lossAt: lossAt, capacity: capacity)
    path = FeedbackChoice(rawValue: settings.text("feedback")).map { FeedbackPath(network, $0) }
    direct = path == nil ? DirectFeedback(network) : nil
    filtersErrors = settings.text("filter") == "readout"
    let steps = network.parameters.constants.steps
    let arena = arena
    func vector(_ count: Int) -> UnsafeMutablePointer<Scalar> { arena.allocate(count, of: Scalar.self) }
    traces = network.connections.map { vector(capacity * steps * $0.preShape.count) }
    let most = capacity * network.connections.map(\.preShape.count).max()!
    memory = (vector(most), vector(most))
    growth = (vector(steps), vector(steps))
    folded = vector(capacity * network.connections[0].postShape.count)
  }

  public func begin(_ draws: EpisodeDraws) {
    flow.begin(draws)
    path?.begin(draws)
    direct?.begin(draws)
  }

  public func present(_ batch: SampleBatch<Scalar>, learning: Bool) {
    flow.present(batch, learning: learning)
    guard learning else { return }
    for l in network.connections.indices { formTrace(l) }
    flow.readout.sendBack(samples: batch.count, steps: flow.steps)
    path?.prepare(batch: batch.number)
    for l in flow.layers.indices.reversed() { sendError(to: l) }
    for l in network.connections.indices {
      let connection = network.connections[l]
      let count = batch.count * connection.postShape.count
      let isTop = l == flow.layers.count
      let error = isTop ? flow.readout.error : flow.layers[l].error
      let growth = isTop ? growth.readout : growth.hidden
      for t in 0..<flow.steps { Scalar.multiply(count, error + t * count, by: growth[t]) }
    }
    guard flow.isDriven else { return }
    let count = batch.count * network.connections[0].postShape.count
    folded.update(repeating: 0, count: count)
    for t in 0..<flow.steps { Scalar.addScaled(count, folded, factor: 1, error(0) + t * count) }
  }

  /// The trace of what connection `l` carries, by the leak of the neurons above.
  @specialized(where Scalar == Float)
  private func formTrace(_ l: Int) {
    let readout = flow.readout
    let isTop = l == flow.layers.count
    let (keep, gain) = isTop ? (readout.leak, 1 - readout.leak) : (Scalar(network.parameters.constants.leak), 1)
    let decay = readout.synapseDecay
    let growth = isTop ? growth.readout : growth.hidden
    var (constant, constantCurrent) = (Scalar(0), Scalar(0))
    for t in 0..<flow.steps {
      constantCurrent = decay * constantCurrent + 1
      constant = keep * constant + gain * constantCurrent
      growth[t] = constant
    }
    if l == 0, flow.isDriven { return }
    let count = flow.batch.count * network.connections[l].preShape.count
    let (sum, current) = memory
    sum.update(repeating: 0, count: count)
    current.update(repeating: 0, count: count)
    for t in 0..<flow.steps {
      let (x, trace) = (flow.input(l) + t * count, traces[l] + t * count)
      let share = 1 / growth[t]
      for i in 0..<count {
        current[i] = decay * current[i] + x[i]
        sum[i] = keep * sum[i] + gain * current[i]
        trace[i] = share * sum[i]
      }
    }
  }

  /// What reaches hidden layers of the readout.
  private var learningSignal: UnsafePointer<Scalar> {
    UnsafePointer(filtersErrors ? flow.readout.currentError : flow.readout.error)
  }

  private func sendError(to l: Int) {
    let layer = flow.layers[l]
    if let direct {
      direct.send(learningSignal, rows: flow.rows, to: l, into: layer.error, flow.workspace)
    } else if let path {
      let above = l + 1 == flow.layers.count ? learningSignal : UnsafePointer(flow.layers[l + 1].error)
      network.connections[l + 1].back(
        above, rows: flow.rows, through: UnsafePointer(path.matrix(l + 1)), into: layer.outputError, flow.workspace)
      flow.backThroughPool(l)
    }
    Scalar.multiply(flow.rows * layer.count, layer.error, by: UnsafePointer(layer.gain))
  }

  /// Errors of the neurons above connection `l`.
  private func error(_ l: Int) -> UnsafePointer<Scalar> {
    UnsafePointer(l < flow.layers.count ? flow.layers[l].error : flow.readout.error)
  }

  public var scores: UnsafePointer<Scalar> { UnsafePointer(flow.readout.scores) }
  public var losses: UnsafePointer<Scalar> { UnsafePointer(flow.readout.losses) }
  public var rates: [Double] { flow.rates }

  public func signals(_ l: Int) -> SynapseSignals<Scalar> {
    var signals = flow.signals(l, error: error(l))
    if l > 0 || !flow.isDriven { signals.preActivity = UnsafePointer(traces[l]) }
    if l > 0, network.pools[l - 1] == nil { signals.preError = error(l - 1) }
    return signals
  }

  public func gradientSignals(_ l: Int) -> SynapseSignals<Scalar> {
    guard l == 0, flow.isDriven else { return signals(l) }
    return SynapseSignals(
      rows: flow.batch.count, steps: 1, preActivity: flow.batch.values, postError: UnsafePointer(folded))
  }

  public func feedback(_ l: Int) -> UnsafeMutablePointer<Scalar>? { path?.learnable(l) }
}
