import Kernels
import Networks
import Pages
import Records
import Synchronization
import Tasks
import ThroughTime

/// A learner that is no rule: it learns the same episodes in the same network, from the same initial weights and spikes,
/// and answers as rules do, but is bound neither to what a synapse knows nor to one look at each sample.
public enum ReferenceLearner: Sendable, Hashable {
  /// Backpropagation through time with surrogate gradients (plain backpropagation in rate networks), and Adam.
  case throughTime(ThroughTimeSettings)

  /// What tables and pages call it.
  public var name: String {
    switch self {
    case .throughTime: "bptt-adam"
    }
  }

  /// What was chosen, in words.
  public var summary: String {
    switch self {
    case .throughTime(let settings):
      "backpropagation through time, Adam of rate \(numberText(settings.rate)), \(settings.passes) "
        + "\(settings.passes == 1 ? "pass" : "passes"), batches of \(settings.batch)"
    }
  }

  /// Learns and answers one episode.
  /// - Parameters:
  ///   - network: what the network is.
  ///   - seed: the run's seed.
  ///   - worstLoss: the loss of a failed episode, and the largest loss there is.
  public func score(
    _ episode: EncodedEpisode, network: NetworkParameters, seed: UInt64, worstLoss: Double
  ) -> EpisodeScore {
    learn(episode, network: network, seed: seed, worstLoss: worstLoss, keepsWeights: false).score
  }

  /// The same, and the weights before and after learning where they are wanted and finite.
  func learn(
    _ episode: EncodedEpisode, network: NetworkParameters, seed: UInt64, worstLoss: Double, keepsWeights: Bool
  ) -> (score: EpisodeScore, weights: EpisodeWeights?) {
    let draws = EpisodeDraws(seed: seed, lane: episode.split.rawValue, index: episode.index)
    let score: EpisodeScore?
    var weights: EpisodeWeights?
    switch self {
    case .throughTime(let settings):
      let learner = ThroughTimeLearner<Float>(
        network: network, inputCount: episode.support.inputCount, outputCount: episode.outputCount, settings: settings)
      let survives = learner.learn(episode.support, draws) && learner.network.weightsAreFinite
      switch learner.kind {
      case .spiking(let network): score = survives ? network.answer(episode.query, worstLoss: worstLoss) : nil
      case .rate(let network): score = survives ? network.answer(episode.query, worstLoss: worstLoss) : nil
      }
      if keepsWeights, score != nil { weights = learner.network.episodeWeights(draws) }
    }
    let failure = EpisodeScore(
      loss: worstLoss, accuracy: 1, outcome: .nan, firingRates: [Double](repeating: 0, count: network.hidden.count)
    ).failed(.nan, worstLoss: worstLoss, outputCount: episode.outputCount)
    return (score ?? failure, weights)
  }

  /// Bytes of a learner; an estimate that is meant to be too high.
  func bytes(_ network: NetworkParameters, inputCount: Int, outputCount: Int) -> Int {
    let sizes = [inputCount] + network.hidden + [outputCount]
    let padded = sizes.map { ($0 + 1 + 15) / 16 * 16 }
    let synapses = zip(padded, padded.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    let steps = network.rateFunction == nil ? network.steps : 1
    switch self {
    // Weights, their derivatives, two moments; and the tape of a sample.
    case .throughTime: return 4 * (4 * synapses + (6 * steps + 20) * padded.reduce(0, +)) + 65_536
    }
  }
}

/// A reference learner as pages name it.
public struct ReferenceEntry: Sendable {
  /// The key of its section under `references`.
  public let name: String
  /// One line for people.
  let doc: String
  /// The keys of its section; one is required, so that a section is there only where a page writes it.
  let keys: PageKeys
  /// The learner that a section asks for.
  let read: @Sendable (PageValue) -> ReferenceLearner
}

/// Every reference learner: one entry each.
public let referenceCatalogue: [ReferenceEntry] = [
  ReferenceEntry(
    name: "bptt-adam",
    doc: "Backpropagation through time with surrogate gradients and Adam; plain backpropagation in rate networks.",
    keys: PageKeys([
      PageKey("rate", .number(.positive), required: true, doc: "Adam's rate."),
      PageKey(
        "passes", .integer(1...100_000), default: .integer(ThroughTimeSettings().passes),
        doc: "How often the support samples are seen; from the second pass on in random order."),
      PageKey(
        "batch", .integer(1...1_000_000), default: .integer(ThroughTimeSettings().batch),
        doc: "Samples whose mean gradient makes one step."),
      PageKey(
        "loss_at", .choice(ThroughTimeSettings.LossAt.allCases.map(\.rawValue)),
        default: .text(ThroughTimeSettings().lossAt.rawValue),
        doc: "Where in a spiking sample the loss is taken."),
      PageKey(
        "through_reset", .boolean, default: .boolean(ThroughTimeSettings().differentiatesReset),
        doc: "Whether derivatives also flow through the reset of spiking neurons."),
      PageKey(
        "beta1", .number(.between(0, upTo: 1)), default: .number(ThroughTimeSettings().beta1),
        doc: "Share of the mean gradient kept per step."),
      PageKey(
        "beta2", .number(.between(0, upTo: 1)), default: .number(ThroughTimeSettings().beta2),
        doc: "Share of the mean squared gradient kept per step."),
      PageKey(
        "epsilon", .number(.positive), default: .number(ThroughTimeSettings().epsilon),
        doc: "Added to the root of the mean squared gradient."),
    ])
  ) { section in
    var settings = ThroughTimeSettings()
    settings.rate = section.require("rate").number
    settings.passes = section.require("passes").integer
    settings.batch = section.require("batch").integer
    settings.lossAt = ThroughTimeSettings.LossAt(rawValue: section.require("loss_at").text)!
    settings.differentiatesReset = section.require("through_reset").boolean
    settings.beta1 = section.require("beta1").number
    settings.beta2 = section.require("beta2").number
    settings.epsilon = section.require("epsilon").number
    return .throughTime(settings)
  }
]

extension Crew {
  /// Learns and answers episodes with a reference learner; nil when dropped.
  func answers(
    _ reference: ReferenceLearner, on network: NetworkParameters, _ source: EpisodeSource, _ split: Split,
    _ range: Range<Int>, keepingWeightsOf kept: Range<Int> = 0..<0, worstLoss: Double, isWanted: () -> Bool
  ) -> [TimedScore]? {
    let first = range.lowerBound
    let tally = tally
    return map(range.count, isWanted: isWanted) { item in
      let episode = source.encoded(EpisodeAddress(split: split, index: first + item))
      let clock = ContinuousClock()
      let began = clock.now
      let (score, weights) = reference.learn(
        episode, network: network, seed: source.seed, worstLoss: worstLoss, keepsWeights: kept.contains(first + item))
      tally.count.add(1, ordering: .relaxed)
      return TimedScore(score: score, time: (clock.now - began) / .seconds(1), weights: weights)
    }
  }
}
