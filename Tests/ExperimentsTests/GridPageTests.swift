import Experiments
import Foundation
import Pages
import TestSupport
import Testing

@Suite("Pages of grids")
struct GridPageTests {
  static let folder = packageRoot.appendingPathComponent("experiments")

  /// A grid whose experiment is a part of the page, with lines in place of `vary` or after it.
  private func grid(_ lines: String, rules: String = "[oja]") -> String {
    "schema: 1\ngrid: g\nexperiment: {schema: 1, experiment: x, network: {hidden: [5]}, test: {episodes: 7}}\n"
      + "rules: \(rules)\n" + lines
  }

  @Test("the shipped grid reads, and its schema is that of the table")
  func shipped() throws {
    let grid = try Grid.load(Self.folder.appendingPathComponent("quick-grid.yaml").path).grid
    #expect(try GridLayout(grid).cells.count == 8)
    let schema = try String(contentsOf: Self.folder.appendingPathComponent("grid.schema.json"), encoding: .utf8)
    #expect(
      schema == GridPage.schema.jsonSchema.text(indent: 2) + "\n",
      "run: metaplast config schema grid > experiments/grid.schema.json")
  }

  @Test("cells are the cross product, task by task, shots within tasks and seeds within shots")
  func order() throws {
    let layout = try GridLayout(
      Grid.read(
        text: grid(
          "vary:\n  - {key: seed, values: [7, 8]}\n  - {key: task.shots, values: [2, 1]}\n"
            + "  - {key: network.neuron, values: [lif, adaptive-lif]}\n  - {key: credit, values: [random, direct]}\n"),
        file: "g.yaml"))
    #expect(layout.cells.count == 16 && layout.cells.map(\.number) == Array(0..<16))
    #expect(layout.shots == [2, 1] && layout.seeds == [7, 8] && layout.episodes == 7)
    #expect(
      layout.tasks.map(\.values) == [
        ["lif", "random"], ["lif", "direct"], ["adaptive-lif", "random"], ["adaptive-lif", "direct"],
      ])
    let cell = layout.cells[7]
    #expect(cell.experiment.credit == "direct" && cell.experiment.network.neuron == "lif")
    #expect(cell.experiment.task.shape.shots == 1 && cell.experiment.seed == 8)
    let shards = (1...3).map { layout.cells(ofShard: $0, of: 3).map(\.number) }
    #expect(shards[1] == [1, 4, 7, 10, 13] && shards.flatMap { $0 }.sorted() == Array(0..<16))
  }

  @Test("a grid that a record keeps is the same grid")
  func stored() throws {
    let first = try Grid.read(
      text: grid(
        "set: {seed: 5}\nepisodes: 3\nvary:\n  - {key: network.hidden, values: [[9], []]}\n"
          + "  - {axis: b, values: {\"20\": {task.ways: 3}, \"5\": {task: {data: digits, ways: 2}}}}\n"),
      file: "g.yaml")
    let again = try Grid(stored: first.json.text(sorted: true), file: "record")
    #expect(again.json.text(sorted: true) == first.json.text(sorted: true))
    let layouts = (try GridLayout(first), try GridLayout(again))
    #expect(layouts.0.cells.map(\.experiment) == layouts.1.cells.map(\.experiment))
    #expect(
      layouts.0.tasks.map(\.label) == [
        "fashion-mnist, hidden 9, b 20", "digits, hidden 9, b 5", "fashion-mnist, hidden none, b 20",
        "digits, hidden none, b 5",
      ])
    #expect(layouts.0.cells.allSatisfy { $0.experiment.seed == 5 })
  }

  @Test(
    "everything that is wrong with a page is said where it stands",
    arguments: [
      ("varie: []", "g.yaml:5:1: error: unknown key \"varie\" (did you mean \"vary\"?)"),
      ("vary: [{key: task.shots, values: [0]}]", "g.yaml:5:35: error: task.shots must be at least 1 (got 0)"),
      (
        "vary: [{key: task.shotz, values: [1]}]",
        "g.yaml:5:14: error: unknown key \"shotz\" in task (did you mean \"shots\"?)"
      ),
      ("vary: [{key: credit, values: random}]", "vary[0].values must be a list of values, or sets of keys"),
      ("vary: [{key: credit, values: []}]", "vary[0].values must have at least 1 value (got 0)"),
      ("vary: [{values: [1]}]", "one of key, axis is needed in vary[0]"),
      ("vary: [{axis: a, values: [1]}]", "vary[0].values must be sets of keys by their labels, for axis names no key"),
      (
        "vary: [{key: seed, values: {a: {seed: 1}}}]", "vary[0].values must be a list, for key names one key"
      ),
      ("vary: [{key: seed, values: [1, 1]}]", "g.yaml:5:32: error: seed has the value 1 twice"),
      (
        "vary: [{key: seed, values: [1]}, {key: seed, values: [2]}]", "g.yaml:5:40: error: \"seed\" varies twice"
      ),
      (
        "vary: [{axis: a, values: {b: {task.shots: 1}}}]",
        "task.shots varies on an axis of its own: {key: task.shots, values: […]}"
      ),
      (
        "vary: [{key: task, values: [{shots: 1}, {shots: 2}]}]",
        "task.shots varies on an axis of its own: {key: task.shots, values: […]}"
      ),
      ("vary: [{key: a b, values: [1]}]", "vary[0].key must be a name of keys with dots between them"),
      ("split: tests", "split must be search, selection or test, not \"tests\" (did you mean \"test\"?)"),
      ("episodes: 1", "episodes must be at least 2 (got 1)"),
      ("set: {network.leak: 2}", "g.yaml:5:21: error: network.leak must be at most 1 (got 2)"),
    ])
  func wrong(_ lines: String, _ message: String) throws {
    let found = #expect(throws: Diagnostics.self) {
      _ = try GridLayout(Grid.read(text: grid(lines + "\n"), file: "g.yaml"))
    }
    #expect(found?.description.contains(message) == true, "\(found?.description ?? "nothing")")
  }

  @Test("rules of a page have names of their own, and coefficients that they have")
  func rules() throws {
    let twice = #expect(throws: Diagnostics.self) {
      try Grid.read(text: grid("", rules: "[{rule: oja, name: a}, {rule: bcm, name: a}]"), file: "g.yaml")
    }
    #expect(twice?.description.contains("two rules are called \"a\"") == true)
    let lost = #expect(throws: Diagnostics.self) {
      try Grid.read(text: "schema: 1\ngrid: g\nexperiment: quik\nrules: [oja]\n", file: Self.folder.path + "/g.yaml")
    }
    #expect(lost?.description.contains("no experiment \"quik\" beside this page (did you mean \"quick\"?)") == true)
    let page = try Page.parse(text: "eta: 1", file: "g.yaml")
    let loaded = try LoadedRule.load(packageRoot.appendingPathComponent("rules/backprop.yaml").path)
    let rule = GridRule(name: "backprop", rule: loaded.rule, text: loaded.text, path: loaded.path)
    #expect(try rule.with(["eta": 0.25], at: page.root.place).rule.coefficients[0].start == 0.25)
    let none = #expect(throws: Diagnostics.self) { try rule.with(["etta": 0.5], at: page.root.place) }
    #expect(none?.description.contains("rule backprop has no coefficient \"etta\" (did you mean \"eta\"?)") == true)
    let far = #expect(throws: Diagnostics.self) { try rule.with(["eta": 99], at: page.root.place) }
    #expect(far?.description.contains("coefficient eta must lie between") == true)
  }
}
