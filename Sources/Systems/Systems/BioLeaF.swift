// The requirements are documented at `LearningSystem`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Kernels
import Layers
import Networks
import Pages

/// A local microcircuit of two kinds of cells and four of synapses that learns by spike timing: our reconstruction of a
/// framework of which we could read the abstract alone. The wiring is ours.
///
/// Every principal cell P, a leaky integrate-and-fire neuron that sends traces, has an error cell E:
///
/// 1. P below → basal compartment of P: `W`, plastic; drives the soma.
/// 2. P → its own E: how near P is to its threshold, `ψ`, scales what E receives; at the readout also its trace `a`, which a
///    teacher's trace `d` is taken from.
/// 3. E above → E below: `B`.
/// 4. E → apical compartment of its own P; it does not reach the soma.
///
///     ε_L[t] = ψ_L[t] (a_L[t] − d[t]),   ε_l[t] = ψ_l[t] ∘ Pᵀ B_{l+1}ᵀ z_{l+1}[t]
///     q[t] = q[t−1] + ε[t] − z[t],       z[t] = quantum · trunc((q[t−1] + ε[t]) / quantum)
///
/// E fires around a rest rate: `z / quantum` is how many spikes more, or fewer, than at rest it sends in step `t`. A basal
/// synapse learns by the pairing of its presynaptic trace with those spikes in the apical compartment,
/// `Δw ∝ − Σ_t z[t] x[t]`; pairings at rest are made up for by as many changes of opposite sign. A quantum of 0 stands for
/// error cells that pass their potential on, `z = ε`.
public final class BioLeaF<Scalar: KernelScalar>: LearningSystem {
  public static var card: SystemCard {
    SystemCard(
      name: "bioleaf",
      about: "Principal and error cells, four kinds of synapses, learning by spike timing; our reconstruction.",
      source: "Yang & Li 2021, arXiv:2111.13188 (abstract)", rule: "descent", neurons: [.lif],
      layers: Set(LayerFeature.allCases), offers: [.yPost, .sPost, .vPost, .psiPost, .ePre, .sPre, .vPre],
      settings: TraceLoss<Scalar>.keys(default: "kernel-once") + [
        FeedbackChoice.key(),
        PageKey(
          "quantum", .number(.nonNegative), default: .number(0.02),
          doc: "Error that one spike of an error cell stands for; 0: error cells pass potentials on."),
      ])
  }

  private let network: LayeredNetwork<Scalar>
  private let flow: TraceFlow<Scalar>
  private let path: FeedbackPath<Scalar>
  private let quantum: Scalar
  private let gains: [UnsafeMutablePointer<Scalar>]
  /// Potentials of the error cells of one layer.
  private let potential: UnsafeMutablePointer<Scalar>
  private let threshold: UnsafeMutablePointer<Scalar>
  private let arena = Arena()

  public init(_ network: LayeredNetwork<Scalar>, _ settings: SystemSettings, capacity: Int) {
    self.network = network
    flow = TraceFlow(network, loss: TraceLoss.choice(settings), capacity: capacity)
    path = FeedbackPath(network, FeedbackChoice(rawValue: settings.text("feedback"))!)
    quantum = Scalar(settings.number("quantum"))
    let arena = arena
    let steps = flow.steps
    gains = network.connections.map { arena.allocate(capacity * steps * $0.postShape.count, of: Scalar.self) }
    potential = arena.allocate(capacity * network.connections.map(\.postShape.count).max()!, of: Scalar.self)
    threshold = arena.allocate(1, of: Scalar.self)
    threshold[0] = Scalar(network.parameters.constants.threshold)
  }

  public func begin(_ draws: EpisodeDraws) { path.begin(draws) }

  public func present(_ batch: SampleBatch<Scalar>, learning: Bool) {
    flow.present(batch, learning: learning)
    guard learning else { return }
    path.prepare(batch: batch.number)
    for l in stride(from: flow.layers.count - 1, through: 0, by: -1) {
      let layer = flow.layers[l]
      let count = batch.count * network.connections[l].postShape.count
      let total = flow.steps * count
      network.parameters.constants.surrogate.fill(
        gains[l], total, potential: UnsafePointer(layer.potential), threshold: UnsafePointer(threshold))
      Scalar.multiply(total, layer.error, by: UnsafePointer(gains[l]))
      if quantum > 0 { fire(layer.error, count: count) }
      if l > 0 { flow.sendErrorsBack(to: l - 1, through: UnsafePointer(path.matrix(l))) }
    }
  }

  /// Error cells integrate `ε` and send spikes; `z` takes the place of `ε`.
  @specialized(where Scalar == Float)
  private func fire(_ error: UnsafeMutablePointer<Scalar>, count: Int) {
    let (quantum, potential) = (quantum, potential)
    potential.update(repeating: 0, count: count)
    for t in 0..<flow.steps {
      let row = error + t * count
      for i in 0..<count {
        let now = potential[i] + row[i]
        let sent = quantum * (now / quantum).rounded(.towardZero)
        potential[i] = now - sent
        row[i] = sent
      }
    }
  }

  public var scores: UnsafePointer<Scalar> { UnsafePointer(flow.loss.scores) }
  public var losses: UnsafePointer<Scalar> { UnsafePointer(flow.loss.losses) }
  public var rates: [Double] { flow.rates }

  public func signals(_ l: Int) -> SynapseSignals<Scalar> {
    var signals = flow.signals(l)
    signals.postGain = UnsafePointer(gains[l])
    return signals
  }

  public func gradientSignals(_ l: Int) -> SynapseSignals<Scalar> { flow.gradientSignals(l) }
  public func feedback(_ l: Int) -> UnsafeMutablePointer<Scalar>? { path.learnable(l) }
}
