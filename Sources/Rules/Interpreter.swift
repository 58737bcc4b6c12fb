import RealModule

/// One projection that learns by a rule, interpreted: slow, obvious, and the definition of what a rule means.
///
/// The order of one step is the step contract: `advance` (traces decay and take in what they follow, then the
/// eligibility), then `learn` (all changes from the *old* weights, added, then clipped). A quantity of this step is
/// therefore already part of a trace when weights move: with `x_pre: {of: s_pre, …}` and `dw: s_post * x_pre`, a post
/// spike sees a pre spike of the same step at its full height. A rule that wants the trace of strictly earlier spikes
/// writes `x_pre - s_pre`.
public struct InterpretedProjection<Scalar: Real & BinaryFloatingPoint & Sendable>: Sendable {
  /// The rule.
  public let rule: Rule
  /// Presynaptic neurons.
  public let preCount: Int
  /// Postsynaptic neurons.
  public let postCount: Int
  /// Forward weights, [post, pre] row-major.
  public var weights: [Scalar]
  /// Feedback weights, [post, pre] row-major; empty when the rule neither reads nor changes them.
  public var feedback: [Scalar]
  /// The eligibility, [post, pre] row-major; empty when the rule declares none.
  public private(set) var eligibility: [Scalar]
  /// Every trace's values on its side, in the order of the page.
  public private(set) var traces: [[Scalar]]

  private let dw: Expression
  private let coefficients: [String: Scalar]
  private var waitingWeightChange: [Scalar] = []
  private var waitingFeedbackChange: [Scalar] = []

  /// Makes a projection with traces, eligibility and waiting changes at 0.
  /// - Parameters:
  ///   - rule: a checked rule.
  ///   - layer: which projection of the network this is, counted from 1 at the input.
  ///   - layerCount: number of projections of the network.
  ///   - coefficients: flat vector, laid out as `Rule.coefficientSlots(layerCount:)`.
  ///   - preCount: presynaptic neurons.
  ///   - postCount: postsynaptic neurons.
  ///   - weights: forward weights, [post, pre] row-major.
  ///   - feedback: feedback weights of the same shape; may be empty when the rule neither reads nor changes them.
  public init(
    rule: Rule, layer: Int, layerCount: Int, coefficients: [Double], preCount: Int, postCount: Int, weights: [Scalar],
    feedback: [Scalar] = []
  ) {
    precondition(
      weights.count == preCount * postCount, "\(preCount) onto \(postCount) neurons take no \(weights.count) weights")
    precondition(
      feedback.count == weights.count || (feedback.isEmpty && !rule.usesFeedback),
      "rule \(rule.name) needs \(weights.count) feedback weights, not \(feedback.count)")
    self.rule = rule
    self.preCount = preCount
    self.postCount = postCount
    self.weights = weights
    self.feedback = rule.usesFeedback ? feedback : []
    dw = rule.dw(layer: layer, layerCount: layerCount)
    self.coefficients = rule.coefficientValues(coefficients, layer: layer, layerCount: layerCount)
      .mapValues { Scalar($0) }
    eligibility = []
    traces = []
    reset()
  }

  /// Starts a sample: traces, eligibility and waiting changes go to 0. Weights stay.
  public mutating func reset() {
    let zeros = [Scalar](repeating: 0, count: weights.count)
    traces = rule.traces.map { [Scalar](repeating: 0, count: $0.owner == .pre ? preCount : postCount) }
    eligibility = rule.eligibility == nil ? [] : zeros
    waitingWeightChange = rule.every == .sample ? zeros : []
    waitingFeedbackChange = rule.every == .sample && rule.db != nil ? zeros : []
  }

  /// Takes in one step: every trace in the order of the page, `x ← decay · x + of`, then the eligibility likewise.
  ///
  /// A trace that names itself or one declared below it reads what the step before left there.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public mutating func advance(_ quantities: ProjectionQuantities<Scalar>) {
    var evaluation = evaluation(quantities)
    for (index, trace) in rule.traces.enumerated() {
      let added = evaluation.values(of: trace.of, over: trace.owner)
      traces[index] = zip(traces[index], added).map { Scalar(trace.decay) * $0 + $1 }
      evaluation.traces[trace.name] = (trace.owner, traces[index])
    }
    if let rule = rule.eligibility {
      let added = evaluation.values(of: rule.of, over: .synapse)
      eligibility = zip(eligibility, added).map { Scalar(rule.decay) * $0 + $1 }
    }
  }

  /// `dw` from the present weights, [post, pre].
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func weightChange(_ quantities: ProjectionQuantities<Scalar>) -> [Scalar] {
    evaluation(quantities).values(of: dw, over: .synapse)
  }

  /// `db` from the present weights, [post, pre]; empty when the rule has none.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func feedbackChange(_ quantities: ProjectionQuantities<Scalar>) -> [Scalar] {
    rule.db.map { evaluation(quantities).values(of: $0, over: .synapse) } ?? []
  }

  /// Adds changes to the weights, then clips both to their bounds.
  /// - Parameters:
  ///   - weightChange: [post, pre].
  ///   - feedbackChange: [post, pre], or empty.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public mutating func apply(weightChange: [Scalar], feedbackChange: [Scalar] = []) {
    weights = moved(weights, by: weightChange, within: rule.weightBounds)
    if !feedbackChange.isEmpty { feedback = moved(feedback, by: feedbackChange, within: rule.feedbackBounds) }
  }

  /// Learns from one step, after `advance`: applies the change at once (`every: step`) or keeps it (`every: sample`).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public mutating func learn(_ quantities: ProjectionQuantities<Scalar>) {
    let weightChange = weightChange(quantities)
    let feedbackChange = rule.mirror == nil ? feedbackChange(quantities) : []
    switch rule.every {
    case .step: apply(weightChange: weightChange, feedbackChange: feedbackChange)
    case .sample:
      waitingWeightChange = zip(waitingWeightChange, weightChange).map { $0 + $1 }
      waitingFeedbackChange = zip(waitingFeedbackChange, feedbackChange).map { $0 + $1 }
    }
  }

  /// One step of a mirror phase: `db` alone, applied at once whatever the cadence.
  /// - Precondition: the rule has mirror phases; of `quantities`, its `db` reads noise and scalars alone.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public mutating func mirror(_ quantities: ProjectionQuantities<Scalar>) {
    precondition(rule.mirror != nil, "rule \(rule.name) has no mirror phases")
    feedback = moved(feedback, by: feedbackChange(quantities), within: rule.feedbackBounds)
  }

  /// Ends a sample: applies what `every: sample` has kept, once.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public mutating func endSample() {
    guard rule.every == .sample else { return }
    apply(weightChange: waitingWeightChange, feedbackChange: rule.mirror == nil ? waitingFeedbackChange : [])
    waitingWeightChange = waitingWeightChange.map { _ in 0 }
    waitingFeedbackChange = waitingFeedbackChange.map { _ in 0 }
  }

  private func evaluation(_ quantities: ProjectionQuantities<Scalar>) -> Evaluation<Scalar> {
    precondition(
      quantities.preCount == preCount && quantities.postCount == postCount,
      "quantities of \(quantities.preCount) onto \(quantities.postCount) neurons for \(preCount) onto \(postCount)")
    let named = zip(rule.traces, traces).map { ($0.name, (owner: $0.owner, values: $1)) }
    return Evaluation(
      quantities: quantities, weights: weights, feedback: feedback, eligibility: eligibility,
      coefficients: coefficients, traces: Dictionary(named, uniquingKeysWith: { first, _ in first }))
  }

  private func moved(_ values: [Scalar], by change: [Scalar], within bounds: ClosedRange<Double>?) -> [Scalar] {
    precondition(values.count == change.count, "\(change.count) changes for \(values.count) weights")
    return zip(values, change).map { value, change in
      guard let bounds else { return value + change }
      return Elementwise.apply(.clip, [value + change, Scalar(bounds.lowerBound), Scalar(bounds.upperBound)])
    }
  }
}

extension Rule {
  /// Whether the rule reads or changes the feedback weights `b`.
  public var usesFeedback: Bool {
    db != nil || equations.contains { $0.reads(.feedback) || $0.passesFeedback }
  }

  /// Everything that is worked out: weight changes, the eligibility and the traces.
  private var equations: [Expression] {
    [dw, db].compactMap { $0 } + layers.map(\.dw) + [eligibility?.of].compactMap { $0 } + traces.map(\.of)
  }

  /// Whether a vector passes through the feedback weights anywhere: `back_b`, `ahead_b`.
  public var passesFeedback: Bool { equations.contains { $0.passesFeedback } }

  /// Whether a weight change, the eligibility or a trace reads `quantity`.
  public func reads(_ quantity: Quantity) -> Bool {
    equations.contains { $0.reads(quantity) }
  }
}
