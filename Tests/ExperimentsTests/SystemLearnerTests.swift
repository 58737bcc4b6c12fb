import Experiments
import Foundation
import Networks
import Rules
import Systems
import Tasks
import TestSupport
import Testing

@Suite("A learning system as the inner loop")
struct SystemLearnerTests {
  private static let family = try! TaskCatalogue.load("gaussian-prototypes")

  private static func experiment(_ text: String) throws -> Experiment {
    try ResolvedExperiment.read(
      text: """
        schema: 1
        experiment: small
        rule: descent
        task: {data: gaussian-prototypes, ways: 3, shots: 8, query: 10}
        encoder: {kind: current}
        optimizer: {generations: 2, population: 4, episodes: 2}
        \(text)
        """, file: "small.yaml"
    ).experiment
  }

  private static func scores(
    _ rule: Rule, _ experiment: Experiment, _ credit: CreditChoice, workers: Int = 1
  ) throws -> [EpisodeScore] {
    let contender = Contender(name: "one", rule: rule, network: experiment.network, credit: credit)
    let source = try EpisodeSource(experiment, family: family)
    try contender.check(
      inputCount: family.inputCount, outputCount: source.outputCount, worstLoss: experiment.worstLoss)
    let crew = Crew(workers: workers)
    return crew.score([contender], source, .search, 0..<4, worstLoss: experiment.worstLoss)![0].map(\.score)
  }

  private static func rule(_ name: String, eta: Double = 0.05) throws -> Rule {
    let folder = packageRoot.appendingPathComponent("rules").path
    var rule = try RuleCatalogue(folder: folder).load(name)
    rule.coefficients[0].start = eta
    return rule
  }

  @Test(
    "backpropagation layer by layer is the online transport pathway, weight for weight and bias for bias",
    arguments: ["tanh", "softplus", "relu"], [false, true])
  func isTransport(neuron: String, bias: Bool) throws {
    let experiment = try Self.experiment(
      "network: {neuron: \(neuron), hidden: [12, 9], bias: \(bias), weight_scale: 1}")
    let online = try Self.scores(try Self.rule("backprop"), experiment, "transport")
    let system = try Self.scores(try Self.rule("descent"), experiment, "layerwise")
    for (a, b) in zip(online, system) {
      #expect(abs(a.loss - b.loss) < 1e-4 * (1 + a.loss), "\(a.loss), \(b.loss)")
      #expect(a.accuracy == b.accuracy)
    }
    #expect(
      online.map(\.loss) != (try Self.scores(try Self.rule("descent", eta: 0.01), experiment, "layerwise")).map(\.loss))
  }

  @Test("random feedback is the online pathway's, draw for draw")
  func isFeedbackAlignment() throws {
    let experiment = try Self.experiment("network: {neuron: tanh, hidden: [12, 9], weight_scale: 1}")
    let online = try Self.scores(try Self.rule("feedback-alignment"), experiment, "random")
    let card = systemCards.first { $0.name == "layerwise" }!
    let system = try Self.scores(
      try Self.rule("descent"), experiment,
      CreditChoice("layerwise", SystemSettings(card, ["feedback": .text("random")])))
    for (a, b) in zip(online, system) { #expect(abs(a.loss - b.loss) < 1e-4 * (1 + a.loss), "\(a.loss), \(b.loss)") }
  }

  @Test("every system learns episodes, the same bits on one thread and on two", arguments: systemCards.map(\.name))
  func learns(name: String) throws {
    let card = systemCards.first { $0.name == name }!
    let neuron = card.neurons.contains(.tanh) ? "tanh" : card.neurons[0].rawValue
    let isRate = card.neurons[0].rateFunction != nil
    let network =
      isRate ? "network: {neuron: \(neuron), hidden: [12]}" : "network: {neuron: \(neuron), hidden: [12], steps: 20}"
    let experiment = try Self.experiment(network)
    let rule = try Self.rule(card.rule, eta: 0.02)
    let one = try Self.scores(rule, experiment, CreditChoice(name))
    #expect(one == (try Self.scores(rule, experiment, CreditChoice(name), workers: 2)))
    #expect(one.allSatisfy { $0.loss.isFinite })
  }

  @Test("what a system does not know is refused with both names")
  func refusals() throws {
    let spiking = try Self.experiment("network: {neuron: lif, hidden: [12]}")
    #expect(
      throws: InnerLoopError.system(
        "credit pathway layerwise does not know neurons lif; it knows softplus, tanh, relu, sigmoid")
    ) {
      _ = try Self.scores(try Self.rule("descent"), spiking, "layerwise")
    }
    let rate = try Self.experiment("network: {neuron: tanh, hidden: [12]}")
    #expect(throws: InnerLoopError.self) { _ = try Self.scores(try Self.rule("pair-stdp"), rate, "layerwise") }
  }

  @Test("settings of a system are read, and a wrong one is told with the nearest name")
  func settings() throws {
    let page = "credit: {kind: predictive-coding, mode: strict}\nnetwork: {neuron: tanh, hidden: [4]}"
    let experiment = try Self.experiment(page)
    #expect(experiment.credit.name == "predictive-coding")
    #expect(experiment.credit.settings?.text("mode") == "strict")
    #expect(throws: (any Error).self) { _ = try Self.experiment("credit: {kind: predictive-coding, mod: strict}") }
  }

  @Test("under strict Dale no weight changes its sign within an episode")
  func dale() throws {
    let experiment = try Self.experiment("network: {neuron: lif, hidden: [12], steps: 20}")
    let card = systemCards.first { $0.name == "microcircuit" }!
    func crossings(_ signs: String) throws -> Int {
      let contender = Contender(
        name: "one", rule: try Self.rule("microcircuit", eta: 0.2), network: experiment.network,
        credit: CreditChoice("microcircuit", SystemSettings(card, ["signs": .text(signs)])))
      let source = try EpisodeSource(experiment, family: Self.family)
      let scores = Crew(workers: 1).score(
        [contender], source, .search, 0..<1, keepingWeightsOf: 0..<1, worstLoss: experiment.worstLoss)!
      let weights = try #require(scores[0][0].weights)
      return zip(weights.initial.joined(), weights.final.joined()).count { $0 * $1 < 0 }
    }
    #expect(try crossings("dale") == 0)
    #expect(try crossings("follow") > 0)
  }
}
