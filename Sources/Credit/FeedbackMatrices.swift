import Arithmetic
import Kernels
import Networks

/// Feedback weights of every projection of a network, laid out like the forward weights.
struct FeedbackMatrices<Scalar: KernelScalar> {
  private let arena = Arena()
  private let network: Network<Scalar>
  private let row: UnsafeMutablePointer<Float>
  let matrices: [UnsafeMutablePointer<Scalar>]

  init(network: Network<Scalar>) {
    let arena = self.arena
    self.network = network
    matrices = network.projections.map { arena.allocate($0.preCount * $0.columns, of: Scalar.self) }
    row = arena.allocate(network.sizes.max()!, of: Float.self)
  }

  /// Draws every matrix uniformly within ± feedbackScale · √(6 / (n_in + n_out)).
  ///
  /// `round` 0 is the episode's draw; other rounds are fresh draws within it.
  @specialized(where Scalar == Float)
  func draw(_ draws: EpisodeDraws, round: UInt32 = 0) {
    for l in matrices.indices { draw(l, draws, round: round) }
  }

  /// Draws the matrix of projection `l`.
  @specialized(where Scalar == Float)
  func draw(_ l: Int, _ draws: EpisodeDraws, round: UInt32) {
    let projection = network.projections[l]
    draws.fillFeedback(
      matrices[l], part: round << 8 | UInt32(l), preCount: projection.neuronCount, postCount: projection.postCount,
      bound: projection.bound(scale: network.parameters.feedbackScale), row: row)
  }

  /// Takes matrices [post, pre] of neurons as they are.
  func take(_ dense: [[Scalar]]) {
    precondition(dense.count == matrices.count, "\(dense.count) matrices for \(matrices.count) projections")
    for (l, projection) in network.projections.enumerated() {
      let (n, m) = (projection.neuronCount, projection.postCount)
      precondition(dense[l].count == n * m, "\(dense[l].count) feedback weights for \(n * m)")
      for j in 0..<n { for i in 0..<m { matrices[l][j * projection.columns + i] = dense[l][i * n + j] } }
    }
  }

  /// Zeroes every matrix, bias units and padding included.
  func clear() {
    for (matrix, projection) in zip(matrices, network.projections) {
      Scalar.fill(projection.preCount * projection.columns, matrix, with: 0)
    }
  }

  /// Turns every weight into its magnitude.
  func takeMagnitudes() { for l in matrices.indices { takeMagnitudes(l) } }

  /// Turns every weight of projection `l` into its magnitude.
  @specialized(where Scalar == Float)
  func takeMagnitudes(_ l: Int) {
    let matrix = matrices[l]
    for k in 0..<network.projections[l].preCount * network.projections[l].columns { matrix[k] = matrix[k].magnitude }
  }
}

/// Sends errors down one projection after the other.
struct LayerwiseDelivery<Scalar: KernelScalar> {
  private let arena = Arena()
  private let network: Network<Scalar>
  private let scratch: UnsafeMutablePointer<UInt32>
  private let turn = Turn()

  init(network: Network<Scalar>) {
    self.network = network
    scratch = arena.allocate(network.sizes.max()!, of: UInt32.self)
  }

  /// `e_l = scale · (feedback_lᵀ e_{l+1}) ∘ ψ_l` for `l` from the last hidden group down to `lowest`.
  @specialized(where Scalar == Float)
  func deliver(
    to lowest: Int, kind: FeedbackKind, weights: (Int) -> UnsafePointer<Scalar>?,
    magnitudes: (Int) -> UnsafePointer<Scalar>?, scale: (Int) -> Scalar
  ) {
    turn.descending.toggle()
    for l in stride(from: network.projections.count - 1, through: lowest, by: -1) {
      let projection = network.projections[l]
      if l == 0 { network.formInputGain() }
      Scalar.rowDots(
        weights: weights(l), feedback: magnitudes(l), kind: kind, scale: scale(l), stride: projection.columns,
        columns: projection.columns, rows: projection.neuronCount, network.groups[l + 1].error,
        gain: network.groups[l].gain, scratch: scratch, descending: turn.descending, into: network.groups[l].error)
    }
  }
}

/// The direction of the next pass: going back the way it came, it meets first the rows that are still in the cache.
private final class Turn {
  var descending = false
}
