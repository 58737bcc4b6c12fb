import Foundation
import Records
import TestSupport
import Testing

@Suite("The outside world's refusals are typed and told in one line")
struct ErrorTests {
  private func refusal<Result>(_ body: () throws -> Result) -> HDF5Error? {
    do {
      _ = try body()
      return nil
    } catch {
      return error as? HDF5Error
    }
  }

  private func expect<Result>(
    _ reason: HDF5Error.Reason, _ text: String, at location: SourceLocation = #_sourceLocation,
    _ body: () throws -> Result
  ) {
    let error = refusal(body)
    #expect(error?.reason == reason, "\(String(describing: error))", sourceLocation: location)
    let words = error?.description ?? ""
    #expect(words.contains(text), "\(words)", sourceLocation: location)
    #expect(!words.contains("\n"), sourceLocation: location)
  }

  @Test("missing files, folders, empty files and garbage are told apart")
  func inputs() throws {
    try withTemporaryFolder { folder in
      let missing = folder.path("missing.h5")
      expect(.noInput, "missing.h5: it cannot be opened: no such file or directory") { try RunRecord.open(missing) }
      expect(.noInput, "missing.h5: it cannot be opened") { try RunRecord.resume(missing) }
      expect(.noInput, "it is not a regular file") { try RunRecord.open(folder.path) }
      _ = FileManager.default.createFile(atPath: folder.path("empty.h5"), contents: Data())
      expect(.damaged, "empty.h5: it is empty") { try RunRecord.open(folder.path("empty.h5")) }
      _ = FileManager.default.createFile(atPath: folder.path("text.h5"), contents: Data("schema: 1\n".utf8))
      expect(.damaged, "text.h5: it is not a whole HDF5 file (") { try RunRecord.open(folder.path("text.h5")) }
      expect(.damaged, "text.h5: it is not a whole HDF5 file (") { try RunRecord.resume(folder.path("text.h5")) }
    }
  }

  @Test("a FIFO is refused without waiting for a writer")
  func fifo() throws {
    try withTemporaryFolder { folder in
      #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
      expect(.noInput, "it is not a regular file") { try RunRecord.open(folder.path("pipe")) }
    }
  }

  @Test("a file cut at any length is refused in one line")
  func truncated() throws {
    try withTemporaryFolder { folder in
      let path = folder.path("whole.h5")
      try ReferenceRecord.make().publish(to: path)
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      let cut = folder.path("cut.h5")
      for part in 1..<40 {
        try whole.prefix(whole.count * part / 40).write(to: URL(fileURLWithPath: cut))
        expect(.damaged, "cut.h5: it is not a whole HDF5 file") { try RunRecord.open(cut) }
        expect(.damaged, "cut.h5: it is not a whole HDF5 file") { try RunRecord.resume(cut) }
        expect(.damaged, "cut.h5: it is not a whole HDF5 file") { try RecordCheck.check(cut) }
      }
    }
  }

  @Test("another major version is refused with both versions; a newer minor and unknown things are read")
  func versions() throws {
    try withTemporaryFolder { folder in
      let path = folder.path("run.h5")
      try ReferenceRecord.make().publish(to: path)
      func rewrite(_ change: (borrowing HDF5File) throws -> Void) throws {
        let file = try HDF5File(copyingIntoMemory: path)
        try change(file)
        try Publication(try file.image(), to: folder.path("changed.h5")).commit()
      }
      let changed = folder.path("changed.h5")
      try rewrite { try $0.setText("2.0.1", named: "schema_version") }
      let words = "written by schema 2.0; this is 1.5: upgrade, or run `metaplast log migrate`"
      expect(.otherSchema, words) { try RunRecord.open(changed) }
      expect(.otherSchema, words) { try RunRecord.resume(changed) }
      expect(.otherSchema, words) { try RecordCheck.check(changed) }
      expect(.otherSchema, words) { try RecordDiff.diff(path, changed) }
      try rewrite { try $0.setText("soon", named: "schema_version") }
      expect(.otherSchema, "its schema_version \"soon\" is no version") { try RunRecord.open(changed) }
      try rewrite { try $0.setText("nwb", named: "schema_name") }
      expect(.otherSchema, "it is an HDF5 file but not a record") { try RunRecord.open(changed) }
      try rewrite { file in
        try file.setText("1.7.0", named: "schema_version")
        try file.setText("news", named: "unheard_of")
        try file.createGroup("/weather")
        _ = try file.createDataset("/discovery/unheard_of", .str, shape: [])
      }
      let record = try RunRecord.open(changed)
      #expect(try record.generationCount() == 3)
      #expect(try record.rules() == ReferenceRecord.rules)
    }
  }

  @Test("a dataset that claims more than a reader accepts is refused before anything is allocated")
  func tooLarge() throws {
    try withTemporaryFolder { folder in
      let file = try HDF5File(inMemory: "large")
      _ = try file.createDataset("/huge", .f8, shape: [1 << 40, 1 << 10], unlimited: true)
      _ = try file.createDataset("/words", .str, shape: [1 << 40], unlimited: true)
      _ = try file.createDataset("/over", .f8, shape: [1 << 40, 1 << 30, 8], unlimited: true)
      try Publication(try file.image(), to: folder.path("large.h5")).commit()
      let reader = try HDF5File(readingFrom: folder.path("large.h5"))
      for path in ["/huge", "/over"] {
        let error = try #require(throws: HDF5Error.self) { try reader.readDoubles(path) }
        #expect(error.reason == .tooLarge)
      }
      let error = try #require(throws: HDF5Error.self) { try reader.readStrings("/words") }
      #expect(error.description.contains("/words: its shape [1099511627776] takes more than the 1024 MiB"))
      #expect(try reader.dataset("/huge").readDoubles(rows: 5..<6).allSatisfy(\.isNaN))
    }
  }

  @Test("a record whose columns disagree is refused by name")
  func disagreeing() throws {
    try withTemporaryFolder { folder in
      let path = folder.path("run.h5")
      try ReferenceRecord.make().publish(to: path)
      let file = try HDF5File(copyingIntoMemory: path)
      var fitness = try file.dataset("/discovery/fitness")
      try fitness.extend(toRows: 1)
      try Publication(try file.image(), to: path).commit()
      expect(.wrongType, "run.h5: /discovery/fitness: its shape [1, 4] does not fit the group") {
        try RunRecord.open(path).generations()
      }
    }
  }

  @Test("an error keeps the call, the path and the library's stack")
  func stack() throws {
    try withTemporaryFolder { folder in
      _ = FileManager.default.createFile(atPath: folder.path("text.h5"), contents: Data("no".utf8))
      let error = try #require(refusal { _ = try HDF5File(readingFrom: folder.path("text.h5")) })
      #expect(error.call == "H5Fopen")
      #expect(error.stack.count > 1)
      #expect(error.stack.last?.hasPrefix("H5Fopen") == true)
    }
  }
}
