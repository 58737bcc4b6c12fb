/// A JSON value whose text is the same on every machine.
public indirect enum JSON: Sendable, Hashable {
  /// `null`; also what a number that is not finite becomes.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A whole number.
  case integer(Int)
  /// A number, printed with the fewest digits that read back to the same bits.
  case number(Double)
  /// Text.
  case string(String)
  /// A list.
  case array([JSON])
  /// Names and values, in the order given.
  case object([Member])

  /// One name and its value.
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

  /// The value as one line.
  public var line: String {
    var text = ""
    write(into: &text, indent: nil, depth: 0)
    return text
  }

  /// The value over several lines, indented by two blanks, without a final newline.
  public var pretty: String {
    var text = ""
    write(into: &text, indent: 2, depth: 0)
    return text
  }

  /// The same value with the members of every object in alphabetical order.
  public var sorted: JSON {
    switch self {
    case .array(let items): .array(items.map(\.sorted))
    case .object(let members):
      .object(members.map { Member($0.name, $0.value.sorted) }.sorted { $0.name < $1.name })
    default: self
    }
  }

  /// The value of a member of an object, or nil.
  public subscript(_ name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  private func write(into text: inout String, indent: Int?, depth: Int) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let value): text += value.isFinite ? "\(value)" : "null"
    case .string(let value): Self.quote(value, into: &text)
    case .array(let items):
      let flat = indent == nil || items.allSatisfy(\.isScalar)
      Self.writeList(items, open: "[", close: "]", into: &text, indent: flat ? nil : indent, depth: depth) {
        $0.write(into: &$1, indent: indent, depth: depth + 1)
      }
    case .object(let members):
      Self.writeList(members, open: "{", close: "}", into: &text, indent: indent, depth: depth) {
        Self.quote($0.name, into: &$1)
        $1 += indent == nil ? ":" : ": "
        $0.value.write(into: &$1, indent: indent, depth: depth + 1)
      }
    }
  }

  private var isScalar: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }

  private static func writeList<Item>(
    _ items: [Item], open: String, close: String, into text: inout String, indent: Int?, depth: Int,
    write: (Item, inout String) -> Void
  ) {
    text += open
    for (index, item) in items.enumerated() {
      if index > 0 { text += indent == nil ? "," : "," }
      if let indent { text += "\n" + String(repeating: " ", count: indent * (depth + 1)) }
      write(item, &text)
    }
    if let indent, !items.isEmpty { text += "\n" + String(repeating: " ", count: indent * depth) }
    text += close
  }

  private static func quote(_ value: String, into text: inout String) {
    text += "\""
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
    text += "\""
  }
}
