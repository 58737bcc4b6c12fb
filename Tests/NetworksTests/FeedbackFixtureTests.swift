import Arithmetic
import Credit
import Kernels
import Networks
import Records
import Rules
import TestSupport
import Testing

/// The feedback-alignment family as BioTorch computes it: `fc`, 12-9-7-5 with ReLU and biases.
@Suite("Feedback Fixture")
struct FeedbackFixtureTests {
  static let rules = [
    "bp": "backprop", "fa": "feedback-alignment", "dfa": "direct-feedback-alignment", "usf": "sign-symmetry",
    "brsf": "sign-symmetry-resampled", "frsf": "sign-symmetry-fixed",
  ]

  @Test("gradients of weights and biases under every rule", arguments: rules.keys.sorted())
  func gradients(name: String) throws {
    guard Fixtures.isAvailable("feedback_alignment.h5") else { return }
    try follow(name, Double.self, within: 1e-12)
    try follow(name, Float.self, within: 1e-5)
  }

  private func follow<Scalar: KernelScalar>(_ name: String, _ type: Scalar.Type, within tolerance: Double) throws {
    let file = try HDF5File(readingFrom: Fixtures.path("feedback_alignment.h5"))
    let sizes = try file.readIntegers("fc/sizes").values
    var parameters = NetworkParameters()
    parameters.neuron = "relu"
    parameters.bias = true
    parameters.hidden = Array(sizes.dropFirst().dropLast())
    // uSF of BioTorch has sizes √(2 / (n_in + n_out)).
    parameters.feedbackScale = 1
    let rule = try RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path).load(Self.rules[name]!)
    let network = RateNetwork<Scalar>(
      parameters: parameters, inputCount: sizes[0], outputCount: sizes[sizes.count - 1])
    let credit = creditCatalogue(Scalar.self).first { $0.name == rule.credit ?? "random" }!.make(network)
    let count = sizes.count - 1
    var weights: [[Scalar]] = []
    for l in 1...count {
      let w = try file.readDoubles("fc/init/W\(l)").values
      weights.append(withBias(w, try file.readDoubles("fc/init/b\(l)").values))
    }
    network.startEpisodes(from: weights)
    let stored = name == "frsf" ? "M" : "B"
    if !["bp", "usf"].contains(name) {
      var feedback: [[Scalar]] = []
      for l in 1...count {
        let values = try file.readDoubles("fc/\(name)/\(stored)_W\(l)").values
        feedback.append(values.map { (value: Double) -> Scalar in Scalar(name == "brsf" ? abs(value) : value) })
      }
      (credit as? RandomFeedback<Scalar>)?.startEpisodes(from: feedback)
      (credit as? DirectFeedback<Scalar>)?.startEpisodes(from: feedback)
      (credit as? BatchwiseSignFeedback<Scalar>)?.startEpisodes(from: feedback)
      (credit as? FixedSignFeedback<Scalar>)?.startEpisodes(from: feedback)
    }
    let inputs = try file.readDoubles("fc/x").values
    let labels = try file.readIntegers("fc/label").values
    let draws = EpisodeDraws(seed: 1, lane: 0, index: 0)
    let plans = (0..<count).map { l in
      Plan<Scalar>(
        rule: rule, layer: l + 1, layerCount: count, isActive: [true],
        view: network.view(l, feedback: credit.feedback(l), errorFeedback: credit.fixedFeedback(l)))
    }
    var gradients: [[Double]] = weights.map { [Double](repeating: 0, count: $0.count) }
    var logits: [Double] = []
    var loss = 0.0
    // The mean over the batch is that of single samples whose changes do not stay.
    for (k, label) in labels.enumerated() {
      network.drawWeights(draws)
      credit.beginEpisode(draws)
      credit.beginSample(k)
      for plan in plans {
        plan.bind([1])
        plan.reset()
      }
      let input = Array(inputs[k * sizes[0]..<(k + 1) * sizes[0]])
      network.present(values: input.map { Scalar($0) }, learning: true)
      network.formReadoutError(label: label)
      credit.deliver(to: 0)
      for plan in plans { plan.learn() }
      for plan in plans { plan.endSample() }
      for plan in plans { plan.endEpisode() }
      for i in 0..<sizes[count] { logits.append(Double(network.readout.potential[i])) }
      loss += Double(network.scalars.loss[0]) / Double(labels.count)
      for l in 0..<count {
        let after = network.projections[l].dense
        for i in after.indices { gradients[l][i] += (Double(weights[l][i]) - Double(after[i])) / Double(labels.count) }
      }
    }
    #expect(relativeDifference(logits, try file.readDoubles("fc/logits").values) < tolerance)
    #expect(relativeDifference([loss], try file.readDoubles("fc/loss").values) < tolerance)
    for l in 1...count {
      let n = sizes[l - 1]
      let (dw, db) = withoutBias(gradients[l - 1], n)
      let ofWeights = relativeDifference(dw, try file.readDoubles("fc/\(name)/dW\(l)").values)
      let ofBiases = relativeDifference(db, try file.readDoubles("fc/\(name)/db\(l)").values)
      #expect(ofWeights < tolerance, "\(name), weights of layer \(l): \(ofWeights)")
      #expect(ofBiases < tolerance, "\(name), biases of layer \(l): \(ofBiases)")
    }
  }
}

/// Weights [post, pre] with the biases as a last presynaptic unit.
func withBias<Scalar: KernelScalar>(_ weights: [Double], _ biases: [Double]) -> [Scalar] {
  let n = weights.count / biases.count
  var all: [Scalar] = []
  for i in biases.indices {
    for j in 0..<n { all.append(Scalar(weights[i * n + j])) }
    all.append(Scalar(biases[i]))
  }
  return all
}

/// Takes the last of `n + 1` presynaptic units apart.
func withoutBias(_ all: [Double], _ n: Int) -> (weights: [Double], biases: [Double]) {
  var (weights, biases): ([Double], [Double]) = ([], [])
  for i in 0..<all.count / (n + 1) {
    weights += all[i * (n + 1)..<i * (n + 1) + n]
    biases.append(all[i * (n + 1) + n])
  }
  return (weights, biases)
}
