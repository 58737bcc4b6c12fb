import Experiments
import Rules
import Tasks
import Testing

@Suite("Pruning: the smallest rule that is not significantly worse")
struct PruningTests {
  /// A rule whose first term does all the learning, whose second does nothing, and whose third does harm.
  static let page = """
    schema: 1
    rule: three
    coefficients:
      eta:  {start: 0.2, range: [1.0e-5, 1], scale: log}
      idle: {start: 1.0e-9, range: [-1.0e-8, 1.0e-8], scale: 1.0e-9}
      harm: {start: 1.0e-2, range: [1.0e-2, 1], scale: log}
    dw: >
      - eta * e_post * y_pre
      + idle * y_post * y_pre
      + harm * e_post * y_pre
    """

  private func prune(workers: Int, level: Double = 0.05) throws -> (PruningResult, [PruningEvent]) {
    var experiment = SmallPlan.experiment()
    experiment.network.hidden = []
    experiment.testEpisodes = 12
    let family = try TaskCatalogue.load(experiment.task.data)
    let source = try EpisodeSource(experiment, family: family)
    let rule = try Rule.load(text: Self.page, file: "three.yaml")
    let contender = Contender(name: "three", rule: rule, network: experiment.network, credit: experiment.credit)
    var settings = PruningSettings()
    settings.episodes = 24
    settings.level = level
    settings.tuning.generations = 2
    settings.tuning.population = 4
    settings.tuning.episodes = 2
    let pruning = Pruning(contender, experiment, source, settings: settings, crew: Crew(workers: workers))
    var events: [PruningEvent] = []
    let result = try pruning.run {
      true
    } observe: {
      events.append($0)
    }
    return (try #require(result), events)
  }

  @Test("what learns stays, what is idle and what harms goes, and the result is what the attempts say")
  func eliminates() throws {
    let (result, events) = try prune(workers: 2)
    #expect(result.pruned.rule.summands.map(\.description) == ["dw: -eta*e_post*y_pre"])
    #expect(result.ablations.map(\.summand) == result.whole.rule.summands)
    let learning = result.ablations[0].difference
    #expect(learning.mean < -0.1 && learning.p < 0.001, "\(learning)")
    #expect(result.ablations[1].difference.mean == 0)
    #expect(result.ablations.allSatisfy { $0.adjustedP >= $0.difference.p })
    #expect(result.attempts.filter(\.isDropped).count == 2)
    #expect(events.count == 1 + result.ablations.count + result.attempts.count)
    #expect(result.comparison.rows.map(\.name) == ["pruned", "whole", "given"])
    #expect(
      result.comparison.rows[0].contender
        == result.pruned.with(coefficients: result.pruned.coefficients, name: "pruned"))
  }

  @Test("the number of workers changes nothing")
  func workers() throws {
    let (one, _) = try prune(workers: 1)
    let (three, _) = try prune(workers: 3)
    #expect(one.pruned == three.pruned)
    #expect(one.attempts == three.attempts)
    #expect(one.comparison.rows.map(\.accuracy) == three.comparison.rows.map(\.accuracy))
  }

  @Test("nobody waits for a pruning that is no longer wanted")
  func stops() throws {
    let experiment = SmallPlan.experiment()
    let source = try EpisodeSource(experiment, family: TaskCatalogue.load(experiment.task.data))
    let contender = Contender(
      name: "searched", rule: SmallPlan.searched, network: experiment.network, credit: experiment.credit)
    let pruning = Pruning(contender, experiment, source, settings: PruningSettings(), crew: Crew(workers: 1))
    #expect(try pruning.run(isWanted: { false }, observe: { _ in }) == nil)
  }
}
