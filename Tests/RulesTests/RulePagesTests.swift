import Foundation
import Pages
import Rules
import Testing

/// Pages that the tests read, and what is expected of them.
enum PageFolder {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  static let shipped = folder.appendingPathComponent("../../rules").standardizedFileURL

  /// Names of the pages in a folder, sorted.
  static func names(in folder: URL) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
  }

  static func text(_ name: String, in folder: URL) throws -> String {
    try String(contentsOf: folder.appendingPathComponent(name + ".yaml"), encoding: .utf8)
  }
}

@Suite("Rule pages")
struct RulePagesTests {
  static let shipped = PageFolder.names(in: PageFolder.shipped)
  static let valid = PageFolder.names(in: PageFolder.folder.appendingPathComponent("valid"))
  static let invalid = PageFolder.names(in: PageFolder.folder.appendingPathComponent("invalid"))

  @Test("every shipped page loads, says where it comes from and is named like its file", arguments: shipped)
  func loads(name: String) throws {
    let text = try PageFolder.text(name, in: PageFolder.shipped)
    let rule = try Rule.load(text: text, file: name + ".yaml")
    #expect(rule.name == name)
    #expect(rule.about.count > 20)
    #expect(rule.source.contains { $0.isNumber })
    #expect(text.hasPrefix("# yaml-language-server: $schema=rule.schema.json\n"))
  }

  @Test("every shipped page, written anew, loads as an equal rule", arguments: shipped)
  func writtenAnew(name: String) throws {
    let rule = try Rule.load(text: PageFolder.text(name, in: PageFolder.shipped), file: name)
    let text = RulePage.text(rule)
    #expect(try Rule.load(text: text, file: name) == rule)
    #expect(RulePage.text(try Rule.load(text: text, file: name)) == text)
  }

  @Test("every valid page loads and, written anew, loads as an equal rule", arguments: valid)
  func validPage(name: String) throws {
    let folder = PageFolder.folder.appendingPathComponent("valid")
    let rule = try Rule.load(text: PageFolder.text(name, in: folder), file: name)
    let text = RulePage.text(rule)
    #expect(try Rule.load(text: text, file: name) == rule)
  }

  @Test("every invalid page gets exactly the expected messages", arguments: invalid)
  func invalidPage(name: String) throws {
    let folder = PageFolder.folder.appendingPathComponent("invalid")
    let found = Rule.inspect(text: try PageFolder.text(name, in: folder), file: name + ".yaml")
    #expect(found.rule == nil)
    let messages = Diagnostics(found.findings.map(\.diagnostic)).description + "\n"
    let expectation = folder.appendingPathComponent(name + ".expected.txt")
    // METAPLAST_RECORD=1 writes the expectations anew; read the difference before it is committed.
    if ProcessInfo.processInfo.environment["METAPLAST_RECORD"] == "1" {
      try messages.write(to: expectation, atomically: true, encoding: .utf8)
    }
    #expect(try messages == String(contentsOf: expectation, encoding: .utf8))
  }

  @Test("every check of the checker has a page that fails it")
  func everyCheck() throws {
    let folder = PageFolder.folder.appendingPathComponent("invalid")
    var seen: Set<RuleCheck> = []
    for name in Self.invalid {
      seen.formUnion(
        Rule.inspect(text: try PageFolder.text(name, in: folder), file: name).findings.map(\.check))
    }
    #expect(Set(RuleCheck.allCases).subtracting(seen) == [])
  }

  @Test("every key of the table has a page in which it is wrong")
  func everyKey() throws {
    let folder = PageFolder.folder.appendingPathComponent("invalid")
    var messages = ""
    for name in Self.invalid {
      let found = Rule.inspect(text: try PageFolder.text(name, in: folder), file: name).findings
      for finding in found where finding.check == .page { messages += finding.diagnostic.message + "\n" }
    }
    let words = Set(messages.split { !$0.isLetter }.map(String.init))
    for key in Self.keys(of: Rule.pageSchema.keys) {
      #expect(words.contains(key), "no page has a wrong \(key)")
    }
  }

  private static func keys(of table: PageKeys) -> Set<String> {
    table.keys.reduce(into: []) { names, key in
      names.insert(key.name)
      names.formUnion(keys(of: key.kind))
    }
  }

  private static func keys(of kind: PageKind) -> Set<String> {
    switch kind {
    case .mapping(let table): keys(of: table)
    case .map(let inner, _, _), .list(let inner, _): keys(of: inner)
    case .either(let kinds, _): kinds.reduce(into: []) { $0.formUnion(keys(of: $1)) }
    case .variant(_, _, let cases): cases.reduce(into: []) { $0.formUnion(keys(of: $1.keys)) }
    default: []
    }
  }

  @Test("the JSON Schema beside the pages is the one of the table")
  func schemaFile() throws {
    let file = PageFolder.shipped.appendingPathComponent("rule.schema.json")
    let text = Rule.pageSchema.jsonSchema.text(indent: 2) + "\n"
    if ProcessInfo.processInfo.environment["METAPLAST_RECORD"] == "1" {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == text)
  }

  @Test("a page says all of a rule")
  func everything() throws {
    let text = """
      schema: 1
      rule: everything
      about: |
        Two
        lines.
      coefficients:
        eta: {start: 1e-2, range: [1e-4, 1], scale: log, per: layer}
        keep: {start: 0, range: [-1, 1], scale: 0.5}
      traces:
        x_pre: {of: keep*s_pre, tau: 20}
        z_pre: {of: x_pre**2, decay: 0}
      eligibility: {of: z_pre * psi_post + x_pre, decay: 0.25}
      every: sample
      dw: eta * elig
      db: -eta * b
      layers:
        1: {dw: 0}
        -2: {dw: keep}
        readout: {dw: "2*w"}
      bounds: {w: [-4, 4], b: [0, 1]}
      credit: learned
      """
    let rule = try Rule.load(text: text, file: "everything.yaml")
    let keep = Expression.coefficient("keep")
    let expected = Rule(
      name: "everything", about: "Two lines.",
      coefficients: [
        Coefficient(name: "eta", start: 0.01, range: 1e-4...1, scale: .logarithmic, perLayer: true),
        Coefficient(name: "keep", start: 0, range: -1...1, scale: .step(0.5)),
      ],
      traces: [
        Trace(name: "x_pre", of: keep * sPre, owner: .pre, decay: exp(-1.0 / 20)),
        Trace(name: "z_pre", of: .trace("x_pre") ** 2, owner: .pre, decay: 0),
      ],
      eligibility: Eligibility(
        of: .trace("z_pre") * .quantity(.psiPost) + .trace("x_pre"), decay: 0.25), every: .sample,
      dw: eta * .quantity(.eligibility), db: -eta * b,
      layers: [LayerRule(layer: 1, dw: 0), LayerRule(layer: -2, dw: keep), LayerRule(layer: -1, dw: 2 * w)],
      weightBounds: -4...4, feedbackBounds: 0...1, credit: "learned")
    #expect(rule == expected)
  }
}

@Suite("Rule catalogue")
struct RuleCatalogueTests {
  private let catalogue = RuleCatalogue(folder: PageFolder.shipped.path, environment: [:], executable: nil)

  @Test("rules are found by name and by path")
  func found() throws {
    #expect(catalogue.names.contains("pool-local"))
    let path = try catalogue.path(of: "oja")
    #expect(path == PageFolder.shipped.path + "/oja.yaml")
    #expect(try catalogue.load("oja") == catalogue.load(path))
  }

  @Test("an unknown name is answered with the nearest one, a missing path with its name")
  func missing() {
    let unknown = #expect(throws: PageFileError.self) { try catalogue.load("error-heb") }
    let folder = PageFolder.shipped.path
    #expect(
      unknown?.description
        == "error-heb: error: no such file; no rule of this name in \(folder) (did you mean \"error-hebb\"?)")
    let missing = #expect(throws: PageFileError.self) { try catalogue.load("none/such.yaml") }
    #expect(missing?.description == "none/such.yaml: error: no such file")
    let folderError = #expect(throws: PageFileError.self) { try catalogue.load(folder + "/") }
    #expect(folderError?.description == "\(folder)/: error: is a folder, not a page")
    let endless = #expect(throws: PageFileError.self) { try Rule.load(path: "/dev/zero") }
    #expect(endless?.description == "/dev/zero: error: has more than 1048576 bytes, which is too much for a page")
  }

  @Test("METAPLAST_RULES names a folder of rules")
  func environment() {
    let found = RuleCatalogue(environment: ["METAPLAST_RULES": PageFolder.shipped.path], executable: nil)
    #expect(found.folders.contains(PageFolder.shipped.path))
  }
}
