import Pages

/// The cells of a grid, in the order in which they are done.
public struct GridLayout: Sendable {
  /// A combination of values of all axes but shots and seeds.
  public struct Task: Sendable {
    /// The data set, and the values of the axes that are not it.
    public var label: String
    /// The label of each task axis' value.
    public var values: [String]
    /// The experiment with the first number of shots and the first seed.
    public var experiment: Experiment
  }

  /// One experiment of the grid.
  public struct Cell: Sendable {
    /// Its place in the order.
    public var number: Int
    /// Its place among the tasks.
    public var task: Int
    /// Its place among the numbers of shots.
    public var shot: Int
    /// Its place among the seeds.
    public var seed: Int
    /// The experiment.
    public var experiment: Experiment
  }

  /// The grid.
  public let grid: Grid
  /// Names of the axes that tasks differ in.
  public let axes: [String]
  /// The tasks.
  public let tasks: [Task]
  /// Numbers of shots.
  public let shots: [Int]
  /// Seeds of the cells.
  public let seeds: [UInt64]
  /// Episodes of a cell.
  public let episodes: Int
  /// The experiment without any axis.
  public let base: ResolvedExperiment
  /// The cells: tasks, in each shots, in each seeds.
  public let cells: [Cell]

  /// Most cells of a grid.
  public static let limit = 100_000

  /// Resolves every cell.
  /// - Throws: `Diagnostics` of all cells at once.
  public init(_ grid: Grid) throws(Diagnostics) {
    self.grid = grid
    let nothing = [Grid.Value(label: "", overrides: [])]
    let shotValues = grid.axis(ofKey: "task.shots")?.values ?? nothing
    let seedValues = grid.axis(ofKey: "seed")?.values ?? nothing
    let taskAxes = grid.taskAxes
    axes = taskAxes.map(\.name)
    let count = grid.axes.reduce(1) { $0.multipliedReportingOverflow(by: $1.values.count).partialValue }
    guard grid.axes.allSatisfy({ $0.values.count <= Self.limit }), (1...Self.limit).contains(count) else {
      throw Diagnostics([
        grid.draft.page.root.place.diagnostic("grid \(grid.name) has \(count) cells; at most \(Self.limit) are done")
      ])
    }
    // Without any axis the page need not be whole: an axis may give what it lacks.
    var found: [Diagnostic] = []
    func resolve(_ values: [Grid.Value]) -> ResolvedExperiment? {
      do {
        return try grid.draft.resolved(values.flatMap(\.overrides))
      } catch {
        for diagnostic in error.all where !found.contains(where: { $0.description == diagnostic.description }) {
          found.append(diagnostic)
        }
        return nil
      }
    }
    var combinations: [[Grid.Value]] = [[]]
    for axis in taskAxes { combinations = combinations.flatMap { front in axis.values.map { front + [$0] } } }
    var tasks: [Task] = []
    var cells: [Cell] = []
    var shots: [Int] = []
    var seeds: [UInt64] = []
    var base: ResolvedExperiment?
    for values in combinations {
      for (shot, shotValue) in shotValues.enumerated() {
        for (seed, seedValue) in seedValues.enumerated() {
          guard let resolved = resolve(values + [shotValue, seedValue]) else { continue }
          let experiment = resolved.experiment
          base = base ?? resolved
          if shot == 0, seed == 0 {
            tasks.append(
              Task(
                label: Self.label(experiment, zip(taskAxes, values).map { ($0, $1) }), values: values.map(\.label),
                experiment: experiment))
          }
          if shots.count == shot { shots.append(experiment.task.shape.shots) }
          if seeds.count == seed { seeds.append(experiment.seed) }
          if shots.indices.contains(shot), shots[shot] != experiment.task.shape.shots,
            let place = values.flatMap(\.overrides).first(where: { $0.path == "task" })?.keyPlace
          {
            found.append(place.diagnostic("task.shots varies on an axis of its own: {key: task.shots, values: […]}"))
          }
          cells.append(
            Cell(number: cells.count, task: tasks.count - 1, shot: shot, seed: seed, experiment: experiment))
        }
      }
    }
    guard found.isEmpty, let base else { throw Diagnostics(found) }
    self.tasks = tasks
    self.shots = shots
    self.seeds = seeds
    self.cells = cells
    self.base = base
    episodes = grid.episodes ?? base.experiment.testEpisodes
  }

  /// `fashion-mnist`, or `fashion-mnist, depth 3, neuron lif`.
  private static func label(_ experiment: Experiment, _ values: [(Grid.Axis, Grid.Value)]) -> String {
    let others = values.filter { !$0.0.isKey || $0.0.name != "task.data" }
    return ([experiment.task.data] + others.map { "\($0.shortName) \($1.label)" }).joined(separator: ", ")
  }

  /// A cell in words: `fashion-mnist, 5 shots, seed 2`.
  public func label(_ cell: Cell) -> String {
    var parts = [tasks[cell.task].label]
    if shots.count > 1 { parts.append("\(shots[cell.shot]) shots") }
    if seeds.count > 1 { parts.append("seed \(seeds[cell.seed])") }
    return parts.joined(separator: ", ")
  }

  /// Numbers of the episodes of every cell.
  public var range: Range<Int> { grid.first..<grid.first + episodes }

  /// The cells of one of several shards: every `of`-th, beginning with cell `shard` - 1.
  /// - Precondition: `shard` lies between 1 and `of`.
  public func cells(ofShard shard: Int, of count: Int) -> [Cell] {
    precondition(count >= 1 && (1...count).contains(shard), "shard \(shard) of \(count)")
    return cells.filter { $0.number % count == shard - 1 }
  }
}
