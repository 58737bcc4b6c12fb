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
  public func prepare(groups: Int, steps: Int, takesEffect: Bool) {
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
  @specialized(where Scalar == Float)
  public func change(
    _ g: Int, pre count: Int, factors: UnsafePointer<UnsafePointer<Scalar>?>,
    _ vectors: UnsafePointer<UnsafePointer<Scalar>?>, post other: UnsafePointer<Scalar>
  ) {
    precondition(pending < full, "more than \(full) changes in a sample")
    let row = pending * groups + g
    Scalar.combine(
      rows, count, factor: factors, vectors, scale: takesEffect && scale != 1 ? 1 / scale : 1, into: pre + row * rows)
    Scalar.copy(columns, other, to: post + row * columns)
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
      Scalar.accumulate(post, stride: columns, columns: columns, ascending, rank, factor: coefficients, into: y)
    }
    if scale != 1 { Scalar.multiply(columns, y, by: scale) }
  }
}
