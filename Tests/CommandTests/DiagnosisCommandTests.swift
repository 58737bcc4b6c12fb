import Foundation
import Records
import TestSupport
import Testing

@Suite("Looking into episodes")
struct DiagnosisCommandTests {
  private let workshop: TemporaryFolder

  init() throws { workshop = try TemporaryFolder() }

  private func rows(_ outcome: Outcome) throws -> [String] {
    #expect(outcome.code == 0, "\(outcome.err)")
    let rows = try #require(outcome.objects.last?["rows"] as? [[String: Any]])
    return try rows.map { row in
      let kept = row.filter { !$0.key.contains("time") && !$0.key.contains("seconds") }
      return String(decoding: try JSONSerialization.data(withJSONObject: kept, options: .sortedKeys), as: UTF8.self)
    }
  }

  @Test("--diagnose changes no score, and the record and the report hold what was measured")
  func diagnose() throws {
    let rules = ["error-hebb-oja", "backprop"]
    let common = ["--experiment", Tool.quick, "--episodes", "4", "--json", "-q"]
    let plain = try Tool.run(["evaluate"] + rules + common)
    let (record, report) = (workshop.path("d.h5"), workshop.path("d.html"))
    let looked = try Tool.run(
      ["evaluate"] + rules + common + ["--diagnose", "--curve", "7,0", "--out", record, "--report", report])
    #expect(try rows(looked) == rows(plain))
    #expect((looked.objects.last?["files"] as? [String])?.last == report)
    #expect(try String(contentsOfFile: report, encoding: .utf8).contains("id=\"learning-curves\""))
    #expect(try RecordCheck.check(record).map(\.description) == [])

    let table = try #require(try RunRecord.open(record).evaluation())
    #expect(table.steps == [0, 7, 60] && table.layers == ["hidden_1", "hidden_2", "readout"])
    let run = table.index(rule: 1, seed: 2)
    func value(_ column: [Float]?, _ step: Int, _ layer: Int) throws -> Float {
      try #require(column)[(run * 3 + step) * 3 + layer]
    }
    for step in 0..<3 {
      for layer in 0..<3 {
        #expect(try value(table.alignmentAngle, step, layer) == 0 && value(table.sampleAngle, step, layer) == 0)
        #expect(try value(table.weightNorm, step, layer) > 0 && value(table.orthonormality, step, layer).isFinite)
      }
      #expect(try value(table.feedbackAngle, step, 0).isNaN && value(table.feedbackAngle, step, 2) == 0)
      #expect(try value(table.firingRate, step, 1) > 0 && value(table.firingRate, step, 2).isNaN)
      #expect(try (0...1).contains(value(table.silentShare, step, 0)))
      #expect(try (0...1).contains(value(table.saturatedShare, step, 1)))
    }
    let online = try #require(table.onlineAccuracy)
    #expect(online[run * 3].isNaN && (0...1).contains(online[run * 3 + 1]))
  }

  @Test("a grid looks into its episodes too, each as long as it is, and goes on after a stop")
  func grid() throws {
    let path = workshop.path("g.h5")
    let begun = try Tool.run(
      "evaluate", "feedback-alignment", "--experiment", Tool.quick, "--vary", "task.shots=2,4", "--episodes", "3",
      "--curve", "0,9", "--diagnose", "--out", path, "--max-steps", "1", "-q")
    #expect(begun.code == 75, "\(begun.err)")
    let done = try Tool.run("evaluate", "--resume", path, "-q", "--report", workshop.path("g.html"))
    #expect(done.code == 0, "\(done.err)")
    let table = try #require(try RunRecord.open(path).evaluation())
    #expect(table.steps == [0, 6, 9, 12] && table.shots == [2, 4] && table.layers.last == "readout")
    func known(_ shot: Int) -> [Bool] {
      let run = table.index(rule: 0, shot: shot, seed: 1)
      return (0..<4).map { table.accuracy[run * 4 + $0].isFinite }
    }
    #expect(known(0) == [true, true, false, false] && known(1) == [true, false, true, true])
    #expect(try RecordCheck.check(path).map(\.description) == [])
    #expect(try String(contentsOfFile: workshop.path("g.html"), encoding: .utf8).contains("id=\"low-data\""))
  }

  @Test(
    "bad wishes are 64",
    arguments: [["--curve", "3,x"], ["--curve", "-1"], ["--curve", ""], ["--report", "a.html"]])
  func bad(wish: [String]) throws {
    let outcome = try Tool.run(["evaluate", "backprop", "--experiment", Tool.quick, "--episodes", "2"] + wish)
    #expect(outcome.code == 64, "\(wish): \(outcome.err)")
    #expect(outcome.err.contains(wish[0]))
  }
}
