import CAllocations
import Experiments
import Kernels
import Networks
import Rules
import Tasks
import TestSupport
import Testing

@Suite("Episodes of rate networks")
struct RateEpisodeTests {
  private func parameters(_ neuron: RateFunction = .softplus, bias: Bool = false) -> NetworkParameters {
    var parameters = NetworkParameters()
    parameters.neuron = neuron.rawValue
    parameters.hidden = [17, 9]
    parameters.weightScale = 1
    parameters.feedbackScale = 1
    parameters.bias = bias
    return parameters
  }

  private func prototypes(_ index: UInt32, shots: Int = 30) throws -> EncodedEpisode {
    let family = try TaskCatalogue.load("gaussian-prototypes")
    let shape = EpisodeShape(ways: 3, shots: shots, query: 5)
    return SpikeEncoder.current(gain: 1).encode(
      family.episode(seed: 5, split: .search, index: index, shape: shape), steps: 1, seed: 5)
  }

  private func rule(_ dw: String, more: String = "") throws -> Rule {
    try Rule.load(
      text: """
        schema: 1
        rule: tried
        source: none
        coefficients: {eta: {start: 0.01, range: [-1.0e9, 1.0e9], scale: 0.01}}
        \(more)
        dw: \(dw)
        """, file: "tried.yaml")
  }

  private func learner(
    _ rule: Rule, _ parameters: NetworkParameters? = nil, credit: String = "transport"
  ) throws -> InnerLoop {
    let episode = try prototypes(0, shots: 1)
    return try InnerLoop(
      network: parameters ?? self.parameters(), inputCount: episode.support.inputCount, outputCount: 3, rule: rule,
      credit: credit, worstLoss: 5)
  }

  @Test(
    "backprop learns prototypes with every function, with and without bias", arguments: RateFunction.allCases,
    [false, true])
  func learns(function: RateFunction, bias: Bool) throws {
    var parameters = parameters(function, bias: bias)
    // A logistic function has a quarter of the slope.
    if function == .sigmoid { parameters.weightScale = 3 }
    let learner = try learner(rule("-eta * e_post * y_pre"), parameters)
    var before = 0.0
    var after = 0.0
    for index in UInt32(0)..<8 {
      let episode = try prototypes(index, shots: 60)
      before += learner.score(coefficients: [0], episode: episode, seed: 1).accuracy / 8
      let score = learner.score(coefficients: [0.15], episode: episode, seed: 1)
      #expect(score.outcome == .ok && score.firingRates.count == 2)
      after += score.accuracy / 8
    }
    #expect(after > before + 0.2, "\(before) to \(after)")
  }

  @Test("a rule that blows up ends as nan, and the next episode knows nothing of it", arguments: [true, false])
  func nan(isRate: Bool) throws {
    let rule = try rule("-eta * e_post * y_pre - eta * y_post * (y_pre - back(y_post))")
    var network = parameters()
    if !isRate { (network.neuron, network.steps, network.weightScale) = ("lif", 6, 3) }
    let learner = try learner(rule, network, credit: "random")
    let episode =
      try isRate
      ? prototypes(1)
      : SpikeEncoder.bernoulli(rate: 0.5).encode(
        TaskCatalogue.load("gaussian-prototypes").episode(
          seed: 5, split: .search, index: 1, shape: EpisodeShape(ways: 3, shots: 10, query: 5)), steps: 6, seed: 5)
    let fresh = learner.score(coefficients: [0.01], episode: episode, seed: 1)
    #expect(fresh.outcome != .nan)
    let failed = learner.score(coefficients: [-1e9], episode: episode, seed: 1)
    #expect(failed.outcome == .nan && failed.loss == 5 && failed.firingRates == [0, 0])
    #expect(learner.score(coefficients: [0.01], episode: episode, seed: 1) == fresh)
  }

  @Test("rules that read spikes are refused with rule and quantity")
  func spikes() throws {
    for (dw, more, quantity) in [
      ("eta * s_post * y_pre", "", "s_post"), ("eta * e_post * s_pre", "", "s_pre"),
      ("eta * e_post * x", "traces: {x: {of: s_pre, decay: 0.5}}", "s_pre"),
      ("eta * e_post * elig", "eligibility: {of: s_post * y_pre, decay: 0.5}", "s_post"),
    ] {
      let rule = try rule(dw, more: more)
      do {
        _ = try learner(rule)
        Issue.record("\(dw) was accepted")
      } catch let error as InnerLoopError {
        #expect(error == .readsSpikes(rule: "tried", quantity: quantity, neuron: "softplus"))
        #expect(
          "\(error)" == "rule tried reads the spikes \(quantity), which a rate network (neuron softplus) does not have")
      }
    }
  }

  @Test("once a sample and once a step are the same where a sample is a step")
  func cadence() throws {
    let episode = try prototypes(3)
    let scores = try ["step", "sample"].map { every in
      try learner(rule("-eta * e_post * y_pre + 0.1 * eta * y_post * (y_pre - back(y_post))", more: "every: \(every)"))
        .score(coefficients: [0.05], episode: episode, seed: 1)
    }
    #expect(scores[0] == scores[1])
  }

  @Test("traces and eligibility of one step are what they take in")
  func traces() throws {
    let episode = try prototypes(2)
    let plain = try learner(rule("-eta * e_post * y_pre")).score(coefficients: [0.05], episode: episode, seed: 1)
    for (dw, more) in [
      ("-eta * e_post * x", "traces: {x: {of: y_pre, decay: 0.5}}"),
      ("-eta * elig", "eligibility: {of: e_post * y_pre, decay: 0.5}"),
    ] {
      let other = try learner(rule(dw, more: more)).score(coefficients: [0.05], episode: episode, seed: 1)
      // Eligibility is added in another order.
      #expect(abs(other.loss - plain.loss) < 1e-5)
    }
  }

  @Test("scoring allocates nothing once the plan is made")
  func allocatesNothing() throws {
    let learner = try learner(rule("-eta * e_post * y_pre + 0.1 * eta * y_post * (y_pre - back(y_post))"))
    func allocations(shots: Int) throws -> Int {
      let episode = try prototypes(0, shots: shots)
      _ = learner.score(coefficients: [0.05], episode: episode, seed: 5)
      let before = allocations_of_this_thread()
      _ = learner.score(coefficients: [0.05], episode: episode, seed: 5)
      return Int(allocations_of_this_thread() - before)
    }
    let few = try allocations(shots: 2)
    #expect(try allocations(shots: 20) == few)
    #expect(few < 40)
  }
}
