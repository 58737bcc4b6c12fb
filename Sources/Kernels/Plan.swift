import CKernels
import Rules

/// The fast form of a rule for one projection: compiled once per network and set of active coefficients, bound to
/// coefficient values, then run at every step.
///
/// Agrees with the interpreter; only the order of additions differs (tested for every rule page: 1e-10 in `Double`).
/// Running allocates nothing.
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
  private var changed = false
  private let update: SweepProgram<Scalar>
  private let bounds: ClosedRange<Double>?

  /// Quantities the rule reads in this projection.
  public let reads: Set<Quantity>

  /// True when traces or eligibility take in the teaching signal, which then must come at every step.
  public let statefulReadsError: Bool

  /// Bytes the plan holds.
  public var byteCount: Int { arena.byteCount }

  /// Compiles `rule` for one projection.
  ///
  /// - Parameters:
  ///   - rule: the rule; its `db` is not compiled.
  ///   - layer: the projection, counted from 1 at the input.
  ///   - layerCount: number of projections.
  ///   - isActive: per coefficient slot, false where its value is 0 so that its terms cost nothing.
  ///   - view: the projection's arrays.
  public init(rule: Rule, layer: Int, layerCount: Int, isActive: [Bool], view: ProjectionView<Scalar>) {
    self.view = view
    let allSlots = rule.coefficientSlots(layerCount: layerCount)
    precondition(isActive.count == allSlots.count, "\(isActive.count) coefficients, \(allSlots.count) slots")
    var builder = ValueBuilder(view: view, arena: arena)
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

    let owners = rule.traceOwners
    let dw = rule.dw(layer: layer, layerCount: layerCount)
    let terms = NormalForm(of: dw, traces: owners).terms.filter { !$0.vanishes(without: inactive) }
    let used = terms.reduce(into: Names()) { $0.collect($1) }
    let eligibilityTerms =
      used.readsEligibility
      ? NormalForm(of: rule.eligibility!.of, traces: owners).terms.filter { !$0.vanishes(without: inactive) } : []
    let needed = eligibilityTerms.reduce(into: used) { $0.collect($1) }

    // Traces may read other traces.
    var live = needed.traces
    for _ in rule.traces {
      for trace in rule.traces where live.contains(trace.name) {
        var names = Names()
        names.collect(trace.of)
        live.formUnion(names.traces)
      }
    }
    var stateful: Set<Quantity> = []
    let kept = rule.traces.filter { live.contains($0.name) }
    for trace in kept {
      let isPre = trace.owner == .pre
      let count = isPre ? view.preCount : view.postCount
      let address = arena.allocate(isPre ? view.preCount : view.columns, of: Scalar.self)
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
    if used.readsEligibility, let declared = rule.eligibility {
      let matrix = arena.allocate(size, of: Scalar.self)
      let program = SweepProgram(
        terms: eligibilityTerms, target: matrix, keep: Scalar(declared.decay), clip: nil, builder: builder)
      eligibility = matrix
      eligibilityProgram = program
      builder.eligibility = matrix
      stateful.formUnion(program.reads)
    }
    bounds = rule.weightBounds
    var target = view.weights
    if rule.every == .sample {
      let matrix = arena.allocate(size, of: Scalar.self)
      change = matrix
      target = matrix
    }
    update = SweepProgram(
      terms: terms, target: target, keep: nil, clip: rule.every == .step ? rule.weightBounds : nil, builder: builder)
    reads = stateful.union(update.reads)
    statefulReadsError = !stateful.isDisjoint(with: [.ePre, .ePost, .loss, .reward, .modulator])
  }

  /// Sets the values of all coefficient slots.
  public func bind(_ values: [Double]) {
    for (cell, slot) in zip(coefficients, slots) { cell[0] = Scalar(values[slot]) }
    for operation in traceFixed { operation.run(view, scratch) }
    eligibilityProgram?.bind()
    update.bind()
  }

  /// Zeroes traces, eligibility and the summed change: the start of a sample.
  @specialized(where Scalar == Float)
  public func reset() {
    for trace in traces { Scalar.fill(trace.count, trace.address, with: 0) }
    if let eligibility { zero(eligibility) }
    if let change, changed { zero(change) }
    changed = false
  }

  /// Moves traces, then eligibility, by one step.
  @specialized(where Scalar == Float)
  public func advance() {
    for operation in traceOperations { operation.run(view, scratch) }
    eligibilityProgram?.run()
  }

  /// Changes the weights, or what will be added to them at the end of the sample.
  @specialized(where Scalar == Float)
  public func learn() {
    update.run()
    changed = true
  }

  /// Applies the sum of a sample's changes when the rule moves weights once a sample.
  @specialized(where Scalar == Float)
  public func endSample() {
    guard let change, changed else { return }
    let size = view.preCount * view.columns
    Scalar.addScaled(size, view.weights, factor: 1, change)
    if let bounds {
      let low = Scalar(bounds.lowerBound)
      let high = Scalar(bounds.upperBound)
      Scalar.elementwise(
        Int32(MP_CLIP), size, into: view.weights, view.weights, 1, [low], 0, [high], 0)
    }
    zero(change)
    changed = false
  }

  private var scratch: UnsafeMutablePointer<UInt32> { scratchStorage }
  private lazy var scratchStorage = arena.allocate(max(view.preCount, view.columns), of: UInt32.self)

  private func zero(_ matrix: UnsafeMutablePointer<Scalar>) {
    Scalar.fill(view.preCount * view.columns, matrix, with: 0)
  }
}

/// The names terms refer to.
private struct Names {
  var traces: Set<String> = []
  var readsEligibility = false

  mutating func collect(_ term: Term) {
    for factor in term.scalar + term.post + term.pre + term.synapse { collect(factor.base) }
  }

  mutating func collect(_ expression: Expression) {
    switch expression {
    case .trace(let name): traces.insert(name)
    case .quantity(.eligibility): readsEligibility = true
    case .number, .quantity, .coefficient: break
    case .negate(let a), .back(let a), .ahead(let a): collect(a)
    case .binary(_, let a, let b):
      collect(a)
      collect(b)
    case .call(_, let arguments), .reduce(_, let arguments): arguments.forEach { collect($0) }
    }
  }
}

extension Term {
  /// True when a coefficient in `zeros` multiplies the whole term.
  fileprivate func vanishes(without zeros: Set<String>) -> Bool {
    scalar.contains { factor in
      if case .coefficient(let name) = factor.base { return factor.power > 0 && zeros.contains(name) }
      return false
    }
  }
}
