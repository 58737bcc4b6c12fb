import Records
import TestSupport
import Testing

@Suite("Every handle that is opened is closed")
struct HandleTests {
  @Test("a record holds its file and the columns it appends to, and nothing else")
  func balance() throws {
    try withTemporaryFolder { folder in
      let path = folder.path("run.h5")
      let record = try ReferenceRecord.make(generations: 0, finished: false)
      #expect(record.openHandles() == (1, 0))
      for g in 0..<5 {
        try record.append(ReferenceRecord.row(g))
        try record.setState(ReferenceRecord.state(g))
        try record.publish(to: path)
      }
      try ReferenceRecord.finish(record)
      _ = try record.generations()
      _ = try record.state()
      let held = record.openHandles()
      #expect(held.file == 1 + held.columns)
      #expect(held.columns > 10)
      let reader = try RunRecord.open(path)
      _ = try reader.generations()
      _ = try reader.provenance()
      _ = try reader.sessions()
      #expect(reader.openHandles() == (1, 0))
    }
  }

  @Test("refused calls leave nothing open")
  func refusals() throws {
    try withTemporaryFolder { folder in
      let path = folder.path("run.h5")
      try ReferenceRecord.make().publish(to: path)
      let file = try HDF5File(readingFrom: path)
      for _ in 0..<3 {
        #expect(throws: HDF5Error.self) { try file.readDoubles("/nowhere") }
        #expect(throws: HDF5Error.self) { try file.readDoubles("/discovery") }
        #expect(throws: HDF5Error.self) { try file.readDoubles("/discovery/parameter") }
        #expect(throws: HDF5Error.self) { try file.readStrings("/discovery/fitness") }
        #expect(throws: HDF5Error.self) { try file.readIntegers("/discovery/fitness") }
        #expect(throws: HDF5Error.self) { try file.dataset("/discovery/fitness").readDoubles(rows: 2..<9) }
        #expect(throws: HDF5Error.self) { try file.group("/discovery/fitness").list() }
      }
      #expect(file.openHandles() == 1)
    }
  }

  @Test("records in many tasks at once do not disturb each other")
  func concurrent() async throws {
    let folder = try TemporaryFolder()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for lane in 0..<8 {
        group.addTask {
          let path = folder.path("\(lane).h5")
          for round in 1...5 {
            try ReferenceRecord.make(generations: lane + round).publish(to: path, modified: ReferenceRecord.modified)
            #expect(try RunRecord.open(path).generationCount() == lane + round)
            #expect(throws: HDF5Error.self) { try RunRecord.open(path + ".missing") }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try RecordCheck.check(folder.path("7.h5")) == [])
  }

  @Test("a UUID from a seed is version 4, stable, and another for another seed")
  func uuid() {
    let a = RecordIdentity.uuid(seed: 1)
    #expect(a == RecordIdentity.uuid(seed: 1))
    #expect(a != RecordIdentity.uuid(seed: 2))
    for text in (0..<200).map({ RecordIdentity.uuid(seed: $0) }) + [RecordIdentity.randomUUID()] {
      let parts = text.split(separator: "-")
      #expect(parts.map(\.count) == [8, 4, 4, 4, 12])
      #expect(parts[2].hasPrefix("4") && "89ab".contains(parts[3].first!))
    }
    #expect(timestamp(0) == "1970-01-01T00:00:00Z")
    #expect(timestamp(1_769_860_800) == "2026-01-31T12:00:00Z")
  }
}
