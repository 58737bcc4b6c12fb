import Foundation
import Records
import TestSupport
import Testing

@Suite("Records open in the tools of their readers")
struct PeerTests {
  private let cdl = packageRoot.appendingPathComponent("Tests/RecordsTests/reference.cdl")

  @Test("ncdump -h of the reference record is the committed CDL and holds no phony dimension")
  func schemaText() throws {
    guard let ncdump = findProgram("ncdump") else { return }
    try withTemporaryFolder { folder in
      let path = folder.path("reference.h5")
      try ReferenceRecord.make().publish(to: path, modified: ReferenceRecord.modified)
      let dump = try runProgram(ncdump, ["-h", path])
      #expect(dump.status == 0)
      #expect(dump.errors.isEmpty)
      #expect(!dump.output.contains("phony_dim"))
      if ProcessInfo.processInfo.environment["METAPLAST_WRITE_REFERENCE"] != nil {
        try Data(dump.output.utf8).write(to: cdl)
      }
      let committed = try String(contentsOf: cdl, encoding: .utf8)
      let (got, wanted) = (dump.output.split(separator: "\n"), committed.split(separator: "\n"))
      for (mine, theirs) in zip(got, wanted) where mine != theirs {
        Issue.record("got \(mine), the CDL says \(theirs)")
        break
      }
      #expect(got.count == wanted.count)
    }
  }

  @Test(
    "h5py, xarray with both engines and ncdump see names, types and texts", .timeLimit(.minutes(5)),
    arguments: [0, 3])
  func python(generations: Int) throws {
    guard let python = findPython(with: "h5py, xarray, h5netcdf, netCDF4") else { return }
    try withTemporaryFolder { folder in
      let path = folder.path("record.h5")
      try ReferenceRecord.make(generations: generations, finished: generations != 0).publish(to: path)
      let script = packageRoot.appendingPathComponent("Tests/peers/check_record.py").path
      let done = try runProgram(python, [script, path])
      #expect(done.status == 0, "\(done.output)\(done.errors)")
      #expect(done.output.contains(" passed, 0 failed"))
    }
  }

  @Test("h5diff finds no difference between two records of one seed")
  func h5diff() throws {
    guard let h5diff = findProgram("h5diff") else { return }
    try withTemporaryFolder { folder in
      for name in ["a.h5", "b.h5"] { try ReferenceRecord.make().publish(to: folder.path(name)) }
      let done = try runProgram(h5diff, [folder.path("a.h5"), folder.path("b.h5"), "/discovery"])
      #expect(done.status == 0, "\(done.output)\(done.errors)")
    }
  }
}
