import Rules

/// The update of a projection whose input spikes are known for the whole sample: it runs ahead of its own changes.
///
/// With the changes `Σ_k a_k ⊗ p_k` of the steps so far, `W_t s_t = W₀ s_t + Σ_k a_k (p_k · s_t)`. The first part is
/// formed for all steps when the sample begins. A number `p_k · s_t` is a sum over traces of the input (how often two
/// steps' spikes coincide), over the error (`e_k · B s_t`, of inputs that have spiked by step `k`) and over what is sent
/// back (`y_k · W_k s_t`): vectors of the post side only. So no weight, no error and no trace of any input is touched
/// before the sample ends; then `SampleUpdate` writes all changes in one pass over the weights.
final class AheadProgram<Scalar: KernelScalar> {
  private let view: ProjectionView<Scalar>
  private let takesEffect: Bool
  private let changes: SampleChanges<Scalar>
  private let update: SampleUpdate<Scalar>
  private let fixed: [Operation<Scalar>]
  private let vectors: [Operation<Scalar>]
  private let series: [Value<Scalar>]
  private let scalars: [(value: Value<Scalar>, factors: UnsafeMutablePointer<Scalar>)]
  private let growth: [Value<Scalar>]
  private let grams: [UnsafeMutablePointer<Scalar>]
  private let coincidences: UnsafeMutablePointer<Scalar>
  private let currents: UnsafeMutablePointer<Scalar>
  private let delivered: UnsafeMutablePointer<Scalar>
  private let coefficients: UnsafeMutablePointer<Scalar>
  private let dots: UnsafeMutablePointer<Scalar>
  private let ascending: UnsafeMutablePointer<UInt32>
  private let scratch: UnsafeMutablePointer<UInt32>
  @exclusivity(unchecked) private var step = 0
  /// Quantities the terms read at every step.
  let reads: Set<Quantity>

  /// The most steps of a sample.
  static var mostSteps: Int { 64 }

  /// - Parameters:
  ///   - terms: what is added to the weights.
  ///   - takesEffect: false when changes of a sample count only at its end.
  ///   - builder: knows the addresses of coefficients and traces.
  init(terms: AheadTerms, takesEffect: Bool, builder template: ValueBuilder<Scalar>) {
    var builder = template
    let view = builder.view
    let arena = builder.arena
    let steps = view.steps
    let columns = view.columns
    // Series: the groups' post factors first, then what errors and `back` need besides.
    var series: [Value<Scalar>] = terms.groups.map {
      builder.postVector(builder.product(of: $0.post) ?? builder.value(.number(1)))
    }
    func index(of value: Value<Scalar>) -> Int {
      if let known = series.firstIndex(where: { $0.address == value.address }) { return known }
      series.append(value)
      return series.count - 1
    }
    var factors = SampleChanges<Scalar>.Factors()
    var scalars: [(value: Value<Scalar>, factors: UnsafeMutablePointer<Scalar>)] = []
    for (g, group) in terms.groups.enumerated() {
      for summand in group.summands {
        let value = builder.product(builder.value(.number(summand.number)), builder.product(of: summand.scalar))!
        let source: SampleChanges<Scalar>.Source
        switch summand.pre {
        case .trace(let trace): source = .trace(trace)
        case .error: source = .error(series: index(of: builder.value(.quantity(.ePost))))
        case .back(let argument):
          builder.reads.insert(.weight)
          source = .back(series: index(of: builder.postVector(builder.value(argument))))
        }
        scalars.append((value, factors.array(for: source, group: g) { arena.allocate(steps, of: Scalar.self) }))
      }
    }
    let growth = terms.growth.map {
      builder.product(builder.value(.number($0.number)), builder.product(of: $0.scalar))!
    }
    let changes = SampleChanges(
      groups: terms.groups.count, series: series.count, factors: factors, grows: !growth.isEmpty,
      takesEffect: takesEffect, view: view, in: arena)
    self.view = view
    self.takesEffect = takesEffect
    self.changes = changes
    self.series = series
    self.scalars = scalars
    self.growth = growth
    update = SampleUpdate(changes, view: view, in: arena)
    coincidences = arena.allocate(steps * changes.spikes.stepColumns, of: Scalar.self)
    grams = changes.traces.map { _ in arena.allocate(steps * steps, of: Scalar.self) }
    currents = arena.allocate(steps * columns, of: Scalar.self)
    delivered = arena.allocate(steps * columns, of: Scalar.self)
    coefficients = arena.allocate(changes.groups * Scalar.padded(steps), of: Scalar.self)
    dots = arena.allocate(steps * max(1, series.count), of: Scalar.self)
    let count = max(view.preCount, view.columns, steps * max(1, series.count))
    ascending = arena.allocate(count, of: UInt32.self)
    for k in 0..<count { ascending[k] = UInt32(k) }
    scratch = arena.allocate(count, of: UInt32.self)
    fixed = builder.fixed
    vectors = builder.vectors
    reads = builder.reads
  }

  /// Computes what depends on coefficients alone.
  func bind() { for operation in fixed { operation.run(view, scratch) } }

  /// The start of a sample: currents of all its steps under the weights as they are.
  @specialized(where Scalar == Float)
  func reset(_ input: InputSpikes) {
    let spikes = changes.spikes
    let columns = view.columns
    step = 0
    changes.count = 0
    spikes.read(input)
    Scalar.fill(spikes.steps * columns, currents, with: 0)
    if takesEffect {
      Scalar.fill(spikes.steps * spikes.stepColumns, coincidences, with: 0)
      if changes.errorSeries != nil { Scalar.fill(spikes.steps * columns, delivered, with: 0) }
    }
    let weights = view.weights
    for t in 0..<spikes.steps {
      let list = spikes.list + spikes.offsets[t]
      let count = spikes.offsets[t + 1] - spikes.offsets[t]
      Scalar.accumulate(weights, stride: columns, columns: columns, list, count, into: currents + t * columns)
      if takesEffect {
        Scalar.accumulate(
          spikes.raster, stride: spikes.stepColumns, columns: spikes.stepColumns, list, count,
          into: coincidences + t * spikes.stepColumns)
      }
    }
    if takesEffect { for (trace, gram) in zip(changes.traces, grams) { form(gram, of: trace) } }
    view.matrix.foresee(currents)
  }

  /// `gram[k · steps + t] = x_k · s_t` of a trace `x`, for `t > k`.
  private func form(_ gram: UnsafeMutablePointer<Scalar>, of trace: AheadTerms.Trace) {
    let keep = Scalar(trace.keep)
    let gain = Scalar(trace.gain)
    let steps = changes.spikes.steps
    let stride = changes.spikes.stepColumns
    for t in 0..<steps {
      let row = coincidences + t * stride
      var value: Scalar = 0
      for k in 0..<t {
        value = keep * value + gain * row[k]
        gram[k * steps + t] = value
      }
    }
  }

  /// Follows a step, before the update.
  @specialized(where Scalar == Float)
  func advance() {
    let t = step
    step += 1
    guard takesEffect, changes.errorSeries != nil, let feedback = view.errorFeedback else { return }
    // Inputs that spike for the first time now take part in the error from now on.
    let spikes = changes.spikes
    let first = spikes.starts[t]
    feedback.scatter(
      spikes.order + first, spikes.starts[t + 1] - first, bits: spikes.bits, mask: .max << UInt64(step),
      into: delivered)
  }

  /// Takes the changes of a step; every factor is read before any weight moves.
  @specialized(where Scalar == Float)
  func run() {
    for operation in vectors { operation.run(view, scratch) }
    let columns = view.columns
    let k = changes.count
    let rows = changes.series + k * changes.seriesCount * columns
    for (s, value) in series.enumerated() { Scalar.copy(columns, value.address, to: rows + s * columns) }
    for scalar in scalars { scalar.factors[k] = 0 }
    for scalar in scalars { scalar.factors[k] += scalar.value.address[0] }
    if let shares = changes.growth {
      shares[k] = 0
      for value in growth { shares[k] += value.address[0] }
    }
    changes.steps[k] = UInt32(step - 1)
    changes.count = k + 1
    guard takesEffect else { return }
    remember(rows, k)
    foresee(rows, k)
  }

  /// Dot products of this step's `back` arguments with the changes before it.
  private func remember(_ rows: UnsafePointer<Scalar>, _ k: Int) {
    guard k > 0 else { return }
    let groups = changes.groups
    let seriesCount = changes.seriesCount
    for (b, source) in changes.backSeries.enumerated() {
      let row = UnsafeMutablePointer(mutating: changes.history[b]!) + k * changes.historyStride
      let target = seriesCount == groups ? row : dots
      Scalar.rowDots(
        changes.series, columns: view.columns, rows: k * seriesCount, rows + source * view.columns, scratch: scratch,
        into: target)
      if seriesCount != groups {
        for i in 0..<k { for g in 0..<groups { row[i * groups + g] = dots[i * seriesCount + g] } }
      }
      guard let growth = changes.growth else { continue }
      // A change grows with the weights from the next step on.
      var size: Scalar = 1
      for i in stride(from: k - 1, through: 0, by: -1) {
        for g in 0..<groups { row[i * groups + g] *= size }
        size *= 1 + growth[i]
      }
    }
  }

  /// Adds this step's change to the currents of the steps to come.
  private func foresee(_ rows: UnsafePointer<Scalar>, _ k: Int) {
    let steps = changes.spikes.steps
    let next = step
    let count = steps - next
    guard count > 0 else { return }
    let columns = view.columns
    let groups = changes.groups
    let stride = Scalar.padded(steps)
    Scalar.fill(groups * stride, coefficients, with: 0)
    for x in 0..<changes.traces.count {
      let gram = grams[x] + (next - 1) * steps + next
      add(gram, changes.traceFactors + x * groups, k, count)
    }
    if let source = changes.errorSeries {
      Scalar.rowDots(
        delivered + next * columns, columns: columns, rows: count, rows + source * columns, scratch: scratch, into: dots
      )
      add(dots, changes.errorFactors, k, count)
    }
    for (b, source) in changes.backSeries.enumerated() {
      Scalar.rowDots(
        currents + next * columns, columns: columns, rows: count, rows + source * columns, scratch: scratch, into: dots)
      add(dots, changes.backFactors + b * groups, k, count)
    }
    if let growth = changes.growth {
      Scalar.multiply(count * columns, currents + next * columns, by: 1 + growth[k])
    }
    Scalar.addProducts(
      currents + next * columns, stride: columns, columns: columns, ascending, count, pre: coefficients,
      preStride: stride, post: rows, rank: groups)
  }

  /// Adds `x`, for the steps to come, to the coefficients of the groups it belongs to.
  private func add(
    _ x: UnsafePointer<Scalar>, _ factors: UnsafePointer<UnsafePointer<Scalar>?>, _ k: Int, _ count: Int
  ) {
    for g in 0..<changes.groups {
      guard let factor = factors[g] else { continue }
      Scalar.addScaled(count, coefficients + g * Scalar.padded(changes.spikes.steps), factor: factor[k], x)
    }
  }

  /// Writes the changes of the sample.
  func write() {
    view.matrix.foresee(nil)
    guard changes.count > 0 else { return }
    update.run()
    view.matrix.baseChanged()
  }
}
