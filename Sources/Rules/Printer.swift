/// Writes expressions and rules for people and for other tools.
public enum Printer {
  /// How tightly an expression's text holds together, loosest first; Python's order.
  enum Binding: Int {
    case sum = 1
    case product, sign, power, atom
  }

  /// Canonical ASCII infix with the fewest parentheses, valid as Python, SymPy, numexpr and Brian2 text.
  ///
  /// Precedence is Python's: `**` before a sign before `*` and `/` before `+` and `-`; `**` associates to the right.
  /// Parsing the text gives back an equal tree when the tree's numbers are finite and not negative.
  public static func text(_ expression: Expression) -> String {
    var text = ""
    write(expression, into: &text)
    return text
  }

  /// The shortest text that reads back as the same double: `2`, `0.02`, `1.5e-3`.
  public static func text(_ number: Double) -> String {
    guard number.isFinite else { return "\(number)" }
    if number < 0 || (number == 0 && number.sign == .minus) { return "-" + text(-number) }
    let (digits, exponent) = decimal(number)
    return place(digits, exponent)
  }

  /// The number rounded to `digits` significant digits, written like `text(_:)`.
  public static func text(_ number: Double, digits: Int) -> String { text(rounded(number, toDigits: digits)) }

  /// The double nearest to the number's decimal form rounded to `digits` significant digits, halves away from 0.
  static func rounded(_ number: Double, toDigits digits: Int) -> Double {
    precondition(digits >= 1, "cannot round to \(digits) digits")
    guard number.isFinite, number != 0 else { return number }
    var (figures, exponent) = decimal(number.magnitude)
    guard figures.count > digits else { return number }
    let up = figures[digits] >= UInt8(ascii: "5")
    figures.removeSubrange(digits...)
    if up {
      while let last = figures.last, last == UInt8(ascii: "9") { figures.removeLast() }
      if figures.isEmpty {
        figures = [UInt8(ascii: "1")]
        exponent += 1
      } else {
        figures[figures.count - 1] += 1
      }
    }
    let text = String(decoding: figures.prefix(1), as: UTF8.self) + "."
    let magnitude = Double("\(text)\(String(decoding: figures.dropFirst(), as: UTF8.self))0e\(exponent)")
    return (number < 0 ? -1 : 1) * (magnitude ?? number.magnitude)
  }

  /// Significant decimal digits without trailing zeros, and the exponent of the first one.
  private static func decimal(_ number: Double) -> (digits: [UInt8], exponent: Int) {
    guard number > 0 else { return ([48], 0) }
    let parts = "\(number)".utf8.split(separator: UInt8(ascii: "e"), omittingEmptySubsequences: false)
    let shift = parts.count > 1 ? Int(String(decoding: parts[1], as: UTF8.self)) ?? 0 : 0
    let halves = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let fraction = halves.count > 1 ? Array(halves[1]) : []
    let all = Array(halves[0]) + fraction
    let zero = UInt8(ascii: "0")
    let first = all.firstIndex { $0 != zero } ?? 0
    let last = all.lastIndex { $0 != zero } ?? 0
    return (Array(all[first...last]), halves[0].count - 1 - first + shift)
  }

  /// Puts the point among the digits: plain from 0.01 up to below a million, else scientific with a point.
  private static func place(_ digits: [UInt8], _ exponent: Int) -> String {
    let figures = String(decoding: digits, as: UTF8.self)
    if exponent < -2 || exponent >= 6 {
      let rest = figures.dropFirst()
      return "\(figures.prefix(1)).\(rest.isEmpty ? "0" : rest)e\(exponent)"
    }
    if exponent < 0 { return "0." + String(repeating: "0", count: -exponent - 1) + figures }
    if digits.count <= exponent + 1 { return figures + String(repeating: "0", count: exponent + 1 - digits.count) }
    return "\(figures.prefix(exponent + 1)).\(figures.dropFirst(exponent + 1))"
  }

  static func binding(_ expression: Expression) -> Binding {
    switch expression {
    case .number(let value): value < 0 || (value == 0 && value.sign == .minus) ? .sign : .atom
    case .quantity, .coefficient, .trace, .call, .reduce, .back, .ahead, .backB, .aheadB: .atom
    case .negate: .sign
    case .binary(.add, _, _), .binary(.subtract, _, _): .sum
    case .binary(.multiply, _, _), .binary(.divide, _, _): .product
    case .binary(.power, _, _): .power
    }
  }

  private static func write(_ expression: Expression, atLeast needed: Binding, into text: inout String) {
    if binding(expression).rawValue >= needed.rawValue { return write(expression, into: &text) }
    text += "("
    write(expression, into: &text)
    text += ")"
  }

  private static func write(_ name: String, _ arguments: [Expression], into text: inout String) {
    text += name + "("
    for (index, argument) in arguments.enumerated() {
      if index > 0 { text += ", " }
      write(argument, into: &text)
    }
    text += ")"
  }

  private static func write(_ expression: Expression, into text: inout String) {
    switch expression {
    case .number(let value): text += Printer.text(value)
    case .quantity(let quantity): text += quantity.rawValue
    case .coefficient(let name), .trace(let name): text += name
    case .negate(let x):
      text += "-"
      write(x, atLeast: .sign, into: &text)
    case .binary(let op, let x, let y):
      let (left, right, sign): (Binding, Binding, String) =
        switch op {
        case .add: (.sum, .product, " + ")
        case .subtract: (.sum, .product, " - ")
        case .multiply: (.product, .sign, "*")
        case .divide: (.product, .sign, "/")
        case .power: (.atom, .sign, "**")
        }
      write(x, atLeast: left, into: &text)
      text += sign
      write(y, atLeast: right, into: &text)
    case .call(let function, let arguments): write(function.rawValue, arguments, into: &text)
    case .reduce(let reduction, let arguments): write(reduction.rawValue, arguments, into: &text)
    case .back(let x): write("back", [x], into: &text)
    case .ahead(let x): write("ahead", [x], into: &text)
    case .backB(let x): write("back_b", [x], into: &text)
    case .aheadB(let x): write("ahead_b", [x], into: &text)
    }
  }
}
