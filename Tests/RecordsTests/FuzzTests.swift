import Foundation
import Records
import TestSupport
import Testing

/// Accidents to bytes are caught by the seal; contents are changed at will: whatever a sound HDF5 file can say is
/// answered.
@Suite("Hostile records are refused, never followed")
struct FuzzTests {
  private struct Dice {
    var state: UInt64

    mutating func callAsFunction(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
  }

  /// Reads everything a command would; a typed error is a fine answer.
  private func readAll(_ path: String) -> (read: Int, refused: Int) {
    var (read, refused) = (0, 0)
    func attempt(_ body: () throws(HDF5Error) -> Void) {
      do throws(HDF5Error) {
        try body()
        read += 1
      } catch {
        #expect(!error.description.contains("\n"))
        refused += 1
      }
    }
    attempt { () throws(HDF5Error) in _ = try RecordCheck.check(path) }
    attempt { () throws(HDF5Error) in _ = try RecordSummary.info(path).description }
    attempt { () throws(HDF5Error) in _ = try RecordDiff.diff(path, path) }
    attempt { () throws(HDF5Error) in _ = try RunRecord.open(path).generations() }
    attempt { () throws(HDF5Error) in _ = try RunRecord.open(path).generation(1) }
    attempt { () throws(HDF5Error) in _ = try RunRecord.open(path).state() }
    attempt { () throws(HDF5Error) in _ = try RunRecord.open(path).archive() }
    attempt { () throws(HDF5Error) in _ = try RunRecord.open(path).rules() }
    attempt { () throws(HDF5Error) in _ = try RunRecord.open(path).evaluation() }
    attempt { () throws(HDF5Error) in _ = try RunRecord.open(path).provenance() }
    attempt { () throws(HDF5Error) in _ = try RunRecord.open(path).sessions() }
    return (read, refused)
  }

  @Test("changed bytes anywhere in a published record are told in one line")
  func bytes() throws {
    try withTemporaryFolder { folder in
      let path = folder.path("whole.h5")
      try ReferenceRecord.make().publish(to: path, modified: ReferenceRecord.modified)
      let whole = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
      var dice = Dice(state: 11)
      for round in 0..<2000 {
        var bytes = whole
        for _ in 0...dice(4) {
          // Everything but the seal's own mark, whose loss makes the file an unsealed one.
          let place = dice(bytes.count - 16)
          switch dice(3) {
          case 0: bytes[place] ^= 1 << UInt8(dice(8))
          case 1: bytes[place] = ~bytes[place]
          default: for k in place..<min(bytes.count - 16, place + 1 + dice(64)) { bytes[k] ^= 0xA5 }
          }
        }
        try write(bytes, path)
        let error = try #require(throws: HDF5Error.self) {
          _ = round % 2 == 0 ? try RunRecord.open(path) : try RunRecord.resume(path)
        }
        #expect(error.description == "\(path): its bytes are not those that were written: it was damaged")
      }
      for _ in 0..<200 {
        try write(Array(whole.prefix(dice(whole.count - 16))), path)
        #expect(throws: HDF5Error.self) { try RunRecord.open(path) }
      }
    }
  }

  /// Writes without waiting for the disk.
  private func write(_ bytes: [UInt8], _ path: String) throws {
    let file = try #require(fopen(path, "w"))
    defer { fclose(file) }
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
  }

  @Test("records whose groups, shapes, types and texts were changed at random", arguments: 0..<2)
  func contents(lane: Int) throws {
    try withTemporaryFolder { folder in
      let path = folder.path("whole.h5")
      try ReferenceRecord.make().publish(to: path, modified: ReferenceRecord.modified)
      var dice = Dice(state: UInt64(lane) + 100)
      var total = (read: 0, refused: 0)
      for _ in 0..<60 {
        let file = try HDF5File(copyingIntoMemory: path)
        for _ in 0...dice(3) { try change(file, &dice) }
        let mutant = folder.path("mutant.h5")
        try write(try file.image(), mutant)
        let (read, refused) = readAll(mutant)
        total = (total.read + read, total.refused + refused)
      }
      #expect(total.read > 100 && total.refused > 20, "\(total)")
    }
  }

  /// Changes one thing of a record.
  private func change(_ file: borrowing HDF5File, _ dice: inout Dice) throws {
    var paths: [(path: String, isGroup: Bool)] = []
    func walk(_ path: String) throws {
      let group = try file.group(path)
      for name in try group.list() {
        let child = "\(path == "/" ? "" : path)/\(name)"
        let kind = try group.kind(of: name)
        paths.append((child, kind == .group))
        if kind == .group { try walk(child) }
      }
    }
    try walk("/")
    guard !paths.isEmpty else { return }
    let (path, isGroup) = paths[dice(paths.count)]
    switch dice(isGroup ? 3 : 6) {
    case 0:
      try file.remove(path)
    case 1:
      let attributes = try file.attributeNames(of: path).filter { $0.first?.isLowercase == true }
      guard !attributes.isEmpty else { return }
      try file.setText(
        ["", "-1", "nan", "bool", "1e999"][dice(5)], named: attributes[dice(attributes.count)], of: path)
    case 2:
      let names = ["kind", "status", "search", "direction", "state_version", "ways", "schema_version"]
      try file.setText(
        ["", "x", "1.0", "99999999999999999999"][dice(4)], named: names[dice(7)], of: isGroup ? path : "/")
    case 3:
      try file.remove(path)
      try file.createGroup(path)
    case 4:
      var dataset = try file.dataset(path)
      if dataset.unlimitedAxes.contains(0) { try dataset.extend(toRows: dice(9)) }
    default:
      try file.remove(path)
      let shape = (0..<dice(4)).map { _ in [0, 1, 2, 3, 4, 1000][dice(6)] }
      let type = ElementType.allCases[dice(7)]
      let dataset = try file.createDataset(path, type, shape: shape, unlimited: !shape.isEmpty && dice(2) == 0)
      let count = shape.reduce(1, *)
      guard count > 0, count < 10_000 else { return }
      switch type {
      case .str: try dataset.write(.texts((0..<count).map { _ in ["", "é", "0", "best"][dice(4)] }))
      case .f4, .f8: try dataset.write(.doubles((0..<count).map { _ in [0, -1, .nan, .infinity, 1e300][dice(5)] }))
      default: try dataset.write(.integers((0..<count).map { _ in [0, 1, -1, .max, .min, 7][dice(6)] }))
      }
    }
  }
}
