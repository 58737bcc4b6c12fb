import Arithmetic
import Kernels
import Layers
import Networks

/// Random and fixed weights through which the readout's errors reach every hidden layer at once, `x_l = D_lᵀ e`; direct
/// feedback alignment.
///
/// `D_l` has a number for every class and neuron of layer `l`, below any pool, uniform within
/// ± feedbackScale · √(6 / (neurons + classes)).
/// - SeeAlso: Nøkland 2016, NeurIPS 29.
public final class DirectFeedback<Scalar: KernelScalar> {
  private let network: LayeredNetwork<Scalar>
  /// `[neuron][class]` of each hidden layer.
  private let matrices: [UnsafeMutablePointer<Scalar>]
  private let arena = Arena()

  /// Allocates feedback of 0.
  public init(_ network: LayeredNetwork<Scalar>) {
    self.network = network
    let arena = arena
    matrices = network.hiddenCounts.map { arena.allocate($0 * network.outputCount, of: Scalar.self) }
  }

  /// Draws the feedback of a run or an episode; its streams are counted from the last downwards, so that they are none of
  /// `FeedbackPath`'s.
  public func begin(_ draws: EpisodeDraws) {
    for (l, count) in network.hiddenCounts.enumerated() {
      let fans = Double(count + network.outputCount)
      draws.fill(
        matrices[l], purpose: .feedback, part: UInt32.max - UInt32(l), start: 0, count * network.outputCount,
        bound: network.parameters.constants.feedbackScale * (6 / fans).squareRoot())
    }
  }

  /// `D_l`, `[neuron][class]`, of the neurons above connection `l`.
  public func matrix(_ l: Int) -> UnsafeMutablePointer<Scalar> { matrices[l] }

  /// `x = D_lᵀ e` for `rows` rows, to the neurons above connection `l`.
  public func send(
    _ e: UnsafePointer<Scalar>, rows: Int, to l: Int, into x: UnsafeMutablePointer<Scalar>,
    _ workspace: LayerWorkspace<Scalar>
  ) {
    let count = network.connections[l].postShape.count
    let classes = network.outputCount
    Scalar.product(
      rows: rows, columns: count, depth: classes, e, aRow: classes, aColumn: 1, matrices[l], bRow: 1,
      bColumn: classes, into: x, stride: count, adds: false, room: workspace.products)
  }
}
