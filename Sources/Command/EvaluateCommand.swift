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
    abstract: "Score rules on the few-shot tasks of an experiment.",
    discussion: """
      A rule is a name in rules/, the path of a page, RUN.h5 for the rule that a run discovered, or RUN.h5#G:K for \
      candidate K of its generation G. All rules meet the same episodes, and each is compared with a baseline, episode \
      by episode: the mean difference with a 95 % bootstrap interval, the p value of a sign-flip permutation test, the \
      same after Holm's correction for the number of rows, and the difference that as many episodes would show with \
      power 0.8.
      """)

  @Argument(help: ArgumentHelp("Rules to score.", valueName: "rule")) var rules: [String]
  @Option(name: .long, help: "The experiment whose tasks and network are used; a record's own when it is left out.")
  var experiment: String?
  @Option(name: .long, help: "How many episodes; the experiment's test episodes otherwise.") var episodes: Int?
  @Option(name: .long, help: "The pool to draw from: search, selection or test.") var split = Split.test
  @Option(name: .long, help: "The first episode.") var first = 0
  @Flag(name: .long, inversion: .prefixedNo, help: "Also score the methods without a network.") var baselines = true
  @Option(
    name: .long,
    help: "The row that the others are compared with (default: feedback-alignment when it is scored, else the first).")
  var baseline: String?
  @Option(name: .long, help: ArgumentHelp("Write a record with the score of every episode.", valueName: "file.h5"))
  var out: String?
  @Option(name: .long, help: ArgumentHelp("Write the table as comma-separated values.", valueName: "file.csv"))
  var csv: String?
  @Flag(name: .long, help: "Write over files that are there already.") var force = false
  @OptionGroup var change: ChangeOptions
  @OptionGroup var work: WorkOptions
  @OptionGroup var talk: TalkOptions

  func validate() throws {
    if rules.isEmpty { throw ValidationError("name at least one rule") }
    if let episodes, !(1...1_000_000).contains(episodes) {
      throw ValidationError("--episodes must lie between 1 and 1000000 (got \(episodes))")
    }
    if !(0...1_000_000_000).contains(first) { throw ValidationError("--first must be at least 0 (got \(first))") }
  }

  func run() throws {
    Signals.catchAll()
    let subjects = try rules.map { try RuleSubject.load($0, near: experiment) }
    let resolved: ResolvedExperiment
    if let experiment {
      resolved = try ResolvedExperiment.load(experiment, overrides: change.overrides)
    } else if let stored = subjects.lazy.compactMap(\.run).first {
      resolved = try ResolvedExperiment.read(
        text: stored.configuration, file: stored.path, overrides: change.overrides)
    } else {
      throw Failure(.usage, "name the experiment with --experiment, whose tasks and network the rules meet")
    }
    let family = try TaskCatalogue.load(resolved.experiment.task.data, directory: work.data)
    let source = try EpisodeSource(resolved.experiment, family: family)
    let contenders = try unique(subjects.map { try $0.contender(in: resolved.experiment) })
    let reference = try reference(among: contenders.map(\.name) + (baselines ? Baseline.allCases.map(\.rawValue) : []))
    for path in [out, csv].compactMap({ $0 }) { try RunPath.check(path, force: force, resumes: false) }
    let crew = Crew(workers: work.threads)
    try crew.memory(contenders, source).check()
    for contender in contenders {
      try contender.check(
        inputCount: family.inputCount, outputCount: source.outputCount, worstLoss: resolved.experiment.worstLoss)
    }
    let count = episodes ?? resolved.experiment.testEpisodes
    let started = timestamp()
    let progress = talk.makeProgress()
    progress.state.label = "evaluate"
    if talk.json {
      Output.line(
        JSON.event(
          "start",
          [
            .init("experiment", .text(resolved.experiment.name)), .init("split", .text("\(split)")),
            .init("episodes", .integer(count)), .init("seed", .text("\(resolved.experiment.seed)")),
            .init("rules", .list(contenders.map { .text($0.name) })),
          ]
        ).text())
    }
    progress.state.evaluations = (0, 0, contenders.count * count)
    let comparison = crew.comparison(
      contenders, baselines: baselines ? Baseline.allCases : [], source, split, first..<(first + count),
      contrast: .rowMinus(reference), worstLoss: resolved.experiment.worstLoss
    ) {
      progress.state.evaluations.done = crew.scoredCount
      progress.show()
      return Signals.stop == nil
    }
    progress.clear()
    guard let comparison else {
      let reason = Signals.stop ?? .interrupt
      Output.note("stopped: \(reason.rawValue)")
      throw EarlyExit(code: reason.status)
    }
    let table = ResultTable(comparison: comparison)
    if let out {
      let rules = zip(contenders, subjects).map { EvaluatedRule(contender: $0, text: $1.text, path: $1.path) }
      try EvaluationRecord.write(
        out, resolved, rules, comparison, source, split: split, first: first, facts: .current(workers: work.threads),
        libraries: Versions.libraries, data: work.data, started: started, replacing: force)
    }
    if let csv { try write(table.commaSeparated, to: csv) }
    if talk.json {
      Output.line(
        JSON.event(
          "result",
          [
            .init("experiment", .text(resolved.experiment.name)), .init("split", .text("\(split)")),
            .init("episodes", .integer(count)), .init("seed", .text("\(resolved.experiment.seed)")),
            .init("baseline", .text(reference)), .init("rows", table.rowsJSON),
            .init("files", .list([out, csv].compactMap { $0 }.map(JSON.text))),
          ]
        ).text())
    } else {
      for contender in contenders { Output.line("\(contender.name): \(contender.equation)") }
      Output.line("")
      Output.line("\(count) \(split) episodes of \(family.name):")
      for line in table.lines { Output.line(line) }
      for path in [out, csv].compactMap({ $0 }) { talk.note("written   \(path)") }
    }
  }

  /// The name of the row that the others are compared with.
  private func reference(among names: [String]) throws -> String {
    guard let baseline else {
      return names.contains(RowName.feedbackAlignment) ? RowName.feedbackAlignment : names[0]
    }
    guard names.contains(baseline) else {
      throw Failure(.usage, "--baseline \(baseline) is no row of the table; there are \(names.joined(separator: ", "))")
    }
    return baseline
  }

  private func write(_ text: String, to path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw Failure(.ioError, "cannot write \(path): \(error.localizedDescription)")
    }
  }

  /// Contenders whose names are different, so that every row can be told apart.
  private func unique(_ contenders: [Contender]) -> [Contender] {
    var seen: [String: Int] = [:]
    return contenders.map { contender in
      seen[contender.name, default: 0] += 1
      let turn = seen[contender.name]!
      return turn == 1
        ? contender : contender.with(coefficients: contender.coefficients, name: "\(contender.name)-\(turn)")
    }
  }
}
