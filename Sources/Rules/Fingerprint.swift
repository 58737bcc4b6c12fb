extension Rule {
  /// Sixteen hexadecimal digits that are equal for rules of equal meaning, on every machine.
  ///
  /// Hashes (FNV-1a, 64 bits) the canonical text of the equations, the definitions of the traces and the eligibility
  /// they read, cadence, bounds and pathway. Names of coefficients count, their order, starts and ranges do not; names
  /// of traces do not. Constants that agree to twelve significant digits count as equal.
  public var fingerprint: String {
    let whole = Meaning(of: self)
    let used = whole.coefficients
    let perLayer = coefficients.filter { $0.perLayer && used.contains($0.name) }.map(\.name).sorted()
    let lines = frame + [whole.text, "per layer: \(perLayer.joined(separator: " "))"]
    return Rule.hash(lines.joined(separator: "\n"))
  }

  /// The fingerprint with coefficients replaced by their values: a coefficient of 0 takes its term away, and the name
  /// of a coefficient no longer counts.
  /// - Parameter coefficients: flat vector, laid out as `coefficientSlots(layerCount:)`.
  public func fingerprint(coefficients: [Double], layerCount: Int) -> String {
    var texts = bound(to: coefficients, layerCount: layerCount).map(\.text)
    if Set(texts).count == 1 { texts = [texts[0]] }
    return Rule.hash(
      (frame + texts.enumerated().map { "layer \($0.offset + 1)\n\($0.element)" }).joined(separator: "\n"))
  }

  /// What belongs to the meaning and holds no expression.
  private var frame: [String] {
    func text(_ bounds: ClosedRange<Double>?) -> String {
      bounds.map { "\(Printer.text($0.lowerBound)) \(Printer.text($0.upperBound))" } ?? "none"
    }
    return [
      "rule meaning 1", "every \(every.rawValue)", "w \(text(weightBounds))", "b \(text(feedbackBounds))",
      "credit \(credit ?? "")",
    ] + (mirror.map { ["mirror \($0.before) \($0.each)"] } ?? [])
  }

  /// FNV-1a over UTF-8, 64 bits, in hexadecimal.
  static func hash(_ text: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// A rule's equations in canonical form, with traces known by what they are rather than by their names.
struct Meaning {
  /// Label (`dw`, `dw[-1]`, `db`, `elig`, a trace's canonical name) and canonical expression, in a fixed order.
  private(set) var equations: [(label: String, expression: Expression)] = []

  /// - Parameters:
  ///   - rule: the rule.
  ///   - dw: the one weight change to take; nil takes the rule's and its layers'.
  ///   - values: coefficients to replace by numbers.
  init(of rule: Rule, dw: Expression? = nil, values: [String: Double] = [:]) {
    var owners = rule.traceOwners
    var known: [String: Expression] = [:]
    var definitions: [String: Expression] = [:]

    func canonical(_ expression: Expression) -> Expression {
      let replaced = expression.binding(values).replacingLeaves { leaf in
        if case .trace(let name) = leaf { known[name] } else { nil }
      }
      return replaced.simplified(traces: owners)
    }

    for trace in rule.traces {
      var definition = NormalForm(of: canonical(trace.of), traces: owners)
      guard !definition.terms.isEmpty else {
        known[trace.name] = .number(0)
        continue
      }
      // A trace is linear in what it follows: a single term's number can stand outside.
      let number = definition.terms.count == 1 ? definition.terms[0].number : 1
      if definition.terms.count == 1 { definition.terms[0].number = 1 }
      let expression = Meaning.rounded(definition.expression)
      let text = "\(trace.owner.rawValue) \(Printer.text(trace.decay, digits: 12)) \(Printer.text(expression))"
      let name = "trace_\(Rule.hash(text))"
      owners[name] = trace.owner
      definitions[name] = expression
      known[trace.name] = number == 1 ? .trace(name) : .binary(.multiply, .number(number), .trace(name))
    }

    var changes = [(label: "dw", expression: canonical(dw ?? rule.dw))]
    if dw == nil {
      for layer in rule.layers.sorted(by: { $0.layer < $1.layer }) {
        let own = canonical(layer.dw)
        if own != changes[0].expression { changes.append(("dw[\(layer.layer)]", own)) }
      }
    }
    if let db = rule.db.map(canonical), db != .number(0) { changes.append(("db", db)) }
    if let eligibility = rule.eligibility, changes.contains(where: { $0.expression.reads(.eligibility) }) {
      changes.append(("elig \(Printer.text(eligibility.decay, digits: 12))", canonical(eligibility.of)))
    }
    equations = changes.map { ($0.label, Meaning.rounded($0.expression)) }

    // Traces that are read, each once, and those that these read.
    var waiting = equations.flatMap { $0.expression.traceNames }
    var seen: Set<String> = []
    while let name = waiting.popLast() {
      guard seen.insert(name).inserted, let definition = definitions[name] else { continue }
      waiting += definition.traceNames
    }
    equations += seen.sorted().compactMap { name in definitions[name].map { (name, $0) } }
  }

  /// One equation a line.
  var text: String { equations.map { "\($0.label) = \(Printer.text($0.expression))" }.joined(separator: "\n") }

  /// Operators plus operands over all equations.
  var complexity: Int { equations.reduce(0) { $0 + $1.expression.size } }

  /// Names of the coefficients that are left.
  var coefficients: Set<String> {
    equations.reduce(into: []) { names, equation in names.formUnion(equation.expression.coefficientNames) }
  }

  private static func rounded(_ expression: Expression) -> Expression {
    expression.replacingLeaves { leaf in
      if case .number(let value) = leaf { .number(Printer.rounded(value, toDigits: 12)) } else { nil }
    }
  }
}

extension Expression {
  /// Names of the coefficients the expression reads.
  public var coefficientNames: Set<String> {
    if case .coefficient(let name) = self { return [name] }
    return children.reduce(into: []) { $0.formUnion($1.coefficientNames) }
  }

  /// Names of the traces the expression reads.
  public var traceNames: Set<String> {
    if case .trace(let name) = self { return [name] }
    return children.reduce(into: []) { $0.formUnion($1.traceNames) }
  }

  /// Whether the expression reads a quantity of the network.
  public func reads(_ quantity: Quantity) -> Bool { contains { $0 == .quantity(quantity) } }

  /// Whether a vector passes through the feedback weights: `back_b`, `ahead_b`.
  public var passesFeedback: Bool {
    contains { part in
      switch part {
      case .backB, .aheadB: true
      default: false
      }
    }
  }
}
