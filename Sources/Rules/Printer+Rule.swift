extension Printer {
  /// An equation's right-hand side with one top-level term a line, each with its sign in front; for rule pages.
  ///
  /// Parsing the joined lines gives back an equal tree.
  public static func lines(_ expression: Expression) -> [String] {
    switch expression {
    case .binary(.add, let x, let y): return lines(x) + ["+ " + operand(y)]
    case .binary(.subtract, let x, let y): return lines(x) + ["- " + operand(y)]
    default:
      let text = text(expression)
      return [text.hasPrefix("-") ? "- " + text.dropFirst() : text]
    }
  }

  private static func operand(_ expression: Expression) -> String {
    binding(expression) == .sum ? "(\(text(expression)))" : text(expression)
  }

  /// The rule's equations with coefficients by name, one a line: `dw = …`, layers' own, `db`, traces, eligibility.
  public static func equations(_ rule: Rule) -> [String] { equations(rule) { $0 } }

  /// The rule's equations with coefficients replaced by their values.
  ///
  /// Each keeps the shape it was written in; signs and constants are folded and terms that became 0 left out. Per-layer
  /// coefficients keep their names, and a last line for each lists its values from the input up.
  /// - Parameters:
  ///   - rule: the rule.
  ///   - coefficients: flat vector, laid out as `Rule.coefficientSlots(layerCount:)`.
  ///   - layerCount: number of projections.
  ///   - digits: significant digits of the numbers.
  public static func equations(
    _ rule: Rule, coefficients: [Double], layerCount: Int, digits: Int = 3
  ) -> [String] {
    let slots = rule.coefficientSlots(layerCount: layerCount)
    precondition(
      slots.count == coefficients.count,
      "rule \(rule.name) has \(slots.count) coefficient values for \(layerCount) layers, not \(coefficients.count)")
    var shared: [String: Double] = [:]
    var layered: [String: [Double]] = [:]
    for (slot, value) in zip(slots, coefficients) {
      if slot.layer == nil { shared[slot.name] = value } else { layered[slot.name, default: []].append(value) }
    }
    let equations = equations(rule) { expression in
      expression.binding(shared).folded.replacingLeaves { leaf in
        if case .number(let value) = leaf { .number(rounded(value, toDigits: digits)) } else { nil }
      }
    }
    return equations
      + rule.coefficients.filter(\.perLayer).map { coefficient in
        let values = (layered[coefficient.name] ?? []).map { text($0, digits: digits) }
        return "\(coefficient.name) = [\(values.joined(separator: ", "))]"
      }
  }

  /// The weight change of every layer that has none of its own, coefficients replaced by their values:
  /// `dw = -0.0335*e_post*y_pre + 0.0159*e_post*e_pre`.
  public static func equation(
    _ rule: Rule, coefficients: [Double], layerCount: Int, digits: Int = 3
  ) -> String {
    equations(rule, coefficients: coefficients, layerCount: layerCount, digits: digits)[0]
  }

  private static func equations(_ rule: Rule, _ change: (Expression) -> Expression) -> [String] {
    var lines = ["dw = \(text(change(rule.dw)))"]
    lines += rule.layers.map { "dw[\($0.layer)] = \(text(change($0.dw)))" }
    lines += rule.db.map { ["\(rule.mirror == nil ? "db" : "db[mirror]") = \(text(change($0)))"] } ?? []
    lines += rule.traces.map { trace in
      "\(trace.name) <- \(text(trace.decay, digits: 6))*\(trace.name) + \(text(change(trace.of)))"
    }
    lines += rule.eligibility.map { ["elig <- \(text($0.decay, digits: 6))*elig + \(text(change($0.of)))"] } ?? []
    return lines
  }
}

extension Expression {
  /// The same expression in the shape it was written in, with constants multiplied together in front, signs taken
  /// out, and terms that are 0 left out.
  public var folded: Expression {
    let (number, rest) = taken
    return Expression.product(number, rest)
  }

  /// The constant in front and what it multiplies; nil for a plain number.
  private var taken: (number: Double, rest: Expression?) {
    switch self {
    case .number(let value): return (value, nil)
    case .quantity, .coefficient, .trace: return (1, self)
    case .negate(let x):
      let (number, rest) = x.taken
      return (-number, rest)
    case .binary(.add, let x, let y): return Expression.sum(x.taken, y.taken)
    case .binary(.subtract, let x, let y):
      let (number, rest) = y.taken
      return Expression.sum(x.taken, (-number, rest))
    case .binary(.multiply, let x, let y):
      let (m, p) = x.taken
      let (n, q) = y.taken
      if m * n == 0 { return (0, nil) }
      guard let p, let q else { return (m * n, p ?? q) }
      return (m * n, .binary(.multiply, p, q))
    case .binary(.divide, let x, let y):
      let (m, p) = x.taken
      let (n, q) = y.taken
      if m == 0 { return (0, nil) }
      return (m / n, q.map { .binary(.divide, p ?? .number(1), $0) } ?? p)
    case .binary(.power, let x, let y): return (1, .binary(.power, x.folded, y.folded))
    case .call(let function, let arguments): return (1, .call(function, arguments.map(\.folded)))
    case .reduce(let reduction, let arguments): return (1, .reduce(reduction, arguments.map(\.folded)))
    case .back(let x): return (1, .back(x.folded))
    case .ahead(let x): return (1, .ahead(x.folded))
    case .backB(let x): return (1, .backB(x.folded))
    case .aheadB(let x): return (1, .aheadB(x.folded))
    }
  }

  private typealias Taken = (number: Double, rest: Expression?)

  private static func sum(_ x: Taken, _ y: Taken) -> Taken {
    if y.number == 0 { return x }
    if x.number == 0 { return y }
    if x.rest == nil && y.rest == nil { return (x.number + y.number, nil) }
    let negative = y.number < 0
    return (
      1, .binary(negative ? .subtract : .add, product(x.number, x.rest), product(y.number.magnitude, y.rest))
    )
  }

  private static func product(_ number: Double, _ rest: Expression?) -> Expression {
    if number == 0 { return .number(0) }
    guard let rest else { return number < 0 ? .negate(.number(-number)) : .number(number) }
    let size = number.magnitude == 1 ? rest : leading(number.magnitude, rest)
    return number < 0 ? Term.negatingFirst(size) : size
  }

  /// Puts a number in front of the first factor.
  private static func leading(_ number: Double, _ product: Expression) -> Expression {
    switch product {
    case .number(1): .number(number)
    case .binary(let op, let x, let y) where op == .multiply || op == .divide: .binary(op, leading(number, x), y)
    default: .binary(.multiply, .number(number), product)
    }
  }
}
