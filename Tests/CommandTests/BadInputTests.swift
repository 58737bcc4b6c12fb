import Foundation
import Records
import TestSupport
import Testing

@Suite("Bad input")
struct BadInputTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  /// One clear message, the right code, nothing on standard output, no trace of a crash.
  private func expect(
    _ outcome: Outcome, _ code: Int32, _ message: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(outcome.code == code, "\(outcome.err)", sourceLocation: sourceLocation)
    #expect(outcome.err.contains(message), "\(outcome.err)", sourceLocation: sourceLocation)
    #expect(outcome.out == "", sourceLocation: sourceLocation)
    for word in ["Fatal error", "Stack dump", "Backtrace", "Crash", "Swift/"] {
      #expect(!outcome.err.contains(word), "\(outcome.err)", sourceLocation: sourceLocation)
    }
  }

  @Test("a missing page, rule, record or data set is 66")
  func missing() throws {
    expect(try Tool.run("discover", "nowhere.yaml"), 66, "nowhere.yaml: error: no such file")
    expect(try Tool.run("discover", "--resume", "nowhere.h5"), 66, "nowhere.h5")
    expect(try Tool.run("log", "info", "nowhere.h5"), 66, "nowhere.h5")
    expect(try Tool.run("rules", "show", "error-heb"), 66, "(did you mean \"error-hebb\"?)")
    expect(
      try Tool.run("evaluate", "error-hebb-oha", "--experiment", Tool.quick), 66, "(did you mean \"error-hebb-oja\"?)")
    let lost = try workshop.write("lost.yaml", "schema: 1\nexperiment: lost\ntask: {data: emnist}\n")
    expect(
      try Tool.run("discover", lost, environment: ["METAPLAST_DATA": workshop.folder.path]), 66,
      "emnist: no data found")
  }

  @Test("a rule of a single term cannot be pruned, and what is left is written as a page")
  func pruning() throws {
    let single = ["rules", "prune", "feedback-alignment", "--experiment", Tool.quick]
    expect(try Tool.run(single), 65, "has a single term, and nothing can be taken away")
    expect(try Tool.run(single + ["--out", "rest.txt"]), 64, "ends in .yaml (got rest.txt)")
    expect(try Tool.run("rules", "prune", "error-hebb"), 64, "name the experiment with --experiment")
  }

  @Test("sizes beyond the machine's memory are 65, before anything is allocated")
  func memory() throws {
    let wide = ["--set", "network.hidden=[4096,4096,4096,4096]", "--workers", "4096"]
    let sentence = "4096 workers of "
    expect(try Tool.run(["discover", Tool.quick, "--out", workshop.path("x.h5")] + wide), 65, sentence)
    expect(try Tool.run(["discover", Tool.quick, "--dry-run"] + wide), 65, sentence)
    expect(try Tool.run(["evaluate", "oja", "--experiment", Tool.quick] + wide), 65, sentence)
    #expect(!workshop.exists("x.h5"))
  }

  @Test("a vector path that does not exist is 64, with the nearest name; the doctor says it among the rest")
  func vectorPath() throws {
    let environment = ["METAPLAST_VECTORS": "avx51"]
    let message = "METAPLAST_VECTORS: there is no vector path \"avx51\" (did you mean \"avx512\"?)"
    expect(try Tool.run("rules", "show", "oja", environment: environment), 64, message)
    let doctor = try Tool.run("doctor", environment: environment)
    #expect(doctor.code == 1)
    #expect(doctor.out.contains(message))
    let forced = try Tool.run("doctor", "--json", environment: ["METAPLAST_VECTORS": "plain"])
    #expect(forced.out.contains("plain, asked for by METAPLAST_VECTORS"))
  }

  @Test("a bad page is 65, with everything that is wrong at once")
  func badPage() throws {
    let page = try workshop.write(
      "bad.yaml", "schema: 1\nexperiment: bad\noptimizer:\n  sigma: -1\n  popultion: 3\n")
    let expected = """
      \(page):4:10: error: optimizer.sigma must be at least 1.0e-6 (got -1)
         4 |   sigma: -1
           |          ^~
      \(page):5:3: error: unknown key "popultion" in optimizer (did you mean "population"?)
         5 |   popultion: 3
           |   ^~~~~~~~~

      """
    for verb in [["discover"], ["config", "show"], ["config", "check"]] {
      let outcome = try Tool.run(verb + [page])
      #expect(outcome.code == 65)
      #expect(outcome.err == expected)
      #expect(outcome.out == "")
    }
    let override = try Tool.run("config", "show", Tool.quick, "--set", "task.ways=1")
    #expect(override.code == 65)
    #expect(
      override.err == """
        --set:1:11: error: task.ways must be at least 2 (got 1)
           1 | task.ways=1
             |           ^

        """)
    let rule = try workshop.write("r.yaml", "schema: 1\nrule: r\ndw: e_pst * y_pre\n")
    let outcome = try Tool.run("rules", "check", rule)
    #expect(outcome.code == 65)
    #expect(outcome.err.contains("(did you mean \"e_post\"?)"))
  }

  @Test("what an experiment asks of its data or its rule and cannot have is 65")
  func impossible() throws {
    expect(
      try Tool.run("discover", Tool.quick, "--set", "task.shots=9999", "--set", "task.query=9999"), 65,
      "shots and 9999 query examples of each way")
    expect(
      try Tool.run("discover", Tool.quick, "--set", "optimizer.kind=grid", "--set", "optimizer.points=900"), 65, "grid")
  }

  @Test("data that are not what they should be are 65, with the file's name")
  func badData() throws {
    let folder = workshop.folder.appendingPathComponent("mnist")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    func write(_ images: [UInt8], _ labels: [UInt8]) throws {
      for part in ["train", "t10k"] {
        try Data(images).write(to: folder.appendingPathComponent("\(part)-images-idx3-ubyte"))
        try Data(labels).write(to: folder.appendingPathComponent("\(part)-labels-idx1-ubyte"))
      }
    }
    func header(_ magic: UInt8, _ sizes: [UInt32]) -> [UInt8] {
      [0, 0, 8, magic] + sizes.flatMap { size in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) } }
    }
    let labels = header(1, [2]) + [0, 1]
    let page = try workshop.write(
      "m.yaml", "schema: 1\nexperiment: m\ntask: {data: mnist, ways: 2, shots: 1, query: 1}\n")
    for images in [
      header(9, [2, 28, 28]) + [UInt8](repeating: 7, count: 2 * 784), header(3, [2, 28, 28]) + [1, 2, 3],
      header(3, [4_000_000_000, 28, 28]) + [1, 2, 3], [], [0, 0],
    ] as [[UInt8]] {
      try write(images, labels)
      for verb in [["discover", page], ["tasks", "info", "mnist"], ["bench", "--experiment", page]] {
        let outcome = try Tool.run(verb + ["--data", workshop.folder.path])
        expect(outcome, 65, "-images-idx3-ubyte")
        #expect(outcome.err.split(separator: "\n").count == 1)
      }
    }
  }

  @Test("a record that is none, is cut, or belongs to something else is 65")
  func badRecord() throws {
    let text = try workshop.write("text.h5", "this is no record\n")
    expect(try Tool.run("log", "info", text), 65, text)
    expect(try Tool.run("discover", "--resume", text), 65, text)
    expect(try Tool.run("evaluate", text), 65, text)
    #expect(try Tool.run("discover", Tool.quick, "--out", workshop.path("a.h5"), "-q", "--no-report").code == 0)
    let whole = try Data(contentsOf: URL(fileURLWithPath: workshop.path("a.h5")))
    try whole.prefix(whole.count / 2).write(to: workshop.folder.appendingPathComponent("cut.h5"))
    expect(try Tool.run("log", "info", workshop.path("cut.h5")), 65, "cut.h5")
    expect(try Tool.run("evaluate", workshop.path("a.h5") + "#99:0"), 65, "has no generation 99; it holds 6")
    expect(try Tool.run("evaluate", workshop.path("a.h5") + "#0:99"), 65, "has no candidate 99")
    expect(try Tool.run("evaluate", workshop.path("a.h5") + "#x"), 64, "RUN.h5#GENERATION:CANDIDATE")
    expect(
      try Tool.run("discover", "--resume", workshop.path("a.h5"), "--seed", "9", "--set", "optimizer.sigma=0.5"), 65,
      "seed is 1 there and 9 here; optimizer.sigma is 1.0 there and 0.5 here "
        + "(only optimizer.generations and test.episodes may change)")
    expect(
      try Tool.run("discover", "--resume", workshop.path("a.h5"), "--set", "optimizer.generations=2"), 65,
      "holds 6 generations of discovered, and the budget is 2")
  }

  @Test("an output that is there, or cannot be, is 73, and nothing is lost")
  func output() throws {
    let kept = try workshop.write("kept.h5", "precious")
    expect(try Tool.run("discover", Tool.quick, "--out", kept), 73, "exists; go on with it with --resume")
    #expect(try workshop.text("kept.h5") == "precious")
    #expect(try Tool.run("discover", Tool.quick, "--out", kept, "--force", "-q", "--no-report").code == 0)
    #expect(try RunRecord.open(kept).identity().status == .complete)
    expect(try Tool.run("discover", Tool.quick, "--out", workshop.path("none/a.h5")), 73, "there is no folder")
    expect(try Tool.run("discover", Tool.quick, "--out", workshop.folder.path), 73, "is a folder")
    expect(try Tool.run("discover", Tool.quick, "--out", "/proc/a.h5", "-q"), 73, "/proc/a.h5")
  }

  @Test("a full disk is 74, and the last published record still opens")
  func fullDisk() throws {
    let mounted = workshop.path("small")
    try FileManager.default.createDirectory(atPath: mounted, withIntermediateDirectories: true)
    let mount = Process()
    mount.executableURL = URL(fileURLWithPath: "/bin/sh")
    mount.arguments = ["-c", "mount -t tmpfs -o size=700k tmpfs '\(mounted)' 2> /dev/null"]
    try mount.run()
    mount.waitUntilExit()
    guard mount.terminationStatus == 0 else {
      print("skipped: a full disk: no small file system can be mounted here")
      return
    }
    defer {
      let unmount = Process()
      unmount.executableURL = URL(fileURLWithPath: "/bin/sh")
      unmount.arguments = ["-c", "umount '\(mounted)'"]
      try? unmount.run()
      unmount.waitUntilExit()
    }
    let path = mounted + "/run.h5"
    let end = try Tool.run(
      "discover", Tool.quick, "--out", path, "--set", "optimizer.generations=1000000", "--set",
      "optimizer.kind=random", "--publish-interval", "0.01",
      "-q")
    #expect(end.code == 74, "\(end.err)")
    #expect(end.err.contains("run.h5"))
    #expect(end.err.contains("no space left on device"))
    #expect(try RunRecord.open(path).generationCount() > 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: mounted).filter { $0.hasSuffix(".partial") } == [])
  }

  @Test("a wrong command line is 64 and says how it is used")
  func usage() throws {
    for arguments in [
      ["discover"], ["discover", Tool.quick, "--workers", "0"], ["discover", Tool.quick, "--max-time", "soon"],
      ["evaluate"], ["frobnicate"], ["discover", "--resume", "a.h5", "--force"], ["config", "schema", "novel"],
      ["discover", Tool.quick, "--max-steps", "0"], ["bench", "--seconds", "0"],
    ] {
      let outcome = try Tool.run(arguments)
      #expect(outcome.code == 64, "\(arguments)")
      #expect(outcome.err.contains("Usage: metaplast"), "\(arguments)")
    }
    expect(try Tool.run("evaluate", "oja"), 64, "name the experiment with --experiment")
  }
}
