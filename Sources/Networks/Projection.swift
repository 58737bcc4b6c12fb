import Kernels

/// The synapses from one group to the next. Weights are pre-major and padded: `weights[pre · columns + post]`.
public struct Projection<Scalar: KernelScalar> {
  /// Number of presynaptic and of postsynaptic neurons.
  public let preCount: Int, postCount: Int
  /// Postsynaptic count padded to 64 bytes: the distance between rows.
  public let columns: Int
  /// Forward weights.
  public let weights: UnsafeMutablePointer<Scalar>

  init(preCount: Int, postCount: Int, in arena: Arena) {
    self.preCount = preCount
    self.postCount = postCount
    columns = Scalar.padded(postCount)
    weights = arena.allocate(preCount * columns, of: Scalar.self)
  }

  /// Half the width of the uniform law of initial weights: `scale · √(6 / (n_in + n_out))` (Glorot & Bengio 2010).
  public func bound(scale: Double) -> Double { scale * (6 / Double(preCount + postCount)).squareRoot() }

  /// The weights as [post, pre], row-major, without padding.
  public var dense: [Scalar] {
    get {
      var matrix = [Scalar](repeating: 0, count: preCount * postCount)
      for j in 0..<preCount { for i in 0..<postCount { matrix[i * preCount + j] = weights[j * columns + i] } }
      return matrix
    }
    nonmutating set {
      precondition(newValue.count == preCount * postCount, "\(newValue.count) weights for \(preCount * postCount)")
      for j in 0..<preCount { for i in 0..<postCount { weights[j * columns + i] = newValue[i * preCount + j] } }
    }
  }
}
