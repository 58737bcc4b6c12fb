/// A value of a validated page, defaults filled in, with the place it came from.
///
/// The accessors trust the table that the page was read with: asking for a kind that the table does not promise is a
/// programmer's slip and stops the program.
public struct PageValue: Sendable {
  /// What the value is.
  public indirect enum Content: Sendable {
    case text(String)
    case number(Double)
    case integer(Int)
    case boolean(Bool)
    case list([PageValue])
    /// Entries in the order of the table or, in a map of free names, of the page.
    case mapping([(key: String, value: PageValue)])
  }

  /// What the value is.
  public var content: Content
  /// The node it was read from; nil for a default.
  public var node: PageNode?
  /// Where its key stands; where the nearest enclosing key stands for a default.
  public var keyPlace: Place
  /// Dotted path from the root: `optimizer.sigma`.
  public var path: String

  /// Where the value stands; where its key stands for a default.
  public var place: Place { node?.place ?? keyPlace }

  /// A diagnostic at the value: `optimizer.sigma must be …`.
  public func diagnostic(_ message: String) -> Diagnostic { place.diagnostic(message) }

  /// The value under a key or a dotted path of keys, nil when it is absent and has no default.
  public subscript(path: String) -> PageValue? {
    var value = self
    for key in path.split(separator: ".") {
      guard case .mapping(let entries) = value.content, let entry = entries.first(where: { $0.key == key }) else {
        return nil
      }
      value = entry.value
    }
    return value
  }

  /// The value under a path that the table makes required or gives a default.
  public func require(_ path: String) -> PageValue {
    guard let value = self[path] else {
      preconditionFailure("the table does not promise \"\(path)\" in \"\(self.path)\"")
    }
    return value
  }

  /// The text; also of a choice and of an equation.
  public var text: String {
    guard case .text(let text) = content else { preconditionFailure("\(path) is not text") }
    return text
  }

  /// The number; also of an integer.
  public var number: Double {
    switch content {
    case .number(let number): return number
    case .integer(let integer): return Double(integer)
    default: preconditionFailure("\(path) is not a number")
    }
  }

  /// The integer.
  public var integer: Int {
    guard case .integer(let integer) = content else { preconditionFailure("\(path) is not an integer") }
    return integer
  }

  /// The boolean.
  public var boolean: Bool {
    guard case .boolean(let boolean) = content else { preconditionFailure("\(path) is not a boolean") }
    return boolean
  }

  /// The elements of a list.
  public var list: [PageValue] {
    guard case .list(let list) = content else { preconditionFailure("\(path) is not a list") }
    return list
  }

  /// The entries of a mapping.
  public var entries: [(key: String, value: PageValue)] {
    guard case .mapping(let entries) = content else { preconditionFailure("\(path) is not a mapping") }
    return entries
  }

  /// The interval of a list of two numbers.
  public var interval: ClosedRange<Double> {
    let ends = list
    precondition(ends.count == 2, "\(path) has \(ends.count) numbers, not 2")
    return ends[0].number...ends[1].number
  }

  /// The value as JSON; `text(sorted: true)` of it is the canonical form.
  public var json: JSON {
    switch content {
    case .text(let text): .text(text)
    case .number(let number): .number(number)
    case .integer(let integer): .integer(integer)
    case .boolean(let boolean): .boolean(boolean)
    case .list(let list): .list(list.map(\.json))
    case .mapping(let entries): .object(entries.map { JSON.Member($0.key, $0.value.json) })
    }
  }
}

extension PageValue.Content {
  /// A list of numbers, for defaults.
  public static func numbers(_ numbers: [Double]) -> PageValue.Content { list(numbers.map { bare(.number($0)) }) }

  /// A list of integers, for defaults.
  public static func integers(_ integers: [Int]) -> PageValue.Content { list(integers.map { bare(.integer($0)) }) }

  /// A list of words, for defaults.
  public static func texts(_ texts: [String]) -> PageValue.Content { list(texts.map { bare(.text($0)) }) }

  private static let nowhere = Place(source: PageSource(file: "default", text: ""), line: 1, column: 1, length: 1)

  private static func bare(_ content: PageValue.Content) -> PageValue {
    PageValue(content: content, node: nil, keyPlace: nowhere, path: "")
  }
}
