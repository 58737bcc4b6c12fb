/// Turns expressions into canonical sums; `NormalForm` says what that means.
struct Simplifier {
  let traces: [String: Owner]

  /// Powers above this stay as they are written, so that nested powers cannot overflow.
  static let largestPower = 1 << 16

  func sum(_ expression: Expression) -> [Monomial] {
    var addends: [Monomial] = []
    collect(expression, 1, into: &addends)
    return Monomial.collected(addends)
  }

  func canonical(_ sum: [Monomial]) -> Expression { NormalForm.expression(of: sum.map(term)) }

  func canonical(_ expression: Expression) -> Expression { canonical(sum(expression)) }

  private func collect(_ expression: Expression, _ sign: Double, into addends: inout [Monomial]) {
    switch expression {
    case .binary(.add, let x, let y):
      collect(x, sign, into: &addends)
      collect(y, sign, into: &addends)
    case .binary(.subtract, let x, let y):
      collect(x, sign, into: &addends)
      collect(y, -sign, into: &addends)
    case .negate(let x): collect(x, -sign, into: &addends)
    default: addends += product(expression).map { Monomial(sign * $0.number, $0.atoms) }
    }
  }

  /// The canonical sum of anything that is not itself a sum, difference or negation.
  private func product(_ expression: Expression) -> [Monomial] {
    switch expression {
    case .number(let value): [Monomial(value)]
    case .quantity, .coefficient, .trace: [opaque(expression)]
    case .negate, .binary(.add, _, _), .binary(.subtract, _, _): sum(expression)
    case .binary(.multiply, let x, let y): multiply(sum(x), sum(y))
    case .binary(.divide, let x, let y): multiply(sum(x), inverse(y))
    case .binary(.power, let x, let y): power(x, sum(y))
    case .call(let function, let arguments): call(function, arguments.map(sum))
    case .reduce(let reduction, let arguments): reduce(reduction, arguments)
    case .back(let x): through(x, from: .post, .weight)
    case .ahead(let x): through(x, from: .pre, .weight)
    case .backB(let x): through(x, from: .post, .feedback)
    case .aheadB(let x): through(x, from: .pre, .feedback)
    }
  }

  func opaque(_ base: Expression) -> Monomial { Monomial(1, [Atom(base, owner: base.owner(traces: traces))]) }

  /// One monomial for a whole sum: the sum itself as a factor, scaled so that its first number is 1.
  private func opaque(_ sum: [Monomial]) -> Monomial {
    guard sum.count > 1 else { return sum.first ?? Monomial(0) }
    let lead = sum[0].number
    let scales = lead.isNormal && (1 / lead).isNormal && lead != 1
    let scaled = scales ? sum.map { Monomial($0.number / lead, $0.atoms) } : sum
    return Monomial(scales ? lead : 1) * opaque(canonical(scaled))
  }

  func multiply(_ x: [Monomial], _ y: [Monomial]) -> [Monomial] {
    if x.isEmpty || y.isEmpty { return [] }
    let terms = Double(x.count) * Double(y.count)
    let size = Double(y.count) * Double(Self.size(x)) + Double(x.count) * Double(Self.size(y))
    if (x.count > 1 && y.count > 1 && terms > Double(NormalForm.expansionLimit))
      || (terms > 1 && size > Double(NormalForm.sizeLimit))
    {
      return Monomial.collected([opaque(x) * opaque(y)])
    }
    return Monomial.collected(x.flatMap { left in y.map { left * $0 } })
  }

  /// About as many characters as a sum takes to write.
  static func size(_ sum: [Monomial]) -> Int { sum.reduce(0) { $0 + $1.size } }
}

// MARK: - Powers and functions

extension Simplifier {
  private func power(_ base: Expression, _ exponent: [Monomial]) -> [Monomial] {
    if let n = wholeConstant(exponent) { return n < 0 ? raise(inverse(base), to: -n) : raise(sum(base), to: n) }
    let base = sum(base)
    if let n = constant(exponent) {
      if n == 0.5 { return call(.sqrt, [base]) }
      if let x = constant(base) {
        let value = Elementwise.power(x, n)
        if value.isFinite { return Monomial.collected([Monomial(value)]) }
      }
    }
    return [opaque(.binary(.power, canonical(base), canonical(exponent)))]
  }

  /// `1 / x`. Products and powers are turned over factor by factor, so that a sum in a denominator stays as it is.
  private func inverse(_ x: Expression) -> [Monomial] {
    switch x {
    case .negate(let x): return inverse(x).map { Monomial(-$0.number, $0.atoms) }
    case .binary(.multiply, let x, let y): return multiply(inverse(x), inverse(y))
    case .binary(.divide, let x, let y): return multiply(inverse(x), sum(y))
    case .binary(.power, let x, let y):
      let exponent = sum(y)
      guard let n = wholeConstant(exponent) else { return raise(power(x, exponent), to: -1) }
      return n < 0 ? raise(sum(x), to: -n) : raise(inverse(x), to: n)
    default: return raise(sum(x), to: -1)
    }
  }

  private func raise(_ sum: [Monomial], to n: Int) -> [Monomial] {
    if n == 0 { return [Monomial(1)] }
    if n == 1 { return sum }
    if sum.isEmpty { return n > 0 ? [] : [Monomial(.infinity)] }
    if sum.count > 1, n > 0, expands(sum, to: n) {
      return (1..<n).reduce(sum) { power, _ in multiply(power, sum) }
    }
    return [raise(opaque(sum), to: n)]
  }

  /// Whether every partial product of `n` equal sums stays within the limits.
  private func expands(_ sum: [Monomial], to n: Int) -> Bool {
    // Distinct products of degree k out of `count` letters: (count + k - 1 choose k).
    var distinct = sum.count
    for degree in 2...n {
      let terms = distinct * sum.count
      if terms > NormalForm.expansionLimit || Self.size(sum) * (distinct + degree) > NormalForm.sizeLimit {
        return false
      }
      distinct = distinct * (sum.count + degree - 1) / degree
    }
    return true
  }

  private func raise(_ monomial: Monomial, to n: Int) -> Monomial {
    let number = Elementwise.power(monomial.number, n)
    let fits = monomial.atoms.allSatisfy { atom in
      let (power, overflow) = atom.power.multipliedReportingOverflow(by: n)
      return !overflow && power.magnitude <= Self.largestPower
    }
    guard fits, number.isNormal || monomial.atoms.isEmpty else {
      return opaque(.binary(.power, canonical([monomial]), .number(Double(n))))
    }
    return Monomial(
      number,
      monomial.atoms.map { atom in
        var raised = atom
        raised.power *= n
        return raised
      })
  }

  /// The value of a sum that is a whole number of at most 1024 in size.
  private func wholeConstant(_ sum: [Monomial]) -> Int? {
    constant(sum).flatMap { $0.magnitude <= 1024 ? Int(exactly: $0) : nil }
  }

  private func constant(_ sum: [Monomial]) -> Double? {
    if sum.isEmpty { return 0 }
    return sum.count == 1 && sum[0].atoms.isEmpty ? sum[0].number : nil
  }

  private func call(_ function: Function, _ arguments: [[Monomial]]) -> [Monomial] {
    let numbers = arguments.compactMap(constant)
    if numbers.count == arguments.count, function.argumentCount.contains(arguments.count) {
      let value = Elementwise.apply(function, numbers)
      if value.isFinite { return Monomial.collected([Monomial(value)]) }
    }
    switch function {
    case .abs, .sign, .tanh, .relu, .step:
      guard arguments.count == 1 else { return [opaque(.call(function, arguments.map(canonical)))] }
      return symmetric(function, arguments[0])
    case .min, .max:
      var texts: Set<String> = []
      let each = arguments.map(canonical).map { (text: Printer.text($0), expression: $0) }
        .filter { texts.insert($0.text).inserted }.sorted { $0.text < $1.text }
      return each.count == 1 && arguments.count > 0
        ? arguments[0] : [opaque(.call(function, each.map(\.expression)))]
    case .sqrt, .exp, .log, .clip, .floor: return [opaque(.call(function, arguments.map(canonical)))]
    }
  }

  /// Takes the sign, and the size of a single term's number, out of functions that let them pass exactly.
  private func symmetric(_ function: Function, _ argument: [Monomial]) -> [Monomial] {
    var inner = argument
    var number = 1.0
    let lead = argument[0].number
    let even = function == .abs
    let odd = function == .tanh || function == .sign
    if lead < 0, even || odd {
      inner = inner.map { Monomial(-$0.number, $0.atoms) }
      number = odd ? -1 : 1
    }
    if inner.count == 1, function != .tanh, inner[0].number > 0, inner[0].number.isFinite {
      if function == .abs || function == .relu { number *= inner[0].number }
      inner[0].number = 1
    }
    return [Monomial(number) * opaque(.call(function, [canonical(inner)]))]
  }
}
