import Tasks

/// Scores the cells of a grid, one after the other, each on all threads of a crew.
public final class GridScoring {
  /// The cells.
  public let layout: GridLayout
  /// The rules.
  public let rules: [GridRule]
  /// The methods that are not rules.
  public let references: [String]
  private let crew: Crew
  private let data: String?
  /// The data set that was read last: neighbouring cells mostly share it.
  private var loaded: (name: String, family: TaskFamily)?

  /// - Parameters:
  ///   - references: methods that are not rules, scored as further rows; see `GridLayout.references`.
  ///   - data: a folder of data sets.
  public init(_ layout: GridLayout, rules: [GridRule], references: [String], crew: Crew, data: String?) {
    self.layout = layout
    self.rules = rules
    self.references = references
    self.crew = crew
    self.data = data
  }

  /// Names of the rows: rules, then the other methods.
  public var rows: [String] { rules.map(\.name) + references }

  /// Scores all rows on the same episodes of a cell.
  ///
  /// A row that cannot be scored there fails alone; where the task itself cannot be had, all rows fail.
  /// - Parameter isWanted: asked many times a second; false drops the cell.
  /// - Returns: the scores, or nil when dropped.
  public func score(_ cell: GridLayout.Cell, isWanted: () -> Bool = { true }) -> CellScores? {
    let experiment = cell.experiment
    let source: EpisodeSource
    do {
      source = try EpisodeSource(experiment, family: family(experiment.task.data))
    } catch {
      return CellScores(rows: rows.map { _ in .failed("\(error)") }, outputCount: nil)
    }
    var results = rows.map { _ in RowScores.failed("") }
    var contenders: [(place: Int, contender: Contender)] = []
    for (place, rule) in rules.enumerated() {
      do {
        let contender = try rule.contender(in: experiment)
        try crew.memory([contender], source).check()
        try contender.check(
          inputCount: source.family.inputCount, outputCount: source.outputCount, worstLoss: experiment.worstLoss)
        contenders.append((place, contender))
      } catch {
        results[place] = .failed("\(error)")
      }
    }
    guard
      let scores = crew.score(
        contenders.map(\.contender), source, layout.grid.split, layout.range,
        diagnosing: layout.grid.diagnosis?.plan(experiment), worstLoss: experiment.worstLoss, isWanted: isWanted)
    else { return nil }
    for ((place, _), row) in zip(contenders, scores) { results[place] = .scored(EpisodeScores(row)) }
    for (place, name) in references.enumerated() {
      guard let scores = score(name, experiment, source, isWanted: isWanted) else { return nil }
      results[rules.count + place] = scores
    }
    return CellScores(rows: results, outputCount: source.outputCount)
  }

  /// Scores a method that is not a rule; nil when dropped.
  private func score(
    _ reference: String, _ experiment: Experiment, _ source: EpisodeSource, isWanted: () -> Bool
  ) -> RowScores? {
    if let baseline = Baseline(rawValue: reference) {
      return crew.answers(baseline, source, layout.grid.split, layout.range, isWanted: isWanted).map { .scored($0) }
    }
    guard let learner = experiment.references.first(where: { $0.name == reference }) else {
      return .failed("the cell's references do not name \(reference)")
    }
    do {
      try crew.memory([], references: ([learner], experiment.network), source).check()
    } catch {
      return .failed("\(error)")
    }
    return crew.answers(
      learner, on: experiment.network, source, layout.grid.split, layout.range, worstLoss: experiment.worstLoss,
      isWanted: isWanted
    ).map { .scored(EpisodeScores($0)) }
  }

  private func family(_ name: String) throws(TaskError) -> TaskFamily {
    if let loaded, loaded.name == name { return loaded.family }
    loaded = nil
    let family = try TaskCatalogue.load(name, directory: data)
    loaded = (name, family)
    return family
  }
}

extension GridLayout {
  /// Names of the methods that are not rules: reference learners that any cell names, then those without a network.
  public var references: [String] { grid.scoresReferences ? learners + Baseline.allCases.map(\.rawValue) : [] }

  /// Names of the reference learners that any cell names.
  var learners: [String] {
    guard grid.scoresReferences else { return [] }
    let named = Set(cells.flatMap { $0.experiment.references.map(\.name) })
    return referenceCatalogue.map(\.name).filter(named.contains)
  }

  /// What a cell costs beside others, in no unit: samples, steps and synapses.
  public func weight(_ cell: Cell) -> Double {
    let experiment = cell.experiment
    let sizes = experiment.network.hidden + [experiment.task.shape.ways]
    let synapses = zip([784] + sizes, sizes).reduce(0) { $0 + $1.0 * $1.1 }
    return Double(experiment.task.shape.ways * (experiment.task.shape.shots + experiment.task.shape.query))
      * Double(experiment.network.steps) * (Double(synapses) + 10_000)
  }
}
