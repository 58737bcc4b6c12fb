/// The table of one kind of page: every key with its kind, range, default and meaning.
///
/// The validating reader, the defaults of a resolved page and the JSON Schema all come from this one table.
public struct PageSchema: Sendable {
  /// What the page is, for JSON Schema's `title`.
  public var title: String
  /// One line for JSON Schema's `description`.
  public var doc: String
  /// The keys of the page.
  public var keys: PageKeys

  /// Makes a table.
  public init(title: String, doc: String, keys: PageKeys) {
    self.title = title
    self.doc = doc
    self.keys = keys
  }
}

/// The keys of one mapping.
public struct PageKeys: Sendable {
  /// The keys, in the order people should write them.
  public var keys: [PageKey]
  /// Groups of keys of which exactly one has to be there, such as `tau` and `decay`.
  public var exactlyOne: [[String]]

  /// Makes a table of keys.
  public init(_ keys: [PageKey], exactlyOne: [[String]] = []) {
    self.keys = keys
    self.exactlyOne = exactlyOne
  }
}

/// One key of a mapping.
public struct PageKey: Sendable {
  /// The name.
  public var name: String
  /// What its value has to be.
  public var kind: PageKind
  /// Whether the key has to be there. Keys of an `exactlyOne` group are not.
  public var isRequired: Bool
  /// The value that an absent key stands for; nil when absence means something of its own.
  public var standard: PageValue.Content?
  /// One line for people and for JSON Schema.
  public var doc: String

  /// Makes a key. It is required when `required` says so, and an absent one reads as `standard` when that is given.
  public init(
    _ name: String, _ kind: PageKind, required: Bool = false, default standard: PageValue.Content? = nil,
    doc: String = ""
  ) {
    self.name = name
    self.kind = kind
    self.isRequired = required
    self.standard = standard
    self.doc = doc
  }
}

/// What a value has to be.
public indirect enum PageKind: Sendable {
  /// Text that is not empty and does not read as a number, a boolean or null unless quoted.
  case text
  /// Text that a rule for names accepts.
  case name(NameRule)
  /// An equation: text, or a bare number.
  case equation
  /// A finite number.
  case number(NumberRange = .any)
  /// An integer.
  case integer(ClosedRange<Int>)
  /// `true` or `false`.
  case boolean
  /// One of some words.
  case choice([String])
  /// A list of values of one kind, with as many as the range allows.
  case list(of: PageKind, count: ClosedRange<Int> = 0...10_000)
  /// A list of two numbers, the first below the second.
  case interval(NumberRange = .any)
  /// A mapping with the keys of a table.
  case mapping(PageKeys)
  /// A mapping whose keys are free names.
  case map(of: PageKind, names: NameRule, count: ClosedRange<Int> = 0...10_000)
  /// A mapping whose other keys depend on the word under the key `by`.
  case variant(by: String, doc: String, cases: [PageVariant])
  /// Anything but nothing: a value, a list or a mapping of such.
  case any
  /// The first of some kinds that fits the form of the value; the description says what fits: `log or a number`.
  case either([PageKind], description: String)
}

/// One case of a `variant`.
public struct PageVariant: Sendable {
  /// The word.
  public var name: String
  /// One line for people.
  public var doc: String
  /// The keys beside the word.
  public var keys: PageKeys

  /// Makes a case.
  public init(_ name: String, doc: String = "", _ keys: PageKeys = PageKeys([])) {
    self.name = name
    self.doc = doc
    self.keys = keys
  }
}

/// Which numbers are allowed.
public struct NumberRange: Sendable {
  /// Smallest number; not itself allowed when `lowerIsOpen`.
  public var lower: Double?
  /// Whether `lower` itself is refused.
  public var lowerIsOpen = false
  /// Largest number; not itself allowed when `upperIsOpen`.
  public var upper: Double?
  /// Whether `upper` itself is refused.
  public var upperIsOpen = false

  /// Every finite number.
  public static let any = NumberRange()
  /// Above 0.
  public static let positive = greater(than: 0)
  /// At least 0.
  public static let nonNegative = atLeast(0)
  /// From 0 to 1, both included.
  public static let fraction = between(0, 1)

  /// Above a number.
  public static func greater(than bound: Double) -> NumberRange { NumberRange(lower: bound, lowerIsOpen: true) }
  /// A number or more.
  public static func atLeast(_ bound: Double) -> NumberRange { NumberRange(lower: bound) }
  /// From one number to another, both included.
  public static func between(_ lower: Double, _ upper: Double) -> NumberRange {
    NumberRange(lower: lower, upper: upper)
  }
  /// From one number, included, up to another, excluded.
  public static func between(_ lower: Double, upTo upper: Double) -> NumberRange {
    NumberRange(lower: lower, upper: upper, upperIsOpen: true)
  }
  /// From one number, excluded, to another, included.
  public static func between(open lower: Double, _ upper: Double) -> NumberRange {
    NumberRange(lower: lower, lowerIsOpen: true, upper: upper)
  }
  /// Between two numbers, both excluded.
  public static func inside(_ lower: Double, _ upper: Double) -> NumberRange {
    NumberRange(lower: lower, lowerIsOpen: true, upper: upper, upperIsOpen: true)
  }

  /// What is wrong with a number: `must be greater than 0`; nil when nothing is.
  func complaint(_ number: Double) -> String? {
    guard number.isFinite else { return "must be finite" }
    if let lower, lowerIsOpen ? number <= lower : number < lower {
      return "must be \(lowerIsOpen ? "greater than" : "at least") \(shortText(lower))"
    }
    if let upper, upperIsOpen ? number >= upper : number > upper {
      return "must be \(upperIsOpen ? "less than" : "at most") \(shortText(upper))"
    }
    return nil
  }
}

/// Which names a `map` may have as keys.
public struct NameRule: Sendable {
  /// A regular expression that JSON Schema and the reader's `accepts` agree on.
  public var pattern: String
  /// What a name has to be, for messages: `a name of letters, digits and _`.
  public var description: String
  /// Whether a name is allowed.
  public var accepts: @Sendable (String) -> Bool

  /// Makes a rule.
  public init(pattern: String, description: String, accepts: @escaping @Sendable (String) -> Bool) {
    self.pattern = pattern
    self.description = description
    self.accepts = accepts
  }

  /// A letter or `_`, then letters, digits and `_`, at most 64 in all.
  public static let identifier = NameRule(
    pattern: "^[A-Za-z_][A-Za-z0-9_]{0,63}$", description: "a letter, then letters, digits and _"
  ) { name in
    let bytes = Array(name.utf8)
    func isLetter(_ byte: UInt8) -> Bool { (byte | 32) >= 97 && (byte | 32) <= 122 || byte == 95 }
    return bytes.count <= 64 && bytes.first.map(isLetter) == true
      && bytes.allSatisfy { isLetter($0) || ($0 >= 48 && $0 <= 57) }
  }

  /// Letters, digits, `-`, `_` and `.`, beginning with a letter or digit, at most 64 in all.
  public static let label = NameRule(
    pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description: "letters, digits, -, _ and ."
  ) { name in
    let bytes = Array(name.utf8)
    func isWord(_ byte: UInt8) -> Bool { (byte | 32) >= 97 && (byte | 32) <= 122 || (byte >= 48 && byte <= 57) }
    return bytes.count <= 64 && bytes.first.map(isWord) == true
      && bytes.allSatisfy { isWord($0) || $0 == 45 || $0 == 46 || $0 == 95 }
  }
}

/// A number in a message: `1` rather than `1.0`.
func shortText(_ number: Double) -> String {
  number == number.rounded() && abs(number) < 1e6 ? "\(Int(number))" : numberText(number)
}
