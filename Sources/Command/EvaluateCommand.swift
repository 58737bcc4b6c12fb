import ArgumentParser
import Experiments
import Foundation
import Pages
import Records
import Tasks

extension Split: ExpressibleByArgument {
  /// The name, for help.
  public var defaultValueDescription: String { "\(self)" }

  /// `search`, `selection` or `test`.
  public init?(argument: String) {
    guard let split = Split.allCases.first(where: { "\($0)" == argument }) else { return nil }
    self = split
  }

  /// The names, for help.
  public static var allValueStrings: [String] { allCases.map { "\($0)" } }
}

/// `evaluate`: rules on the tasks of one experiment.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Score rules on few-shot tasks, or train learning systems on a data set.",
    discussion: """
      A page of a training (its first key is training) says which learning systems learn which data: all are trained, \
      and one table compares them.

      A rule is a name in rules/, the path of a page, RUN.h5 for the rule that a run discovered, or RUN.h5#G:K for \
      candidate K of its generation G. All rules meet the same episodes, and each is compared with a baseline, episode \
      by episode: the mean difference with a 95 % bootstrap interval, the p value of a sign-flip permutation test, the \
      same after Holm's correction for the number of rows, and the difference that as many episodes would show with \
      power 0.8.
      """)

  @Argument(help: ArgumentHelp("Rules to score, or the page of a training.", valueName: "rule")) var rules: [String] =
    []
  @Option(name: .long, help: ArgumentHelp("A page that says which rules meet what.", valueName: "page.yaml"))
  var grid: String?
  @Option(
    name: .long,
    help: ArgumentHelp("Let a key of the experiment vary; may be given often.", valueName: "path.to.key=value,…"))
  var vary: [String] = []
  @Option(name: .long, help: "Do one of several shards of a grid: 2/8 is every eighth cell, beginning with the second.")
  var shard: Shard?
  @Option(
    name: .long,
    help: ArgumentHelp("Go on with the record of a grid or a training that was stopped.", valueName: "file.h5"))
  var resume: String?
  @Option(name: .long, help: "The experiment whose tasks and network are used; a record's own when it is left out.")
  var experiment: String?
  @Option(name: .long, help: "How many episodes; the experiment's test episodes otherwise.") var episodes: Int?
  @Option(name: .long, help: "The pool to draw from: search, selection or test (default: test).") var split: Split?
  @Option(name: .long, help: "The first episode (default: 0).") var first: Int?
  @Flag(name: .long, inversion: .prefixedNo, help: "Also score the methods that are not rules (default: yes).")
  var baselines: Bool?
  @Option(
    name: .long,
    help: "The row that the others are compared with (default: feedback-alignment when it is scored, else the first).")
  var baseline: String?
  @Option(name: .long, help: ArgumentHelp("Write a record with the score of every episode.", valueName: "file.h5"))
  var out: String?
  @Option(name: .long, help: ArgumentHelp("Write the table as comma-separated values.", valueName: "file.csv"))
  var csv: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Keep the weights before and after learning of so many episodes in the record of --out.", valueName: "episodes"))
  var weights: Int?
  @Flag(
    name: .long,
    help: "Also take every term of every rule away, one at a time: what each is worth. One experiment only.")
  var ablate = false
  @Flag(name: .long, help: "Write over files that are there already.") var force = false
  @Option(name: .long, help: "Grids, trainings: stop, resumable, before this much time is over: 90s, 45m, 23h30m.")
  var maxTime: TimeSpan?
  @Option(name: .long, help: "Grids, trainings: stop, resumable, after this many cells or epochs.") var maxSteps: Int?
  @Option(
    name: .long,
    help: "Grids, trainings: time between two publishes of the record (default: 30s, 10s, and at most 2 % of the time)."
  )
  var publishInterval: TimeSpan?
  @Flag(name: .long, help: "Grids, trainings: rewrite the page of --report at each publish.") var liveReport = false
  @Flag(name: .long, help: "Trainings: check everything, say what each system takes; learn and write nothing.")
  var dryRun = false
  @OptionGroup var diagnosis: DiagnosisOptions
  @OptionGroup var change: ChangeOptions
  @OptionGroup var work: WorkOptions
  @OptionGroup var talk: TalkOptions

  func validate() throws {
    if let resume {
      guard grid == nil, rules.isEmpty, vary.isEmpty, experiment == nil, out == nil, !force else {
        throw ValidationError("--resume \(resume) takes its grid, its rules and its file from the record")
      }
      guard episodes == nil, first == nil, split == nil, baseline == nil, baselines == nil, change.overrides.isEmpty,
        diagnosis.curve == nil, !diagnosis.diagnose
      else { throw ValidationError("--resume \(resume) keeps what the record was begun with") }
    } else if let grid {
      guard rules.isEmpty, vary.isEmpty, experiment == nil else {
        throw ValidationError("\(grid) says which rules meet what: drop the rules, --vary and --experiment")
      }
    } else if rules.isEmpty {
      throw ValidationError("name at least one rule, or a grid with --grid")
    }
    if shard != nil, grid == nil, vary.isEmpty, resume == nil {
      throw ValidationError("--shard does a part of a grid: name one with --grid or --vary")
    }
    if let episodes, !(1...1_000_000).contains(episodes) {
      throw ValidationError("--episodes must lie between 1 and 1000000 (got \(episodes))")
    }
    if let first, !(0...1_000_000_000).contains(first) {
      throw ValidationError("--first must be at least 0 (got \(first))")
    }
    if let weights {
      guard grid == nil, vary.isEmpty, resume == nil else {
        throw ValidationError(
          "--weights keeps networks of one experiment: score a cell of the grid by itself, with --set for what varies")
      }
      guard out != nil else { throw ValidationError("--weights are kept by the record that --out writes") }
      guard (1...1_000_000).contains(weights) else {
        throw ValidationError("--weights must lie between 1 and 1000000 (got \(weights))")
      }
    }
    if ablate, grid != nil || resume != nil || !vary.isEmpty {
      throw ValidationError("--ablate is for one experiment: drop --grid, --vary and --resume")
    }
    if let maxSteps, maxSteps < 1 { throw ValidationError("--max-steps must be at least 1 (got \(maxSteps))") }
    if liveReport, diagnosis.report == nil {
      throw ValidationError("--live-report rewrites the page of --report: name it")
    }
    if liveReport, grid == nil, vary.isEmpty, resume == nil, !rules.contains(where: { $0.hasSuffix(".yaml") }) {
      throw ValidationError("--live-report is of a grid, which is published while it is scored")
    }
    if diagnosis.report != nil, out == nil, resume == nil, grid == nil, vary.isEmpty,
      !rules.contains(where: { $0.hasSuffix(".yaml") })
    {
      throw ValidationError("--report is of the record that --out writes")
    }
  }

  func run() throws {
    Signals.catchAll()
    if let page = try trainingPage() {
      if dryRun { return try TrainingSession.rehearse(page, self) }
      return try TrainingSession.beginning(page, self).run()
    }
    if dryRun { throw Failure(.usage, "--dry-run is for the page of a training") }
    if let resume, try TrainingSession.isTraining(record: resume) {
      guard shard == nil else { throw Failure(.usage, "--shard does a part of a grid, and \(resume) is a training") }
      return try TrainingSession.resuming(resume, self).run()
    }
    if resume == nil, grid == nil, vary.isEmpty { return try single() }
    let session = try resume.map { try GridSession.resuming($0, self) } ?? GridSession.beginning(self)
    let limits = RunLimits(time: maxTime?.seconds, steps: maxSteps, publishInterval: publishInterval?.seconds)
    try session.run(Crew(workers: work.threads), limits)
  }

  /// The page of a training, where the one rule named is none but such a page.
  private func trainingPage() throws -> String? {
    let pages = try rules.filter { rule in
      rule.hasSuffix(".yaml") && FileManager.default.fileExists(atPath: rule)
        ? try TrainingPlan.isTraining(rule) : false
    }
    guard let page = pages.first else { return nil }
    func refuse(_ what: String) -> Failure { Failure(.usage, "\(page) is a training, which \(what)") }
    guard rules.count == 1 else { throw refuse("is evaluated by itself: drop the other rules and pages") }
    guard experiment == nil, vary.isEmpty, !ablate, weights == nil, episodes == nil, split == nil, first == nil,
      baselines == nil, diagnosis.curve == nil, !diagnosis.diagnose
    else {
      throw refuse(
        "has no episodes: drop --experiment, --vary, --ablate, --weights, --episodes, --split, --first, --baselines, "
          + "--curve and --diagnose")
    }
    return page
  }

  /// Names of the methods that are scored beside rules.
  static func references(_ wanted: Bool) -> [Baseline] { wanted ? Baseline.allCases : [] }

  /// The name of the row that the others are compared with.
  static func reference(_ baseline: String?, among names: [String]) throws -> String {
    guard let baseline else {
      return names.contains(RowName.feedbackAlignment) ? RowName.feedbackAlignment : names[0]
    }
    guard names.contains(baseline) else {
      throw Failure(.usage, "--baseline \(baseline) is no row of the table; there are \(names.joined(separator: ", "))")
    }
    return baseline
  }
}

/// Which part of a grid is done here: `2/8`.
struct Shard: ExpressibleByArgument {
  /// From 1.
  var number: Int
  /// How many there are.
  var of: Int

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let number = parts[0], let of = parts[1], of >= 1, of <= 100_000, (1...of).contains(number)
    else { return nil }
    self.number = number
    self.of = of
  }

  /// As it is written.
  var text: String { "\(number)/\(of)" }
}
