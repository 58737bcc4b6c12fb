import CKernels
import Kernels

/// The activity of a rate neuron as a function of its pre-activation, `y = φ(v)`, and its gain `ψ = φ′(v)` as a function
/// of the activity.
public enum RateFunction: String, Sendable, Hashable, Codable, CaseIterable {
  /// `φ(v) = log(1 + exp(β v)) / β`, `ψ = 1 − exp(−β y)`, β the sharpness.
  case softplus
  /// `φ(v) = tanh v`, `ψ = 1 − y²`.
  case tanh
  /// `φ(v) = max(v, 0)`, `ψ = 1 where y > 0, else 0`.
  case relu
  /// `φ(v) = 1 / (1 + exp(−v))`, `ψ = y (1 − y)`.
  case sigmoid

  /// `φ(v)`.
  public func activity<Scalar: KernelScalar>(_ v: Scalar, sharpness: Scalar) -> Scalar {
    switch self {
    case .softplus:
      let x = sharpness * v
      // NaN goes through.
      let above: Scalar = x < 0 ? 0 : x
      return (above + Scalar.log(onePlus: Scalar.exp(-x.magnitude))) / sharpness
    case .tanh: return Scalar.tanh(v)
    case .relu: return v < 0 ? 0 : v
    case .sigmoid:
      let t = Scalar.exp(-v.magnitude)
      return (v < 0 ? t : 1) / (1 + t)
    }
  }

  /// `ψ` of a neuron whose activity is `y`.
  public func gain<Scalar: KernelScalar>(ofActivity y: Scalar, sharpness: Scalar) -> Scalar {
    switch self {
    case .softplus: -Scalar.expMinusOne(-sharpness * y)
    case .tanh: 1 - y * y
    case .relu: y > 0 ? 1 : 0
    case .sigmoid: y * (1 - y)
    }
  }

  /// `y = φ(v)` of `count` neurons, and their gains where `gain` is given; arrays are aligned and padded to 64 bytes.
  public func apply<Scalar: KernelScalar>(
    _ count: Int, sharpness: Scalar, _ v: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>,
    gain: UnsafeMutablePointer<Scalar>?
  ) {
    Scalar.rate(count, kind: code, sharpness: sharpness, v, into: y, gain: gain)
  }

  /// Kernel code.
  var code: Int32 {
    switch self {
    case .softplus: Int32(MP_RATE_SOFTPLUS)
    case .tanh: Int32(MP_RATE_TANH)
    case .relu: Int32(MP_RATE_RELU)
    case .sigmoid: Int32(MP_RATE_SIGMOID)
    }
  }
}
