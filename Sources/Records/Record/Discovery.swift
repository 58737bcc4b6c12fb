/// What a search looks for and how: the fixed part of the group `/discovery`.
public struct DiscoveryHeader: Sendable, Hashable {
  /// Whether low or high fitness is good.
  public enum Direction: String, Sendable, Hashable, Codable {
    /// Low is good.
    case minimize
    /// High is good.
    case maximize
  }

  /// One searched coefficient.
  public struct Parameter: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Its label in LaTeX.
    public var label: String
    /// Its units, `1` when it has none.
    public var units: String
    /// Lower bound; negative infinity when there is none.
    public var lower: Double
    /// Upper bound; infinity when there is none.
    public var upper: Double
    /// The value the search starts from.
    public var initial: Double
    /// True when the search leaves it alone.
    public var fixed: Bool

    /// Makes a parameter.
    public init(
      name: String, label: String? = nil, units: String = "1", lower: Double = -.infinity, upper: Double = .infinity,
      initial: Double, fixed: Bool = false
    ) {
      self.name = name
      self.label = label ?? name
      self.units = units
      self.lower = lower
      self.upper = upper
      self.initial = initial
      self.fixed = fixed
    }
  }

  /// Columns a search may have or not; the raw value is the dataset's name.
  public enum Measure: String, Sendable, Hashable, CaseIterable {
    /// Score per candidate and task.
    case taskScore = "task_score"
    /// Complexity per candidate.
    case complexity
    /// Penalty per candidate.
    case penalty
    /// Mean query cross-entropy per candidate, without penalties.
    case queryLoss = "query_loss"
    /// How many of a candidate's episodes were left out of the gradient.
    case episodesSkipped = "episodes_skipped"
    /// On how many episodes a candidate was scored.
    case episodesScored = "episodes_scored"
    /// Mean of the search distribution per generation.
    case searchMean = "search_mean"
    /// Gradient of the meta-loss per generation.
    case metaGradient = "meta_gradient"
    /// Step size per generation.
    case stepSize = "step_size"
    /// Axis ratio per generation.
    case axisRatio = "axis_ratio"
    /// Angle between the error that was delivered and the one sent through W, per generation and layer.
    case alignmentAngle = "alignment_angle"
    /// Distance from orthonormal weights per generation and layer.
    case orthonormality
    /// Score on the selection pool per generation and task.
    case validationScore = "validation_score"
  }

  /// The search, such as `cma-es`.
  public var search: String
  /// Whether low or high fitness is good.
  public var direction: Direction
  /// What one outer step is: `generation` or `episode`.
  public var outerStep: String
  /// Candidates per generation.
  public var candidates: Int
  /// The searched coefficients.
  public var parameters: [Parameter]
  /// Names of the task families; may be empty.
  public var tasks: [String]
  /// Names of the layers; may be empty.
  public var layers: [String]
  /// The optional columns that rows will fill.
  public var measures: Set<Measure>

  /// Makes a header.
  /// - Precondition: measures per task need tasks, measures per layer need layers.
  public init(
    search: String, direction: Direction, outerStep: String = "generation", candidates: Int, parameters: [Parameter],
    tasks: [String] = [], layers: [String] = [], measures: Set<Measure> = []
  ) {
    precondition(candidates > 0, "\(candidates) candidates")
    precondition(
      !tasks.isEmpty || measures.isDisjoint(with: [.taskScore, .validationScore]), "scores per task, but 0 tasks")
    precondition(
      !layers.isEmpty || measures.isDisjoint(with: [.alignmentAngle, .orthonormality]),
      "measures per layer, but 0 layers")
    self.search = search
    self.direction = direction
    self.outerStep = outerStep
    self.candidates = candidates
    self.parameters = parameters
    self.tasks = tasks
    self.layers = layers
    self.measures = measures
  }
}

/// All that one generation adds to `/discovery`.
public struct GenerationRow: Sendable, Hashable {
  /// The generation, from 0.
  public var generation: Int
  /// The coefficients evaluated, [candidate][parameter].
  public var population: [[Double]]
  /// The number the search used, [candidate]; NaN when there is none.
  public var fitness: [Double]
  /// How each evaluation ended, [candidate].
  public var status: [CandidateStatus]
  /// How often each evaluation was tried, [candidate].
  public var attempts: [Int]
  /// Seconds each evaluation took, [candidate].
  public var evaluationTime: [Double]
  /// Best fitness so far.
  public var incumbentFitness: Double
  /// Coefficients of the best so far, [parameter].
  public var incumbentParameter: [Double]
  /// Median fitness of this generation.
  public var medianFitness: Double
  /// Evaluations so far.
  public var evaluations: Int
  /// Seconds since the search began.
  public var wallTime: Double
  /// The seed this generation's episodes belong to.
  public var evaluationSeed: UInt64
  /// Restarts of the search so far.
  public var restart: Int
  /// The columns named by ``DiscoveryHeader/measures``, in C order without the generation axis. What is missing is NaN.
  public var measures: [DiscoveryHeader.Measure: [Double]]

  /// Makes a row.
  public init(
    generation: Int, population: [[Double]], fitness: [Double], status: [CandidateStatus], attempts: [Int],
    evaluationTime: [Double], incumbentFitness: Double, incumbentParameter: [Double], medianFitness: Double,
    evaluations: Int, wallTime: Double, evaluationSeed: UInt64, restart: Int = 0,
    measures: [DiscoveryHeader.Measure: [Double]] = [:]
  ) {
    self.generation = generation
    self.population = population
    self.fitness = fitness
    self.status = status
    self.attempts = attempts
    self.evaluationTime = evaluationTime
    self.incumbentFitness = incumbentFitness
    self.incumbentParameter = incumbentParameter
    self.medianFitness = medianFitness
    self.evaluations = evaluations
    self.wallTime = wallTime
    self.evaluationSeed = evaluationSeed
    self.restart = restart
    self.measures = measures
  }
}

/// One rule of the hall of fame.
public struct ArchiveEntry: Sendable, Hashable {
  /// Its fitness.
  public var fitness: Double
  /// Its complexity; NaN when unknown.
  public var complexity: Double
  /// Its expression; may be empty when only coefficients differ.
  public var expression: String
  /// The generation that found it, -1 when unknown.
  public var foundAt: Int
  /// Its coefficients, [parameter].
  public var parameter: [Double]

  /// Makes an entry.
  public init(fitness: Double, complexity: Double = .nan, expression: String = "", foundAt: Int, parameter: [Double]) {
    self.fitness = fitness
    self.complexity = complexity
    self.expression = expression
    self.foundAt = foundAt
    self.parameter = parameter
  }
}

/// All an optimiser needs to go on: the private group `/discovery/state`.
public struct StateArrays: Sendable, Hashable {
  /// One array, or a scalar when the shape is empty.
  public struct Entry: Sendable, Hashable {
    /// Its name, `[a-z][a-z0-9_]*`.
    public var name: String
    /// Lengths of its axes.
    public var shape: [Int]
    /// Its values in C order.
    public var values: Values
    /// Names of its axes; nil lets an axis as long as the parameters be `parameter` (a second one `parameter_col`) and
    /// any other a size of its own.
    public var dimensions: [String]?

    /// Makes an entry.
    /// - Precondition: there are as many values as the shape holds.
    public init(_ name: String, shape: [Int], _ values: Values, dimensions: [String]? = nil) {
      precondition(shape.reduce(1, *) == values.count, "\(name): \(values.count) values for shape \(shape)")
      precondition(dimensions == nil || dimensions?.count == shape.count, "\(name): \(shape.count) axes misnamed")
      self.name = name
      self.shape = shape
      self.values = values
      self.dimensions = dimensions
    }
  }

  /// The optimiser the state belongs to.
  public var optimizer: String
  /// The version of the state's arrangement; a run resumes only with the same.
  public var version: Int
  /// The first generation not yet in the record.
  public var nextGeneration: Int
  /// Everything else.
  public var entries: [Entry]

  /// Makes a state.
  public init(optimizer: String, version: Int, nextGeneration: Int, entries: [Entry]) {
    self.optimizer = optimizer
    self.version = version
    self.nextGeneration = nextGeneration
    self.entries = entries
  }

  /// The values of an entry.
  public subscript(_ name: String) -> Values? { entries.first { $0.name == name }?.values }
}
