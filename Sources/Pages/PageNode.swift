/// A node of a page with its place.
public struct PageNode: Sendable {
  /// What a node is.
  public enum Kind: Sendable {
    /// A single value as text.
    case scalar(PageScalar)
    /// A list.
    case sequence([PageNode])
    /// Keys with values, in the order of the page; no key comes twice.
    case mapping([PageEntry])
  }

  /// What the node is.
  public var kind: Kind
  /// Where it begins.
  public var place: Place

  /// Makes a node.
  public init(_ kind: Kind, at place: Place) {
    self.kind = kind
    self.place = place
  }

  /// The scalar, or nil.
  public var scalar: PageScalar? { if case .scalar(let scalar) = kind { scalar } else { nil } }

  /// The entries of a mapping, or nil.
  public var entries: [PageEntry]? { if case .mapping(let entries) = kind { entries } else { nil } }

  /// The value of a key, or nil.
  public subscript(key: String) -> PageNode? { entries?.first { $0.key == key }?.value }

  /// What a message says was found: `-1`, `"text"`, `a list`, `a mapping`, `nothing`.
  public var shown: String {
    switch kind {
    case .sequence: return "a list"
    case .mapping: return "a mapping"
    case .scalar(let scalar):
      if scalar.isNull { return "nothing" }
      let text = scalar.text
      if scalar.isPlain, scalar.number != nil || scalar.boolean != nil { return text }
      let short = text.count <= 40 ? text : text.prefix(37) + "..."
      return "\"" + short.split(whereSeparator: \.isNewline).joined(separator: " ") + "\""
    }
  }
}

/// A key of a mapping with its value.
public struct PageEntry: Sendable {
  /// The key.
  public var key: String
  /// Where the key stands.
  public var keyPlace: Place
  /// The value.
  public var value: PageNode

  /// Makes an entry.
  public init(key: String, keyPlace: Place, value: PageNode) {
    self.key = key
    self.keyPlace = keyPlace
    self.value = value
  }
}

/// A scalar: its text after folding and unescaping, how it was written, and where.
public struct PageScalar: Sendable {
  /// How a scalar was written.
  public enum Style: Sendable {
    case plain, singleQuoted, doubleQuoted, literal, folded
  }

  /// The text after folding and unescaping.
  public var text: String
  /// How it was written.
  public var style: Style
  let source: PageSource
  /// Index of the scalar's first character, quote or block indicator in `source.scalars`.
  let start: Int

  init(text: String, style: Style, source: PageSource, start: Int) {
    self.text = text
    self.style = style
    self.source = source
    self.start = start
  }

  /// True for text without quotes and without a block indicator: only such text can be a number, a boolean or null.
  public var isPlain: Bool { style == .plain }

  /// True for an empty value, `~` or `null`.
  public var isNull: Bool { isPlain && ["", "~", "null", "Null", "NULL"].contains(text) }

  /// The boolean of a plain `true` or `false`, or nil.
  public var boolean: Bool? {
    guard isPlain else { return nil }
    switch text {
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: return nil
    }
  }

  /// The number of a plain scalar: `1`, `-0.5`, `1e-3`, `1.0e-3`, `.inf`, `.nan`; nil for anything else.
  public var number: Double? {
    guard isPlain else { return nil }
    switch text {
    case ".inf", "+.inf", ".Inf", ".INF", "+.Inf", "+.INF": return .infinity
    case "-.inf", "-.Inf", "-.INF": return -.infinity
    case ".nan", ".NaN", ".NAN": return .nan
    default: return PageScalar.isDecimal(text) ? Double(text) : nil
    }
  }

  /// The integer of a plain scalar without point and exponent, or nil.
  public var integer: Int? {
    guard isPlain, let first = text.utf8.first else { return nil }
    let digits = first == UInt8(ascii: "-") || first == UInt8(ascii: "+") ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
    return Int(text)
  }

  /// Whether the text is a decimal number: sign, digits, optional fraction and exponent.
  static func isDecimal(_ text: String) -> Bool {
    var rest = Array(text.utf8)[...]
    func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
    func dropDigits() -> Int {
      let count = rest.prefix(while: isDigit).count
      rest = rest.dropFirst(count)
      return count
    }
    if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
    var digits = dropDigits()
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      digits += dropDigits()
    }
    guard digits > 0 else { return false }
    if let e = rest.first, e == UInt8(ascii: "e") || e == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
      guard dropDigits() > 0 else { return false }
    }
    return rest.isEmpty
  }
}
