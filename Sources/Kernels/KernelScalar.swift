import CKernels
import RealModule

/// How the error of a layer is formed from its feedback.
public enum FeedbackKind: Int32, Sendable {
  /// `B · x`.
  case plain = 0
  /// `sgn(W) · x`.
  case sign = 1
  /// `(B ∘ sgn(W)) · x`, `B` holding magnitudes.
  case signedMagnitude = 2
}

/// What of an apical current a soma's potential lets through.
public enum PotentialGate: Int32, Sendable {
  /// The derivative of a logistic at the threshold, of some width.
  case logistic = 0
  /// All within some width of the threshold, nothing beyond.
  case nearThreshold = 1
}

/// A precision the vector kernels exist in: `Float` for search, `Double` for exact tests.
///
/// Matrices are pre-major: row `j` holds the weights of presynaptic neuron `j` onto every postsynaptic neuron, `columns`
/// of them (the count padded to 64 bytes), `stride` apart. Pointers to rows and post vectors are aligned to 64 bytes and
/// padded with zeros. Results have the same bits on every
/// vector path that fuses multiplication and addition; see `VectorPath`.
public protocol KernelScalar: BinaryFloatingPoint, Real, Sendable {
  /// A new, empty sweep from `source` rows to `target` rows; freed with `free`.
  static func sweepNew(
    columns: Int, stride: Int, target: UnsafeMutablePointer<Self>, source: UnsafePointer<Self>
  ) -> UnsafeMutableRawPointer
  /// The sweep first multiplies its target by `keep`.
  static func sweepKeep(_ sweep: UnsafeMutableRawPointer, _ keep: Self)
  /// The sweep clips its target to `low ... high` at the end.
  static func sweepClip(_ sweep: UnsafeMutableRawPointer, _ low: Self, _ high: Self)
  /// Adds `pre ⊗ post`; returns the term's number, or -1 when the sweep is full. `pre` nil stands for zeros.
  static func sweepTerm(
    _ sweep: UnsafeMutableRawPointer, post: UnsafePointer<Self>, pre: UnsafePointer<Self>?
  ) -> Int
  /// Adds a dot product of each source row with `post`; returns its number, or -1 when the sweep is full.
  static func sweepDot(_ sweep: UnsafeMutableRawPointer, post: UnsafePointer<Self>) -> Int
  /// The row factor of `term` gains `pre · dot`.
  static func sweepDotFactor(_ sweep: UnsafeMutableRawPointer, term: Int, dot: Int, pre: UnsafePointer<Self>)
  /// Adds `pre · source row`.
  static func sweepRowScale(_ sweep: UnsafeMutableRawPointer, _ pre: UnsafePointer<Self>)
  /// Adds `pre · post ∘ source row`; returns -1 when the sweep is full.
  static func sweepProduct(
    _ sweep: UnsafeMutableRawPointer, post: UnsafePointer<Self>, pre: UnsafePointer<Self>
  ) -> Int
  /// Adds `delta`, a single row, to the row swept.
  static func sweepDelta(_ sweep: UnsafeMutableRawPointer, _ delta: UnsafePointer<Self>)
  /// Lists the rows of which any factor is not zero; returns how many.
  static func activeRows(_ sweep: UnsafeRawPointer, rows: Int, list: UnsafeMutablePointer<UInt32>) -> Int
  /// Sweeps the listed rows, from the last to the first when `descending`; rows do not depend on one another.
  static func sweepRows(
    _ sweep: UnsafeRawPointer, _ list: UnsafePointer<UInt32>, _ count: Int, descending: Bool)

  /// `y += Σ_k row(list[k])`.
  static func accumulate(
    _ w: UnsafePointer<Self>, stride: Int, columns: Int, _ list: UnsafePointer<UInt32>, _ count: Int,
    into y: UnsafeMutablePointer<Self>)
  /// `y += Σ_k factor[list[k]] · row(list[k])`.
  static func accumulate(
    _ w: UnsafePointer<Self>, stride: Int, columns: Int, _ list: UnsafePointer<UInt32>, _ count: Int,
    factor: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>)
  /// `y[j] = gain[j] · scale · (feedback row j · x)`; rows of zero gain are skipped.
  static func rowDots(
    weights: UnsafePointer<Self>?, feedback: UnsafePointer<Self>?, kind: FeedbackKind, scale: Self, stride: Int,
    columns: Int, rows: Int, _ x: UnsafePointer<Self>, gain: UnsafePointer<Self>?,
    scratch: UnsafeMutablePointer<UInt32>, descending: Bool, into y: UnsafeMutablePointer<Self>)
  /// Lists the columns of a matrix in which any of the first `rows` rows is not zero, ascending; returns how many.
  static func activeColumns(
    _ x: UnsafePointer<Self>, stride: Int, rows: Int, columns: Int, list: UnsafeMutablePointer<UInt32>
  ) -> Int
  /// `row(j) += Σ_k pre[k · preStride + j] · post[k · columns ...]` for the listed rows `j`, `k` in `0 ..< rank`.
  static func addProducts(
    _ w: UnsafeMutablePointer<Self>, stride: Int, columns: Int, _ list: UnsafePointer<UInt32>, _ count: Int,
    pre: UnsafePointer<Self>, preStride: Int, post: UnsafePointer<Self>, rank: Int)
  /// In one pass over `rows` rows, for each of one or two `groups`: `ahead[g] += Σ_j pre[g][j] · row(j)` and
  /// `back[g][j] = row(j) · post[g]`.
  static func bothWays(
    _ w: UnsafePointer<Self>, stride: Int, columns: Int, rows: Int, groups: Int,
    pre: UnsafePointer<UnsafePointer<Self>?>, post: UnsafePointer<UnsafePointer<Self>?>,
    ahead: UnsafePointer<UnsafeMutablePointer<Self>?>, back: UnsafePointer<UnsafeMutablePointer<Self>?>)
  /// Writes the transpose of a padded matrix of `rows` times `columns` elements.
  static func transpose(
    _ x: UnsafePointer<Self>, stride: Int, rows: Int, columns: Int, into y: UnsafeMutablePointer<Self>,
    stride yStride: Int)
  /// Gathers up to `panelWidth` listed rows into a panel [columns][panelWidth]; missing rows are zeros. The `next` rows
  /// listed behind them are fetched into the cache.
  static func pack(
    _ x: UnsafePointer<Self>, stride: Int, _ list: UnsafePointer<UInt32>, _ count: Int, next: Int, columns: Int,
    into panel: UnsafeMutablePointer<Self>)
  /// Scatters a panel back into the listed rows.
  static func unpack(
    _ panel: UnsafePointer<Self>, columns: Int, _ list: UnsafePointer<UInt32>, _ count: Int,
    into x: UnsafeMutablePointer<Self>, stride: Int)
  /// `y[k] = Σ_j x[j][k] · panel[j]` over the listed neurons `j`, for `k` in `0 ..< steps`.
  static func panelDots(
    _ panel: UnsafePointer<Self>, _ list: UnsafePointer<UInt32>, _ count: Int, _ x: UnsafePointer<Self>, stride: Int,
    steps: Int, into y: UnsafeMutablePointer<Self>)
  /// `panel[j] += Σ_k x[j][k] · p[k]` for the listed neurons `j`.
  static func panelUpdate(
    _ panel: UnsafeMutablePointer<Self>, _ list: UnsafePointer<UInt32>, _ count: Int, _ x: UnsafePointer<Self>,
    stride: Int, steps: Int, _ p: UnsafePointer<Self>, pStride: Int)
  /// `p[k] += factor[k] · trace` at learning step `k`, where `trace ← keep · trace + gain · spikes` at every step.
  static func panelTrace(
    _ spikes: UnsafePointer<Self>, steps: Int, learning: UnsafePointer<UInt32>, _ count: Int, keep: Self, gain: Self,
    factor: UnsafePointer<Self>, into p: UnsafeMutablePointer<Self>, pStride: Int)
  /// `p[k] += factor[k] · x[k]` where the neuron has spiked at or before learning step `k`.
  static func panelGated(
    _ spikes: UnsafePointer<Self>, steps: Int, learning: UnsafePointer<UInt32>, _ count: Int,
    factor: UnsafePointer<Self>, _ x: UnsafePointer<Self>, into p: UnsafeMutablePointer<Self>, pStride: Int)
  /// What is sent back under the weights of every step, by forward substitution:
  /// `z[b][k] += Σ_{i<k·groups} history[b][k][i] · p[i]`, then `p[k][g] += factor[b][g][k] · z[b][k]`.
  ///
  /// `history` nil: changes of the steps before do not count. A factor of nil stands for zeros. With `before`,
  /// `z[b][k]` counts `before[k]` times; with `after`, `p[k]` is multiplied by `after[k]` at the end.
  static func panelSubstitute(
    steps: Int, groups: Int, backs: Int, history: UnsafePointer<UnsafePointer<Self>?>?, stride: Int,
    factor: UnsafePointer<UnsafePointer<Self>?>, before: UnsafePointer<Self>?, after: UnsafePointer<Self>?,
    _ p: UnsafeMutablePointer<Self>, _ z: UnsafeMutablePointer<Self>, zStride: Int)
  /// Adds to each listed row `j` the vectors `x[t]` whose bit `t` is set in `bits[j]`.
  static func addEvents(
    _ w: UnsafeMutablePointer<Self>, stride: Int, columns: Int, _ list: UnsafePointer<UInt32>, _ count: Int,
    bits: UnsafePointer<UInt64>, _ x: UnsafePointer<Self>)
  /// `y = gain ∘ Σ_j factor[j] · row(j)` of `rows` rows of bfloat16 numbers, in the layout of `HalfMatrix`.
  static func accumulateHalves(
    _ x: UnsafePointer<UInt32>, stride: Int, columns: Int, rows: Int, factor: UnsafePointer<Self>,
    gain: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>)
  /// Adds row `j` of bfloat16 numbers to the vectors `y[t]`, `columns` apart, for every bit `t` of `bits[j] & mask`, `j`
  /// in the list.
  static func scatterHalves(
    _ x: UnsafePointer<UInt32>, stride: Int, columns: Int, _ list: UnsafePointer<UInt32>, _ count: Int,
    bits: UnsafePointer<UInt64>, mask: UInt64, into y: UnsafeMutablePointer<Self>)
  /// `pack` of rows of bfloat16 numbers.
  static func packHalves(
    _ x: UnsafePointer<UInt32>, stride: Int, _ list: UnsafePointer<UInt32>, _ count: Int, next: Int, columns: Int,
    into panel: UnsafeMutablePointer<Self>)
  /// `y = scale · Σ_i factor[i][0] · x[i]` over `n` elements, padded to 64 bytes.
  static func combine(
    _ n: Int, _ count: Int, factor: UnsafePointer<UnsafePointer<Self>?>, _ x: UnsafePointer<UnsafePointer<Self>?>,
    scale: Self, into y: UnsafeMutablePointer<Self>)
  /// The bfloat16 numbers nearest to `x`, ties to even.
  static func roundHalves(_ n: Int, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Self>)
  /// Stores rows of a `HalfMatrix`: number `i` of row `j` is `x[j · rowStep + i · columnStep]`.
  static func storeHalves(
    _ x: UnsafePointer<Self>, rowStep: Int, columnStep: Int, rows: Int, columns: Int,
    into y: UnsafeMutablePointer<UInt32>, stride: Int)
  /// `y ← factor · y`.
  static func multiply(_ n: Int, _ y: UnsafeMutablePointer<Self>, by factor: Self)
  /// `y ← x ∘ y`.
  static func multiply(_ n: Int, _ y: UnsafeMutablePointer<Self>, by x: UnsafePointer<Self>)
  /// One elementwise operation over `n` elements; a step of 0 spreads a scalar.
  static func elementwise(
    _ operation: Int32, _ n: Int, into y: UnsafeMutablePointer<Self>, _ a: UnsafePointer<Self>, _ aStep: Int,
    _ b: UnsafePointer<Self>?, _ bStep: Int, _ c: UnsafePointer<Self>?, _ cStep: Int)
  /// Sum of `n` elements.
  static func sum(_ a: UnsafePointer<Self>, _ n: Int) -> Self
  /// Dot product over `n` elements.
  static func dot(_ a: UnsafePointer<Self>, _ aStep: Int, _ b: UnsafePointer<Self>, _ bStep: Int, _ n: Int) -> Self

  /// One step of integrate, reset and threshold; lists the spikes and returns how many.
  static func spike(
    _ n: Int, potential v: UnsafeMutablePointer<Self>, spikes s: UnsafeMutablePointer<Self>,
    current: UnsafePointer<Self>, threshold: UnsafePointer<Self>, thresholdStep: Int, leak: Self, reset: Int32,
    list: UnsafeMutablePointer<UInt32>
  ) -> Int
  /// The surrogate derivative at `v - threshold`.
  static func surrogate(
    _ n: Int, into psi: UnsafeMutablePointer<Self>, potential v: UnsafePointer<Self>, threshold: UnsafePointer<Self>,
    thresholdStep: Int, kind: Int32, width: Self)
  /// `y = φ(v)` of `n` rate neurons and, where `gain` is not nil, `φ′(v)`; both are 0 from `n` up to whole 64-byte
  /// vectors. `kind` is MP_RATE_SOFTPLUS and its like.
  static func rate(
    _ n: Int, kind: Int32, sharpness: Self, _ v: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>,
    gain: UnsafeMutablePointer<Self>?)
  /// `φ′` of `n` rate neurons whose activity is `y`; 0 from `n` up to whole 64-byte vectors.
  static func rateGain(
    _ n: Int, kind: Int32, sharpness: Self, _ y: UnsafePointer<Self>, into gain: UnsafeMutablePointer<Self>)
  /// Lists the indices of the elements that are not zero, ascending; returns how many.
  static func nonZero(_ n: Int, _ x: UnsafePointer<Self>, list: UnsafeMutablePointer<UInt32>) -> Int
  /// `y ← x` everywhere.
  static func fill(_ n: Int, _ y: UnsafeMutablePointer<Self>, with x: Self)
  /// `y ← x`.
  static func copy(_ n: Int, _ x: UnsafePointer<Self>, to y: UnsafeMutablePointer<Self>)
  /// `y ← keep · y + gain · x`.
  static func leak(_ n: Int, _ y: UnsafeMutablePointer<Self>, keep: Self, gain: Self, _ x: UnsafePointer<Self>)
  /// `y += factor · x`.
  static func addScaled(_ n: Int, _ y: UnsafeMutablePointer<Self>, factor: Self, _ x: UnsafePointer<Self>)
  /// One step of Adam over `n` elements, whole 64-byte vectors: with `x = scale · g`,
  ///
  ///     mean ← keepMean · mean + (1 − keepMean) · x
  ///     square ← keepSquare · square + (1 − keepSquare) · x²
  ///     w ← w − step · mean / (root · √square + epsilon),   g ← 0
  static func adam(
    _ n: Int, _ w: UnsafeMutablePointer<Self>, mean: UnsafeMutablePointer<Self>, square: UnsafeMutablePointer<Self>,
    gradient g: UnsafeMutablePointer<Self>, scale: Self, keepMean: Self, keepSquare: Self, step: Self, root: Self,
    epsilon: Self)
  /// `y = 1 where x > 0, else 0`.
  static func positive(_ n: Int, into y: UnsafeMutablePointer<Self>, _ x: UnsafePointer<Self>)
  /// `p = softmax(v)`; returns `log Σ exp(v)`.
  static func softmax(_ n: Int, _ v: UnsafePointer<Self>, into p: UnsafeMutablePointer<Self>) -> Self
  /// True when no element is NaN or infinite.
  static func allFinite(_ x: UnsafePointer<Self>, _ n: Int) -> Bool
  /// Elements `start ..< start + n` of a named Philox stream as `(2u − 1) · bound`, `u` a multiple of 2⁻²⁴.
  static func uniform(
    seed: UInt64, second: UInt32, first: UInt32, purpose: UInt32, bound: Self, start: Int, _ n: Int,
    into y: UnsafeMutablePointer<Self>)
  /// `c = a b`, or `c += a b` when `adds`: `a` has `rows` rows and `depth` columns, `b` `depth` rows and `columns` columns,
  /// each with its distances between rows and between columns; rows of `c` are `stride` apart and contiguous.
  ///
  /// Nothing need be padded or aligned but `room`, which holds `matrixRoom` numbers and belongs to one thread.
  static func product(
    rows: Int, columns: Int, depth: Int, _ a: UnsafePointer<Self>, aRow: Int, aColumn: Int, _ b: UnsafePointer<Self>,
    bRow: Int, bColumn: Int, into c: UnsafeMutablePointer<Self>, stride: Int, adds: Bool,
    room: UnsafeMutablePointer<Self>)

  /// `steps` steps of `n` leaky integrate-and-fire neurons that send traces, each step `n` numbers behind the one before:
  /// `u[t] = leak · u[t−1] (1 − s[t−1]) + I[t]`, `s[t] = 1(u[t] > threshold)`, `a[t] = decay · a[t−1] + (1 − decay) · s[t]`.
  /// `u` holds the currents `I`, unless `drive` is given: then `I[t] = factors[t] · drive`. Returns how many spikes.
  static func traceNeurons(
    _ n: Int, steps: Int, potential u: UnsafeMutablePointer<Self>, trace a: UnsafeMutablePointer<Self>,
    drive: UnsafePointer<Self>?, factors: UnsafePointer<Self>?, leak: Self, threshold: Self, decay: Self
  ) -> Int
  /// Derivatives with respect to the neurons' traces become derivatives with respect to their currents, by the backward
  /// pass of TSSL-BP: the part between neurons, the part within them, and the gate of the silent.
  static func traceCredit(
    _ n: Int, steps: Int, potential u: UnsafePointer<Self>, trace a: UnsafePointer<Self>,
    error g: UnsafeMutablePointer<Self>, leak: Self, threshold: Self, decay: Self)
  /// `x ← g(u) x`.
  static func gate(
    _ n: Int, kind: PotentialGate, _ x: UnsafeMutablePointer<Self>, potential u: UnsafePointer<Self>, threshold: Self,
    width: Self)
  /// `y[t] = decay · y[t−1] + (1 − decay) · x[t]` of `n` signals, each step `n` numbers behind the one before.
  static func traceFilter(
    _ n: Int, steps: Int, _ x: UnsafePointer<Self>, decay: Self, into y: UnsafeMutablePointer<Self>)
  /// `y = Σ_t factors[t] · x[t]`, each step `n` numbers behind the one before.
  static func fold(
    _ n: Int, steps: Int, _ x: UnsafePointer<Self>, factors: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>)
}

extension KernelScalar {
  /// Numbers that the `room` of a product of matrices holds.
  public static var matrixRoom: Int { Int(MP_MATRIX_ROOM) }

  /// How many elements fill 64 bytes.
  public static var lanes: Int { 64 / MemoryLayout<Self>.stride }

  /// `y[j] = row(j) · x` of `rows` rows that follow one another.
  static func rowDots(
    _ matrix: UnsafePointer<Self>, columns: Int, rows: Int, _ x: UnsafePointer<Self>,
    scratch: UnsafeMutablePointer<UInt32>, into y: UnsafeMutablePointer<Self>
  ) {
    rowDots(
      weights: nil, feedback: matrix, kind: .plain, scale: 1, stride: columns, columns: columns, rows: rows, x,
      gain: nil,
      scratch: scratch, descending: false, into: y)
  }

  /// Presynaptic neurons of a panel.
  public static var panelWidth: Int { 2 * lanes }

  /// `count` rounded up to whole 64-byte vectors.
  public static func padded(_ count: Int) -> Int { (count + lanes - 1) / lanes * lanes }
}
