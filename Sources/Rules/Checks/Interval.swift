import RealModule

/// The values that an expression can take: bounds, and whether 0 is among them.
///
/// Sound but not sharp: operands are taken as independent, except for `x * x`.
struct Interval: Equatable {
  var lower: Double
  var upper: Double
  /// Whether the value can be 0. `exp(x)` has the lower bound 0 and is never 0.
  var canBeZero: Bool

  /// Everything between two bounds.
  init(_ lower: Double, _ upper: Double) {
    self.init(lower, upper, canBeZero: true)
  }

  /// Everything between two bounds, 0 only if `canBeZero` and inside.
  init(_ lower: Double, _ upper: Double, canBeZero: Bool) {
    // NaN comes from operations on infinities; nothing is known then.
    self.lower = lower.isNaN ? -.infinity : lower
    self.upper = upper.isNaN ? .infinity : upper
    self.canBeZero = canBeZero && self.lower <= 0 && self.upper >= 0
  }

  init(_ range: ClosedRange<Double>) {
    self.init(range.lowerBound, range.upperBound)
  }

  static let all = Interval(-.infinity, .infinity)
  static let nonNegative = Interval(0, .infinity)

  /// The single value, if there is only one.
  var constant: Double? { lower == upper ? lower : nil }

  /// Whether a value below 0 is possible.
  var canBeNegative: Bool { lower < 0 }

  /// Values of the trace `x ← decay · x + of` that starts at 0.
  func accumulated(keeping decay: Double) -> Interval {
    guard decay < 1 else { return .all }
    return Interval(min(0, lower / (1 - decay)), max(0, upper / (1 - decay)))
  }

  static prefix func - (x: Interval) -> Interval { Interval(-x.upper, -x.lower, canBeZero: x.canBeZero) }

  static func + (x: Interval, y: Interval) -> Interval {
    let bothNonNegative = x.lower >= 0 && y.lower >= 0
    let bothNonPositive = x.upper <= 0 && y.upper <= 0
    let canBeZero = bothNonNegative || bothNonPositive ? x.canBeZero && y.canBeZero : true
    return Interval(x.lower + y.lower, x.upper + y.upper, canBeZero: canBeZero)
  }

  static func * (x: Interval, y: Interval) -> Interval {
    func product(_ a: Double, _ b: Double) -> Double { a == 0 || b == 0 ? 0 : a * b }
    let corners = [
      product(x.lower, y.lower), product(x.lower, y.upper), product(x.upper, y.lower), product(x.upper, y.upper),
    ]
    return Interval(corners.min() ?? 0, corners.max() ?? 0, canBeZero: x.canBeZero || y.canBeZero)
  }

  /// `1 / x` of a value that is never 0.
  var reciprocal: Interval {
    if lower >= 0 { return Interval(1 / upper, lower == 0 ? .infinity : 1 / lower, canBeZero: false) }
    if upper <= 0 { return Interval(upper == 0 ? -.infinity : 1 / upper, 1 / lower, canBeZero: false) }
    return Interval(-.infinity, .infinity, canBeZero: false)
  }

  var absolute: Interval {
    if lower >= 0 { return self }
    if upper <= 0 { return -self }
    return Interval(0, max(-lower, upper), canBeZero: canBeZero)
  }

  /// `x ** exponent` where that is defined.
  func power(_ exponent: Interval) -> Interval {
    guard let power = exponent.constant else {
      return lower >= 0 ? Interval(0, .infinity, canBeZero: canBeZero) : .all
    }
    if power == 0 { return Interval(1, 1) }
    if power < 0 { return self.power(Interval(-power, -power)).reciprocal }
    let isWhole = power == power.rounded(.towardZero)
    if isWhole, power.truncatingRemainder(dividingBy: 2) == 0 {
      let size = absolute
      return Interval(Double.pow(size.lower, power), Double.pow(size.upper, power), canBeZero: canBeZero)
    }
    func raised(_ x: Double) -> Double { x < 0 ? -Double.pow(-x, power) : Double.pow(x, power) }
    return Interval(isWhole ? raised(lower) : raised(max(0, lower)), raised(upper), canBeZero: canBeZero)
  }

  /// The larger of two values.
  static func larger(_ x: Interval, _ y: Interval) -> Interval {
    let canBeZero = (x.canBeZero && y.lower <= 0) || (y.canBeZero && x.lower <= 0)
    return Interval(max(x.lower, y.lower), max(x.upper, y.upper), canBeZero: canBeZero)
  }

  /// The smaller of two values.
  static func smaller(_ x: Interval, _ y: Interval) -> Interval { -larger(-x, -y) }

  /// A non-decreasing function of `x`.
  func mapped(_ function: (Double) -> Double, canBeZero: Bool) -> Interval {
    Interval(function(lower), function(upper), canBeZero: canBeZero)
  }
}

extension Interval {
  /// What a quantity can be in any network.
  ///
  /// A tanh net has negative activity, so `y` has no sign; spikes are 0 or 1; gain and loss are not negative.
  init(_ quantity: Quantity) {
    switch quantity {
    case .sPre, .sPost: self = Interval(0, 1)
    case .psiPre, .psiPost, .loss, .step, .sample: self = .nonNegative
    case .fanIn, .fanOut: self = Interval(1, .infinity)
    case .yPre, .yPost, .vPre, .vPost, .ePre, .ePost, .weight, .feedback, .eligibility, .modulator, .reward,
      .noisePre, .noisePost, .noise:
      self = .all
    }
  }

  /// The values of a part with the given children; nil when they depend on something unknown.
  init?(_ form: Located.Form, _ children: [Located], _ symbols: Symbols) {
    let arguments = children.compactMap(\.interval)
    guard arguments.count == children.count else { return nil }
    var isSquare: Bool { children.count == 2 && children[0].expression == children[1].expression }
    switch form {
    case .unknown: return nil
    case .number(let value): self = Interval(value, value)
    case .quantity(let quantity): self = Interval(quantity)
    case .coefficient(let name):
      guard let known = symbols.coefficients[name], let interval = known else { return nil }
      self = interval
    case .trace(let name):
      guard let interval = symbols.traces[name]?.interval else { return nil }
      self = interval
    case .negate: self = -arguments[0]
    case .binary(.add): self = arguments[0] + arguments[1]
    case .binary(.subtract): self = arguments[0] + -arguments[1]
    case .binary(.multiply):
      self = isSquare ? arguments[0].power(Interval(2, 2)) : arguments[0] * arguments[1]
    case .binary(.divide): self = arguments[1].canBeZero ? .all : arguments[0] * arguments[1].reciprocal
    case .binary(.power): self = arguments[0].power(arguments[1])
    case .call(let function): self = Interval(function, arguments)
    case .reduce(let reduction):
      self = Interval(reduction, arguments, isSquare: isSquare)
    case .back, .ahead, .backB, .aheadB: self = .all
    }
  }

  private init(_ function: Function, _ arguments: [Interval]) {
    let x = arguments[0]
    switch function {
    case .abs: self = x.absolute
    case .sign:
      let low: Double = x.lower < 0 ? -1 : (x.canBeZero ? 0 : 1)
      let high: Double = x.upper > 0 ? 1 : (x.canBeZero ? 0 : -1)
      self = Interval(low, high, canBeZero: x.canBeZero)
    case .sqrt:
      self = Interval(max(0, x.lower), max(0, x.upper), canBeZero: x.canBeZero).mapped(
        { Double.sqrt($0) }, canBeZero: x.canBeZero)
    case .exp: self = x.mapped({ Double.exp($0) }, canBeZero: false)
    case .log: self = Interval(max(0, x.lower), max(0, x.upper)).mapped({ Double.log($0) }, canBeZero: true)
    case .tanh: self = x.mapped({ Double.tanh($0) }, canBeZero: x.canBeZero)
    case .relu: self = Interval.larger(x, Interval(0, 0))
    case .step:
      let isPositive = x.lower > 0 || (x.lower == 0 && !x.canBeZero)
      self = isPositive ? Interval(1, 1) : Interval(0, x.upper > 0 ? 1 : 0)
    case .floor: self = x.mapped({ $0.rounded(.down) }, canBeZero: x.lower < 1 && x.upper >= 0)
    case .min: self = arguments.dropFirst().reduce(x, Interval.smaller)
    case .max: self = arguments.dropFirst().reduce(x, Interval.larger)
    case .clip: self = Interval.smaller(Interval.larger(x, arguments[1]), arguments[2])
    }
  }

  private init(_ reduction: Reduction, _ arguments: [Interval], isSquare: Bool) {
    // A sum of values of one sign is 0 only when all of them are.
    func summed(_ x: Interval) -> Interval {
      let hasOneSign = x.lower >= 0 || x.upper <= 0
      return Interval(
        x.lower < 0 ? -.infinity : x.lower, x.upper > 0 ? .infinity : x.upper,
        canBeZero: hasOneSign ? x.canBeZero : true)
    }
    let x = arguments[0]
    switch reduction {
    case .sum: self = summed(x)
    case .mean: self = Interval(x.lower, x.upper, canBeZero: x.lower >= 0 || x.upper <= 0 ? x.canBeZero : true)
    case .dot: self = summed(isSquare ? x.power(Interval(2, 2)) : x * arguments[1])
    case .norm:
      let size = x.absolute
      self = Interval(size.lower, .infinity, canBeZero: x.canBeZero)
    }
  }
}
