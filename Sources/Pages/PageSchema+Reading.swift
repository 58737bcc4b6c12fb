extension PageSchema {
  /// Checks a page against the table and fills in the defaults.
  ///
  /// - Throws: everything that is wrong, in the order of the text.
  public func read(_ page: Page) throws(Diagnostics) -> PageValue {
    let (value, found) = inspect(page)
    guard found.isEmpty, let value else { throw Diagnostics(found) }
    return value
  }

  /// Like `read`, for callers that have more to check: the value, nil when there is none at all, and what is wrong so
  /// far. The value lacks the parts that are wrong.
  public func inspect(_ page: Page) -> (value: PageValue?, found: [Diagnostic]) {
    var check = PageCheck()
    let start = Place(source: page.source, line: 1, column: 1, length: 1)
    let value = check.value(page.root, .mapping(keys), path: "", keyPlace: start)
    return (value, check.found)
  }
}

/// Walks a page beside its table and collects what is wrong.
private struct PageCheck {
  var found: [Diagnostic] = []

  /// Most diagnostics that one page gets.
  static let limit = 200

  mutating func report(_ place: Place, _ message: String) {
    if found.count < PageCheck.limit { found.append(place.diagnostic(message)) }
  }

  /// The value of a node, or nil with a report.
  mutating func value(_ node: PageNode, _ kind: PageKind, path: String, keyPlace: Place) -> PageValue? {
    guard let content = content(node, kind, path: path, keyPlace: keyPlace) else { return nil }
    return PageValue(content: content, node: node, keyPlace: keyPlace, path: path)
  }

  private mutating func refuse(_ node: PageNode, _ path: String, _ expected: String) -> PageValue.Content? {
    let name = path.isEmpty ? "the page" : path
    report(node.place, "\(name) must be \(expected) (got \(node.shown))")
    return nil
  }

  private mutating func content(
    _ node: PageNode, _ kind: PageKind, path: String, keyPlace: Place
  ) -> PageValue.Content? {
    switch kind {
    case .text:
      guard let scalar = node.scalar, !scalar.isNull, !scalar.text.allSatisfy(\.isWhitespace) else {
        return refuse(node, path, "text")
      }
      if scalar.number != nil || scalar.boolean != nil {
        report(node.place, "\(path) must be text; put it in quotes (got \(node.shown))")
        return nil
      }
      return .text(scalar.text)
    case .name(let rule):
      guard let scalar = node.scalar, !scalar.isNull, rule.accepts(scalar.text) else {
        return refuse(node, path, "a name of " + rule.description)
      }
      if scalar.number != nil || scalar.boolean != nil {
        report(node.place, "\(path) must be text; put it in quotes (got \(node.shown))")
        return nil
      }
      return .text(scalar.text)
    case .equation:
      guard let scalar = node.scalar, !scalar.isNull, !scalar.text.allSatisfy(\.isWhitespace),
        scalar.boolean == nil
      else { return refuse(node, path, "an equation") }
      return .text(scalar.text)
    case .number(let range):
      guard let number = node.scalar?.number else { return refuse(node, path, "a number") }
      return self.number(number, range, node, path) ? .number(number == 0 ? 0 : number) : nil
    case .integer(let range):
      return integer(node, range, path: path)
    case .boolean:
      guard let boolean = node.scalar?.boolean else { return refuse(node, path, "true or false") }
      return .boolean(boolean)
    case .choice(let words):
      guard let scalar = node.scalar, !scalar.isNull else { return refuse(node, path, alternatives(words)) }
      if words.contains(scalar.text) { return .text(scalar.text) }
      let hint = suggestion(for: scalar.text, among: words)
      report(node.place, "\(path) must be \(alternatives(words)), not \(node.shown)\(hint)")
      return nil
    case .list(let kind, let count):
      return list(node, of: kind, count: count, path: path, keyPlace: keyPlace)
    case .interval(let range):
      return interval(node, range, path: path, keyPlace: keyPlace)
    case .mapping(let table):
      guard let entries = node.entries else { return refuse(node, path, "a mapping") }
      return .mapping(mapping(entries, table, path: path, keyPlace: keyPlace))
    case .map(let kind, let names, let count):
      return map(node, of: kind, names: names, count: count, path: path)
    case .variant(let key, _, let cases):
      return variant(node, by: key, cases, path: path, keyPlace: keyPlace)
    case .any: return anything(node, path: path, keyPlace: keyPlace)
    case .either(let kinds, let description):
      for kind in kinds where fits(node, kind) { return content(node, kind, path: path, keyPlace: keyPlace) }
      let words = kinds.flatMap { kind in if case .choice(let words) = kind { words } else { [String]() } }
      let hint = node.scalar.map { suggestion(for: $0.text, among: words) } ?? ""
      report(node.place, "\(path) must be \(description) (got \(node.shown))\(hint)")
      return nil
    }
  }

  /// Whether a node has the form of a kind, whatever its value.
  private func fits(_ node: PageNode, _ kind: PageKind) -> Bool {
    switch kind {
    case .text, .name, .equation: node.scalar.map { !$0.isNull } ?? false
    case .number: node.scalar?.number != nil
    case .integer: node.scalar?.integer != nil
    case .boolean: node.scalar?.boolean != nil
    case .choice(let words): node.scalar.map { words.contains($0.text) } ?? false
    case .list, .interval: if case .sequence = node.kind { true } else { false }
    case .mapping, .map, .variant: node.entries != nil
    case .any: node.scalar.map { !$0.isNull } ?? true
    case .either(let kinds, _): kinds.contains { fits(node, $0) }
    }
  }

  private mutating func anything(_ node: PageNode, path: String, keyPlace: Place) -> PageValue.Content? {
    switch node.kind {
    case .scalar(let scalar):
      if scalar.isNull { return refuse(node, path, "a value") }
      if let boolean = scalar.boolean { return .boolean(boolean) }
      if let integer = scalar.integer { return .integer(integer) }
      if let number = scalar.number {
        guard number.isFinite else { return refuse(node, path, "finite") }
        return .number(number)
      }
      return .text(scalar.text)
    case .sequence: return list(node, of: .any, count: 0...10_000, path: path, keyPlace: keyPlace)
    case .mapping(let entries):
      var values: [(key: String, value: PageValue)] = []
      for entry in entries {
        let inner = path.isEmpty ? entry.key : "\(path).\(entry.key)"
        if let value = value(entry.value, .any, path: inner, keyPlace: entry.keyPlace) {
          values.append((entry.key, value))
        }
      }
      return values.count == entries.count ? .mapping(values) : nil
    }
  }

  private mutating func number(_ number: Double, _ range: NumberRange, _ node: PageNode, _ path: String) -> Bool {
    guard let complaint = range.complaint(number) else { return true }
    report(node.place, "\(path) \(complaint) (got \(node.shown))")
    return false
  }

  private mutating func integer(_ node: PageNode, _ range: ClosedRange<Int>, path: String) -> PageValue.Content? {
    var found = node.scalar?.integer
    // 1e3 and 20.0 are integers too, as they are in JSON Schema.
    if found == nil, let number = node.scalar?.number, number.rounded() == number, abs(number) <= 9e15 {
      found = Int(number)
    }
    guard let integer = found else { return refuse(node, path, "an integer") }
    if range.contains(integer) { return .integer(integer) }
    let bound =
      range.lowerBound == range.upperBound
      ? "must be \(range.lowerBound)"
      : integer < range.lowerBound ? "must be at least \(range.lowerBound)" : "must be at most \(range.upperBound)"
    report(node.place, "\(path) \(bound) (got \(node.shown))")
    return nil
  }

  private mutating func list(
    _ node: PageNode, of kind: PageKind, count: ClosedRange<Int>, path: String, keyPlace: Place
  ) -> PageValue.Content? {
    guard case .sequence(let nodes) = node.kind else { return refuse(node, path, "a list") }
    guard count.contains(nodes.count) else {
      let wanted =
        count.lowerBound == count.upperBound
        ? "\(count.lowerBound)"
        : nodes.count < count.lowerBound ? "at least \(count.lowerBound)" : "at most \(count.upperBound)"
      let noun = wanted == "1" || wanted.hasSuffix(" 1") ? "value" : "values"
      report(node.place, "\(path) must have \(wanted) \(noun) (got \(nodes.count))")
      return nil
    }
    var values: [PageValue] = []
    for (index, item) in nodes.enumerated() {
      if let value = value(item, kind, path: "\(path)[\(index)]", keyPlace: keyPlace) { values.append(value) }
    }
    return values.count == nodes.count ? .list(values) : nil
  }

  private mutating func interval(
    _ node: PageNode, _ range: NumberRange, path: String, keyPlace: Place
  ) -> PageValue.Content? {
    guard case .sequence(let nodes) = node.kind, nodes.count == 2 else {
      return refuse(node, path, "a list of two numbers")
    }
    guard let content = list(node, of: .number(range), count: 2...2, path: path, keyPlace: keyPlace),
      case .list(let ends) = content
    else { return nil }
    guard ends[0].number < ends[1].number else {
      report(node.place, "\(path) must go up (got [\(nodes[0].shown), \(nodes[1].shown)])")
      return nil
    }
    return content
  }

  private mutating func map(
    _ node: PageNode, of kind: PageKind, names: NameRule, count: ClosedRange<Int>, path: String
  ) -> PageValue.Content? {
    guard let entries = node.entries else { return refuse(node, path, "a mapping") }
    guard count.contains(entries.count) else {
      let low = entries.count < count.lowerBound
      let bound = low ? "at least \(count.lowerBound)" : "at most \(count.upperBound)"
      report(node.place, "\(path) must have \(bound) entries (got \(entries.count))")
      return nil
    }
    var values: [(key: String, value: PageValue)] = []
    for entry in entries {
      let inner = path.isEmpty ? entry.key : "\(path).\(entry.key)"
      if !names.accepts(entry.key) {
        report(
          entry.keyPlace,
          "a name in \(path) must be \(names.description) (got \(JSON.quoted(String(entry.key.prefix(64)))))")
      } else if let value = value(entry.value, kind, path: inner, keyPlace: entry.keyPlace) {
        values.append((entry.key, value))
      }
    }
    return .mapping(values)
  }

  private mutating func variant(
    _ node: PageNode, by key: String, _ cases: [PageVariant], path: String, keyPlace: Place
  ) -> PageValue.Content? {
    guard let entries = node.entries else { return refuse(node, path, "a mapping") }
    let words = cases.map(\.name)
    let selector = PageKey(key, .choice(words), required: true)
    guard let word = node[key], let chosen = cases.first(where: { $0.name == word.scalar?.text }) else {
      _ = mapping(entries.filter { $0.key == key }, PageKeys([selector]), path: path, keyPlace: keyPlace)
      return nil
    }
    let table = PageKeys([selector] + chosen.keys.keys, exactlyOne: chosen.keys.exactlyOne)
    return .mapping(mapping(entries, table, path: path, keyPlace: keyPlace))
  }

  private mutating func mapping(
    _ entries: [PageEntry], _ table: PageKeys, path: String, keyPlace: Place
  ) -> [(key: String, value: PageValue)] {
    let inside = path.isEmpty ? "" : " in \(path)"
    let names = table.keys.map(\.name)
    let present = Set(entries.map(\.key))
    let absent = names.filter { !present.contains($0) }
    for entry in entries where !names.contains(entry.key) && found.count < PageCheck.limit {
      let hint = suggestion(for: entry.key, among: absent)
      report(entry.keyPlace, "unknown key \(JSON.quoted(String(entry.key.prefix(64))))\(inside)\(hint)")
    }
    var values: [(key: String, value: PageValue)] = []
    for key in table.keys {
      let inner = path.isEmpty ? key.name : "\(path).\(key.name)"
      if let entry = entries.first(where: { $0.key == key.name }) {
        if let value = value(entry.value, key.kind, path: inner, keyPlace: entry.keyPlace) {
          values.append((key.name, value))
        }
      } else if key.isRequired {
        report(keyPlace, "missing key \"\(key.name)\"\(inside)")
      } else if let standard = key.standard {
        values.append((key.name, PageValue(content: standard, node: nil, keyPlace: keyPlace, path: inner)))
      } else if case .mapping(let keys) = key.kind, keys.fillsItself {
        // A mapping whose every key has a default is there even when it is not written.
        let content = PageValue.Content.mapping(mapping([], keys, path: inner, keyPlace: keyPlace))
        values.append((key.name, PageValue(content: content, node: nil, keyPlace: keyPlace, path: inner)))
      }
    }
    for group in table.exactlyOne {
      let present = entries.filter { group.contains($0.key) }
      if present.count > 1 {
        report(present[1].keyPlace, "only one of \(group.joined(separator: ", ")) is allowed\(inside)")
      } else if present.isEmpty {
        report(keyPlace, "one of \(group.joined(separator: ", ")) is needed\(inside)")
      }
    }
    return values
  }
}

extension PageKeys {
  /// Whether an empty mapping is valid and not empty once its defaults are filled in.
  var fillsItself: Bool {
    exactlyOne.isEmpty && !keys.contains { $0.isRequired }
      && keys.contains { key in
        if key.standard != nil { return true }
        if case .mapping(let inner) = key.kind { return inner.fillsItself }
        return false
      }
  }
}

/// `a`, `a or b`, `a, b or c`.
func alternatives(_ words: [String]) -> String {
  guard let last = words.last, words.count > 1 else { return words.first ?? "nothing" }
  return words.dropLast().joined(separator: ", ") + " or " + last
}
