import Kernels

/// The synapses from one group to the next. Weights are pre-major and padded: `weights[pre · columns + post]`.
public struct Projection<Scalar: KernelScalar> {
  /// The weights, with the changes that are not written yet.
  public let matrix: SynapticMatrix<Scalar>
  /// Whether the last presynaptic unit is a bias: constant activity 1, no error.
  public let hasBias: Bool

  init(preCount: Int, postCount: Int, bias: Bool = false) {
    matrix = SynapticMatrix(preCount: preCount + (bias ? 1 : 0), postCount: postCount)
    hasBias = bias
  }

  /// Number of presynaptic units, the bias included.
  public var preCount: Int { matrix.preCount }

  /// Number of presynaptic neurons, the bias not included.
  public var neuronCount: Int { matrix.preCount - (hasBias ? 1 : 0) }

  /// Number of postsynaptic neurons.
  public var postCount: Int { matrix.postCount }

  /// Postsynaptic count padded to 64 bytes: the distance between rows.
  public var columns: Int { matrix.columns }

  /// Forward weights without pending changes.
  public var weights: UnsafeMutablePointer<Scalar> { matrix.base }

  /// Half the width of the uniform law of initial weights: `scale · √(6 / (n_in + n_out))` (Glorot & Bengio 2010), the
  /// bias not counted.
  public func bound(scale: Double) -> Double { scale * (6 / Double(neuronCount + postCount)).squareRoot() }

  /// The weights as [post, pre], row-major, without padding, pending changes included.
  public var dense: [Scalar] {
    get { matrix.dense }
    nonmutating set { matrix.dense = newValue }
  }
}
