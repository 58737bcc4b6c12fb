import Rules

/// Writes expressions as code of another language with Python's operators and precedence.
protocol CodeDialect {
  /// A number that is not negative.
  func number(_ value: Double) -> String
  /// A quantity, coefficient or trace.
  func name(_ leaf: Expression) -> String
  /// An elementwise function; the text holds together like a call or stands in parentheses.
  func call(_ function: Function, _ arguments: [Expression]) -> String
  /// A reduction, or a product with a matrix of weights; the text holds together likewise.
  func sum(_ expression: Expression) -> String
}

/// How tightly a piece of code holds together, loosest first.
private enum Precedence: Int {
  case sum = 1
  case product, sign, power, atom

  init(_ expression: Expression) {
    switch expression {
    case .negate: self = .sign
    case .number(let value): self = value < 0 || (value == 0 && value.sign == .minus) ? .sign : .atom
    case .binary(.add, _, _), .binary(.subtract, _, _): self = .sum
    case .binary(.multiply, _, _), .binary(.divide, _, _): self = .product
    case .binary(.power, _, _): self = .power
    default: self = .atom
    }
  }
}

extension CodeDialect {
  func number(_ value: Double) -> String { Printer.text(value) }

  /// The number with a point, where a whole one would be an integer and divide as integers do.
  func pointed(_ value: Double) -> String {
    let text = Printer.text(value)
    return text.contains { $0 == "." || $0 == "e" } ? text : text + ".0"
  }

  /// The expression in the shape it was written in.
  func code(_ expression: Expression) -> String {
    switch expression {
    case .number(let value): value < 0 || (value == 0 && value.sign == .minus) ? "-" + number(-value) : number(value)
    case .quantity, .coefficient, .trace: name(expression)
    case .negate(let x): "-" + code(x, atLeast: .sign)
    case .binary(.add, let x, let y): "\(code(x, atLeast: .sum)) + \(code(y, atLeast: .product))"
    case .binary(.subtract, let x, let y): "\(code(x, atLeast: .sum)) - \(code(y, atLeast: .product))"
    case .binary(.multiply, let x, let y): "\(code(x, atLeast: .product)) * \(code(y, atLeast: .sign))"
    case .binary(.divide, let x, let y): "\(code(x, atLeast: .product)) / \(code(y, atLeast: .sign))"
    case .binary(.power, let x, let y): "\(code(x, atLeast: .atom))**\(code(y, atLeast: .atom))"
    case .call(let function, let arguments): call(function, arguments)
    case .reduce, .back, .ahead, .backB, .aheadB: sum(expression)
    }
  }

  /// The same with one summand a line, each but the first with its sign in front.
  func lines(_ expression: Expression) -> [String] {
    switch expression {
    case .binary(.add, let x, let y): lines(x) + ["+ " + code(y, atLeast: .product)]
    case .binary(.subtract, let x, let y): lines(x) + ["- " + code(y, atLeast: .product)]
    default: [code(expression)]
    }
  }

  private func code(_ expression: Expression, atLeast needed: Precedence) -> String {
    let text = code(expression)
    return Precedence(expression).rawValue >= needed.rawValue ? text : "(\(text))"
  }
}

extension Expression {
  /// Quantities read anywhere inside, in the order of the language.
  var quantities: [Quantity] { Quantity.allCases.filter { quantity in contains { $0 == .quantity(quantity) } } }

  /// Whether a product with the feedback weights is inside.
  var readsFeedback: Bool {
    contains {
      switch $0 {
      case .quantity(.feedback), .backB, .aheadB: true
      default: false
      }
    }
  }

  /// Whether a sum over neurons or a product with a matrix of weights is inside.
  var hasSums: Bool {
    contains {
      switch $0 {
      case .reduce, .back, .ahead, .backB, .aheadB: true
      default: false
      }
    }
  }
}

extension String {
  /// The lines with a margin, empty ones left empty.
  func indented(_ margin: String) -> String {
    split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : margin + $0 }.joined(separator: "\n")
  }
}
