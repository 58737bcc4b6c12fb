// The requirements are documented at `LearningSystem`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Kernels
import Layers
import Networks
import Pages

/// TSSL-BP: errors of leaky integrate-and-fire neurons that send traces, through the times of their spikes.
///
/// With `G[t]` the derivative with respect to a neuron's trace, `f[t] = Σ_{k≥t} ε[k−t] G[k]` what its spikes owe at `t` and
/// `d[t] = s[t] / Δu[t]`, held within 0 … 8, the inverse slope of a spike, a scan back in time gives
///
///     g[t] = d[t] (f[t] + c u[t] / τ_m)   at a spike: between neurons, and within one through its reset
///     g[t] = leak · c                     without: through the leak
///     c ← g[t]
///
/// and, where the trace is below `1/(4 τ_s)`, in place of `g[t]` but not of `c`, `f[t]` times the derivative of a logistic of
/// width 0.2 at the threshold: so the silent learn. `e_post = g`, and what goes down is `Bᵀ g[t]`.
public final class TSSLBP<Scalar: KernelScalar>: LearningSystem {
  public static var card: SystemCard {
    SystemCard(
      name: "tssl-bp",
      about: "Errors of spiking neurons through the times of their spikes, between and within neurons.",
      source: "Zhang & Li 2020, NeurIPS, arXiv:2002.10085", rule: "tssl-bp", neurons: [.lif],
      layers: Set(LayerFeature.allCases), offers: [.yPost, .sPost, .vPost, .ePre, .sPre, .vPre, .feedback],
      settings: TraceLoss<Scalar>.keys(default: "kernel") + [FeedbackChoice.key()])
  }

  let flow: TraceFlow<Scalar>
  private let path: FeedbackPath<Scalar>

  public init(_ network: LayeredNetwork<Scalar>, _ settings: SystemSettings, capacity: Int) {
    flow = TraceFlow(network, loss: TraceLoss.choice(settings), capacity: capacity)
    path = FeedbackPath(network, FeedbackChoice(rawValue: settings.text("feedback"))!)
  }

  public func begin(_ draws: EpisodeDraws) { path.begin(draws) }

  public func present(_ batch: SampleBatch<Scalar>, learning: Bool) {
    flow.present(batch, learning: learning)
    guard learning else { return }
    path.prepare(batch: batch.number)
    for l in stride(from: flow.layers.count - 1, through: 0, by: -1) {
      flow.assignCredit(l)
      if l > 0 { flow.sendErrorsBack(to: l - 1, through: UnsafePointer(path.matrix(l))) }
    }
  }

  public var scores: UnsafePointer<Scalar> { UnsafePointer(flow.loss.scores) }
  public var losses: UnsafePointer<Scalar> { UnsafePointer(flow.loss.losses) }
  public var rates: [Double] { flow.rates }
  public func signals(_ l: Int) -> SynapseSignals<Scalar> { flow.signals(l) }
  public func gradientSignals(_ l: Int) -> SynapseSignals<Scalar> { flow.gradientSignals(l) }
  public func feedback(_ l: Int) -> UnsafeMutablePointer<Scalar>? { path.learnable(l) }
}
