extension Printer {
  /// One equation as Presentation MathML (MathML Core), in pieces between which a line may break.
  ///
  /// Every piece is the inside of a `math` element: the left-hand side with its sign, then each summand with its own.
  public struct MathEquation: Sendable, Hashable {
    /// The left-hand side and `=` or `←`, then the summands, each as one `mrow`.
    public var pieces: [String]
    /// The equation as text, for readers that do not know MathML.
    public var text: String

    /// The whole equation as one `math` element.
    public var math: String { Printer.mathElement(pieces.joined()) }

    /// A `math` element for each piece, so that a narrow page may break the line between two.
    public var parts: [String] { pieces.map { Printer.mathElement($0) } }
  }

  /// The rule's equations, `latexEquations` in MathML: `dw`, layers' own, `db`, recursions of traces and eligibility.
  ///
  /// `i` counts postsynaptic and `j` presynaptic neurons; `i′`, `j′`, … are those summed over.
  public static func mathEquations(_ rule: Rule) -> [MathEquation] {
    let writer = MathML(traces: rule.traceOwners)
    func change(_ letter: String, _ layer: String? = nil) -> String {
      let symbol = MathML.row(["<mi mathvariant=\"normal\">Δ</mi>", MathML.mi(letter)])
      guard let layer else { return MathML.sub(symbol, MathML.indices("ij")) }
      return "<msubsup>\(symbol)\(MathML.indices("ij"))\(MathML.row([MathML.mo("("), layer, MathML.mo(")")]))</msubsup>"
    }
    func equation(_ left: String, _ sign: String, _ expression: Expression, before: [String] = []) -> [String] {
      let parts = expression.summands
      let summands = parts.enumerated().map { index, part in
        writer.summand(part, isFirst: index == 0 && before.isEmpty)
      }
      return [MathML.row([left, MathML.mo(sign)])] + before + summands
    }
    func recursion(_ name: String, _ decay: Double, _ of: Expression) -> [String] {
      let kept = MathML.row([MathML.number(decay, digits: 6), MathML.thin, name])
      return equation(name, "←", of, before: [kept])
    }
    var pieces = [equation(change("w"), "=", rule.dw)]
    pieces += rule.layers.map { equation(change("w", MathML.number(Double($0.layer))), "=", $0.dw) }
    if let db = rule.db { pieces.append(equation(change("b"), "=", db)) }
    pieces += rule.traces.map { recursion(writer.text(.trace($0.name)), $0.decay, $0.of) }
    if let eligibility = rule.eligibility {
      pieces.append(recursion(writer.text(.quantity(.eligibility)), eligibility.decay, eligibility.of))
    }
    return zip(pieces, equations(rule)).map { MathEquation(pieces: $0, text: $1) }
  }

  /// An expression as a `math` element.
  /// - Parameter traces: owner of every trace it reads.
  public static func mathML(_ expression: Expression, traces: [String: Owner] = [:]) -> String {
    mathElement(MathML(traces: traces).text(expression))
  }

  /// A name of a coefficient as a `math` element: `theta_0` is θ with the subscript 0.
  public static func mathML(name: String) -> String { mathElement(MathML.name(name)) }

  /// A number as a `math` element: `1.5 × 10⁻³`.
  /// - Parameter digits: significant digits; nil writes the shortest text that reads back as the same double.
  public static func mathML(_ number: Double, digits: Int? = nil) -> String {
    mathElement(MathML.number(number, digits: digits))
  }

  fileprivate static func mathElement(_ inside: String) -> String {
    "<math xmlns=\"http://www.w3.org/1998/Math/MathML\" displaystyle=\"true\">\(inside)</math>"
  }
}

/// Writes one expression with the indices that hold at its place. Every text it returns is one element.
private struct MathML {
  let traces: [String: Owner]
  var post = "i"
  var pre = "j"

  // MARK: Elements

  static let thin = "<mspace width=\"0.17em\"/>"
  private static let applied = "<mo>&#x2061;</mo>"

  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }

  static func mi(_ text: String) -> String { "<mi>\(escaped(text))</mi>" }
  static func mo(_ text: String) -> String { "<mo>\(escaped(text))</mo>" }
  static func row(_ parts: [String]) -> String { "<mrow>\(parts.joined())</mrow>" }
  static func sub(_ base: String, _ below: String) -> String { "<msub>\(base)\(below)</msub>" }

  /// Indices beside each other: `ij`, `i′j`.
  static func indices(_ letters: String) -> String {
    var parts: [String] = []
    for letter in letters {
      if letter == "'" { parts[parts.count - 1] = mi(last(parts) + "′") } else { parts.append(mi(String(letter))) }
    }
    return row(parts)
  }

  private static func last(_ parts: [String]) -> String {
    String(parts[parts.count - 1].dropFirst("<mi>".count).dropLast("</mi>".count))
  }

  static func number(_ value: Double, digits: Int? = nil) -> String {
    let text = digits.map { Printer.text(value, digits: $0) } ?? Printer.text(value)
    let isNegative = text.hasPrefix("-")
    let parts = text.drop { $0 == "-" }.split(separator: "e").map(String.init)
    func plain(_ text: String) -> String { Double(text) == nil ? mi(text) : "<mn>\(escaped(text))</mn>" }
    func signed(_ element: String) -> String { isNegative ? row([mo("−"), element]) : element }
    guard parts.count == 2, Double(parts[0]) != nil else { return signed(plain(parts.first ?? text)) }
    let mantissa = parts[0].hasSuffix(".0") ? String(parts[0].dropLast(2)) : parts[0]
    let exponent = parts[1].hasPrefix("-") ? row([mo("−"), plain(String(parts[1].dropFirst()))]) : plain(parts[1])
    let power = "<msup><mn>10</mn>\(exponent)</msup>"
    return signed(mantissa == "1" ? power : row([plain(mantissa), mo("×"), power]))
  }

  // MARK: Expressions

  /// A summand with its sign in front; a plus in front of the first is left out.
  func summand(_ expression: Expression, isFirst: Bool) -> String {
    let (isNegative, bare) = MathML.unsigned(expression)
    // In front of a row a sign would stand close to what follows, as a prefix does.
    let form = isFirst ? "" : " form=\"infix\""
    let sign = isNegative || !isFirst ? ["<mo\(form)>\(isNegative ? "−" : "+")</mo>"] : []
    return Self.row(sign + [wrapped(bare, atLeast: isNegative ? .product : .sum)])
  }

  /// Takes the sign off the first factor.
  private static func unsigned(_ expression: Expression) -> (isNegative: Bool, bare: Expression) {
    switch expression {
    case .negate(let x):
      let (isNegative, bare) = unsigned(x)
      return (!isNegative, bare)
    case .binary(let op, let x, let y) where op == .multiply || op == .divide:
      let (isNegative, bare) = unsigned(x)
      return (isNegative, .binary(op, bare, y))
    default: return (false, expression)
    }
  }

  func text(_ expression: Expression) -> String {
    switch expression {
    case .number(let value): return Self.number(value)
    case .quantity(let quantity): return symbol(quantity)
    case .coefficient(let name): return Self.name(name)
    case .trace(let name): return traceSymbol(name)
    case .negate(let x): return Self.row([Self.mo("−"), wrapped(x, atLeast: .sign)])
    case .binary(.add, let x, let y): return Self.row([text(x), Self.mo("+"), wrapped(y, atLeast: .product)])
    case .binary(.subtract, let x, let y): return Self.row([text(x), Self.mo("−"), wrapped(y, atLeast: .product)])
    case .binary(.multiply, let x, let y):
      let between = MathML.beginsWithDigit(y) ? Self.mo("·") : Self.thin
      return Self.row([factor(x, isFirst: true), between, factor(y)])
    case .binary(.divide, .binary(.divide, let x, let y), let z):
      // One line instead of two above each other: x / y / z = x / (y z).
      return text(.binary(.divide, x, .binary(.multiply, y, z)))
    case .binary(.divide, let x, let y): return "<mfrac>\(text(x))\(text(y))</mfrac>"
    case .binary(.power, let x, let y): return "<msup>\(powerBase(x))\(text(y))</msup>"
    case .call(let function, let arguments): return call(function, arguments)
    case .reduce(let reduction, let arguments): return reduce(reduction, arguments)
    case .back(let x): return through(x, "w", own: \.pre, summed: \.post)
    case .ahead(let x): return through(x, "w", own: \.post, summed: \.pre)
    case .backB(let x): return through(x, "b", own: \.pre, summed: \.post)
    case .aheadB(let x): return through(x, "b", own: \.post, summed: \.pre)
    }
  }

  private static func beginsWithDigit(_ expression: Expression) -> Bool {
    switch expression {
    case .number: true
    case .binary(.multiply, let x, _), .binary(.power, let x, _): beginsWithDigit(x)
    default: false
    }
  }

  // MARK: Parentheses

  private func parenthesised(_ element: String) -> String { Self.row([Self.mo("("), element, Self.mo(")")]) }

  private func wrapped(_ expression: Expression, atLeast needed: Printer.Binding) -> String {
    let element = text(expression)
    return Printer.binding(expression).rawValue >= needed.rawValue ? element : parenthesised(element)
  }

  /// A factor of a product: sums, and signs that are not in front, in parentheses.
  private func factor(_ expression: Expression, isFirst: Bool = false) -> String {
    let isSigned = !isFirst && (Printer.binding(expression) == .sign || MathML.unsigned(expression).isNegative)
    let isOpen = Printer.binding(expression) == .sum || isSigned || expression.endsOpen
    return isOpen ? parenthesised(text(expression)) : text(expression)
  }

  private func powerBase(_ expression: Expression) -> String {
    let element = text(expression)
    switch expression {
    case .quantity, .coefficient, .trace: return element
    case .number(let value) where value >= 0 && !element.contains("<msup>"): return element
    case .call(.abs, _): return element
    default: return parenthesised(element)
    }
  }

  // MARK: Sums

  private func through(
    _ x: Expression, _ matrix: String, own: KeyPath<MathML, String>, summed: WritableKeyPath<MathML, String>
  ) -> String {
    let letter = matrix.uppercased()
    if x.isBare {
      var bare = self
      bare[keyPath: summed] = ""
      let whole = own == \MathML.pre ? "<msup>\(Self.mi(letter))\(Self.mo("⊤"))</msup>" : Self.mi(letter)
      return Self.sub(parenthesised(Self.row([whole, Self.thin, bare.text(x)])), Self.indices(self[keyPath: own]))
    }
    var inner = self
    inner[keyPath: summed] += "'"
    return Self.row([
      Self.sum(over: inner[keyPath: summed]), inner.indexed(matrix, inner.post + inner.pre), Self.thin,
      inner.factor(x),
    ])
  }

  private static func sum(over index: String) -> String { "<munder>\(mo("∑"))\(indices(index))</munder>" }

  private func reduce(_ reduction: Reduction, _ arguments: [Expression]) -> String {
    var inner = self
    (inner.post, inner.pre) = (post + "'", pre + "'")
    let side = arguments.reduce(Owner.scalar) { $0.joined(with: $1.owner(traces: traces)) }
    let count = symbol(side == .pre ? .fanIn : .fanOut)
    let sum = Self.sum(over: side == .pre ? inner.pre : inner.post)
    func product(_ factors: [String]) -> [String] {
      factors.enumerated().flatMap { $0.offset == 0 ? [$0.element] : [Self.thin, $0.element] }
    }
    switch reduction {
    case .sum, .dot: return Self.row([sum] + product(arguments.map { inner.factor($0) }))
    case .mean:
      return Self.row(["<mfrac><mn>1</mn>\(count)</mfrac>", sum] + product(arguments.map { inner.factor($0) }))
    case .norm:
      let squares = arguments.map { "<msup>\(inner.powerBase($0))<mn>2</mn></msup>" }
      return "<msqrt>\(Self.row([sum] + product(squares)))</msqrt>"
    }
  }

  private func call(_ function: Function, _ arguments: [Expression]) -> String {
    var inside: [String] = []
    for argument in arguments {
      if !inside.isEmpty { inside += [Self.mo(","), Self.thin] }
      inside.append(text(argument))
    }
    let all = Self.row(inside)
    func fenced(_ open: String, _ close: String) -> String { Self.row([Self.mo(open), all, Self.mo(close)]) }
    switch function {
    case .abs: return fenced("|", "|")
    case .sqrt: return "<msqrt>\(all)</msqrt>"
    case .relu: return Self.sub(fenced("[", "]"), Self.mo("+"))
    case .step: return Self.row([Self.mi("Θ"), Self.applied, parenthesised(all)])
    case .floor: return fenced("⌊", "⌋")
    case .exp, .log, .tanh, .min, .max, .sign, .clip:
      return Self.row([Self.mi(function.rawValue), Self.applied, parenthesised(all)])
    }
  }

  // MARK: Symbols

  private func symbol(_ quantity: Quantity) -> String {
    switch quantity {
    case .yPre: indexed("y", pre)
    case .sPre: indexed("s", pre)
    case .vPre: indexed("v", pre)
    case .psiPre: indexed("ψ", pre)
    case .ePre: indexed("e", pre)
    case .yPost: indexed("y", post)
    case .sPost: indexed("s", post)
    case .vPost: indexed("v", post)
    case .psiPost: indexed("ψ", post)
    case .ePost: indexed("e", post)
    case .weight: indexed("w", post + pre)
    case .feedback: indexed("b", post + pre)
    case .eligibility: indexed("ε", post + pre)
    case .modulator: Self.mi("m")
    case .reward: Self.mi("R")
    case .loss: Self.mi("L")
    case .step: Self.mi("t")
    case .sample: Self.mi("k")
    case .noisePre: indexed("ξ", pre)
    case .noisePost: indexed("ξ", post)
    case .noise: indexed("ξ", post + pre)
    case .fanIn: Self.sub(Self.mi("n"), Self.mi("in"))
    case .fanOut: Self.sub(Self.mi("n"), Self.mi("out"))
    }
  }

  private func indexed(_ letter: String, _ index: String) -> String {
    index.isEmpty ? Self.mi(letter) : Self.sub(Self.mi(letter), Self.indices(index))
  }

  private func traceSymbol(_ name: String) -> String {
    var stem = name
    for suffix in ["_pre", "_post"] where stem.hasSuffix(suffix) && stem.count > suffix.count {
      stem.removeLast(suffix.count)
    }
    let index = traces[name] == .pre ? pre : (traces[name] == .post ? post : "")
    return Self.name(stem, subscript: index.isEmpty ? nil : Self.indices(index))
  }

  private static let greek: [String: String] = [
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "zeta": "ζ", "eta": "η", "theta": "θ",
    "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "phi": "ϕ", "chi": "χ", "psi": "ψ", "omega": "ω",
  ]

  /// A name with its part after the first underscore as a subscript.
  static func name(_ name: String, subscript extra: String? = nil) -> String {
    let parts = name.split(separator: "_", maxSplits: 1).map(String.init)
    func word(_ text: String) -> String {
      if let letter = greek[text] { return mi(letter) }
      if text.allSatisfy(\.isNumber) { return "<mn>\(escaped(text))</mn>" }
      return mi(text.split(separator: "_").joined(separator: " "))
    }
    var lower = parts.dropFirst().map(word)
    if let extra { lower.append(extra) }
    let base = word(parts.first ?? name)
    guard let first = lower.first else { return base }
    return sub(base, row(lower.dropFirst().reduce([first]) { $0 + [mo(","), $1] }))
  }
}
