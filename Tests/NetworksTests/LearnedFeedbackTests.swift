import Arithmetic
import Credit
import Kernels
import Networks
import Rules
import TestSupport
import Testing

/// Alignment as the papers state it, in double precision.
@Suite("Feedback that learns")
struct LearnedFeedbackTests {
  static func rule(_ name: String) throws -> Rule {
    try RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path).load(name)
  }

  /// A rate network whose feedback learns, and the differences of both directions before and after some samples.
  static func norms(
    _ name: String, _ coefficients: [Double], samples: Int
  ) throws -> (before: [Double], after: [Double]) {
    let rule = try rule(name)
    var parameters = NetworkParameters()
    parameters.neuron = "softplus"
    parameters.hidden = [9, 7]
    let network = RateNetwork<Double>(parameters: parameters, inputCount: 12, outputCount: 5)
    let credit = creditCatalogue(Double.self).first { $0.name == "learned" }!.make(network)
    let draws = EpisodeDraws(seed: 3, lane: 0, index: 0)
    network.drawWeights(draws)
    credit.beginEpisode(draws)
    let plans = (0..<3).map { l in
      Plan<Double>(
        rule: rule, layer: l + 1, layerCount: 3, isActive: coefficients.map { $0 != 0 },
        view: network.view(l, feedback: credit.feedback(l)))
    }
    for plan in plans { plan.bind(coefficients) }
    func norms() -> [Double] {
      network.projections.enumerated().map { l, projection in
        var sum = 0.0
        for k in 0..<projection.preCount * projection.columns {
          let off = projection.weights[k] - credit.feedback(l)![k]
          sum += off * off
        }
        return sum.squareRoot()
      }
    }
    let before = norms()
    var random = RandomStream(seed: 4, purpose: .testing)
    for _ in 0..<samples {
      network.present(values: (0..<12).map { _ in random.nextDouble() }, learning: true)
      network.formReadoutError(label: random.below(5))
      for plan in plans { plan.reset() }
      credit.deliver(to: 0)
      for plan in plans { plan.advance() }
      for plan in plans { plan.learn() }
      for plan in plans { plan.endSample() }
    }
    for plan in plans { plan.endEpisode() }
    return (before, norms())
  }

  @Test("Kolen-Pollack: what tells both directions apart decays by the same factor at every step, whatever is learnt")
  func kolenPollack() throws {
    let decay = 0.002
    let norms = try Self.norms("kolen-pollack", [0.02, decay], samples: 300)
    let factor = (0..<300).reduce(1.0) { product, _ in product * (1 - decay) }
    for (before, after) in zip(norms.before, norms.after) { #expect(abs(after / before - factor) < 1e-10) }
  }

  @Test("symmetric alignment at its default ratio: the difference falls by 1 - 2 alpha a step while weights rest")
  func symmetric() throws {
    let alpha = 1e-3
    let norms = try Self.norms("symmetric-alignment", [0, 2 * alpha, alpha], samples: 200)
    let factor = (0..<200).reduce(1.0) { product, _ in product * (1 - 2 * alpha) }
    for (before, after) in zip(norms.before, norms.after) { #expect(abs(after / before - factor) < 1e-10) }
  }

  @Test("a weight mirror fed with white noise aligns within 10 degrees after 2000 samples, its gain eta N")
  func weightMirror() throws {
    let rule = try Self.rule("weight-mirror")
    var parameters = NetworkParameters()
    parameters.neuron = "relu"
    parameters.hidden = []
    let network = RateNetwork<Double>(parameters: parameters, inputCount: 20, outputCount: 10)
    let credit = creditCatalogue(Double.self).first { $0.name == "learned" }!.make(network)
    let draws = EpisodeDraws(seed: 1, lane: 0, index: 0)
    network.drawWeights(draws)
    credit.beginEpisode(draws)
    let projection = network.projections[0]
    let feedback = credit.feedback(0)!
    let size = projection.preCount * projection.columns
    for k in 0..<size { feedback[k] = 0 }
    let plan = Plan<Double>(
      rule: rule, layer: 1, layerCount: 1, isActive: [false, true, false], view: network.view(0, feedback: feedback))
    plan.bind([0, 1e-3, 0])
    var random = RandomStream(seed: 2, purpose: .testing)
    for _ in 0..<2000 {
      network.present(values: (0..<20).map { _ in random.nextNormal() }, learning: true)
      network.formReadoutError(label: 0)
      plan.reset()
      plan.advance()
      plan.learn()
      plan.endSample()
    }
    var (dot, own, other) = (0.0, 0.0, 0.0)
    for k in 0..<size {
      dot += projection.weights[k] * feedback[k]
      own += projection.weights[k] * projection.weights[k]
      other += feedback[k] * feedback[k]
    }
    #expect(dot / (own * other).squareRoot() > 0.985)
    // E[Δ B] = η W for inputs of unit variance.
    #expect(abs(dot / own - 1e-3 * 2000) < 0.2)
  }
}
