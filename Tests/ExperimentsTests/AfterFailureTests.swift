import Experiments
import Rules
import Tasks
import Testing

@Suite("After an episode that failed")
struct AfterFailureTests {
  @Test(
    "a learner scores the next episodes as if it had not been there",
    arguments: ["softplus", "tanh", "relu", "lif"], ["random", "transport", "direct"])
  func clean(_ neuron: String, _ credit: String) throws {
    let rate = neuron != "lif"
    let resolved = try ResolvedExperiment.read(
      text: """
        schema: 1
        experiment: x
        credit: \(credit)
        network: {neuron: \(neuron), hidden: [24, 17]\(rate ? ", weight_scale: 1, feedback_scale: 1" : ", steps: 8")}
        task: {data: gaussian-prototypes, ways: 3, shots: 10, query: 5}
        """, file: "x.yaml")
    let experiment = resolved.experiment
    let rule = try LoadedRule.load("error-hebb-oja").rule
    let source = try EpisodeSource(experiment, family: TaskCatalogue.load("gaussian-prototypes"))
    func learner() throws -> InnerLoop {
      try InnerLoop(
        network: experiment.network, inputCount: source.family.inputCount, outputCount: source.outputCount, rule: rule,
        credit: credit, worstLoss: 5)
    }
    let episodes = source.encoded(.search, 0..<3, by: Crew(workers: 1))!
    let theta = [0.01, -0.001, 1e-4]
    let (used, fresh) = (try learner(), try learner())
    let sick = [1e8, 1e8, -1e8]
    #expect(used.score(coefficients: sick, episode: episodes[0], seed: 1).outcome != .ok)
    for episode in episodes {
      #expect(
        used.score(coefficients: theta, episode: episode, seed: 1)
          == fresh.score(coefficients: theta, episode: episode, seed: 1))
    }

    // And so does what differentiates them.
    let start = Contender(
      name: "x", rule: rule, coefficients: theta, network: experiment.network, credit: CreditChoice(credit))
    func grader() throws -> any EpisodeGrader {
      try episodeGrader(
        for: start, inputCount: source.family.inputCount, outputCount: source.outputCount, worstLoss: 5)
    }
    let (tried, new) = (try grader(), try grader())
    #expect(!tried.grade(coefficients: sick, episode: episodes[0], seed: 1).counts)
    for episode in episodes {
      let (one, other) = (
        tried.grade(coefficients: theta, episode: episode, seed: 1),
        new.grade(coefficients: theta, episode: episode, seed: 1)
      )
      #expect(one.score == other.score && one.gradient.map(\.bitPattern) == other.gradient.map(\.bitPattern))
    }
  }
}
