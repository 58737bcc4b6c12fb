import Foundation
import Records
import Testing

@Suite("Trainings")
struct TrainingTests {
  let workshop: Workshop
  let page: String

  init() throws {
    workshop = try Workshop()
    page = try workshop.write(
      "tiny.yaml",
      """
      schema: 1
      training: tiny
      data: {name: yin-yang, train: 300, test: 90}
      seeds: 2
      epochs: 4
      batch: 30
      network: {layers: [20], steps: 4}
      optimizer: {kind: adamw, rate: 0.01, clip: 1}
      systems:
        - {name: backprop, credit: {kind: layerwise}, network: {neuron: tanh}}
        - {name: alignment, credit: {kind: layerwise, feedback: batch-sign}, network: {neuron: tanh},
           optimizer: {kind: sgd, rate: 0.1, momentum: 0.9}}
        - {credit: {kind: bptt}, epochs: 3}

      """)
  }

  private func evaluate(_ arguments: String...) throws -> Outcome { try Tool.run(["evaluate"] + arguments) }

  @Test("one table of all systems, a sound record with every epoch, tables and JSON of the same numbers")
  func whole() throws {
    let end = try evaluate(page, "--out", workshop.path("a.h5"), "--csv", workshop.path("a.csv"), "--quiet")
    #expect(end.code == 0, "\(end.err)")
    for name in ["backprop", "alignment", "bptt"] { #expect(end.lines.contains { $0.hasPrefix(name) }) }
    #expect(try RecordCheck.check(workshop.path("a.h5")).isEmpty)
    let record = try RunRecord.open(workshop.path("a.h5"))
    #expect(try record.identity().status == .complete && record.identity().kind == .training)
    let log = try #require(try record.training())
    #expect(log.epochsDone == [4, 4, 4, 4, 3, 3] && log.runStatus.allSatisfy { $0 == .ok })
    #expect(log.systems.map(\.parameters) == [140, 140, 140] && log.seeds == [1, 2])
    #expect(try record.trainingStates().isEmpty)
    // The accuracy of the last epoch is that of the answers kept.
    for run in 0..<6 {
      let right = (0..<90).count { log.answers[run * 90 + $0] == log.labels[run % 2 * 90 + $0] }
      #expect(abs(log.testAccuracy[run * 4 + log.epochsDone[run] - 1] - Double(right) / 90) < 1e-12)
    }
    #expect(try workshop.text("a.csv").split(separator: "\n").count == 4)
    let json = try evaluate("--resume", workshop.path("a.h5"), "--json", "--quiet")
    let rows = try #require(json.event("result")?["rows"] as? [[String: Any]])
    #expect(rows.count == 3 && rows[0]["difference"] is NSNull && rows[1]["difference"] is [String: Any])
  }

  @Test("any number of workers gives the same record, and so does a run that was stopped and gone on with")
  func repeatable() throws {
    func evaluate(_ arguments: String...) throws -> Outcome {
      let isNew = !arguments.contains("--resume")
      return try Tool.run(
        ["evaluate"] + arguments + (isNew ? ["--set", "epochs=200", "--set", "systems.2.epochs=150"] : []))
    }
    #expect(try evaluate(page, "--out", workshop.path("a.h5"), "--workers", "1", "--quiet").code == 0)
    #expect(try evaluate(page, "--out", workshop.path("b.h5"), "--workers", "3", "--quiet").code == 0)
    #expect(try RecordDiff.diff(workshop.path("a.h5"), workshop.path("b.h5")).isEmpty)
    let part = try evaluate(page, "--out", workshop.path("c.h5"), "--max-steps", "7", "--workers", "2", "--quiet")
    #expect(part.code == 75 && part.err.contains("resume with: metaplast evaluate --resume"))
    let stopped = try RunRecord.open(workshop.path("c.h5"))
    #expect(try stopped.identity().status == .interrupted && RecordCheck.check(workshop.path("c.h5")).isEmpty)
    #expect(try evaluate("--resume", workshop.path("c.h5"), "--workers", "1", "--quiet").code == 0)
    #expect(try RecordDiff.diff(workshop.path("a.h5"), workshop.path("c.h5")).isEmpty)
  }

  @Test("a killed run goes on from the last epoch that was published", arguments: [SIGKILL, SIGINT])
  func killed(signal: Int32) throws {
    let long = ["--set", "epochs=400", "--set", "systems.2.epochs=400"]
    #expect(try Tool.run(["evaluate", page, "--out", workshop.path("a.h5"), "--quiet"] + long).code == 0)
    let running = try Tool.start(
      ["evaluate", page, "--out", workshop.path("b.h5"), "--json", "--quiet", "--publish-interval", "0.001s"] + long)
    #expect(running.wait(for: "\"event\":\"publish\"", times: 6))
    running.send(signal)
    let end = running.finish()
    #expect(end.code == (signal == SIGKILL ? -9 : 130), "\(end.err)")
    let log = try #require(try RunRecord.open(workshop.path("b.h5")).training())
    let done = log.epochsDone.reduce(0, +)
    #expect(done >= 5 && done < 2400)
    let rest = try evaluate("--resume", workshop.path("b.h5"), "--quiet")
    #expect(rest.code == 0, "\(rest.err)")
    #expect(try RecordDiff.diff(workshop.path("a.h5"), workshop.path("b.h5")).isEmpty)
  }

  @Test("a sick system is a row with its outcome, and the others are done")
  func sick() throws {
    let end = try evaluate(
      page, "--out", workshop.path("a.h5"), "--json", "--quiet", "--set", "systems.1.optimizer.rate=1.0e38")
    #expect(end.code == 0, "\(end.err)")
    let rows = try #require(end.event("result")?["rows"] as? [[String: Any]])
    #expect(rows.map { $0["outcome"] as? String } == ["ok", "nan", "ok"])
    let log = try #require(try RunRecord.open(workshop.path("a.h5")).training())
    #expect(log.runStatus[2] == .diverged && log.epochsDone[2] < 4)
  }

  @Test("config knows trainings; a dry run writes nothing; what belongs to episodes is refused")
  func beside() throws {
    let check = try Tool.run("config", "check", page)
    #expect(check.code == 0 && check.out.contains("ok, 3 systems in 6 runs"))
    let shown = try Tool.run("config", "show", page)
    let again = try Tool.run("config", "show", try workshop.write("again.yaml", shown.out))
    #expect(shown.code == 0 && shown.out == again.out)
    let dry = try evaluate(page, "--dry-run", "--out", workshop.path("a.h5"))
    #expect(dry.code == 0 && dry.out.contains("140") && !workshop.exists("a.h5"))
    #expect(try evaluate(page, "--episodes", "3").code == 64)
    #expect(try evaluate(page, "--baseline", "backpropp").code == 64)
    #expect(try evaluate(try workshop.write("bad.yaml", "schema: 1\ntraining: x\nepoch: 3\n")).code == 65)
  }
}
