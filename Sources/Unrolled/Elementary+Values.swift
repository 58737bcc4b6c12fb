import CKernels
import Kernels
import Networks

extension Elementary {
  /// The kernel's code, where there is one.
  private var code: Int32? {
    switch self {
    case .copy: Int32(MP_COPY)
    case .add: Int32(MP_ADD)
    case .subtract: Int32(MP_SUBTRACT)
    case .multiply: Int32(MP_MULTIPLY)
    case .divide: Int32(MP_DIVIDE)
    case .power: Int32(MP_POWER)
    case .negate: Int32(MP_NEGATE)
    case .abs: Int32(MP_ABS)
    case .sign: Int32(MP_SIGN)
    case .sqrt: Int32(MP_SQRT)
    case .exp: Int32(MP_EXP)
    case .log: Int32(MP_LOG)
    case .tanh: Int32(MP_TANH)
    case .relu: Int32(MP_RELU)
    case .step: Int32(MP_STEP)
    case .floor: Int32(MP_FLOOR)
    case .min: Int32(MP_MIN)
    case .max: Int32(MP_MAX)
    case .clip: Int32(MP_CLIP)
    case .spike, .surrogate: nil
    }
  }

  /// `y = f(a, b, c)` over `n` elements; a step of 0 spreads a scalar.
  @inline(__always)
  func run<Scalar: KernelScalar>(
    _ n: Int, _ y: UnsafeMutablePointer<Scalar>, _ a: UnsafePointer<Scalar>, _ aStep: Int, _ b: UnsafePointer<Scalar>,
    _ bStep: Int, _ c: UnsafePointer<Scalar>, _ cStep: Int, surrogate: SurrogateGradient
  ) {
    if let code {
      Scalar.elementwise(code, n, into: y, a, aStep, b, bStep, c, cStep)
      return
    }
    switch self {
    case .spike: for i in 0..<n { y[i] = a[i] > b[i * bStep] ? 1 : 0 }
    case .surrogate: for i in 0..<n { y[i] = surrogate.value(at: a[i] - b[i * bStep]) }
    default: preconditionFailure("\(self) has no kernel")
    }
  }
}

extension SurrogateGradient {
  /// The stand-in for the derivative of a spike at `u = v − threshold`.
  func value<Scalar: KernelScalar>(at u: Scalar) -> Scalar {
    switch self {
    case .fastSigmoid(let slope):
      let d = 1 + Scalar(slope) * u.magnitude
      return 1 / (d * d)
    case .arctan(let alpha):
      let x = Scalar(Double.pi / 2 * alpha) * u
      return Scalar(alpha / 2) / (1 + x * x)
    case .sigmoid(let slope):
      let x = Scalar.exp(-Scalar(slope) * u.magnitude)
      return Scalar(slope) * x / ((1 + x) * (1 + x))
    case .boxcar(let width): return u.magnitude < Scalar(width) ? Scalar(1 / (2 * width)) : 0
    case .straightThrough: return 1
    }
  }

  /// The derivative of `value(at:)`, 0 at its kinks.
  func slope<Scalar: KernelScalar>(at u: Scalar) -> Scalar {
    let sign: Scalar = u > 0 ? 1 : u < 0 ? -1 : 0
    switch self {
    case .fastSigmoid(let slope):
      let d = 1 + Scalar(slope) * u.magnitude
      return -2 * Scalar(slope) * sign / (d * d * d)
    case .arctan(let alpha):
      let c = Scalar(Double.pi / 2 * alpha)
      let d = 1 + c * c * u * u
      return -Scalar(alpha) * c * c * u / (d * d)
    case .sigmoid(let slope):
      let k = Scalar(slope)
      let x = Scalar.exp(-k * u.magnitude)
      let d = 1 + x
      return -k * k * sign * x * (1 - x) / (d * d * d)
    case .boxcar, .straightThrough: return 0
    }
  }
}
