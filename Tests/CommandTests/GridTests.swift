import Experiments
import Foundation
import Records
import TestSupport
import Testing

@Suite("Evaluation over grids")
struct GridTests {
  let workshop: Workshop
  let page: String

  init() throws {
    workshop = try Workshop()
    _ = try workshop.write(
      "tiny.yaml",
      """
      schema: 1
      experiment: tiny
      network: {hidden: [12], steps: 5}
      task: {data: gaussian-prototypes, ways: 3, shots: 4, query: 4}
      test: {episodes: 3}

      """)
    page = try workshop.write(
      "transfer.yaml",
      """
      schema: 1
      grid: transfer
      experiment: tiny
      rules: [feedback-alignment, {rule: backprop, name: strong, coefficients: {eta: 0.02}}, pair-stdp]
      vary:
        - axis: kind
          values:
            flat: {network.hidden: [12]}
            deep: {network.hidden: [12, 8], task.ways: 2}
            rate: {network.neuron: tanh, network.steps: 1}
        - {key: task.shots, values: [1, 6]}
        - {key: seed, values: [1, 2]}

      """)
  }

  private func evaluate(_ name: String, _ more: String...) throws -> Outcome {
    try Tool.run(["evaluate", "--grid", page, "--out", workshop.path(name), "-q"] + more)
  }

  private func differences(_ a: String, _ b: String) throws -> [String] {
    try RecordDiff.diff(workshop.path(a), workshop.path(b)).map(\.description)
  }

  @Test("a grid's record says what every task, seed and failure is, and keeps the schema")
  func record() throws {
    let end = try evaluate("a.h5", "--json")
    #expect(end.code == 0, "\(end.err)")
    #expect(try RecordCheck.check(workshop.path("a.h5")).map(\.description) == [])
    let record = try RunRecord.open(workshop.path("a.h5"))
    let table = try #require(try record.evaluation())
    #expect(table.rules == ["feedback-alignment", "strong", "pair-stdp", "nearest-class-mean", "ridge"])
    #expect(
      table.tasks == ["flat", "deep", "rate"].map { "gaussian-prototypes, kind \($0)" } && table.shots == [1, 6])
    #expect(table.runSeeds == [1, 1, 1, 2, 2, 2] && table.episodes == [0, 1, 2, 0, 1, 2])
    #expect(table.seeds == Array(0..<6) && table.steps == [2, 3, 12, 18])
    let facts = try #require(table.taskFacts)
    #expect(facts.map(\.neuron) == ["lif", "lif", "tanh"] && facts.map(\.hidden) == ["12", "12 8", "12"])
    #expect(facts.map(\.ways) == [3, 2, 3] && table.outputs == [3, 2, 3])
    #expect(table.axes == ["kind"] && table.axisValues == ["flat", "deep", "rate"])
    // The rule that reads spikes fails in the rate network alone.
    for (run, status) in table.status.enumerated() {
      let (rule, task) = (run / (3 * 2 * 6), run / (2 * 6) % 3)
      #expect((status == .failed) == (rule == 2 && task == 2))
    }
    let reasons = try #require(table.reasons).enumerated().filter { !$0.element.isEmpty }
    #expect(reasons.map(\.offset) == [16, 17])
    #expect(reasons.allSatisfy { $0.element.contains("reads the spikes") })
    // A run that sees fewer examples has nothing at the later steps.
    #expect(table.accuracy[0..<4].map(\.isNaN) == [true, false, true, true])
    let cells = end.objects.filter { $0["event"] as? String == "cell" }
    #expect(cells.count == 12 && end.event("result")?["failed_rows"] as? Int == 2)
    #expect(try record.rules()[1].expression.contains("0.02"))
  }

  @Test("Holm's correction of a grid is for all its tests, and the numbers are those of cells evaluated alone")
  func findings() throws {
    #expect(try evaluate("a.h5", "--csv", workshop.path("a.csv")).code == 0)
    let found = try #require(try RunRecord.open(workshop.path("a.h5")).findings())
    let p = try #require(found.measures[.p]).filter { !$0.isNaN }.sorted()
    // Four rows beside the baseline in six cells, but the failed one in two.
    #expect(p.count == 4 * 6 - 2)
    let adjusted = try #require(found.measures[.adjustedP]).filter { !$0.isNaN }
    #expect(abs(adjusted.min()! - min(1, p[0] * Double(p.count))) < 1e-12)
    let alone = try Tool.run(
      "evaluate", "feedback-alignment", "pair-stdp", "--experiment", workshop.path("tiny.yaml"), "--set",
      "task.shots=6", "--seed", "1", "--no-baselines", "--out", workshop.path("b.h5"), "-q")
    #expect(alone.code == 0, "\(alone.err)")
    let (whole, cell) = (
      try #require(try RunRecord.open(workshop.path("a.h5")).evaluation()),
      try #require(try RunRecord.open(workshop.path("b.h5")).evaluation())
    )
    for episode in 0..<3 {
      let run = whole.index(rule: 0, task: 0, shot: 1, seed: episode)
      #expect(whole.accuracy[run * 4 + 3] == cell.accuracy[episode])
      #expect(whole.loss[run * 4 + 3] == cell.loss[episode])
    }
    let lines = try workshop.text("a.csv").split(separator: "\n")
    #expect(lines.count == 1 + 5 * 6)
    #expect(lines[0].hasPrefix("rule,task,shots,data,ways,queries,neuron,hidden,credit,kind,status,reason,episodes"))
    #expect(lines.count { $0.contains(",failed,") } == 2)
  }

  @Test("shards merge to the record of the whole, in any order, whoever did them")
  func shards() throws {
    #expect(try evaluate("whole.h5", "--workers", "2").code == 0)
    for k in 1...3 { #expect(try evaluate("\(k).h5", "--shard", "\(k)/3", "--workers", "\(k)").code == 0) }
    let names = [3, 1, 2].map { workshop.path("\($0).h5") }
    let merged = try Tool.run(["log", "merge"] + names + ["-o", workshop.path("all.h5")])
    #expect(merged.code == 0, "\(merged.err)")
    #expect(try differences("whole.h5", "all.h5") == [])
    #expect(try RecordCheck.check(workshop.path("all.h5")).map(\.description) == [])
    #expect(try RunRecord.open(workshop.path("all.h5")).sessions().count == 3)
    // What is missing can be done afterwards; what is there twice does no harm.
    let part = try Tool.run(["log", "merge", names[0], names[1], names[1], "-o", workshop.path("part.h5")])
    #expect(part.code == 0 && part.err.contains("8 of 12 cells"), "\(part.err)")
    #expect(try Tool.run("evaluate", "--resume", workshop.path("part.h5"), "-q").code == 0)
    #expect(try differences("whole.h5", "part.h5") == [])
  }

  @Test("records that do not belong together are not merged")
  func strangers() throws {
    #expect(try evaluate("1.h5", "--shard", "1/6").code == 0)
    #expect(try evaluate("2.h5", "--shard", "2/6", "--episodes", "4").code == 0)
    let other = try Tool.run("log", "merge", workshop.path("1.h5"), workshop.path("2.h5"), "-o", workshop.path("x.h5"))
    #expect(other.code == 65 && other.err.contains("2.h5: is of another grid than"), "\(other.err)")
    #expect(!workshop.exists("x.h5"))
    // A cell done twice that came out differently.
    let record = try RunRecord.resume(workshop.path("1.h5"))
    var table = try #require(try record.evaluation())
    let run = try #require(table.status.firstIndex(of: .ok))
    let step = try #require((run * 4..<run * 4 + 4).first { !table.accuracy[$0].isNaN })
    table.accuracy[step] += 0.125
    try record.setEvaluation(table)
    try record.publish(to: workshop.path("forged.h5"))
    let forged = try Tool.run(
      "log", "merge", workshop.path("1.h5"), workshop.path("forged.h5"), "-o", workshop.path("x.h5"))
    #expect(forged.code == 65 && forged.err.contains("in a cell that was done twice"), "\(forged.err)")
    let plain = try Tool.run(
      "evaluate", "oja", "--experiment", workshop.path("tiny.yaml"), "--out", workshop.path("plain.h5"), "-q")
    #expect(plain.code == 0)
    let none = try Tool.run("log", "merge", workshop.path("plain.h5"), "-o", workshop.path("x.h5"))
    #expect(none.code == 65 && none.err.contains("plain.h5: holds no grid of evaluations"), "\(none.err)")
  }

  @Test("stopped after every cell and resumed each time, it equals the uninterrupted run")
  func resumed() throws {
    #expect(try evaluate("whole.h5", "--csv", workshop.path("whole.csv")).code == 0)
    var code = try evaluate("pieces.h5", "--max-steps", "1").code
    var sessions = 1
    while code == 75 && sessions < 20 {
      let more = sessions == 11 ? ["--csv", workshop.path("pieces.csv")] : []
      code =
        try Tool.run(
          ["evaluate", "--resume", workshop.path("pieces.h5"), "--max-steps", "1", "-q", "--workers"]
            + ["\(sessions % 2 + 1)"] + more
        ).code
      sessions += 1
    }
    #expect(code == 0 && sessions == 12)
    #expect(try differences("whole.h5", "pieces.h5") == [])
    #expect(try workshop.text("whole.csv") == workshop.text("pieces.csv"))
    // A finished record is shown again and stays as it is.
    let before = try Data(contentsOf: workshop.folder.appendingPathComponent("pieces.h5"))
    #expect(try Tool.run("evaluate", "--resume", workshop.path("pieces.h5"), "-q").code == 0)
    #expect(before == (try Data(contentsOf: workshop.folder.appendingPathComponent("pieces.h5"))))
  }

  @Test("killed or interrupted at some moment, the record opens and the end is the same")
  func killed() throws {
    let long = ["--episodes", "12", "--publish-interval", "0.001"]
    #expect(try Tool.run(["evaluate", "--grid", page, "--out", workshop.path("whole.h5"), "-q"] + long).code == 0)
    for (name, signal) in [("killed.h5", SIGKILL), ("interrupted.h5", SIGINT)] {
      let running = try Tool.start(
        ["evaluate", "--grid", page, "--out", workshop.path(name), "-q", "--json"] + long)
      #expect(running.wait(for: "\"publish\"", times: 3))
      running.send(signal)
      let end = running.finish()
      #expect(end.code == (signal == SIGKILL ? -SIGKILL : 130) || end.event("result") != nil, "\(end.err)")
      #expect(try RecordCheck.check(workshop.path(name)).map(\.description) == [])
      let table = try #require(try RunRecord.open(workshop.path(name)).evaluation())
      #expect(table.status.contains { $0 == .ok })
      let more = try Tool.run("evaluate", "--resume", workshop.path(name), "-q")
      #expect(more.code == 0, "\(more.err)")
      #expect(try differences("whole.h5", name) == [])
    }
  }

  @Test("--vary makes the same cells as a page, and names its record after the experiment")
  func vary() throws {
    let end = try Tool.run(
      [
        "evaluate", "feedback-alignment", "pair-stdp", "--experiment", workshop.path("tiny.yaml"), "--vary",
        "network.hidden=[12],[12, 8]", "--vary", "credit=random,direct", "--vary", "task.shots=1,2", "--no-baselines",
        "--baseline", "pair-stdp",
      ], folder: workshop.folder.path)
    #expect(end.code == 0, "\(end.err)")
    let table = try #require(try RunRecord.open(workshop.path("runs/tiny-1.h5")).evaluation())
    #expect(
      table.tasks == [
        "gaussian-prototypes, hidden 12, credit random", "gaussian-prototypes, hidden 12, credit direct",
        "gaussian-prototypes, hidden 12-8, credit random", "gaussian-prototypes, hidden 12-8, credit direct",
      ])
    #expect(table.axes == ["network.hidden", "credit"] && table.shots == [1, 2] && table.seeds == [0, 1, 2])
    #expect(end.out.contains("less pair-stdp, on the same episodes"))
    let file = workshop.path("runs/tiny-1.h5")
    let again = try Tool.run(
      "evaluate", "oja", "--experiment", workshop.path("tiny.yaml"), "--vary", "seed=1,2", "--out", file)
    #expect(again.code == 73 && again.err.contains("--force"), "\(again.err)")
    let forced = try Tool.run(
      "evaluate", "oja", "--experiment", workshop.path("tiny.yaml"), "--vary", "seed=1,2", "--out", file, "--force")
    #expect(forced.code == 0)
    #expect(try RunRecord.open(file).evaluation()?.runSeeds == [1, 1, 1, 2, 2, 2])
  }

  @Test("missing data and coefficients for another depth are failed rows; when nothing works the exit code says so")
  func failures() throws {
    let layered = try workshop.write(
      "layered.yaml",
      "schema: 1\nrule: layered\nsource: none\ncoefficients: {a: {start: 0.01, range: [-1, 1], scale: 0.1, per: layer}}\n"
        + "dw: \"-a*e_post*y_pre\"\n")
    let found = try Tool.run(
      "discover", workshop.path("tiny.yaml"), "--set", "rule=\(layered)", "--set", "optimizer.generations=1", "--set",
      "baselines.generations=0", "--set", "selection.episodes=2", "--out", workshop.path("run.h5"), "--no-report", "-q")
    #expect(found.code == 0, "\(found.err)")
    let empty = ["METAPLAST_DATA": workshop.folder.path]
    let end = try Tool.run(
      [
        "evaluate", "feedback-alignment", workshop.path("run.h5"), "--experiment", workshop.path("tiny.yaml"), "--vary",
        "task.data=gaussian-prototypes,emnist", "--vary", "network.hidden=[12],[8, 8]", "--out", workshop.path("a.h5"),
      ], environment: empty)
    #expect(end.code == 0, "\(end.err)")
    let table = try #require(try RunRecord.open(workshop.path("a.h5")).evaluation())
    let reasons = try #require(table.reasons)
    #expect(reasons[4...5].map(\.isEmpty) == [true, false])
    #expect(reasons[5].contains("run has 2 coefficients, and this experiment's network needs 3"))
    for rule in 0..<4 { #expect(reasons[rule * 4 + 2].contains("emnist: no data found")) }
    let nothing = try Tool.run(
      [
        "evaluate", "feedback-alignment", "--experiment", workshop.path("tiny.yaml"), "--set", "task.data=emnist",
        "--vary", "seed=1,2", "--out", workshop.path("b.h5"),
      ], environment: empty)
    #expect(nothing.code == 65 && nothing.err.contains("no cell could be done: emnist: no data found"))
  }
}
