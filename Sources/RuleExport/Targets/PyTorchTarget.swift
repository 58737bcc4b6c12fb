// The requirements are documented at `RuleTarget`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Rules

/// A Python module of pure functions that need nothing but torch: `delta_w`, and where the rule has them `delta_b`, a
/// function for each trace and for the eligibility, and `clip_w`, `clip_b`.
///
/// Shapes: pre (..., n_in), post (..., n_out), weights (n_out, n_in) or (..., n_out, n_in), changes (..., n_out, n_in);
/// numbers of the whole projection are Python numbers or tensors (...).
public struct PyTorchTarget: RuleTarget {
  public let name = "pytorch"
  public let about = "a module of pure functions"
  public let fileSuffix = ".torch.py"
  public let commentMark = "#"
  public let traceKind = ExpectedTrace.projection

  /// The target.
  public init() {}

  public func obstacles(_ exported: ExportedRule) -> [String] { [] }

  public func body(of exported: ExportedRule) -> String {
    let rule = exported.rule
    var text = """
      # Shapes: pre (..., n_in), post (..., n_out), w, b and elig (n_out, n_in) or (..., n_out, n_in), numbers of the whole
      # projection (...); changes are (..., n_out, n_in).
      import torch



      """
    let functions = rule.traces.map { function(of: $0, exported) } + eligibility(exported) + changes(exported)
    text += functions.joined(separator: "\n\n")
    for (letter, bounds) in [("w", rule.weightBounds), ("b", rule.feedbackBounds)] {
      guard let bounds else { continue }
      text += """


        def clip_\(letter)(\(letter)):
            \"\"\"Keeps the weights within \(ExportHeader.text(bounds)), after every update.\"\"\"
            return \(letter).clamp(\(Printer.text(bounds.lowerBound)), \(Printer.text(bounds.upperBound)))

        """
    }
    text += layerTable(exported)
    return text
  }

  // MARK: Functions

  private func changes(_ exported: ExportedRule) -> [String] {
    let rule = exported.rule
    var functions = exported.equations.map { equation in
      let name = equation.suffix.isEmpty ? "delta_w" : "delta_w_\(equation.suffix)"
      let title = rule.layers.isEmpty ? "" : " of \(equation.title)"
      return function(
        name, "The change of the forward weights\(title), from the old weights.",
        equation: written("dw =", equation.dw), equation.dw, state: "w", keepsState: false, owner: .synapse,
        exported)
    }
    if let db = rule.db {
      let when = rule.mirror == nil ? "with dw" : "in phases between samples"
      functions.append(
        function(
          "delta_b", "The change of the feedback weights, from the old weights, \(when).",
          equation: written("db =", db), db, state: "w", keepsState: false, owner: .synapse, exported))
    }
    return functions
  }

  private func function(of trace: Trace, _ exported: ExportedRule) -> String {
    let next = Expression.binary(
      .add, .binary(.multiply, .number(trace.decay), .trace(trace.name)), trace.of)
    return function(
      "advance_\(trace.name)", "The trace after this step; 0 at the start of a sample.",
      equation: written("\(trace.name) <-", next), next, state: PyTorchNames.local(trace.name),
      keepsState: true,
      owner: trace.owner, exported)
  }

  private func eligibility(_ exported: ExportedRule) -> [String] {
    guard let eligibility = exported.rule.eligibility else { return [] }
    let next = Expression.binary(
      .add, .binary(.multiply, .number(eligibility.decay), .quantity(.eligibility)), eligibility.of)
    return [
      function(
        "advance_elig", "The eligibility after this step, once the traces have moved; 0 at the start of a sample.",
        equation: written("elig <-", next), next, state: "elig", keepsState: true, owner: .synapse, exported)
    ]
  }

  /// One function: its arguments are what the expression reads, its coefficients are keywords.
  /// - Parameters:
  ///   - state: the tensor that gives precision and shape.
  ///   - keepsState: whether `state` is what is advanced, a value of `owner`.
  private func function(
    _ name: String, _ about: String, equation: String, _ expression: Expression, state: String, keepsState: Bool,
    owner: Owner, _ exported: ExportedRule
  ) -> String {
    let rule = exported.rule
    let names = PyTorchNames(rule: rule, state: state)
    var arguments = keepsState ? [] : ["w"]
    var lines: [String] = []
    func add(_ argument: String, _ owner: Owner) {
      if !arguments.contains(argument) { arguments.append(argument) }
      switch owner {
      case .pre: lines.append("\(argument) = \(argument).unsqueeze(-2)")
      case .post: lines.append("\(argument) = \(argument).unsqueeze(-1)")
      case .scalar:
        lines.append("\(argument) = \(PyTorchNames.tensor(argument, like: state))[..., None, None]")
      case .synapse: break
      }
    }
    let needsMatrix = keepsState && owner == .synapse
    if expression.readsFeedback { add("b", .synapse) }
    if needsMatrix || expression.quantities.contains(.eligibility) { add("elig", .synapse) }
    if needsMatrix,
      expression.contains(where: {
        if case .back = $0 { true } else if case .ahead = $0 { true } else { $0 == .quantity(.weight) }
      })
    {
      add("w", .synapse)
    }
    for trace in rule.traces where expression.contains(where: { $0 == .trace(trace.name) }) {
      add(PyTorchNames.local(trace.name), trace.owner)
    }
    let sizes: [Quantity] = [.fanIn, .fanOut]
    for quantity in expression.quantities where ![.weight, .feedback, .eligibility].contains(quantity) {
      if sizes.contains(quantity), owner == .synapse {
        lines.append("\(quantity.rawValue) = \(state).shape[\(quantity == .fanIn ? -1 : -2)]")
      } else {
        add(quantity.rawValue, quantity.owner)
      }
    }
    let keywords = rule.coefficients.filter { coefficient in
      expression.contains { $0 == .coefficient(coefficient.name) }
    }
    let defaults = keywords.map { coefficient in
      let values = Set(exported.values(of: coefficient.name))
      let local = PyTorchNames.local(coefficient.name)
      return values.count == 1 ? "\(local)=\(PyTorchNames.literal(values.first!))" : local
    }
    let list = arguments.joined(separator: ", ") + (defaults.isEmpty ? "" : ", *, " + defaults.joined(separator: ", "))
    var summands = names.lines(expression)
    // What is one number a neuron belongs to all its synapses.
    if owner == .synapse, expression.owner(traces: rule.traceOwners) != .synapse {
      summands.append("+ torch.zeros_like(\(state))")
    }
    let isLong = summands.joined(separator: " ").count > 100
    var result =
      isLong ? "(\n        " + summands.joined(separator: "\n        ") + ")" : summands.joined(separator: " ")
    if keepsState, owner != .synapse {
      result = (isLong ? result : "(\(result))") + ".squeeze(\(owner == .pre ? -2 : -1))"
    }
    let body = (lines + ["return \(result)"]).map { "    \($0)\n" }.joined()
    return """
      \(signature("def \(name)(\(list)):"))
          \"\"\"\(about)

          \(equation)
          \"\"\"
      \(body)
      """
  }

  /// An equation for a function's description, one summand a line where it is long.
  private func written(_ left: String, _ right: Expression) -> String {
    let text = "\(left) \(Printer.text(right))"
    return text.count <= 110 ? text : ([left] + Printer.lines(right)).joined(separator: "\n      ")
  }

  /// A definition's head, broken after a comma where it is long.
  private func signature(_ head: String) -> String {
    var lines: [String] = []
    var line = ""
    for part in head.split(separator: " ") {
      if line.count + part.count > 110 {
        lines.append(line)
        line = "        "
      }
      line += (line.isEmpty || line.allSatisfy { $0 == " " } ? "" : " ") + part
    }
    return (lines + [line]).joined(separator: "\n")
  }

  /// Which projection has which function, and the coefficients that differ between projections.
  private func layerTable(_ exported: ExportedRule) -> String {
    var text = ""
    if !exported.rule.layers.isEmpty {
      let own = exported.equations.dropFirst().map { "\($0.layer ?? 0): delta_w_\($0.suffix)" }
      text += """


        # Projections counted from 1 at the input or from -1 at the readout; every other one has delta_w.
        DELTA_W = {\(own.joined(separator: ", "))}

        """
    }
    let differing = exported.rule.coefficients.filter { Set(exported.values(of: $0.name)).count > 1 }
    if !differing.isEmpty {
      let rows = differing.map { coefficient in
        let values = exported.values(of: coefficient.name).map(PyTorchNames.literal).joined(separator: ", ")
        return "    \"\(PyTorchNames.local(coefficient.name))\": [\(values)],\n"
      }
      text += "\n\n# One value a projection, from the input up.\nLAYER_COEFFICIENTS = {\n\(rows.joined())}\n"
    }
    return text
  }
}

/// Expressions as torch: pre values are (..., 1, n_in), post values (..., n_out, 1), numbers (..., 1, 1) or Python's.
struct PyTorchNames: CodeDialect {
  let rule: Rule
  /// A tensor of the precision and device that constants take on.
  let state: String

  /// A name of the page that Python or the module would take for something else gets an underscore.
  static func local(_ name: String) -> String {
    let taken: Set<String> = [
      "assert", "async", "await", "break", "class", "continue", "except", "finally", "global", "nonlocal", "pass",
      "raise", "return", "try", "yield", "print", "torch",
    ]
    return taken.contains(name) ? name + "_" : name
  }

  static func literal(_ value: Double) -> String { value < 0 ? "-" + Printer.text(-value) : Printer.text(value) }

  /// A number as a tensor of the precision and device of another.
  static func tensor(_ text: String, like state: String) -> String {
    "torch.as_tensor(\(text), dtype=\(state).dtype, device=\(state).device)"
  }

  func name(_ leaf: Expression) -> String {
    switch leaf {
    case .quantity(let quantity): quantity.rawValue
    case .coefficient(let name), .trace(let name): Self.local(name)
    default: preconditionFailure("\(leaf) is no leaf")
    }
  }

  /// The argument as a tensor, also where it is made of Python numbers alone.
  private func tensor(_ expression: Expression) -> String {
    let isTensor = expression.contains {
      switch $0 {
      case .quantity(.fanIn), .quantity(.fanOut): false
      case .quantity, .trace: true
      default: false
      }
    }
    let text = code(expression)
    return isTensor ? text : Self.tensor(text, like: state)
  }

  func call(_ function: Function, _ arguments: [Expression]) -> String {
    let inside = arguments.map(tensor)
    func nested(_ name: String) -> String {
      inside.dropFirst().reduce(inside[0]) { "torch.\(name)(\($0), \($1))" }
    }
    switch function {
    case .abs, .sign, .sqrt, .exp, .log, .tanh, .relu, .floor: return "torch.\(function.rawValue)(\(inside[0]))"
    case .step: return "(\(inside[0]) > 0).to(\(state))"
    case .min: return nested("minimum")
    case .max: return nested("maximum")
    case .clip: return "torch.minimum(torch.maximum(\(inside[0]), \(inside[1])), \(inside[2]))"
    }
  }

  func sum(_ expression: Expression) -> String {
    switch expression {
    // A row (..., 1, n_in) and a column (..., n_out, 1): products with the matrix are matrix products.
    case .back(let x): return "(\(grouped(x)).mT @ w)"
    case .backB(let x): return "(\(grouped(x)).mT @ b)"
    case .ahead(let x): return "(w @ \(grouped(x)).mT)"
    case .aheadB(let x): return "(b @ \(grouped(x)).mT)"
    case .reduce(let reduction, let arguments):
      let owner = arguments.reduce(Owner.scalar) { $0.joined(with: $1.owner(traces: rule.traceOwners)) }
      let axis = "\(owner == .pre ? -1 : -2), keepdim=True"
      let x = grouped(arguments[0])
      switch reduction {
      case .sum: return "\(x).sum(\(axis))"
      case .mean: return "\(x).mean(\(axis))"
      case .dot: return "(\(x) * \(grouped(arguments[1]))).sum(\(axis))"
      case .norm: return "torch.sqrt((\(x)**2).sum(\(axis)))"
      }
    default: preconditionFailure("\(expression) is no sum")
    }
  }

  /// The code as something a method can be called on.
  private func grouped(_ expression: Expression) -> String {
    switch expression {
    case .quantity, .trace, .call, .reduce, .back, .ahead, .backB, .aheadB: code(expression)
    default: "(\(code(expression)))"
    }
  }
}
