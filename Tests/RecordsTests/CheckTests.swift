import Foundation
import Records
import TestSupport
import Testing

@Suite("log check finds what breaks the schema")
struct CheckTests {
  @Test("the records we write keep every rule, at every stage of a run")
  func sound() throws {
    try withTemporaryFolder { folder in
      for generations in [0, 1, 3, 300] {
        for finished in [false, true] where generations > 0 || !finished {
          let path = folder.path("\(generations)-\(finished).h5")
          try ReferenceRecord.make(generations: generations, finished: finished).publish(to: path)
          #expect(try RecordCheck.check(path) == [], "\(generations) generations, finished: \(finished)")
        }
      }
      var identity = ReferenceRecord.identity
      identity.kind = .evaluation
      let record = try RunRecord.create("e.h5", identity, provenance: ReferenceRecord.provenance)
      try record.setRules(ReferenceRecord.rules)
      try record.setEvaluation(ReferenceRecord.evaluation)
      try record.setStatus(.complete)
      try record.publish(to: folder.path("e.h5"))
      #expect(try RecordCheck.check(folder.path("e.h5")) == [])
    }
  }

  @Test("columns beyond 4 KiB are cut into chunks and compressed, and still keep every rule")
  func large() throws {
    try withTemporaryFolder { folder in
      let parameters = (0..<40).map { DiscoveryHeader.Parameter(name: "p\($0)", initial: 0) }
      let header = DiscoveryHeader(search: "random", direction: .maximize, candidates: 600, parameters: parameters)
      let record = try RunRecord.create(
        "large.h5", ReferenceRecord.identity, provenance: ReferenceRecord.provenance, discovery: header)
      for g in 0..<20 { try record.append(ReferenceRecord.row(g, header: header)) }
      try record.setState(ReferenceRecord.state(19, parameters: 40))
      var table = EvaluationTable(
        ways: 5, queriesPerClass: 20, rules: ["a", "b"], tasks: ["t"], shots: [50], seeds: Array(0..<500), steps: [250],
        layers: ["l1", "l2", "l3"])
      table.accuracy = table.accuracy.indices.map { Float($0) }
      try record.setEvaluation(table)
      try record.publish(to: folder.path("large.h5"))
      #expect(try RecordCheck.check(folder.path("large.h5")) == [])
      let again = try RunRecord.open(folder.path("large.h5"))
      #expect(try again.evaluation()?.accuracy == table.accuracy)
      #expect(try again.generation(13)?.population == ReferenceRecord.row(13, header: header).population)
    }
  }

  @Test("each broken rule is named, in one sentence", .timeLimit(.minutes(2)))
  func broken() throws {
    guard let python = findPython(with: "h5py") else { return }
    try withTemporaryFolder { folder in
      let sound = folder.path("sound.h5")
      try ReferenceRecord.make().publish(to: sound)
      let copies = folder.path("broken")
      try FileManager.default.createDirectory(atPath: copies, withIntermediateDirectories: true)
      let script = packageRoot.appendingPathComponent("Tests/peers/break_record.py").path
      let done = try runProgram(python, [script, sound, copies])
      #expect(done.status == 0, "\(done.errors)")
      let names = try FileManager.default.contentsOfDirectory(atPath: copies)
      #expect(names.count > 35)
      #expect(Set(names.compactMap { $0.split(separator: "-").first }).count == 22)
      for name in names {
        let rule = String(name.split(separator: "-")[0])
        let violations = try RecordCheck.check("\(copies)/\(name)")
        #expect(violations.contains { $0.rule == rule }, "\(name): \(violations.map(\.description))")
        #expect(violations.allSatisfy { !$0.message.hasSuffix(".") && !$0.message.contains("\n") })
      }
    }
  }

  @Test("a violation reads as path, sentence and rule")
  func wording() throws {
    try withTemporaryFolder { folder in
      let path = folder.path("bare.h5")
      try ReferenceRecord.make().publish(to: path)
      let file = try HDF5File(copyingIntoMemory: path)
      let bare = try file.createDataset("/discovery/extra", .f8, shape: [4])
      try bare.setText("seconds", named: "units")
      try Publication(try file.image(), to: path).commit()
      #expect(
        try RecordCheck.check(path).map(\.description) == [
          "/discovery/extra: axis 0 has no dimension scale [2]",
          "/discovery/extra: it has no attribute _FillValue [10]",
          "/discovery/extra@units: \"seconds\" becomes a time in xarray; write s or ms [12]",
          "/discovery/extra: it has no long_name [13]",
        ])
    }
  }
}
