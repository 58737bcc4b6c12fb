import Experiments
import Rules
import Tasks

/// A discovery of a second on samples made in code.
enum SmallPlan {
  /// `- eta * e_post * y_pre - hebb * e_post * e_pre`, from feedback alignment on.
  static let searched = rule("searched", hebb: true)
  static let feedbackAlignment = rule("feedback-alignment", hebb: false)
  static var backprop: Rule {
    var rule = rule("backprop", hebb: false)
    rule.credit = "transport"
    return rule
  }

  static func rule(_ name: String, hebb: Bool) -> Rule {
    func product(_ factors: [Expression]) -> Expression {
      factors.dropFirst().reduce(factors[0]) { .binary(.multiply, $0, $1) }
    }
    var dw = Expression.negate(product([.coefficient("eta"), .quantity(.ePost), .quantity(.yPre)]))
    var coefficients = [Coefficient(name: "eta", start: 0.02, range: 1e-5...1, scale: .logarithmic)]
    if hebb {
      dw = .binary(.subtract, dw, product([.coefficient("hebb"), .quantity(.ePost), .quantity(.ePre)]))
      coefficients.append(Coefficient(name: "hebb", start: 0, range: -1...1, scale: .step(0.01)))
    }
    return Rule(name: name, coefficients: coefficients, dw: dw)
  }

  static func experiment(seed: UInt64 = 1) -> Experiment {
    var experiment = Experiment(name: "small")
    experiment.seed = seed
    experiment.network.hidden = [20, 12]
    experiment.network.steps = 6
    experiment.task.data = "gaussian-prototypes"
    experiment.task.shape = EpisodeShape(ways: 3, shots: 5, query: 4)
    experiment.optimizer.generations = 4
    experiment.optimizer.population = 5
    experiment.optimizer.episodes = 3
    experiment.selection.episodes = 4
    experiment.selection.candidates = 3
    experiment.testEpisodes = 6
    experiment.baselines.generations = 2
    experiment.baselines.population = 3
    experiment.baselines.episodes = 2
    return experiment
  }

  static func plan(seed: UInt64 = 1, _ change: (inout Experiment) -> Void = { _ in }) throws -> DiscoveryPlan {
    var experiment = experiment(seed: seed)
    change(&experiment)
    return try DiscoveryPlan(
      experiment: experiment, rule: searched, feedbackAlignment: feedbackAlignment, backprop: backprop,
      family: TaskCatalogue.load(experiment.task.data))
  }
}
