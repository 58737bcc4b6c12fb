// The requirements are documented at `LearningSystem`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Kernels
import Layers
import Networks
import Pages

/// Rate neurons whose errors go back layer by layer: `e_l = ψ_l ∘ Pᵀ(B_{l+1}ᵀ e_{l+1})`, `B = W` in backpropagation, fixed
/// and random in feedback alignment; softmax and cross-entropy above.
public final class LayerwiseFeedback<Scalar: KernelScalar>: LearningSystem {
  public static var card: SystemCard {
    SystemCard(
      name: "layerwise", about: "Errors go back layer by layer: backpropagation, or feedback alignment and its kin.",
      source: "Rumelhart, Hinton & Williams 1986; Lillicrap et al. 2016, Nat. Commun. 7:13276", rule: "descent",
      neurons: [.softplus, .tanh, .relu, .sigmoid], layers: Set(LayerFeature.allCases),
      offers: [.yPost, .ePre, .vPost, .psiPost], settings: [FeedbackChoice.key()])
  }

  private let network: LayeredNetwork<Scalar>
  private let flow: RateFlow<Scalar>
  private let path: FeedbackPath<Scalar>

  public init(_ network: LayeredNetwork<Scalar>, _ settings: SystemSettings, capacity: Int) {
    self.network = network
    flow = RateFlow(network, capacity: capacity)
    path = FeedbackPath(network, FeedbackChoice(rawValue: settings.text("feedback"))!)
  }

  public func begin(_ draws: EpisodeDraws) { path.begin(draws) }

  public func present(_ batch: SampleBatch<Scalar>, learning: Bool) {
    flow.present(batch, learning: learning)
    guard learning else { return }
    path.prepare(batch: batch.number)
    flow.sendErrorsBack { path.matrix($0) }
  }

  public var scores: UnsafePointer<Scalar> { flow.scores }
  public var losses: UnsafePointer<Scalar> { flow.losses }
  public var rates: [Double] { flow.rates }
  public func signals(_ l: Int) -> SynapseSignals<Scalar> { flow.signals(l) }
  public func feedback(_ l: Int) -> UnsafeMutablePointer<Scalar>? { path.learnable(l) }
}
