import Pages

/// Resolves names: every symbol is a quantity, a coefficient or a trace, every function is known and gets as many
/// arguments as it takes.
struct NamesAreKnown {
  let symbols: Symbols
  var findings: [EquationFinding] = []

  init(symbols: Symbols) {
    self.symbols = symbols
  }

  /// Products with a matrix of weights: name, form, and whom the result belongs to.
  static let products: [(name: String, form: Located.Form, owner: Owner)] = [
    ("back", .back, .pre), ("ahead", .ahead, .post), ("back_b", .backB, .pre), ("ahead_b", .aheadB, .post),
  ]

  /// Names that are called with parentheses.
  static let callables = Function.allCases.map(\.rawValue) + Reduction.allCases.map(\.rawValue) + products.map(\.name)

  private var visible: [String] {
    Quantity.allCases.map(\.rawValue) + symbols.coefficients.keys.sorted() + symbols.traces.keys.sorted()
  }

  private mutating func report(_ check: RuleCheck, _ range: Range<Int>, _ message: String) {
    findings.append(EquationFinding(check: check, range: range, message: message))
  }

  mutating func resolve(_ syntax: Syntax) -> Located {
    switch syntax.form {
    case .number(let value): return Located(.number(value), [], range: syntax.range, owner: .scalar, symbols: symbols)
    case .name(let name): return resolve(name, syntax.range)
    case .negate(let x):
      let x = resolve(x)
      return Located(.negate, [x], range: syntax.range, owner: x.owner, symbols: symbols)
    case .binary(let op, let x, let y):
      let parts = [resolve(x), resolve(y)]
      return Located(.binary(op), parts, range: syntax.range, owner: NamesAreKnown.joined(parts), symbols: symbols)
    case .call(let name, let nameRange, let arguments):
      return call(name, nameRange, arguments.map { resolve($0) }, syntax.range)
    }
  }

  private static func joined(_ parts: [Located]) -> Owner? {
    var owner = Owner.scalar
    for part in parts {
      guard let next = part.owner else { return nil }
      owner = owner.joined(with: next)
    }
    return owner
  }

  private mutating func resolve(_ name: String, _ range: Range<Int>) -> Located {
    func leaf(_ form: Located.Form, _ owner: Owner?) -> Located {
      Located(form, [], range: range, owner: owner, symbols: symbols)
    }
    if let quantity = Quantity(rawValue: name) { return leaf(.quantity(quantity), quantity.owner) }
    if symbols.coefficients[name] != nil { return leaf(.coefficient(name), .scalar) }
    if let trace = symbols.traces[name] { return leaf(.trace(name), trace.owner) }
    if NamesAreKnown.callables.contains(name) {
      report(.symbols, range, "\"\(name)\" is a function; write \(name)(...)")
    } else {
      let hint = suggestion(for: name, among: visible)
      let otherwise = hint.isEmpty ? ": neither a quantity nor a declared coefficient or trace" : hint
      report(.symbols, range, "unknown symbol \(Scanner.short(name))\(otherwise)")
    }
    return leaf(.unknown, nil)
  }

  private mutating func call(
    _ name: String, _ nameRange: Range<Int>, _ parts: [Located], _ range: Range<Int>
  ) -> Located {
    let (form, wanted, owner): (Located.Form, ClosedRange<Int>, Owner?) =
      if let function = Function(rawValue: name) {
        (.call(function), function.argumentCount, NamesAreKnown.joined(parts))
      } else if let reduction = Reduction(rawValue: name) {
        (.reduce(reduction), reduction == .dot ? 2...2 : 1...1, .scalar)
      } else if let product = NamesAreKnown.products.first(where: { $0.name == name }) {
        (product.form, 1...1, product.owner)
      } else {
        (.unknown, 0...0, nil)
      }
    if form == .unknown {
      if visible.contains(name) {
        report(.functions, nameRange, "\"\(name)\" is not a function; a product is written \(name)*(...)")
      } else {
        let hint = suggestion(for: name, among: NamesAreKnown.callables)
        report(.functions, nameRange, "unknown function \(Scanner.short(name))\(hint)")
      }
    } else if !wanted.contains(parts.count) {
      let number = wanted.lowerBound == wanted.upperBound ? "\(wanted.lowerBound)" : "1 to \(wanted.upperBound)"
      let noun = number == "1" ? "argument" : "arguments"
      report(.arguments, nameRange, "\(name) takes \(number) \(noun) (got \(parts.count))")
      return Located(.unknown, parts, range: range, owner: owner, symbols: symbols)
    }
    return Located(form, parts, range: range, owner: owner, symbols: symbols)
  }
}
