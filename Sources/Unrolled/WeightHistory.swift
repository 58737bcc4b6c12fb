import Kernels

/// The weights of one projection before every update of a block of samples, without a matrix for each.
///
///     W_u = base_k + Σ_{k·span ≤ i < u} Σ_g pre_ig ⊗ post_ig,   k = ⌊u / span⌋
///
/// Every `span` updates the products are written into the next base; in between, products with a vector are taken from
/// base and products. What is read on the way back has therefore the bits it had on the way forth.
final class WeightHistory<Scalar: KernelScalar> {
  let preCount: Int
  let postCount: Int
  /// Postsynaptic count padded to 64 bytes: the distance between rows of a base, and the room of a post vector.
  let columns: Int
  /// Presynaptic count padded to 64 bytes: the room of a pre vector.
  let rows: Int
  /// Products of an update.
  let groups: Int
  /// Updates between two bases.
  let span: Int
  /// False when changes count only at the end of a span.
  let takesEffect: Bool

  private let bases: UnsafeMutablePointer<Scalar>
  private let pre: UnsafeMutablePointer<Scalar>
  private let post: UnsafeMutablePointer<Scalar>
  private let coefficients: UnsafeMutablePointer<Scalar>
  private let list: UnsafeMutablePointer<UInt32>
  private let ascending: UnsafeMutablePointer<UInt32>
  private let arena = Arena()

  /// Room for `updates` updates.
  init(preCount: Int, postCount: Int, groups: Int, span: Int, takesEffect: Bool, updates: Int) {
    self.preCount = preCount
    self.postCount = postCount
    columns = Scalar.padded(postCount)
    rows = Scalar.padded(preCount)
    self.groups = groups
    self.span = span
    self.takesEffect = takesEffect
    bases = arena.allocate((updates / span + 1) * preCount * columns, of: Scalar.self)
    pre = arena.allocate(max(1, updates * groups) * rows, of: Scalar.self)
    post = arena.allocate(max(1, updates * groups) * columns, of: Scalar.self)
    coefficients = arena.allocate(max(1, span * groups), of: Scalar.self)
    list = arena.allocate(max(preCount, postCount), of: UInt32.self)
    ascending = arena.allocate(max(1, span * groups), of: UInt32.self)
    for k in 0..<max(1, span * groups) { ascending[k] = UInt32(k) }
  }

  /// Bytes held.
  var byteCount: Int { arena.byteCount }

  /// Elements of a base.
  var size: Int { preCount * columns }

  /// The base that update `u` reads, pre-major, `columns` apart.
  func base(_ u: Int) -> UnsafeMutablePointer<Scalar> { bases + (u / span) * size }

  /// Takes product `g` of update `u`.
  @specialized(where Scalar == Float)
  func take(_ u: Int, _ g: Int, post p: UnsafePointer<Scalar>, pre q: UnsafePointer<Scalar>) {
    let row = u * groups + g
    Scalar.copy(columns, p, to: post + row * columns)
    Scalar.copy(rows, q, to: pre + row * rows)
  }

  /// Ends update `u`: at the end of a span the next base is written.
  /// - Returns: the next base when it was written, for changes that are not products.
  @specialized(where Scalar == Float)
  @discardableResult
  func commit(_ u: Int) -> UnsafeMutablePointer<Scalar>? {
    guard (u + 1) % span == 0 else { return nil }
    let next = base(u + 1)
    write(base(u), first: (u + 1 - span) * groups, rank: span * groups, to: next)
    return next
  }

  /// Writes `W_u` as one matrix.
  @specialized(where Scalar == Float)
  func write(_ u: Int, to target: UnsafeMutablePointer<Scalar>) {
    let first = u / span * span * groups
    write(base(u), first: first, rank: u * groups - first, to: target)
  }

  @specialized(where Scalar == Float)
  private func write(
    _ base: UnsafePointer<Scalar>, first: Int, rank: Int, to target: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.copy(size, base, to: target)
    guard rank > 0 else { return }
    let count = Scalar.activeColumns(pre + first * rows, stride: rows, rows: rank, columns: preCount, list: list)
    Scalar.addProducts(
      target, stride: columns, columns: columns, list, count, pre: pre + first * rows, preStride: rows,
      post: post + first * columns, rank: rank)
  }

  /// `y = W_u x` for a pre vector `x`.
  @specialized(where Scalar == Float)
  func ahead(_ u: Int, _ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>) {
    Scalar.fill(columns, y, with: 0)
    let count = Scalar.nonZero(preCount, x, list: list)
    Scalar.accumulate(base(u), stride: columns, columns: columns, list, count, factor: x, into: y)
    let (first, rank) = pending(u)
    guard rank > 0 else { return }
    Scalar.rowDots(
      weights: nil, feedback: pre + first * rows, kind: .plain, scale: 1, stride: rows, columns: rows, rows: rank, x,
      gain: nil, scratch: list, descending: false, into: coefficients)
    Scalar.accumulate(
      post + first * columns, stride: columns, columns: columns, ascending, rank, factor: coefficients, into: y)
  }

  /// `y = W_uᵀ x` for a post vector `x`.
  @specialized(where Scalar == Float)
  func back(_ u: Int, _ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>) {
    Scalar.rowDots(
      weights: nil, feedback: base(u), kind: .plain, scale: 1, stride: columns, columns: columns, rows: preCount, x,
      gain: nil, scratch: list, descending: false, into: y)
    let (first, rank) = pending(u)
    guard rank > 0 else { return }
    Scalar.rowDots(
      weights: nil, feedback: post + first * columns, kind: .plain, scale: 1, stride: columns, columns: columns,
      rows: rank, x, gain: nil, scratch: list, descending: false, into: coefficients)
    Scalar.accumulate(
      pre + first * rows, stride: rows, columns: rows, ascending, rank, factor: coefficients, into: y)
  }

  private func pending(_ u: Int) -> (first: Int, rank: Int) {
    takesEffect ? ((u / span) * span * groups, (u % span) * groups) : (0, 0)
  }
}
