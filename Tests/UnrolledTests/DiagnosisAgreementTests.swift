import Credit
import Experiments
import Networks
import Rules
import TestSupport
import Testing
import Unrolled

@Suite("Diagnosis of an episode, and the gauges of the unrolled one")
struct DiagnosisAgreementTests {
  @Test(
    "angles, orthonormality and activity of a rate network agree", arguments: ["softplus", "tanh"],
    ["error-hebb-oja", "direct-feedback-alignment", "pool", "sign-symmetry"])
  func agree(neuron: String, page: String) throws {
    let made = SmallEpisode(neuron: neuron, bias: neuron == "tanh")
    let rule = try RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path).load(page)
    let learner = try EpisodeLearner<Double>(
      network: made.parameters, inputCount: made.inputs, outputCount: made.outputs, rule: rule, credit: "random",
      worstLoss: 1e9)
    let unrolled = try UnrolledLearner<Double>(network: learner.network, credit: learner.credit, rule: rule)
    let values = rule.startCoefficients(layerCount: 4)
    let expected = unrolled.gradient(coefficients: values, episode: made.episode, seed: made.seed)
    let found = learner.diagnose(
      coefficients: values, episode: made.episode, seed: made.seed, DiagnosisPlan(points: [0, 7], measuresLayers: true))
    let end = found.points.last!
    #expect(abs(end.score.loss - expected.loss) < 1e-9)
    for (l, layer) in end.layers.enumerated() {
      #expect(abs(layer.alignmentAngle - expected.angles[l + 1]) < 1e-6)
      #expect(abs(layer.orthonormality - expected.orthonormality[l]) < 1e-9 * (1 + expected.orthonormality[l]))
      if l < 3 { #expect(abs(layer.firingRate - expected.activity[l]) < 1e-9) }
    }
    #expect(end.layers.count == 4 && expected.angles.count == 5)
  }
}
