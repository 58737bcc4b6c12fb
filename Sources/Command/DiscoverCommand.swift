import ArgumentParser
import Experiments
import Foundation
import Pages

/// `discover`: the outer loop.
struct DiscoverCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "discover",
    abstract: "Search a rule, test it on held-out tasks, and write a record.",
    discussion: """
      Writes runs/<experiment>-<n>.h5, or the file that --out names. A run that was stopped goes on with --resume, bit \
      for bit as if it had not been stopped.
      """)

  @Argument(help: "The experiment's page.") var page: String?
  @Option(name: .long, help: "The record to write.") var out: String?
  @Option(name: .long, help: "Go on with a record that was stopped; its experiment is in it.") var resume: String?
  @Flag(name: .long, help: "Write over an existing record.") var force = false
  @Flag(name: .long, help: "Check everything, time one episode, say what the run would take; write nothing.")
  var dryRun = false
  @Option(name: .long, help: "Stop, resumable, before this much time is over: 90s, 45m, 23h30m.") var maxTime: TimeSpan?
  @Option(
    name: .long, help: "Stop, resumable, after this many steps (a generation, a selection, or the test is one step).")
  var maxSteps: Int?
  @Option(name: .long, help: "Time between two publishes of the record (default: 30s, and at most 2 % of the time).")
  var publishInterval: TimeSpan?
  @Flag(name: .long, inversion: .prefixedNo, help: "Write the HTML report and the notebook at the end.") var report =
    true
  @Flag(name: .long, help: "Rewrite the HTML report at each publish while the search goes on.") var liveReport = false
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Also write the search's curves for TensorBoard, to a folder of its own in this one.",
      valueName: "dir")) var tensorboard: String?
  @OptionGroup var change: ChangeOptions
  @OptionGroup var work: WorkOptions
  @OptionGroup var talk: TalkOptions

  func validate() throws {
    if page == nil && resume == nil { throw ValidationError("name an experiment's page, or a record with --resume") }
    if resume != nil && force { throw ValidationError("--force writes a new record and --resume goes on with one") }
    if resume != nil && out != nil {
      throw ValidationError("--resume writes to the record it goes on with; drop --out")
    }
    if let maxSteps, maxSteps < 1 { throw ValidationError("--max-steps must be at least 1 (got \(maxSteps))") }
  }

  func run() throws {
    Signals.catchAll()
    let crew = Crew(workers: work.threads)
    let session: DiscoverySession
    if let resume {
      session = try .resuming(resume, page: page, change: change, work: work)
    } else {
      session = try .beginning(page!, out: out, force: force, change: change, work: work, writes: !dryRun)
    }
    if dryRun { return try session.rehearse(crew, talk) }
    let limits = RunLimits(time: maxTime?.seconds, steps: maxSteps, publishInterval: publishInterval?.seconds)
    try session.run(crew, limits, talk, report: report, live: liveReport, tensorBoard: tensorboard)
  }
}

/// What bounds a session.
struct RunLimits {
  /// Seconds from the start.
  var time: Double?
  /// Steps of this session.
  var steps: Int?
  /// Seconds between publishes; nil for every 30 seconds, as long as publishing takes at most 2 % of the time.
  var publishInterval: Double?
}
