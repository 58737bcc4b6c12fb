/// A value that is put over the one at a path of a page's tree.
public struct PageOverride: Sendable {
  /// The keys with dots between them: `task.shots`.
  public var path: String
  /// The value.
  public var value: PageNode
  /// Where the path was written.
  public var keyPlace: Place

  /// Makes an override from nodes of a page.
  /// - Throws: a diagnostic at `keyPlace` where `path` is no path of keys.
  public init(path: String, value: PageNode, keyPlace: Place) throws(Diagnostics) {
    try PageOverride.check(path, at: keyPlace)
    self.path = path
    self.value = value
    self.keyPlace = keyPlace
  }

  /// Reads `a.b.c=value` as `--set` writes it. The value is YAML (`0.2`, `[1, 2]`, `{name: x}`).
  /// - Parameters:
  ///   - text: the path, `=` and the value.
  ///   - file: what diagnostics name.
  public init(_ text: String, file: String = "--set") throws(Diagnostics) {
    let (path, value, place) = try PageOverride.split(
      text, file: file, form: "an override is written path.to.key=value")
    try self.init(
      path: path, value: PageOverride.node(value, after: place.length + 1, of: place.source, text: text),
      keyPlace: place)
  }

  /// Reads `a.b.c=value,value,…`, the values in YAML's flow syntax.
  /// - Returns: one override for each value.
  public static func list(_ text: String, file: String) throws(Diagnostics) -> [PageOverride] {
    let (path, rest, place) = try split(text, file: file, form: "values are written path.to.key=value,value,…")
    // The bracket takes the place of the equals sign, so columns stay.
    let node = try PageOverride.node("[" + rest + "]", after: place.length, of: place.source, text: text)
    guard case .sequence(let values) = node.kind, !values.isEmpty else {
      throw Diagnostics([place.diagnostic("\(path) has no values")])
    }
    var all: [PageOverride] = []
    for value in values { all.append(try PageOverride(path: path, value: value, keyPlace: place)) }
    return all
  }

  /// What stands before and behind the first `=`, and the place of what stands before.
  /// - Parameter form: how it is written, for the message when it is not.
  private static func split(
    _ text: String, file: String, form: String
  ) throws(Diagnostics) -> (path: String, value: Substring, place: Place) {
    let whole = PageSource(file: file, text: text)
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
      throw Diagnostics([whole.place(at: 0, length: 1).diagnostic("\(form) (got \"\(text)\")")])
    }
    let path = String(text[..<equals])
    let place = whole.place(at: 0, length: path.unicodeScalars.count)
    try check(path, at: place)
    return (path, text[text.index(after: equals)...], place)
  }

  private static func check(_ path: String, at place: Place) throws(Diagnostics) {
    let keys = path.split(separator: ".", omittingEmptySubsequences: false)
    guard !keys.contains(where: \.isEmpty), keys.count <= Page.depthLimit else {
      throw Diagnostics([place.diagnostic("\"\(path)\" is not a path of keys with dots between them")])
    }
  }

  /// A value that begins at a column of a text; blanks in front keep its columns. An empty one is null, as in a page.
  private static func node(
    _ value: some StringProtocol, after column: Int, of whole: PageSource, text: String
  ) throws(Diagnostics) -> PageNode {
    if value.allSatisfy(\.isWhitespace) {
      let scalar = PageScalar(text: "", style: .plain, source: whole, start: 0)
      return PageNode(.scalar(scalar), at: whole.place(at: 0, length: max(1, column - 1)))
    }
    do {
      let blanks = String(repeating: " ", count: column)
      return try Page.parse(text: blanks + value, file: whole.file).root.moved(to: whole)
    } catch {
      throw Diagnostics(
        error.all.map { found in
          var found = found
          found.source = found.source == nil ? nil : text
          return found
        })
    }
  }
}

extension Page {
  /// The page with `a.b.c=value` put into its tree, as `--set` writes it; the page is validated afterwards.
  ///
  /// The value is YAML (`0.2`, `[1, 2]`, `{name: x}`). Mappings that are not there yet are made; a number as a path
  /// component is the index of a list. Diagnostics name the file `--set`.
  public func setting(_ override: String) throws(Diagnostics) -> Page {
    try setting(PageOverride(override))
  }

  /// The page with a value put into its tree; the page is validated afterwards.
  public func setting(_ override: PageOverride) throws(Diagnostics) -> Page {
    let keys = override.path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    var page = self
    page.root = try root.setting(keys[...], to: override.value, keyPlace: override.keyPlace)
    return page
  }
}

extension PageNode {
  /// The tree as JSON; what YAML reads as a number, a boolean or null stays one.
  public var json: JSON {
    switch kind {
    case .scalar(let scalar):
      if scalar.isNull { return .null }
      if let boolean = scalar.boolean { return .boolean(boolean) }
      if let integer = scalar.integer { return .integer(integer) }
      if let number = scalar.number, number.isFinite { return .number(number) }
      return .text(scalar.text)
    case .sequence(let nodes): return .list(nodes.map(\.json))
    case .mapping(let entries): return .object(entries.map { JSON.Member($0.key, $0.value.json) })
    }
  }
}

extension PageNode {
  /// The same tree in another text of the same shape.
  fileprivate func moved(to source: PageSource) -> PageNode {
    var node = self
    node.place.source = source
    switch kind {
    case .scalar(let scalar):
      node.kind = .scalar(PageScalar(text: scalar.text, style: scalar.style, source: source, start: scalar.start))
    case .sequence(let nodes): node.kind = .sequence(nodes.map { $0.moved(to: source) })
    case .mapping(let entries):
      node.kind = .mapping(
        entries.map { entry in
          var place = entry.keyPlace
          place.source = source
          return PageEntry(key: entry.key, keyPlace: place, value: entry.value.moved(to: source))
        })
    }
    return node
  }

  fileprivate func setting(_ keys: ArraySlice<String>, to value: PageNode, keyPlace: Place) throws(Diagnostics)
    -> PageNode
  {
    guard let key = keys.first else { return value }
    var node = self
    switch kind {
    case .mapping(var entries):
      let index = entries.firstIndex { $0.key == key }
      let empty = PageNode(.mapping([]), at: keyPlace)
      let inner = try (index.map { entries[$0].value } ?? empty).setting(
        keys.dropFirst(), to: value, keyPlace: keyPlace)
      if let index {
        entries[index].value = inner
        if keys.count == 1 { entries[index].keyPlace = keyPlace }
      } else {
        entries.append(PageEntry(key: key, keyPlace: keyPlace, value: inner))
      }
      node.kind = .mapping(entries)
    case .sequence(var nodes):
      guard let index = Int(key), nodes.indices.contains(index) else {
        let message = "\"\(key)\" is not an index of a list of \(nodes.count) values"
        throw Diagnostics([keyPlace.diagnostic(message)])
      }
      nodes[index] = try nodes[index].setting(keys.dropFirst(), to: value, keyPlace: keyPlace)
      node.kind = .sequence(nodes)
    case .scalar(let scalar):
      guard scalar.isNull else {
        throw Diagnostics([keyPlace.diagnostic("there is no \"\(key)\" inside a single value (\(shown))")])
      }
      node.kind = .mapping([])
      return try node.setting(keys, to: value, keyPlace: keyPlace)
    }
    return node
  }
}
