import ArgumentParser
import Experiments
import Foundation
import Pages
import Rules
import Tasks

extension RulesCommand {
  /// `rules prune`: the smallest rule that is not significantly worse.
  struct Prune: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take terms out of a rule as long as it does not become significantly worse.",
      discussion: """
        The rule is a name in rules/, the path of a page, RUN.h5 for the rule that a run discovered, or RUN.h5#G:K. Its \
        coefficients are tuned again first. Then each term is taken away alone (what it is worth), and, the least \
        valuable first, for good when what stays, tuned again, is not significantly worse in pairs on episodes of the \
        selection pool. The result meets the whole rule on the test pool, and --out writes it as a page.
        """)

    @Argument(help: "The rule to prune.") var rule: String
    @Option(name: .long, help: "The experiment whose tasks and network are used; a record's own when it is left out.")
    var experiment: String?
    @Option(name: .long, help: "Episodes of the selection pool on which rules are compared in pairs.") var episodes = 96
    @Option(name: .long, help: "The two-sided p below which a loss counts as significant.") var level = 0.05
    @Option(name: .long, help: "Generations of each tuning; 0 tunes nothing.") var generations = 8
    @Option(name: .long, help: "Candidates of a generation.") var population = 8
    @Option(name: .long, help: "Episodes of a generation.") var tuningEpisodes = 6
    @Option(name: .long, help: ArgumentHelp("Write the smallest rule as a page.", valueName: "file.yaml"))
    var out: String?
    @Flag(name: .long, help: "Write over a file that is there already.") var force = false
    @OptionGroup var change: ChangeOptions
    @OptionGroup var work: WorkOptions
    @OptionGroup var talk: TalkOptions

    func validate() throws {
      if !(2...1_000_000).contains(episodes) {
        throw ValidationError("--episodes must lie between 2 and 1000000 (got \(episodes))")
      }
      if !(level > 0 && level < 1) { throw ValidationError("--level must lie between 0 and 1 (got \(level))") }
      for (name, value, least) in [
        ("generations", generations, 0), ("population", population, 2), ("tuning-episodes", tuningEpisodes, 1),
      ] where !(least...100_000).contains(value) {
        throw ValidationError("--\(name) must lie between \(least) and 100000 (got \(value))")
      }
      if let out, !out.hasSuffix(".yaml") {
        throw ValidationError("--out takes a page's name that ends in .yaml (got \(out))")
      }
    }

    func run() throws {
      Signals.catchAll()
      let subject = try RuleSubject.load(rule, near: experiment)
      let resolved = try RuleSubject.experiment(of: [subject], experiment, overrides: change.overrides)
      if let out { try RunPath.check(out, force: force, resumes: false) }
      let family = try TaskCatalogue.load(resolved.experiment.task.data, directory: work.data)
      let source = try EpisodeSource(resolved.experiment, family: family)
      let contender = try subject.contender(in: resolved.experiment)
      try contender.check(
        inputCount: family.inputCount, outputCount: source.outputCount, worstLoss: resolved.experiment.worstLoss)
      guard contender.rule.summands.count > 1 else {
        throw Failure(.badInput, "rule \(contender.rule.name) has a single term, and nothing can be taken away")
      }
      let crew = Crew(workers: work.threads)
      try crew.memory([contender], source).check()
      var settings = PruningSettings()
      settings.episodes = episodes
      settings.level = level
      settings.tuning.generations = generations
      settings.tuning.population = population
      settings.tuning.episodes = tuningEpisodes
      let pruning = Pruning(contender, resolved.experiment, source, settings: settings, crew: crew)
      let progress = talk.makeProgress()
      let voice = PruningVoice(talk: talk, progress: progress)
      progress.state.label = "prune \(contender.rule.name)"
      progress.state.evaluations.of = pruning.evaluations
      voice.begin(contender, resolved.experiment, settings)
      var smallest = contender
      let result = try pruning.run {
        progress.state.evaluations.done = crew.scoredCount
        // A second round scores more than was foreseen.
        progress.state.evaluations.of = max(pruning.evaluations, crew.scoredCount)
        progress.show()
        return Signals.stop == nil
      } observe: { event in
        if case .tuned(let whole, _, _) = event { smallest = whole }
        if case .attempted(let attempt, let rest) = event, attempt.isDropped { smallest = rest }
        voice.tell(event)
      }
      progress.clear()
      if let out { try write(result?.pruned ?? smallest, to: out) }
      guard let result else {
        let reason = Signals.stop ?? .interrupt
        Output.note("stopped: \(reason.rawValue); so far \(smallest.equation)")
        if let out { Output.note("written   \(out)") }
        throw EarlyExit(code: reason.status)
      }
      voice.end(result, out)
    }

    /// Writes the rule under the name of its page.
    private func write(_ contender: Contender, to path: String) throws {
      let name = (path as NSString).lastPathComponent
      var page = contender.asRule(named: String(name.dropLast(5)))
      page.about = "What is left of \(contender.rule.name) after pruning."
      try OutputFile.write(RulePage.text(page), to: path)
    }
  }
}

/// What a pruning says while it goes on.
private struct PruningVoice {
  let talk: TalkOptions
  let progress: Progress

  func begin(_ contender: Contender, _ experiment: Experiment, _ settings: PruningSettings) {
    if talk.json {
      event(
        "start",
        [
          .init("rule", .text(contender.rule.name)), .init("experiment", .text(experiment.name)),
          .init("episodes", .integer(settings.episodes)), .init("level", .number(settings.level)),
          .init("terms", .list(contender.rule.summands.map { .text($0.description) })),
        ])
    } else {
      Output.line("\(contender.name): \(contender.equation)")
    }
  }

  func tell(_ happened: PruningEvent) {
    switch happened {
    case .tuned(let whole, let before, let after):
      say(
        "tuned", [.init("before", .number(before)), .init("after", .number(after)), coefficients(whole)],
        "whole rule tuned again: accuracy \(TableText.number(before)) -> \(TableText.number(after))")
    case .ablated(let ablation):
      say(
        "ablated",
        [.init("term", .text(ablation.summand.description)), .init("p_holm", .number(ablation.adjustedP))]
          + members(ablation.difference),
        "without  \(line(ablation.difference))  Holm p \(TableText.chance(ablation.adjustedP))  \(ablation.summand.description)"
      )
    case .attempted(let attempt, let rest):
      say(
        "attempted",
        [.init("term", .text(attempt.summand.description)), .init("dropped", .boolean(attempt.isDropped))]
          + members(attempt.difference) + [coefficients(rest)],
        "\(attempt.isDropped ? "dropped" : "kept   ")  \(line(attempt.difference))  p \(TableText.chance(attempt.difference.p))  "
          + "detectable \(TableText.number(attempt.difference.detectable))  \(attempt.summand.description)")
    }
  }

  func end(_ result: PruningResult, _ out: String?) {
    let table = ResultTable(comparison: result.comparison)
    guard !talk.json else {
      event(
        "result",
        [
          .init("equation", .text(result.pruned.equation)), coefficients(result.pruned),
          .init("rows", table.rowsJSON), .init("files", .list([out].compactMap { $0 }.map(JSON.text))),
        ])
      return
    }
    Output.line("")
    Output.line("pruned: \(result.pruned.equation)")
    Output.line("\(result.comparison.rows[0].scores.accuracy.count) test episodes:")
    for line in table.lines { Output.line(line) }
    if let out { talk.note("written   \(out)") }
  }

  private func say(_ name: String, _ members: [JSON.Member], _ text: String) {
    progress.clear()
    if talk.json { event(name, members) } else { Output.line(text) }
  }

  private func event(_ name: String, _ members: [JSON.Member]) { Output.line(JSON.event(name, members).text()) }

  private func members(_ difference: PairedDifference) -> [JSON.Member] {
    [
      .init("accuracy", .number(difference.accuracy)), .init("difference", .number(difference.mean)),
      .init("difference_interval", .list(difference.interval)), .init("p", .number(difference.p)),
      .init("detectable_difference", .number(difference.detectable)),
    ]
  }

  private func coefficients(_ contender: Contender) -> JSON.Member {
    .init("coefficients", contender.coefficientsJSON)
  }

  private func line(_ difference: PairedDifference) -> String {
    "\(TableText.number(difference.accuracy))  \(TableText.signed(difference.mean)) "
      + "[\(TableText.signed(difference.interval.lowerBound)), \(TableText.signed(difference.interval.upperBound))]"
  }
}
