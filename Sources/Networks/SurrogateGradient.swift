import CKernels
import Kernels

/// A smooth stand-in for the derivative of the spike with respect to `u = v − threshold`.
public enum SurrogateGradient: Sendable, Hashable, Codable {
  /// `1 / (1 + slope·|u|)²` (Zenke & Ganguli 2018).
  case fastSigmoid(slope: Double)
  /// `(α/2) / (1 + (π/2 · α·u)²)` (Fang et al. 2021).
  case arctan(alpha: Double)
  /// Derivative of a logistic of slope `slope`.
  case sigmoid(slope: Double)
  /// `1 / (2·width)` within ±width, else 0.
  case boxcar(width: Double)
  /// 1 everywhere.
  case straightThrough

  /// Names in experiment pages, in the order of the cases.
  public static let names = ["fast-sigmoid", "arctan", "sigmoid", "boxcar", "straight-through"]

  /// The surrogate called `name` with its one number, or nil when there is none of that name.
  public init?(name: String, width: Double) {
    switch name {
    case "fast-sigmoid": self = .fastSigmoid(slope: width)
    case "arctan": self = .arctan(alpha: width)
    case "sigmoid": self = .sigmoid(slope: width)
    case "boxcar": self = .boxcar(width: width)
    case "straight-through": self = .straightThrough
    default: return nil
    }
  }

  /// `ψ` of `count` neurons at potentials `v`.
  /// - Parameter threshold: one number, that of all.
  public func fill<Scalar: KernelScalar>(
    _ gain: UnsafeMutablePointer<Scalar>, _ count: Int, potential v: UnsafePointer<Scalar>,
    threshold: UnsafePointer<Scalar>
  ) {
    Scalar.surrogate(
      count, into: gain, potential: v, threshold: threshold, thresholdStep: 0, kind: kernel.kind,
      width: Scalar(kernel.width))
  }

  /// Kernel code and number.
  var kernel: (kind: Int32, width: Double) {
    switch self {
    case .fastSigmoid(let slope): (Int32(MP_FAST_SIGMOID), slope)
    case .arctan(let alpha): (Int32(MP_ARCTAN), alpha)
    case .sigmoid(let slope): (Int32(MP_SIGMOID), slope)
    case .boxcar(let width): (Int32(MP_BOXCAR), width)
    case .straightThrough: (Int32(MP_STRAIGHT_THROUGH), 1)
    }
  }
}
