import Arithmetic
import Experiments
import Foundation
import Records
import TestSupport
import Testing

@Suite("Repeatability")
struct RepeatabilityTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private func discover(_ name: String, _ more: String...) throws -> Outcome {
    try Tool.run(["discover", Tool.quick, "--out", workshop.path(name), "--no-report", "-q"] + more)
  }

  private func resume(_ name: String, _ more: String...) throws -> Outcome {
    try Tool.run(["discover", "--resume", workshop.path(name), "--no-report", "-q"] + more)
  }

  private func differences(_ a: String, _ b: String) throws -> [String] {
    try RecordDiff.diff(workshop.path(a), workshop.path(b)).map(\.description)
  }

  @Test("one worker and two give records without a difference")
  func workers() throws {
    #expect(try discover("one.h5", "--workers", "1").code == 0)
    #expect(try discover("two.h5", "--workers", "2").code == 0)
    #expect(try differences("one.h5", "two.h5") == [])
    let told = try Tool.run("log", "diff", workshop.path("one.h5"), workshop.path("two.h5"))
    #expect(told.code == 0 && told.out == "no difference\n")

    #expect(try discover("other.h5", "--seed", "2").code == 0)
    let other = try Tool.run("log", "diff", workshop.path("one.h5"), workshop.path("other.h5"))
    #expect(other.code == 1)
    #expect(other.out.contains("/discovery/population"))
  }

  @Test("stopped after every single step and resumed each time, it equals the uninterrupted run")
  func everyStep() throws {
    #expect(try discover("whole.h5").code == 0)
    var code = try discover("pieces.h5", "--max-steps", "1").code
    var sessions = 1
    while code == 75 && sessions < 40 {
      code = try resume("pieces.h5", "--max-steps", "1", "--workers", "\(sessions % 3 + 1)").code
      sessions += 1
    }
    #expect(code == 0)
    // Six generations, three of each of three baselines, four choices and the test are one step each; the last session
    // has none of its own unless the test was its step.
    #expect(sessions == 6 + 3 * 3 + 4 + 1)
    #expect(try differences("whole.h5", "pieces.h5") == [])
    let record = try RunRecord.open(workshop.path("pieces.h5"))
    #expect(try record.sessions().count == sessions)
    #expect(try record.identity().status == .complete)
  }

  @Test("stopped at any generation and resumed once, it equals the uninterrupted run", arguments: 1...6)
  func everyGeneration(_ steps: Int) throws {
    #expect(try discover("whole.h5").code == 0)
    let stopped = try discover("stopped.h5", "--max-steps", "\(steps)")
    #expect(stopped.code == 75)
    #expect(stopped.err.contains("resume with: metaplast discover --resume \(workshop.path("stopped.h5"))"))
    let record = try RunRecord.open(workshop.path("stopped.h5"))
    #expect(try record.generationCount() == steps)
    #expect(try record.identity().status == .interrupted)
    #expect(try resume("stopped.h5").code == 0)
    #expect(try differences("whole.h5", "stopped.h5") == [])
  }

  @Test("with a hurdle too, any number of workers, stopped and resumed, gives the same record, and it keeps the schema")
  func hurdle() throws {
    let wide = [
      "--set", "optimizer.hurdle.after=1", "--set", "optimizer.hurdle.quantile=0.5", "--set",
      "optimizer.hurdle.margin=0.0",
    ]
    func discover(_ name: String, _ more: String...) throws -> Outcome {
      try Tool.run(["discover", Tool.quick, "--out", workshop.path(name), "--no-report", "-q"] + wide + more)
    }
    #expect(try discover("whole.h5").code == 0)
    #expect(try discover("one.h5", "--workers", "1").code == 0)
    #expect(try discover("three.h5", "--workers", "3").code == 0)
    for steps in [1, 4, 8, 12] {
      #expect(try discover("stopped\(steps).h5", "--max-steps", "\(steps)").code == 75)
      #expect(try resume("stopped\(steps).h5").code == 0)
    }
    for name in ["one.h5", "three.h5"] + [1, 4, 8, 12].map({ "stopped\($0).h5" }) {
      #expect(try differences("whole.h5", name) == [])
    }
    #expect(try RecordCheck.check(workshop.path("whole.h5")).map(\.description) == [])
    let rows = try RunRecord.open(workshop.path("whole.h5")).generations()
    let stopped = rows.flatMap { row in zip(row.status, row.measures[.episodesScored]!).filter { $1 < 3 } }
    #expect(!stopped.isEmpty && stopped.allSatisfy { $0.0 != .ok && $0.1 == 1 })
    #expect(
      rows.allSatisfy { row in zip(row.status, row.measures[.episodesScored]!).allSatisfy { $0 == .ok || $1 == 1 } })
  }

  @Test("killed at twenty random moments, the file opens each time or is not there, and the end is the same")
  func killed() throws {
    let longer = ["--set", "optimizer.generations=40", "--publish-interval", "0.01"]
    let clock = ContinuousClock()
    let began = clock.now
    #expect(
      try Tool.run(["discover", Tool.quick, "--out", workshop.path("whole.h5"), "--no-report", "-q"] + longer).code == 0
    )
    // The machine may be busy: moments are shares of the time that the whole run took.
    let duration = (clock.now - began) / .microseconds(1)
    var random = RandomStream(seed: 20, purpose: .testing)
    var opened = 0
    for _ in 0..<20 {
      let there = workshop.exists("killed.h5")
      let arguments =
        there
        ? ["discover", "--resume", workshop.path("killed.h5"), "--publish-interval", "0.01"]
        : ["discover", Tool.quick, "--out", workshop.path("killed.h5")] + longer
      let running = try Tool.start(arguments + ["--no-report", "-q"])
      usleep(UInt32(min(900_000, duration * random.uniform(in: 0.05...0.95))))
      running.send(SIGKILL)
      _ = running.finish()
      guard workshop.exists("killed.h5") else { continue }
      let record = try RunRecord.open(workshop.path("killed.h5"))
      #expect(try record.generations().count == record.generationCount())
      #expect(try RecordCheck.check(workshop.path("killed.h5")).map(\.description) == [])
      opened += 1
    }
    #expect(opened > 0)
    let last =
      workshop.exists("killed.h5")
      ? try resume("killed.h5")
      : try Tool.run(["discover", Tool.quick, "--out", workshop.path("killed.h5"), "--no-report", "-q"] + longer)
    #expect(last.code == 0, "\(last.err)")
    #expect(try differences("whole.h5", "killed.h5") == [])
  }

  @Test("a resume may extend the budget, and then equals the longer run")
  func extended() throws {
    #expect(try discover("long.h5", "--set", "optimizer.generations=8", "--set", "test.episodes=15").code == 0)
    #expect(try discover("short.h5").code == 0)
    let more = try resume("short.h5", "--set", "optimizer.generations=8", "--set", "test.episodes=15")
    #expect(more.code == 0, "\(more.err)")
    #expect(try differences("long.h5", "short.h5") == [])
  }

  @Test("a candidate that a record names is scored again to the same numbers")
  func replayed() throws {
    #expect(try discover("a.h5").code == 0)
    let record = try RunRecord.open(workshop.path("a.h5"))
    for (generation, slot) in [(0, 0), (2, 3), (5, 5)] {
      let row = try #require(try record.generation(generation))
      let again = try Tool.run(
        "evaluate", "\(workshop.path("a.h5"))#\(generation):\(slot)", "--split", "search", "--first",
        "\(generation * 3)", "--episodes", "3", "--no-baselines", "--json", "-q")
      let rows = try #require(again.event("result")?["rows"] as? [[String: Any]])
      let logged = try #require(row.measures[.taskScore])
      let penalty = try #require(row.measures[.penalty])
      // Reading a decimal back may miss the last bit.
      #expect(abs((rows[0]["accuracy"] as! Double) - logged[slot]) < 1e-14)
      #expect(abs((rows[0]["loss"] as! Double) + row.fitness[slot] + penalty[slot]) < 1e-14)
    }
  }

  @Test(
    "a search of no generations still opens, and tests the page's own coefficients", arguments: ["cma-es", "random"])
  func empty(_ kind: String) throws {
    let none = ["optimizer.generations=0", "baselines.generations=0", "optimizer.kind=\(kind)"].flatMap {
      ["--set", $0]
    }
    let end = try Tool.run(
      ["discover", Tool.quick, "--out", workshop.path("none.h5"), "--no-report", "-q", "--json"] + none)
    #expect(end.code == 0, "\(end.err)")
    let comparisons = try #require(end.event("result")?["comparisons"] as? [[String: Any]])
    #expect(comparisons[0]["name"] as? String == "start" && comparisons[0]["difference"] as? Double == 0)
    #expect(try RunRecord.open(workshop.path("none.h5")).generationCount() == 0)
    #expect(try RecordCheck.check(workshop.path("none.h5")).map(\.description) == [])
  }
}

@Suite("Repeatability along the meta-gradient")
struct MetaGradientRepeatabilityTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private static let descent = [
    "--no-report", "-q", "--set", "optimizer.kind=meta-gradient", "--set", "optimizer.generations=8", "--set",
    "optimizer.episodes=2", "--set", "optimizer.start={eta: 1.0e-2, oja: 1.0e-4}", "--set", "optimizer.restart_every=3",
  ]

  private func discover(_ name: String, _ more: String...) throws -> Outcome {
    try Tool.run(["discover", Tool.quick, "--out", workshop.path(name)] + Self.descent + more)
  }

  private func differences(_ a: String, _ b: String) throws -> [String] {
    try RecordDiff.diff(workshop.path(a), workshop.path(b)).map(\.description)
  }

  @Test("any number of workers, stopped and resumed, gives the same record, and it keeps the schema")
  func records() throws {
    #expect(try discover("whole.h5", "--workers", "1").code == 0)
    #expect(try discover("two.h5", "--workers", "2").code == 0)
    #expect(try differences("whole.h5", "two.h5") == [])
    for steps in [1, 4, 8, 9, 15] {
      let name = "stopped\(steps).h5"
      #expect(try discover(name, "--max-steps", "\(steps)").code == 75)
      #expect(try Tool.run("discover", "--resume", workshop.path(name), "--no-report", "-q").code == 0)
      #expect(try differences("whole.h5", name) == [])
    }
    #expect(try RecordCheck.check(workshop.path("whole.h5")).map(\.description) == [])

    let record = try RunRecord.open(workshop.path("whole.h5"))
    let header = try #require(try record.discovery())
    #expect(header.search == "meta-gradient" && header.outerStep == "generation" && header.candidates == 1)
    #expect(header.layers == ["input", "hidden_1", "hidden_2", "readout"])
    #expect(header.parameters.map(\.initial) == [1e-2, 0, 1e-4])
    let rows = try record.generations()
    #expect(rows[0].population == [[1e-2, 0, 1e-4]])
    #expect(rows.map(\.restart) == [0, 0, 0, 1, 1, 1, 2, 2])
    for (row, next) in zip(rows, rows.dropFirst()) { #expect([row.measures[.searchMean]!] == next.population) }
    for row in rows {
      #expect(abs(row.fitness[0] + row.measures[.queryLoss]![0] + row.measures[.penalty]![0]) < 1e-12)
      #expect((0...2).contains(row.measures[.episodesSkipped]![0]))
      #expect(row.measures[.metaGradient]!.count == 3 && row.measures[.alignmentAngle]!.count == 4)
    }
  }

  @Test("a resume with another step length is refused, more generations go on")
  func budget() throws {
    #expect(try discover("run.h5", "--max-steps", "3").code == 75)
    let path = workshop.path("run.h5")
    let other = try Tool.run("discover", "--resume", path, "-q", "--set", "optimizer.learning_rate=0.01")
    #expect(other.code == 65 && other.err.contains("optimizer.learning_rate is 1.0e-3 there and 0.01 here"))
    let more = try Tool.run("discover", "--resume", path, "-q", "--no-report", "--set", "optimizer.generations=9")
    #expect(more.code == 0)
    #expect(try RunRecord.open(path).generationCount() == 9)
  }

  @Test("progress names the coefficients, events hold them, and a run without a choice yet gives where it stands")
  func voice() throws {
    let run = try Tool.run(
      ["discover", Tool.quick, "--out", workshop.path("a.h5"), "--max-steps", "8", "--json"] + Self.descent)
    let last = try #require(run.event("generation"))
    let coefficients = try #require(last["coefficients"] as? [String: Double])
    #expect(Set(coefficients.keys) == ["eta", "hebb", "oja"])
    #expect(last["learning_rate"] is Double && last["skipped"] is Int && last["loss"] is Double)
    #expect(try workshop.text("a.log").contains("| eta "))
    let reached = try #require(try RunRecord.open(workshop.path("a.h5")).generations().last?.measures[.searchMean])
    // The reader of JSON here may lose the last digit.
    #expect(abs(coefficients["eta"]! - reached[0]) < 1e-15)
    let found = try StoredRun(workshop.path("a.h5")).discovered()
    #expect(found.coefficients == reached)
  }

  @Test("start values that the rule does not have, or outside its range, are said with their place")
  func starts() throws {
    let page = try workshop.write(
      "bad.yaml",
      "schema: 1\nexperiment: bad\nrule: error-hebb\ntask: {data: gaussian-prototypes}\n"
        + "optimizer:\n  start: {etta: 1.0e-3, hebb: 3}\n")
    for command in [["config", "check"], ["discover", "--dry-run"]] {
      let run = try Tool.run(command + [page])
      #expect(run.code == 65)
      #expect(
        run.err.contains("bad.yaml:6:11: error: rule error-hebb has no coefficient \"etta\" (did you mean \"eta\"?)"))
      #expect(run.err.contains("bad.yaml:6:31: error: optimizer.start.hebb must lie between"))
    }
  }
}
