import Arithmetic
import Rules
import Tasks

/// How a rule is pruned.
public struct PruningSettings: Sendable, Hashable {
  /// Episodes of the selection pool on which rules are compared in pairs.
  public var episodes = 96
  /// A rule is significantly worse when its mean difference is negative with a smaller two-sided p than this.
  public var level = 0.05
  /// Budget with which what stays is tuned again; the kind of search is the experiment's.
  public var tuning = Experiment.BaselineChoice()
  /// Step size with which tuning begins, in units of each coefficient's scale.
  public var sigma = 0.5

  /// The default settings.
  public init() {}
}

/// What happens to a rule when one of its summands is taken away and nothing is tuned again.
public struct Ablation: Sendable, Hashable {
  /// What was taken away.
  public var summand: Summand
  /// The two compared: in a pruning the rule without it less the rule, in ``TermAblation`` the other way round.
  public var difference: PairedDifference
  /// The p value after Holm's correction for the number of summands.
  public var adjustedP: Double
}

/// A rule's accuracy less another's on the same episodes.
public struct PairedDifference: Sendable, Hashable {
  /// Mean accuracy of the rule.
  public var accuracy: Double
  /// Mean difference.
  public var mean: Double
  /// Its bootstrap 95 % interval.
  public var interval: ClosedRange<Double>
  /// Two-sided p of the sign-flip test.
  public var p: Double
  /// The difference that as many episodes show with power 0.8.
  public var detectable: Double

  init(_ accuracy: [Double], less other: [Double], seed: UInt64) {
    let differences = zip(accuracy, other).map { $0 - $1 }
    let paired = Bootstrap.pairedDifference(accuracy, other, seed: seed)
    self.accuracy = Statistics.mean(accuracy)
    mean = paired.mean
    interval = paired.interval.lower...paired.interval.upper
    p = SignFlipTest(differences, seed: seed).p
    detectable = Power.detectableDifference(differences)
  }
}

/// One attempt to do without a summand.
public struct PruningAttempt: Sendable, Hashable {
  /// What was taken away.
  public var summand: Summand
  /// What stayed, tuned again, compared with the tuned whole rule.
  public var difference: PairedDifference
  /// Whether the rule goes on without it.
  public var isDropped: Bool
}

/// What happens while a rule is pruned, in the order in which it happens.
public enum PruningEvent: Sendable {
  /// The whole rule was tuned again; its accuracy on the pruning episodes before and after.
  case tuned(Contender, before: Double, after: Double)
  /// A summand was taken away and put back.
  case ablated(Ablation)
  /// A summand was taken away and the rest tuned again.
  case attempted(PruningAttempt, Contender)
}

/// The end of a pruning.
public struct PruningResult: Sendable {
  /// The whole rule, tuned again.
  public var whole: Contender
  /// The smallest rule found that is not significantly worse.
  public var pruned: Contender
  /// Summands by what their loss costs, in the order of the page.
  public var ablations: [Ablation]
  /// Attempts in their order.
  public var attempts: [PruningAttempt]
  /// Pruned, tuned whole rule, and the rule as it was given, on the test pool; compared with the tuned whole rule.
  public var comparison: Comparison
}

/// Backward elimination: which summands of a rule can go without its becoming significantly worse.
///
/// 1. The whole rule is tuned again with the budget that every smaller rule will have.
/// 2. Each summand is taken away alone, nothing tuned: what it is worth.
/// 3. The least valuable first, each is taken away for good if what stays, tuned again, is not significantly worse than
///    the tuned whole rule, in pairs on episodes of the selection pool that chose no coefficients. Those that
///    stayed are tried again when another went.
/// 4. The result meets the whole rule on the test pool.
public struct Pruning {
  /// The rule with its coefficients.
  public let contender: Contender
  /// Network, task, kind of search, seed.
  public let experiment: Experiment
  /// Its episodes.
  public let source: EpisodeSource
  /// How it is pruned.
  public let settings: PruningSettings
  private let crew: Crew

  /// A pruning at its beginning.
  public init(
    _ contender: Contender, _ experiment: Experiment, _ source: EpisodeSource, settings: PruningSettings, crew: Crew
  ) {
    self.contender = contender
    self.experiment = experiment
    self.source = source
    self.settings = settings
    self.crew = crew
  }

  /// Episodes that the whole pruning scores at most in its first round, one contender on one episode each.
  public var evaluations: Int {
    let rules = contender.rule.summands.count + 1
    let tuning = settings.tuning.generations * settings.tuning.population * settings.tuning.episodes
    return rules * (tuning + 3 * experiment.selection.episodes + 2 * settings.episodes)
  }

  /// Prunes; nil when `isWanted` said no.
  /// - Throws: `SearchError` where the coefficients cannot be searched, `InnerLoopError`.
  public func run(isWanted: () -> Bool, observe: (PruningEvent) -> Void) throws -> PruningResult? {
    guard let before = accuracies([contender], isWanted)?[0], let whole = try tuned(contender, isWanted),
      let standard = accuracies([whole], isWanted)?[0]
    else { return nil }
    observe(.tuned(whole, before: Statistics.mean(before), after: Statistics.mean(standard)))
    guard let ablations = ablations(of: whole, standard, isWanted) else { return nil }
    for ablation in ablations { observe(.ablated(ablation)) }

    var current = whole
    var attempts: [PruningAttempt] = []
    var queue = ablations.sorted { $0.difference.mean > $1.difference.mean }.map(\.summand)
    // The last summand stays: a rule that changes nothing is none.
    var refusals = 0
    while refusals < queue.count, current.rule.summands.count > 1 {
      let summand = queue.removeFirst()
      guard let candidate = try tuned(current.without(summand), isWanted),
        let accuracy = accuracies([candidate], isWanted)?[0]
      else { return nil }
      let difference = PairedDifference(accuracy, less: standard, seed: experiment.seed)
      let isDropped = difference.mean >= 0 || difference.p >= settings.level
      let attempt = PruningAttempt(summand: summand, difference: difference, isDropped: isDropped)
      attempts.append(attempt)
      observe(.attempted(attempt, candidate))
      if isDropped {
        current = candidate
        refusals = 0
      } else {
        queue.append(summand)
        refusals += 1
      }
    }
    let rows = [
      current.with(coefficients: current.coefficients, name: "pruned"),
      whole.with(coefficients: whole.coefficients, name: "whole"),
      contender.with(coefficients: contender.coefficients, name: "given"),
    ]
    guard
      let comparison = crew.comparison(
        rows, baselines: [], source, .test, 0..<experiment.testEpisodes, contrast: .rowMinus("whole"),
        worstLoss: experiment.worstLoss, isWanted: isWanted)
    else { return nil }
    return PruningResult(
      whole: whole, pruned: current, ablations: ablations, attempts: attempts, comparison: comparison)
  }

  /// Query accuracies on the pruning episodes, [contender][episode].
  private func accuracies(_ contenders: [Contender], _ isWanted: () -> Bool) -> [[Double]]? {
    let first = experiment.selection.episodes
    return crew.score(
      contenders, source, .selection, first..<first + settings.episodes, worstLoss: experiment.worstLoss,
      isWanted: isWanted)?.map { $0.map(\.score.accuracy) }
  }

  private func ablations(of whole: Contender, _ standard: [Double], _ isWanted: () -> Bool) -> [Ablation]? {
    let summands = whole.rule.summands
    guard let scores = accuracies(summands.map { whole.without($0) }, isWanted) else { return nil }
    let differences = scores.map { PairedDifference($0, less: standard, seed: experiment.seed) }
    let adjusted = MultipleTesting.holm(differences.map(\.p))
    return summands.indices.map {
      Ablation(summand: summands[$0], difference: differences[$0], adjustedP: adjusted[$0])
    }
  }

  /// The contender with coefficients searched anew from its own; the best of those it has, the search's last mean and its
  /// best candidate, on the selection episodes.
  private func tuned(_ contender: Contender, _ isWanted: () -> Bool) throws -> Contender? {
    guard !contender.coefficients.isEmpty else { return contender }
    var choice = experiment.optimizer
    if choice.followsGradient { choice.kind = "cma-es" }
    choice.generations = settings.tuning.generations
    choice.population = settings.tuning.population
    choice.episodes = settings.tuning.episodes
    choice.sigma = settings.sigma
    (choice.l1, choice.parsimony) = (0, 0)
    choice.hurdle = Hurdle()
    var search = try SearchRun(contender, choice: choice, startingAt: contender.coefficients, seed: experiment.seed)
    let shelf = EpisodeShelf(source)
    while !search.isFinished {
      let candidates = search.ask()
      guard
        let scores = crew.score(
          candidates, shelf, .search, search.episodes, worstLoss: experiment.worstLoss, isWanted: isWanted)
      else { return nil }
      _ = search.tell(candidates, scores)
    }
    let finalists = [contender] + search.finalists(1).map { contender.with(coefficients: $0) }
    guard
      let scores = crew.score(
        finalists, shelf, .selection, 0..<experiment.selection.episodes, worstLoss: experiment.worstLoss,
        isWanted: isWanted)
    else { return nil }
    let accuracy = scores.map { Statistics.mean($0.map(\.score.accuracy)) }
    return finalists[finalists.indices.max { (accuracy[$0], -$0) < (accuracy[$1], -$1) }!]
  }
}

extension Contender {
  /// The contender without one summand of its rule; the coefficients that are left keep their values.
  func without(_ summand: Summand) -> Contender {
    let values = Dictionary(uniqueKeysWithValues: zip(slots.map(\.label), coefficients))
    var other = self
    other.rule = rule.without([summand])
    other.coefficients = other.slots.map { values[$0.label]! }
    return other
  }
}
