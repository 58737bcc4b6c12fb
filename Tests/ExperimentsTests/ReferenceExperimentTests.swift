import Arithmetic
import Experiments
import Foundation
import Rules
import Tasks
import TestSupport
import Testing

/// Reference experiment S5 against the accuracies of an independent trial program.
@Suite("Reference experiment S5")
struct ReferenceExperimentTests {
  /// The trial's query accuracies over 48 episodes; their standard error is about 0.016, and so is ours.
  private static let trial: [(name: String, credit: String, coefficients: [Double], accuracy: Double)] = [
    ("feedback alignment", "random", [0.015, 0, 0, 0, 0, 0], 0.515),
    ("set by hand", "random", [0.015, -0.02, 5e-4, 0, 0, 0], 0.64),
    ("found by the trial", "random", [0.0335, -0.0159, 2e-5, -1.5e-4, 4e-5, -0.0291], 0.674),
    ("backprop", "transport", [0.01, 0, 0, 0, 0, 0], 0.672),
  ]

  @Test("four rules are within 4 points of the trial on 48 episodes of Fashion-MNIST that no search has seen")
  func rows() throws {
    let family: TaskFamily
    do { family = try TaskCatalogue.load("fashion-mnist") } catch {
      // A missing data set is a skip, a damaged one is not.
      guard error.kind == .missing else { throw error }
      return skipped("Fashion-MNIST is not here: \(error)")
    }
    let experiment = Experiment(name: "s5")
    let rule = try Rule.load(path: packageRoot.appendingPathComponent("rules/pool-local.yaml").path)
    #expect(rule.coefficients.map(\.name) == ["eta", "hebb", "oja", "corr", "decay", "mixed"])
    let contenders = Self.trial.map { row in
      Contender(
        name: row.name, rule: rule, coefficients: row.coefficients, network: experiment.network,
        credit: CreditChoice(row.credit))
    }
    let scores = try #require(
      Crew(workers: Crew.processorCount).score(
        contenders, try EpisodeSource(experiment, family: family), .selection, 0..<48, worstLoss: experiment.worstLoss))
    for (row, scores) in zip(Self.trial, scores) {
      let accuracy = Statistics.mean(scores.map(\.score.accuracy))
      print("S5, \(row.name): accuracy \(accuracy), trial \(row.accuracy)")
      #expect(abs(accuracy - row.accuracy) <= 0.04, "\(row.name): \(accuracy), trial \(row.accuracy)")
      #expect(scores.allSatisfy { $0.score.outcome == .ok })
    }
  }
}
