/// A word of an equation.
struct Token {
  enum Kind: Equatable {
    case number(Double)
    case name(String)
    /// `+ - * / ** ( ) ,`
    case symbol(String)
    case end
  }

  var kind: Kind
  /// UTF-8 offsets into the equation.
  var range: Range<Int>
}

/// Cuts the text of an equation into tokens: Python's names and numbers, and the symbols of the language.
struct Scanner {
  /// Longest equation that is read, in bytes.
  static let sizeLimit = 65_536
  /// Most findings about characters in one equation.
  static let findingLimit = 20

  private(set) var tokens: [Token] = []
  private(set) var findings: [EquationFinding] = []
  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) {
    bytes = Array(text.utf8)
    guard bytes.count <= Scanner.sizeLimit else {
      let message = "the equation has \(bytes.count) bytes; at most \(Scanner.sizeLimit) are read"
      findings = [EquationFinding(check: .size, range: 0..<1, message: message)]
      return
    }
    while position < bytes.count { scan() }
    tokens.append(Token(kind: .end, range: bytes.count..<bytes.count))
  }

  private mutating func scan() {
    let byte = bytes[position]
    let start = position
    switch byte {
    case 9, 10, 13, 32: position += 1
    case UInt8(ascii: "*") where start + 1 < bytes.count && bytes[start + 1] == byte:
      position += 2
      tokens.append(Token(kind: .symbol("**"), range: start..<position))
    case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "("),
      UInt8(ascii: ")"), UInt8(ascii: ","):
      position += 1
      tokens.append(Token(kind: .symbol(String(UnicodeScalar(byte))), range: start..<position))
    case _ where Scanner.isDigit(byte), UInt8(ascii: "."): number()
    case _ where Scanner.isLetter(byte):
      while position < bytes.count, Scanner.isWord(bytes[position]) { position += 1 }
      tokens.append(Token(kind: .name(text(start..<position)), range: start..<position))
    default: strange()
    }
  }

  private mutating func digits() -> Int {
    let start = position
    while position < bytes.count, Scanner.isDigit(bytes[position]) { position += 1 }
    return position - start
  }

  private mutating func number() {
    let start = position
    var count = digits()
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position += 1
      count += digits()
    }
    var isNumber = count > 0
    if position < bytes.count, bytes[position] | 32 == UInt8(ascii: "e") {
      let mark = position
      position += 1
      if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
        position += 1
      }
      if digits() == 0 { position = mark }
    }
    // What is glued to a number is part of the slip: 2x, 1e, 1.2.3.
    while position < bytes.count, Scanner.isWord(bytes[position]) || bytes[position] == UInt8(ascii: ".") {
      isNumber = false
      position += 1
    }
    let range = start..<position
    let value = isNumber ? Double(text(range)) : nil
    if let value, value.isFinite {
      tokens.append(Token(kind: .number(value), range: range))
      return
    }
    let shown = Scanner.short(text(range))
    report(range, value == nil ? "\(shown) is not a number" : "\(shown) is too large for a number")
    tokens.append(Token(kind: .number(1), range: range))
  }

  private mutating func strange() {
    let start = position
    position += 1
    while position < bytes.count, bytes[position] & 0xC0 == 0x80 { position += 1 }
    let character = text(start..<position)
    let hint =
      switch character {
      case "^": "; a power is written **"
      case "=": "; an equation is only what stands right of ="
      case "·", "×", "∙", "⋅": "; a product is written *"
      case "−", "–": "; minus is written -"
      case "÷": "; a quotient is written /"
      case "#": "; comments stand outside of equations"
      case "[", "]", "{", "}": "; only ( and ) group"
      default: ""
      }
    let code = character.unicodeScalars.first.map { $0.value < 32 || $0.value == 127 } ?? false
    report(start..<position, "unexpected \(code ? "control character" : "\"\(character)\"")\(hint)")
  }

  private mutating func report(_ range: Range<Int>, _ message: String) {
    guard findings.count < Scanner.findingLimit else { return }
    findings.append(EquationFinding(check: .characters, range: range, message: message))
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 32) >= 97 && (byte | 32) <= 122 || byte == 95 }
  private static func isWord(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }

  /// A quoted word, cut when it is very long.
  static func short(_ word: String) -> String { word.count <= 64 ? "\"\(word)\"" : "\"\(word.prefix(61))...\"" }
}
