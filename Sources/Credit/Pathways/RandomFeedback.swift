// The requirements are documented at `CreditPathway`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Kernels
import Networks

/// Feedback alignment: `e_l = (B_{l+1}ᵀ e_{l+1}) ∘ ψ_l` with `B` random and fixed within an episode.
/// - SeeAlso: Lillicrap, Cownden, Tweed & Akerman 2016, Nat. Commun. 7:13276.
public final class RandomFeedback<Scalar: KernelScalar>: CreditPathway {
  public static var name: String { "random" }

  private let network: Network<Scalar>
  private let feedbackWeights: FeedbackMatrices<Scalar>
  private let rows: [HalfMatrix<Scalar>]
  /// The input's feedback pre-major; nil where an input's activity is a rate, for which nobody asks.
  private let inputFeedback: HalfMatrix<Scalar>?
  private let arena = Arena()
  private let scratch: UnsafeMutablePointer<UInt32>
  private var inputRowsAreCurrent = false
  private var drawn: EpisodeDraws?
  private var isGiven = false

  public init(network: Network<Scalar>) {
    let arena = self.arena
    self.network = network
    feedbackWeights = FeedbackMatrices(network: network)
    rows = network.projections.map { HalfMatrix(rows: $0.postCount, columns: $0.neuronCount, in: arena) }
    let first = network.projections[0]
    inputFeedback =
      network is RateNetwork<Scalar> ? nil : HalfMatrix(rows: first.preCount, columns: first.postCount, in: arena)
    scratch = arena.allocate(network.sizes.max()!, of: UInt32.self)
  }

  /// Lets every episode have this feedback, one matrix [post, pre] a projection, in full precision and instead of drawn
  /// feedback; nil draws again. To be called before plans are made.
  public func startEpisodes(from matrices: [[Scalar]]?) {
    isGiven = matrices != nil
    drawn = nil
    if let matrices { feedbackWeights.take(matrices) }
  }

  public func beginEpisode(_ draws: EpisodeDraws) {
    // The candidates of an episode are often scored one after the other; nothing changes its feedback.
    if isGiven || drawn == draws { return }
    drawn = draws
    feedbackWeights.draw(draws)
    // The input's error is seldom asked for, and its matrix is the largest.
    inputRowsAreCurrent = false
    for l in 1..<max(1, rows.count) { take(l) }
    inputFeedback?.take(
      feedbackWeights.matrices[0], rowStep: network.projections[0].columns, columnStep: 1)
  }

  private func take(_ l: Int) {
    rows[l].take(feedbackWeights.matrices[l], rowStep: 1, columnStep: network.projections[l].columns)
  }

  @specialized(where Scalar == Float)
  public func deliver(to lowest: Int) {
    for l in stride(from: network.projections.count - 1, through: lowest, by: -1) {
      let group = network.groups[l]
      if l == 0 { network.formInputGain() }
      // Half precision does not hold what was given; and few inputs of a rate network are active.
      if isGiven || l == 0 && inputFeedback == nil {
        let projection = network.projections[l]
        Scalar.rowDots(
          weights: nil, feedback: feedbackWeights.matrices[l], kind: .plain, scale: 1, stride: projection.columns,
          columns: projection.columns, rows: projection.neuronCount, network.groups[l + 1].error, gain: group.gain,
          scratch: scratch, descending: false, into: group.error)
        continue
      }
      if l == 0 {
        if !inputRowsAreCurrent { take(0) }
        inputRowsAreCurrent = true
      }
      rows[l].sumRows(network.groups[l + 1].error, gain: group.gain, into: group.error)
    }
  }

  public func feedback(_ l: Int) -> UnsafeMutablePointer<Scalar>? { feedbackWeights.matrices[l] }

  public func fixedFeedback(_ l: Int) -> HalfMatrix<Scalar>? { l == 0 && !isGiven ? inputFeedback : nil }

  public func errorSource(_ l: Int) -> ErrorSource<Scalar>? { .fixed(UnsafePointer(feedbackWeights.matrices[l])) }
}
