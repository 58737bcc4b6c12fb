import Experiments
import Rules
import Tasks
import Testing

/// What a discovery logged, times left out.
private struct Log: Equatable {
  struct Generation: Equatable {
    var name: String
    var population: [[Double]]
    var fitness: [Double]
    var incumbent: [Double]
  }
  var generations: [Generation] = []
  var choices: [Choice] = []
  var accuracies: [[Double]] = []
  var losses: [[Double]] = []

  mutating func note(_ event: DiscoveryEvent) {
    switch event {
    case .stage: break
    case .generation(let name, let row, _):
      generations.append(
        Generation(name: name, population: row.population, fitness: row.fitness, incumbent: row.incumbent))
    case .chosen(let choice): choices.append(choice)
    }
  }

  mutating func note(_ end: DiscoveryEnd) -> StopReason? {
    switch end {
    case .stopped(let reason): return reason
    case .complete(let result):
      accuracies = result.comparison.rows.map(\.scores.accuracy)
      losses = result.comparison.rows.map(\.scores.loss)
      return nil
    }
  }
}

private func wholeLog(_ plan: DiscoveryPlan, workers: Int) throws -> Log {
  let discovery = try Discovery(plan, crew: Crew(workers: workers))
  var log = Log()
  let end = try discovery.run(RunControl()) { log.note($0) }
  #expect(log.note(end) == nil)
  return log
}

@Suite("Discovery")
struct DiscoveryTests {
  @Test("one, two and five workers give the same bits")
  func workers() throws {
    let plan = try SmallPlan.plan()
    let one = try wholeLog(plan, workers: 1)
    #expect(one.generations.count == 4 + 3 * 2)
    #expect(one.choices.map(\.name) == ["discovered", "feedback-alignment", "backprop", "one-layer-delta"])
    #expect(try wholeLog(plan, workers: 2) == one)
    #expect(try wholeLog(plan, workers: 5) == one)
  }

  @Test("another seed gives other candidates")
  func seeds() throws {
    let one = try wholeLog(SmallPlan.plan(seed: 1), workers: 2)
    let two = try wholeLog(SmallPlan.plan(seed: 2), workers: 2)
    #expect(one.generations[0].population != two.generations[0].population)
  }

  @Test("stopped after any step and told its log again, it ends as if it had not stopped")
  func resumed() throws {
    let plan = try SmallPlan.plan()
    let whole = try wholeLog(plan, workers: 2)
    let steps = 4 + 3 * 2 + 4 + 1
    for stop in 1..<steps {
      var log = Log()
      var done = 0
      let control = RunControl(mayBegin: { _ in
        done += 1
        return done > stop ? .stepsAreDone : nil
      })
      let end = try Discovery(plan, crew: Crew(workers: 2)).run(control) { log.note($0) }
      #expect(log.note(end) == .stepsAreDone)

      let again = try Discovery(plan, crew: Crew(workers: 1))
      for generation in log.generations {
        #expect(again.replay(generation.name, population: generation.population, fitness: generation.fitness))
      }
      for choice in log.choices { again.replay(choice) }
      #expect(log.note(try again.run(RunControl()) { log.note($0) }) == nil)
      #expect(log == whole, "stopped after \(stop) steps")
    }
  }

  @Test("a stop in the middle of a generation drops it")
  func dropped() throws {
    let plan = try SmallPlan.plan { $0.optimizer.episodes = 60 }
    var log = Log()
    var asked = 0
    let control = RunControl(stop: {
      asked += 1
      return asked > 1 ? .interrupt : nil
    })
    let end = try Discovery(plan, crew: Crew(workers: 1)).run(control) { log.note($0) }
    #expect(log.note(end) == .interrupt)
    #expect(log.generations.isEmpty)
  }

  @Test("a log of another seed is refused")
  func foreignLog() throws {
    let log = try wholeLog(SmallPlan.plan(seed: 2), workers: 2)
    let discovery = try Discovery(SmallPlan.plan(seed: 1), crew: Crew(workers: 1))
    let first = log.generations[0]
    #expect(!discovery.replay(first.name, population: first.population, fitness: first.fitness))
    #expect(!discovery.replay("nobody", population: first.population, fitness: first.fitness))
  }

  @Test("penalties come off the fitness, and the incumbent is the best so far")
  func fitness() throws {
    let plan = try SmallPlan.plan {
      $0.optimizer.l1 = 0.01
      $0.optimizer.parsimony = 0.001
    }
    var best = -Double.infinity
    _ = try Discovery(plan, crew: Crew(workers: 2)).run(RunControl()) { event in
      guard case .generation("discovered", let row, _) = event else { return }
      for (candidate, coefficients) in row.population.enumerated() {
        let complexity = SmallPlan.searched.complexity(coefficients: coefficients, layerCount: 3)
        let expected = 0.01 * (coefficients[0] / 0.02 + abs(coefficients[1]) / 0.01) + 0.001 * Double(complexity)
        #expect(abs(row.penalty[candidate] - expected) < 1e-12)
        #expect(row.fitness[candidate] <= -row.penalty[candidate])
      }
      best = max(best, row.fitness.max()!)
      #expect(row.incumbentFitness == best)
    }
  }

  @Test("a rule that cannot run on the network is refused before anything is scored")
  func impossible() throws {
    #expect(throws: (any Error).self) { try SmallPlan.plan { $0.credit = "nonesuch" } }
    #expect(throws: TaskError.self) { try SmallPlan.plan { $0.task.shape.shots = 1_000_000 } }
  }
}
