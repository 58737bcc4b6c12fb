import Arithmetic
import Credit
import Experiments
import Kernels
import Networks
import Rules
import Tasks
import TestSupport
import Testing
import Unrolled

@Suite("The meta-gradient of spiking networks is that of the surrogate")
struct SurrogateGradientTests {
  static let steps = 7
  static let sizes = [11, 9, 4]

  static func parameters(_ change: (inout NetworkParameters) -> Void = { _ in }) -> NetworkParameters {
    var parameters = NetworkParameters()
    parameters.hidden = [sizes[1]]
    parameters.steps = steps
    parameters.weightScale = 3
    change(&parameters)
    return parameters
  }

  static func episode(seed: UInt64) -> EncodedEpisode {
    var random = RandomStream(seed: seed, purpose: .testing)
    func samples(_ count: Int) -> EncodedSamples {
      var indices: [UInt16] = []
      var offsets: [UInt32] = [0]
      var active: [UInt16] = []
      var activeOffsets: [UInt32] = [0]
      for _ in 0..<count {
        var driven: Set<UInt16> = []
        for _ in 0..<steps {
          for j in 0..<UInt16(sizes[0]) where random.below(2) == 0 {
            indices.append(j)
            driven.insert(j)
          }
          offsets.append(UInt32(indices.count))
        }
        active += driven.sorted()
        activeOffsets.append(UInt32(active.count))
      }
      return EncodedSamples(
        steps: steps, inputCount: sizes[0], labels: (0..<count).map { _ in random.below(sizes[2]) }, offsets: offsets,
        indices: indices, currents: [], activeOffsets: activeOffsets, active: active)
    }
    return EncodedEpisode(
      split: .search, index: 1, outputCount: sizes[2], support: samples(6), query: samples(5))
  }

  @Test("forward mode, written out for three terms, agrees to 1e-9", arguments: [UInt64(1), 2, 3, 4])
  func forwardMode(seed: UInt64) throws {
    let parameters = Self.parameters()
    let rule = try RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path).load("error-hebb-oja")
    let network = SpikingNetwork<Double>(
      parameters: parameters, inputCount: Self.sizes[0], outputCount: Self.sizes[2])
    let credit = creditCatalogue(Double.self).first { $0.name == "random" }!.make(network)
    let learner = try UnrolledLearner(network: network, credit: credit, rule: rule)
    let episode = Self.episode(seed: seed)
    let theta = [0.05, -0.04, 0.01]
    let result = learner.gradient(coefficients: theta, episode: episode, seed: seed)
    #expect(result.gradient.contains { abs($0) > 1e-3 })

    func matrix(_ l: Int, _ elements: [Double]) -> DualMatrix {
      DualMatrix(rows: Self.sizes[l + 1], columns: Self.sizes[l], elements: elements.map { Dual($0) })
    }
    let feedback = network.projections.enumerated().map { l, projection in
      var dense: [Double] = []
      for i in 0..<projection.postCount {
        for j in 0..<projection.preCount { dense.append(credit.feedback(l)![j * projection.columns + i]) }
      }
      return matrix(l, dense)
    }
    func spikes(_ samples: EncodedSamples, _ k: Int) -> [[Double]] {
      (0..<Self.steps).map { t in
        let present = Set(samples.spikes(sample: k, step: t).map { Int(samples.indices[$0]) })
        return (0..<Self.sizes[0]).map { present.contains($0) ? 1 : 0 }
      }
    }
    for r in theta.indices {
      var plain = SpikingThreeTerms(
        weights: network.projections.enumerated().map { matrix($0, $1.dense) }, feedback: feedback,
        theta: theta.enumerated().map { Dual($1, $0 == r ? 1 : 0) }, leak: parameters.leak,
        activityDecay: parameters.activityDecay, readoutLeak: parameters.readoutLeak, slope: 2,
        learnFrom: parameters.learnFrom)
      for k in 0..<episode.support.count {
        _ = plain.present(spikes(episode.support, k), label: episode.support.labels[k])
      }
      var loss = Dual(0)
      for k in 0..<episode.query.count {
        let readout = plain.present(spikes(episode.query, k), label: nil)
        loss += readout.softmax.logTotal - readout[episode.query.labels[k]]
      }
      loss = 1 / Double(episode.query.count) * loss
      #expect(abs(loss.value - result.loss) < 1e-10 * abs(result.loss))
      #expect(abs(loss.slope - result.gradient[r]) < 1e-9 * result.gradient.map(\.magnitude).max()!)
    }
  }

  @Test(
    "its loss is the inner loop's, for rules with traces, reward and changes once a sample, and every neuron",
    arguments: [
      "error-hebb-oja", "pool-local", "bcm", "pair-stdp", "triplet-stdp", "backprop", "direct-feedback-alignment",
      "sign-symmetry-fixed",
    ], ["lif", "adaptive-lif"])
  func losses(page: String, neuron: String) throws {
    for every in Cadence.allCases {
      var rule = try RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path).load(page)
      rule.every = every
      let parameters = Self.parameters {
        $0.neuron = neuron
        $0.reset = every == .step ? .subtract : .zero
        $0.synapseDecay = every == .step ? 0.5 : nil
      }
      let network = SpikingNetwork<Double>(
        parameters: parameters, inputCount: Self.sizes[0], outputCount: Self.sizes[2])
      let credit = creditCatalogue(Double.self).first { $0.name == rule.credit ?? "random" }!.make(network)
      // What changes synapse by synapse once a sample is refused.
      guard let learner = try? UnrolledLearner(network: network, credit: credit, rule: rule) else {
        #expect(every == .sample && page != "error-hebb-oja")
        continue
      }
      let loop = try EpisodeLearner<Double>(
        network: parameters, inputCount: Self.sizes[0], outputCount: Self.sizes[2], rule: rule, credit: "random",
        worstLoss: 1e9)
      let theta = rule.coefficients.map { $0.start == 0 ? 0.003 : $0.start }
      for seed in UInt64(1)...3 {
        let result = learner.gradient(coefficients: theta, episode: Self.episode(seed: seed), seed: seed)
        let score = loop.score(coefficients: theta, episode: Self.episode(seed: seed), seed: seed)
        if score.outcome == .ok { #expect(abs(score.loss - result.loss) < 1e-9 * score.loss) }
        #expect(result.isFinite)
      }
    }
  }

  @Test("a rule that keeps an eligibility in every synapse is refused by name")
  func eligibility() throws {
    let rule = try RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path).load("e-prop")
    let network = SpikingNetwork<Double>(
      parameters: Self.parameters(), inputCount: Self.sizes[0], outputCount: Self.sizes[2])
    let credit = creditCatalogue(Double.self).first { $0.name == "direct" }!.make(network)
    #expect(throws: UnrolledError.eligibility(rule: "e-prop")) {
      _ = try UnrolledLearner(network: network, credit: credit, rule: rule)
    }
  }
}
