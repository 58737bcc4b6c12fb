import Rules

/// What one projection of three onto two neurons does when it is shown given quantities, in double precision: spikes
/// with double and coincident ones, activities, potentials, gains, errors, a third factor, noise.
///
/// Each of the rule's equations has rows of its own. A row holds what is given in a step, then traces and eligibility of
/// that step, `dw` and `db`, and the weights after it. The row `start` of an equation holds its first weights.
struct ProjectionTrace {
  static let preCount = 3
  static let postCount = 2
  static let samples = 4
  static let steps = 10
  /// Phases of a rule with `mirror` are shown by this many steps, at most.
  static let mirrorSteps = 3

  private let exported: ExportedRule
  private let read: [Quantity]
  private var table: TraceTable

  init(of exported: ExportedRule) {
    self.exported = exported
    let rule = exported.rule
    let state: Set<Quantity> = [.weight, .feedback, .eligibility, .fanIn, .fanOut, .step, .sample]
    read = Quantity.allCases.filter { rule.reads($0) && !state.contains($0) }
    var names = ["equation", "phase", "sample", "t"]
    for quantity in read { names += TraceTable.names(quantity.rawValue, Self.shape(quantity.owner)) }
    for trace in rule.traces { names += TraceTable.names(trace.name, Self.shape(trace.owner)) }
    let synapse = Self.shape(.synapse)
    if rule.eligibility != nil { names += TraceTable.names("elig", synapse) }
    names += TraceTable.names("dw", synapse)
    if rule.db != nil { names += TraceTable.names("db", synapse) }
    names += TraceTable.names("w", synapse)
    if rule.usesFeedback { names += TraceTable.names("b", synapse) }
    table = TraceTable(names)
    for (index, equation) in exported.equations.enumerated() { show(equation, index) }
  }

  /// The table with its header.
  var text: String {
    table.text(
      exported,
      notes: [
        "Expected weights of one projection, \(Self.preCount) presynaptic onto \(Self.postCount) postsynaptic neurons, in "
          + "double precision.",
        "A row is a step: what is given, then traces and eligibility, the changes, and the weights after it.",
        "Columns name_i_j belong to postsynaptic neuron i and presynaptic neuron j.",
      ])
  }

  private static func shape(_ owner: Owner) -> [Int] {
    switch owner {
    case .scalar: []
    case .pre: [preCount]
    case .post: [postCount]
    case .synapse: [postCount, preCount]
    }
  }

  private mutating func show(_ equation: RuleEquation, _ index: Int) {
    let rule = exported.rule
    let count = Self.preCount * Self.postCount
    var projection = InterpretedProjection<Double>(
      rule: rule, layer: equation.example, layerCount: exported.network.projectionCount,
      coefficients: exported.coefficients, preCount: Self.preCount, postCount: Self.postCount,
      weights: Self.uniform(ExportNetwork.Part.weights + 90, count, within: rule.weightBounds),
      feedback: Self.uniform(ExportNetwork.Part.feedback + 90, count, within: rule.feedbackBounds))
    let none = [Double](repeating: 0, count: count)
    let name = equation.suffix.isEmpty ? "dw" : equation.suffix
    let empty = ProjectionQuantities<Double>(preCount: Self.preCount, postCount: Self.postCount)
    append([name, "start", "0", "0"], empty, projection, dw: none, db: none)
    var mirrored = 0
    func mirror(_ steps: Int, _ sample: Int) {
      for step in 0..<min(steps, Self.mirrorSteps) {
        let given = Self.quantities(sample, Self.steps + mirrored)
        let db = projection.feedbackChange(given)
        projection.mirror(given)
        append([name, "mirror", "\(sample)", "\(step)"], given, projection, dw: none, db: db)
        mirrored += 1
      }
    }
    if let phases = rule.mirror { mirror(phases.before, 0) }
    for sample in 0..<Self.samples {
      projection.reset()
      for step in 0..<Self.steps {
        let given = Self.quantities(sample, step)
        projection.advance(given)
        let dw = projection.weightChange(given)
        let db = rule.mirror == nil ? projection.feedbackChange(given) : none
        projection.learn(given)
        if step == Self.steps - 1 { projection.endSample() }
        append([name, "learn", "\(sample)", "\(step)"], given, projection, dw: dw, db: db)
      }
      if let phases = rule.mirror { mirror(phases.each, sample) }
    }
  }

  private mutating func append(
    _ place: [String], _ given: ProjectionQuantities<Double>, _ projection: InterpretedProjection<Double>,
    dw: [Double], db: [Double]
  ) {
    let rule = exported.rule
    var values: [Double] = []
    for quantity in read { values += Self.values(of: quantity, in: given) }
    for trace in projection.traces { values += trace }
    values += projection.eligibility + dw
    if rule.db != nil { values += db }
    values += projection.weights + projection.feedback
    table.append(place + values.map(TraceTable.cell))
  }

  private static func uniform(_ part: UInt64, _ count: Int, within bounds: ClosedRange<Double>?) -> [Double] {
    let low = max(-1, bounds?.lowerBound ?? -1)
    let high = max(low, min(1, bounds?.upperBound ?? 1))
    return ExportNetwork.draws(part: part, count: count).map { low + (high - low) * $0 }
  }

  /// What is given at a step: uniform numbers in the ranges of the language. The first pre neuron spikes at steps 1 and 2
  /// of a sample, the first post neuron at 2 and 3, so that there are double and coincident spikes whatever is drawn.
  private static func quantities(_ sample: Int, _ step: Int) -> ProjectionQuantities<Double> {
    var given = ProjectionQuantities<Double>(preCount: preCount, postCount: postCount)
    let total = 64
    let draws = ExportNetwork.draws(
      part: ExportNetwork.Part.quantities, count: total, from: (sample * 2 * (steps + 8) + step) * total)
    var next = draws[...]
    func take(_ count: Int, _ low: Double, _ high: Double) -> [Double] {
      defer { next = next.dropFirst(count) }
      return next.prefix(count).map { low + (high - low) * $0 }
    }
    func spikes(_ count: Int) -> [Double] { take(count, 0, 1).map { $0 < 0.35 ? 1 : 0 } }
    (given.yPre, given.yPost) = (take(preCount, 0, 1), take(postCount, 0, 1))
    (given.sPre, given.sPost) = (spikes(preCount), spikes(postCount))
    if step == 1 || step == 2 { given.sPre[0] = 1 }
    if step == 2 || step == 3 { given.sPost[0] = 1 }
    (given.vPre, given.vPost) = (take(preCount, -1, 2), take(postCount, -1, 2))
    (given.psiPre, given.psiPost) = (take(preCount, 0.01, 1), take(postCount, 0.01, 1))
    (given.ePre, given.ePost) = (take(preCount, -1, 1), take(postCount, -1, 1))
    (given.noisePre, given.noisePost) = (take(preCount, -2, 2), take(postCount, -2, 2))
    given.noise = take(preCount * postCount, -2, 2)
    given.reward = take(1, -1, 1)[0] < 0 ? -1 : 1
    given.modulator = take(1, -1.5, 1.5)[0]
    given.loss = take(1, 0, 3)[0]
    given.step = Double(step)
    given.sample = Double(sample)
    return given
  }

  private static func values(of quantity: Quantity, in given: ProjectionQuantities<Double>) -> [Double] {
    switch quantity {
    case .yPre: given.yPre
    case .yPost: given.yPost
    case .sPre: given.sPre
    case .sPost: given.sPost
    case .vPre: given.vPre
    case .vPost: given.vPost
    case .psiPre: given.psiPre
    case .psiPost: given.psiPost
    case .ePre: given.ePre
    case .ePost: given.ePost
    // The row of the start has no noise.
    case .noisePre: given.noisePre.isEmpty ? [Double](repeating: 0, count: preCount) : given.noisePre
    case .noisePost: given.noisePost.isEmpty ? [Double](repeating: 0, count: postCount) : given.noisePost
    case .noise: given.noise.isEmpty ? [Double](repeating: 0, count: preCount * postCount) : given.noise
    case .modulator: [given.modulator]
    case .reward: [given.reward]
    case .loss: [given.loss]
    case .weight, .feedback, .eligibility, .step, .sample, .fanIn, .fanOut:
      preconditionFailure("\(quantity.rawValue) is no column of what is given")
    }
  }
}
