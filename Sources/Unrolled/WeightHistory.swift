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
  /// Products of an update.
  let groups: Int
  /// Updates between two bases.
  let span: Int
  /// False when changes count only at the end of a span.
  let takesEffect: Bool

  private let bases: UnsafeMutablePointer<Scalar>
  private let products: ProductRows<Scalar>
  private let arena = Arena()

  /// Room for `updates` updates.
  init(preCount: Int, postCount: Int, groups: Int, span: Int, takesEffect: Bool, updates: Int) {
    self.preCount = preCount
    self.postCount = postCount
    columns = Scalar.padded(postCount)
    self.groups = groups
    self.span = span
    self.takesEffect = takesEffect
    bases = arena.allocate((updates / span + 1) * preCount * columns, of: Scalar.self)
    products = ProductRows(
      preCount: preCount, postCount: postCount, capacity: updates * groups, most: span * groups, in: arena)
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
    products.take(u * groups + g, pre: q, post: p)
  }

  /// Ends update `u`: at the end of a span the next base is written.
  @specialized(where Scalar == Float)
  func commit(_ u: Int) {
    guard (u + 1) % span == 0 else { return }
    write(base(u), (u + 1 - span) * groups..<(u + 1) * groups, to: base(u + 1))
  }

  /// Writes `W_u` as one matrix.
  @specialized(where Scalar == Float)
  func write(_ u: Int, to target: UnsafeMutablePointer<Scalar>) { write(base(u), sinceBase(u), to: target) }

  private func write(
    _ base: UnsafePointer<Scalar>, _ range: Range<Int>, to target: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.copy(size, base, to: target)
    products.write(range, to: target)
  }

  /// `y = W_u x` for a pre vector `x`.
  @specialized(where Scalar == Float)
  func ahead(_ u: Int, _ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>) {
    Scalar.fill(columns, y, with: 0)
    let count = Scalar.nonZero(preCount, x, list: products.list)
    Scalar.accumulate(base(u), stride: columns, columns: columns, products.list, count, factor: x, into: y)
    if takesEffect { products.addAhead(sinceBase(u), x, to: y) }
  }

  /// `y = W_uᵀ x` for a post vector `x`.
  @specialized(where Scalar == Float)
  func back(_ u: Int, _ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>) {
    Scalar.rowDots(
      weights: nil, feedback: base(u), kind: .plain, scale: 1, stride: columns, columns: columns, rows: preCount, x,
      gain: nil, scratch: products.list, descending: false, into: y)
    if takesEffect { products.addBack(sinceBase(u), x, to: y) }
  }

  /// Products of the updates between the base of update `u` and that update.
  private func sinceBase(_ u: Int) -> Range<Int> { u / span * span * groups..<u * groups }
}
