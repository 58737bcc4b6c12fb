import Foundation
import Records
import TestSupport
import Testing

@Suite("Publishing is all or nothing")
struct PublicationTests {
  private func names(_ folder: TemporaryFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  private func read(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

  @Test("a publication dropped before its commit leaves the former file and no partial one")
  func dropped() throws {
    try withTemporaryFolder { folder in
      let path = folder.path("a.h5")
      try Publication([1, 2, 3], to: path).commit()
      do {
        let publication = try Publication([4, 5], to: path)
        #expect(try read(publication.partial) == [4, 5])
        #expect(publication.partial == folder.path(".a.h5.\(getpid()).partial"))
      }
      #expect(try read(path) == [1, 2, 3])
      #expect(try names(folder) == ["a.h5"])
    }
  }

  @Test("a process killed between write and rename leaves the former file; the next publication sweeps up")
  func killed() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("run.h5")
    try ReferenceRecord.make(generations: 2).publish(to: path)
    let before = try read(path)
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let publication = try Publication([UInt8](repeating: 7, count: 100_000), to: path)
      kill(getpid(), SIGKILL)
      try publication.commit()
    }
    #expect(try read(path) == before)
    #expect(try names(folder).count == 2)
    #expect(try RunRecord.open(path).generationCount() == 2)
    try ReferenceRecord.make(generations: 3).publish(to: path)
    #expect(try names(folder) == ["run.h5"])
    #expect(try RunRecord.open(path).generationCount() == 3)
  }

  @Test("a process killed at any moment of a run of publications leaves a whole file or none", arguments: 0..<8)
  func killedAnywhere(round: Int) async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("run.h5")
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, round = round as Int] in
      let record = try ReferenceRecord.make(generations: 1, finished: false)
      Thread.detachNewThread {
        usleep(UInt32(3_000 + round * 7_001))
        kill(getpid(), SIGKILL)
      }
      for g in 1..<100_000 {
        try record.append(ReferenceRecord.row(g))
        try record.setState(ReferenceRecord.state(g))
        try record.publish(to: path)
      }
    }
    guard FileManager.default.fileExists(atPath: path) else { return }
    #expect(try RecordCheck.check(path) == [])
    let record = try RunRecord.open(path)
    #expect(try record.state()?.nextGeneration == record.generationCount())
  }

  @Test("outputs that cannot be made are refused before anything is written")
  func refused() throws {
    try withTemporaryFolder { folder in
      let record = try ReferenceRecord.make(generations: 1)
      func refusal(_ path: String, replacing: Bool = true) throws -> HDF5Error {
        try #require(throws: HDF5Error.self) { try record.publish(to: path, replacing: replacing) }
      }
      let nowhere = try refusal(folder.path("no/such/folder/a.h5"))
      #expect(nowhere.reason == .cannotCreate)
      #expect(nowhere.description.hasSuffix("a.h5: it cannot be created: no such file or directory"))
      #expect(try refusal(folder.path).reason == .cannotCreate)
      try Publication([1], to: folder.path("a.h5")).commit()
      #expect(try refusal(folder.path("a.h5"), replacing: false).reason == .outputExists)
      #expect(try read(folder.path("a.h5")) == [1])
      #expect(try names(folder) == ["a.h5"])
    }
  }

  @Test("a folder nobody may write in is refused, and what lies there stays")
  func unwritable() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.h5")
    try Publication([1, 2], to: path).commit()
    chmod(folder.path, 0o555)
    defer { chmod(folder.path, 0o755) }
    await #expect(processExitsWith: .success) { [path = path as String] in
      // Root may write anywhere, so the attempt is made as nobody.
      if geteuid() == 0 { try #require(seteuid(65534) == 0) }
      let error = try #require(throws: HDF5Error.self) { try Publication([3], to: path).commit() }
      try #require(error.reason == .cannotCreate)
    }
    #expect(try read(path) == [1, 2])
  }

  @Test("a full disk is an I/O error; the former file stays whole and the partial one goes")
  func fullDisk() throws {
    guard geteuid() == 0, let mount = findProgram("mount"), let umount = findProgram("umount") else {
      skipped("only root can mount a small disk")
      return
    }
    try withTemporaryFolder { folder in
      let mounted = try runProgram(mount, ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.path])
      guard mounted.status == 0 else {
        skipped("a small disk cannot be mounted here: \(mounted.errors)")
        return
      }
      defer { _ = try? runProgram(umount, [folder.path]) }
      let path = folder.path("run.h5")
      let record = try ReferenceRecord.make(generations: 2, finished: false)
      try record.publish(to: path)
      let before = try read(path)
      let error = try #require(throws: HDF5Error.self) {
        try Publication([UInt8](repeating: 1, count: 2 << 20), to: path).commit()
      }
      #expect(error.reason == .inputOutput)
      #expect(error.description == "\(path): it cannot be written: no space left on device")
      #expect(try read(path) == before)
      #expect(try names(folder) == ["run.h5"])
      try record.append(ReferenceRecord.row(2))
      try record.publish(to: path)
      #expect(try RunRecord.open(path).generationCount() == 3)
    }
  }

  @Test("a link is followed: the file it names is replaced, the link stays")
  func link() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.createDirectory(atPath: folder.path("store"), withIntermediateDirectories: true)
      try Publication([1], to: folder.path("store/a.h5")).commit()
      try FileManager.default.createSymbolicLink(
        atPath: folder.path("a.h5"), withDestinationPath: folder.path("store/a.h5"))
      try Publication([2], to: folder.path("a.h5")).commit()
      #expect(try read(folder.path("store/a.h5")) == [2])
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("a.h5")).hasSuffix("store/a.h5"))
    }
  }

  @Test("a reader in a loop sees only whole publications")
  func reader() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("run.h5")
    let record = try ReferenceRecord.make(generations: 1, finished: false)
    try record.publish(to: path)
    async let reading = Task.detached { () -> Int in
      var last = 0
      for _ in 0..<200 {
        let count = try RunRecord.open(path).generations().count
        guard count >= last else { return -1 }
        last = count
      }
      return last
    }.value
    for g in 1..<60 {
      try record.append(ReferenceRecord.row(g))
      try record.publish(to: path)
    }
    #expect(try await reading >= 1)
  }
}
