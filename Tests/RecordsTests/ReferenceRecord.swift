import Records

/// A small record with every group, the same on every call.
enum ReferenceRecord {
  static let parameters: [DiscoveryHeader.Parameter] = [
    .init(name: "eta", label: "\\eta", lower: 1e-5, upper: 1, initial: 0.015),
    .init(name: "hebb", lower: -1, upper: 1, initial: 0),
    .init(name: "oja", initial: 0, fixed: true),
  ]

  static let header = DiscoveryHeader(
    search: "cma-es", direction: .maximize, candidates: 4, parameters: parameters, tasks: ["fashion", "digits"],
    layers: ["hidden_1", "hidden_2"],
    measures: [
      .taskScore, .complexity, .penalty, .queryLoss, .episodesSkipped, .searchMean, .metaGradient, .stepSize,
      .axisRatio,
      .alignmentAngle, .orthonormality, .validationScore,
    ])

  static let identity = RecordIdentity(
    kind: .discovery, uuid: RecordIdentity.uuid(seed: 7), title: "Reference", created: "2026-01-31T12:00:00Z",
    softwareVersion: "0.1.0")

  static let provenance = Provenance(
    configText: "schema: 1\n# Grüße, 学习\n", configPath: "reference.yaml",
    configSHA256: String(repeating: "0", count: 64),
    configResolved: "{\"schema\":1}", masterSeed: .max - 1,
    libraries: [.init(name: "hdf5", version: "1.10.8"), .init(name: "swift", version: "6.3.1")],
    inputs: [.init(name: "train-images", role: "dataset", sha256: String(repeating: "a", count: 64), bytes: 26_421_880)]
  )

  static func session(_ number: Int) -> Session {
    Session(
      started: "2026-01-31T12:0\(number):00Z", host: "node1", commandLine: "metaplast discover reference.yaml",
      softwareVersion: "0.1.0", gitRevision: "0123abc", compiler: "Swift 6.3.1", os: "Debian 12", cpu: "x86-64",
      threads: 2)
  }

  /// Generation `g`, with numbers that name their place; candidate 2 of odd generations diverged.
  static func row(_ g: Int, header: DiscoveryHeader = header) -> GenerationRow {
    let n = header.candidates
    func measure(_ count: Int, _ offset: Double) -> [Double] { (0..<count).map { offset + Double(g) + Double($0) / 8 } }
    let fitness = (0..<n).map { g % 2 == 1 && $0 == 2 ? Double.nan : -1 / Double(1 + g + $0) }
    var measures: [DiscoveryHeader.Measure: [Double]] = [:]
    if header.measures.contains(.taskScore) { measures[.taskScore] = measure(n * header.tasks.count, 100) }
    if header.measures.contains(.complexity) { measures[.complexity] = measure(n, 10) }
    if header.measures.contains(.penalty) { measures[.penalty] = measure(n, 0) }
    if header.measures.contains(.searchMean) { measures[.searchMean] = measure(header.parameters.count, 200) }
    if header.measures.contains(.queryLoss) { measures[.queryLoss] = measure(n, 1) }
    if header.measures.contains(.episodesSkipped) { measures[.episodesSkipped] = measure(n, 0) }
    if header.measures.contains(.metaGradient) { measures[.metaGradient] = measure(header.parameters.count, -3) }
    if header.measures.contains(.alignmentAngle) { measures[.alignmentAngle] = measure(header.layers.count, 45) }
    if header.measures.contains(.orthonormality) { measures[.orthonormality] = measure(header.layers.count, 300) }
    if header.measures.contains(.stepSize) { measures[.stepSize] = [0.5 / Double(g + 1)] }
    if header.measures.contains(.axisRatio) { measures[.axisRatio] = [1 + Double(g)] }
    return GenerationRow(
      generation: g, population: (0..<n).map { c in header.parameters.indices.map { Double(g * 100 + c * 10 + $0) } },
      fitness: fitness, status: fitness.map { $0.isNaN ? .diverged : .ok }, attempts: fitness.map { _ in 1 },
      evaluationTime: (0..<n).map { 0.25 * Double($0 + 1) }, incumbentFitness: -1 / Double(g + n),
      incumbentParameter: header.parameters.indices.map { Double(g * 100 + (n - 1) * 10 + $0) }, medianFitness: -0.5,
      evaluations: (g + 1) * n, wallTime: Double(g) * 2.5, evaluationSeed: UInt64.max - UInt64(g), restart: 0,
      measures: measures)
  }

  static func state(_ g: Int, parameters: Int = 3) -> StateArrays {
    StateArrays(
      optimizer: "cma-es", version: 1, nextGeneration: g + 1,
      entries: [
        .init("mean", shape: [parameters], .doubles((0..<parameters).map { Double(g) + Double($0) })),
        .init(
          "covariance", shape: [parameters, parameters],
          .doubles((0..<parameters * parameters).map { 1 / Double(1 + g + $0) })),
        .init("sigma", shape: [], .doubles([0.3])),
        .init("rng_state", shape: [5], .words([1, 2, 3, .max, 5]), dimensions: ["rng_word"]),
        .init("history", shape: [6], .doubles([1, 2, 3, 4, 5, .nan])),
      ])
  }

  static let rules: [RuleRow] = [
    .init(
      name: "best", expression: "- eta*e_post*y_pre + oja*y_post*y_pre", latex: "-\\eta e_i y_j",
      ruleText: "rule: best\n",
      origin: .discovered, sha256: String(repeating: "b", count: 64), complexity: 9,
      terms: [.init("e_post*y_pre", -0.0335), .init("y_post*y_pre", 2e-5)]),
    .init(
      name: "feedback-alignment", expression: "- eta*e_post*y_pre", latex: "-\\eta e_i y_j",
      ruleText: "rule: feedback-alignment\n", origin: .baseline, sha256: String(repeating: "c", count: 64),
      complexity: 5,
      terms: [.init("e_post*y_pre", -0.015)]),
  ]

  static var evaluation: EvaluationTable {
    var table = EvaluationTable(
      ways: 5, queriesPerClass: 20, rules: ["best", "feedback-alignment", "nearest-class-mean"], tasks: ["fashion"],
      shots: [50], seeds: Array(0..<6), steps: [250], layers: ["hidden_1", "hidden_2"])
    for run in table.status.indices {
      table.accuracy[run] = 0.5 + Float(run) / 64
      table.loss[run] = 1.5 - Float(run) / 64
      table.status[run] = .ok
      table.runTime[run] = 0.125
    }
    table.firingRate = (0..<table.status.count * 2).map { Float($0) }
    table.split = "test"
    table.shard = "1/2"
    table.taskFacts = [
      TaskFacts(data: "fashion", ways: 5, queries: 20, neuron: "lif", hidden: "170 100", credit: "random")
    ]
    table.axes = ["depth", "network.neuron"]
    table.axisValues = ["2", "lif"]
    table.runSeeds = [1, 1, 1, 2, 2, 2]
    table.episodes = [0, 1, 2, 0, 1, 2]
    table.reasons = ["", "", "no such data"]
    return table
  }

  /// The networks of two runs of the first rule.
  static let weights: KeptWeights = {
    let shapes = [KeptWeights.Shape(post: 2, pre: 3), KeptWeights.Shape(post: 5, pre: 2)]
    func matrices(_ first: Float) -> [[Float]] {
      shapes.map { shape in (0..<shape.count).map { first + Float($0) / 8 } }
    }
    let runs = (0..<2).map { EpisodeWeights(initial: matrices(Float($0)), final: matrices(-Float($0))) }
    return KeptWeights(shapes: shapes, kept: [0, 1], runs: runs + [EpisodeWeights?](repeating: nil, count: 4))
  }()

  /// Two systems with two seeds; the last run has an epoch before it.
  static var training: TrainingLog {
    func system(_ name: String, epochs: Int) -> TrainingLog.System {
      .init(
        name: name, credit: "layerwise", rule: "best", neuron: "tanh", hidden: "15C5-P2-30", optimizer: "sgd, rate 0.1",
        parameters: 7, batch: 4, epochs: epochs)
    }
    var log = TrainingLog(
      data: "digits", baseline: "backprop", systems: [system("backprop", epochs: 3), system("alignment", epochs: 2)],
      seeds: [4, 5], layerCount: 2, labels: [0, 1, 2, 2, 1, 0], sources: [10, 11, 12, 20, 21, 22])
    log.epochsDone = [3, 3, 2, 1]
    log.runStatus = [.ok, .diverged, .silent, .pending]
    for run in 0..<4 {
      for epoch in 0..<log.epochsDone[run] {
        let place = run * 3 + epoch
        (log.trainLoss[place], log.testLoss[place]) = (1 / Double(place + 1), 2 / Double(place + 1))
        (log.trainAccuracy[place], log.testAccuracy[place]) = (Double(place) / 16, Double(place) / 32)
        (log.wallTime[place], log.epochStatus[place]) = (0.5, .ok)
        log.rates[place * 2] = Double(place) / 64
      }
      for sample in 0..<3 { log.answers[run * 3 + sample] = (run + sample) % 3 }
    }
    return log
  }

  static let trainingStates = [
    TrainingState(system: 1, seed: 1, epoch: 1, steps: 9, weights: [1, 2, 0.5], means: [0.25, -1, 3], squares: [])
  ]

  static var findings: Findings {
    var findings = Findings(rules: evaluation.rules, tasks: ["fashion"], shots: [50], baseline: "feedback-alignment")
    findings.episodes = [6, 6, 0]
    findings.rank = [1, 2, 3]
    for (place, measure) in Findings.Measure.allCases.enumerated() {
      findings.measures[measure] = [Double(place) / 8, Double(place) / 16, .nan]
    }
    var terms = TermImportance(terms: ["dw: -eta*e_post*y_pre", "dw: -hebb*e_post*e_pre"], rules: 3)
    (terms.drop, terms.low) = ([0.5, 0.125, .nan, .nan, .nan, .nan], [0.25, -0.125, .nan, .nan, .nan, .nan])
    terms.high = [0.75, 0.25, .nan, .nan, .nan, .nan]
    findings.terms = terms
    findings.summary = "The first is **best**."
    findings.sources = [
      FindingsSource(
        name: "run-1.h5", uuid: RecordIdentity.uuid(seed: 8), kind: "evaluation",
        sha256: String(repeating: "0", count: 64))
    ]
    findings.ruleSources = ["run-1.h5", "run-1.h5", ""]
    return findings
  }

  /// The record in memory with `generations` generations of one session; complete when `finished`.
  static func make(generations: Int = 3, finished: Bool = true) throws -> RunRecord {
    let record = try RunRecord.create("reference.h5", identity, provenance: provenance, discovery: header)
    try record.beginSession(session(0))
    for g in 0..<generations { try record.append(row(g)) }
    if generations > 0 { try record.setState(state(generations - 1)) }
    if finished { try finish(record) }
    return record
  }

  static func finish(_ record: RunRecord) throws {
    try record.setArchive([
      .init(fitness: -0.2, complexity: 9, expression: "best", foundAt: 2, parameter: [1, 2, 3]),
      .init(fitness: -0.3, foundAt: 0, parameter: [4, 5, 6]),
    ])
    try record.setRules(rules)
    try record.setEvaluation(evaluation)
    try record.setWeights(weights)
    try record.setTraining(training, trainingStates)
    try record.setFindings(findings)
    try record.endSession(exitReason: "complete", ended: "2026-01-31T12:30:00Z")
    try record.setStatus(.complete)
  }

  static let modified = "2026-01-31T12:30:00Z"
}
