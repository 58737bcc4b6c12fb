import Yams

/// A YAML page as a tree of located nodes.
public struct Page: Sendable {
  /// The text the page was read from.
  public var source: PageSource
  /// The tree.
  public var root: PageNode

  /// Largest page that is read, in bytes.
  public static let sizeLimit = 1 << 20
  /// Deepest nesting that is read.
  public static let depthLimit = 64
  /// Most nodes that are read, counting every use of an alias.
  public static let nodeLimit = 100_000

  /// Reads one YAML document: strict keys, no tags, no second document, anchors and aliases within the node limit.
  ///
  /// - Parameters:
  ///   - text: the page.
  ///   - file: its name as the user wrote it.
  /// - Throws: `Diagnostics`, always with a position inside the page.
  public static func parse(text: String, file: String) throws(Diagnostics) -> Page {
    guard text.utf8.count <= sizeLimit else {
      let found = text.utf8.count
      throw Diagnostics([
        Diagnostic(
          file: file, line: 1, column: 1, message: "the page has \(found) bytes; at most \(sizeLimit) are read")
      ])
    }
    var text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    text.makeContiguousUTF8()
    let source = PageSource(file: file, text: text)
    if let place = compoundKey(in: source) {
      throw Diagnostics([place.diagnostic("a key must be plain text in a page that uses aliases")])
    }
    let composed: Node?
    do {
      composed = try compose(yaml: text, .basic, .default, .utf8)
    } catch {
      throw Diagnostics([diagnostic(of: error, in: source)])
    }
    guard let composed else {
      throw Diagnostics([source.place(at: 0, length: 1).diagnostic("the page is empty")])
    }
    var reader = PageReader(source: source)
    let root = reader.node(composed, depth: 0)
    guard reader.found.isEmpty else { throw Diagnostics(reader.found) }
    return Page(source: source, root: root)
  }

  /// Makes a page from a tree, for example one put together from a base page and its own keys.
  public init(source: PageSource, root: PageNode) {
    self.source = source
    self.root = root
  }

  /// Where a list or a mapping is used as a key in a page that also has aliases, or nil.
  ///
  /// Such keys would have to be compared with each other with all their aliases written out, which a small hostile page
  /// can make endless. The test looks at the text alone and may refuse a strange page that is harmless.
  private static func compoundKey(in source: PageSource) -> Place? {
    let text = source.scalars
    func isName(_ scalar: Unicode.Scalar) -> Bool {
      scalar == "_" || scalar == "-" || (scalar.isASCII && scalar.properties.isAlphabetic)
        || scalar.properties.numericType != nil
    }
    func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }
    var hasAnchor = false
    var hasAlias = false
    var compound: Int?
    var index = 0
    while index < text.count {
      let scalar = text[index]
      let following = index + 1 < text.count ? text[index + 1] : "\n"
      if scalar == "&", isName(following) { hasAnchor = true }
      var end = index + 1
      if scalar == "*", isName(following) {
        hasAlias = true
        while end < text.count, isName(text[end]) { end += 1 }
      }
      if (scalar == "*" && end > index + 1) || scalar == "]" || scalar == "}" {
        var colon = end
        while colon < text.count, isBlank(text[colon]) { colon += 1 }
        if colon < text.count, text[colon] == ":" { compound = compound ?? index }
      } else if scalar == "?", isBlank(following) || PageSource.isBreak(following) {
        let before = index > 0 ? text[index - 1] : "\n"
        if isBlank(before) || PageSource.isBreak(before) || "[{,".unicodeScalars.contains(before) {
          compound = compound ?? index
        }
      }
      index = end
    }
    guard hasAnchor, hasAlias, let compound else { return nil }
    return source.place(at: compound, length: 1)
  }

  private static func diagnostic(of error: any Error, in source: PageSource) -> Diagnostic {
    func place(_ mark: Mark, length: Int = 1) -> Place {
      source.place(at: source.index(line: mark.line, column: mark.column), length: length)
    }
    guard let error = error as? YamlError else {
      return source.place(at: 0, length: 1).diagnostic("not a YAML page: \(error)")
    }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
      return place(mark).diagnostic("not YAML: \(problem)")
    case .composer(_, let problem, let mark, _):
      if problem.contains("another document") {
        return place(mark).diagnostic("a page is one document; remove what begins here")
      }
      return place(mark).diagnostic("not YAML: \(problem)")
    case .reader(_, let offset, _, _):
      // The offset counts characters; a control character is never part of a longer one.
      let index = source.scalars.firstIndex { !isAllowed($0) } ?? min(offset ?? 0, source.scalars.count)
      return source.place(at: index, length: 1).diagnostic("a character here is not allowed in YAML")
    case .duplicatedKeysInMapping(let names, let context):
      let name = names.first ?? ""
      let first = source.index(line: context.mark.line, column: context.mark.column)
      let length = name.unicodeScalars.count
      let index = repeated(name, after: first, in: source) ?? first
      return source.place(at: index, length: length).diagnostic("duplicate key \"\(name)\"")
    default:
      return source.place(at: 0, length: 1).diagnostic("not a YAML page: \(error)")
    }
  }

  /// The printable characters of YAML 1.1.
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x9, 0xA, 0xD, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
    default: false
    }
  }

  /// Where a block key is repeated: the first later line with the same indent that begins with it and a colon.
  private static func repeated(_ name: String, after first: Int, in source: PageSource) -> Int? {
    let begin = source.place(at: first, length: 1)
    let wanted = Array(name.unicodeScalars)
    for line in (begin.line + 1)..<max(begin.line + 2, source.lineStarts.count + 1) {
      let index = source.index(line: line, column: begin.column)
      let tail = source.scalars[index...]
      guard source.place(at: index, length: 1).line == line, tail.starts(with: wanted) else { continue }
      let lead = source.line(line).prefix(begin.column - 1)
      guard lead.allSatisfy({ $0 == " " || $0 == "-" }) else { continue }
      let rest = tail.dropFirst(wanted.count).drop { $0 == " " }
      if rest.first == ":" { return index }
    }
    return nil
  }
}

/// Turns Yams nodes into located nodes, within the limits of `Page`.
struct PageReader {
  let source: PageSource
  var found: [Diagnostic] = []
  private var count = 0

  init(source: PageSource) {
    self.source = source
  }

  mutating func node(_ node: Node, depth: Int) -> PageNode {
    let start = content(of: node)
    let here = source.place(at: start, length: 1)
    let empty = PageNode(.sequence([]), at: here)
    count += 1
    guard count <= Page.nodeLimit else {
      if count == Page.nodeLimit + 1 {
        found.append(here.diagnostic("the page has more than \(Page.nodeLimit) nodes, aliases written out"))
      }
      return empty
    }
    guard depth <= Page.depthLimit else {
      if found.isEmpty { found.append(here.diagnostic("nested deeper than \(Page.depthLimit) levels")) }
      return empty
    }
    switch node {
    case .scalar(let scalar): return self.scalar(scalar, at: start)
    case .sequence(let sequence):
      var nodes: [PageNode] = []
      for item in sequence where count <= Page.nodeLimit { nodes.append(self.node(item, depth: depth + 1)) }
      return PageNode(.sequence(nodes), at: here)
    case .mapping(let mapping):
      var entries: [PageEntry] = []
      for (key, value) in mapping where count <= Page.nodeLimit {
        let keyStart = content(of: key)
        guard case .scalar(let scalar) = key else {
          found.append(source.place(at: keyStart, length: 1).diagnostic("a key must be plain text"))
          continue
        }
        let place = self.scalar(scalar, at: keyStart).place
        entries.append(PageEntry(key: scalar.string, keyPlace: place, value: self.node(value, depth: depth + 1)))
      }
      return PageNode(.mapping(entries), at: here)
    case .alias:
      found.append(here.diagnostic("an alias without its anchor"))
      return empty
    }
  }

  /// Index of the node's first character behind its anchor; reports tags.
  private mutating func content(of node: Node) -> Int {
    guard let mark = node.mark else { return 0 }
    var index = source.index(line: mark.line, column: mark.column)
    let text = source.scalars
    while index < text.count, text[index] == "&" || text[index] == "!" {
      let begin = index
      while index < text.count, !text[index].properties.isWhitespace { index += 1 }
      if text[begin] == "!" {
        found.append(source.place(at: begin, length: index - begin).diagnostic("tags are not allowed"))
      }
      while index < text.count, text[index].properties.isWhitespace { index += 1 }
    }
    return index
  }

  private func scalar(_ scalar: Node.Scalar, at start: Int) -> PageNode {
    let style: PageScalar.Style =
      switch scalar.style {
      case .singleQuoted: .singleQuoted
      case .doubleQuoted: .doubleQuoted
      case .literal: .literal
      case .folded: .folded
      default: .plain
      }
    var length = 1
    let text = source.scalars
    switch style {
    case .plain:
      let wanted = scalar.string.unicodeScalars
      if text[min(start, text.count)...].starts(with: wanted) { length = wanted.count }
    case .singleQuoted, .doubleQuoted:
      // The quoted form is underlined when it is on one line.
      let quote: Unicode.Scalar = style == .singleQuoted ? "'" : "\""
      var index = start + 1
      while index < text.count, text[index] != quote, !PageSource.isBreak(text[index]) {
        index += style == .doubleQuoted && text[index] == "\\" ? 2 : 1
      }
      if index < text.count, text[index] == quote { length = index + 1 - start }
    case .literal, .folded: break
    }
    let read = PageScalar(text: scalar.string, style: style, source: source, start: start)
    return PageNode(.scalar(read), at: source.place(at: start, length: length))
  }
}
