// The requirements are documented at `CreditPathway`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Kernels
import Networks

/// Feedback that learns: `e_l = (B_{l+1}ᵀ e_{l+1}) ∘ ψ_l` with `B` drawn as random feedback and then moved by the rule's
/// own `db`.
/// - SeeAlso: Akrout, Wilson, Humphreys, Lillicrap & Tweed 2019, arXiv 1904.05391; Kunin et al. 2020, arXiv 2003.01513.
public final class LearnedFeedback<Scalar: KernelScalar>: CreditPathway {
  public static var name: String { "learned" }

  private let path: LayerwiseDelivery<Scalar>
  private let feedbackWeights: FeedbackMatrices<Scalar>
  private var given: [[Scalar]]?

  public init(network: Network<Scalar>) {
    path = LayerwiseDelivery(network: network)
    feedbackWeights = FeedbackMatrices(network: network)
  }

  /// Lets the feedback of every episode start from these matrices, one [post, pre] a projection, instead of drawn ones;
  /// nil draws again.
  public func startEpisodes(from matrices: [[Scalar]]?) { given = matrices }

  public func beginEpisode(_ draws: EpisodeDraws) {
    // A rule may have moved what no draw covers: the weights of bias units.
    feedbackWeights.clear()
    if let given { feedbackWeights.take(given) } else { feedbackWeights.draw(draws) }
  }

  @specialized(where Scalar == Float)
  public func deliver(to lowest: Int) {
    path.deliver(
      to: lowest, kind: .plain, weights: { _ in nil }, magnitudes: { UnsafePointer(feedbackWeights.matrices[$0]) },
      scale: { _ in 1 })
  }

  public func feedback(_ l: Int) -> UnsafeMutablePointer<Scalar>? { feedbackWeights.matrices[l] }

  public func errorSource(_ l: Int) -> ErrorSource<Scalar>? { .fixed(UnsafePointer(feedbackWeights.matrices[l])) }
}
