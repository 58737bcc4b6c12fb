/// One rule as `/rules` keeps it.
public struct RuleRow: Sendable, Hashable {
  /// One term of the rule.
  public struct Term: Sendable, Hashable {
    /// Its canonical text.
    public var text: String
    /// Its coefficient.
    public var coefficient: Double

    /// Makes a term.
    public init(_ text: String, _ coefficient: Double) {
      self.text = text
      self.coefficient = coefficient
    }
  }

  /// Where a rule comes from.
  public enum Origin: String, Sendable, Hashable, Codable, CaseIterable {
    /// Found by a search.
    case discovered
    /// A rule to compare with.
    case baseline
    /// Given by the user.
    case user
  }

  /// Its name, unique in the record.
  public var name: String
  /// Its equation as text.
  public var expression: String
  /// Its equation in LaTeX.
  public var latex: String
  /// Its whole page.
  public var ruleText: String
  /// Where it comes from.
  public var origin: Origin
  /// SHA-256 of its page, lower-case hexadecimal.
  public var sha256: String
  /// Operators and operands after simplification.
  public var complexity: Double
  /// Its terms.
  public var terms: [Term]

  /// Makes a row.
  public init(
    name: String, expression: String, latex: String, ruleText: String, origin: Origin, sha256: String,
    complexity: Double, terms: [Term]
  ) {
    self.name = name
    self.expression = expression
    self.latex = latex
    self.ruleText = ruleText
    self.origin = origin
    self.sha256 = sha256
    self.complexity = complexity
    self.terms = terms
  }
}

/// What a task of an evaluation is.
public struct TaskFacts: Sendable, Hashable {
  /// The data set.
  public var data: String
  /// Classes per episode.
  public var ways: Int
  /// Queries per class.
  public var queries: Int
  /// The neuron of the network.
  public var neuron: String
  /// Neurons of each hidden group from the input up, with blanks between them.
  public var hidden: String
  /// The credit pathway, unless a rule names its own.
  public var credit: String

  /// Makes the facts.
  public init(data: String, ways: Int, queries: Int, neuron: String, hidden: String, credit: String) {
    self.data = data
    self.ways = ways
    self.queries = queries
    self.neuron = neuron
    self.hidden = hidden
    self.credit = credit
  }
}

/// Scores of rules on tasks, one entry per (rule, task, shot, seed, step): the group `/evaluation`.
///
/// Arrays are in C order, the last axis fastest; what was not measured is NaN. Every rule meets the same episode at the
/// same place of the `seed` axis, so paired statistics can be made again from the record.
public struct EvaluationTable: Sendable, Hashable {
  /// Classes per episode.
  public var ways: Int
  /// Queries per class.
  public var queriesPerClass: Int
  /// What alignment angles are measured against.
  public var alignmentReference: String
  /// The pool that the episodes came from: `search`, `selection` or `test`; nil where the record does not say.
  public var split: String?
  /// Which shard of a grid the record is, such as `1/4`; nil for the whole.
  public var shard: String?
  /// Rules, baselines included.
  public var rules: [String]
  /// Task families.
  public var tasks: [String]
  /// Training examples per class.
  public var shots: [Int]
  /// Test episodes.
  public var seeds: [Int]
  /// Training examples seen when the scores were taken.
  public var steps: [Int]
  /// Layers; may be empty.
  public var layers: [String]
  /// Query accuracy, [rule][task][shot][seed][step].
  public var accuracy: [Float]
  /// Query cross-entropy, [rule][task][shot][seed][step].
  public var loss: [Float]
  /// How each run ended, [rule][task][shot][seed].
  public var status: [CandidateStatus]
  /// Seconds each run took, [rule][task][shot][seed].
  public var runTime: [Float]
  /// Number of outputs, [task].
  public var outputs: [Int]
  /// Accuracy of guessing, [task].
  public var chanceLevel: [Float]
  /// Accuracy while learning, [rule][task][shot][seed][step]; nil when not measured.
  public var onlineAccuracy: [Float]?
  /// Angle to the gradient in degrees, [rule][task][shot][seed][step][layer]; nil when not measured.
  public var alignmentAngle: [Float]?
  /// Spikes per second, [rule][task][shot][seed][step][layer]; nil when not measured.
  public var firingRate: [Float]?
  /// Frobenius norm of the weights, [rule][task][shot][seed][step][layer]; nil when not measured.
  public var weightNorm: [Float]?
  /// Distance from orthonormal weights, [rule][task][shot][seed][step][layer]; nil when not measured.
  public var orthonormality: [Float]?
  /// What each task is; nil where the record does not say.
  public var taskFacts: [TaskFacts]?
  /// Names of the axes of a grid that its tasks differ in.
  public var axes: [String] = []
  /// Where each task lies on these axes, [task][axis].
  public var axisValues: [String] = []
  /// The seed of each run, [seed]; nil where the record does not say.
  public var runSeeds: [Int]?
  /// The number of each run's episode, [seed]; nil where the record does not say.
  public var episodes: [Int]?
  /// Why a rule could not be scored, [rule][task][shot], empty where it could; nil where the record does not say.
  public var reasons: [String]?
  /// Mean over queries of each query's own angle to the gradient in degrees, same places; nil when not measured.
  public var sampleAngle: [Float]?
  /// Angle between forward weights and feedback in degrees, same places; nil when not measured.
  public var feedbackAngle: [Float]?
  /// Share of neurons that stay silent, same places; nil when not measured.
  public var silentShare: [Float]?
  /// Share of neurons that are saturated, same places; nil when not measured.
  public var saturatedShare: [Float]?

  /// Makes a table with every score NaN and every run pending.
  public init(
    ways: Int, queriesPerClass: Int, alignmentReference: String = "backpropagation gradient", rules: [String],
    tasks: [String], shots: [Int], seeds: [Int], steps: [Int], layers: [String] = [], outputs: [Int]? = nil
  ) {
    self.ways = ways
    self.queriesPerClass = queriesPerClass
    self.alignmentReference = alignmentReference
    self.rules = rules
    self.tasks = tasks
    self.shots = shots
    self.seeds = seeds
    self.steps = steps
    self.layers = layers
    let runs = rules.count * tasks.count * shots.count * seeds.count
    accuracy = [Float](repeating: .nan, count: runs * steps.count)
    loss = accuracy
    status = [CandidateStatus](repeating: .pending, count: runs)
    runTime = [Float](repeating: .nan, count: runs)
    self.outputs = outputs ?? tasks.map { _ in ways }
    chanceLevel = self.outputs.map { 1 / Float($0) }
  }

  /// Classes per episode of a task.
  public func ways(task: Int) -> Int { taskFacts?[task].ways ?? ways }

  /// Queries of an episode of a task.
  public func queries(task: Int) -> Int { ways(task: task) * (taskFacts?[task].queries ?? queriesPerClass) }

  /// Place of a run in ``status`` and ``runTime``; times `steps.count` plus the step it is the place in ``accuracy``.
  public func index(rule: Int, task: Int = 0, shot: Int = 0, seed: Int) -> Int {
    precondition(
      rule < rules.count && task < tasks.count && shot < shots.count && seed < seeds.count,
      "run (\(rule), \(task), \(shot), \(seed)) of (\(rules.count), \(tasks.count), \(shots.count), \(seeds.count))")
    return ((rule * tasks.count + task) * shots.count + shot) * seeds.count + seed
  }

  /// Lengths of the axes of a run, of its steps and of its layers.
  var runShape: [Int] { [rules.count, tasks.count, shots.count, seeds.count] }
}
