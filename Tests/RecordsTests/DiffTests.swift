import Records
import TestSupport
import Testing

@Suite("log diff and log info")
struct DiffTests {
  private func publish(_ record: RunRecord, _ name: String, _ folder: TemporaryFolder) throws -> String {
    try record.publish(to: folder.path(name))
    return folder.path(name)
  }

  @Test("times, attempts, provenance and root attributes may differ; nothing else may")
  func excluded() throws {
    try withTemporaryFolder { folder in
      let a = try publish(try ReferenceRecord.make(), "a.h5", folder)
      var identity = ReferenceRecord.identity
      identity.title = "Another"
      var provenance = ReferenceRecord.provenance
      provenance.configText = "other"
      let other = try RunRecord.create("b.h5", identity, provenance: provenance, discovery: ReferenceRecord.header)
      try other.beginSession(ReferenceRecord.session(5))
      for g in 0..<3 {
        var row = ReferenceRecord.row(g)
        row.attempts = [2, 1, 1, 3]
        row.evaluationTime = [9, 9, 9, 9]
        row.wallTime += 100
        try other.append(row)
      }
      try other.setState(ReferenceRecord.state(2))
      try ReferenceRecord.finish(other)
      var table = ReferenceRecord.evaluation
      table.runTime = table.runTime.map { $0 + 1 }
      // New scores, and the networks that go with them.
      try other.setEvaluation(table)
      try other.setWeights(ReferenceRecord.weights)
      let b = try publish(other, "b.h5", folder)
      #expect(try RecordDiff.diff(a, b) == [])
      #expect(try RecordDiff.diff(b, a) == [])
    }
  }

  @Test("one bit, one row, one missing dataset are told, with the first place")
  func told() throws {
    try withTemporaryFolder { folder in
      let a = try publish(try ReferenceRecord.make(), "a.h5", folder)
      let changed = try ReferenceRecord.make(generations: 2, finished: false)
      var row = ReferenceRecord.row(2)
      row.fitness[3] = row.fitness[3].nextUp
      try changed.append(row)
      try changed.setState(ReferenceRecord.state(2))
      try ReferenceRecord.finish(changed)
      let b = try publish(changed, "b.h5", folder)
      let expected = ReferenceRecord.row(2).fitness[3]
      #expect(
        try RecordDiff.diff(a, b).map(\.description) == [
          "/discovery/fitness: 1 of 12 values differ, first at [2, 3]: \(expected) against \(expected.nextUp)"
        ])
      let shorter = try publish(try ReferenceRecord.make(generations: 2), "c.h5", folder)
      #expect(
        try RecordDiff.diff(a, shorter).contains { $0.description == "/discovery/fitness: shape [3, 4] against [2, 4]" }
      )
      let bare = try publish(try ReferenceRecord.make(finished: false), "d.h5", folder)
      #expect(try RecordDiff.diff(a, bare).contains { $0.description == "/rules: only in \(a)" })
      #expect(try RecordDiff.diff(bare, a).contains { $0.description == "/evaluation/accuracy: only in \(a)" })
    }
  }

  @Test("NaN equals NaN, but 0 does not equal -0")
  func bits() throws {
    try withTemporaryFolder { folder in
      let paths = try [0.0, -0.0].map { zero in
        let record = try ReferenceRecord.make(finished: false)
        try record.setState(
          StateArrays(
            optimizer: "x", version: 1, nextGeneration: 3, entries: [.init("z", shape: [2], .doubles([.nan, zero]))]))
        return try publish(record, "\(zero).h5", folder)
      }
      #expect(
        try RecordDiff.diff(paths[0], paths[1]).map(\.description) == [
          "/discovery/state/z: 1 of 2 values differ, first at [1]: 0.0 against -0.0"
        ])
    }
  }

  @Test("info tells what is in a record, and tail its last generations")
  func info() throws {
    try withTemporaryFolder { folder in
      let path = try publish(try ReferenceRecord.make(), "a.h5", folder)
      let summary = try RecordSummary.info(path)
      #expect(summary.kind == "discovery" && summary.status == "complete" && summary.schemaVersion == "1.5.0")
      #expect(summary.seed == "18446744073709551614")
      #expect(summary.sessions == 1 && summary.exitReason == "complete")
      let search = try #require(summary.search)
      #expect(
        search.method == "cma-es" && search.generations == 3 && search.candidates == 4 && search.evaluations == 12)
      #expect(search.statusCounts == ["ok": 11, "diverged": 1])
      #expect(search.best == [230, 231, 232])
      #expect(summary.rules.map(\.name) == ["best", "feedback-alignment"])
      let scores = try #require(summary.evaluation?.scores)
      #expect(scores.map(\.runs) == [6, 6, 6])
      #expect(abs((scores[1].accuracy ?? 0) - (0.5 + 8.5 / 64)) < 1e-9)
      let text = summary.description
      for part in [
        "discovery, complete", "cma-es, maximize; 3 generations of 4, 12 evaluations, 5.0 s", "1 diverged, 11 ok",
        "5-way, 50-shot, 6 episodes", "best: accuracy 0.539, loss 1.461 over 6 runs", "eta = 230.0",
      ] { #expect(text.contains(part), "\(text)") }
      #expect(try RunRecord.open(path).tail(2).map(\.generation) == [1, 2])
      #expect(try RunRecord.open(path).tail(10).count == 3)
    }
  }
}
