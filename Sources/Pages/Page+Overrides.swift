extension Page {
  /// The page with `a.b.c=value` put into its tree, as `--set` writes it; the page is validated afterwards.
  ///
  /// The value is YAML (`0.2`, `[1, 2]`, `{name: x}`). Mappings that are not there yet are made; a number as a path
  /// component is the index of a list. Diagnostics name the file `--set`.
  public func setting(_ override: String) throws(Diagnostics) -> Page {
    let file = "--set"
    let whole = PageSource(file: file, text: override)
    let start = whole.place(at: 0, length: 1)
    guard let equals = override.firstIndex(of: "="), equals != override.startIndex else {
      throw Diagnostics([start.diagnostic("an override is written path.to.key=value (got \"\(override)\")")])
    }
    let path = override[..<equals]
    let keys = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let keyPlace = whole.place(at: 0, length: path.unicodeScalars.count)
    guard !keys.contains(where: \.isEmpty), keys.count <= Page.depthLimit else {
      throw Diagnostics([keyPlace.diagnostic("\"\(path)\" is not a path of keys with dots between them")])
    }
    // Blanks keep the columns of the override; an empty value is null, as in a page.
    let value = override[override.index(after: equals)...]
    let blanks = String(repeating: " ", count: path.unicodeScalars.count + 1)
    let node: PageNode
    if value.allSatisfy(\.isWhitespace) {
      let scalar = PageScalar(text: "", style: .plain, source: whole, start: 0)
      node = PageNode(.scalar(scalar), at: keyPlace)
    } else {
      do {
        node = try Page.parse(text: blanks + value, file: file).root.moved(to: whole)
      } catch {
        throw Diagnostics(
          error.all.map { found in
            var found = found
            found.source = found.source == nil ? nil : override
            return found
          })
      }
    }
    var page = self
    page.root = try root.setting(keys[...], to: node, keyPlace: keyPlace)
    return page
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
