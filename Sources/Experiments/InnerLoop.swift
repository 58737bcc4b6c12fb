import Arithmetic
import Credit
import Kernels
import Networks
import Rules
import Tasks

/// How an episode ended. A sick network is an outcome, not an error: it is recorded and ranks last.
public enum Outcome: Int8, Sendable, Hashable, Codable, CaseIterable {
  /// The network answered.
  case ok = 0
  /// A weight or a readout potential became NaN or infinite.
  case nan = 1
  /// The group below the readout never spiked while answering.
  case silent = 2
  /// A hidden group spiked in more than 95 % of its neuron-steps while answering.
  case saturated = 3
}

/// What one episode tells about a rule.
public struct EpisodeScore: Sendable, Hashable {
  /// Mean cross-entropy of the queries, at most the worst loss; the worst loss when the outcome is not `ok`.
  public var loss: Double
  /// Share of queries answered right; chance when the outcome is not `ok`.
  public var accuracy: Double
  /// How the episode ended.
  public var outcome: Outcome
  /// Spikes per neuron and step of each hidden group while answering.
  public var firingRates: [Double]

  /// Makes a score from its parts.
  public init(loss: Double, accuracy: Double, outcome: Outcome, firingRates: [Double]) {
    self.loss = loss
    self.accuracy = accuracy
    self.outcome = outcome
    self.firingRates = firingRates
  }
}

extension EpisodeScore {
  /// The score with what its firing rates say of a spiking network: silent below the readout, or saturated.
  func judgedBySpikes(worstLoss: Double, outputCount: Int) -> EpisodeScore {
    if firingRates.contains(where: { $0 > 0.95 }) {
      return failed(.saturated, worstLoss: worstLoss, outputCount: outputCount)
    }
    return firingRates.last == 0 ? failed(.silent, worstLoss: worstLoss, outputCount: outputCount) : self
  }

  /// The score with the worst loss and the accuracy of guessing.
  func failed(_ outcome: Outcome, worstLoss: Double, outputCount: Int) -> EpisodeScore {
    EpisodeScore(loss: worstLoss, accuracy: 1 / Double(outputCount), outcome: outcome, firingRates: firingRates)
  }
}

/// Why a rule cannot run on a network.
public enum InnerLoopError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The rule has a `db`, and the pathway's feedback does not learn.
  case learnsFeedback(rule: String, credit: String)
  /// The rule reads `b`, which the pathway does not have.
  case noFeedbackWeights(rule: String, credit: String)
  /// No pathway of that name.
  case unknownCredit(String)
  /// No neuron model of that name.
  case unknownNeuron(String)
  /// The rule reads spikes, which a rate network does not have.
  case readsSpikes(rule: String, quantity: String, neuron: String)
  /// Nobody can differentiate through it, for the reason given.
  case notDifferentiable(String)
  /// A learning system cannot do what is asked, for the reason given.
  case system(String)
  /// A layer number beyond the network's projections.
  case noSuchLayer(rule: String, layer: Int, projections: Int)

  /// One clear sentence.
  public var description: String {
    switch self {
    case .learnsFeedback(let rule, let credit):
      "rule \(rule) changes the feedback weights (db), which credit pathway \(credit) keeps as they are; it needs learned"
    case .noFeedbackWeights(let rule, let credit):
      "rule \(rule) reads the feedback weight b, which credit pathway \(credit) does not have"
    case .unknownCredit(let name):
      "there is no credit pathway \"\(name)\"; there are \(creditNames.joined(separator: ", "))"
    case .unknownNeuron(let name):
      "there is no neuron model \"\(name)\"; there are \(neuronNames.joined(separator: ", "))"
    case .readsSpikes(let rule, let quantity, let neuron):
      "rule \(rule) reads the spikes \(quantity), which a rate network (neuron \(neuron)) does not have"
    case .notDifferentiable(let reason), .system(let reason): reason
    case .noSuchLayer(let rule, let layer, let projections):
      "rule \(rule) has an equation for layer \(layer), and the network has \(projections) projections"
    }
  }
}

/// The inner loop in the precision of search.
public typealias InnerLoop = EpisodeLearner<Float>

/// The inner loop: a network learns an episode's support samples online, usually in one pass, and answers its
/// queries.
///
/// One learner serves one thread; its arrays are reused, and scoring allocates nothing once a rule's plan is made.
/// Weights, feedback and spikes belong to the episode, so every candidate meets the same draws.
public final class EpisodeLearner<Scalar: KernelScalar> {
  /// The network that learns.
  public let network: Network<Scalar>
  /// Who delivers the teaching signal.
  public let credit: any CreditPathway<Scalar>
  /// The rule it learns with.
  public let rule: Rule
  /// The same network by its kind.
  private let kind: Kind
  let worstLoss: Double
  /// Measures layers; made when first asked for.
  private(set) lazy var gauge = LayerGauge(network: network, credit: credit)
  private let forms: [PlanForm?]
  private var plans: [PlanKey: PlannedRule<Scalar>] = [:]

  /// Makes the network, its credit pathway and room for plans.
  ///
  /// - Parameters:
  ///   - network: what the network is.
  ///   - inputCount: inputs of a sample.
  ///   - outputCount: readout neurons.
  ///   - rule: the rule; its own `credit` wins over `credit`.
  ///   - credit: the experiment's pathway.
  ///   - worstLoss: the loss of a failed episode, and the largest loss there is.
  ///   - forms: for each projection the form of its plan that is wanted, nil for the one expected to be fastest; none for
  ///     all.
  public init(
    network: NetworkParameters, inputCount: Int, outputCount: Int, rule: Rule, credit: String, worstLoss: Double,
    forms: [PlanForm?] = []
  ) throws(InnerLoopError) {
    let pathway = rule.credit ?? credit
    guard let entry = creditCatalogue(Scalar.self).first(where: { $0.name == pathway }) else {
      throw .unknownCredit(pathway)
    }
    guard neuronNames.contains(network.neuron) else { throw .unknownNeuron(network.neuron) }
    if rule.db != nil, pathway != "learned" { throw .learnsFeedback(rule: rule.name, credit: pathway) }
    let projections = network.hidden.count + 1
    for own in rule.layers where abs(own.layer) > projections || own.layer == 0 {
      throw .noSuchLayer(rule: rule.name, layer: own.layer, projections: projections)
    }
    if network.rateFunction != nil {
      for quantity in [Quantity.sPre, .sPost] where rule.reads(quantity) {
        throw .readsSpikes(rule: rule.name, quantity: quantity.rawValue, neuron: network.neuron)
      }
      let made = RateNetwork<Scalar>(parameters: network, inputCount: inputCount, outputCount: outputCount)
      (self.network, kind) = (made, .rate(made))
    } else {
      let made = SpikingNetwork<Scalar>(parameters: network, inputCount: inputCount, outputCount: outputCount)
      (self.network, kind) = (made, .spiking(made))
    }
    self.credit = entry.make(self.network)
    self.rule = rule
    self.worstLoss = worstLoss
    self.forms = forms
    precondition(forms.isEmpty || forms.count == projections, "\(forms.count) forms for \(projections) projections")
    if rule.usesFeedback, self.credit.feedback(0) == nil {
      throw .noFeedbackWeights(rule: rule.name, credit: pathway)
    }
  }

  /// Learns and answers one episode.
  ///
  /// - Parameters:
  ///   - coefficients: one value per slot of `rule.coefficientSlots(layerCount:)`.
  ///   - episode: the encoded samples.
  ///   - seed: the run's seed.
  public func score(coefficients: [Double], episode: EncodedEpisode, seed: UInt64) -> EpisodeScore {
    let (plan, start) = begin(coefficients, episode, seed: seed)
    var course = start
    guard learn(0..<course.order.total, of: episode.support, with: plan, &course) else { return failed(.nan) }
    plan.endEpisode()
    guard network.weightsAreFinite else { return failed(.nan) }
    return answer(episode.query) ?? failed(.nan)
  }

  /// The start of an episode: its weights, its feedback, the plan bound to the coefficients, and its course.
  func begin(
    _ coefficients: [Double], _ episode: EncodedEpisode, seed: UInt64
  ) -> (plan: PlannedRule<Scalar>, course: LearningCourse<Scalar>) {
    let draws = EpisodeDraws(seed: seed, lane: episode.split.rawValue, index: episode.index)
    network.drawWeights(draws)
    credit.beginEpisode(draws)
    let plan = planned(coefficients, foresees: episode.support.currents.isEmpty)
    plan.bind(coefficients, draws)
    return (plan, LearningCourse(PassOrder(passes: episode.passes, count: episode.support.count, draws)))
  }

  /// Presents the samples at places `range` of all passes. False as soon as the readout is no longer finite.
  func learn(
    _ range: Range<Int>, of samples: EncodedSamples, with plan: PlannedRule<Scalar>,
    _ course: inout LearningCourse<Scalar>
  ) -> Bool {
    switch kind {
    case .spiking(let network): learn(range, of: samples, network, with: plan, &course)
    case .rate(let network): learn(range, of: samples, network, with: plan, &course)
    }
  }

  /// Answers every query sample from the weights as they are; nil when the readout is not finite.
  func answer(_ samples: EncodedSamples, _ gauge: LayerGauge<Scalar>? = nil) -> EpisodeScore? {
    switch kind {
    case .spiking(let network): network.answer(samples, worstLoss: worstLoss, gauge)
    case .rate(let network): network.answer(samples, worstLoss: worstLoss, gauge)
    }
  }

  private enum Kind {
    case spiking(SpikingNetwork<Scalar>)
    case rate(RateNetwork<Scalar>)
  }

  /// How the changes of a rule reach the weights of each projection.
  /// - Parameters:
  ///   - coefficients: one value per slot; a value of 0 switches terms off.
  ///   - foresees: whether samples are spikes, known before their first step.
  public func planForms(coefficients: [Double], foresees: Bool) -> [PlanForm] {
    planned(coefficients, foresees: foresees).forms
  }

  func failed(_ outcome: Outcome) -> EpisodeScore {
    // What is not a number in a vector's padding would stay there, in the network and in the values of plans.
    if outcome == .nan {
      network.clear()
      plans.removeAll()
    }
    return EpisodeScore(
      loss: worstLoss, accuracy: 1 / Double(network.outputCount), outcome: outcome,
      firingRates: [Double](repeating: 0, count: network.parameters.hidden.count))
  }

  private func planned(_ coefficients: [Double], foresees: Bool) -> PlannedRule<Scalar> {
    let key = PlanKey(isActive: coefficients.map { $0 != 0 }, foresees: foresees)
    if let known = plans[key] { return known }
    // A search that switches terms on and off meets many patterns; plans are quickly made.
    if plans.count >= 16 { plans.removeAll() }
    let made = PlannedRule(rule: rule, network: network, credit: credit, key: key, forms: forms)
    plans[key] = made
    return made
  }
}

/// What an episode's learning carries from sample to sample beside the weights.
struct LearningCourse<Scalar: KernelScalar> {
  /// In which order samples are presented.
  let order: PassOrder
  /// Running mean of the reward over the samples so far (weight 0.1); `mod` is the reward less this.
  var expectedReward = Scalar(0)
  /// Samples answered right while they were learnt, at their last step.
  var right = 0

  init(_ order: PassOrder) { self.order = order }

  /// Takes in the reward of a sample's last step.
  mutating func take(reward: Scalar) {
    expectedReward += (reward - expectedReward) / 10
    if reward > 0 { right += 1 }
  }
}

/// What makes two plans of a rule differ.
struct PlanKey: Hashable {
  /// Per coefficient slot, false where the value is 0.
  var isActive: [Bool]
  /// Whether the input's spikes are known before a sample begins.
  var foresees: Bool
}

/// The plans of all projections of one network.
final class PlannedRule<Scalar: KernelScalar> {
  private let plans: [Plan<Scalar>]
  /// The same plans, and those that have to follow every step, for loops that count no references.
  private let all: [Unmanaged<Plan<Scalar>>]
  private let following: [Unmanaged<Plan<Scalar>>]
  /// The lowest group whose error any plan reads, or nil when none does.
  let lowestError: Int?
  let statefulReadsError: Bool
  /// Whether the rule of the first projection reads the input's gain, which pathways form only with the input's error.
  let readsInputGain: Bool
  /// Whether any plan reads a vector of the input group at a step.
  let readsInput: Bool
  private let mirror: MirrorPhases?
  private var mirrorSteps = 0

  init(
    rule: Rule, network: Network<Scalar>, credit: any CreditPathway<Scalar>, key: PlanKey, forms: [PlanForm?]
  ) {
    let count = network.projections.count
    plans = (0..<count).map { l in
      Plan(
        rule: rule, layer: l + 1, layerCount: count, isActive: key.isActive,
        view: network.view(
          l, feedback: credit.feedback(l), errorFeedback: credit.fixedFeedback(l), foresees: key.foresees),
        form: forms.isEmpty ? nil : forms[l])
    }
    mirror = rule.mirror
    all = plans.map { .passUnretained($0) }
    following = plans.filter(\.follows).map { .passUnretained($0) }
    let needed = plans.enumerated().compactMap { l, plan in
      plan.reads.contains(.ePre) ? l : plan.reads.contains(.ePost) ? l + 1 : nil
    }
    lowestError = needed.min()
    statefulReadsError = plans.contains(where: \.statefulReadsError)
    readsInput = plans[0].readsPre
    readsInputGain = plans[0].reads.contains(.psiPre)
  }

  var forms: [PlanForm] { plans.map(\.form) }

  func bind(_ coefficients: [Double], _ draws: EpisodeDraws) {
    let noise = NoiseDraws(seed: draws.seed, lane: draws.lane, episode: draws.index)
    for plan in plans { plan.bind(coefficients, noise: noise) }
    mirrorSteps = 0
  }
  func reset() { for plan in plans { plan.reset() } }
  /// The mirror phase before the first sample.
  func mirrorBefore() { if let mirror { run(mirrorSteps: mirror.before) } }
  /// The mirror phase after a sample.
  func mirrorAfterSample() { if let mirror { run(mirrorSteps: mirror.each) } }

  private func run(mirrorSteps count: Int) {
    for _ in 0..<count {
      for plan in plans { plan.mirror(step: mirrorSteps) }
      mirrorSteps += 1
    }
  }

  func advance() { for plan in following { plan._withUnsafeGuaranteedRef { $0.advance() } } }
  func learn() { for plan in all { plan._withUnsafeGuaranteedRef { $0.learn() } } }
  func endEpisode() { for plan in plans { plan.endEpisode() } }
  func endSample() { for plan in plans { plan.endSample() } }
}
