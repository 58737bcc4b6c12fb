// The requirements are documented at `CreditPathway`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Kernels
import Networks

/// Feedback alignment: `e_l = (B_{l+1}ᵀ e_{l+1}) ∘ ψ_l` with `B` random and fixed within an episode.
/// - SeeAlso: Lillicrap, Cownden, Tweed & Akerman 2016, Nat. Commun. 7:13276.
public final class RandomFeedback<Scalar: KernelScalar>: CreditPathway {
  public static var name: String { "random" }

  private let path: LayerwiseDelivery<Scalar>
  private let feedbackWeights: FeedbackMatrices<Scalar>

  public init(network: SpikingNetwork<Scalar>) {
    path = LayerwiseDelivery(network: network)
    feedbackWeights = FeedbackMatrices(network: network)
  }

  public func beginEpisode(_ draws: EpisodeDraws) { feedbackWeights.draw(draws) }

  public func deliver(to lowest: Int) {
    path.deliver(
      to: lowest, kind: .plain, weights: { _ in nil }, magnitudes: { UnsafePointer(feedbackWeights.matrices[$0]) },
      scale: { _ in 1 })
  }

  public func feedback(_ l: Int) -> UnsafeMutablePointer<Scalar>? { feedbackWeights.matrices[l] }
}
