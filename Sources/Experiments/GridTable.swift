import Records
import Tasks

/// How one row of a cell came out.
public enum RowScores: Sendable {
  /// Every episode was scored.
  case scored(EpisodeScores)
  /// The rule cannot be scored in this cell, and why.
  case failed(String)
}

/// All rows of a cell.
public struct CellScores: Sendable {
  /// One for each row of the grid, in its order.
  public var rows: [RowScores]
  /// Readout neurons; nil where the data could not be read.
  public var outputCount: Int?

  /// Makes the scores of a cell.
  public init(rows: [RowScores], outputCount: Int?) {
    self.rows = rows
    self.outputCount = outputCount
  }
}

/// The scores of a grid as a record keeps them, filled cell by cell.
public struct GridTable: Sendable {
  /// The grid's cells.
  public let layout: GridLayout
  /// What is known so far; what is not is `pending`.
  public private(set) var table: EvaluationTable

  /// An empty table.
  /// - Parameter rows: names of the rules and of the other methods.
  public init(_ layout: GridLayout, rows: [String]) {
    self.layout = layout
    let tasks = layout.tasks
    // A network that learns less long has no entry at the later steps.
    let diagnosis = layout.grid.diagnosis
    let steps = Set(
      layout.cells.flatMap { cell in
        let seen = cell.experiment.examplesSeen
        return diagnosis?.plan(cell.experiment).stops(samples: seen) ?? [seen]
      }
    ).sorted()
    let layers = layout.cells.map { $0.experiment.network.hidden.count }.max() ?? 0
    let range = layout.range
    let pairs = layout.seeds.flatMap { seed in range.map { (seed: seed, episode: $0) } }
    table = EvaluationTable(
      ways: tasks[0].experiment.task.shape.ways, queriesPerClass: tasks[0].experiment.task.shape.query, rules: rows,
      tasks: tasks.map(\.label), shots: layout.shots,
      seeds: layout.seeds.count == 1 ? Array(range) : Array(pairs.indices), steps: steps,
      layers: LayerName.hidden(layers) + (diagnosis?.measuresLayers == true ? [LayerName.readout] : []),
      outputs: tasks.map { $0.experiment.task.shape.ways })
    table.split = "\(layout.grid.split)"
    table.runSeeds = pairs.map { Int($0.seed) }
    table.episodes = pairs.map(\.episode)
    table.axes = layout.axes
    table.axisValues = tasks.flatMap(\.values)
    table.taskFacts = tasks.map { TaskFacts($0.experiment) }
    table.reasons = [String](repeating: "", count: rows.count * tasks.count * layout.shots.count)
    prepare()
  }

  /// A table that a record keeps.
  /// - Throws: `RecordMismatch` when it is not one of this grid and these rows.
  public init(_ layout: GridLayout, stored: EvaluationTable, rows: [String], path: String) throws(RecordMismatch) {
    self.init(layout, rows: rows)
    guard stored.rules == table.rules, stored.tasks == table.tasks, stored.shots == table.shots,
      stored.seeds == table.seeds, stored.steps == table.steps, stored.layers == table.layers,
      stored.runSeeds == table.runSeeds
    else { throw RecordMismatch(path: path, message: "its scores are not those of its grid") }
    table = stored
    prepare()
  }

  /// Makes room for what is measured; a column comes back as nothing where nothing in it was.
  private mutating func prepare() {
    if table.firingRate == nil, !table.layers.isEmpty {
      table.firingRate = [Float](repeating: .nan, count: table.accuracy.count * table.layers.count)
    }
    if let diagnosis = layout.grid.diagnosis { table.prepare(measuresLayers: diagnosis.measuresLayers) }
  }

  /// Places of a row's runs in a cell.
  private func runs(_ row: Int, _ cell: GridLayout.Cell) -> Range<Int> {
    let first = table.index(rule: row, task: cell.task, shot: cell.shot, seed: cell.seed * layout.episodes)
    return first..<first + layout.episodes
  }

  /// Whether a cell has been done, whatever came out.
  public func isDone(_ cell: GridLayout.Cell) -> Bool {
    !table.rules.indices.contains { table.status[runs($0, cell)].contains(.pending) }
  }

  /// Notes which shard the table is of; nil for the whole grid.
  public mutating func setShard(_ shard: String?) { table.shard = shard }

  /// Takes over the cells of another table of the same grid.
  /// - Throws: `MergeConflict`.
  mutating func merge(_ other: GridTable) throws(MergeConflict) { try table.merge(other.table) }

  /// Puts the scores of a cell into its place.
  public mutating func put(_ scores: CellScores, of cell: GridLayout.Cell) {
    precondition(scores.rows.count == table.rules.count, "\(scores.rows.count) rows of \(table.rules.count)")
    if let outputs = scores.outputCount {
      table.outputs[cell.task] = outputs
      table.chanceLevel[cell.task] = 1 / Float(outputs)
    }
    let step = cell.experiment.examplesSeen
    for (row, result) in scores.rows.enumerated() {
      let runs = runs(row, cell)
      switch result {
      case .failed(let reason):
        for run in runs { table.status[run] = .failed }
        let place = (row * table.tasks.count + cell.task) * table.shots.count + cell.shot
        if table.reasons![place].isEmpty { table.reasons![place] = reason }
      case .scored(let scores):
        for (episode, run) in runs.enumerated() { table.put(scores, episode, at: run, step: step) }
      }
    }
  }
}

extension Experiment {
  /// Training examples that an episode shows.
  var examplesSeen: Int { task.passes * task.shape.ways * task.shape.shots }
}

extension TaskFacts {
  /// What a task of a grid is.
  init(_ experiment: Experiment) {
    self.init(
      data: experiment.task.data, ways: experiment.task.shape.ways, queries: experiment.task.shape.query,
      neuron: experiment.network.neuron, hidden: experiment.network.hidden.map(String.init).joined(separator: " "),
      credit: experiment.credit.name)
  }
}
