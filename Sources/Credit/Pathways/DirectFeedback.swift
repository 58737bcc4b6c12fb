// The requirements are documented at `CreditPathway`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Kernels
import Networks

/// Direct feedback alignment: `e_l = (D_lᵀ e_readout) ∘ ψ_l`, `D_l` [readout, group l] random and fixed within an episode.
///
/// `D_l` follows the law of feedback weights between the two groups it joins; for the group below the readout it is the
/// `B` of feedback alignment, draw for draw.
/// - SeeAlso: Nøkland 2016, arXiv 1609.01596.
public final class DirectFeedback<Scalar: KernelScalar>: CreditPathway {
  public static var name: String { "direct" }

  private let network: Network<Scalar>
  private let arena = Arena()
  private let matrices: [UnsafeMutablePointer<Scalar>]
  private let columns: Int
  private let scratch: UnsafeMutablePointer<UInt32>
  private let row: UnsafeMutablePointer<Float>
  private var isGiven = false

  public init(network: Network<Scalar>) {
    self.network = network
    let arena = self.arena
    let columns = Scalar.padded(network.outputCount)
    self.columns = columns
    matrices = network.sizes.dropLast().map { arena.allocate($0 * columns, of: Scalar.self) }
    scratch = arena.allocate(network.sizes.max()!, of: UInt32.self)
    row = arena.allocate(network.outputCount, of: Float.self)
  }

  /// Lets every episode have this feedback, one matrix [readout, neurons] a group from the input up, instead of drawn
  /// feedback; nil draws again.
  public func startEpisodes(from dense: [[Scalar]]?) {
    isGiven = dense != nil
    guard let dense else { return }
    precondition(dense.count == matrices.count, "\(dense.count) matrices for \(matrices.count) groups")
    for (l, matrix) in matrices.enumerated() {
      let (n, m) = (network.sizes[l], network.outputCount)
      precondition(dense[l].count == n * m, "\(dense[l].count) feedback weights for \(n * m)")
      for j in 0..<n { for i in 0..<m { matrix[j * columns + i] = dense[l][i * n + j] } }
    }
  }

  public func beginEpisode(_ draws: EpisodeDraws) {
    if isGiven { return }
    for (l, matrix) in matrices.enumerated() {
      let bound =
        network.parameters.feedbackScale * (6 / Double(network.sizes[l] + network.outputCount)).squareRoot()
      draws.fillFeedback(
        matrix, part: UInt32(l), preCount: network.sizes[l], postCount: network.outputCount, bound: bound, row: row)
    }
  }

  @specialized(where Scalar == Float)
  public func deliver(to lowest: Int) {
    for l in stride(from: matrices.count - 1, through: lowest, by: -1) {
      if l == 0 { network.formInputGain() }
      Scalar.rowDots(
        weights: nil, feedback: matrices[l], kind: .plain, scale: 1, stride: columns, columns: columns,
        rows: network.sizes[l], network.readout.error, gain: network.groups[l].gain, scratch: scratch,
        descending: false,
        into: network.groups[l].error)
    }
  }

  public func errorSource(_ l: Int) -> ErrorSource<Scalar>? { .direct(UnsafePointer(matrices[l]), columns: columns) }
}
