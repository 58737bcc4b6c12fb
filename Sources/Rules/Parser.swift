/// An equation as it was written: names are not resolved yet.
struct Syntax {
  indirect enum Form {
    case number(Double)
    case name(String)
    case negate(Syntax)
    case binary(BinaryOperator, Syntax, Syntax)
    case call(String, nameRange: Range<Int>, [Syntax])
  }

  var form: Form
  /// UTF-8 offsets into the equation.
  var range: Range<Int>
  /// Levels of the tree.
  var height: Int
}

/// Reads Python's infix: `**` binds to the right and tighter than a sign before it, a sign tighter than `*` and `/`, these
/// tighter than `+` and `-`.
///
///     sum     = product { ("+" | "-") product }
///     product = signed { ("*" | "/") signed }
///     signed  = ("+" | "-") signed | power
///     power   = atom [ "**" signed ]
///     atom    = number | name | name "(" [ sum { "," sum } ] ")" | "(" sum ")"
struct Parser {
  /// Deepest nesting, and most levels of a tree.
  static let depthLimit = 256

  private let tokens: [Token]
  private var position = 0
  private var depth = 0

  private struct Stop: Error {
    var finding: EquationFinding
  }

  private init(_ tokens: [Token]) {
    self.tokens = tokens
  }

  /// The tree, or the first thing that is wrong.
  /// - Parameter tokens: tokens that end with `.end`.
  static func parse(_ tokens: [Token]) -> Result<Syntax, ParserError> {
    var parser = Parser(tokens)
    do {
      let syntax = try parser.sum()
      let next = parser.token
      switch next.kind {
      case .end: return .success(syntax)
      case .symbol(")"): throw parser.wrong(next.range, "\")\" closes nothing")
      default: throw parser.wrong(next.range, "expected an operator, found \(parser.shown(next))")
      }
    } catch let error as Stop {
      return .failure(ParserError(finding: error.finding))
    } catch {
      preconditionFailure("the parser throws only its own errors")
    }
  }

  private var token: Token { tokens[position] }

  private func wrong(_ range: Range<Int>, _ message: String, check: RuleCheck = .syntax) -> Stop {
    Stop(finding: EquationFinding(check: check, range: range, message: message))
  }

  private func shown(_ token: Token) -> String {
    switch token.kind {
    case .number(let value): "\"\(Printer.text(value))\""
    case .name(let name): Scanner.short(name)
    case .symbol(let symbol): "\"\(symbol)\""
    case .end: "the end"
    }
  }

  private mutating func take(_ symbols: String...) -> (symbol: String, range: Range<Int>)? {
    guard case .symbol(let symbol) = token.kind, symbols.contains(symbol) else { return nil }
    defer { position += 1 }
    return (symbol, token.range)
  }

  /// Runs `body` one level deeper.
  private mutating func deeper<Value>(_ body: (inout Parser) throws -> Value) throws -> Value {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Parser.depthLimit else { throw tooDeep(token.range) }
    return try body(&self)
  }

  private func tooDeep(_ range: Range<Int>) -> Stop {
    wrong(range, "the equation is nested deeper than \(Parser.depthLimit) levels", check: .size)
  }

  private func node(_ form: Syntax.Form, _ range: Range<Int>, over children: [Syntax]) throws -> Syntax {
    let height = 1 + (children.map(\.height).max() ?? 0)
    guard height <= Parser.depthLimit else { throw tooDeep(children.last?.range ?? range) }
    return Syntax(form: form, range: range, height: height)
  }

  private func binary(_ symbol: String, _ x: Syntax, _ y: Syntax) throws -> Syntax {
    guard let op = BinaryOperator(rawValue: symbol) else { preconditionFailure("\(symbol) is no operator") }
    return try node(.binary(op, x, y), x.range.lowerBound..<y.range.upperBound, over: [x, y])
  }

  private mutating func sum() throws -> Syntax {
    var left = try product()
    while let taken = take("+", "-") { left = try binary(taken.symbol, left, product()) }
    return left
  }

  private mutating func product() throws -> Syntax {
    var left = try signed()
    while let taken = take("*", "/") { left = try binary(taken.symbol, left, signed()) }
    return left
  }

  private mutating func signed() throws -> Syntax {
    guard let taken = take("+", "-") else { return try power() }
    var operand = try deeper { try $0.signed() }
    let range = taken.range.lowerBound..<operand.range.upperBound
    if taken.symbol == "-" { return try node(.negate(operand), range, over: [operand]) }
    operand.range = range
    return operand
  }

  private mutating func power() throws -> Syntax {
    let base = try atom()
    guard let taken = take("**") else { return base }
    return try binary(taken.symbol, base, deeper { try $0.signed() })
  }

  private mutating func atom() throws -> Syntax {
    let first = token
    switch first.kind {
    case .number(let value):
      position += 1
      return Syntax(form: .number(value), range: first.range, height: 1)
    case .name(let name):
      position += 1
      guard let open = take("(") else { return Syntax(form: .name(name), range: first.range, height: 1) }
      return try call(name, first.range, open: open.range)
    case .symbol("("):
      position += 1
      var inner = try deeper { try $0.sum() }
      inner.range = first.range.lowerBound..<(try close(first.range)).upperBound
      return inner
    case .end: throw wrong(first.range, "the equation ends where a value is expected")
    case .symbol: throw wrong(first.range, "expected a value, found \(shown(first))")
    }
  }

  private mutating func call(_ name: String, _ nameRange: Range<Int>, open: Range<Int>) throws -> Syntax {
    var arguments: [Syntax] = []
    var end = take(")")?.range
    if end == nil {
      repeat { arguments.append(try deeper { try $0.sum() }) } while take(",") != nil
      end = try close(open)
    }
    let range = nameRange.lowerBound..<(end ?? open).upperBound
    return try node(.call(name, nameRange: nameRange, arguments), range, over: arguments)
  }

  private mutating func close(_ open: Range<Int>) throws -> Range<Int> {
    if let end = take(")") { return end.range }
    if token.kind == .end { throw wrong(open, "\"(\" is never closed") }
    throw wrong(token.range, "expected an operator or \")\", found \(shown(token))")
  }
}

/// The first thing that keeps an equation from being read.
struct ParserError: Error {
  var finding: EquationFinding
}
