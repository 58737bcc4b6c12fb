import Records
import Search

/// The private part of a discovery's record: the optimiser's state, the generations of the baselines' searches, and the
/// choices made. Every array has its full size from the start, so that the file's layout does not change while it grows.
struct DiscoveryState {
  /// The arrangement that this program reads and writes.
  static let version = 2

  /// The state of the search's optimiser.
  var optimiser: OptimiserState?
  private(set) var tuned: [DiscoveryLog.Generations]
  private(set) var chosen: [Choice] = []
  private let plan: DiscoveryPlan

  init(_ plan: DiscoveryPlan) {
    self.plan = plan
    tuned = plan.baselines.map { .init(name: $0.name, rows: []) }
  }

  mutating func note(_ name: String, _ row: SearchedGeneration) {
    guard let index = tuned.firstIndex(where: { $0.name == name }) else { return }
    tuned[index].rows.append(.init(population: row.population, fitness: row.fitness, episodes: row.episodes))
  }

  mutating func note(_ choice: Choice) {
    chosen.removeAll { $0.name == choice.name }
    chosen.append(choice)
  }
}

extension DiscoveryState {
  /// The state as a record keeps it; what is not there yet is NaN.
  func arrays(nextGeneration: Int) -> StateArrays {
    var entries: [StateArrays.Entry] = []
    if let optimiser {
      for array in optimiser.arrays {
        entries.append(
          .init(array.name, shape: array.shape, .doubles(array.values), dimensions: array.dimensions))
      }
      for number in optimiser.integers where number.name != "next_generation" {
        entries.append(.init(number.name, shape: [], .integers([Int(number.value)])))
      }
    }
    for (contender, search) in zip(plan.baselines, tuned) {
      let choice = plan.choice(of: contender.name)
      let stem = Self.stem(contender.name)
      let shape = [max(1, choice.generations), choice.population, contender.coefficients.count]
      let axes = ["tuned_generation", "tuned_candidate", "\(stem)_coefficient"]
      entries.append(
        .init(
          "\(stem)_population", shape: shape,
          .doubles(Self.padded(search.rows.flatMap { $0.population.flatMap { $0 } }, shape)), dimensions: axes))
      let each = Array(shape.prefix(2))
      entries.append(
        .init(
          "\(stem)_fitness", shape: each, .doubles(Self.padded(search.rows.flatMap(\.fitness), each)),
          dimensions: Array(axes.prefix(2))))
      entries.append(
        .init(
          "\(stem)_episodes", shape: each,
          .doubles(Self.padded(search.rows.flatMap { $0.episodes.map(Double.init) }, each)),
          dimensions: Array(axes.prefix(2))))
    }
    for contender in plan.searched {
      let stem = Self.stem(contender.name)
      let choice = chosen.first { $0.name == contender.name }
      let values = choice.map { $0.coefficients + [$0.accuracy, $0.loss, Double($0.finalists)] } ?? []
      let shape = [contender.coefficients.count + 3]
      entries.append(
        .init(
          "\(stem)_choice", shape: shape, .doubles(Self.padded(values, shape)), dimensions: ["\(stem)_chosen"]))
    }
    return StateArrays(
      optimizer: optimiser?.optimizer ?? plan.experiment.optimizer.kind,
      version: Self.version * 1000 + (optimiser?.version ?? 0), nextGeneration: nextGeneration, entries: entries)
  }

  /// The state that a record keeps.
  /// - Throws: `RecordMismatch` when it is of another version or shape.
  init(_ plan: DiscoveryPlan, stored: StateArrays?, path: String) throws {
    self.init(plan)
    guard let stored else { throw RecordMismatch(path: path, message: "holds no state to go on from") }
    guard stored.version / 1000 == Self.version else {
      throw RecordMismatch(
        path: path,
        message: "its state has version \(stored.version / 1000), and this program goes on from version \(Self.version)"
      )
    }
    let own = Set(
      plan.searched.map { Self.stem($0.name) }.flatMap { stem in
        ["population", "fitness", "episodes", "choice"].map { "\(stem)_\($0)" }
      })
    var arrays: [OptimiserState.Numbers] = []
    var integers: [OptimiserState.Integers] = []
    for entry in stored.entries where !own.contains(entry.name) {
      switch entry.values {
      case .doubles(let values):
        arrays.append(
          .init(name: entry.name, dimensions: entry.dimensions ?? [], shape: entry.shape, values: values))
      case .integers(let values): integers.append(.init(name: entry.name, value: Int64(values.first ?? 0)))
      default: continue
      }
    }
    integers.append(.init(name: "next_generation", value: Int64(stored.nextGeneration)))
    optimiser = OptimiserState(
      optimizer: stored.optimizer, version: stored.version % 1000, arrays: arrays, integers: integers)
    for (index, contender) in plan.baselines.enumerated() {
      tuned[index].rows = try Self.rows(stored, contender, plan.choice(of: contender.name), path: path)
    }
    for contender in plan.searched {
      let name = "\(Self.stem(contender.name))_choice"
      let count = contender.coefficients.count
      guard case .doubles(let values) = stored[name], values.count == count + 3 else {
        throw RecordMismatch(path: path, message: "its state has no array \(name) of \(count + 3) numbers")
      }
      guard let finalists = Int(exactly: values[count + 2]) else { continue }
      chosen.append(
        Choice(
          name: contender.name, coefficients: Array(values.prefix(count)), accuracy: values[count],
          loss: values[count + 1], finalists: finalists))
    }
  }

  /// The coefficients chosen for a contender, or nil when nothing is chosen yet.
  static func chosenCoefficients(of name: String, in stored: StateArrays?) -> [Double]? {
    guard case .doubles(let values)? = stored?["\(stem(name))_choice"], values.count > 3,
      !values[values.count - 1].isNaN
    else { return nil }
    return Array(values.dropLast(3))
  }

  private static func rows(
    _ stored: StateArrays, _ contender: Contender, _ choice: Experiment.SearchChoice, path: String
  ) throws -> [DiscoveryLog.Row] {
    let stem = stem(contender.name)
    let (candidates, coefficients) = (choice.population, contender.coefficients.count)
    guard case .doubles(let population) = stored["\(stem)_population"],
      case .doubles(let fitness) = stored["\(stem)_fitness"],
      case .doubles(let episodes) = stored["\(stem)_episodes"], episodes.count == fitness.count,
      fitness.count % candidates == 0, population.count == fitness.count * coefficients
    else { throw RecordMismatch(path: path, message: "its state does not hold the search of \(contender.name)") }
    var rows: [DiscoveryLog.Row] = []
    for first in stride(from: 0, to: fitness.count, by: candidates) where !fitness[first].isNaN {
      rows.append(
        .init(
          population: (first..<first + candidates).map {
            Array(population[$0 * coefficients..<($0 + 1) * coefficients])
          }, fitness: Array(fitness[first..<first + candidates]),
          episodes: episodes[first..<first + candidates].map { Int(exactly: $0) ?? choice.episodes }))
    }
    return rows
  }

  /// `feedback-alignment` as a dataset's name has it.
  private static func stem(_ name: String) -> String { name.replacing("-", with: "_") }

  private static func padded(_ values: [Double], _ shape: [Int]) -> [Double] {
    let count = shape.reduce(1, *)
    return values.prefix(count) + [Double](repeating: .nan, count: max(0, count - values.count))
  }
}
