import Foundation
import Records
import TestSupport
import Testing

@Suite("What is written comes back")
struct RoundTripTests {
  @Test("a whole record comes back from its file, to the bit")
  func whole() throws {
    try withTemporaryFolder { folder in
      let path = folder.path("run.h5")
      try ReferenceRecord.make().publish(to: path, modified: ReferenceRecord.modified)
      let record = try RunRecord.open(path)
      var identity = ReferenceRecord.identity
      identity.status = .complete
      identity.modified = ReferenceRecord.modified
      identity.history = "2026-01-31T12:00:00Z metaplast discover reference.yaml (0.1.0)"
      #expect(try record.identity() == identity)
      #expect(try record.provenance() == ReferenceRecord.provenance)
      var session = ReferenceRecord.session(0)
      session.ended = "2026-01-31T12:30:00Z"
      session.exitReason = "complete"
      session.firstGeneration = 0
      session.lastGeneration = 2
      #expect(try record.sessions() == [session])
      #expect(try record.discovery() == ReferenceRecord.header)
      #expect(try record.generationCount() == 3)
      for g in 0..<3 {
        let row = try #require(try record.generation(g))
        expectSame(row, ReferenceRecord.row(g))
      }
      #expect(try record.generation(3) == nil)
      #expect(try record.generations(1..<3).map(\.generation) == [1, 2])
      let state = try #require(try record.state())
      #expect(state.optimizer == "cma-es" && state.version == 1 && state.nextGeneration == 3)
      #expect(state["mean"] == .doubles([2, 3, 4]))
      #expect(state["sigma"] == .doubles([0.3]))
      #expect(state["rng_state"] == .words([1, 2, 3, .max, 5]))
      #expect(state.entries.first { $0.name == "covariance" }?.dimensions == ["parameter", "parameter_col"])
      #expect(try record.rules() == ReferenceRecord.rules)
      let table = try #require(try record.evaluation())
      #expect(table.accuracy == ReferenceRecord.evaluation.accuracy)
      #expect(table == ReferenceRecord.evaluation)
      let (training, wanted) = (try #require(try record.training()), ReferenceRecord.training)
      func bits(_ values: [Double]) -> [UInt64] { values.map { $0.isNaN ? 0 : $0.bitPattern } }
      for column in [
        \TrainingLog.trainLoss, \.trainAccuracy, \.testLoss, \.testAccuracy, \.wallTime, \.rates,
      ] as [KeyPath<TrainingLog, [Double]>] {
        #expect(bits(training[keyPath: column]) == bits(wanted[keyPath: column]))
      }
      #expect(training.systems == wanted.systems && training.seeds == wanted.seeds && training.data == wanted.data)
      #expect(training.epochStatus == wanted.epochStatus && training.runStatus == wanted.runStatus)
      #expect(training.epochsDone == wanted.epochsDone && training.baseline == wanted.baseline)
      #expect(training.answers == wanted.answers && training.labels == wanted.labels)
      #expect(training.sources == wanted.sources)
      #expect(try record.trainingStates() == ReferenceRecord.trainingStates)
      let findings = try #require(try record.findings())
      let expected = ReferenceRecord.findings
      #expect(findings.rules == expected.rules && findings.tasks == expected.tasks && findings.shots == expected.shots)
      #expect(findings.episodes == expected.episodes && findings.rank == expected.rank)
      #expect(findings.baseline == expected.baseline && findings.intervalMethod == expected.intervalMethod)
      for measure in Findings.Measure.allCases {
        // What is not defined is NaN, and comes back so.
        let pairs = zip(try #require(findings.measures[measure]), try #require(expected.measures[measure]))
        #expect(pairs.allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }, "\(measure)")
      }
      let archive = try record.archive()
      #expect(archive.count == 2 && archive[0].parameter == [1, 2, 3] && archive[1].complexity.isNaN)
    }
  }

  @Test("what was measured within episodes comes back, column by column")
  func layers() throws {
    try withTemporaryFolder { folder in
      let path = folder.path("layers.h5")
      let record = try ReferenceRecord.make()
      var table = ReferenceRecord.evaluation
      table.steps = [0, 10, 250]
      table.layers = ["hidden_1", "hidden_2", "readout"]
      let count = table.status.count * 3
      table.accuracy = (0..<count).map { Float($0) / 64 }
      table.loss = table.accuracy
      table.onlineAccuracy = table.accuracy.map { $0 + 1 }
      for (place, column) in [
        \EvaluationTable.alignmentAngle, \.firingRate, \.weightNorm, \.orthonormality, \.sampleAngle, \.feedbackAngle,
        \.silentShare, \.saturatedShare,
      ].enumerated() {
        table[keyPath: column] = (0..<3 * count).map { Float($0 + 1000 * place) }
      }
      try record.setEvaluation(table)
      try record.publish(to: path)
      #expect(try RunRecord.open(path).evaluation() == table)
      #expect(try RecordCheck.check(path).map(\.description) == [])
    }
  }

  @Test("a record without generations and one without a search open and are empty")
  func empty() throws {
    try withTemporaryFolder { folder in
      let path = folder.path("zero.h5")
      try ReferenceRecord.make(generations: 0, finished: false).publish(to: path)
      let record = try RunRecord.open(path)
      #expect(try record.generationCount() == 0)
      #expect(try record.generations().isEmpty)
      #expect(try record.state() == nil)
      #expect(try record.evaluation() == nil)
      #expect(try record.identity().status == .running)
      var identity = ReferenceRecord.identity
      identity.kind = .evaluation
      var provenance = ReferenceRecord.provenance
      provenance.inputs = []
      provenance.libraries = []
      try RunRecord.create("e.h5", identity, provenance: provenance).publish(to: folder.path("e.h5"))
      let other = try RunRecord.open(folder.path("e.h5"))
      #expect(try other.discovery() == nil)
      #expect(try other.rules().isEmpty)
      #expect(try other.provenance() == provenance)
    }
  }

  @Test("a run resumed from its file equals the run that was never stopped, outside what may differ")
  func resume() throws {
    try withTemporaryFolder { folder in
      let straight = try ReferenceRecord.make(generations: 7, finished: false)
      try ReferenceRecord.finish(straight)
      try straight.publish(to: folder.path("straight.h5"))
      do {
        let first = try ReferenceRecord.make(generations: 3, finished: false)
        try first.endSession(exitReason: "interrupted")
        try first.setStatus(.interrupted)
        try first.publish(to: folder.path("stopped.h5"))
      }
      let second = try RunRecord.resume(folder.path("stopped.h5"))
      #expect(try second.state()?.nextGeneration == 3)
      try second.beginSession(ReferenceRecord.session(1))
      for g in 3..<7 {
        try second.append(ReferenceRecord.row(g))
        try second.setState(ReferenceRecord.state(g))
      }
      try ReferenceRecord.finish(second)
      try second.publish(to: folder.path("stopped.h5"))
      let record = try RunRecord.open(folder.path("stopped.h5"))
      let sessions = try record.sessions()
      #expect(sessions.map(\.firstGeneration) == [0, 3])
      #expect(sessions.map(\.lastGeneration) == [2, 6])
      #expect(sessions.map(\.exitReason) == ["interrupted", "complete"])
      #expect(try record.identity().history.split(separator: "\n").count == 2)
      #expect(try RecordDiff.diff(folder.path("straight.h5"), folder.path("stopped.h5")) == [])
    }
  }

  @Test("the same run made twice has the same bytes")
  func sameBytes() throws {
    try withTemporaryFolder { folder in
      for name in ["a.h5", "b.h5"] {
        try ReferenceRecord.make(generations: 20).publish(to: folder.path(name), modified: ReferenceRecord.modified)
      }
      let a = try Data(contentsOf: folder.url.appendingPathComponent("a.h5"))
      #expect(a == (try Data(contentsOf: folder.url.appendingPathComponent("b.h5"))))
    }
  }

  @Test("state, archive, rules and evaluation can be replaced by ones of other sizes")
  func replaced() throws {
    try withTemporaryFolder { folder in
      let record = try ReferenceRecord.make()
      let smaller = StateArrays(
        optimizer: "random", version: 2, nextGeneration: 3,
        entries: [.init("json", shape: [], .texts(["{}"])), .init("history", shape: [2], .doubles([1, 2]))])
      try record.setState(smaller)
      try record.setArchive([.init(fitness: 1, foundAt: -1, parameter: [0, 0, 0])])
      try record.setRules([ReferenceRecord.rules[1]])
      var table = ReferenceRecord.evaluation
      table.layers = []
      table.firingRate = nil
      try record.setEvaluation(table)
      let path = folder.path("replaced.h5")
      try record.publish(to: path)
      let again = try RunRecord.open(path)
      let state = try #require(try again.state())
      #expect(state.optimizer == "random" && state.nextGeneration == 3 && state["json"] == .texts(["{}"]))
      #expect(state["covariance"] == nil)
      #expect(try again.archive().count == 1)
      #expect(try again.rules() == [ReferenceRecord.rules[1]])
      #expect(try again.evaluation() == table)
      #expect(try RecordCheck.check(path) == [])
    }
  }

  @Test("texts of every kind survive: empty, long, UTF-8; a NUL inside becomes U+FFFD")
  func texts() throws {
    try withTemporaryFolder { folder in
      var provenance = ReferenceRecord.provenance
      provenance.configText = String(repeating: "Zeile mit Umlauten äöü und 学习\n", count: 20_000)
      provenance.configResolved = "a\0b"
      let path = folder.path("texts.h5")
      try RunRecord.create("texts.h5", ReferenceRecord.identity, provenance: provenance).publish(to: path)
      let read = try RunRecord.open(path).provenance()
      #expect(read.configText == provenance.configText)
      #expect(read.configResolved == "a\u{FFFD}b")
    }
  }

  private func expectSame(_ a: GenerationRow, _ b: GenerationRow) {
    #expect(a.fitness.map(\.isNaN) == b.fitness.map(\.isNaN))
    func plain(_ row: GenerationRow, _ header: DiscoveryHeader) -> GenerationRow {
      var row = row
      row.fitness = row.fitness.map { $0.isNaN ? 0 : $0 }
      for measure in header.measures {
        row.measures[measure] = (row.measures[measure] ?? []).map { $0.isNaN ? 0 : $0 }
        if row.measures[measure]?.allSatisfy({ $0 == 0 }) == true { row.measures[measure] = nil }
      }
      return row
    }
    #expect(plain(a, ReferenceRecord.header) == plain(b, ReferenceRecord.header))
  }
}
