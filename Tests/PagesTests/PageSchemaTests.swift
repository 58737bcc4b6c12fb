import Pages
import Testing

private let optimizer = PageKeys([
  PageKey("name", .choice(["cma-es", "random", "grid"]), required: true, doc: "Which search."),
  PageKey("sigma", .number(.positive), default: .number(0.3), doc: "First step."),
  PageKey("population", .integer(2...10_000), default: .integer(12)),
  PageKey("decay", .number(.between(0, upTo: 1))),
])

private let table = PageSchema(
  title: "Experiment", doc: "A test table.",
  keys: PageKeys(
    [
      PageKey("schema", .integer(1...1), required: true),
      PageKey("title", .text),
      PageKey("optimizer", .mapping(optimizer), required: true),
      PageKey("shots", .list(of: .integer(1...100), count: 1...3), default: .integers([5, 10])),
      PageKey("range", .interval()),
      PageKey("fast", .boolean, default: .boolean(false)),
      PageKey("scale", .either([.choice(["log"]), .number(.positive)], description: "log or a number")),
      PageKey("rates", .map(of: .number(.fraction), names: .identifier, count: 1...2)),
      PageKey("tau", .number(.positive)), PageKey("keep", .number(.fraction)),
      PageKey(
        "task",
        .variant(
          by: "family", doc: "Where tasks come from.",
          cases: [
            PageVariant("digits"), PageVariant("idx", PageKeys([PageKey("folder", .text, required: true)])),
          ])),
      PageKey("log", .mapping(PageKeys([PageKey("every", .integer(1...9), default: .integer(1))]))),
    ], exactlyOne: [["tau", "keep"]]))

private let good = "schema: 1\noptimizer: {name: cma-es}\ntau: 20\n"

private func messages(_ text: String) throws -> String {
  let page = try Page.parse(text: text, file: "e.yaml")
  do {
    _ = try table.read(page)
    return ""
  } catch {
    return error.description
  }
}

@Suite("A table validates its pages")
struct PageSchemaTests {
  @Test("defaults are filled in, also those of absent mappings")
  func defaults() throws {
    let value = try table.read(Page.parse(text: good, file: "e.yaml"))
    #expect(value.require("optimizer.sigma").number == 0.3)
    #expect(value.require("optimizer.population").integer == 12)
    #expect(value.require("shots").list.map(\.integer) == [5, 10])
    #expect(value.require("log.every").integer == 1)
    #expect(value["optimizer.decay"] == nil)
    #expect(value.require("tau").place.line == 3)
    let canonical = """
      {"fast":false,"log":{"every":1},"optimizer":{"name":"cma-es","population":12,"sigma":0.3},"schema":1,\
      "shots":[5,10],"tau":20.0}
      """
    #expect(value.json.text(sorted: true) == canonical)
  }

  @Test("everything wrong is reported at once, with path, place, value and nearest name")
  func all() throws {
    let text = "schema: 1\ntau: 1\noptimizer:\n    name: cma\n    sigma: -1\n    popultion: 3\n"
    #expect(
      try messages(text) == """
        e.yaml:4:11: error: optimizer.name must be cma-es, random or grid, not "cma" (did you mean "cma-es"?)
           4 |     name: cma
             |           ^~~
        e.yaml:5:12: error: optimizer.sigma must be greater than 0 (got -1)
           5 |     sigma: -1
             |            ^~
        e.yaml:6:5: error: unknown key "popultion" in optimizer (did you mean "population"?)
           6 |     popultion: 3
             |     ^~~~~~~~~
        """)
  }

  @Test(
    "each kind says what it wants",
    arguments: [
      ("title: 5", "title must be text; put it in quotes (got 5)"),
      ("title: [a]", "title must be text (got a list)"),
      ("title:", "title must be text (got nothing)"),
      ("shots: [1, 0]", "shots[1] must be at least 1 (got 0)"),
      ("shots: [1, x]", "shots[1] must be an integer (got \"x\")"),
      ("shots: []", "shots must have at least 1 value (got 0)"),
      ("shots: [1, 1, 1, 1]", "shots must have at most 3 values (got 4)"),
      ("shots: 3", "shots must be a list (got 3)"),
      ("range: [1, 1]", "range must go up (got [1, 1])"),
      ("range: [1]", "range must be a list of two numbers (got a list)"),
      ("range: [1, .nan]", "range[1] must be finite (got .nan)"),
      ("fast: 1", "fast must be true or false (got 1)"),
      ("scale: lgo", "scale must be log or a number (got \"lgo\") (did you mean \"log\"?)"),
      ("scale: 0", "scale must be greater than 0 (got 0)"),
      ("rates: {}", "rates must have at least 1 entries (got 0)"),
      ("rates: {a-b: 1}", "a name in rates must be a letter, then letters, digits and _ (got \"a-b\")"),
      ("rates: {a: 1.5}", "rates.a must be at most 1 (got 1.5)"),
      ("keep: 0.5", "only one of tau, keep is allowed"),
      ("task: {family: idx}", "missing key \"folder\" in task"),
      ("task: {family: digit}", "task.family must be digits or idx, not \"digit\" (did you mean \"digits\"?)"),
      ("task: {}", "missing key \"family\" in task"),
      ("task: {family: digits, folder: x}", "unknown key \"folder\" in task"),
      ("log: 3", "log must be a mapping (got 3)"),
      ("sheme: 1", "unknown key \"sheme\""),
    ])
  func kinds(line: String, message: String) throws {
    let found = try messages(good + line + "\n")
    let first = String(found.prefix { $0 != "\n" })
    #expect(first.hasSuffix(": error: " + message), "\(first)")
  }

  @Test("a version other than the table's and a missing version are refused")
  func version() throws {
    #expect(try messages("schema: 2\noptimizer: {name: grid}\ntau: 1\n").contains("schema must be 1 (got 2)"))
    #expect(try messages("optimizer: {name: grid}\ntau: 1\n").contains("e.yaml:1:1: error: missing key \"schema\""))
    #expect(try messages("schema: 1\noptimizer: {name: grid}\n").contains("one of tau, keep is needed"))
  }

  @Test("the table writes JSON Schema 2020-12")
  func jsonSchema() {
    let text = table.jsonSchema.text()
    #expect(text.hasPrefix("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"Experiment\""))
    #expect(
      text.contains(
        "\"sigma\":{\"description\":\"First step.\",\"type\":\"number\",\"exclusiveMinimum\":0.0,\"default\":0.3}"))
    #expect(text.contains("\"allOf\":[{\"oneOf\":[{\"required\":[\"tau\"]},{\"required\":[\"keep\"]}]}]"))
    #expect(text.contains("\"required\":[\"schema\",\"optimizer\"]"))
  }

  @Test("numbers are written so that JSON, YAML 1.1 and Python read them as numbers")
  func numbers() {
    #expect(
      [1e-3, 0.25, 20, 2.5e7, 1e16, -3e-5, 0, 999_999, 1e-300, 123_456_789.125].map(numberText) == [
        "1.0e-3", "0.25", "20.0", "2.5e+7", "1.0e+16", "-3.0e-5", "0.0", "999999.0", "1.0e-300", "1.23456789125e+8",
      ])
    #expect(Double(numberText(.leastNonzeroMagnitude)) == .leastNonzeroMagnitude)
    #expect(Double(numberText(.greatestFiniteMagnitude)) == .greatestFiniteMagnitude)
    #expect(JSON.list([.number(.nan), .text("a\"\u{1}\n")]).text() == "[null,\"a\\\"\\u0001\\n\"]")
  }
}

@Suite("Overrides")
struct OverrideTests {
  private func read(_ overrides: String...) throws -> PageValue {
    var page = try Page.parse(text: good, file: "e.yaml")
    for override in overrides { page = try page.setting(override) }
    return try table.read(page)
  }

  @Test("a value is put into the tree before it is validated")
  func set() throws {
    let value = try read("optimizer.sigma=1e-3", "log.every=2", "shots=[7]", "shots.0=8", "tau=3")
    #expect(value.require("optimizer.sigma").number == 1e-3)
    #expect(value.require("log.every").integer == 2)
    #expect(value.require("shots").list.map(\.integer) == [8])
    #expect(value.require("tau").number == 3)
  }

  @Test(
    "what is wrong is shown in the override itself",
    arguments: [
      (
        "optimizer.sigma=-1",
        "--set:1:17: error: optimizer.sigma must be greater than 0 (got -1)\n"
          + "   1 | optimizer.sigma=-1\n     |                 ^~"
      ),
      (
        "optimizer.sgma=1",
        "--set:1:1: error: unknown key \"sgma\" in optimizer (did you mean \"sigma\"?)\n"
          + "   1 | optimizer.sgma=1\n     | ^~~~~~~~~~~~~~"
      ),
      ("sigma", "--set:1:1: error: an override is written path.to.key=value (got \"sigma\")\n   1 | sigma\n     | ^"),
      ("a..b=1", "--set:1:1: error: \"a..b\" is not a path of keys with dots between them\n   1 | a..b=1\n     | ^~~~"),
      ("tau.x=1", "--set:1:1: error: there is no \"x\" inside a single value (20)\n   1 | tau.x=1\n     | ^~~~~"),
      ("tau=", "--set:1:1: error: tau must be a number (got nothing)\n   1 | tau=\n     | ^~~"),
    ])
  func wrong(override: String, message: String) throws {
    let found = #expect(throws: Diagnostics.self) { try read(override) }
    #expect(found?.description == message)
  }
}
