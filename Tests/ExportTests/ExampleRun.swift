import Export
import Records

/// Contents of a small run, made of numbers that name their place.
enum ExampleRun {
  static let hostile = "<script>alert('&\"]]>')</script>\u{0}\u{8}`*_$"

  static let header = DiscoveryHeader(
    search: "cma-es", direction: .maximize, candidates: 4,
    parameters: [
      .init(name: "eta", lower: 1e-5, upper: 1, initial: 0.015), .init(name: "hebb", lower: -1, upper: 1, initial: 0),
    ], tasks: ["digits"], measures: [.searchMean, .stepSize, .axisRatio])

  static func contents(title: String = "example, seed 3", generations: Int = 5, episodes: Int = 10) -> RunContents {
    return RunContents(
      identity: RecordIdentity(
        kind: .discovery, status: .complete, uuid: RecordIdentity.uuid(seed: 3), title: title,
        created: "2026-01-31T12:00:00Z", softwareVersion: "0.1.0"),
      provenance: Provenance(
        configText: "schema: 1\nexperiment: \(title)\n", configPath: "example.yaml",
        configSHA256: String(repeating: "0", count: 64), configResolved: "{}", masterSeed: 3,
        libraries: [.init(name: "hdf5", version: "1.10.8")],
        inputs: [.init(name: "digits.csv", role: "dataset", sha256: String(repeating: "a", count: 64), bytes: 1000)]),
      sessions: [
        Session(
          started: "2026-01-31T12:00:00Z", ended: "2026-01-31T12:01:00Z", host: "node",
          commandLine: "metaplast discover example.yaml", softwareVersion: "0.1.0", gitRevision: "0123abc",
          compiler: "Swift", os: "Linux", cpu: "x86-64", exitReason: "complete", threads: 2, firstGeneration: 0,
          lastGeneration: generations - 1)
      ], course: SearchCourse(header, (0..<generations).map(generation)), rules: rules,
      evaluation: evaluation(episodes: episodes))
  }

  /// Generation `g`; candidate 3 of odd generations diverged, far off.
  static func generation(_ g: Int) -> GenerationRow {
    let step = Double(g)
    let fitness = (0..<4).map { g % 2 == 1 && $0 == 3 ? -50 : -1.5 + 0.1 * step - 0.05 * Double($0) }
    return GenerationRow(
      generation: g, population: (0..<4).map { [0.01 * (step + 1) + 0.001 * Double($0), -0.01 * Double($0)] },
      fitness: fitness, status: fitness.map { $0 < -10 ? .diverged : .ok }, attempts: [1, 1, 1, 1],
      evaluationTime: [0.5, 0.5, 0.5, 0.5], incumbentFitness: -1.5 + 0.1 * step,
      incumbentParameter: [0.01 * (step + 1), 0], medianFitness: -1.575 + 0.1 * step, evaluations: 4 * (g + 1),
      wallTime: step, evaluationSeed: 3,
      measures: [.searchMean: [0.011 * (step + 1), -0.015], .stepSize: [1 / (step + 1)], .axisRatio: [1 + step]])
  }

  /// A descent of three coefficients; every tenth episode failed, and angles fall from 90 degrees.
  static func descent(
    generations: Int = 40, penalty: Double = 0, layers: Bool = true
  ) -> RunContents {
    var contents = contents(title: "descent, seed 3", generations: 0)
    let header = DiscoveryHeader(
      search: "meta-gradient", direction: .maximize, outerStep: "episode", candidates: 1,
      parameters: ["eta", "hebb", "oja"].map { .init(name: $0, lower: -1, upper: 1, initial: 0) }, tasks: ["digits"],
      layers: ["input", "hidden_1", "hidden_2", "readout"],
      measures: [
        .taskScore, .penalty, .queryLoss, .episodesScored, .episodesSkipped, .searchMean, .metaGradient, .stepSize,
        .alignmentAngle, .orthonormality,
      ])
    let rows = (0..<generations).map { g in
      let (t, failed) = (Double(g) / Double(generations), g % 10 == 9)
      let noise = Double((g * 7) % 11) / 50
      let loss = failed ? 5 : 2.3 - 1.5 * t + noise
      let theta = [0.03 * t, -0.13 * t * t, 0.01 * t]
      return GenerationRow(
        generation: g, population: [theta], fitness: [-loss - penalty], status: [failed ? .diverged : .ok],
        attempts: [1], evaluationTime: [0.1], incumbentFitness: -1, incumbentParameter: theta,
        medianFitness: -loss - penalty, evaluations: g + 1, wallTime: Double(g), evaluationSeed: 3,
        measures: [
          .taskScore: [failed ? 0.1 : 0.2 + 0.6 * t + noise], .penalty: [penalty], .queryLoss: [loss],
          .episodesScored: [1], .episodesSkipped: [failed ? 1 : 0], .searchMean: theta,
          .metaGradient: failed ? [.nan, .nan, .nan] : [-2 * (1 - t), 0.5, -noise], .stepSize: [1e-3],
          .alignmentAngle: failed || !layers
            ? [.nan, .nan, .nan, .nan] : [88 - noise * 20, 86 - 30 * t - noise * 30, 84 - 60 * t - noise * 30, 0],
          .orthonormality: layers ? [.nan, 20 * (1 - t) + noise, 5 + noise, 1 + noise] : [.nan, .nan, .nan, .nan],
        ])
    }
    contents.course = SearchCourse(header, rows)
    return contents
  }

  /// An evaluation that looked into its episodes at 0, 10 and 250 samples, on two tasks with two numbers of shots; angles
  /// fall, and the episodes of the second task are the first one's.
  static func diagnosis(episodes: Int = 6) -> RunContents {
    var contents = contents(title: "diagnosis, seed 3", generations: 0)
    contents.course = nil
    contents.identity.kind = .evaluation
    var table = EvaluationTable(
      ways: 5, queriesPerClass: 20, rules: ["discovered", "feedback-alignment", "nearest-class-mean"],
      tasks: ["digits", "fashion-mnist"], shots: [10, 50], seeds: Array(0..<episodes), steps: [0, 10, 50, 250],
      layers: ["hidden_1", "hidden_2", "readout"])
    let width = table.layers.count
    let empty = [Float](repeating: .nan, count: table.accuracy.count * width)
    var (angle, rate, norm, silent) = (empty, empty, empty, empty)
    table.onlineAccuracy = table.accuracy.map { _ in Float.nan }
    for rule in 0..<3 {
      for task in 0..<2 {
        for shot in 0..<2 {
          for seed in 0..<episodes {
            let run = table.index(rule: rule, task: task, shot: shot, seed: seed)
            table.status[run] = .ok
            let last = shot == 0 ? 2 : 3
            for step in 0...last where rule < 2 || step == last {
              let place = run * 4 + step
              let noise = 0.01 * Float((seed * 7 + step * 3) % 5)
              table.accuracy[place] = 0.2 + Float(step) * (0.15 - 0.05 * Float(rule)) + noise
              guard rule < 2 else { continue }
              table.loss[place] = 1.6 - 0.3 * Float(step) + noise
              if step > 0 { table.onlineAccuracy![place] = 0.2 + 0.1 * Float(step) }
              for layer in 0..<3 {
                angle[place * width + layer] = layer == 2 ? 0 : 90 - Float(20 * step * (2 - rule) / 2) + 100 * noise
                norm[place * width + layer] = 3 + Float(step)
                guard layer < 2 else { continue }
                rate[place * width + layer] = 50 + 10 * Float(layer)
                silent[place * width + layer] = 0.1 * Float(layer)
              }
            }
          }
        }
      }
    }
    (table.alignmentAngle, table.firingRate, table.weightNorm, table.silentShare) = (angle, rate, norm, silent)
    contents.evaluation = table
    return contents
  }

  static let rules: [RuleRow] = [
    .init(
      name: "discovered", expression: "dw = -0.0335*e_post*y_pre + 0.0159*e_post*e_pre", latex: "-0.0335 e_i y_j",
      ruleText: "schema: 1\nrule: discovered\n", origin: .discovered, sha256: String(repeating: "b", count: 64),
      complexity: 9, terms: [.init("e_post*y_pre", -0.0335), .init("e_post*e_pre", 0.0159)]),
    .init(
      name: "start", expression: "dw = -0.015*e_post*y_pre", latex: "-0.015 e_i y_j", ruleText: "schema: 1\n",
      origin: .user, sha256: String(repeating: "c", count: 64), complexity: 5, terms: [.init("e_post*y_pre", -0.015)]),
  ]

  /// Rule r is right in 0.8 − 0.1·r of the queries, give or take the episode; the last has no network.
  static func evaluation(episodes: Int) -> EvaluationTable {
    var table = EvaluationTable(
      ways: 5, queriesPerClass: 20,
      rules: ["discovered", "start", "feedback-alignment", "backprop", "nearest-class-mean"], tasks: ["digits"],
      shots: [50], seeds: Array(0..<episodes), steps: [250], layers: ["hidden_1", "hidden_2"])
    table.firingRate = [Float](repeating: .nan, count: table.status.count * 2)
    for rule in table.rules.indices {
      for episode in 0..<episodes {
        let run = table.index(rule: rule, seed: episode)
        table.accuracy[run] = 0.8 - 0.1 * Float(rule) + 0.01 * Float(episode % 5)
        table.status[run] = .ok
        guard rule < 4 else { continue }
        table.loss[run] = 1 + 0.1 * Float(rule)
        table.firingRate![2 * run] = 100 + 10 * Float(rule)
        table.firingRate![2 * run + 1] = 50
      }
    }
    return table
  }
}
