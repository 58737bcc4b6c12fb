/// The text of one page, cut into lines the way YAML cuts it, so that every node can say where it stands.
public final class PageSource: Sendable {
  /// The file as the user named it.
  public let file: String
  let scalars: [Unicode.Scalar]
  let lineStarts: [Int]

  /// Keeps `text` for positions and for the lines that diagnostics show.
  public init(file: String, text: String) {
    self.file = file
    let scalars = Array(text.unicodeScalars)
    var starts = [0]
    for (index, scalar) in scalars.enumerated() where PageSource.isBreak(scalar) {
      if scalar == "\r", index + 1 < scalars.count, scalars[index + 1] == "\n" { continue }
      starts.append(index + 1)
    }
    self.scalars = scalars
    self.lineStarts = starts
  }

  /// The breaks of YAML 1.1, as libyaml counts lines.
  static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\n" || scalar == "\r" || scalar == "\u{85}" || scalar == "\u{2028}" || scalar == "\u{2029}"
  }

  /// Index into `scalars` of a line and column, both counted from 1; clamped to the text.
  func index(line: Int, column: Int) -> Int {
    let start = lineStarts[max(0, min(line - 1, lineStarts.count - 1))]
    return min(start + max(0, column - 1), scalars.count)
  }

  /// The place of `length` scalars beginning at an index into `scalars`.
  func place(at index: Int, length: Int) -> Place {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= index { low = middle } else { high = middle }
    }
    return Place(source: self, line: low + 1, column: index - lineStarts[low] + 1, length: length)
  }

  /// One line without its break, or nothing when there is no such line.
  func line(_ line: Int) -> ArraySlice<Unicode.Scalar> {
    guard line >= 1, line <= lineStarts.count else { return [] }
    let start = lineStarts[line - 1]
    var end = line < lineStarts.count ? lineStarts[line] : scalars.count
    while end > start, PageSource.isBreak(scalars[end - 1]) { end -= 1 }
    return scalars[start..<end]
  }
}

/// Where something stands in a page: a stretch of one line.
public struct Place: Sendable {
  /// The page.
  public var source: PageSource
  /// Line, counted from 1.
  public var line: Int
  /// Column, counted from 1 in Unicode scalars.
  public var column: Int
  /// Number of Unicode scalars, at least 1.
  public var length: Int

  /// Makes a place.
  public init(source: PageSource, line: Int, column: Int, length: Int) {
    self.source = source
    self.line = line
    self.column = column
    self.length = max(1, length)
  }

  /// A diagnostic that points here; the column is counted in characters, and very long lines are not shown.
  public func diagnostic(_ message: String) -> Diagnostic {
    let line = source.line(self.line)
    let before = min(max(0, column - 1), line.count)
    let under = min(length, line.count - before)
    func characters(_ slice: ArraySlice<Unicode.Scalar>) -> String {
      var text = String.UnicodeScalarView()
      text.append(contentsOf: slice)
      return String(text)
    }
    let lead = line.prefix(before)
    let marked = line.dropFirst(before).prefix(under)
    // The count of a prefix and of what follows can differ from the whole only inside a combining sequence.
    let columnInCharacters = characters(lead).count + 1
    return Diagnostic(
      file: source.file, line: self.line, column: columnInCharacters, length: characters(marked).count,
      message: message, source: line.count <= 400 && !line.isEmpty ? characters(line) : nil)
  }
}
