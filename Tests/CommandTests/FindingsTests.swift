import Arithmetic
import Experiments
import Foundation
import Records
import TestSupport
import Testing

/// Records of made-up scores: three rules, 8 episodes each, one seed a record.
private func publish(
  _ path: String, seed: UInt64, pages: [String: String] = [:], shift: Double = 0, episodes: Range<Int> = 0..<8,
  setting: String = #"{"network":{"hidden":[4]}}"#, pending: Set<Int> = []
) throws {
  let rules = ["mine", "feedback-alignment", "backprop"]
  let record = try RunRecord.create(
    path,
    RecordIdentity(
      kind: .evaluation, status: .complete, uuid: RecordIdentity.uuid(seed: seed), title: "t", softwareVersion: "0"),
    provenance: Provenance(
      configText: "", configPath: "e.yaml", configSHA256: "", configResolved: setting, masterSeed: seed))
  try record.setRules(
    rules.map {
      RuleRow(
        name: $0, expression: "dw = \($0)", latex: "", ruleText: pages[$0] ?? $0, origin: .user,
        sha256: pages[$0] ?? $0, complexity: 1, terms: [])
    })
  var table = EvaluationTable(
    ways: 5, queriesPerClass: 20, rules: rules + ["ridge"], tasks: ["digits"], shots: [5], seeds: Array(episodes),
    steps: [25])
  for rule in table.rules.indices {
    for (place, episode) in episodes.enumerated() where !pending.contains(place) || rule != 0 {
      let run = table.index(rule: rule, seed: place)
      table.status[run] = .ok
      table.accuracy[run] = Float(score(rule, episode, seed) + (rule == 0 ? shift : 0))
    }
  }
  try record.setEvaluation(table)
  try record.publish(to: path)
}

/// Whole percents that differ from episode to episode and from seed to seed.
private func score(_ rule: Int, _ episode: Int, _ seed: UInt64) -> Double {
  let spread: Int = (episode * 7 + Int(seed) * 3 + rule * episode) % 11
  return Double(40 + 10 * rule + spread) / 100
}

@Suite("Findings say of several records what one record of all their scores would say")
struct FindingsTests {
  @Test("rules of one page are pooled over records: means, paired differences and intervals are those of all episodes")
  func pooled() throws {
    try withTemporaryFolder { folder in
      for seed in 1...3 { try publish(folder.path("s\(seed).h5"), seed: UInt64(seed)) }
      let pool = try FindingsPool((1...3).map { try ScoredRecord(folder.path("s\($0).h5")) })
      let found = try pool.findings()
      #expect(found.rules == ["mine", "feedback-alignment", "backprop", "ridge"])
      #expect(found.episodes == [24, 24, 24, 24])
      #expect(found.baseline == "feedback-alignment")
      #expect(found.rank == [4, 3, 2, 1])
      let mine = (1...3).flatMap { seed in (0..<8).map { score(0, $0, UInt64(seed)) } }
      let theirs = (1...3).flatMap { seed in (0..<8).map { score(1, $0, UInt64(seed)) } }
      let differences = zip(mine, theirs).map { $0 - $1 }
      #expect(abs(found.measures[.accuracyMean]![0] - Statistics.mean(mine)) < 1e-12)
      #expect(abs(found.measures[.gapToBaseline]![0] - Statistics.mean(differences)) < 1e-12)
      let interval = Bootstrap.intervalOfMean(mine, seed: 1)
      #expect(found.measures[.accuracyLow]![0] == interval.lower && found.measures[.accuracyHigh]![0] == interval.upper)
      #expect(found.measures[.p]![0] == SignFlipTest(differences, seed: 1).p)
      let p = [0, 2, 3].map { found.measures[.p]![$0] }
      #expect([0, 2, 3].map { found.measures[.adjustedP]![$0] } == MultipleTesting.holm(p))
      #expect(found.measures[.gapToBaseline]![1].isNaN)
      // Backprop closes its own gap, feedback alignment none of it, and ridge regression has none to close.
      #expect(abs(found.measures[.gapClosed]![2] - 1) < 1e-12 && abs(found.measures[.gapClosed]![1]) < 1e-12)
      #expect(found.measures[.gapClosed]![3].isNaN)
      #expect(found.sources.map(\.name) == ["s1.h5", "s2.h5", "s3.h5"])
      #expect(found.ruleSources[0] == "s1.h5,s2.h5,s3.h5")
    }
  }

  @Test("an episode that two records scored counts once, and a contradiction is refused with the episode")
  func duplicates() throws {
    try withTemporaryFolder { folder in
      try publish(folder.path("a.h5"), seed: 1)
      try publish(folder.path("b.h5"), seed: 1, episodes: 4..<12)
      let found = try FindingsPool(["a.h5", "b.h5"].map { try ScoredRecord(folder.path($0)) }).findings()
      #expect(found.episodes == [12, 12, 12, 12])
      try publish(folder.path("c.h5"), seed: 1, shift: 0.01)
      #expect(throws: RecordMismatch.self) {
        try FindingsPool(["a.h5", "c.h5"].map { try ScoredRecord(folder.path($0)) }).findings()
      }
      do {
        _ = try FindingsPool(["a.h5", "c.h5"].map { try ScoredRecord(folder.path($0)) }).findings()
      } catch {
        #expect(
          "\(error)".contains("scored mine otherwise than another record on episode 0 of seed 1 (digits, 5 shots)"))
      }
    }
  }

  @Test("one name with two pages is two rules, each compared within its own record; other networks are other tasks")
  func apart() throws {
    try withTemporaryFolder { folder in
      try publish(folder.path("a.h5"), seed: 1, pages: ["mine": "one"])
      try publish(folder.path("b.h5"), seed: 2, pages: ["mine": "two"])
      let found = try FindingsPool(["a.h5", "b.h5"].map { try ScoredRecord(folder.path($0)) }).findings()
      #expect(found.rules == ["mine@a", "feedback-alignment", "backprop", "ridge", "mine@b"])
      #expect(found.episodes == [8, 16, 16, 16, 8])
      let own = (0..<8).map { score(0, $0, 2) - score(1, $0, 2) }
      #expect(abs(found.measures[.gapToBaseline]![4] - Statistics.mean(own)) < 1e-12)
      try publish(folder.path("c.h5"), seed: 3, setting: #"{"network":{"hidden":[9]}}"#)
      let other = try FindingsPool(["a.h5", "c.h5"].map { try ScoredRecord(folder.path($0)) })
      #expect(other.tasks == ["digits@a", "digits@c"])
    }
  }

  @Test("records of one experiment with other numbers of examples, and grids of it, are of one task")
  func shots() throws {
    try withTemporaryFolder { folder in
      let base = ["feedback-alignment", "backprop", "--experiment", Tool.quick, "--episodes", "3", "--quiet", "--out"]
      #expect(try Tool.run(["evaluate"] + base + [folder.path("a.h5")]).code == 0)
      #expect(try Tool.run(["evaluate"] + base + [folder.path("b.h5"), "--set", "task.shots=3"]).code == 0)
      #expect(try Tool.run(["evaluate"] + base + [folder.path("c.h5"), "--vary", "task.shots=3,5"]).code == 0)
      let data = "task.data=gaussian-prototypes,yin-yang"
      #expect(try Tool.run(["evaluate"] + base + [folder.path("d.h5"), "--vary", data]).code == 0)
      let pool = try FindingsPool(["a.h5", "b.h5", "c.h5", "d.h5"].map { try ScoredRecord(folder.path($0)) })
      #expect(pool.tasks == ["gaussian-prototypes", "yin-yang"] && pool.shots == [3, 5, 20])
      #expect(try pool.findings().episodes[0..<3] == [3, 3, 3])
    }
  }

  @Test("differences are taken only on episodes that both rows have")
  func unfinished() throws {
    try withTemporaryFolder { folder in
      try publish(folder.path("a.h5"), seed: 1, pending: [0, 3])
      let found = try FindingsPool([ScoredRecord(folder.path("a.h5"))]).findings()
      #expect(found.episodes == [6, 8, 8, 8])
      let kept = [1, 2, 4, 5, 6, 7]
      let differences = kept.map { score(0, $0, 1) - score(1, $0, 1) }
      #expect(abs(found.measures[.gapToBaseline]![0] - Statistics.mean(differences)) < 1e-12)
    }
  }

  @Test("the command writes a record that keeps the schema, says the same as evaluate, and is the same every time")
  func command() throws {
    try withTemporaryFolder { folder in
      let evaluated = try Tool.run(
        "evaluate", "error-hebb-oja", "feedback-alignment", "backprop", "--experiment", Tool.quick, "--episodes", "6",
        "--ablate", "--out", folder.path("e.h5"), "--quiet")
      #expect(evaluated.code == 0, "\(evaluated.err)")
      #expect(evaluated.out.contains("loses without a term"))
      let made = try Tool.run("export", "findings", folder.path("e.h5"), "-o", folder.path("f.h5"))
      #expect(made.code == 0, "\(made.err)")
      #expect(made.out.contains("| ridge |"))
      #expect(try Tool.run("log", "check", folder.path("f.h5")).code == 0)
      let mine = try RunRecord.open(folder.path("e.h5")).findings()!
      let theirs = try RunRecord.open(folder.path("f.h5")).findings()!
      #expect(theirs.rules == mine.rules && theirs.rank == mine.rank)
      for measure in Findings.Measure.allCases {
        let (a, b) = (mine.measures[measure]!, theirs.measures[measure]!)
        #expect(zip(a, b).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }, "\(measure)")
      }
      let terms = try #require(theirs.terms)
      let own = try #require(mine.terms)
      for (a, b) in [(terms.drop, own.drop), (terms.low, own.low), (terms.high, own.high)] {
        #expect(zip(a, b).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })
      }
      #expect(
        terms.terms == ["dw: -eta*e_post*y_pre", "dw: -hebb*e_post*e_pre", "dw: oja*y_post*(y_pre - back(y_post))"])
      #expect(try Tool.run("export", "findings", folder.path("e.h5"), "-o", folder.path("g.h5")).code == 0)
      #expect(try Tool.run("log", "diff", folder.path("f.h5"), folder.path("g.h5")).code == 0)

      let copied = try Tool.run(
        "export", "findings", folder.path("e.h5"), "--include", "evaluation", "-o", folder.path("h.h5"))
      #expect(copied.code == 0, "\(copied.err)")
      #expect(try Tool.run("log", "check", folder.path("h.h5")).code == 0)
      #expect(
        try RunRecord.open(folder.path("h.h5")).evaluation()!.accuracy
          == RunRecord.open(folder.path("e.h5")).evaluation()!.accuracy)
    }
  }

  @Test("what cannot be concluded is refused in one sentence")
  func refusals() throws {
    try withTemporaryFolder { folder in
      try publish(folder.path("a.h5"), seed: 1)
      try publish(folder.path("b.h5"), seed: 2)
      let (a, b, out) = (folder.path("a.h5"), folder.path("b.h5"), folder.path("f.h5"))
      func refused(_ words: String, _ code: Int32, _ arguments: String...) throws {
        let done = try Tool.run(["export", "findings"] + arguments)
        #expect(done.code == code && done.err.contains(words), "\(done.err)")
      }
      try refused(
        "there is no row nope to compare with; there are mine, feedback-alignment", 65, a, "-o", out, "--baseline",
        "nope")
      try refused("can be copied from one record only", 65, a, b, "-o", out, "--include", "evaluation")
      try refused("no such file", 66, folder.path("none.h5"), "-o", out)
      #expect(try Tool.run("export", "findings", a, "-o", out).code == 0)
      try refused("exists; write over it with --force", 73, a, "-o", out)
      try refused("holds findings already", 65, out, "-o", folder.path("g.h5"))
    }
  }
}
