import Export
import Foundation
import Records
import TestSupport
import Testing

@Suite("TensorBoard")
struct TensorBoardTests {
  @Test("CRC-32C is that of RFC 3720")
  func checksum() {
    #expect(Checksum.crc32c(Array("123456789".utf8)) == 0xE306_9283)
    #expect(Checksum.crc32c([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(Checksum.crc32c([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(Checksum.crc32c(Array(0..<32)) == 0x46DD_794E)
    #expect(Checksum.crc32c(Array((0..<32).reversed())) == 0x113F_DB5C)
    // The mask of a checksum of nothing, which is 0.
    #expect(Checksum.masked([]) == 0xA282_EAD8)
  }

  @Test("the first record says which version the file is of, byte by byte")
  func firstRecord() throws {
    try withTemporaryFolder { folder in
      let path = folder.path("events")
      _ = try EventFile(path, keeping: 0, wallTime: 0)
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      #expect(Array(bytes.prefix(8)) == [24, 0, 0, 0, 0, 0, 0, 0] as [UInt8])
      let time: [UInt8] = [0x09, 0, 0, 0, 0, 0, 0, 0, 0]
      let version: [UInt8] = [0x1A, 13] + Array("brain.Event:2".utf8)
      #expect(Array(bytes[12..<36]) == time + version)
      #expect(bytes.count == 40)
    }
  }

  /// The bytes of a file with so many steps.
  private func bytes(_ steps: Int, in folder: TemporaryFolder) throws -> Data {
    let path = folder.path("whole-\(steps)")
    let file = try EventFile(path, keeping: 0, wallTime: 5)
    for step in 0..<steps { try file.append([.init("x", Double(step)), .init("y/z", -0.5)], wallTime: Double(step)) }
    return try Data(contentsOf: URL(fileURLWithPath: path))
  }

  @Test(
    "a file that is opened again goes on after the steps that are kept, and a torn record is cut off",
    arguments: [
      0, 1, 150, 299, 300, 1000,
    ])
  func goesOn(kept: Int) throws {
    try withTemporaryFolder { folder in
      let path = folder.path("events")
      let whole = try bytes(300, in: folder)
      try (whole + Data([1, 2, 3])).write(to: URL(fileURLWithPath: path))
      let file = try EventFile(path, keeping: kept, wallTime: 5)
      #expect(file.steps == min(kept, 300))
      for step in file.steps..<300 {
        try file.append([.init("x", Double(step)), .init("y/z", -0.5)], wallTime: Double(step))
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == whole)
    }
  }

  @Test("a damaged step ends what is kept")
  func damage() throws {
    try withTemporaryFolder { folder in
      let path = folder.path("events")
      var whole = try bytes(10, in: folder)
      whole[whole.count / 2] ^= 1
      try whole.write(to: URL(fileURLWithPath: path))
      let file = try EventFile(path, keeping: 10, wallTime: 5)
      #expect(file.steps > 2 && file.steps < 8)
      try Data("no event file".utf8).write(to: URL(fileURLWithPath: path))
      #expect(try EventFile(path, keeping: 10, wallTime: 5).steps == 0)
    }
  }

  @Test("a record gives the same bytes at once and generation by generation, and numbers that are none are left out")
  func record() throws {
    try withTemporaryFolder { folder in
      let contents = ExampleRun.contents()
      func record(_ generations: Int) throws -> RunRecord {
        let record = try RunRecord.create(
          "x.h5", contents.identity, provenance: contents.provenance, discovery: ExampleRun.header)
        for g in 0..<generations { try record.append(ExampleRun.generation(g)) }
        return record
      }
      let whole = try TensorBoard(record(40), in: folder.path("whole"))
      let live = try TensorBoard(record(7), in: folder.path("live"))
      for g in 5..<30 { try live.append(ExampleRun.generation(g)) }
      // Killed, and resumed from the 12 generations that were published.
      let resumed = try TensorBoard(record(12), in: folder.path("live"))
      for g in 12..<40 { try resumed.append(ExampleRun.generation(g)) }
      #expect(resumed.path == live.path)
      let (a, b) = (URL(fileURLWithPath: whole.path), URL(fileURLWithPath: live.path))
      #expect(try Data(contentsOf: a) == Data(contentsOf: b))
    }
    var row = ExampleRun.generation(3)
    row.medianFitness = .nan
    let scalars = TensorBoard.scalars(row, ExampleRun.header)
    #expect(scalars == [.init("fitness/best", -1.2), .init("theta/eta", 0.044), .init("theta/hebb", -0.015)])
    row.measures[.searchMean] = [.nan, .nan]
    #expect(TensorBoard.scalars(row, ExampleRun.header).map(\.tag) == ["fitness/best", "theta/eta", "theta/hebb"])
    #expect(TensorBoard.scalars(row, ExampleRun.header)[1].value == 0.04)
  }

  @Test("a record without a search has no curves, and says so")
  func noSearch() throws {
    try withTemporaryFolder { folder in
      let contents = ExampleRun.diagnosis()
      let record = try RunRecord.create("x.h5", contents.identity, provenance: contents.provenance)
      #expect(throws: ExportError.self) { try TensorBoard(record, in: folder.path("out")) }
    }
  }
}
