import Rules
import Search
import Tasks

/// Everything a discovery depends on; equal plans give equal results.
public struct DiscoveryPlan: Sendable {
  /// The experiment.
  public let experiment: Experiment
  /// Its episodes.
  public let source: EpisodeSource
  /// The searched rule with the coefficients of its page.
  public let start: Contender
  /// The baselines whose learning rates are tuned, in the order of the table.
  public let baselines: [Contender]

  /// Checks that every contender can run.
  /// - Parameters:
  ///   - experiment: what is searched.
  ///   - rule: the rule that `experiment.rule` names.
  ///   - feedbackAlignment: `- eta * e_post * y_pre`, over the random pathway.
  ///   - backprop: the same, over the transport pathway.
  ///   - family: the task's samples.
  ///   - workers: threads that will score; they have to fit in memory.
  /// - Throws: `MemoryShortage`, `InnerLoopError`, `SearchError`, `TaskError`.
  public init(
    experiment: Experiment, rule: Rule, feedbackAlignment: Rule, backprop: Rule, family: TaskFamily, workers: Int = 1
  ) throws {
    self.experiment = experiment
    source = try EpisodeSource(experiment, family: family)
    start = Contender(
      name: RowName.start, rule: try rule.starting(at: experiment.optimizer.start), network: experiment.network,
      credit: experiment.credit)
    var shallow = experiment.network
    shallow.hidden = []
    baselines = [
      Contender(
        name: RowName.feedbackAlignment, rule: feedbackAlignment, network: experiment.network, credit: "random"),
      Contender(name: RowName.backprop, rule: backprop, network: experiment.network, credit: "transport"),
      Contender(name: RowName.oneLayerDelta, rule: feedbackAlignment, network: shallow, credit: "random"),
    ]
    try memory(workers: workers).check()
    for contender in [start] + baselines {
      try contender.check(
        inputCount: family.inputCount, outputCount: source.outputCount, worstLoss: experiment.worstLoss)
      _ = try SearchRun(contender, choice: choice(of: contender.name), seed: experiment.seed)
    }
    if experiment.optimizer.followsGradient {
      _ = try episodeGrader(
        for: start, inputCount: family.inputCount, outputCount: source.outputCount, worstLoss: experiment.worstLoss)
    }
  }

  /// The searches in their order: the rule's, then one for each baseline.
  public var searched: [Contender] {
    [start.with(coefficients: start.coefficients, name: RowName.discovered)] + baselines
  }

  /// The budget of the search of the contender of this name.
  public func choice(of name: String) -> Experiment.SearchChoice {
    guard baselines.contains(where: { $0.name == name }) else { return experiment.optimizer }
    var choice = experiment.optimizer
    if choice.followsGradient { choice.kind = CMAES.name }
    choice.generations = experiment.baselines.generations
    choice.population = experiment.baselines.population
    choice.episodes = experiment.baselines.episodes
    choice.l1 = 0
    choice.parsimony = 0
    return choice
  }

  /// The memory that scoring takes.
  public func memory(workers: Int) -> MemoryNeed {
    MemoryNeed(
      [start] + baselines, graded: experiment.optimizer.followsGradient ? start : nil,
      references: (experiment.references, experiment.network), source,
      episodesHeld: EpisodeShelf.capacity(workers: workers), workers: workers)
  }

  /// Episodes scored by the whole run, one contender on one episode each; fewer where candidates are stopped.
  public var evaluations: Int {
    let searches = searched.reduce(0) { sum, contender in
      let choice = choice(of: contender.name)
      let finalists = choice.followsGradient ? 2 : experiment.selection.candidates + 1
      return sum + choice.evaluations + finalists * experiment.selection.episodes
    }
    return searches + (2 + baselines.count + experiment.references.count) * experiment.testEpisodes
  }
}

extension Rule {
  /// The rule with other start values of some coefficients, all layers' alike.
  /// - Throws: `SearchError` when it has no coefficient of a name, or a value lies outside its range.
  func starting(at starts: [String: Double]) throws(SearchError) -> Rule {
    var rule = self
    for (name, value) in starts.sorted(by: { $0.key < $1.key }) {
      guard let index = coefficients.firstIndex(where: { $0.name == name }) else {
        throw .coordinate(name: name, problem: "is given a start, and rule \(self.name) has none of that name")
      }
      let range = coefficients[index].range
      guard range.contains(value) else {
        throw .coordinate(
          name: name, problem: "starts at \(value), outside its range \(range.lowerBound) to \(range.upperBound)")
      }
      rule.coefficients[index].start = value
    }
    return rule
  }
}
