import RealModule

/// A number with its derivative in one direction: forward mode, exact to rounding.
struct Dual {
  var value: Double
  var slope: Double

  init(_ value: Double, _ slope: Double = 0) {
    self.value = value
    self.slope = slope
  }

  static func + (x: Dual, y: Dual) -> Dual { Dual(x.value + y.value, x.slope + y.slope) }
  static func - (x: Dual, y: Dual) -> Dual { Dual(x.value - y.value, x.slope - y.slope) }
  static prefix func - (x: Dual) -> Dual { Dual(-x.value, -x.slope) }
  static func * (x: Dual, y: Dual) -> Dual { Dual(x.value * y.value, x.slope * y.value + x.value * y.slope) }
  static func / (x: Dual, y: Dual) -> Dual {
    Dual(x.value / y.value, (x.slope * y.value - x.value * y.slope) / (y.value * y.value))
  }
  static func += (x: inout Dual, y: Dual) { x = x + y }
  static func * (x: Double, y: Dual) -> Dual { Dual(x * y.value, x * y.slope) }
  static func - (x: Double, y: Dual) -> Dual { Dual(x - y.value, -y.slope) }

  static func exp(_ x: Dual) -> Dual {
    let e = Double.exp(x.value)
    return Dual(e, e * x.slope)
  }

  static func log(_ x: Dual) -> Dual { Dual(Double.log(x.value), x.slope / x.value) }

  /// `log(1 + exp(beta x)) / beta`.
  static func softplus(_ x: Dual, _ beta: Double) -> Dual {
    let z = beta * x.value
    let value = (Swift.max(z, 0) + Double.log(onePlus: Double.exp(-z.magnitude))) / beta
    return Dual(value, x.slope / (1 + Double.exp(-z)))
  }

  /// 1 above 0, else 0, with the slope of a fast sigmoid.
  static func spike(_ x: Dual, slope: Double) -> Dual {
    let d = 1 + slope * x.value.magnitude
    return Dual(x.value > 0 ? 1 : 0, x.slope / (d * d))
  }

  /// The fast sigmoid's own derivative, `1 / (1 + slope·|x|)²`.
  static func surrogate(_ x: Dual, slope: Double) -> Dual {
    let d = Dual(1) + slope * (x.value < 0 ? -x : x)
    return Dual(1) / (d * d)
  }
}

/// Row-major matrices and the few products that networks need.
struct DualMatrix {
  let rows: Int
  let columns: Int
  var elements: [Dual]

  subscript(_ i: Int, _ j: Int) -> Dual {
    get { elements[i * columns + j] }
    set { elements[i * columns + j] = newValue }
  }

  func times(_ x: [Dual]) -> [Dual] {
    (0..<rows).map { i in (0..<columns).reduce(Dual(0)) { $0 + self[i, $1] * x[$1] } }
  }

  func transposeTimes(_ x: [Dual]) -> [Dual] {
    (0..<columns).map { j in (0..<rows).reduce(Dual(0)) { $0 + self[$1, j] * x[$1] } }
  }
}

extension [Dual] {
  var total: Dual { reduce(Dual(0), +) }
  func dot(_ y: [Dual]) -> Dual { zip(self, y).reduce(Dual(0)) { $0 + $1.0 * $1.1 } }
  /// `softmax`, and `log Σ exp`.
  var softmax: (p: [Dual], logTotal: Dual) {
    let top = map(\.value).max()!
    let powers = map { Dual.exp($0 - Dual(top)) }
    let total = powers.total
    return (powers.map { $0 / total }, Dual.log(total) + Dual(top))
  }
}
