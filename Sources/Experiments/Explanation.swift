import Kernels
import Rules
import Tasks

/// Times of episodes with parts left out, so that the cost of each part follows from differences: nothing is timed inside
/// the inner loop.
///
/// All variants run on one thread, one after the other, round after round; the shortest time of each counts.
public struct Explanation {
  /// Seconds of whole episodes.
  public private(set) var whole = 0.0
  /// Seconds of episodes without any sample: initial weights and feedback.
  public private(set) var drawing = 0.0
  /// Seconds of episodes whose samples are answered and not learned.
  public private(set) var answering = 0.0
  /// Seconds of episodes in which no weight moves.
  public private(set) var still = 0.0
  /// Per projection, seconds of episodes in which its weights do not move.
  public private(set) var without: [Double] = []
  /// Per projection and form that it could have taken, seconds of episodes with that form.
  public private(set) var otherForms: [[PlanForm: Double]] = []
  /// Seconds of episodes in which the first projection does not move, with errors delivered and without.
  public private(set) var delivered = 0.0, undelivered: Double?
  /// Spikes per neuron and step of each hidden group.
  public private(set) var firingRates: [Double] = []
  /// Rounds that were run.
  public private(set) var rounds = 0

  /// A rule that leaves the weights of some layers as they are.
  /// - Parameters:
  ///   - rule: the rule.
  ///   - layers: projections counted from 1.
  ///   - count: number of projections.
  public static func rule(_ rule: Rule, atRest layers: [Int], of count: Int) -> Rule {
    var rule = rule
    rule.layers.removeAll { layers.contains($0.layer < 0 ? count + 1 + $0.layer : $0.layer) }
    rule.layers += layers.map { LayerRule(layer: $0, dw: .number(0)) }
    return rule
  }

  /// Measures.
  /// - Parameters:
  ///   - contender: what is scored.
  ///   - episodes: the episodes of a variant's run, at least one.
  ///   - cost: what the contender is expected to cost, for the forms that are possible.
  ///   - seconds: how long; at least three rounds.
  public init(
    _ contender: Contender, on episodes: [EncodedEpisode], seed: UInt64, worstLoss: Double, cost: NetworkCost,
    seconds: Double
  ) throws(InnerLoopError) {
    let count = contender.layerCount
    func still(_ layers: [Int]) -> Rule { Self.rule(contender.rule, atRest: layers, of: count) }
    var variants: [Variant] = []
    func add(
      _ rule: Rule, credit: String? = nil, forms: [PlanForm?] = [], learns: Bool = true, answers: Bool = true
    ) throws(InnerLoopError) -> Int {
      variants.append(
        try Variant(
          contender, rule: rule, credit: credit ?? contender.credit.name, worstLoss: worstLoss, forms: forms,
          on: episodes.map { $0.with(learns: learns, answers: answers) }))
      return variants.count - 1
    }
    let whole = try add(contender.rule)
    let drawing = try add(contender.rule, learns: false, answers: false)
    let answering = try add(contender.rule, learns: false)
    let none = try add(still(Array(1...count)))
    var without: [Int] = []
    for l in 1...count { without.append(try add(still([l]))) }
    var others: [[PlanForm: Int]] = []
    for (l, plan) in cost.plans.enumerated() {
      var forms: [PlanForm: Int] = [:]
      for other in plan.alternatives where other.form != plan.form {
        var wanted = [PlanForm?](repeating: nil, count: count)
        wanted[l] = other.form
        forms[other.form] = try add(contender.rule, forms: wanted)
      }
      others.append(forms)
    }
    var silenced: Int?
    if !contender.rule.usesFeedback, count > 1, cost.lowestError != nil {
      var rule = still([1])
      rule.credit = nil
      silenced = try add(rule, credit: "none")
    }

    let clock = ContinuousClock()
    let began = clock.now
    while rounds < 3 || (clock.now - began) / .seconds(1) < seconds {
      for variant in variants.indices { variants[variant].run(contender.coefficients, seed: seed) }
      rounds += 1
    }
    let times = variants.map { $0.best / Double(episodes.count) }
    self.whole = times[whole]
    self.drawing = times[drawing]
    self.answering = times[answering] - times[drawing]
    self.still = times[none]
    self.without = without.map { times[$0] }
    otherForms = others.map { $0.mapValues { times[$0] } }
    delivered = times[without[0]]
    undelivered = silenced.map { times[$0] }
    firingRates = variants[whole].rates
  }
}

/// A learner with its episodes.
private struct Variant {
  let learner: InnerLoop
  let episodes: [EncodedEpisode]
  var best = Double.infinity
  var rates: [Double] = []

  init(
    _ contender: Contender, rule: Rule, credit: String, worstLoss: Double, forms: [PlanForm?],
    on episodes: [EncodedEpisode]
  ) throws(InnerLoopError) {
    self.episodes = episodes
    learner = try InnerLoop(
      network: contender.network, inputCount: episodes[0].support.inputCount, outputCount: episodes[0].outputCount,
      rule: rule, credit: credit, worstLoss: worstLoss, forms: forms)
  }

  mutating func run(_ coefficients: [Double], seed: UInt64) {
    let clock = ContinuousClock()
    let began = clock.now
    var rates = [Double](repeating: 0, count: learner.network.parameters.hidden.count)
    for episode in episodes {
      let score = learner.score(coefficients: coefficients, episode: episode, seed: seed)
      rates = zip(rates, score.firingRates).map { $0 + $1 / Double(episodes.count) }
    }
    best = min(best, (clock.now - began) / .seconds(1))
    self.rates = rates
  }
}

extension EncodedEpisode {
  /// The episode, its support or query samples left out.
  fileprivate func with(learns: Bool, answers: Bool) -> EncodedEpisode {
    EncodedEpisode(
      split: split, index: index, outputCount: outputCount, support: learns ? support : support.none,
      query: answers ? query : query.none)
  }

  /// How busy the inputs are: share that spikes in a sample and in a step.
  public var inputActivity: Activity {
    let samples = Double(max(1, support.count)) * Double(support.inputCount)
    return Activity(
      sample: Double(support.active.count) / samples,
      step: support.currents.isEmpty
        ? Double(support.indices.count) / samples / Double(support.steps) : Double(support.active.count) / samples)
  }
}

extension EncodedSamples {
  /// No samples of the same kind.
  fileprivate var none: EncodedSamples {
    EncodedSamples(
      steps: steps, inputCount: inputCount, labels: [], offsets: [0], indices: [], currents: [], activeOffsets: [0],
      active: [])
  }
}
