import Experiments
import Networks
import Records
import Tasks
import TestSupport
import Testing
import ThroughTime

@Suite("Weights of episodes")
struct EpisodeWeightsTests {
  private static let experiment = SmallPlan.experiment()
  private static let throughTime: ReferenceLearner = {
    var settings = ThroughTimeSettings()
    settings.rate = 1e-3
    settings.passes = 1
    return .throughTime(settings)
  }()

  private func source(_ experiment: Experiment = experiment) throws -> EpisodeSource {
    try EpisodeSource(experiment, family: TaskCatalogue.load(experiment.task.data))
  }

  private func contenders(_ network: NetworkParameters = experiment.network) -> [Contender] {
    [SmallPlan.feedbackAlignment, SmallPlan.backprop].map {
      Contender(name: $0.name, rule: $0, network: network, credit: "random")
    }
  }

  private func comparison(
    workers: Int, kept: Range<Int>, diagnosing: DiagnosisPlan? = nil, network: NetworkParameters = experiment.network
  ) throws -> Comparison {
    var experiment = Self.experiment
    experiment.network = network
    if network.rateFunction != nil {
      experiment.encoder = .current(gain: 1)
      experiment.network.steps = 1
    }
    return try #require(
      Crew(workers: workers).comparison(
        contenders(experiment.network), references: ([Self.throughTime], experiment.network), baselines: [.ridge],
        source(experiment), .test, 0..<5, diagnosing: diagnosing, keepingWeightsOf: kept, worstLoss: 5))
  }

  @Test("change no score in any bit, and do not depend on the number of workers", arguments: ["lif", "softplus"])
  func changeNothing(neuron: String) throws {
    var network = Self.experiment.network
    network.neuron = neuron
    network.bias = neuron == "softplus"
    let plain = try comparison(workers: 2, kept: 0..<0, network: network)
    let (one, three) = try (
      comparison(workers: 1, kept: 0..<3, network: network), comparison(workers: 3, kept: 0..<3, network: network)
    )
    let looked = try comparison(
      workers: 2, kept: 0..<3, diagnosing: DiagnosisPlan(points: [0, 4], measuresLayers: true), network: network)
    for (row, mine) in plain.rows.enumerated() {
      #expect(mine.scores.weights.isEmpty)
      for other in [one, three, looked] {
        #expect(other.rows[row].scores.accuracy == mine.scores.accuracy)
        #expect(other.rows[row].scores.loss == mine.scores.loss)
        #expect(other.rows[row].scores.outcomes == mine.scores.outcomes)
        #expect(other.rows[row].scores.weights == one.rows[row].scores.weights)
      }
    }
    // Two rules, the reference learner, and a method without a network.
    #expect(one.rows.map(\.scores.weights.count) == [3, 3, 3, 0])
    let shapes = network.weightShapes(inputCount: try source().family.inputCount, outputCount: 3)
    for row in one.rows.prefix(3) {
      for (episode, weights) in row.scores.weights.enumerated() {
        let found = try #require(weights)
        #expect(found.initial.map(\.count) == shapes.map(\.count) && found.final.map(\.count) == shapes.map(\.count))
        #expect(found.initial != found.final)
        // All rows begin with the same weights.
        #expect(found.initial == one.rows[0].scores.weights[episode]?.initial)
      }
    }
  }

  @Test("are those that answer: a network that has them scores the record's loss, to the bit")
  func answers() throws {
    let found = try comparison(workers: 2, kept: 1..<3)
    let source = try source()
    for row in found.rows.prefix(3) {
      let learnt = try #require(row.scores.weights[2])
      // A rule that changes nothing, in a network that begins with what was learnt.
      let still = SmallPlan.feedbackAlignment
      let learner = try InnerLoop(
        network: Self.experiment.network, inputCount: source.family.inputCount, outputCount: 3, rule: still,
        credit: "random", worstLoss: 5)
      learner.network.startEpisodes(from: learnt.final)
      let episode = try #require(source.encoded(.test, 2..<3, by: Crew(workers: 1))).first
      let score = learner.score(coefficients: [0], episode: try #require(episode), seed: source.seed)
      #expect(score.accuracy == row.scores.accuracy[2])
      #expect(score.loss == row.scores.loss[2])
      #expect(row.scores.weights[0] == nil)
    }
  }

  @Test("are none where a network diverged")
  func diverged() throws {
    let wild = Contender(
      name: "wild", rule: SmallPlan.feedbackAlignment, coefficients: [.infinity], network: Self.experiment.network,
      credit: "random")
    let found = try #require(
      Crew(workers: 1).comparison(
        [wild], baselines: [], source(), .test, 0..<2, keepingWeightsOf: 0..<2, worstLoss: 5))
    #expect(found.rows[0].scores.outcomes == [.nan, .nan] && found.rows[0].scores.weights.isEmpty)
  }

  @Test("beyond what a record keeps are refused with the number that fits")
  func tooMany() throws {
    let shapes = [KeptWeights.Shape(post: 1000, pre: 1000)]
    #expect(KeptWeights.bytes(shapes, runs: 1) == 8_000_000)
    try TooManyWeights.check(shapes, rows: 2, episodes: 3)
    do throws(TooManyWeights) {
      try TooManyWeights.check(shapes, rows: 2, episodes: 100_000)
      Issue.record("nothing was refused")
    } catch {
      #expect("\(error)".contains("weights of 100000 episodes and 2 rows of 8.0 MB each"))
      #expect("\(error)".contains("episodes fit)"))
    }
  }
}
