import Arithmetic
import Kernels

/// What is summed over samples, and steps, to say how well teaching signals are aligned with backprop's and how near to
/// orthonormal the weights are.
///
/// - SeeAlso: Shervani-Tabar & Rosenbaum 2023, Nat. Commun. 14:1805.
public struct AlignmentSums: Sendable, Hashable {
  /// The delivered error of every group below the readout, from the input upwards, [neuron].
  public private(set) var delivered: [[Double]]
  /// The error that the forward weights would send to the same neurons.
  public private(set) var transported: [[Double]]
  /// `‖y_{l−1} W_lᵀ − y_l W_l W_lᵀ‖²` of every projection.
  public private(set) var residuals: [Double]
  private let sizes: [Int]

  /// Sums at 0.
  /// - Parameter sizes: neurons of every group, input and readout included.
  public init(sizes: [Int]) {
    self.sizes = sizes
    delivered = sizes.dropLast().map { [Double](repeating: 0, count: $0) }
    transported = delivered
    residuals = [Double](repeating: 0, count: sizes.count - 1)
  }

  /// Back to 0.
  public mutating func clear() {
    for l in delivered.indices {
      for i in 0..<sizes[l] {
        delivered[l][i] = 0
        transported[l][i] = 0
      }
      residuals[l] = 0
    }
  }

  /// Adds the errors of group `l`; a `delivered` of nil stands for zeros.
  public mutating func addErrors<Scalar: KernelScalar>(
    _ l: Int, delivered own: UnsafePointer<Scalar>?, transported sent: UnsafePointer<Scalar>
  ) {
    for i in 0..<sizes[l] {
      if let own { delivered[l][i] += Double(own[i]) }
      transported[l][i] += Double(sent[i])
    }
  }

  /// Adds the residual of projection `l`.
  /// - Parameters:
  ///   - forward: `W y_pre`, [post].
  ///   - returned: `W Wᵀ y_post`, [post].
  public mutating func addResidual<Scalar: KernelScalar>(
    _ l: Int, forward: UnsafePointer<Scalar>, returned: UnsafePointer<Scalar>
  ) {
    for i in 0..<sizes[l + 1] {
      let off = forward[i] - returned[i]
      residuals[l] += Double(off * off)
    }
  }

  /// Adds other sums, group by group.
  public mutating func add(_ other: AlignmentSums) {
    for l in delivered.indices {
      for i in 0..<sizes[l] {
        delivered[l][i] += other.delivered[l][i]
        transported[l][i] += other.transported[l][i]
      }
      residuals[l] += other.residuals[l]
    }
  }

  /// The angle of the two sums of group `l` in degrees; NaN where one is 0.
  public func angle(_ l: Int) -> Double { Angle.degrees(delivered[l], transported[l]) }
}
