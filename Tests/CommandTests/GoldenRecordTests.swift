import Experiments
import Foundation
import Records
import TestSupport
import Testing

@Suite("Records of every released version of the schema stay readable")
struct GoldenRecordTests {
  private static let folder = packageRoot.appendingPathComponent("Tests/RecordsTests/golden")

  /// What a record was made as, by the release whose version is in its name.
  private static let records = [
    "discovery-1.0.0.h5", "discovery-1.1.0.h5", "descent-1.2.0.h5", "evaluation-1.2.0.h5", "grid-1.3.0.h5",
    "findings-1.4.0.h5", "training-1.5.0.h5",
  ]

  private func path(_ name: String) -> String { Self.folder.appendingPathComponent(name).path }

  @Test("there is a record of each minor version up to this program's")
  func complete() {
    let minor = Int(Schema.version.split(separator: ".")[1])!
    for version in 0...minor {
      #expect(Self.records.contains { $0.hasSuffix("-1.\(version).0.h5") }, "no golden record of schema 1.\(version)")
    }
  }

  @Test("each keeps the schema, says what it is, and is read to its last column", arguments: records)
  func read(name: String) throws {
    let record = try RunRecord.open(path(name))
    let version = String(name.dropLast(3).split(separator: "-").last!)
    #expect(try record.schemaVersion() == version)
    #expect(try RecordCheck.check(path(name)).isEmpty)
    #expect(try record.identity().status == .complete)
    switch name.split(separator: "-")[0] {
    case "discovery", "descent":
      let header = try #require(try record.discovery())
      let rows = try record.generations()
      #expect(
        rows.count == (name.hasPrefix("descent") ? 8 : 6) && rows.allSatisfy { $0.fitness.count == header.candidates })
      #expect(header.measures.contains(.episodesScored) == (version != "1.0.0"))
      #expect(header.measures.contains(.metaGradient) == name.hasPrefix("descent"))
      // The best rule, and a candidate of it, can still be evaluated.
      let run = try StoredRun(path(name))
      #expect(try run.discovered().coefficients.count == header.parameters.count)
      #expect(try run.candidate(generation: 3, slot: 0).coefficients == rows[3].population[0])
      #expect(try record.evaluation()!.rules.first == "discovered")
    case "evaluation":
      #expect(try record.findings()!.rules == record.evaluation()!.rules)
    case "grid":
      let table = try #require(try record.evaluation())
      #expect(table.axes == ["task.shots"] || table.shots == [2, 10])
      #expect(table.runSeeds != nil && table.taskFacts != nil && table.alignmentAngle != nil)
    case "training":
      let log = try #require(try record.training())
      #expect(log.epochsDone.allSatisfy { $0 > 0 } && !log.answers.contains(-2))
      #expect(log.testAccuracy.contains { $0 > 0.5 })
    default:
      #expect(try record.findings()!.terms != nil && record.findings()!.summary != nil)
    }
  }

  @Test("each exports: report, notebook and tables, and findings where rules were scored", arguments: records)
  func export(name: String) throws {
    try withTemporaryFolder { folder in
      for verb in ["html", "notebook", "csv"] {
        let done = try Tool.run("export", verb, path(name), "--out", folder.path("out"))
        #expect(done.code == 0, "\(verb): \(done.err)")
      }
      guard !name.hasPrefix("findings"), !name.hasPrefix("training") else { return }
      let done = try Tool.run("export", "findings", path(name), "-o", folder.path("f.h5"))
      #expect(done.code == 0, "\(done.err)")
    }
  }

  @Test(
    "log migrate brings each to this version and changes nothing else; the record itself stays as it was",
    arguments: records)
  func migrate(name: String) throws {
    try withTemporaryFolder { folder in
      let before = try Data(contentsOf: URL(fileURLWithPath: path(name)))
      let done = try Tool.run("log", "migrate", path(name), folder.path("new.h5"))
      #expect(done.code == 0, "\(done.err)\(done.out)")
      #expect(try Data(contentsOf: URL(fileURLWithPath: path(name))) == before)
      let migrated = try RunRecord.open(folder.path("new.h5"))
      #expect(try migrated.schemaVersion() == Schema.version)
      #expect(try migrated.identity().uuid == RunRecord.open(path(name)).identity().uuid)
      #expect(try migrated.identity().history.contains("log migrate"))
      #expect(try RecordDiff.diff(path(name), folder.path("new.h5")).isEmpty)
      let again = try Tool.run("log", "migrate", path(name), folder.path("new.h5"))
      #expect(again.code == 73 && again.err.contains("exists"))
    }
  }

  @Test("a record of a later version is not migrated backwards")
  func later() throws {
    try withTemporaryFolder { folder in
      let file = try HDF5File(copyingIntoMemory: path("discovery-1.0.0.h5"))
      try file.setText("1.99.0", named: "schema_version")
      try Publication(try file.image(), to: folder.path("later.h5")).commit()
      let done = try Tool.run("log", "migrate", folder.path("later.h5"), folder.path("new.h5"))
      #expect(done.code == 65 && done.err.contains("later than this program's \(Schema.version)"), "\(done.err)")
      #expect(!FileManager.default.fileExists(atPath: folder.path("new.h5")))
    }
  }
}
