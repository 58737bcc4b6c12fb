import Kernels

/// The synapses from one group to the next. Weights are pre-major and padded: `weights[pre · columns + post]`.
public struct Projection<Scalar: KernelScalar> {
  /// The weights, with the changes that are not written yet.
  public let matrix: SynapticMatrix<Scalar>

  init(preCount: Int, postCount: Int) { matrix = SynapticMatrix(preCount: preCount, postCount: postCount) }

  /// Number of presynaptic neurons.
  public var preCount: Int { matrix.preCount }

  /// Number of postsynaptic neurons.
  public var postCount: Int { matrix.postCount }

  /// Postsynaptic count padded to 64 bytes: the distance between rows.
  public var columns: Int { matrix.columns }

  /// Forward weights without pending changes.
  public var weights: UnsafeMutablePointer<Scalar> { matrix.base }

  /// Half the width of the uniform law of initial weights: `scale · √(6 / (n_in + n_out))` (Glorot & Bengio 2010).
  public func bound(scale: Double) -> Double { scale * (6 / Double(preCount + postCount)).squareRoot() }

  /// The weights as [post, pre], row-major, without padding, pending changes included.
  public var dense: [Scalar] {
    get { matrix.dense }
    nonmutating set { matrix.dense = newValue }
  }
}
