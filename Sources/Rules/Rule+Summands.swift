/// One summand of a rule's equations, as its page writes it: what ablation takes away.
public struct Summand: Sendable, Hashable {
  /// The equation it stands in.
  public enum Equation: Sendable, Hashable {
    /// The change of the forward weights.
    case dw
    /// The change of the feedback weights.
    case db
    /// The change of one layer's forward weights; the number is the page's.
    case layer(Int)
  }

  /// The equation it stands in.
  public var equation: Equation
  /// The summand, its sign included.
  public var expression: Expression

  /// `dw: -hebb*e_post*e_pre`, `dw[-1]: …`, `db: …`.
  public var description: String {
    switch equation {
    case .dw: "dw: \(Printer.text(expression))"
    case .db: "db: \(Printer.text(expression))"
    case .layer(let layer): "dw[\(layer)]: \(Printer.text(expression))"
    }
  }
}

extension Rule {
  /// The summands of all equations that change weights, in the order of the page; those that are the number 0 left out.
  public var summands: [Summand] {
    let equations: [(Summand.Equation, Expression)] =
      [(.dw, dw)] + layers.map { (.layer($0.layer), $0.dw) } + (db.map { [(.db, $0)] } ?? [])
    return equations.flatMap { equation, expression in
      expression.summands.filter { $0 != .number(0) }.map { Summand(equation: equation, expression: $0) }
    }
  }

  /// The rule without some of its summands, and without the coefficients, traces and eligibility that nothing reads any
  /// more. An equation of which nothing is left is 0, a `db` of which nothing is left is gone.
  public func without(_ dropped: Set<Summand>) -> Rule {
    func rest(_ equation: Summand.Equation, _ expression: Expression) -> Expression {
      .sum(expression.summands.filter { !dropped.contains(Summand(equation: equation, expression: $0)) })
    }
    var rule = self
    rule.dw = rest(.dw, dw)
    for index in rule.layers.indices { rule.layers[index].dw = rest(.layer(layers[index].layer), layers[index].dw) }
    rule.db = db.map { rest(.db, $0) }.flatMap { $0 == .number(0) ? nil : $0 }
    if rule.db == nil, db != nil {
      rule.feedbackBounds = nil
      rule.mirror = nil
      if rule.credit == "learned" { rule.credit = "random" }
    }
    return rule.withoutUnread()
  }

  private func withoutUnread() -> Rule {
    var rule = self
    func roots() -> [Expression] { [rule.dw] + rule.layers.map(\.dw) + (rule.db.map { [$0] } ?? []) }
    if !roots().contains(where: { $0.reads(.eligibility) }) { rule.eligibility = nil }
    // A trace may read those above it, so the last ones are looked at first.
    for index in rule.traces.indices.reversed() {
      let name = rule.traces[index].name
      let readers = roots() + (rule.eligibility.map { [$0.of] } ?? []) + rule.traces[(index + 1)...].map(\.of)
      if !readers.contains(where: { $0.contains { $0 == .trace(name) } }) { rule.traces.remove(at: index) }
    }
    let readers = roots() + (rule.eligibility.map { [$0.of] } ?? []) + rule.traces.map(\.of)
    rule.coefficients.removeAll { coefficient in
      !readers.contains { $0.contains { $0 == .coefficient(coefficient.name) } }
    }
    return rule
  }
}

extension Expression {
  /// What is added up at the top of the tree, each with its sign.
  var summands: [Expression] {
    switch self {
    case .binary(.add, let x, let y): x.summands + y.summands
    case .binary(.subtract, let x, let y): x.summands + y.summands.map { $0.negated }
    default: [self]
    }
  }

  /// The sum of expressions, 0 of none; a leading sign becomes a subtraction.
  static func sum(_ parts: [Expression]) -> Expression {
    guard let first = parts.first else { return .number(0) }
    return parts.dropFirst().reduce(first) { sum, part in
      let bare = part.negated
      return bare.isSigned ? .binary(.add, sum, part) : .binary(.subtract, sum, bare)
    }
  }

  /// Whether it begins with a sign.
  private var isSigned: Bool {
    switch self {
    case .negate: true
    case .binary(let op, let x, _) where op == .multiply || op == .divide: x.isSigned
    default: false
    }
  }

  /// The negative, its sign taken in or out of the first factor.
  private var negated: Expression {
    switch self {
    case .negate(let x): x
    case .binary(let op, let x, let y) where op == .multiply || op == .divide: .binary(op, x.negated, y)
    default: .negate(self)
    }
  }
}
