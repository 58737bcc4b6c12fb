import Rules

/// A sum over neurons as Brian2 has it: a variable of one group that a `Synapses` object sums into.
///
/// As projections are all to all, a sum over one side stands, the same, at every neuron of the other.
struct Brian2Sum {
  /// What is summed.
  var expression: Expression
  /// The side whose neurons hold the sum.
  var side: Owner
  /// The variable of that group.
  var name: String
  /// 1 for a sum of what is at hand, one more than the deepest sum inside otherwise.
  var level: Int

  /// The variable as the synapse reads it.
  var read: String { "\(name)_\(side == .pre ? "pre" : "post")" }
}

/// Expressions as Brian2 code, in the equations of a projection or of one of its groups.
struct Brian2Names: CodeDialect {
  let rule: Rule
  /// `w` where errors go back through the forward weights themselves.
  let feedbackName: String
  /// The group whose code it is; nil for the projection's.
  var side: Owner?
  /// Neurons of the two sides.
  let counts: (pre: Int, post: Int)
  /// Numbers of the coefficients, for the code of groups.
  let coefficients: [String: Double]
  private(set) var sums: [Brian2Sum] = []

  init(_ exported: ExportedRule, layer: Int) {
    rule = exported.rule
    feedbackName = exported.credit == "transport" ? "w" : "b"
    counts = (exported.network.sizes[layer - 1], exported.network.sizes[layer])
    coefficients = exported.coefficients(layer: layer)
  }

  /// Takes in the sums of an expression, inner ones first.
  mutating func collect(_ expression: Expression) {
    for child in expression.children { collect(child) }
    switch expression {
    case .reduce, .back, .ahead, .backB, .aheadB:
      guard !sums.contains(where: { $0.expression == expression }) else { return }
      let side = owner(expression)
      let inner = sums.filter { sum in expression.children.contains { $0.contains { $0 == sum.expression } } }
      sums.append(
        Brian2Sum(
          expression: expression, side: side, name: "\(side == .pre ? "pre" : "post")_sum\(sums.count + 1)",
          level: 1 + (inner.map(\.level).max() ?? 0)))
    default: break
    }
  }

  private func owner(_ sum: Expression) -> Owner {
    switch sum {
    case .back, .backB: .pre
    case .ahead, .aheadB: .post
    // A sum over one side is held by the other.
    default: summed(sum.children) == .pre ? .post : .pre
    }
  }

  private func summed(_ arguments: [Expression]) -> Owner {
    arguments.reduce(.scalar) { $0.joined(with: $1.owner(traces: rule.traceOwners)) }
  }

  /// What one synapse adds to a sum.
  func summand(_ sum: Brian2Sum) -> String {
    switch sum.expression {
    case .back(let x), .ahead(let x): return "w * (\(code(x)))"
    case .backB(let x), .aheadB(let x): return "\(feedbackName) * (\(code(x)))"
    case .reduce(.dot, let arguments): return "(\(code(arguments[0]))) * (\(code(arguments[1])))"
    case .reduce(.norm, let arguments): return "(\(code(arguments[0])))**2"
    case .reduce(_, let arguments): return code(arguments[0])
    default: preconditionFailure("\(sum.expression) is no sum")
    }
  }

  // MARK: Dialect

  /// A coefficient's name, which Brian2 must not take for a constant of its own or for a neuron's variable.
  static func coefficient(_ name: String) -> String {
    "c_\(name)\(name.hasSuffix("_pre") || name.hasSuffix("_post") ? "_" : "")"
  }

  /// The variable that holds a trace, without the name of its side at the end.
  static func trace(_ trace: Trace) -> String {
    "trace_\(trace.name)\(trace.name.hasSuffix("_pre") || trace.name.hasSuffix("_post") ? "_" : "")"
  }

  func number(_ value: Double) -> String { pointed(value) }

  func name(_ leaf: Expression) -> String {
    switch leaf {
    case .coefficient(let name):
      guard side == nil else { return literal(coefficients[name] ?? 0) }
      return Self.coefficient(name)
    case .trace(let name):
      guard let trace = rule.traces.first(where: { $0.name == name }) else { preconditionFailure("no trace \(name)") }
      return at(trace.owner, Self.trace(trace))
    case .quantity(let quantity): return self.quantity(quantity)
    default: preconditionFailure("\(leaf) is no leaf")
    }
  }

  private func literal(_ value: Double) -> String { value < 0 ? "(-\(pointed(-value)))" : pointed(value) }

  private func at(_ owner: Owner, _ variable: String) -> String {
    side != nil ? variable : "\(variable)_\(owner == .pre ? "pre" : "post")"
  }

  private func quantity(_ quantity: Quantity) -> String {
    switch quantity {
    case .yPre, .yPost: at(quantity.owner, "y")
    case .sPre, .sPost: at(quantity.owner, "s")
    case .vPre, .vPost: at(quantity.owner, "v")
    case .psiPre, .psiPost: at(quantity.owner, "psi")
    // `e` is a constant of Brian2.
    case .ePre, .ePost: at(quantity.owner, "err")
    case .weight: "w"
    case .feedback: feedbackName
    case .eligibility: "elig"
    case .modulator, .reward, .loss: at(.post, quantity.rawValue)
    case .step: "(t_in_timesteps % STEPS)"
    case .sample: "(t_in_timesteps // STEPS)"
    case .fanIn: "\(counts.pre).0"
    case .fanOut: "\(counts.post).0"
    case .noisePre, .noisePost, .noise: preconditionFailure("\(quantity.rawValue) is not exported to Brian2")
    }
  }

  func call(_ function: Function, _ arguments: [Expression]) -> String {
    let inside = arguments.map(code)
    switch function {
    case .abs, .sign, .sqrt, .exp, .log, .tanh, .floor: return "\(function.rawValue)(\(inside[0]))"
    case .relu: return "((\(inside[0])) * int((\(inside[0])) > 0))"
    case .step: return "int((\(inside[0])) > 0)"
    // Brian2 has no min and max of two numbers; clip with one end open is the same.
    case .min: return inside.dropFirst().reduce(inside[0]) { "clip(\($0), -inf, \($1))" }
    case .max: return inside.dropFirst().reduce(inside[0]) { "clip(\($0), \($1), inf)" }
    case .clip: return "clip(\(inside[0]), \(inside[1]), \(inside[2]))"
    }
  }

  func sum(_ expression: Expression) -> String {
    guard let sum = sums.first(where: { $0.expression == expression }) else {
      preconditionFailure("the sum \(expression) was not collected")
    }
    switch expression {
    case .reduce(.norm, _): return "sqrt(\(sum.read))"
    case .reduce(.mean, let arguments):
      return "(\(sum.read) / \(summed(arguments) == .pre ? counts.pre : counts.post))"
    default: return sum.read
    }
  }
}
