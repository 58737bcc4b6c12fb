/// An equation with every name resolved as far as it can be, every part still knowing where it was written.
struct Located {
  /// What stands at the root of this part.
  enum Form: Equatable {
    case number(Double)
    case quantity(Quantity)
    case coefficient(String)
    case trace(String)
    case negate
    case binary(BinaryOperator)
    case call(Function)
    case reduce(Reduction)
    case back
    case ahead
    case backB
    case aheadB
    /// A name or call that means nothing, already reported.
    case unknown
  }

  let form: Form
  let children: [Located]
  /// UTF-8 offsets into the equation.
  let range: Range<Int>
  /// Whom the value belongs to; nil when that depends on something unknown.
  let owner: Owner?
  /// The tree without places; nil when something in it is unknown.
  let expression: Expression?
  /// What the value can be; nil when that depends on something unknown.
  let interval: Interval?

  init(_ form: Form, _ children: [Located], range: Range<Int>, owner: Owner?, symbols: Symbols) {
    self.form = form
    self.children = children
    self.range = range
    self.owner = owner
    expression = Located.expression(form, children.map(\.expression))
    interval = Interval(form, children, symbols)
  }

  private static func expression(_ form: Form, _ children: [Expression?]) -> Expression? {
    let parts = children.compactMap { $0 }
    guard parts.count == children.count else { return nil }
    switch form {
    case .number(let value): return .number(value)
    case .quantity(let quantity): return .quantity(quantity)
    case .coefficient(let name): return .coefficient(name)
    case .trace(let name): return .trace(name)
    case .negate: return .negate(parts[0])
    case .binary(let op): return .binary(op, parts[0], parts[1])
    case .call(let function): return .call(function, parts)
    case .reduce(let reduction): return .reduce(reduction, parts)
    case .back: return .back(parts[0])
    case .ahead: return .ahead(parts[0])
    case .backB: return .backB(parts[0])
    case .aheadB: return .aheadB(parts[0])
    case .unknown: return nil
    }
  }

  /// Visits this part and everything inside it, outermost first.
  func visit(_ body: (Located) -> Void) {
    body(self)
    for child in children { child.visit(body) }
  }
}
