import Credit
import Experiments
import Foundation
import Kernels
import Rules
import Tasks
import TestSupport
import Testing

/// Supervised learning of the digits with feedback that learns: what the accuracy comes to, and the angles at the end.
@Suite("Learned feedback on digits", .enabled(if: sharedData.isAvailable("digits")))
struct AlignmentLearningTests {
  private struct Result {
    var accuracy = 0.0
    /// Degrees between W and B of every projection but the first, whose feedback nobody uses.
    var angles: [Double] = []
  }

  /// One seed of experiments/alignment-digits.yaml, some of its passes.
  private static func run(
    _ page: String, _ values: [String: Double], seed: UInt64, passes: Int, family: TaskFamily
  ) throws -> Result {
    let path = packageRoot.appendingPathComponent("experiments/alignment-digits.yaml").path
    let experiment = try ResolvedExperiment.load(path, overrides: ["seed=\(seed)", "task.passes=\(passes)"]).experiment
    let source = try EpisodeSource(experiment, family: family)
    let rule = try RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path).load(page)
    var coefficients = rule.coefficients.map(\.start)
    for (k, coefficient) in rule.coefficients.enumerated() {
      if let value = values[coefficient.name] { coefficients[k] = value }
    }
    let learner = try InnerLoop(
      network: experiment.network, inputCount: family.inputCount, outputCount: source.outputCount, rule: rule,
      credit: "random", worstLoss: experiment.worstLoss)
    var episode = source.encoder.encode(source.episode(.test, 0), steps: source.steps, seed: seed)
    episode.passes = passes
    var result = Result()
    result.accuracy = learner.score(coefficients: coefficients, episode: episode, seed: seed).accuracy
    for (l, projection) in learner.network.projections.enumerated().dropFirst() {
      guard let feedback = learner.credit.feedback(l), rule.credit != "transport" else { continue }
      var (dot, own, other) = (0.0, 0.0, 0.0)
      let weights = projection.dense
      for j in 0..<projection.neuronCount {
        for i in 0..<projection.postCount {
          let (w, b) = (Double(weights[i * projection.preCount + j]), Double(feedback[j * projection.columns + i]))
          (dot, own, other) = (dot + w * b, own + w * w, other + b * b)
        }
      }
      result.angles.append(acos(min(1, max(-1, dot / (own * other).squareRoot()))) * 180 / .pi)
    }
    return result
  }

  @Test("SA and mirrored feedback align, fixed feedback does not, and SA keeps up with backprop; three seeds")
  func angles() throws {
    let family = try TaskCatalogue.load("digits", directory: sharedData.folder.path)
    let rules: [(page: String, values: [String: Double])] = [
      ("backprop", ["eta": 0.005]), ("feedback-alignment", ["eta": 0.005]),
      ("symmetric-alignment", ["eta": 0.005, "mirror": 0.05, "decay": 0.025]),
      ("weight-mirror-noise", ["eta": 0.005, "mirror": 1e-3, "decay": 5e-4]),
      ("kolen-pollack", ["eta": 0.005, "decay": 1e-4]),
      ("information-alignment", ["eta": 0.005, "mirror": 2e-4, "null": 1e-4, "decay": 1e-4]),
      ("activation-alignment", ["eta": 0.005, "mirror": 2e-3, "sparse": 1e-3]),
    ]
    // METAPLAST_REPORT=1 runs the whole experiment and prints what docs/feedback-alignment.md says.
    let reports = ProcessInfo.processInfo.environment["METAPLAST_REPORT"] == "1"
    var accuracies: [String: Double] = [:]
    for rule in reports ? rules : Array(rules[..<4]) {
      var mean = 0.0
      for seed in UInt64(1)...3 {
        let result = try Self.run(rule.page, rule.values, seed: seed, passes: reports ? 40 : 10, family: family)
        mean += result.accuracy / 3
        let angles = result.angles.map { String(format: "%.1f", $0) }.joined(separator: " ")
        if reports { print("\(rule.page) seed \(seed) accuracy \(result.accuracy) angles \(angles)") }
        switch rule.page {
        case "symmetric-alignment": #expect(result.angles.allSatisfy { $0 < 2 }, "seed \(seed): \(angles)")
        case "weight-mirror-noise": #expect(result.angles.allSatisfy { $0 < 20 }, "seed \(seed): \(angles)")
        case "feedback-alignment": #expect(result.angles.allSatisfy { $0 > 55 }, "seed \(seed): \(angles)")
        default: break
        }
      }
      accuracies[rule.page] = mean
    }
    #expect(accuracies["backprop"]! > 0.9)
    #expect(accuracies["symmetric-alignment"]! > accuracies["backprop"]! - 0.01)
  }
}
