import Kernels
import Networks

/// An operand of an elementwise instruction on the way back: its values, and where its derivative is summed, nil when it
/// is not wanted.
struct Operand<Scalar: KernelScalar> {
  var value: UnsafePointer<Scalar>
  var step: Int
  var adjoint: UnsafeMutablePointer<Scalar>?

  /// Adds `share(i)` to the derivative of element `i`, or their sum to that of a scalar.
  @inline(__always)
  func add(_ n: Int, _ share: (Int) -> Scalar) {
    guard let adjoint else { return }
    if step == 0 {
      var sum: Scalar = 0
      for i in 0..<n { sum += share(i) }
      adjoint[0] += sum
    } else {
      for i in 0..<n { adjoint[i] += share(i) }
    }
  }

  @inline(__always)
  subscript(_ i: Int) -> Scalar { value[i &* step] }
}

extension Elementary {
  /// Passes the derivative `d` of the result `y` on to the operands. Where a function has a kink the derivative is that
  /// of one side: 0 for `abs`, `sign`, `step` and `floor`, the first operand's for `min` and `max`.
  @inline(__always)
  func pass<Scalar: KernelScalar>(
    _ n: Int, _ y: UnsafePointer<Scalar>, _ d: UnsafePointer<Scalar>, _ a: Operand<Scalar>, _ b: Operand<Scalar>,
    _ c: Operand<Scalar>, surrogate: SurrogateGradient
  ) {
    switch self {
    case .copy: a.add(n) { d[$0] }
    case .add:
      a.add(n) { d[$0] }
      b.add(n) { d[$0] }
    case .subtract:
      a.add(n) { d[$0] }
      b.add(n) { -d[$0] }
    case .multiply:
      a.add(n) { d[$0] * b[$0] }
      b.add(n) { d[$0] * a[$0] }
    case .divide:
      a.add(n) { d[$0] / b[$0] }
      b.add(n) { -d[$0] * y[$0] / b[$0] }
    case .power:
      a.add(n) { d[$0] == 0 ? 0 : d[$0] * b[$0] * Self.power(a[$0], b[$0] - 1) }
      b.add(n) { d[$0] == 0 || y[$0] == 0 ? 0 : d[$0] * y[$0] * Scalar.log(a[$0]) }
    case .negate: a.add(n) { -d[$0] }
    case .abs: a.add(n) { a[$0] > 0 ? d[$0] : a[$0] < 0 ? -d[$0] : 0 }
    case .sign, .step, .floor: break
    case .sqrt: a.add(n) { d[$0] == 0 ? 0 : d[$0] / (2 * y[$0]) }
    case .exp: a.add(n) { d[$0] * y[$0] }
    case .log: a.add(n) { d[$0] / a[$0] }
    case .tanh: a.add(n) { d[$0] * (1 - y[$0] * y[$0]) }
    case .relu: a.add(n) { a[$0] > 0 ? d[$0] : 0 }
    case .min:
      a.add(n) { b[$0] < a[$0] ? 0 : d[$0] }
      b.add(n) { b[$0] < a[$0] ? d[$0] : 0 }
    case .max:
      a.add(n) { b[$0] > a[$0] ? 0 : d[$0] }
      b.add(n) { b[$0] > a[$0] ? d[$0] : 0 }
    case .clip:
      a.add(n) { a[$0] < b[$0] || a[$0] > c[$0] ? 0 : d[$0] }
      b.add(n) { a[$0] < b[$0] && !(a[$0] > c[$0]) ? d[$0] : 0 }
      c.add(n) { a[$0] > c[$0] ? d[$0] : 0 }
    case .spike:
      a.add(n) { d[$0] * surrogate.value(at: a[$0] - b[$0]) }
      b.add(n) { -d[$0] * surrogate.value(at: a[$0] - b[$0]) }
    case .surrogate:
      a.add(n) { d[$0] * surrogate.slope(at: a[$0] - b[$0]) }
      b.add(n) { -d[$0] * surrogate.slope(at: a[$0] - b[$0]) }
    }
  }

  /// `x ** p`, by repeated multiplication for small whole exponents.
  private static func power<Scalar: KernelScalar>(_ x: Scalar, _ p: Scalar) -> Scalar {
    guard p == p.rounded(.towardZero), p.magnitude <= 64 else { return Scalar.pow(x, p) }
    var result: Scalar = 1
    for _ in 0..<Int(p.magnitude) { result *= x }
    return p < 0 ? 1 / result : result
  }
}
