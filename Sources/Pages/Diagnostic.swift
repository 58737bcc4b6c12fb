/// One thing that is wrong in a file somebody wrote: where, what was expected, and the nearest valid name.
public struct Diagnostic: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file as the user named it.
  public var file: String
  /// Line, counted from 1.
  public var line: Int
  /// Column, counted from 1 in characters.
  public var column: Int
  /// How many characters the caret underlines, at least 1.
  public var length: Int
  /// One clear sentence without a full stop, nearest name included: `unknown symbol "y_pst" (did you mean "y_post"?)`.
  public var message: String
  /// The whole source line, or nil when there is none to show.
  public var source: String?

  /// Makes a diagnostic from its parts.
  public init(file: String, line: Int, column: Int, length: Int = 1, message: String, source: String? = nil) {
    self.file = file
    self.line = line
    self.column = column
    self.length = max(1, length)
    self.message = message
    self.source = source
  }

  /// The compiler form: `file:line:column: error: message`, the source line, and a caret under the place.
  public var description: String {
    var text = "\(file):\(line):\(column): error: \(message)"
    guard let source else { return text }
    let number = String(line)
    let margin = String(repeating: " ", count: max(0, 4 - number.count)) + number
    let blank = String(repeating: " ", count: margin.count)
    // Tabs are kept in the caret's margin so that the caret stays under its character.
    let lead = source.prefix(column - 1).map { $0 == "\t" ? "\t" : " " }.joined()
    let room = max(1, source.count - (column - 1))
    let caret = "^" + String(repeating: "~", count: max(0, min(length, room) - 1))
    text += "\n\(margin) | \(source)\n\(blank) | \(lead)\(caret)"
    return text
  }
}

/// Everything that is wrong in a file, all at once, in the order of the text.
public struct Diagnostics: Error, Hashable, Sendable, CustomStringConvertible {
  /// The diagnostics, never empty when thrown.
  public var all: [Diagnostic]

  /// Sorts by file, line and column.
  public init(_ all: [Diagnostic]) {
    self.all = all.sorted { ($0.file, $0.line, $0.column) < ($1.file, $1.line, $1.column) }
  }

  /// One diagnostic after the other, each in compiler form.
  public var description: String { all.map(\.description).joined(separator: "\n") }
}
