import Records
import Search

/// What a stopped discovery had done, as its record tells it.
public struct DiscoveryLog: Sendable {
  /// What was evaluated, on how many episodes, and what came of it.
  struct Row: Sendable {
    var population: [[Double]]
    var fitness: [Double]
    var episodes: [Int]
    /// The gradient that was followed, where one was.
    var gradient: [Double]? = nil
  }

  /// Generations of one search.
  struct Generations: Sendable {
    var name: String
    var rows: [Row]
  }

  var searches: [Generations]
  var choices: [Choice]
  /// The state of the search's optimiser after the last generation; nil before the first.
  var state: OptimiserState?

  /// Episodes that were scored.
  public func evaluations(_ plan: DiscoveryPlan) -> Int {
    let searched = searches.reduce(0) { sum, search in
      search.rows.reduce(sum) { $0 + $1.episodes.reduce(0, +) }
    }
    return searched + choices.reduce(0) { $0 + $1.finalists * plan.experiment.selection.episodes }
  }

  /// Brings a fresh discovery to where the log ends.
  /// - Throws: `RecordMismatch` when the log does not follow from the plan.
  public func replay(into discovery: Discovery, path: String) throws {
    for search in searches {
      for (generation, row) in search.rows.enumerated() {
        guard
          discovery.replay(
            search.name, population: row.population, fitness: row.fitness, episodes: row.episodes,
            gradient: row.gradient)
        else {
          let budget = discovery.plan.choice(of: search.name).generations
          throw RecordMismatch(
            path: path,
            message: generation >= budget
              ? "holds \(search.rows.count) generations of \(search.name), and the budget is \(budget)"
              : "generation \(generation) of \(search.name) does not follow from the experiment")
        }
      }
    }
    if let state, let own = discovery.state(of: RowName.discovered), !own.isSame(as: state) {
      throw RecordMismatch(
        path: path, message: "the state of its \(state.optimizer) does not follow from its generations")
    }
    for choice in choices where discovery.isSearched(choice.name) { discovery.replay(choice) }
  }
}

/// A record that cannot be gone on with as it was asked.
public struct RecordMismatch: Error, Hashable, Sendable, CustomStringConvertible {
  /// The record.
  public var path: String
  /// What does not fit.
  public var message: String

  /// Makes the error.
  public init(path: String, message: String) {
    self.path = path
    self.message = message
  }

  /// One sentence.
  public var description: String { "\(path): \(message)" }
}

extension OptimiserState {
  /// Whether two states hold the same numbers, bit for bit, under the same names.
  fileprivate func isSame(as other: OptimiserState) -> Bool {
    func arrays(_ state: OptimiserState) -> [String: [UInt64]] {
      Dictionary(
        state.arrays.map { ($0.name, $0.values.map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern }) },
        uniquingKeysWith: { first, _ in first })
    }
    func integers(_ state: OptimiserState) -> [String: Int64] {
      Dictionary(state.integers.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
    return optimizer == other.optimizer && version == other.version && arrays(self) == arrays(other)
      && integers(self) == integers(other)
  }
}
