// The requirements are documented at `KernelScalar`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import CKernels
import RealModule

extension Float: KernelScalar {
  public static func sweepNew(
    columns: Int, stride: Int, target: UnsafeMutablePointer<Float>, source: UnsafePointer<Float>
  ) -> UnsafeMutableRawPointer { mp_sweep_new_f32(columns, stride, target, source) }
  public static func sweepKeep(_ sweep: UnsafeMutableRawPointer, _ keep: Float) { mp_sweep_keep_f32(sweep, keep) }
  public static func sweepClip(_ sweep: UnsafeMutableRawPointer, _ low: Float, _ high: Float) {
    mp_sweep_clip_f32(sweep, low, high)
  }
  public static func sweepTerm(
    _ sweep: UnsafeMutableRawPointer, post: UnsafePointer<Float>, pre: UnsafePointer<Float>?
  ) -> Int { Int(mp_sweep_term_f32(sweep, post, pre)) }
  public static func sweepDot(_ sweep: UnsafeMutableRawPointer, post: UnsafePointer<Float>) -> Int {
    Int(mp_sweep_dot_f32(sweep, post))
  }
  public static func sweepDotFactor(_ sweep: UnsafeMutableRawPointer, term: Int, dot: Int, pre: UnsafePointer<Float>) {
    mp_sweep_dot_factor_f32(sweep, Int32(term), Int32(dot), pre)
  }
  public static func sweepRowScale(_ sweep: UnsafeMutableRawPointer, _ pre: UnsafePointer<Float>) {
    mp_sweep_row_scale_f32(sweep, pre)
  }
  public static func sweepProduct(
    _ sweep: UnsafeMutableRawPointer, post: UnsafePointer<Float>, pre: UnsafePointer<Float>
  ) -> Int { Int(mp_sweep_product_f32(sweep, post, pre)) }
  public static func sweepDelta(_ sweep: UnsafeMutableRawPointer, _ delta: UnsafePointer<Float>) {
    mp_sweep_delta_f32(sweep, delta)
  }
  public static func activeRows(
    _ sweep: UnsafeRawPointer, rows: Int, list: UnsafeMutablePointer<UInt32>
  ) -> Int { mp_active_rows_f32(sweep, rows, list) }
  public static func sweepRows(
    _ sweep: UnsafeRawPointer, _ list: UnsafePointer<UInt32>, _ count: Int, descending: Bool
  ) {
    mp_sweep_rows_f32(sweep, list, count, descending ? 1 : 0)
  }
  public static func accumulate(
    _ w: UnsafePointer<Float>, stride: Int, columns: Int, _ list: UnsafePointer<UInt32>, _ count: Int,
    into y: UnsafeMutablePointer<Float>
  ) { mp_accumulate_f32(w, stride, columns, list, count, y) }
  public static func accumulate(
    _ w: UnsafePointer<Float>, stride: Int, columns: Int, _ list: UnsafePointer<UInt32>, _ count: Int,
    factor: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
  ) { mp_accumulate_weighted_f32(w, stride, columns, list, factor, count, y) }
  public static func rowDots(
    weights: UnsafePointer<Float>?, feedback: UnsafePointer<Float>?, kind: FeedbackKind, scale: Float, stride: Int,
    columns: Int, rows: Int, _ x: UnsafePointer<Float>, gain: UnsafePointer<Float>?,
    scratch: UnsafeMutablePointer<UInt32>, descending: Bool, into y: UnsafeMutablePointer<Float>
  ) {
    mp_row_dots_f32(
      weights, feedback, kind.rawValue, scale, stride, columns, rows, x, gain, scratch, descending ? 1 : 0, y)
  }
  public static func activeColumns(
    _ x: UnsafePointer<Float>, stride: Int, rows: Int, columns: Int, list: UnsafeMutablePointer<UInt32>
  ) -> Int { mp_active_columns_f32(x, stride, rows, columns, list) }
  public static func addProducts(
    _ w: UnsafeMutablePointer<Float>, stride: Int, columns: Int, _ list: UnsafePointer<UInt32>, _ count: Int,
    pre: UnsafePointer<Float>, preStride: Int, post: UnsafePointer<Float>, rank: Int
  ) { mp_add_products_f32(w, stride, columns, list, count, pre, preStride, post, rank) }
  public static func bothWays(
    _ w: UnsafePointer<Float>, stride: Int, columns: Int, rows: Int, groups: Int,
    pre: UnsafePointer<UnsafePointer<Float>?>, post: UnsafePointer<UnsafePointer<Float>?>,
    ahead: UnsafePointer<UnsafeMutablePointer<Float>?>, back: UnsafePointer<UnsafeMutablePointer<Float>?>
  ) { mp_both_ways_f32(w, stride, columns, rows, groups, pre, post, ahead, back) }
  public static func transpose(
    _ x: UnsafePointer<Float>, stride: Int, rows: Int, columns: Int, into y: UnsafeMutablePointer<Float>,
    stride yStride: Int
  ) { mp_transpose_f32(x, stride, rows, columns, y, yStride) }
  public static func pack(
    _ x: UnsafePointer<Float>, stride: Int, _ list: UnsafePointer<UInt32>, _ count: Int, next: Int,
    columns: Int, into panel: UnsafeMutablePointer<Float>
  ) { mp_pack_f32(x, stride, list, count, next, columns, panel) }
  public static func unpack(
    _ panel: UnsafePointer<Float>, columns: Int, _ list: UnsafePointer<UInt32>, _ count: Int,
    into x: UnsafeMutablePointer<Float>, stride: Int
  ) { mp_unpack_f32(panel, columns, list, count, x, stride) }
  public static func panelDots(
    _ panel: UnsafePointer<Float>, _ list: UnsafePointer<UInt32>, _ count: Int, _ x: UnsafePointer<Float>, stride: Int,
    steps: Int, into y: UnsafeMutablePointer<Float>
  ) { mp_panel_dots_f32(panel, list, count, x, stride, steps, y) }
  public static func panelUpdate(
    _ panel: UnsafeMutablePointer<Float>, _ list: UnsafePointer<UInt32>, _ count: Int, _ x: UnsafePointer<Float>,
    stride: Int,
    steps: Int, _ p: UnsafePointer<Float>, pStride: Int
  ) { mp_panel_update_f32(panel, list, count, x, stride, steps, p, pStride) }
  public static func panelTrace(
    _ spikes: UnsafePointer<Float>, steps: Int, learning: UnsafePointer<UInt32>, _ count: Int, keep: Float, gain: Float,
    factor: UnsafePointer<Float>, into p: UnsafeMutablePointer<Float>, pStride: Int
  ) { mp_panel_trace_f32(spikes, steps, learning, count, keep, gain, factor, p, pStride) }
  public static func panelGated(
    _ spikes: UnsafePointer<Float>, steps: Int, learning: UnsafePointer<UInt32>, _ count: Int,
    factor: UnsafePointer<Float>,
    _ x: UnsafePointer<Float>, into p: UnsafeMutablePointer<Float>, pStride: Int
  ) { mp_panel_gated_f32(spikes, steps, learning, count, factor, x, p, pStride) }
  public static func panelSubstitute(
    steps: Int, groups: Int, backs: Int, history: UnsafePointer<UnsafePointer<Float>?>?, stride: Int,
    factor: UnsafePointer<UnsafePointer<Float>?>, before: UnsafePointer<Float>?, after: UnsafePointer<Float>?,
    _ p: UnsafeMutablePointer<Float>, _ z: UnsafeMutablePointer<Float>, zStride: Int
  ) {
    mp_panel_substitute_f32(steps, groups, backs, history, stride, factor, before, after, p, z, zStride)
  }
  public static func addEvents(
    _ w: UnsafeMutablePointer<Float>, stride: Int, columns: Int, _ list: UnsafePointer<UInt32>, _ count: Int,
    bits: UnsafePointer<UInt64>, _ x: UnsafePointer<Float>
  ) { mp_add_events_f32(w, stride, columns, list, count, bits, x) }
  public static func accumulateHalves(
    _ x: UnsafePointer<UInt32>, stride: Int, columns: Int, rows: Int, factor: UnsafePointer<Float>,
    gain: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
  ) { mp_accumulate_halves_f32(x, stride, columns, rows, factor, gain, y) }
  public static func scatterHalves(
    _ x: UnsafePointer<UInt32>, stride: Int, columns: Int, _ list: UnsafePointer<UInt32>, _ count: Int,
    bits: UnsafePointer<UInt64>, mask: UInt64, into y: UnsafeMutablePointer<Float>
  ) { mp_scatter_halves_f32(x, stride, columns, list, count, bits, mask, y) }
  public static func packHalves(
    _ x: UnsafePointer<UInt32>, stride: Int, _ list: UnsafePointer<UInt32>, _ count: Int, next: Int, columns: Int,
    into panel: UnsafeMutablePointer<Float>
  ) { mp_pack_halves_f32(x, stride, list, count, next, columns, panel) }
  public static func combine(
    _ n: Int, _ count: Int, factor: UnsafePointer<UnsafePointer<Float>?>, _ x: UnsafePointer<UnsafePointer<Float>?>,
    scale: Float, into y: UnsafeMutablePointer<Float>
  ) { mp_combine_f32(n, count, factor, x, scale, y) }
  public static func roundHalves(_ n: Int, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
    mp_round_halves_f32(n, x, y)
  }
  public static func storeHalves(
    _ x: UnsafePointer<Float>, rowStep: Int, columnStep: Int, rows: Int, columns: Int,
    into y: UnsafeMutablePointer<UInt32>, stride: Int
  ) { mp_store_halves_f32(x, rowStep, columnStep, rows, columns, y, stride) }
  public static func multiply(_ n: Int, _ y: UnsafeMutablePointer<Float>, by factor: Float) {
    mp_scale_f32(n, y, factor)
  }
  public static func multiply(_ n: Int, _ y: UnsafeMutablePointer<Float>, by x: UnsafePointer<Float>) {
    mp_product_f32(n, y, x)
  }
  public static func elementwise(
    _ operation: Int32, _ n: Int, into y: UnsafeMutablePointer<Float>, _ a: UnsafePointer<Float>, _ aStep: Int,
    _ b: UnsafePointer<Float>?, _ bStep: Int, _ c: UnsafePointer<Float>?, _ cStep: Int
  ) { mp_elementwise_f32(operation, n, y, a, aStep, b, bStep, c, cStep) }
  public static func sum(_ a: UnsafePointer<Float>, _ n: Int) -> Float { mp_sum_f32(a, n) }
  public static func dot(
    _ a: UnsafePointer<Float>, _ aStep: Int, _ b: UnsafePointer<Float>, _ bStep: Int, _ n: Int
  ) -> Float { mp_dot_f32(a, aStep, b, bStep, n) }
  public static func spike(
    _ n: Int, potential v: UnsafeMutablePointer<Float>, spikes s: UnsafeMutablePointer<Float>,
    current: UnsafePointer<Float>, threshold: UnsafePointer<Float>, thresholdStep: Int, leak: Float, reset: Int32,
    list: UnsafeMutablePointer<UInt32>
  ) -> Int { mp_spike_f32(n, v, s, current, threshold, thresholdStep, leak, reset, list) }
  public static func surrogate(
    _ n: Int, into psi: UnsafeMutablePointer<Float>, potential v: UnsafePointer<Float>, threshold: UnsafePointer<Float>,
    thresholdStep: Int, kind: Int32, width: Float
  ) { mp_surrogate_f32(n, psi, v, threshold, thresholdStep, kind, width) }
  public static func nonZero(_ n: Int, _ x: UnsafePointer<Float>, list: UnsafeMutablePointer<UInt32>) -> Int {
    mp_non_zero_f32(n, x, list)
  }
  public static func fill(_ n: Int, _ y: UnsafeMutablePointer<Float>, with x: Float) { mp_fill_f32(n, y, x) }
  public static func copy(_ n: Int, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>) {
    mp_copy_f32(n, y, x)
  }
  public static func leak(
    _ n: Int, _ y: UnsafeMutablePointer<Float>, keep: Float, gain: Float, _ x: UnsafePointer<Float>
  ) { mp_leak_f32(n, y, keep, gain, x) }
  public static func addScaled(
    _ n: Int, _ y: UnsafeMutablePointer<Float>, factor: Float, _ x: UnsafePointer<Float>
  ) { mp_axpy_f32(n, y, factor, x) }
  public static func adam(
    _ n: Int, _ w: UnsafeMutablePointer<Float>, mean: UnsafeMutablePointer<Float>, square: UnsafeMutablePointer<Float>,
    gradient g: UnsafeMutablePointer<Float>, scale: Float, keepMean: Float, keepSquare: Float, step: Float, root: Float,
    epsilon: Float
  ) { mp_adam_f32(n, w, mean, square, g, scale, keepMean, keepSquare, step, root, epsilon) }
  public static func positive(_ n: Int, into y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>) {
    mp_positive_f32(n, y, x)
  }
  public static func softmax(_ n: Int, _ v: UnsafePointer<Float>, into p: UnsafeMutablePointer<Float>) -> Float {
    mp_softmax_f32(n, v, p)
  }
  public static func rate(
    _ n: Int, kind: Int32, sharpness: Float, _ v: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
    gain: UnsafeMutablePointer<Float>?
  ) { mp_rate_f32(kind, n, sharpness, v, y, gain) }
  public static func rateGain(
    _ n: Int, kind: Int32, sharpness: Float, _ y: UnsafePointer<Float>, into gain: UnsafeMutablePointer<Float>
  ) { mp_rate_gain_f32(kind, n, sharpness, y, gain) }
  public static func allFinite(_ x: UnsafePointer<Float>, _ n: Int) -> Bool { mp_all_finite_f32(x, n) != 0 }
  public static func uniform(
    seed: UInt64, second: UInt32, first: UInt32, purpose: UInt32, bound: Float, start: Int, _ n: Int,
    into y: UnsafeMutablePointer<Float>
  ) { mp_uniform_f32(seed, second, first, purpose, bound, start, n, y) }
  public static func product(
    rows: Int, columns: Int, depth: Int, _ a: UnsafePointer<Float>, aRow: Int, aColumn: Int, _ b: UnsafePointer<Float>,
    bRow: Int, bColumn: Int, into c: UnsafeMutablePointer<Float>, stride: Int, adds: Bool,
    room: UnsafeMutablePointer<Float>
  ) {
    mp_matmul_f32(rows, columns, depth, a, aRow, aColumn, b, bRow, bColumn, c, stride, adds ? 1 : 0, room)
  }
  public static func traceNeurons(
    _ n: Int, steps: Int, potential u: UnsafeMutablePointer<Float>, trace a: UnsafeMutablePointer<Float>,
    drive: UnsafePointer<Float>?, factors: UnsafePointer<Float>?, leak: Float, threshold: Float, decay: Float
  ) -> Int { mp_trace_neurons_f32(n, steps, n, u, a, drive, factors, leak, threshold, decay) }
  public static func traceCredit(
    _ n: Int, steps: Int, potential u: UnsafePointer<Float>, trace a: UnsafePointer<Float>,
    error g: UnsafeMutablePointer<Float>, leak: Float, threshold: Float, decay: Float
  ) { mp_trace_credit_f32(n, steps, n, u, a, g, leak, threshold, decay) }
  public static func gate(
    _ n: Int, kind: PotentialGate, _ x: UnsafeMutablePointer<Float>, potential u: UnsafePointer<Float>,
    threshold: Float,
    width: Float
  ) { mp_gate_f32(n, kind.rawValue, x, u, threshold, width) }
  public static func traceFilter(
    _ n: Int, steps: Int, _ x: UnsafePointer<Float>, decay: Float, into y: UnsafeMutablePointer<Float>
  ) { mp_trace_filter_f32(n, steps, n, x, decay, y) }
  public static func fold(
    _ n: Int, steps: Int, _ x: UnsafePointer<Float>, factors: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
  ) { mp_fold_f32(n, steps, n, x, factors, y) }
}
