// The requirements are documented at `CreditPathway`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Kernels
import Networks

/// Feedback alignment: `e_l = (B_{l+1}ᵀ e_{l+1}) ∘ ψ_l` with `B` random and fixed within an episode.
/// - SeeAlso: Lillicrap, Cownden, Tweed & Akerman 2016, Nat. Commun. 7:13276.
public final class RandomFeedback<Scalar: KernelScalar>: CreditPathway {
  public static var name: String { "random" }

  private let network: SpikingNetwork<Scalar>
  private let feedbackWeights: FeedbackMatrices<Scalar>
  private let rows: [HalfMatrix<Scalar>]
  /// The input's feedback pre-major.
  private let inputFeedback: HalfMatrix<Scalar>
  private let arena = Arena()
  private var inputRowsAreCurrent = false
  private var drawn: EpisodeDraws?

  public init(network: SpikingNetwork<Scalar>) {
    let arena = self.arena
    self.network = network
    feedbackWeights = FeedbackMatrices(network: network)
    rows = network.projections.map { HalfMatrix(rows: $0.postCount, columns: $0.preCount, in: arena) }
    let first = network.projections[0]
    inputFeedback = HalfMatrix(rows: first.preCount, columns: first.postCount, in: arena)
  }

  public func beginEpisode(_ draws: EpisodeDraws) {
    // The candidates of an episode are often scored one after the other; nothing changes its feedback.
    if drawn == draws { return }
    drawn = draws
    feedbackWeights.draw(draws)
    // The input's error is seldom asked for, and its matrix is the largest.
    inputRowsAreCurrent = false
    for l in 1..<max(1, rows.count) { take(l) }
    inputFeedback.take(
      feedbackWeights.matrices[0], rowStep: network.projections[0].columns, columnStep: 1)
  }

  private func take(_ l: Int) {
    rows[l].take(feedbackWeights.matrices[l], rowStep: 1, columnStep: network.projections[l].columns)
  }

  @specialized(where Scalar == Float)
  public func deliver(to lowest: Int) {
    for l in stride(from: network.projections.count - 1, through: lowest, by: -1) {
      if l == 0 {
        if !inputRowsAreCurrent { take(0) }
        inputRowsAreCurrent = true
        network.formInputGain()
      }
      let group = network.groups[l]
      rows[l].sumRows(network.groups[l + 1].error, gain: group.gain, into: group.error)
    }
  }

  public func feedback(_ l: Int) -> UnsafeMutablePointer<Scalar>? { feedbackWeights.matrices[l] }

  public func fixedFeedback(_ l: Int) -> HalfMatrix<Scalar>? { l == 0 ? inputFeedback : nil }
}
