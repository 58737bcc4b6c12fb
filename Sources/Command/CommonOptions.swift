import ArgumentParser
import Experiments
import Foundation
import Pages

extension ColorChoice: ExpressibleByArgument {}
extension ProgressStyle: ExpressibleByArgument {}

/// How a verb talks.
struct TalkOptions: ParsableArguments {
  @Flag(name: .long, help: "Print JSON on standard output: one object, or one event a line for long work.")
  var json = false

  @Flag(name: [.short, .long], help: "No progress and no notes.")
  var quiet = false

  @Option(name: .long, help: "When to colour: auto, always or never.")
  var color = ColorChoice.auto

  @Option(name: .long, help: "How to show progress: auto, bar, plain or none.")
  var progress = ProgressStyle.auto

  @Option(name: .long, help: "Most often a plain progress line is written, in seconds.")
  var progressInterval = 10.0

  func validate() throws {
    guard progressInterval >= 0, progressInterval.isFinite else {
      throw ValidationError("--progress-interval must be at least 0 (got \(progressInterval))")
    }
  }

  /// The progress to show.
  func makeProgress() -> Progress { Progress(quiet ? .none : progress, interval: progressInterval) }

  /// A line for people, unless they want none.
  func note(_ text: String) {
    if !quiet { Output.note(text) }
  }
}

/// Where the work is done and data are found.
struct WorkOptions: ParsableArguments {
  @Option(name: .long, help: "Threads that score episodes (default: all cores). Results do not depend on it.")
  var workers: Int?

  @Option(name: .long, help: "Folder of data sets, looked at before METAPLAST_DATA and the packages' folders.")
  var data: String?

  func validate() throws {
    if let workers, !(1...4096).contains(workers) {
      throw ValidationError("--workers must lie between 1 and 4096 (got \(workers))")
    }
  }

  /// Threads to use.
  var threads: Int { workers ?? Crew.processorCount }
}

/// Changes to an experiment's page.
struct ChangeOptions: ParsableArguments {
  @Option(name: .long, help: "The seed of every random number; the page's otherwise.")
  var seed: UInt64?

  @Option(name: .customLong("set"), help: ArgumentHelp("Put a value over the page's.", valueName: "path.to.key=value"))
  var changes: [String] = []

  func validate() throws {
    if let seed, seed > UInt64(Int.max) {
      throw ValidationError("--seed must be at most \(Int.max) (got \(seed))")
    }
  }

  /// The changes in the form of `--set`, the seed last.
  var overrides: [String] { changes + (seed.map { ["seed=\($0)"] } ?? []) }
}
