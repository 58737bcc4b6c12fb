import Experiments
import Networks
import Pages
import Tasks
import TestSupport
import Testing

@Suite("Reference learners")
struct ReferenceLearnerTests {
  static func references(_ section: String) throws -> [ReferenceLearner] {
    try ResolvedExperiment.read(
      text: "schema: 1\nexperiment: x\nreferences: {\(section)}", file: "x.yaml"
    ).experiment.references
  }

  @Test("a page without the section has none, and every learner of the catalogue can be named")
  func pages() throws {
    #expect(try ResolvedExperiment.read(text: "schema: 1\nexperiment: x", file: "x.yaml").experiment.references.isEmpty)
    for entry in referenceCatalogue {
      let found = try Self.references("\(entry.name): {rate: 0.003, passes: 2, batch: 7}")
      #expect(found.map(\.name) == [entry.name])
      #expect(found[0].summary.contains("3.0e-3") && found[0].summary.contains("2 passes"))
    }
  }

  @Test("an easy problem is learnt, by spiking and by rate networks", arguments: ["lif", "adaptive-lif", "softplus"])
  func easy(neuron: String) throws {
    var experiment = SmallPlan.experiment()
    experiment.task.shape = EpisodeShape(ways: 3, shots: 20, query: 20)
    experiment.network.hidden = [40, 30]
    experiment.network.steps = 20
    experiment.encoder = .bernoulli(rate: 1)
    if neuron == "softplus" {
      experiment.network.steps = 1
      experiment.encoder = .current(gain: 1)
    }
    experiment.network.neuron = neuron
    let source = try EpisodeSource(experiment, family: .gaussianPrototypes(noise: 0.1))
    let learner = try Self.references("bptt-adam: {rate: 0.003, passes: 10}")[0]
    let episodes = try #require(source.encoded(.test, 0..<4, by: Crew(workers: 2)))
    let accuracy = episodes.map {
      learner.score($0, network: experiment.network, seed: 1, worstLoss: 5).accuracy
    }
    #expect(accuracy.reduce(0, +) / 4 > 0.9, "\(accuracy)")
  }

  @Test("a comparison has a row for each, with the same bits for any number of workers")
  func rows() throws {
    let learners = try Self.references("bptt-adam: {rate: 0.002, passes: 2}")
    let plan = try SmallPlan.plan { $0.references = learners }
    func comparison(_ workers: Int) throws -> Comparison {
      try #require(
        Crew(workers: workers).comparison(
          plan.baselines, references: (learners, plan.experiment.network), baselines: Baseline.allCases, plan.source,
          .test, 0..<5, worstLoss: 5))
    }
    let one = try comparison(1)
    let three = try comparison(3)
    #expect(
      one.rows.map(\.name) == [
        "feedback-alignment", "backprop", "one-layer-delta", "bptt-adam", "nearest-class-mean", "ridge",
      ])
    let (row, same) = try (#require(one["bptt-adam"]), #require(three["bptt-adam"]))
    #expect(row.scores.loss == same.scores.loss && row.scores.accuracy == same.scores.accuracy)
    #expect(row.scores.outcomes.count == 5 && row.contender == nil && row.loss != nil)
    #expect(row.scores.firingRates.allSatisfy { $0.count == 2 })
  }

  @Test("a discovery's last table has its row, and counts its episodes")
  func discovery() throws {
    let learners = try Self.references("bptt-adam: {rate: 0.002, passes: 1}")
    let plain = try SmallPlan.plan()
    let plan = try SmallPlan.plan { $0.references = learners }
    #expect(plan.evaluations == plain.evaluations + plan.experiment.testEpisodes)
    let discovery = try Discovery(plan, crew: Crew(workers: 2))
    guard case .complete(let result) = try discovery.run(RunControl(), observe: { _ in }) else {
      Issue.record("stopped")
      return
    }
    #expect(result.comparison["bptt-adam"]?.scores.outcomes.count == plan.experiment.testEpisodes)
    #expect(result.comparison.rows.count == 8)
  }

  @Test("weights that are no longer finite are an outcome")
  func sick() throws {
    let learner = try Self.references("bptt-adam: {rate: 1.0e+38, passes: 3}")[0]
    let plan = try SmallPlan.plan()
    let episode = try #require(plan.source.encoded(.test, 0..<1, by: Crew(workers: 1)))[0]
    let score = learner.score(episode, network: plan.experiment.network, seed: 1, worstLoss: 5)
    #expect(score.outcome != .ok && score.loss == 5)
    #expect(abs(score.accuracy - 1.0 / 3) < 1e-12)
  }
}
