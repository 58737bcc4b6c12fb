// The requirements are documented at `KernelScalar`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import CKernels
import RealModule

extension Double: KernelScalar {
  public static func sweepNew(
    columns: Int, stride: Int, target: UnsafeMutablePointer<Double>, source: UnsafePointer<Double>
  ) -> UnsafeMutableRawPointer { mp_sweep_new_f64(columns, stride, target, source) }
  public static func sweepKeep(_ sweep: UnsafeMutableRawPointer, _ keep: Double) { mp_sweep_keep_f64(sweep, keep) }
  public static func sweepClip(_ sweep: UnsafeMutableRawPointer, _ low: Double, _ high: Double) {
    mp_sweep_clip_f64(sweep, low, high)
  }
  public static func sweepTerm(
    _ sweep: UnsafeMutableRawPointer, post: UnsafePointer<Double>, pre: UnsafePointer<Double>?
  ) -> Int { Int(mp_sweep_term_f64(sweep, post, pre)) }
  public static func sweepDot(_ sweep: UnsafeMutableRawPointer, post: UnsafePointer<Double>) -> Int {
    Int(mp_sweep_dot_f64(sweep, post))
  }
  public static func sweepDotFactor(_ sweep: UnsafeMutableRawPointer, term: Int, dot: Int, pre: UnsafePointer<Double>) {
    mp_sweep_dot_factor_f64(sweep, Int32(term), Int32(dot), pre)
  }
  public static func sweepRowScale(_ sweep: UnsafeMutableRawPointer, _ pre: UnsafePointer<Double>) {
    mp_sweep_row_scale_f64(sweep, pre)
  }
  public static func sweepProduct(
    _ sweep: UnsafeMutableRawPointer, post: UnsafePointer<Double>, pre: UnsafePointer<Double>
  ) -> Int { Int(mp_sweep_product_f64(sweep, post, pre)) }
  public static func sweepDelta(_ sweep: UnsafeMutableRawPointer, _ delta: UnsafePointer<Double>) {
    mp_sweep_delta_f64(sweep, delta)
  }
  public static func activeRows(
    _ sweep: UnsafeRawPointer, rows: Int, list: UnsafeMutablePointer<UInt32>
  ) -> Int { mp_active_rows_f64(sweep, rows, list) }
  public static func sweepRows(
    _ sweep: UnsafeRawPointer, _ list: UnsafePointer<UInt32>, _ count: Int, descending: Bool
  ) {
    mp_sweep_rows_f64(sweep, list, count, descending ? 1 : 0)
  }
  public static func accumulate(
    _ w: UnsafePointer<Double>, stride: Int, columns: Int, _ list: UnsafePointer<UInt32>, _ count: Int,
    into y: UnsafeMutablePointer<Double>
  ) { mp_accumulate_f64(w, stride, columns, list, count, y) }
  public static func accumulate(
    _ w: UnsafePointer<Double>, stride: Int, columns: Int, _ list: UnsafePointer<UInt32>, _ count: Int,
    factor: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
  ) { mp_accumulate_weighted_f64(w, stride, columns, list, factor, count, y) }
  public static func rowDots(
    weights: UnsafePointer<Double>?, feedback: UnsafePointer<Double>?, kind: FeedbackKind, scale: Double, stride: Int,
    columns: Int, rows: Int, _ x: UnsafePointer<Double>, gain: UnsafePointer<Double>?,
    scratch: UnsafeMutablePointer<UInt32>, descending: Bool, into y: UnsafeMutablePointer<Double>
  ) {
    mp_row_dots_f64(
      weights, feedback, kind.rawValue, scale, stride, columns, rows, x, gain, scratch, descending ? 1 : 0, y)
  }
  public static func activeColumns(
    _ x: UnsafePointer<Double>, stride: Int, rows: Int, columns: Int, list: UnsafeMutablePointer<UInt32>
  ) -> Int { mp_active_columns_f64(x, stride, rows, columns, list) }
  public static func addProducts(
    _ w: UnsafeMutablePointer<Double>, stride: Int, columns: Int, _ list: UnsafePointer<UInt32>, _ count: Int,
    pre: UnsafePointer<Double>, preStride: Int, post: UnsafePointer<Double>, rank: Int
  ) { mp_add_products_f64(w, stride, columns, list, count, pre, preStride, post, rank) }
  public static func bothWays(
    _ w: UnsafePointer<Double>, stride: Int, columns: Int, rows: Int, groups: Int,
    pre: UnsafePointer<UnsafePointer<Double>?>, post: UnsafePointer<UnsafePointer<Double>?>,
    ahead: UnsafePointer<UnsafeMutablePointer<Double>?>, back: UnsafePointer<UnsafeMutablePointer<Double>?>
  ) { mp_both_ways_f64(w, stride, columns, rows, groups, pre, post, ahead, back) }
  public static func transpose(
    _ x: UnsafePointer<Double>, stride: Int, rows: Int, columns: Int, into y: UnsafeMutablePointer<Double>,
    stride yStride: Int
  ) { mp_transpose_f64(x, stride, rows, columns, y, yStride) }
  public static func pack(
    _ x: UnsafePointer<Double>, stride: Int, _ list: UnsafePointer<UInt32>, _ count: Int, next: Int,
    columns: Int, into panel: UnsafeMutablePointer<Double>
  ) { mp_pack_f64(x, stride, list, count, next, columns, panel) }
  public static func unpack(
    _ panel: UnsafePointer<Double>, columns: Int, _ list: UnsafePointer<UInt32>, _ count: Int,
    into x: UnsafeMutablePointer<Double>, stride: Int
  ) { mp_unpack_f64(panel, columns, list, count, x, stride) }
  public static func panelDots(
    _ panel: UnsafePointer<Double>, _ list: UnsafePointer<UInt32>, _ count: Int, _ x: UnsafePointer<Double>,
    stride: Int,
    steps: Int, into y: UnsafeMutablePointer<Double>
  ) { mp_panel_dots_f64(panel, list, count, x, stride, steps, y) }
  public static func panelUpdate(
    _ panel: UnsafeMutablePointer<Double>, _ list: UnsafePointer<UInt32>, _ count: Int, _ x: UnsafePointer<Double>,
    stride: Int,
    steps: Int, _ p: UnsafePointer<Double>, pStride: Int
  ) { mp_panel_update_f64(panel, list, count, x, stride, steps, p, pStride) }
  public static func panelTrace(
    _ spikes: UnsafePointer<Double>, steps: Int, learning: UnsafePointer<UInt32>, _ count: Int, keep: Double,
    gain: Double,
    factor: UnsafePointer<Double>, into p: UnsafeMutablePointer<Double>, pStride: Int
  ) { mp_panel_trace_f64(spikes, steps, learning, count, keep, gain, factor, p, pStride) }
  public static func panelGated(
    _ spikes: UnsafePointer<Double>, steps: Int, learning: UnsafePointer<UInt32>, _ count: Int,
    factor: UnsafePointer<Double>,
    _ x: UnsafePointer<Double>, into p: UnsafeMutablePointer<Double>, pStride: Int
  ) { mp_panel_gated_f64(spikes, steps, learning, count, factor, x, p, pStride) }
  public static func panelSubstitute(
    steps: Int, groups: Int, backs: Int, history: UnsafePointer<UnsafePointer<Double>?>?, stride: Int,
    factor: UnsafePointer<UnsafePointer<Double>?>, before: UnsafePointer<Double>?, after: UnsafePointer<Double>?,
    _ p: UnsafeMutablePointer<Double>, _ z: UnsafeMutablePointer<Double>, zStride: Int
  ) {
    mp_panel_substitute_f64(steps, groups, backs, history, stride, factor, before, after, p, z, zStride)
  }
  public static func addEvents(
    _ w: UnsafeMutablePointer<Double>, stride: Int, columns: Int, _ list: UnsafePointer<UInt32>, _ count: Int,
    bits: UnsafePointer<UInt64>, _ x: UnsafePointer<Double>
  ) { mp_add_events_f64(w, stride, columns, list, count, bits, x) }
  public static func accumulateHalves(
    _ x: UnsafePointer<UInt32>, stride: Int, columns: Int, rows: Int, factor: UnsafePointer<Double>,
    gain: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
  ) { mp_accumulate_halves_f64(x, stride, columns, rows, factor, gain, y) }
  public static func scatterHalves(
    _ x: UnsafePointer<UInt32>, stride: Int, columns: Int, _ list: UnsafePointer<UInt32>, _ count: Int,
    bits: UnsafePointer<UInt64>, mask: UInt64, into y: UnsafeMutablePointer<Double>
  ) { mp_scatter_halves_f64(x, stride, columns, list, count, bits, mask, y) }
  public static func packHalves(
    _ x: UnsafePointer<UInt32>, stride: Int, _ list: UnsafePointer<UInt32>, _ count: Int, next: Int, columns: Int,
    into panel: UnsafeMutablePointer<Double>
  ) { mp_pack_halves_f64(x, stride, list, count, next, columns, panel) }
  public static func combine(
    _ n: Int, _ count: Int, factor: UnsafePointer<UnsafePointer<Double>?>, _ x: UnsafePointer<UnsafePointer<Double>?>,
    scale: Double, into y: UnsafeMutablePointer<Double>
  ) { mp_combine_f64(n, count, factor, x, scale, y) }
  public static func roundHalves(_ n: Int, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Double>) {
    mp_round_halves_f64(n, x, y)
  }
  public static func storeHalves(
    _ x: UnsafePointer<Double>, rowStep: Int, columnStep: Int, rows: Int, columns: Int,
    into y: UnsafeMutablePointer<UInt32>, stride: Int
  ) { mp_store_halves_f64(x, rowStep, columnStep, rows, columns, y, stride) }
  public static func multiply(_ n: Int, _ y: UnsafeMutablePointer<Double>, by factor: Double) {
    mp_scale_f64(n, y, factor)
  }
  public static func multiply(_ n: Int, _ y: UnsafeMutablePointer<Double>, by x: UnsafePointer<Double>) {
    mp_product_f64(n, y, x)
  }
  public static func elementwise(
    _ operation: Int32, _ n: Int, into y: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ aStep: Int,
    _ b: UnsafePointer<Double>?, _ bStep: Int, _ c: UnsafePointer<Double>?, _ cStep: Int
  ) { mp_elementwise_f64(operation, n, y, a, aStep, b, bStep, c, cStep) }
  public static func sum(_ a: UnsafePointer<Double>, _ n: Int) -> Double { mp_sum_f64(a, n) }
  public static func dot(
    _ a: UnsafePointer<Double>, _ aStep: Int, _ b: UnsafePointer<Double>, _ bStep: Int, _ n: Int
  ) -> Double { mp_dot_f64(a, aStep, b, bStep, n) }
  public static func spike(
    _ n: Int, potential v: UnsafeMutablePointer<Double>, spikes s: UnsafeMutablePointer<Double>,
    current: UnsafePointer<Double>, threshold: UnsafePointer<Double>, thresholdStep: Int, leak: Double, reset: Int32,
    list: UnsafeMutablePointer<UInt32>
  ) -> Int { mp_spike_f64(n, v, s, current, threshold, thresholdStep, leak, reset, list) }
  public static func surrogate(
    _ n: Int, into psi: UnsafeMutablePointer<Double>, potential v: UnsafePointer<Double>,
    threshold: UnsafePointer<Double>,
    thresholdStep: Int, kind: Int32, width: Double
  ) { mp_surrogate_f64(n, psi, v, threshold, thresholdStep, kind, width) }
  public static func nonZero(_ n: Int, _ x: UnsafePointer<Double>, list: UnsafeMutablePointer<UInt32>) -> Int {
    mp_non_zero_f64(n, x, list)
  }
  public static func fill(_ n: Int, _ y: UnsafeMutablePointer<Double>, with x: Double) { mp_fill_f64(n, y, x) }
  public static func copy(_ n: Int, _ x: UnsafePointer<Double>, to y: UnsafeMutablePointer<Double>) {
    mp_copy_f64(n, y, x)
  }
  public static func leak(
    _ n: Int, _ y: UnsafeMutablePointer<Double>, keep: Double, gain: Double, _ x: UnsafePointer<Double>
  ) { mp_leak_f64(n, y, keep, gain, x) }
  public static func addScaled(
    _ n: Int, _ y: UnsafeMutablePointer<Double>, factor: Double, _ x: UnsafePointer<Double>
  ) { mp_axpy_f64(n, y, factor, x) }
  public static func adam(
    _ n: Int, _ w: UnsafeMutablePointer<Double>, mean: UnsafeMutablePointer<Double>,
    square: UnsafeMutablePointer<Double>,
    gradient g: UnsafeMutablePointer<Double>, scale: Double, keepMean: Double, keepSquare: Double, step: Double,
    root: Double,
    epsilon: Double
  ) { mp_adam_f64(n, w, mean, square, g, scale, keepMean, keepSquare, step, root, epsilon) }
  public static func positive(_ n: Int, into y: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>) {
    mp_positive_f64(n, y, x)
  }
  public static func softmax(_ n: Int, _ v: UnsafePointer<Double>, into p: UnsafeMutablePointer<Double>) -> Double {
    mp_softmax_f64(n, v, p)
  }
  public static func rate(
    _ n: Int, kind: Int32, sharpness: Double, _ v: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>,
    gain: UnsafeMutablePointer<Double>?
  ) { mp_rate_f64(kind, n, sharpness, v, y, gain) }
  public static func rateGain(
    _ n: Int, kind: Int32, sharpness: Double, _ y: UnsafePointer<Double>, into gain: UnsafeMutablePointer<Double>
  ) { mp_rate_gain_f64(kind, n, sharpness, y, gain) }
  public static func allFinite(_ x: UnsafePointer<Double>, _ n: Int) -> Bool { mp_all_finite_f64(x, n) != 0 }
  public static func uniform(
    seed: UInt64, second: UInt32, first: UInt32, purpose: UInt32, bound: Double, start: Int, _ n: Int,
    into y: UnsafeMutablePointer<Double>
  ) { mp_uniform_f64(seed, second, first, purpose, bound, start, n, y) }
  public static func product(
    rows: Int, columns: Int, depth: Int, _ a: UnsafePointer<Double>, aRow: Int, aColumn: Int,
    _ b: UnsafePointer<Double>,
    bRow: Int, bColumn: Int, into c: UnsafeMutablePointer<Double>, stride: Int, adds: Bool,
    room: UnsafeMutablePointer<Double>
  ) {
    mp_matmul_f64(rows, columns, depth, a, aRow, aColumn, b, bRow, bColumn, c, stride, adds ? 1 : 0, room)
  }
  public static func traceNeurons(
    _ n: Int, steps: Int, potential u: UnsafeMutablePointer<Double>, trace a: UnsafeMutablePointer<Double>,
    drive: UnsafePointer<Double>?, factors: UnsafePointer<Double>?, leak: Double, threshold: Double, decay: Double
  ) -> Int { mp_trace_neurons_f64(n, steps, n, u, a, drive, factors, leak, threshold, decay) }
  public static func traceCredit(
    _ n: Int, steps: Int, potential u: UnsafePointer<Double>, trace a: UnsafePointer<Double>,
    error g: UnsafeMutablePointer<Double>, leak: Double, threshold: Double, decay: Double
  ) { mp_trace_credit_f64(n, steps, n, u, a, g, leak, threshold, decay) }
  public static func gate(
    _ n: Int, kind: PotentialGate, _ x: UnsafeMutablePointer<Double>, potential u: UnsafePointer<Double>,
    threshold: Double,
    width: Double
  ) { mp_gate_f64(n, kind.rawValue, x, u, threshold, width) }
  public static func traceFilter(
    _ n: Int, steps: Int, _ x: UnsafePointer<Double>, decay: Double, into y: UnsafeMutablePointer<Double>
  ) { mp_trace_filter_f64(n, steps, n, x, decay, y) }
  public static func fold(
    _ n: Int, steps: Int, _ x: UnsafePointer<Double>, factors: UnsafePointer<Double>,
    into y: UnsafeMutablePointer<Double>
  ) { mp_fold_f64(n, steps, n, x, factors, y) }
}
