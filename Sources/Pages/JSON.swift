/// A JSON value to be written.
public indirect enum JSON: Sendable, Hashable {
  case null
  case boolean(Bool)
  case integer(Int)
  /// A double; NaN and infinities are written as `null`, which JSON has instead.
  case number(Double)
  case text(String)
  case list([JSON])
  /// Members in order of writing, unless sorted.
  case object([Member])

  /// A member of an object.
  public struct Member: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The value.
    public var value: JSON

    /// Makes a member.
    public init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// The value as text.
  /// - Parameters:
  ///   - sorted: members in the order of their names' UTF-8 bytes instead of as given.
  ///   - indent: spaces per level; nil for one line without blanks.
  public func text(sorted: Bool = false, indent: Int? = nil) -> String {
    var text = ""
    write(into: &text, sorted: sorted, indent: indent, depth: 0)
    return text
  }

  private func write(into text: inout String, sorted: Bool, indent: Int?, depth: Int) {
    func newLine(_ depth: Int) {
      if let indent { text += "\n" + String(repeating: " ", count: indent * depth) }
    }
    switch self {
    case .null: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .integer(let value): text += "\(value)"
    case .number(let value): text += value.isFinite ? numberText(value) : "null"
    case .text(let value): text += JSON.quoted(value)
    case .list(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        newLine(depth + 1)
        value.write(into: &text, sorted: sorted, indent: indent, depth: depth + 1)
      }
      if !values.isEmpty { newLine(depth) }
      text += "]"
    case .object(let members):
      let ordered = sorted ? members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) } : members
      text += "{"
      for (index, member) in ordered.enumerated() {
        if index > 0 { text += "," }
        newLine(depth + 1)
        text += JSON.quoted(member.name) + (indent == nil ? ":" : ": ")
        member.value.write(into: &text, sorted: sorted, indent: indent, depth: depth + 1)
      }
      if !ordered.isEmpty { newLine(depth) }
      text += "}"
    }
  }

  /// A JSON string literal.
  static func quoted(_ value: String) -> String {
    var text = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
