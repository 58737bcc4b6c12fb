import Experiments
import Foundation
import Networks
import Pages
import Search
import TestSupport
import Testing

/// A page that is wrong in one place, and everything that is said about it.
struct BadPage: CustomTestStringConvertible {
  /// Lines after `schema: 1` and `experiment: x`, or the whole page when it begins with `schema`.
  var lines: String
  /// The messages, one a line, without file and place.
  var messages: String

  var text: String {
    lines.contains("experiment:") || lines.contains("schema:") ? lines : "schema: 1\nexperiment: x\n" + lines
  }
  var testDescription: String { lines }

  init(_ lines: String, _ messages: String) {
    self.lines = lines
    self.messages = messages
  }
}

@Suite("Experiment pages")
struct ExperimentPageTests {
  static let folder = packageRoot.appendingPathComponent("experiments")
  static let shipped = try! FileManager.default.contentsOfDirectory(atPath: folder.path)
    .filter { $0.hasSuffix(".yaml") && !$0.hasSuffix("-grid.yaml") }.sorted()
    .filter { !(try! String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)).contains("\ntraining: ") }

  @Test("every shipped page reads, and is named after its experiment", arguments: shipped)
  func shippedPages(_ name: String) throws {
    let resolved = try ResolvedExperiment.load(Self.folder.appendingPathComponent(name).path)
    #expect(resolved.experiment.name + ".yaml" == name)
    #expect(resolved.text.hasPrefix("# yaml-language-server: $schema=experiment.schema.json\n"))
  }

  @Test("the reference page says S5, and so do the defaults")
  func reference() throws {
    let page = try ResolvedExperiment.load(Self.folder.appendingPathComponent("fashion-5way-50shot.yaml").path)
    let bare = try ResolvedExperiment.read(text: "schema: 1\nexperiment: x\n", file: "x.yaml")
    #expect(page.experiment.network == NetworkParameters())
    #expect(bare.experiment.network == NetworkParameters())
    #expect(page.experiment.encoder == .bernoulli(rate: 0.5) && bare.experiment.encoder == .bernoulli(rate: 0.5))
    #expect(page.experiment.task == bare.experiment.task)
    #expect(page.experiment.worstLoss == 5)
    var expected = Experiment(name: "x")
    expected.about = bare.experiment.about
    #expect(bare.experiment == expected)
  }

  @Test("the resolved page, read as a page, is the same experiment", arguments: shipped)
  func canonical(_ name: String) throws {
    let resolved = try ResolvedExperiment.load(Self.folder.appendingPathComponent(name).path)
    let again = try ResolvedExperiment.read(text: resolved.canonical, file: "resolved")
    #expect(again.experiment == resolved.experiment)
    #expect(again.canonical == resolved.canonical)
  }

  @Test("overrides come after the page, the last one wins, and the resolved page shows them")
  func overrides() throws {
    let resolved = try ResolvedExperiment.read(
      text: "schema: 1\nexperiment: x\noptimizer: {sigma: 0.5}\n", file: "x.yaml",
      overrides: ["optimizer.sigma=0.2", "network.hidden=[3, 4]", "seed=7", "seed=8", "network.surrogate.slope=3"])
    #expect(resolved.experiment.optimizer.sigma == 0.2)
    #expect(resolved.experiment.network.hidden == [3, 4])
    #expect(resolved.experiment.network.surrogate == .fastSigmoid(slope: 3))
    #expect(resolved.experiment.seed == 8)
    #expect(resolved.canonical.contains("\"seed\":8"))
  }

  @Test("a descent has 600 generations of one episode and one candidate unless the page says otherwise")
  func descent() throws {
    func read(_ lines: String, _ overrides: String...) throws -> Experiment.SearchChoice {
      try ResolvedExperiment.read(
        text: "schema: 1\nexperiment: x\noptimizer: {\(lines)}\n", file: "x.yaml", overrides: overrides
      ).experiment.optimizer
    }
    let bare = try read("kind: meta-gradient, parsimony: 2, hurdle: {after: 1}")
    #expect(bare.followsGradient && bare.generations == 600 && bare.episodes == 1 && bare.population == 1)
    #expect(bare.parsimony == 0 && bare.hurdle.after == 0 && bare.start == [:])
    #expect(bare.descent == DescentSettings() && bare.descent.learningRate == 1e-3 && bare.descent.clip == nil)
    #expect(try read("sigma: 1", "optimizer.kind=meta-gradient").generations == 600)
    #expect(try read("kind: meta-gradient, episodes: 4", "optimizer.generations=7").generations == 7)
    let full = try read(
      "kind: meta-gradient, learning_rate: 0.1, beta1: 0.8, beta2: 0.9, clip: 2, restart_every: 5, restart_factor: 2, "
        + "start: {eta: 1.0e-3, oja: -1}")
    #expect(full.descent.learningRate == 0.1 && full.descent.beta1 == 0.8 && full.descent.beta2 == 0.9)
    #expect(full.descent.clip == 2 && full.descent.restartEvery == 5 && full.descent.restartFactor == 2)
    #expect(full.start == ["eta": 1e-3, "oja": -1])
    #expect(try read("generations: 3").followsGradient == false)
  }

  @Test("start values belong to coefficients of the rule and lie in their ranges; everything else is said at its place")
  func starts() throws {
    func complaint(_ starts: String) throws -> String? {
      let resolved = try ResolvedExperiment.read(
        text: "schema: 1\nexperiment: x\noptimizer:\n  start: {\(starts)}\n", file: "x.yaml")
      do {
        try resolved.check(SmallPlan.searched)
        return nil
      } catch {
        return error.all.map { "\($0.line):\($0.column) \($0.message)" }.joined(separator: "\n")
      }
    }
    #expect(try complaint("eta: 1.0e-3, hebb: 0") == nil)
    #expect(
      try complaint("hebbb: 1, eta: 2, hebb: -1") == """
        4:11 rule searched has no coefficient "hebbb" (did you mean "hebb"?)
        4:26 optimizer.start.eta must lie between 1.0e-5 and 1.0, the range that rule searched gives it (got 2.0)
        """)
    #expect(try complaint("zeal: 1") == "4:11 rule searched has no coefficient \"zeal\"; it has eta, hebb")
  }

  @Test("a page extends another by one level: keys merge, lists and single values replace")
  func extends() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("extends-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func write(_ name: String, _ text: String) throws -> String {
      let url = folder.appendingPathComponent(name)
      try text.write(to: url, atomically: true, encoding: .utf8)
      return url.path
    }
    _ = try write("base.yaml", "schema: 1\nexperiment: base\nnetwork: {hidden: [5, 6], steps: 9}\nseed: 3\n")
    let top = try write(
      "top.yaml", "schema: 1\nextends: base.yaml\nexperiment: top\nnetwork: {hidden: [7]}\n")
    let deep = try write("deep.yaml", "schema: 1\nextends: top.yaml\nexperiment: deep\n")
    let lost = try write("lost.yaml", "schema: 1\nextends: none.yaml\nexperiment: lost\n")

    let resolved = try ResolvedExperiment.load(top)
    #expect(resolved.experiment.name == "top")
    #expect(resolved.experiment.network.hidden == [7])
    #expect(resolved.experiment.network.steps == 9)
    #expect(resolved.experiment.seed == 3)
    #expect(!resolved.canonical.contains("extends"))
    #expect(messages(deep) == "a page that is extended cannot extend another one (\(deep) extends this one)")
    #expect(messages(lost) == "cannot extend \(folder.path)/none.yaml: no such file")
  }

  private func messages(_ path: String) -> String? {
    do {
      _ = try ResolvedExperiment.load(path)
      return nil
    } catch {
      return (error as? Diagnostics)?.all.map(\.message).joined(separator: "\n") ?? "\(error)"
    }
  }

  @Test("what is wrong is said with its place", arguments: BadPage.all)
  func bad(_ page: BadPage) throws {
    do {
      _ = try ResolvedExperiment.read(text: page.text, file: "x.yaml")
      Issue.record("the page was read")
    } catch let found as Diagnostics {
      #expect(found.all.map(\.message).joined(separator: "\n") == page.messages)
      for one in found.all { #expect(one.file == "x.yaml" && one.source != nil) }
    }
  }

  @Test("every key of the table has an example that it refuses")
  func coverage() {
    var missing = paths(ExperimentPage.schema.keys, "")
    for message in BadPage.all.map(\.messages) {
      missing.removeAll { message.hasPrefix($0 + " ") || message.hasPrefix($0 + "[") }
    }
    #expect(missing == [])
  }

  private func paths(_ keys: PageKeys, _ prefix: String) -> [String] {
    keys.keys.flatMap { key -> [String] in
      let path = prefix + key.name
      switch key.kind {
      case .mapping(let inner): return [path] + paths(inner, path + ".")
      case .variant(let by, _, let cases):
        return [path, "\(path).\(by)"] + cases.flatMap { paths($0.keys, path + ".") }
      default: return [path]
      }
    }
  }

  @Test("a diagnostic shows the line and points at the place")
  func whole() throws {
    do {
      _ = try ResolvedExperiment.read(
        text: "schema: 1\nexperiment: x\noptimizer:\n  sigma: -1\n  popultion: 3\n", file: "experiments/x.yaml")
      Issue.record("the page was read")
    } catch let found as Diagnostics {
      #expect(
        found.description == """
          experiments/x.yaml:4:10: error: optimizer.sigma must be at least 1.0e-6 (got -1)
             4 |   sigma: -1
               |          ^~
          experiments/x.yaml:5:3: error: unknown key "popultion" in optimizer (did you mean "population"?)
             5 |   popultion: 3
               |   ^~~~~~~~~
          """)
    }
  }

  @Test("the shipped JSON Schema is the one the table makes")
  func schemaIsCurrent() throws {
    let shipped = try String(contentsOf: Self.folder.appendingPathComponent("experiment.schema.json"), encoding: .utf8)
    #expect(
      shipped == ExperimentPage.schema.jsonSchema.text(indent: 2) + "\n",
      "run: metaplast config schema experiment > experiments/experiment.schema.json")
  }
}
