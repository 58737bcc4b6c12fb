extension Printer {
  /// The rule's equations as LaTeX math, one a line, in the subset that matplotlib's mathtext draws.
  ///
  /// `i` counts postsynaptic and `j` presynaptic neurons; `i'`, `j'`, … are those summed over. Equations are printed as
  /// they were written, followed by the recursions of traces and eligibility.
  public static func latexEquations(_ rule: Rule) -> [String] {
    let traces = rule.traceOwners
    func right(_ expression: Expression) -> String { latex(expression, traces: traces) }
    var lines = [#"\Delta w_{ij} = \#(right(rule.dw))"#]
    lines += rule.layers.map { #"\Delta w^{(\#($0.layer))}_{ij} = \#(right($0.dw))"# }
    lines += rule.db.map { [#"\Delta b_{ij} = \#(right($0))"#] } ?? []
    lines += rule.traces.map { trace in
      let name = right(.trace(trace.name))
      return #"\#(name) \leftarrow \#(latex(trace.decay, digits: 6))\,\#(name) + \#(right(trace.of))"#
    }
    lines +=
      rule.eligibility.map { eligibility in
        let name = right(.quantity(.eligibility))
        return [#"\#(name) \leftarrow \#(latex(eligibility.decay, digits: 6))\,\#(name) + \#(right(eligibility.of))"#]
      } ?? []
    return lines
  }

  /// A LaTeX `tabular` of the coefficients: symbol, value, range.
  /// - Parameters:
  ///   - rule: the rule.
  ///   - coefficients: flat vector, laid out as `Rule.coefficientSlots(layerCount:)`; nil takes the page's start values.
  ///   - layerCount: number of projections.
  public static func latexCoefficientTable(
    _ rule: Rule, coefficients: [Double]? = nil, layerCount: Int = 1
  ) -> String {
    let slots = rule.coefficientSlots(layerCount: layerCount)
    let values = coefficients ?? slots.map(\.start)
    precondition(values.count == slots.count, "\(slots.count) coefficients have \(values.count) values")
    let rows = zip(slots, values).map { slot, value in
      let symbol = LaTeX.name(slot.name, subscript: slot.layer.map(String.init))
      let range = #"\left[\#(latex(slot.range.lowerBound)),\ \#(latex(slot.range.upperBound))\right]"#
      return #"$\#(symbol)$ & $\#(latex(value))$ & $\#(range)$ \\"#
    }
    let head = [#"\begin{tabular}{lll}"#, #"\hline"#, #"coefficient & value & range \\"#, #"\hline"#]
    return (head + rows + [#"\hline"#, #"\end{tabular}"#]).joined(separator: "\n")
  }

  /// An expression as LaTeX math.
  /// - Parameter traces: owner of every trace it reads.
  public static func latex(_ expression: Expression, traces: [String: Owner] = [:]) -> String {
    LaTeX(traces: traces).text(expression)
  }

  /// A number as LaTeX math: `0.02`, `1.5 \times 10^{-3}`.
  /// - Parameter digits: significant digits; nil writes the shortest text that reads back as the same double.
  public static func latex(_ number: Double, digits: Int? = nil) -> String {
    let parts = (digits.map { text(number, digits: $0) } ?? text(number)).split(separator: "e")
    guard parts.count == 2 else { return String(parts[0]) }
    let mantissa = parts[0].hasSuffix(".0") ? parts[0].dropLast(2) : parts[0]
    return mantissa == "1" ? "10^{\(parts[1])}" : #"\#(mantissa) \times 10^{\#(parts[1])}"#
  }
}

/// Writes one expression with the indices that hold at its place.
private struct LaTeX {
  let traces: [String: Owner]
  var post = "i"
  var pre = "j"

  func text(_ expression: Expression) -> String {
    switch expression {
    case .number(let value): return Printer.latex(value)
    case .quantity(let quantity): return symbol(quantity)
    case .coefficient(let name): return Self.name(name)
    case .trace(let name): return traceSymbol(name)
    case .negate(let x): return "-" + wrapped(x, atLeast: .sign)
    case .binary(.add, let x, let y): return "\(text(x)) + \(wrapped(y, atLeast: .product))"
    case .binary(.subtract, let x, let y): return "\(text(x)) - \(wrapped(y, atLeast: .product))"
    case .binary(.multiply, let x, let y):
      let left = factor(x)
      let right = factor(y)
      return left + (right.first?.isNumber == true ? #" \cdot "# : #"\,"#) + right
    case .binary(.divide, let x, let y): return #"\frac{\#(text(x))}{\#(text(y))}"#
    case .binary(.power, let x, let y): return powerBase(x) + "^{\(text(y))}"
    case .call(let function, let arguments): return call(function, arguments)
    case .reduce(let reduction, let arguments): return reduce(reduction, arguments)
    case .back(let x): return through(x, "w", own: \.pre, summed: \.post)
    case .ahead(let x): return through(x, "w", own: \.post, summed: \.pre)
    case .backB(let x): return through(x, "b", own: \.pre, summed: \.post)
    case .aheadB(let x): return through(x, "b", own: \.post, summed: \.pre)
    }
  }

  // MARK: Parentheses

  private func parenthesised(_ text: String) -> String { #"\left(\#(text)\right)"# }

  private func wrapped(_ expression: Expression, atLeast needed: Printer.Binding) -> String {
    let text = text(expression)
    return Printer.binding(expression).rawValue >= needed.rawValue ? text : parenthesised(text)
  }

  /// A factor of a product: sums, and signs that are not in front, in parentheses.
  private func factor(_ expression: Expression) -> String {
    let text = text(expression)
    let open = Printer.binding(expression) == .sum || expression.endsOpen
    return open ? parenthesised(text) : text
  }

  private func powerBase(_ expression: Expression) -> String {
    let text = text(expression)
    switch expression {
    case .quantity, .coefficient, .trace: return text
    case .number(let value) where value >= 0 && !text.contains("10^"): return text
    case .call(.abs, _): return text
    default: return parenthesised(text)
    }
  }

  // MARK: Sums

  private func through(
    _ x: Expression, _ matrix: String, own: KeyPath<LaTeX, String>, summed: WritableKeyPath<LaTeX, String>
  ) -> String {
    let transposed = own == \LaTeX.pre
    if x.isBare {
      var bare = self
      bare[keyPath: summed] = ""
      let letter = matrix.uppercased()
      let whole = transposed ? #"\#(letter)^{\top}"# : letter
      return #"\left(\#(whole) \#(bare.text(x))\right)_{\#(self[keyPath: own])}"#
    }
    var inner = self
    inner[keyPath: summed] += "'"
    let weight = "\(matrix)_{\(inner.post)\(inner.pre)}"
    return #"\sum_{\#(inner[keyPath: summed])} \#(weight)\,\#(inner.factor(x))"#
  }

  private func reduce(_ reduction: Reduction, _ arguments: [Expression]) -> String {
    var inner = self
    (inner.post, inner.pre) = (post + "'", pre + "'")
    let factors = arguments.map(inner.factor)
    let side = arguments.reduce(Owner.scalar) { $0.joined(with: $1.owner(traces: traces)) }
    let count = symbol(side == .pre ? .fanIn : .fanOut)
    let sum = #"\sum_{\#(side == .pre ? inner.pre : inner.post)} "#
    switch reduction {
    case .sum, .dot: return sum + factors.joined(separator: #"\,"#)
    case .mean: return #"\frac{1}{\#(count)} "# + sum + factors.joined(separator: #"\,"#)
    case .norm: return #"\sqrt{\#(sum)\#(arguments.map(inner.powerBase).joined())^{2}}"#
    }
  }

  private func call(_ function: Function, _ arguments: [Expression]) -> String {
    let inside = arguments.map(text).joined(separator: #",\ "#)
    switch function {
    case .abs: return #"\left|\#(inside)\right|"#
    case .sqrt: return #"\sqrt{\#(inside)}"#
    case .exp, .log, .tanh, .min, .max: return #"\\#(function.rawValue)\left(\#(inside)\right)"#
    case .relu: return #"\left[\#(inside)\right]_{+}"#
    case .step: return #"\Theta\left(\#(inside)\right)"#
    case .floor: return #"\left\lfloor \#(inside) \right\rfloor"#
    case .sign, .clip: return #"\mathrm{\#(function.rawValue)}\left(\#(inside)\right)"#
    }
  }

  // MARK: Symbols

  private func symbol(_ quantity: Quantity) -> String {
    switch quantity {
    case .yPre: indexed("y", pre)
    case .sPre: indexed("s", pre)
    case .vPre: indexed("v", pre)
    case .psiPre: indexed(#"\psi"#, pre)
    case .ePre: indexed("e", pre)
    case .yPost: indexed("y", post)
    case .sPost: indexed("s", post)
    case .vPost: indexed("v", post)
    case .psiPost: indexed(#"\psi"#, post)
    case .ePost: indexed("e", post)
    case .weight: indexed("w", post + pre)
    case .feedback: indexed("b", post + pre)
    case .eligibility: indexed(#"\varepsilon"#, post + pre)
    case .modulator: "m"
    case .reward: "R"
    case .loss: "L"
    case .step: "t"
    case .sample: "k"
    case .noisePre: indexed(#"\xi"#, pre)
    case .noisePost: indexed(#"\xi"#, post)
    case .noise: indexed(#"\xi"#, post + pre)
    case .fanIn: #"n_{\mathrm{in}}"#
    case .fanOut: #"n_{\mathrm{out}}"#
    }
  }

  private func indexed(_ letter: String, _ index: String) -> String { index.isEmpty ? letter : "\(letter)_{\(index)}" }

  private func traceSymbol(_ name: String) -> String {
    var stem = name
    for suffix in ["_pre", "_post"] where stem.hasSuffix(suffix) && stem.count > suffix.count {
      stem.removeLast(suffix.count)
    }
    let index = traces[name] == .pre ? pre : (traces[name] == .post ? post : "")
    return Self.name(stem, subscript: index.isEmpty ? nil : index)
  }

  private static let greek: Set<String> = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi",
    "pi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega",
  ]

  /// A name with its part after the first underscore as a subscript: `theta_0`, `tau_plus`, `hebb`.
  static func name(_ name: String, subscript extra: String? = nil) -> String {
    let parts = name.split(separator: "_", maxSplits: 1).map(String.init)
    func word(_ text: String) -> String {
      if greek.contains(text) { return #"\\#(text)"# }
      if text.count == 1 || text.allSatisfy(\.isNumber) { return text }
      return #"\mathrm{\#(text.split(separator: "_").joined(separator: #"\ "#))}"#
    }
    var lower = parts.dropFirst().map(word)
    if let extra { lower.append(extra) }
    return word(parts.first ?? name) + (lower.isEmpty ? "" : "_{\(lower.joined(separator: ","))}")
  }
}
