/// Writes the changes of a sample in one pass over the weights.
///
/// Weights are taken in panels of a few inputs, post-major. A panel's errors and what is sent back to it are products of
/// the panel with the post vectors of all steps; where changes take effect at once, `W_kᵀz` follows from `W₀ᵀz` by
/// forward substitution over the steps. A group that only traces of the input multiply is written spike by spike:
/// `Σ_k a_k x_k` of a trace `x` is the sum over its spikes of `a` filtered backwards in time.
struct SampleUpdate<Scalar: KernelScalar> {
  private let changes: SampleChanges<Scalar>
  private let view: ProjectionView<Scalar>
  private let panel: UnsafeMutablePointer<Scalar>
  private let raster: UnsafeMutablePointer<Scalar>
  private let transposed: UnsafeMutablePointer<Scalar>
  private let lists: UnsafeMutablePointer<UInt32>
  private let counts: UnsafeMutablePointer<Int>
  private let factors: UnsafeMutablePointer<Scalar>
  private let sentBack: UnsafeMutablePointer<Scalar>
  private let errors: UnsafeMutablePointer<Scalar>
  private let filtered: UnsafeMutablePointer<Scalar>
  private let carried: UnsafeMutablePointer<Scalar>
  /// How much of W₀ is left before each learning step, and of a step's change at the end, where weights grow.
  private let before: UnsafeMutablePointer<Scalar>
  private let after: UnsafeMutablePointer<Scalar>
  /// Groups that are written spike by spike, the others, and those of the others that silent inputs take part in.
  private let events: [Int]
  private let dense: [Int]
  private let silent: [Int]

  init(_ changes: SampleChanges<Scalar>, view: ProjectionView<Scalar>, in arena: Arena) {
    self.changes = changes
    self.view = view
    let steps = view.steps
    let width = Scalar.panelWidth
    // Forward substitution needs the factors of every group.
    let substitutes = changes.takesEffect && !changes.backSeries.isEmpty
    events = (0..<changes.groups).filter { !substitutes && changes.hasOnlyTraces($0) }
    let written = events
    dense = (0..<changes.groups).filter { !written.contains($0) }
    silent = dense.filter { changes.hasBack($0) }
    panel = arena.allocate(view.columns * width, of: Scalar.self)
    raster = arena.allocate(changes.spikes.stepColumns * width, of: Scalar.self)
    transposed = arena.allocate(changes.seriesCount * view.columns * changes.spikes.stepColumns, of: Scalar.self)
    lists = arena.allocate(changes.seriesCount * view.columns, of: UInt32.self)
    counts = arena.allocate(max(1, changes.seriesCount), of: Int.self)
    factors = arena.allocate(steps * max(1, changes.groups) * width, of: Scalar.self)
    sentBack = arena.allocate(max(1, changes.backSeries.count) * steps * width, of: Scalar.self)
    errors = arena.allocate(steps * width, of: Scalar.self)
    filtered = arena.allocate(steps * view.columns, of: Scalar.self)
    carried = arena.allocate(view.columns, of: Scalar.self)
    before = arena.allocate(steps, of: Scalar.self)
    after = arena.allocate(steps, of: Scalar.self)
  }

  /// Writes them.
  @specialized(where Scalar == Float)
  func run() {
    let scale = grow()
    if !dense.isEmpty {
      writePanels(scale)
    } else if scale != 1 {
      Scalar.multiply(view.preCount * view.columns, view.weights, by: scale)
    }
    // Last, for panels read the weights that were there before.
    if !events.isEmpty { writeEvents() }
  }

  private func writePanels(_ scale: Scalar) {
    transposeSeries()
    let order = changes.spikes.active
    let width = Scalar.panelWidth
    let activeCount = changes.spikes.activeCount
    // Silent inputs fill up the last panel of active ones, where they are needed at all.
    let end = silent.isEmpty && scale == 1 ? activeCount : view.preCount
    for first in stride(from: 0, to: end, by: width) {
      let count = min(width, end - first)
      write(order + first, count, next: min(width, end - first - count), isActive: first < activeCount, scale: scale)
    }
  }

  /// How much the weights before the sample count at its end; sets what is left of them, and of each change, in between.
  private func grow() -> Scalar {
    guard let growth = changes.growth else { return 1 }
    var scale: Scalar = 1
    guard changes.takesEffect else {
      // All shares are of the same weights.
      for k in 0..<changes.count { scale += growth[k] }
      for k in 0..<changes.count { after[k] = 1 }
      return scale
    }
    for k in 0..<changes.count {
      before[k] = scale
      scale *= 1 + growth[k]
    }
    var size: Scalar = 1
    for k in stride(from: changes.count - 1, through: 0, by: -1) {
      after[k] = size
      size *= 1 + growth[k]
    }
    return scale
  }

  /// Turns each series into [columns][steps] and lists the neurons in which it is not 0 throughout.
  private func transposeSeries() {
    let columns = view.columns
    let stepColumns = changes.spikes.stepColumns
    for s in 0..<changes.seriesCount {
      let rows = changes.series + s * columns
      let stride = changes.seriesCount * columns
      Scalar.transpose(
        rows, stride: stride, rows: changes.count, columns: columns, into: transposed + s * columns * stepColumns,
        stride: stepColumns)
      counts[s] = Scalar.activeColumns(
        rows, stride: stride, rows: changes.count, columns: view.postCount, list: lists + s * columns)
    }
  }

  /// Writes the changes of the weights of a few inputs; `next` are listed behind them.
  private func write(_ list: UnsafePointer<UInt32>, _ count: Int, next: Int, isActive: Bool, scale: Scalar) {
    let columns = view.columns
    let spikes = changes.spikes
    let steps = changes.count
    let width = Scalar.panelWidth
    let groups = changes.groups
    Scalar.fill(steps * groups * width, factors, with: 0)
    if isActive {
      Scalar.pack(
        spikes.raster, stride: spikes.stepColumns, list, count, next: next, columns: spikes.stepColumns, into: raster)
      formOwnFactors(list, count, next: next)
    }
    Scalar.pack(view.weights, stride: columns, list, count, next: next, columns: columns, into: panel)
    // Where weights grow at every step, what came before grows with them.
    let grows = changes.growth != nil && changes.takesEffect
    if !changes.backSeries.isEmpty || grows {
      for b in changes.backSeries.indices {
        dots(panel, changes.backSeries[b], into: sentBack + b * spikes.steps * width)
      }
      Scalar.panelSubstitute(
        steps: steps, groups: groups, backs: changes.backSeries.count,
        history: changes.takesEffect ? UnsafePointer(changes.history) : nil, stride: changes.historyStride,
        factor: changes.backFactors, before: grows ? before : nil, after: grows ? after : nil, factors, sentBack,
        zStride: spikes.steps * width)
    }
    if scale != 1 { Scalar.multiply(columns * width, panel, by: scale) }
    for g in isActive ? dense : silent {
      Scalar.panelUpdate(
        panel, lists + g * columns, counts[g], transposed + g * columns * spikes.stepColumns,
        stride: spikes.stepColumns, steps: steps, factors + g * width, pStride: groups * width)
    }
    Scalar.unpack(panel, columns: columns, list, count, into: view.weights, stride: columns)
  }

  private func dots(_ matrix: UnsafePointer<Scalar>, _ s: Int, into y: UnsafeMutablePointer<Scalar>) {
    let stepColumns = changes.spikes.stepColumns
    Scalar.panelDots(
      matrix, lists + s * view.columns, counts[s], transposed + s * view.columns * stepColumns, stride: stepColumns,
      steps: changes.count, into: y)
  }

  /// The parts of the pre factors that the input's traces and errors make up.
  private func formOwnFactors(_ list: UnsafePointer<UInt32>, _ count: Int, next: Int) {
    let width = Scalar.panelWidth
    let groups = changes.groups
    let spikes = changes.spikes
    for (x, trace) in changes.traces.enumerated() {
      for g in 0..<groups {
        guard let factor = changes.traceFactors[x * groups + g] else { continue }
        Scalar.panelTrace(
          raster, steps: spikes.steps, learning: changes.steps, changes.count, keep: Scalar(trace.keep),
          gain: Scalar(trace.gain), factor: factor, into: factors + g * width, pStride: groups * width)
      }
    }
    guard let series = changes.errorSeries, let matrix = view.errorFeedback else { return }
    matrix.pack(list, count, next: next, into: panel)
    dots(panel, series, into: errors)
    for g in 0..<groups {
      guard let factor = changes.errorFactors[g] else { continue }
      Scalar.panelGated(
        raster, steps: spikes.steps, learning: changes.steps, changes.count, factor: factor, errors,
        into: factors + g * width, pStride: groups * width)
    }
  }

  /// Writes the groups that only traces multiply.
  private func writeEvents() {
    let columns = view.columns
    let spikes = changes.spikes
    Scalar.fill(spikes.steps * columns, filtered, with: 0)
    for g in events {
      for (x, trace) in changes.traces.enumerated() {
        guard let factor = changes.traceFactors[x * changes.groups + g] else { continue }
        let keep = Scalar(trace.keep)
        let gain = Scalar(trace.gain)
        Scalar.fill(columns, carried, with: 0)
        var k = changes.count - 1
        for t in stride(from: spikes.steps - 1, through: 0, by: -1) {
          Scalar.multiply(columns, carried, by: keep)
          if k >= 0, Int(changes.steps[k]) == t {
            Scalar.addScaled(
              columns, carried, factor: changes.growth == nil ? factor[k] : factor[k] * after[k],
              changes.series + (k * changes.seriesCount + g) * columns)
            k -= 1
          }
          Scalar.addScaled(columns, filtered + t * columns, factor: gain, carried)
        }
      }
    }
    Scalar.addEvents(
      view.weights, stride: columns, columns: columns, spikes.active, spikes.activeCount, bits: spikes.bits, filtered)
  }
}
