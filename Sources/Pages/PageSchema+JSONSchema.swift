extension PageSchema {
  /// The table as JSON Schema 2020-12, for editors and for checks by other tools.
  public var jsonSchema: JSON {
    guard case .object(let members) = keys.jsonSchema else { return .null }
    return .object(
      [
        .init("$schema", .text("https://json-schema.org/draft/2020-12/schema")), .init("title", .text(title)),
        .init("description", .text(doc)),
      ] + members)
  }
}

extension PageKeys {
  /// The schema of the mapping; `extra` comes first among the properties.
  fileprivate var jsonSchema: JSON { jsonSchema(first: [], required: []) }

  fileprivate func jsonSchema(first: [JSON.Member], required: [String]) -> JSON {
    var members: [JSON.Member] = [
      .init("type", .text("object")), .init("additionalProperties", .boolean(false)),
      .init("properties", .object(first + keys.map { JSON.Member($0.name, $0.jsonSchema) })),
    ]
    let needed = required + keys.filter(\.isRequired).map(\.name)
    if !needed.isEmpty { members.append(.init("required", .list(needed.map(JSON.text)))) }
    let groups = exactlyOne.map { group in
      JSON.object([
        .init("oneOf", .list(group.map { .object([.init("required", .list([.text($0)]))]) }))
      ])
    }
    if !groups.isEmpty { members.append(.init("allOf", .list(groups))) }
    return .object(members)
  }
}

extension PageKey {
  fileprivate var jsonSchema: JSON {
    guard case .object(var members) = kind.jsonSchema else { return .null }
    if !doc.isEmpty {
      members.removeAll { $0.name == "description" }
      members.insert(.init("description", .text(doc)), at: 0)
    }
    if let standard {
      members.append(.init("default", PageValue(content: standard, node: nil, keyPlace: .none, path: "").json))
    }
    return .object(members)
  }
}

extension Place {
  /// No place, for values that are only printed.
  fileprivate static let none = Place(source: PageSource(file: "", text: ""), line: 1, column: 1, length: 1)
}

extension NumberRange {
  fileprivate var members: [JSON.Member] {
    var members: [JSON.Member] = []
    if let lower { members.append(.init(lowerIsOpen ? "exclusiveMinimum" : "minimum", .number(lower))) }
    if let upper { members.append(.init(upperIsOpen ? "exclusiveMaximum" : "maximum", .number(upper))) }
    return members
  }
}

extension PageKind {
  fileprivate var jsonSchema: JSON {
    func typed(_ type: String, _ more: [JSON.Member] = []) -> JSON { .object([.init("type", .text(type))] + more) }
    func counted(_ low: String, _ high: String, _ count: ClosedRange<Int>) -> [JSON.Member] {
      [.init(low, .integer(count.lowerBound)), .init(high, .integer(count.upperBound))]
    }
    switch self {
    case .text: return typed("string", [.init("pattern", .text("\\S"))])
    case .name(let rule): return typed("string", [.init("pattern", .text(rule.pattern))])
    case .equation:
      return .object([
        .init("type", .list([.text("string"), .text("number")])), .init("pattern", .text("\\S")),
      ])
    case .number(let range): return typed("number", range.members)
    case .integer(let range) where range.lowerBound == range.upperBound:
      return .object([.init("const", .integer(range.lowerBound))])
    case .integer(let range):
      let low = range.lowerBound == .min ? [] : [JSON.Member("minimum", .integer(range.lowerBound))]
      let high = range.upperBound == .max ? [] : [JSON.Member("maximum", .integer(range.upperBound))]
      return typed("integer", low + high)
    case .boolean: return typed("boolean")
    case .choice(let words): return .object([.init("enum", .list(words.map(JSON.text)))])
    case .list(let kind, let count):
      return typed("array", [.init("items", kind.jsonSchema)] + counted("minItems", "maxItems", count))
    case .interval(let range):
      let items = JSON.Member("items", PageKind.number(range).jsonSchema)
      return typed("array", [items] + counted("minItems", "maxItems", 2...2))
    case .mapping(let keys): return keys.jsonSchema
    case .map(let kind, let names, let count):
      return typed(
        "object",
        [
          .init("propertyNames", .object([.init("pattern", .text(names.pattern))])),
          .init("additionalProperties", kind.jsonSchema),
        ] + counted("minProperties", "maxProperties", count))
    case .variant(let key, let doc, let cases):
      let schemas = cases.map { item in
        var tag: [JSON.Member] = [.init("const", .text(item.name))]
        if !item.doc.isEmpty { tag.append(.init("description", .text(item.doc))) }
        return item.keys.jsonSchema(first: [.init(key, .object(tag))], required: [key])
      }
      return .object([.init("description", .text(doc)), .init("oneOf", .list(schemas))])
    case .any: return .object([.init("not", .object([.init("type", .text("null"))]))])
    case .either(let kinds, _):
      return .object([.init("anyOf", .list(kinds.map(\.jsonSchema)))])
    }
  }
}
