import Networks
import Search
import Tasks

/// One experiment, whole: what is searched, on what, how long, and how the result is judged.
///
/// The defaults of every part are reference experiment S5; a page states what differs.
public struct Experiment: Sendable, Hashable {
  /// What the experiment is called; names its record.
  public var name: String
  /// One or two sentences for people.
  public var about = ""
  /// The seed of every random number of a run.
  public var seed: UInt64 = 1
  /// The rule whose coefficients are searched: a name in `rules/`, or a path to a page.
  public var rule = "pool-local"
  /// The credit pathway, unless a rule names its own.
  public var credit: CreditChoice = "random"
  /// The network that learns.
  public var network = NetworkParameters()
  /// How intensities become spikes.
  public var encoder = SpikeEncoder.bernoulli(rate: 0.5)
  /// The few-shot problems.
  public var task = TaskChoice()
  /// The search.
  public var optimizer = SearchChoice()
  /// The loss of a failed episode, and the largest loss there is.
  public var worstLoss = 5.0
  /// How the final coefficients are chosen among the best of the search.
  public var selection = SelectionChoice()
  /// Episodes of the test pool on which the result is judged, at least 2.
  public var testEpisodes = 48
  /// With what budget the learning rates of the baselines are tuned.
  public var baselines = BaselineChoice()
  /// Learners that are no rules, which result tables show beside rules.
  public var references: [ReferenceLearner] = []

  /// An experiment with every default.
  public init(name: String) { self.name = name }

  /// Which few-shot problems.
  public struct TaskChoice: Sendable, Hashable {
    /// A name of `TaskCatalogue`.
    public var data = "fashion-mnist"
    /// Ways, shots and query examples.
    public var shape = EpisodeShape(ways: 5, shots: 50, query: 20)
    /// How many times the support samples of an episode are presented.
    public var passes = 1
    /// How the data are divided into search, selection and test.
    public var pools = PoolDivision.standard

    /// The default problems.
    public init() {}
  }

  /// How coefficients are searched.
  public struct SearchChoice: Sendable, Hashable {
    /// A name of `optimiserCatalogue`.
    public var kind = "cma-es"
    /// Generations of the search.
    public var generations = 40
    /// Candidates of a generation.
    public var population = 12
    /// First step size in internal units of the search space.
    public var sigma = 1.0
    /// Episodes of a generation, the same ones for all its candidates.
    public var episodes = 6
    /// Values with which the search begins, by the name of the coefficient, in place of those of the rule's page.
    public var start: [String: Double] = [:]
    /// Fitness lost per Σ|θ|/scale; per Σ|θ| where gradients are followed.
    public var l1 = 0.0
    /// Fitness lost per operator and operand of the simplified rule.
    public var parsimony = 0.0
    /// Points on each axis of a grid.
    public var points = 5
    /// How gradients are followed.
    public var descent = DescentSettings()
    /// Which candidates are not scored on all episodes.
    public var hurdle = Hurdle()

    /// Episodes that the whole search scores, one candidate on one episode each.
    public var evaluations: Int { generations * population * episodes }

    /// Whether the search follows the gradient of the meta-loss; it then has one candidate, no hurdle and no parsimony.
    public var followsGradient: Bool { kind == MetaGradient.name }

    /// The default search.
    public init() {}
  }

  /// What decides between candidates on the selection pool.
  public enum Criterion: String, Sendable, Hashable, CaseIterable {
    /// Most query accuracy; the lower loss where accuracies are equal.
    case accuracy
    /// Least query loss.
    case loss
  }

  /// How the final coefficients are chosen.
  public struct SelectionChoice: Sendable, Hashable {
    /// Episodes of the selection pool.
    public var episodes = 24
    /// How many of the best candidates of the search compete with its final mean.
    public var candidates = 6
    /// What decides.
    public var criterion = Criterion.accuracy

    /// The default choice.
    public init() {}
  }

  /// The search that tunes the learning rate of a baseline; selection and criterion are those of the main search, and so is
  /// the kind, but for `meta-gradient`, in whose place CMA-ES tunes.
  public struct BaselineChoice: Sendable, Hashable {
    /// Generations per baseline.
    public var generations = 8
    /// Candidates of a generation.
    public var population = 6
    /// Episodes of a generation.
    public var episodes = 6

    /// The default budget.
    public init() {}
  }
}
