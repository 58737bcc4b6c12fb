import Arithmetic
import Records
import Rules
import Search

/// What one generation of a search did: one row of its log.
public struct SearchedGeneration: Sendable, Hashable {
  /// Its number, from 0.
  public var generation: Int
  /// What was evaluated, [candidate][coefficient], exact bits.
  public var population: [[Double]]
  /// The numbers the search used, penalties included, [candidate]; higher is better.
  public var fitness: [Double]
  /// Mean query cross-entropy, failed episodes with the worst loss, [candidate].
  public var loss: [Double]
  /// Mean query accuracy, [candidate].
  public var accuracy: [Double]
  /// What the penalties took, [candidate], at least 0.
  public var penalty: [Double]
  /// Operators and operands of the rule with these coefficients, [candidate].
  public var complexity: [Int]
  /// How the evaluations ended, [candidate].
  public var status: [CandidateStatus]
  /// On how many episodes each was scored, [candidate]; fewer than the generation has for those that were stopped.
  public var episodes: [Int]
  /// Seconds of computing, [candidate].
  public var time: [Double]
  /// The best fitness so far.
  public var incumbentFitness: Double
  /// The candidate that had it.
  public var incumbent: [Double]
  /// The centre of the search after this generation.
  public var searchMean: [Double]?
  /// The step size after this generation; where gradients are followed, the learning rate of this one.
  public var stepSize: Double?
  /// Longest over shortest axis after this generation.
  public var axisRatio: Double?
  /// What the gradients came to; nil where none are followed.
  public var descent: Descent?

  /// The median fitness of the generation.
  public var medianFitness: Double { Statistics.median(fitness) }
}

/// A search over the coefficients of one contender, generation by generation.
///
/// A generation is a pure function of what the search was told before, so a run that is told the logged fitness again
/// stands where the logged one stood.
struct SearchRun: Sendable {
  /// The rule, its network and pathway.
  let contender: Contender
  /// The box of coefficients.
  let space: SearchSpace
  /// Penalties and episodes.
  let choice: Experiment.SearchChoice
  private(set) var optimiser: any Optimiser
  /// The number of the generation to do next.
  private(set) var generation = 0
  private(set) var archive = Archive()
  /// The coefficients after each generation, where gradients are followed.
  private var path: [[Double]] = []

  /// - Parameter start: coefficients from which the search begins, in place of those of the rule's page.
  init(
    _ contender: Contender, choice: Experiment.SearchChoice, startingAt start: [Double]? = nil, seed: UInt64
  ) throws(SearchError) {
    self.contender = contender
    self.choice = choice
    var slots = contender.slots
    if let start { for index in slots.indices { slots[index].start = start[index] } }
    space = try SearchSpace(slots)
    optimiser = try Search.optimiser(named: choice.kind).init(space: space, settings: Self.settings(choice), seed: seed)
  }

  static func settings(_ choice: Experiment.SearchChoice) -> OptimiserSettings {
    OptimiserSettings(
      populationSize: choice.population, sigma: choice.sigma, pointsPerAxis: choice.points,
      budget: choice.generations * choice.population, descent: choice.descent)
  }

  /// Whether nothing is left to do.
  var isFinished: Bool { generation >= choice.generations || optimiser.isFinished }

  /// The episodes of the next generation, within the search pool.
  var episodes: Range<Int> { generation * choice.episodes..<(generation + 1) * choice.episodes }

  /// The episodes of the generation after that; empty when there is none.
  var episodesAfter: Range<Int> {
    generation + 1 < choice.generations
      ? (generation + 1) * choice.episodes..<(generation + 2) * choice.episodes : 0..<0
  }

  /// The next candidates; the same until `tell`.
  mutating func ask() -> [Contender] { optimiser.ask().map { contender.with(coefficients: $0) } }

  /// Takes the scores of the next candidates, [candidate][episode], and moves on. Those with fewer scores than the
  /// generation has episodes were stopped.
  mutating func tell(_ candidates: [Contender], _ scores: [[TimedScore]]) -> SearchedGeneration {
    note(candidates, scores, gradient: nil)
  }

  /// Does what `tell` does; with the gradient of the meta-loss where it is followed.
  mutating func note(
    _ candidates: [Contender], _ scores: [[TimedScore]], gradient: [Double]?
  ) -> SearchedGeneration {
    let complexity = candidates.map { $0.rule.complexity(coefficients: $0.coefficients, layerCount: $0.layerCount) }
    let penalty = zip(candidates, complexity).map { self.penalty($0.coefficients, complexity: $1) }
    let loss = scores.map { Statistics.mean($0.map(\.score.loss)) }
    let earned = zip(loss, penalty).map { -($0 + $1) }
    let episodes = scores.map(\.count)
    let isStopped = episodes.map { $0 < choice.episodes }
    let fitness = Self.behind(earned, isStopped)
    advance(candidates.map(\.coefficients), fitness, isStopped, gradient)
    return SearchedGeneration(
      generation: generation - 1, population: candidates.map(\.coefficients), fitness: fitness, loss: loss,
      accuracy: scores.map { Statistics.mean($0.map(\.score.accuracy)) }, penalty: penalty, complexity: complexity,
      status: zip(scores, isStopped).map { CandidateStatus($0.map(\.score.outcome), isStopped: $1) },
      episodes: episodes, time: scores.map { $0.reduce(0) { $0 + $1.time } }, incumbentFitness: archive.best[0].fitness,
      incumbent: archive.best[0].coefficients, searchMean: optimiser.mean, stepSize: optimiser.stepSize,
      axisRatio: optimiser.axisRatio)
  }

  /// Takes a generation again from the log.
  /// - Parameters:
  ///   - episodes: on how many episodes each candidate was scored; all unless given.
  ///   - gradient: the gradient that was followed, where one was.
  /// - Returns: false when the log does not belong to this search.
  mutating func replay(
    population: [[Double]], fitness: [Double], episodes: [Int]? = nil, gradient: [Double]? = nil
  ) -> Bool {
    let isStopped = episodes?.map { $0 < choice.episodes } ?? population.map { _ in false }
    guard optimiser.ask() == population, fitness.count == population.count, isStopped.count == population.count,
      choice.followsGradient == (gradient != nil), gradient.map({ $0.count == space.dimension }) ?? true
    else { return false }
    advance(population, fitness, isStopped, gradient)
    return true
  }

  /// The fitness of a generation in which some candidates were stopped: theirs is what they earned, less as much as it
  /// takes, the same for all of them, to bring the best of them behind everyone who was not stopped.
  static func behind(_ earned: [Double], _ isStopped: [Bool]) -> [Double] {
    let pairs = zip(earned, isStopped)
    guard let last = pairs.filter({ !$1 }).map(\.0).min(), let best = pairs.filter({ $1 }).map(\.0).max() else {
      return earned
    }
    let excess = max(0, best - last)
    return pairs.map { $1 ? min($0 - excess, last.nextDown) : $0 }
  }

  private mutating func advance(
    _ population: [[Double]], _ fitness: [Double], _ isStopped: [Bool], _ gradient: [Double]?
  ) {
    archive.add(population, fitness, isStopped, generation: generation)
    if let gradient, var descending = optimiser as? any GradientOptimiser {
      descending.tell(fitness: fitness, gradients: [gradient])
      optimiser = descending
      path.append(descending.mean ?? population[0])
    } else {
      optimiser.tell(fitness: fitness)
    }
    generation += 1
  }

  /// `l1 · Σ|θ|/scale + parsimony · complexity`; the scale of a logarithmic coefficient is its start, and every scale is 1
  /// where gradients are followed.
  func penalty(_ coefficients: [Double], complexity: Int) -> Double {
    let norm = zip(coefficients, space.coordinates).reduce(0.0) { sum, pair in
      if choice.followsGradient { return sum + abs(pair.0) }
      return switch pair.1.scale {
      case .linear(let step): sum + abs(pair.0) / step
      case .logarithmic: sum + abs(pair.0) / abs(pair.1.start)
      }
    }
    return choice.l1 * norm + choice.parsimony * Double(complexity)
  }

  /// The coefficients that compete on the selection pool: the final mean, then the best of the archive; those of the
  /// page where the search did nothing.
  ///
  /// Where gradients are followed each generation met episodes of its own, and the best of them met the easiest: there
  /// the final coefficients compete with their mean over the last tenth of the generations.
  func finalists(_ count: Int) -> [[Double]] {
    if let last = path.last {
      let tail = path.suffix(max(1, path.count / 10))
      let mean = last.indices.map { r in Statistics.mean(tail.map { $0[r] }) }
      return mean == last ? [last] : [last, mean]
    }
    var finalists: [[Double]] = optimiser.mean.map { [$0] } ?? []
    for entry in archive.best.prefix(count) where !finalists.contains(entry.coefficients) {
      finalists.append(entry.coefficients)
    }
    return finalists.isEmpty ? [contender.coefficients] : finalists
  }
}

/// The best candidates of a search, best first.
public struct Archive: Sendable, Hashable {
  /// One candidate.
  public struct Entry: Sendable, Hashable {
    /// Its coefficients.
    public var coefficients: [Double]
    /// Its fitness.
    public var fitness: Double
    /// The generation that met it.
    public var generation: Int
    /// Whether it was stopped before the end of its generation.
    public var isStopped = false

    /// Those that were stopped come behind all others.
    func isBehind(_ other: Entry) -> Bool {
      isStopped != other.isStopped ? isStopped : fitness < other.fitness
    }
  }

  /// How many are kept.
  public static let size = 32

  /// The entries, best first, those that were stopped last; equal fitness keeps the order of meeting.
  public private(set) var best: [Entry] = []

  mutating func add(_ population: [[Double]], _ fitness: [Double], _ isStopped: [Bool], generation: Int) {
    for (index, coefficients) in population.enumerated() {
      let entry = Entry(
        coefficients: coefficients, fitness: fitness[index], generation: generation, isStopped: isStopped[index])
      if best.contains(where: { $0.coefficients == coefficients && !$0.isBehind(entry) }) { continue }
      let place = best.firstIndex { $0.isBehind(entry) } ?? best.count
      guard place < Self.size else { continue }
      best.insert(entry, at: place)
      if best.count > Self.size { best.removeLast() }
    }
  }
}

extension SearchSpace {
  /// The box of a rule's coefficients.
  init(_ slots: [CoefficientSlot]) throws(SearchError) {
    try self.init(
      slots.map { slot in
        let scale: Scale
        switch slot.scale {
        case .logarithmic: scale = .logarithmic
        case .step(let step): scale = .linear(step: step)
        }
        return Coordinate(
          name: slot.label, start: slot.start, lower: slot.range.lowerBound, upper: slot.range.upperBound, scale: scale)
      })
  }
}
