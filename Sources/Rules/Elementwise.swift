import RealModule

/// What the operators and functions of the rule language compute, one number at a time. NaN goes in, NaN comes out.
public enum Elementwise {
  /// `x op y`.
  @inlinable
  public static func apply<Scalar: Real & BinaryFloatingPoint>(
    _ op: BinaryOperator, _ x: Scalar, _ y: Scalar
  ) -> Scalar {
    switch op {
    case .add: x + y
    case .subtract: x - y
    case .multiply: x * y
    case .divide: x / y
    case .power: power(x, y)
    }
  }

  /// `x ** y`. A whole exponent of at most 1024 in size multiplies repeatedly, whatever the sign of `x`, and
  /// `x ** 0 = 1`; any other exponent gives `exp(y · log x)`, NaN for negative `x`.
  @inlinable
  public static func power<Scalar: Real & BinaryFloatingPoint>(_ x: Scalar, _ y: Scalar) -> Scalar {
    if y.magnitude <= 1024, y == y.rounded(.towardZero) { return power(x, Int(y)) }
    return Scalar.pow(x, y)
  }

  /// `x ** n` by repeated squaring; a negative `n` divides 1 by the power.
  @inlinable
  public static func power<Scalar: Real & BinaryFloatingPoint>(_ x: Scalar, _ n: Int) -> Scalar {
    var result: Scalar = 1
    var square = x
    var left = n.magnitude
    while left > 0 {
      if left & 1 == 1 { result *= square }
      left >>= 1
      if left > 0 { square *= square }
    }
    return n < 0 ? 1 / result : result
  }

  /// A function of its arguments: `step(x)` is 1 above 0, else 0; `sign(0) = 0`; `floor(x)` is the largest whole
  /// number that is not above `x`; `relu(x) = max(x, 0)`;
  /// `clip(x, low, high) = min(max(x, low), high)`; `min` and `max` take one or more.
  /// - Precondition: as many arguments as the function takes.
  @inlinable
  public static func apply<Scalar: Real & BinaryFloatingPoint>(_ function: Function, _ arguments: [Scalar]) -> Scalar {
    precondition(
      function.argumentCount.contains(arguments.count), "\(function.rawValue) cannot take \(arguments.count) arguments")
    let x = arguments[0]
    switch function {
    case .abs: return x.magnitude
    case .sign: return x.isNaN ? x : (x > 0 ? 1 : (x < 0 ? -1 : 0))
    case .sqrt: return Scalar.sqrt(x)
    case .exp: return Scalar.exp(x)
    case .log: return Scalar.log(x)
    case .tanh: return Scalar.tanh(x)
    case .relu: return larger(x, 0)
    case .step: return x.isNaN ? x : (x > 0 ? 1 : 0)
    case .floor: return x.rounded(.down)
    case .min:
      var result = x
      for y in arguments.dropFirst() { result = smaller(result, y) }
      return result
    case .max:
      var result = x
      for y in arguments.dropFirst() { result = larger(result, y) }
      return result
    case .clip: return smaller(larger(x, arguments[1]), arguments[2])
    }
  }

  /// The larger of two numbers, NaN when either is.
  @inlinable
  static func larger<Scalar: Real & BinaryFloatingPoint>(_ x: Scalar, _ y: Scalar) -> Scalar {
    x.isNaN ? x : (y.isNaN || y > x ? y : x)
  }

  /// The smaller of two numbers, NaN when either is.
  @inlinable
  static func smaller<Scalar: Real & BinaryFloatingPoint>(_ x: Scalar, _ y: Scalar) -> Scalar {
    x.isNaN ? x : (y.isNaN || y < x ? y : x)
  }
}

extension Function {
  /// How many arguments the function takes.
  public var argumentCount: ClosedRange<Int> {
    switch self {
    case .min, .max: 1...64
    case .clip: 3...3
    case .abs, .sign, .sqrt, .exp, .log, .tanh, .relu, .step, .floor: 1...1
    }
  }
}
