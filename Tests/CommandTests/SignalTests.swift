import Foundation
import Records
import Testing

@Suite("Signals")
struct SignalTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  /// A run that would take hours, stopped by a signal after its third generation.
  private func stopped(by signal: Int32) throws -> Outcome {
    let running = try Tool.start([
      "discover", Tool.quick, "--out", workshop.path("run.h5"), "--set", "optimizer.generations=1000000", "--set",
      "optimizer.kind=random", "--json",
      "-q", "--no-report",
    ])
    #expect(running.wait(for: "\"event\":\"generation\"", times: 3))
    running.send(signal)
    return running.finish()
  }

  @Test(
    "a signal publishes, names the way to go on, and leaves with its code",
    arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129), (SIGUSR1, 75)] as [(Int32, Int32)])
  func signals(_ signal: Int32, _ code: Int32) throws {
    let end = try stopped(by: signal)
    #expect(end.code == code)
    let path = workshop.path("run.h5")
    #expect(end.err.contains("resume with: metaplast discover --resume \(path)\n"))
    let record = try RunRecord.open(path)
    #expect(try record.identity().status == .interrupted)
    let done = try record.generationCount()
    #expect(done >= 3)

    // What was stopped can be brought to its end with the generations it has.
    let rest = try Tool.run(
      "discover", "--resume", path, "--set", "optimizer.generations=\(done)", "--json", "-q", "--no-report")
    #expect(rest.code == 0, "\(rest.err)")
    #expect(rest.event("result") != nil)
  }

  @Test("a second interrupt leaves at once, though an episode is not done, and the published record opens")
  func twice() throws {
    let running = try Tool.start([
      "discover", Tool.quick, "--out", workshop.path("run.h5"), "--json", "-q", "--no-report", "--workers", "1",
      "--set",
      "network.hidden=[2048, 2048]", "--set", "network.steps=400", "--set", "task.shots=2000",
    ])
    #expect(running.wait(for: "\"event\":\"start\""))
    usleep(200_000)
    let clock = ContinuousClock()
    running.send(SIGINT)
    usleep(100_000)
    #expect(running.process.isRunning)
    let asked = clock.now
    running.send(SIGINT)
    #expect(running.finish().code == 130)
    #expect(clock.now - asked < .seconds(5))
    #expect(try RunRecord.open(workshop.path("run.h5")).identity().status == .running)
  }

  @Test("SIGUSR2 publishes and goes on")
  func publish() throws {
    let running = try Tool.start([
      "discover", Tool.quick, "--out", workshop.path("run.h5"), "--set", "optimizer.generations=1000000", "--set",
      "optimizer.kind=random", "--json",
      "-q", "--no-report", "--publish-interval", "1d",
    ])
    #expect(running.wait(for: "\"event\":\"generation\"", times: 2))
    running.send(SIGUSR2)
    #expect(running.wait(for: "\"event\":\"publish\""))
    #expect(try RunRecord.open(workshop.path("run.h5")).generationCount() >= 2)
    running.send(SIGTERM)
    #expect(running.finish().code == 143)
  }

  @Test("no generation is started that cannot be finished in time")
  func maximumTime() throws {
    let clock = ContinuousClock()
    let began = clock.now
    let end = try Tool.run(
      "discover", Tool.quick, "--out", workshop.path("run.h5"), "--set", "optimizer.generations=1000000",
      "--set", "optimizer.kind=random", "--max-time", "1s", "-q", "--no-report")
    #expect(end.code == 75)
    #expect(clock.now - began < .seconds(20))
    #expect(try RunRecord.open(workshop.path("run.h5")).generationCount() > 0)
  }

  @Test("a reader that goes away does not end the run")
  func brokenPipe() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c",
      "'\(Tool.path)' discover '\(Tool.quick)' --out '\(workshop.path("run.h5"))' --json -q --no-report | head -n 1 > /dev/null",
    ]
    try process.run()
    process.waitUntilExit()
    #expect(try RunRecord.open(workshop.path("run.h5")).identity().status == .complete)
  }
}
