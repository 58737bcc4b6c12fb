import Arithmetic
import Search
import Tasks

/// Where a discovery stands.
public enum DiscoveryStage: Sendable, Hashable {
  /// Searching the coefficients of the contender of this name.
  case search(String)
  /// Choosing among the finalists of that search.
  case selection(String)
  /// Testing all rows.
  case test
}

/// The coefficients chosen for a contender.
public struct Choice: Sendable, Hashable {
  /// The row's name.
  public var name: String
  /// What was chosen.
  public var coefficients: [Double]
  /// Its accuracy on the selection pool.
  public var accuracy: Double
  /// Its loss on the selection pool.
  public var loss: Double
  /// How many finalists there were.
  public var finalists: Int

  /// Makes a choice from its parts.
  public init(name: String, coefficients: [Double], accuracy: Double, loss: Double, finalists: Int) {
    self.name = name
    self.coefficients = coefficients
    self.accuracy = accuracy
    self.loss = loss
    self.finalists = finalists
  }
}

/// What happened, in the order in which it happened.
public enum DiscoveryEvent: Sendable {
  /// A stage begins, or goes on after a resume.
  case stage(DiscoveryStage)
  /// A generation of the search of this contender is done; the state is that of its optimiser.
  case generation(String, SearchedGeneration, OptimiserState)
  /// A contender's coefficients are chosen.
  case chosen(Choice)
}

/// How a discovery ended.
public enum DiscoveryEnd: Sendable {
  /// With a result.
  case complete(DiscoveryResult)
  /// Early; what is unfinished was dropped.
  case stopped(StopReason)
}

/// What a discovery found.
public struct DiscoveryResult: Sendable {
  /// The discovered rule.
  public var discovered: Contender
  /// All rows on the test pool.
  public var comparison: Comparison

  /// The share of the gap from feedback alignment to backprop that the discovered rule closes.
  public var gapClosed: Double? { comparison.rows.first?.gapClosed }
}

/// The outer loop: search, choose on the selection pool, tune the baselines the same way, test everything on the test
/// pool.
///
/// Every step is a pure function of the plan and of what was logged before it, so a discovery that is told its log goes
/// on as if it had never stopped.
public final class Discovery {
  /// What is done.
  public let plan: DiscoveryPlan
  private let crew: Crew
  private let shelf: EpisodeShelf
  private var searches: [SearchRun]
  private var choices: [String: Choice] = [:]

  /// A discovery at its beginning.
  /// - Throws: `MemoryShortage` when the crew's workers do not fit in memory, `SearchError`.
  public init(_ plan: DiscoveryPlan, crew: Crew) throws {
    try plan.memory(workers: crew.workers).check()
    self.plan = plan
    self.crew = crew
    shelf = EpisodeShelf(plan.source)
    searches = []
    for contender in plan.searched {
      searches.append(try SearchRun(contender, choice: plan.choice(of: contender.name), seed: plan.experiment.seed))
    }
  }

  /// Takes logged generations of the contender `name` again, without scoring anything.
  /// - Parameters:
  ///   - episodes: on how many episodes each candidate was scored; all of them unless given.
  ///   - gradient: the gradient that was followed, where one was.
  /// - Returns: false when the log does not belong to this plan.
  public func replay(
    _ name: String, population: [[Double]], fitness: [Double], episodes: [Int]? = nil, gradient: [Double]? = nil
  ) -> Bool {
    guard let index = searches.firstIndex(where: { $0.contender.name == name }), !searches[index].isFinished else {
      return false
    }
    return searches[index].replay(
      population: population, fitness: fitness, episodes: episodes, gradient: gradient)
  }

  /// The state of the optimiser that searches for the contender `name`.
  public func state(of name: String) -> OptimiserState? {
    searches.first { $0.contender.name == name }?.optimiser.state
  }

  /// Whether the search for the contender `name` is at its end.
  public func isSearched(_ name: String) -> Bool {
    searches.first { $0.contender.name == name }?.isFinished ?? false
  }

  /// Takes a logged choice again.
  public func replay(_ choice: Choice) { choices[choice.name] = choice }

  /// Goes on to the end, or until `control` stops it.
  /// - Parameter observe: told what happens, on this thread.
  public func run(_ control: RunControl, observe: (DiscoveryEvent) throws -> Void) throws -> DiscoveryEnd {
    do {
      for index in searches.indices {
        try search(index, control, observe)
        try select(index, control, observe)
      }
      return .complete(try test(control, observe))
    } catch let stop as Stopped {
      return .stopped(stop.reason)
    }
  }

  private struct Stopped: Error {
    var reason: StopReason
  }

  /// Does one step of `episodes` scored episodes, unless the outside says no.
  private func step<Value>(_ episodes: Int, _ control: RunControl, _ body: (() -> Bool) -> Value?) throws -> Value {
    if let reason = control.mayBegin(episodes) { throw Stopped(reason: reason) }
    var reason: StopReason?
    let value = body {
      reason = reason ?? control.stop()
      return reason == nil
    }
    // A stop that came when everything was done already is left to the next question.
    if let value { return value }
    throw Stopped(reason: reason ?? .interrupt)
  }

  private func search(_ index: Int, _ control: RunControl, _ observe: (DiscoveryEvent) throws -> Void) throws {
    guard !searches[index].isFinished else { return }
    let name = searches[index].contender.name
    try observe(.stage(.search(name)))
    while !searches[index].isFinished {
      let row = try searches[index].choice.followsGradient ? descend(index, control) : sample(index, control)
      try observe(.generation(name, row, searches[index].optimiser.state))
    }
  }

  /// One generation that scores a population.
  private func sample(_ index: Int, _ control: RunControl) throws -> SearchedGeneration {
    let candidates = searches[index].ask()
    let range = searches[index].episodes
    let scores = try step(candidates.count * range.count, control) { isWanted in
      crew.scoreGeneration(
        candidates, shelf, range, hurdle: searches[index].choice.hurdle, upcoming: upcoming(index),
        worstLoss: plan.experiment.worstLoss, isWanted: isWanted)
    }
    return searches[index].tell(candidates, scores)
  }

  /// One generation that follows the gradient of the coefficients at hand.
  private func descend(_ index: Int, _ control: RunControl) throws -> SearchedGeneration {
    let candidate = searches[index].ask()[0]
    let range = searches[index].episodes
    let grades = try step(range.count, control) { isWanted in
      crew.grade(
        candidate, shelf, range, upcoming: upcoming(index), worstLoss: plan.experiment.worstLoss, isWanted: isWanted)
    }
    return searches[index].tell(candidate, grades)
  }

  /// What is scored after the search at `index`'s next generation: the one behind it, or the selection pool.
  private func upcoming(_ index: Int) -> [EpisodeAddress] {
    let next = searches[index].episodesAfter
    if !next.isEmpty { return next.map { EpisodeAddress(split: .search, index: $0) } }
    return (0..<plan.experiment.selection.episodes).map { EpisodeAddress(split: .selection, index: $0) }
  }

  private func select(_ index: Int, _ control: RunControl, _ observe: (DiscoveryEvent) throws -> Void) throws {
    let contender = searches[index].contender
    guard choices[contender.name] == nil else { return }
    try observe(.stage(.selection(contender.name)))
    let selection = plan.experiment.selection
    let finalists = searches[index].finalists(selection.candidates).map { contender.with(coefficients: $0) }
    let scores = try step(finalists.count * selection.episodes, control) { isWanted in
      crew.score(
        finalists, shelf, .selection, 0..<selection.episodes, worstLoss: plan.experiment.worstLoss,
        isWanted: isWanted)
    }
    let accuracy = scores.map { Statistics.mean($0.map(\.score.accuracy)) }
    let loss = scores.map { Statistics.mean($0.map(\.score.loss)) }
    // The first among equals wins, so that the order of the finalists decides and nothing else.
    let best = finalists.indices.min {
      switch selection.criterion {
      case .accuracy: (-accuracy[$0], loss[$0], $0) < (-accuracy[$1], loss[$1], $1)
      case .loss: (loss[$0], -accuracy[$0], $0) < (loss[$1], -accuracy[$1], $1)
      }
    }!
    let choice = Choice(
      name: contender.name, coefficients: finalists[best].coefficients, accuracy: accuracy[best], loss: loss[best],
      finalists: finalists.count)
    choices[choice.name] = choice
    try observe(.chosen(choice))
  }

  private func test(_ control: RunControl, _ observe: (DiscoveryEvent) throws -> Void) throws -> DiscoveryResult {
    try observe(.stage(.test))
    var rows = plan.searched.map { $0.with(coefficients: choices[$0.name]!.coefficients) }
    rows.insert(plan.start, at: 1)
    let references = plan.experiment.references
    let comparison = try step((rows.count + references.count) * plan.experiment.testEpisodes, control) { isWanted in
      crew.comparison(
        rows, references: (references, plan.experiment.network), baselines: Baseline.allCases, plan.source, .test,
        0..<plan.experiment.testEpisodes,
        worstLoss: plan.experiment.worstLoss, isWanted: isWanted)
    }
    return DiscoveryResult(discovered: rows[0], comparison: comparison)
  }
}
