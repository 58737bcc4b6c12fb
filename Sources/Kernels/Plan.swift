import Arithmetic
import CKernels
import Rules

/// The fast form of a rule for one projection: compiled once per network and set of active coefficients, bound to
/// coefficient values, then run at every step.
///
/// Agrees with the interpreter; only the order of additions differs (tested for every rule page: 1e-10 in `Double`).
/// Running allocates nothing.
///
/// Changes are either swept into the weights at once, or deferred: kept as products of vectors and written once a
/// sample, which is the same rule in another order of additions.
public final class Plan<Scalar: KernelScalar> {
  private let view: ProjectionView<Scalar>
  private let arena = Arena()
  private let coefficients: [UnsafeMutablePointer<Scalar>]
  private let slots: [Int]
  private var traces: [(address: UnsafeMutablePointer<Scalar>, count: Int)] = []
  private var traceOperations: [Operation<Scalar>] = []
  private var traceFixed: [Operation<Scalar>] = []
  private var eligibility: UnsafeMutablePointer<Scalar>?
  private var eligibilityProgram: SweepProgram<Scalar>?
  private var change: UnsafeMutablePointer<Scalar>?
  @exclusivity(unchecked) private var changed = false
  /// Samples whose changes are held back.
  @exclusivity(unchecked) private var held = 0
  private let update: SweepProgram<Scalar>?
  private let deferred: DeferredProgram<Scalar>?
  private let ahead: AheadProgram<Scalar>?
  private let bounds: ClosedRange<Double>?
  private let feedback: FeedbackUpdate<Scalar>?
  private let mirror: MirrorPhases?
  private let noise: PlanNoise<Scalar>
  /// Whether traces or eligibility read noise, which then is drawn before they move.
  private let statefulReadsNoise: Bool

  /// Quantities the rule reads in this projection.
  public private(set) var reads: Set<Quantity>

  /// True when traces or eligibility take in the teaching signal, which then must come at every step.
  public let statefulReadsError: Bool

  /// Bytes the plan holds.
  public var byteCount: Int { arena.byteCount }

  /// How changes reach the weights.
  public typealias Form = PlanForm

  /// How changes reach the weights: the form wanted, or the next that the rule and the credit pathway allow.
  public var form: Form { ahead != nil ? .ahead : deferred != nil ? .deferred : .swept }

  /// Compiles `rule` for one projection.
  ///
  /// - Parameters:
  ///   - rule: the rule; a `db` moves `view.feedback`, which must be there.
  ///   - layer: the projection, counted from 1 at the input.
  ///   - layerCount: number of projections.
  ///   - isActive: per coefficient slot, false where its value is 0 so that its terms cost nothing.
  ///   - view: the projection's arrays.
  ///   - form: the form wanted; nil for the one that `PlanCost` expects to be fastest.
  public init(
    rule: Rule, layer: Int, layerCount: Int, isActive: [Bool], view: ProjectionView<Scalar>, form: Form? = nil
  ) {
    self.view = view
    let rule = rule.moving(in: view.samplesHeld)
    let allSlots = rule.coefficientSlots(layerCount: layerCount)
    precondition(isActive.count == allSlots.count, "\(isActive.count) coefficients, \(allSlots.count) slots")
    noise = PlanNoise(projection: layer - 1, view, arena)
    mirror = rule.mirror
    var builder = ValueBuilder(view: view, arena: arena, noise: noise)
    var addresses: [UnsafeMutablePointer<Scalar>] = []
    var mine: [Int] = []
    var inactive: Set<String> = []
    for (index, slot) in allSlots.enumerated() where slot.layer == nil || slot.layer == layer {
      let cell = arena.allocate(1, of: Scalar.self)
      addresses.append(cell)
      mine.append(index)
      builder.coefficients[slot.name] = UnsafePointer(cell)
      if !isActive[index] { inactive.insert(slot.name) }
    }
    coefficients = addresses
    slots = mine

    let wanted = PlanTerms(rule, layer: layer, layerCount: layerCount, inactive: inactive)
    let terms = wanted.live
    let shape = PlanShape(view, isInput: layer == 1)
    let chosen =
      form.map { PlanCost.nearestForm(to: $0, of: wanted, rule, in: shape) }
      ?? PlanCost.cheapestForm(of: wanted, rule, in: shape)
    var stateful: Set<Quantity> = []
    let kept = wanted.traces
    for trace in kept {
      let isPre = trace.owner == .pre
      let count = isPre ? view.preCount : view.postCount
      let address = arena.allocate(isPre ? view.preCount : view.columns, of: Scalar.self)
      if trace.of == .quantity(.sPost) { builder.spikeTraces[trace.name] = trace.decay }
      builder.traces[trace.name] = Value(address: address, place: isPre ? .pre : .post)
      traces.append((address, count))
    }
    for (trace, state) in zip(kept, traces) {
      let value = builder.value(trace.of)
      builder.vectors.append(
        Operation(
          kind: .trace(keep: Scalar(trace.decay)), n: state.count, y: state.address,
          a: trace.owner == .pre ? builder.preVector(value) : builder.postVector(value)))
    }
    traceOperations = builder.vectors
    traceFixed = builder.fixed
    stateful.formUnion(builder.reads)

    // Values that read traces are made anew after the traces have moved.
    builder = builder.withoutPrograms()
    let size = view.preCount * view.columns
    if wanted.readsEligibility, let declared = rule.eligibility {
      let matrix = arena.allocate(size, of: Scalar.self)
      let program = SweepProgram(
        terms: wanted.eligibility, target: matrix, keep: Scalar(declared.decay), clip: nil, builder: builder)
      eligibility = matrix
      eligibilityProgram = program
      builder.eligibility = matrix
      stateful.formUnion(program.reads)
    }
    bounds = rule.weightBounds
    let takesEffect = rule.every == .step
    switch chosen {
    case .ahead:
      let program = AheadProgram(terms: shape.aheadTerms(wanted)!, takesEffect: takesEffect, builder: builder)
      (ahead, deferred, update) = (program, nil, nil)
      reads = stateful.union(program.reads)
    case .deferred:
      let program = DeferredProgram(terms: terms, takesEffect: takesEffect, builder: builder)
      (ahead, deferred, update) = (nil, program, nil)
      reads = stateful.union(program.reads)
    case .swept:
      var target = view.weights
      if !takesEffect {
        let matrix = arena.allocate(size, of: Scalar.self)
        change = matrix
        target = matrix
      }
      let program = SweepProgram(
        terms: terms, target: target, keep: nil, clip: takesEffect ? rule.weightBounds : nil, builder: builder)
      (ahead, deferred, update) = (nil, nil, program)
      reads = stateful.union(program.reads)
    }
    // Bounds hold also where every term of db is switched off.
    feedback =
      wanted.feedback.isEmpty && rule.feedbackBounds == nil ? nil : FeedbackUpdate(wanted.feedback, rule, builder)
    if let feedback { reads.formUnion(feedback.reads) }
    statefulReadsNoise = !stateful.isDisjoint(with: [.noisePre, .noisePost, .noise])
    statefulReadsError = !stateful.isDisjoint(with: [.ePre, .ePost, .loss, .reward, .modulator])
  }

  /// Begins an episode: sets the values of all coefficient slots and the noise that rules may read.
  public func bind(_ values: [Double], noise draws: NoiseDraws = NoiseDraws(seed: 0, lane: 0, episode: 0)) {
    for (cell, slot) in zip(coefficients, slots) { cell[0] = Scalar(values[slot]) }
    noise.begin(draws)
    held = 0
    for operation in traceFixed { operation.run(view, scratch) }
    eligibilityProgram?.bind()
    update?.bind()
    feedback?.bind()
    deferred?.bind()
    ahead?.bind()
  }

  /// Zeroes traces, eligibility and the summed change: the start of a sample.
  @specialized(where Scalar == Float)
  public func reset() {
    for trace in traces { Scalar.fill(trace.count, trace.address, with: 0) }
    if let eligibility { zero(eligibility) }
    if let change, changed { zero(change) }
    if changed, mirror == nil { feedback?.reset() }
    if let deferred { for filter in deferred.filters { filter.reset() } }
    if let ahead, let input = view.input { ahead.reset(input) }
    changed = false
  }

  /// Whether any vector of the pre group is read at a step.
  public var readsPre: Bool {
    ahead == nil || !traces.isEmpty || !reads.isDisjoint(with: [.yPre, .sPre, .vPre, .psiPre, .ePre])
  }

  /// Whether anything has to follow every step: traces, eligibility, or what a deferred form keeps.
  public var follows: Bool {
    !traceOperations.isEmpty || eligibilityProgram != nil || ahead != nil || !(deferred?.filters.isEmpty ?? true)
  }

  /// Moves traces, then eligibility, by one step.
  @specialized(where Scalar == Float)
  public func advance() {
    if statefulReadsNoise { noise.draw() }
    for operation in traceOperations { operation.run(view, scratch) }
    eligibilityProgram?.run()
    if let deferred { for filter in deferred.filters { filter.advance() } }
    ahead?.advance()
  }

  /// Changes the weights, or what will be added to them at the end of the sample.
  @specialized(where Scalar == Float)
  public func learn() {
    if !statefulReadsNoise { noise.draw() }
    // Both changes are of the old weights.
    let feedback = mirror == nil ? feedback : nil
    feedback?.run()
    update?.run()
    deferred?.run()
    ahead?.run()
    feedback?.endStep()
    changed = true
  }

  /// Whether `db` has phases of its own.
  public var mirrors: Bool { mirror != nil && feedback != nil }

  /// Step `index` of the episode's mirror phases, counted from 0: `db` alone, from noise and weights.
  @specialized(where Scalar == Float)
  public func mirror(step index: Int) {
    guard mirror != nil, let feedback else { return }
    noise.draw(mirrorStep: index)
    feedback.run()
    feedback.apply()
  }

  /// Ends a sample: writes what is pending, the sum of its changes when the rule moves weights once a sample. A deferred
  /// plan may hold changes of `samplesHeld` samples.
  @specialized(where Scalar == Float)
  public func endSample() {
    if let ahead {
      ahead.write()
      if changed { clip() }
      changed = false
      return
    }
    guard changed else { return }
    changed = false
    if mirror == nil { feedback?.endSample() }
    if deferred != nil {
      held += 1
      if held < view.samplesHeld { return }
      held = 0
      view.matrix.write()
      clip()
    } else if let change {
      Scalar.addScaled(view.preCount * view.columns, view.weights, factor: 1, change)
      clip()
      zero(change)
    }
  }

  /// Writes what is held back; called when the last sample has ended.
  public func endEpisode() {
    guard held > 0 else { return }
    held = 0
    view.matrix.write()
  }

  private func clip() {
    guard let bounds else { return }
    let low = Scalar(bounds.lowerBound)
    let high = Scalar(bounds.upperBound)
    Scalar.elementwise(
      Int32(MP_CLIP), view.preCount * view.columns, into: view.weights, view.weights, 1, [low], 0, [high], 0)
    view.matrix.baseChanged()
  }

  private var scratch: UnsafeMutablePointer<UInt32> { scratchStorage }
  private lazy var scratchStorage = arena.allocate(max(view.preCount, view.columns), of: UInt32.self)

  private func zero(_ matrix: UnsafeMutablePointer<Scalar>) {
    Scalar.fill(view.preCount * view.columns, matrix, with: 0)
  }
}

extension Rule {
  /// The rule where samples are of one step, so that once a sample is every step; `held` is 1 elsewhere.
  func moving(in held: Int) -> Rule {
    var rule = self
    if held > 1 { rule.every = .step }
    return rule
  }
}
