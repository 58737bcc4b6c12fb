import Arithmetic
import Credit
import Foundation
import Kernels
import Networks
import RuleExport
import Rules
import TestSupport
import Testing

/// The network whose weights exported scripts must reproduce is the one that learns in experiments.
@Suite("Exported networks")
struct ExportedNetworkTests {
  private static let rules = ShippedRules.names.filter { name in
    (try? ShippedRules.exported(name)).map { Brian2Target().obstacles($0).isEmpty } ?? false
  }

  /// Rounding: both compute in double precision and add in different orders.
  private static let tolerance = 1e-9

  @Test("expected weights are those of the spiking network of experiments, with the compiled plan", arguments: rules)
  func weights(_ name: String) throws {
    let exported = try ShippedRules.exported(name)
    let table = ExpectedTable(Brian2Target().trace(of: exported))
    let network = spiking(exported.network)
    learn(exported, network)
    var difference = 0.0
    for (l, projection) in network.projections.enumerated() {
      let (n, m) = (network.sizes[l], network.sizes[l + 1])
      let expected = (0..<m).flatMap { i in (0..<n).map { j in table.numbers("w\(l + 1)_\(i + 1)_\(j + 1)").last! } }
      difference = max(difference, relativeDifference(projection.dense, expected))
    }
    #expect(difference < Self.tolerance)
  }

  @Test("input spikes come in doubles, and weights of the first and second drawing are fixed")
  func draws() {
    let network = ExportNetwork(sizes: [6, 5, 4, 3])
    let spikes = network.inputSpikes()
    #expect(spikes.allSatisfy { $0[1][0] == 1 && $0[2][0] == 1 })
    // splitmix64 of the counters 1 and 2 in its published form: seed 0 gives e220a8397b1dcdaf first.
    #expect(
      ExportNetwork.draws(part: 0, count: 1)[0] == Double(UInt64(0xe220_a839_7b1d_cdaf) >> 11) / 9_007_199_254_740_992)
    #expect(ExportNetwork.draws(part: 3, count: 4).dropFirst(2) == ExportNetwork.draws(part: 3, count: 2, from: 2)[...])
    let mean = ExportNetwork.draws(part: 5, count: 10_000).reduce(0, +) / 10_000
    // Five standard errors of a uniform mean.
    #expect(abs(mean - 0.5) < 5 * (1.0 / 12 / 10_000).squareRoot())
  }

  @Test("neurons of the network spike together and twice in a row")
  func hiddenSpikes() throws {
    let table = ExpectedTable(Brian2Target().trace(of: try ShippedRules.exported("pair-stdp")))
    #expect(table.rows.count == 400)
    #expect(table.numbers("spikes").max()! > 6, "no step in which more than the inputs spike")
  }

  private func spiking(_ shape: ExportNetwork) -> SpikingNetwork<Double> {
    var parameters = NetworkParameters()
    parameters.hidden = Array(shape.sizes.dropFirst().dropLast())
    parameters.steps = shape.steps
    parameters.leak = shape.leak
    parameters.threshold = shape.threshold
    parameters.activityDecay = shape.activityDecay
    parameters.surrogate = .fastSigmoid(slope: shape.slope)
    parameters.readoutLeak = shape.readoutLeak
    parameters.weightScale = shape.weightScale
    parameters.feedbackScale = shape.weightScale
    parameters.learnFrom = shape.learnFrom
    return SpikingNetwork<Double>(parameters: parameters, inputCount: shape.sizes[0], outputCount: shape.sizes.last!)
  }

  private func learn(_ exported: ExportedRule, _ network: SpikingNetwork<Double>) {
    let (rule, shape) = (exported.rule, exported.network)
    let layers = shape.projectionCount
    network.startEpisodes(from: (0..<layers).map { shape.weights($0, within: rule.weightBounds) })
    let feedback = (0..<layers).map { shape.feedback($0, within: rule.feedbackBounds) }
    let credit = creditCatalogue(Double.self).first { $0.name == exported.credit }!.make(network)
    (credit as? RandomFeedback<Double>)?.startEpisodes(from: feedback)
    (credit as? LearnedFeedback<Double>)?.startEpisodes(from: feedback)
    (credit as? FixedSignFeedback<Double>)?.startEpisodes(from: feedback.map { $0.map(abs) })
    (credit as? DirectFeedback<Double>)?.startEpisodes(from: (0..<layers).map { shape.directFeedback($0) })
    let draws = EpisodeDraws(seed: 1, lane: 0, index: 0)
    network.drawWeights(draws)
    credit.beginEpisode(draws)
    let plans = (0..<layers).map { l in
      Plan<Double>(
        rule: rule, layer: l + 1, layerCount: layers, isActive: exported.coefficients.map { $0 != 0 },
        view: network.view(l, feedback: credit.feedback(l), errorFeedback: credit.fixedFeedback(l)), form: .swept)
    }
    for plan in plans { plan.bind(exported.coefficients) }
    let spikes = shape.inputSpikes()
    var expectedReward = 0.0
    for (sample, label) in shape.labels().enumerated() {
      network.beginSample()
      (credit as? BatchwiseSignFeedback<Double>)?.startEpisodes(
        from: (0..<layers).map { shape.feedback($0, round: sample, within: nil).map(abs) })
      credit.beginSample(sample)
      network.scalars.sample[0] = Double(sample)
      for plan in plans { plan.reset() }
      for step in 0..<shape.steps {
        let list = spikes[sample][step].indices.filter { spikes[sample][step][$0] == 1 }.map { UInt16($0) }
        (list + [0]).withUnsafeBufferPointer {
          network.step(spikes: $0.baseAddress!, count: list.count, learning: true)
        }
        network.formReadoutError(label: label)
        network.scalars.modulator[0] = network.scalars.reward[0] - expectedReward
        credit.deliver(to: 0)
        network.formInputGain()
        for plan in plans { plan.advance() }
        if step + 1 >= shape.learnFrom { for plan in plans { plan.learn() } }
      }
      for plan in plans { plan.endSample() }
      expectedReward += (network.scalars.reward[0] - expectedReward) / 10
    }
    for plan in plans { plan.endEpisode() }
  }
}
