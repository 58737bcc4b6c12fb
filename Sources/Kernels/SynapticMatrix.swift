/// The weights of one projection: a matrix, and the changes that were decided since it was last written.
///
///     W = scale · (W₀ + Σ_g Σ_k pre_gk ⊗ post_gk)
///
/// A change is a product of a pre and a post vector, one per group `g` of a rule's terms and step `k`. As long as
/// weights are only multiplied with vectors, a change need not be written into all n_in · n_out synapses at once: the
/// products of a whole sample are written in one pass, and in between `W x` and `Wᵀ x` are taken from the parts. This is
/// exact; only the order of additions differs.
public final class SynapticMatrix<Scalar: KernelScalar> {
  /// Number of presynaptic and of postsynaptic neurons.
  public let preCount: Int, postCount: Int
  /// Postsynaptic count padded to 64 bytes: the distance between rows of `base`.
  public let columns: Int
  /// Presynaptic count padded to 64 bytes: the distance between rows of `transposed`.
  public let rows: Int
  /// `W₀`, pre-major: `base[pre · columns + post]`.
  public let base: UnsafeMutablePointer<Scalar>
  /// `W₀ᵀ`: `transposed[post · rows + pre]`; nil unless `keepTransposed` was called.
  @exclusivity(unchecked) public private(set) var transposed: UnsafeMutablePointer<Scalar>?
  /// Steps whose changes are pending.
  @exclusivity(unchecked) public private(set) var pending = 0
  /// Times the changes were written.
  @exclusivity(unchecked) public private(set) var writes = 0
  /// True when somebody reads single synapses within a sample, so that changes must be written at once.
  public private(set) var mustBeCurrent = false

  private let arena = Arena()
  @exclusivity(unchecked) private var coefficients: UnsafeMutablePointer<Scalar>
  private let scratch: UnsafeMutablePointer<UInt32>
  @exclusivity(unchecked) private var ascending: UnsafeMutablePointer<UInt32>
  /// `[step][group]` rows of the pre and of the post side.
  @exclusivity(unchecked) private var pre: UnsafeMutablePointer<Scalar>
  @exclusivity(unchecked) private var post: UnsafeMutablePointer<Scalar>
  @exclusivity(unchecked) private var room = 0
  @exclusivity(unchecked) private var groups = 0
  /// The most steps that may be pending.
  @exclusivity(unchecked) private var full = 1
  @exclusivity(unchecked) private var scale: Scalar = 1
  @exclusivity(unchecked) private var takesEffect = true
  private var held: UnsafeMutablePointer<Scalar>?
  /// What pending changes send back later; nil where all is sent back at once.
  @exclusivity(unchecked) private var late: LateChanges<Scalar>?
  @exclusivity(unchecked) private var holds = false
  @exclusivity(unchecked) private var foreseen: UnsafePointer<Scalar>?

  /// The most steps whose changes can be pending; one more and they are written, or summed when they must wait.
  public static var capacity: Int { 64 }

  /// A matrix of zeros.
  public init(preCount: Int, postCount: Int) {
    self.preCount = preCount
    self.postCount = postCount
    columns = Scalar.padded(postCount)
    rows = Scalar.padded(preCount)
    base = arena.allocate(preCount * columns, of: Scalar.self)
    scratch = arena.allocate(max(preCount, postCount), of: UInt32.self)
    // Nothing is pending before `prepare`.
    coefficients = arena.allocate(1, of: Scalar.self)
    ascending = arena.allocate(1, of: UInt32.self)
    pre = coefficients
    post = coefficients
  }

  /// The weights as [post, pre], row-major, without padding; pending changes included. Setting forgets those.
  public var dense: [Scalar] {
    get {
      var matrix = [Scalar](repeating: 0, count: preCount * postCount)
      settle()
      for j in 0..<preCount {
        for i in 0..<postCount {
          var weight = base[j * columns + i]
          for k in 0..<(takesEffect ? pending * groups : 0) { weight += pre[k * rows + j] * post[k * columns + i] }
          matrix[i * preCount + j] = takesEffect ? scale * weight : weight
        }
      }
      return matrix
    }
    set {
      precondition(newValue.count == preCount * postCount, "\(newValue.count) weights for \(preCount * postCount)")
      for j in 0..<preCount { for i in 0..<postCount { base[j * columns + i] = newValue[i * preCount + j] } }
      baseChanged()
    }
  }

  /// Writes the weights as they are now, pending changes included, to `target`, laid out like `base`, with the bits that
  /// `write` would leave there. Nothing of the matrix changes: what is multiplied or written later keeps its bits.
  /// - Complexity: O(pre · post · pending changes); allocates.
  public func copyCurrent(to target: UnsafeMutablePointer<Scalar>) {
    Scalar.copy(preCount * columns, base, to: target)
    guard reads else { return }
    let rank = pending * groups
    // What is sent back late is settled in place, and undone.
    let settles = late != nil && rank > 0
    let vectors = settles ? Array(UnsafeBufferPointer(start: pre, count: rank * rows)) : []
    let factors = settles ? Array(UnsafeBufferPointer(start: late!.factors, count: rank)) : []
    settle()
    addPending(to: target)
    if scale != 1 { Scalar.multiply(preCount * columns, target, by: scale) }
    guard settles else { return }
    pre.update(from: vectors, count: vectors.count)
    late!.factors.update(from: factors, count: factors.count)
  }

  // MARK: Who reads

  /// Asks that `base` be current after every step: for readers of single synapses, such as their signs.
  public func requireCurrent() { mustBeCurrent = true }

  /// Asks for `transposed`.
  public func keepTransposed() {
    guard transposed == nil else { return }
    transposed = arena.allocate(postCount * rows, of: Scalar.self)
    transpose()
  }

  /// Forgets pending changes and renews what is derived from `base`, which somebody has written.
  public func baseChanged() {
    pending = 0
    scale = 1
    holds = false
    writes += 1
    transpose()
  }

  /// Takes currents that were formed for the steps to come, [step][columns], changes included; nil ends it.
  public func foresee(_ currents: UnsafePointer<Scalar>?) { foreseen = currents }

  // MARK: Changes

  /// Makes room for changes of `groups` products a step, and forgets pending ones.
  /// - Parameters:
  ///   - steps: steps of a sample.
  ///   - takesEffect: false when changes count only once they are written, at the end of a sample.
  ///   - sendsLate: whether changes say vectors to be sent back later; they must take effect, and weights must not grow.
  public func prepare(groups: Int, steps: Int, takesEffect: Bool, sendsLate: Bool = false) {
    precondition(takesEffect || !sendsLate, "changes that do not take effect are not sent back later")
    if !sendsLate {
      late = nil
    } else if late == nil || late!.capacity < min(steps, Self.capacity) * groups {
      late = LateChanges(
        capacity: min(steps, Self.capacity) * groups, preCount: preCount, postCount: postCount, in: arena)
    }
    let capacity = min(steps, Self.capacity) * groups
    if capacity > room {
      pre = arena.allocate(capacity * rows, of: Scalar.self)
      post = arena.allocate(capacity * columns, of: Scalar.self)
      coefficients = arena.allocate(capacity, of: Scalar.self)
      ascending = arena.allocate(capacity, of: UInt32.self)
      for k in 0..<capacity { ascending[k] = UInt32(k) }
      room = capacity
    }
    full = min(steps, Self.capacity)
    if !takesEffect, steps > Self.capacity, held == nil {
      held = arena.allocate(preCount * columns, of: Scalar.self)
    }
    self.groups = groups
    self.takesEffect = takesEffect
    pending = 0
    scale = 1
    holds = false
  }

  /// Adds `share` times the weights to the weights.
  public func grow(by share: Scalar) {
    guard takesEffect else {
      // All shares of a sample are of the same weights.
      scale += share
      return
    }
    scale *= 1 + share
    // Changes are kept divided by the scale: one that nearly vanishes is written before it costs precision.
    if !(abs(scale) > 0x1p-10 && abs(scale) < 0x1p10) { write() }
  }

  /// Takes the product of group `g` at this step, its pre vector a sum of vectors with a factor each; `commit` ends the
  /// step.
  ///
  /// With `back` the pre vector is `factor · Wᵀ vector` more, of the weights before this step, formed when it is needed.
  @specialized(where Scalar == Float)
  public func change(
    _ g: Int, pre count: Int, factors: UnsafePointer<UnsafePointer<Scalar>?>,
    _ vectors: UnsafePointer<UnsafePointer<Scalar>?>, post other: UnsafePointer<Scalar>,
    back: (factor: UnsafePointer<Scalar>, vector: UnsafePointer<Scalar>)? = nil
  ) {
    precondition(pending < full, "more than \(full) changes in a sample")
    let row = pending * groups + g
    Scalar.combine(
      rows, count, factor: factors, vectors, scale: takesEffect && scale != 1 ? 1 / scale : 1, into: pre + row * rows)
    Scalar.copy(columns, other, to: post + row * columns)
    guard let late else { return }
    late.factors[row] = back?.factor[0] ?? 0
    if let back { Scalar.copy(columns, back.vector, to: late.vectors + row * columns) }
  }

  /// Forms what pending changes were to send back later.
  private func settle() {
    guard let late, pending > 0 else { return }
    let coefficients = coefficients
    var count = 0
    // Backwards, for the pre vectors of earlier steps are read as they were said.
    for row in stride(from: pending * groups - 1, through: 0, by: -1) where late.factors[row] != 0 {
      let steps = row / groups
      Scalar.copy(columns, late.vectors + row * columns, to: late.argument)
      unroll(late.argument, steps: steps, late)
      let target = pre + row * rows
      let factor = late.factors[row]
      for earlier in 0..<steps * groups {
        Scalar.addScaled(rows, target, factor: factor * coefficients[earlier], pre + earlier * rows)
      }
      for i in 0..<postCount { late.transposed[i * late.stride + count] = factor * late.argument[i] }
      late.rows[count] = UInt32(row)
      count += 1
    }
    guard count > 0 else { return }
    let width = Scalar.panelWidth
    for first in stride(from: 0, to: preCount, by: width) {
      let here = min(width, preCount - first)
      Scalar.pack(
        base, stride: columns, late.everyone + first, here, next: min(width, preCount - first - here),
        columns: columns, into: late.panel)
      Scalar.panelDots(
        late.panel, late.everyone, postCount, late.transposed, stride: late.stride, steps: count, into: late.sums)
      for k in 0..<count {
        Scalar.addScaled(here, pre + Int(late.rows[k]) * rows + first, factor: 1, late.sums + k * width)
      }
    }
    for k in 0..<count { late.factors[Int(late.rows[k])] = 0 }
  }

  /// Turns `x` into the `u` of `W_sᵀ x = W₀ᵀ u + Σ_r coefficients[r] · pre_r`, the weights those after `steps` pending
  /// steps and `r` the changes of these: `W_{k+1}ᵀ x = W_kᵀ (x + Σ_g λ_g (post_g · x) q_g) + Σ_g (post_g · x) pre_g`.
  @specialized(where Scalar == Float)
  private func unroll(_ x: UnsafeMutablePointer<Scalar>, steps: Int, _ late: LateChanges<Scalar>) {
    for k in stride(from: steps - 1, through: 0, by: -1) {
      let row = k * groups
      Scalar.rowDots(
        post + row * columns, columns: columns, rows: groups, x, scratch: scratch, into: coefficients + row)
      for r in row..<row + groups where late.factors[r] != 0 {
        Scalar.addScaled(columns, x, factor: late.factors[r] * coefficients[r], late.vectors + r * columns)
      }
    }
  }

  /// Ends the changes of a step.
  @specialized(where Scalar == Float)
  public func commit() {
    pending += 1
    guard pending == full else { return }
    if takesEffect {
      // What fills up at a sample's last step is written at its end.
      if full == Self.capacity { write() }
    } else if full == Self.capacity, let held {
      if !holds { Scalar.fill(preCount * columns, held, with: 0) }
      holds = true
      addPending(to: held)
      pending = 0
    }
  }

  /// Writes pending changes into `base`.
  @specialized(where Scalar == Float)
  public func write() {
    if pending == 0 && scale == 1 && !holds { return }
    settle()
    if scale != 1, !takesEffect { Scalar.multiply(preCount * columns, base, by: scale) }
    addPending(to: base)
    if holds, let held { Scalar.addScaled(preCount * columns, base, factor: 1, held) }
    if scale != 1, takesEffect { Scalar.multiply(preCount * columns, base, by: scale) }
    baseChanged()
  }

  private func addPending(to target: UnsafeMutablePointer<Scalar>) {
    let rank = pending * groups
    guard rank > 0 else { return }
    let count = Scalar.activeColumns(pre, stride: rows, rows: rank, columns: preCount, list: scratch)
    Scalar.addProducts(
      target, stride: columns, columns: columns, scratch, count, pre: pre, preStride: rows, post: post, rank: rank)
  }

  private func transpose() {
    guard let transposed else { return }
    Scalar.transpose(base, stride: columns, rows: preCount, columns: postCount, into: transposed, stride: rows)
  }

  // MARK: Products

  private var reads: Bool { takesEffect && (pending > 0 || scale != 1) }

  /// `y = W x` for a pre vector `x` of ones at `list` and zeros elsewhere.
  @specialized(where Scalar == Float)
  public func ahead(
    spikes x: UnsafePointer<Scalar>, _ list: UnsafePointer<UInt32>, _ count: Int, into y: UnsafeMutablePointer<Scalar>
  ) {
    if let currents = foreseen {
      Scalar.copy(columns, currents, to: y)
      foreseen = currents + columns
      return
    }
    Scalar.fill(columns, y, with: 0)
    Scalar.accumulate(base, stride: columns, columns: columns, list, count, into: y)
    if reads { addPendingAhead(x, to: y) }
  }

  /// `y = W x` for a pre vector `x` that is not 0 at `list` only.
  @specialized(where Scalar == Float)
  public func ahead(
    _ x: UnsafePointer<Scalar>, _ list: UnsafePointer<UInt32>, _ count: Int, into y: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.fill(columns, y, with: 0)
    Scalar.accumulate(base, stride: columns, columns: columns, list, count, factor: x, into: y)
    if reads { addPendingAhead(x, to: y) }
  }

  /// `y = gain ∘ Wᵀ x` for a post vector `x`; rows of zero gain are skipped. `gain` nil stands for ones.
  @specialized(where Scalar == Float)
  public func back(_ x: UnsafePointer<Scalar>, gain: UnsafePointer<Scalar>?, into y: UnsafeMutablePointer<Scalar>) {
    if let late, pending > 0 {
      Scalar.copy(columns, x, to: late.argument)
      unroll(late.argument, steps: pending, late)
      Scalar.rowDots(
        weights: nil, feedback: base, kind: .plain, scale: 1, stride: columns, columns: columns, rows: preCount,
        late.argument, gain: nil, scratch: scratch, descending: false, into: y)
      Scalar.accumulate(
        pre, stride: rows, columns: rows, ascending, pending * groups, factor: coefficients, into: y)
      if let gain { Scalar.multiply(preCount, y, by: gain) }
      return
    }
    Scalar.rowDots(
      weights: nil, feedback: base, kind: .plain, scale: 1, stride: columns, columns: columns, rows: preCount, x,
      gain: reads ? nil : gain, scratch: scratch, descending: false, into: y)
    if reads {
      addPendingBack(x, to: y)
      if let gain { Scalar.multiply(preCount, y, by: gain) }
    }
  }

  /// Turns `y = W₀ᵀ x` into `Wᵀ x`.
  @specialized(where Scalar == Float)
  public func addPendingBack(_ x: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>) {
    guard reads else { return }
    let rank = pending * groups
    if rank > 0 {
      Scalar.rowDots(post, columns: columns, rows: rank, x, scratch: scratch, into: coefficients)
      Scalar.accumulate(pre, stride: rows, columns: rows, ascending, rank, factor: coefficients, into: y)
    }
    if scale != 1 { Scalar.multiply(preCount, y, by: scale) }
  }

  /// Turns `y = W₀ x` into `W x`.
  @specialized(where Scalar == Float)
  private func addPendingAhead(_ x: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>) {
    let rank = pending * groups
    if rank > 0 {
      Scalar.rowDots(pre, columns: rows, rows: rank, x, scratch: scratch, into: coefficients)
      if let late {
        for k in 0..<pending {
          let row = k * groups
          for r in row..<row + groups where late.factors[r] != 0 {
            Scalar.rowDots(late.vectors + r * columns, columns: columns, rows: 1, y, scratch: scratch, into: late.dot)
            coefficients[r] += late.factors[r] * late.dot[0]
          }
          Scalar.accumulate(
            post + row * columns, stride: columns, columns: columns, ascending, groups, factor: coefficients + row,
            into: y)
        }
        return
      }
      Scalar.accumulate(post, stride: columns, columns: columns, ascending, rank, factor: coefficients, into: y)
    }
    if scale != 1 { Scalar.multiply(columns, y, by: scale) }
  }
}

/// What changes send back later: `λ · Wᵀ q`, of the weights before the step of the change.
private struct LateChanges<Scalar: KernelScalar> {
  let capacity: Int
  let stride: Int
  /// λ of every change, 0 for none.
  let factors: UnsafeMutablePointer<Scalar>
  /// q of every change, columns apart.
  let vectors: UnsafeMutablePointer<Scalar>
  let argument: UnsafeMutablePointer<Scalar>
  let dot: UnsafeMutablePointer<Scalar>
  /// Arguments side by side, [post][change], and whose they are.
  let transposed: UnsafeMutablePointer<Scalar>
  let rows: UnsafeMutablePointer<UInt32>
  let panel: UnsafeMutablePointer<Scalar>
  let sums: UnsafeMutablePointer<Scalar>
  let everyone: UnsafeMutablePointer<UInt32>

  init(capacity: Int, preCount: Int, postCount: Int, in arena: Arena) {
    let columns = Scalar.padded(postCount)
    self.capacity = capacity
    stride = Scalar.padded(capacity)
    factors = arena.allocate(capacity, of: Scalar.self)
    vectors = arena.allocate(capacity * columns, of: Scalar.self)
    argument = arena.allocate(columns, of: Scalar.self)
    dot = arena.allocate(1, of: Scalar.self)
    transposed = arena.allocate(columns * stride, of: Scalar.self)
    rows = arena.allocate(capacity, of: UInt32.self)
    panel = arena.allocate(columns * Scalar.panelWidth, of: Scalar.self)
    sums = arena.allocate(capacity * Scalar.panelWidth, of: Scalar.self)
    everyone = arena.allocate(max(preCount, postCount), of: UInt32.self)
    for j in 0..<max(preCount, postCount) { everyone[j] = UInt32(j) }
  }
}
