import Experiments
import Rules
import Search
import Tasks
import Testing

/// What a descent logged, times left out.
private struct Path: Equatable {
  struct Generation: Equatable {
    var name: String
    var population: [[Double]]
    var fitness: [Double]
    var episodes: [Int]
    var gradient: [UInt64]?
    var after: [Double]?
    var skipped: Int?
  }
  var generations: [Generation] = []
  var choices: [Choice] = []
  var accuracies: [[Double]] = []

  mutating func note(_ event: DiscoveryEvent) {
    switch event {
    case .stage: break
    case .generation(let name, let row, _):
      generations.append(
        Generation(
          name: name, population: row.population, fitness: row.fitness, episodes: row.episodes,
          gradient: row.descent?.gradient.map(\.bitPattern), after: row.searchMean, skipped: row.descent?.skipped))
    case .chosen(let choice): choices.append(choice)
    }
  }

  mutating func note(_ end: DiscoveryEnd) -> StopReason? {
    switch end {
    case .stopped(let reason): return reason
    case .complete(let result):
      accuracies = result.comparison.rows.map(\.scores.accuracy)
      return nil
    }
  }
}

@Suite("Discovery along the meta-gradient")
struct MetaGradientDiscoveryTests {
  private func plan(_ change: (inout Experiment) -> Void = { _ in }) throws -> DiscoveryPlan {
    try SmallPlan.plan { experiment in
      experiment.optimizer.kind = "meta-gradient"
      experiment.optimizer.generations = 12
      experiment.optimizer.population = 1
      experiment.optimizer.episodes = 2
      change(&experiment)
    }
  }

  private func whole(_ plan: DiscoveryPlan, workers: Int) throws -> Path {
    var path = Path()
    #expect(path.note(try Discovery(plan, crew: Crew(workers: workers)).run(RunControl()) { path.note($0) }) == nil)
    return path
  }

  @Test("one, two and three workers give the same bits, and baselines are tuned by CMA-ES")
  func workers() throws {
    let plan = try plan { $0.optimizer.episodes = 5 }
    let one = try whole(plan, workers: 1)
    #expect(one.generations.filter { $0.name == "discovered" }.count == 12)
    #expect(one.generations.filter { $0.name != "discovered" }.allSatisfy { $0.gradient == nil })
    #expect(plan.choice(of: "backprop").kind == "cma-es" && plan.choice(of: "discovered").kind == "meta-gradient")
    #expect(try whole(plan, workers: 2) == one)
    #expect(try whole(plan, workers: 3) == one)
  }

  @Test("stopped after any step and told its log again, it ends as if it had not stopped")
  func resumed() throws {
    let plan = try plan()
    let whole = try whole(plan, workers: 2)
    for stop in 1..<12 + 3 * 2 + 4 + 1 {
      var path = Path()
      var done = 0
      let control = RunControl(mayBegin: { _ in
        done += 1
        return done > stop ? .stepsAreDone : nil
      })
      #expect(
        path.note(try Discovery(plan, crew: Crew(workers: 2)).run(control) { path.note($0) }) == .stepsAreDone)
      let again = try Discovery(plan, crew: Crew(workers: 1))
      for row in path.generations {
        #expect(
          again.replay(
            row.name, population: row.population, fitness: row.fitness, episodes: row.episodes,
            gradient: row.gradient?.map { Double(bitPattern: $0) }))
      }
      for choice in path.choices { again.replay(choice) }
      #expect(path.note(try again.run(RunControl()) { path.note($0) }) == nil)
      #expect(path == whole, "stopped after \(stop) steps")
    }
  }

  @Test("a log with another gradient, or none, does not belong to the run")
  func foreignLog() throws {
    let plan = try plan()
    let rows = try whole(plan, workers: 2).generations
    let discovery = try Discovery(plan, crew: Crew(workers: 1))
    func replay(_ row: Path.Generation, _ gradient: [Double]?) -> Bool {
      discovery.replay(
        row.name, population: row.population, fitness: row.fitness, episodes: row.episodes, gradient: gradient)
    }
    #expect(!replay(rows[0], nil))
    #expect(!replay(rows[0], [1]))
    #expect(replay(rows[0], rows[0].gradient!.map { -Double(bitPattern: $0) + 1 }))
    #expect(!replay(rows[1], rows[1].gradient!.map { Double(bitPattern: $0) }))
  }

  @Test("the gradient is the mean over the episodes, with the derivative of the penalty, which is 0 at 0")
  func gradient() throws {
    let plan = try plan {
      $0.optimizer.generations = 1
      $0.optimizer.l1 = 0.5
      $0.optimizer.episodes = 3
    }
    let first = try whole(plan, workers: 2).generations[0]
    let grader = try episodeGrader(
      for: plan.start, inputCount: plan.source.family.inputCount, outputCount: plan.source.outputCount,
      worstLoss: plan.experiment.worstLoss)
    let theta = plan.start.coefficients
    let grades = plan.source.encoded(.search, 0..<3, by: Crew(workers: 1))!.map {
      grader.grade(coefficients: theta, episode: $0, seed: plan.experiment.seed)
    }
    #expect(grades.allSatisfy(\.counts) && theta == [0.02, 0])
    for (r, slope) in [0.5, 0].enumerated() {
      let mean = grades.reduce(0) { $0 + $1.gradient[r] } / 3 + slope
      #expect(abs(Double(bitPattern: first.gradient![r]) - mean) <= 1e-12 * abs(mean))
    }
    let loss = grades.reduce(0) { $0 + $1.score.loss } / 3
    #expect(abs(first.fitness[0] + loss + 0.5 * 0.02) < 1e-12)
  }

  @Test("where every episode fails, the coefficients stay and the episodes are counted")
  func failing() throws {
    // No spike ever leaves the last hidden group.
    let plan = try plan { $0.network.threshold = 1e6 }
    let rows = try whole(plan, workers: 2).generations.filter { $0.name == "discovered" }
    for row in rows {
      #expect(row.skipped == 2 && row.gradient!.allSatisfy { Double(bitPattern: $0).isNaN })
      #expect(row.population == [plan.start.coefficients] && row.after == plan.start.coefficients)
      #expect(row.fitness == [-5])
    }
  }

  @Test("an episode without a finite gradient is left out of the mean and counted")
  func counts() {
    func score(_ outcome: Experiments.Outcome) -> EpisodeScore {
      EpisodeScore(loss: 1, accuracy: 0.5, outcome: outcome, firingRates: [])
    }
    #expect(GradedScore(score: score(.ok), gradient: [1, -2]).counts)
    #expect(!GradedScore(score: score(.ok), gradient: [1, .nan]).counts)
    #expect(!GradedScore(score: score(.ok), gradient: [-.infinity, 1]).counts)
    #expect(!GradedScore(score: score(.nan), gradient: [1, 1]).counts)
  }

  @Test("the final coefficients compete with their mean over the last tenth of the generations")
  func finalists() throws {
    let long = try whole(plan { $0.optimizer.generations = 25 }, workers: 2)
    #expect(long.choices[0].finalists == 2)
    let path = long.generations.filter { $0.name == "discovered" }.map { $0.after! }
    let means = path[24].indices.map { r in (path[23][r] + path[24][r]) / 2 }
    let chosen = long.choices[0].coefficients
    #expect(chosen == path[24] || zip(chosen, means).allSatisfy { abs($0 - $1) < 1e-15 })
    // The mean of one is that one, and a search of no generations keeps its start.
    #expect(try whole(plan { $0.optimizer.generations = 9 }, workers: 2).choices[0].finalists == 1)
    let none = try plan { $0.optimizer.generations = 0 }
    #expect(try whole(none, workers: 2).choices[0].coefficients == none.start.coefficients)
  }

  @Test("start values replace those of the page, for every optimiser")
  func starts() throws {
    for kind in ["meta-gradient", "cma-es"] {
      let plan = try SmallPlan.plan {
        $0.optimizer.kind = kind
        $0.optimizer.start = ["hebb": -0.25]
      }
      #expect(plan.start.coefficients == [0.02, -0.25])
      #expect(plan.start.slots.map(\.start) == [0.02, -0.25])
    }
    #expect(throws: SearchError.self) { try SmallPlan.plan { $0.optimizer.start = ["zeal": 1] } }
    #expect(throws: SearchError.self) { try SmallPlan.plan { $0.optimizer.start = ["eta": 2] } }
  }
}
