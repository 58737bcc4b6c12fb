import Kernels

/// The derivative of the loss with respect to the weights of one projection, `Λ = base + Σ_k pre_k ⊗ post_k`.
///
/// Products are gathered and written in one pass once there are many.
final class AdjointMatrix<Scalar: KernelScalar> {
  let preCount: Int
  let columns: Int
  let rows: Int
  private let base: UnsafeMutablePointer<Scalar>
  private let products: ProductRows<Scalar>
  /// Room for two vectors that are sent back.
  private let sent: UnsafeMutablePointer<Scalar>
  private let pres: UnsafeMutablePointer<UnsafePointer<Scalar>?>
  private let posts: UnsafeMutablePointer<UnsafePointer<Scalar>?>
  private let aheads: UnsafeMutablePointer<UnsafeMutablePointer<Scalar>?>
  private let backs: UnsafeMutablePointer<UnsafeMutablePointer<Scalar>?>
  private let arena = Arena()
  private let capacity: Int
  @exclusivity(unchecked) private var count = 0
  @exclusivity(unchecked) private var visible = 0

  /// Products that are gathered before they are written.
  static var depth: Int { 24 }

  /// - Parameter room: the most products that come between two calls of `settle`.
  init(preCount: Int, postCount: Int, room: Int) {
    self.preCount = preCount
    columns = Scalar.padded(postCount)
    rows = Scalar.padded(preCount)
    capacity = Self.depth + room
    base = arena.allocate(preCount * columns, of: Scalar.self)
    products = ProductRows(
      preCount: preCount, postCount: postCount, capacity: capacity, most: capacity, in: arena)
    sent = arena.allocate(2 * rows, of: Scalar.self)
    pres = arena.allocate(2, pointersTo: Scalar.self)
    posts = arena.allocate(2, pointersTo: Scalar.self)
    aheads = .allocate(capacity: 2)
    aheads.initialize(repeating: nil, count: 2)
    backs = .allocate(capacity: 2)
    backs.initialize(repeating: nil, count: 2)
  }

  deinit {
    aheads.deallocate()
    backs.deallocate()
  }

  /// Bytes held.
  var byteCount: Int { arena.byteCount }

  /// Sets everything to 0.
  @specialized(where Scalar == Float)
  func clear() {
    Scalar.fill(2 * rows, sent, with: 0)
    Scalar.fill(preCount * columns, base, with: 0)
    count = 0
    visible = 0
  }

  /// Adds `pre ⊗ post`; seen by readers after the next `settle`.
  @specialized(where Scalar == Float)
  func add(pre q: UnsafePointer<Scalar>, post p: UnsafePointer<Scalar>) {
    precondition(count < capacity, "more than \(capacity) products between two settlements")
    products.take(count, pre: q, post: p)
    count += 1
  }

  /// Lets readers see what was added.
  @specialized(where Scalar == Float)
  func settle() {
    if count >= Self.depth { write() }
    visible = count
  }

  /// The whole matrix, pre-major, `columns` apart, with everything written.
  @specialized(where Scalar == Float)
  func written() -> UnsafeMutablePointer<Scalar> {
    write()
    return base
  }

  @specialized(where Scalar == Float)
  private func write() {
    guard count > 0 else { return }
    products.write(0..<count, to: base)
    count = 0
    visible = 0
  }

  /// A product `post ⊗ pre` that the weights changed by, and where its factors' derivatives go.
  struct Change {
    var pre: UnsafePointer<Scalar>
    var post: UnsafePointer<Scalar>
    /// Gains `Λ pre`.
    var postAdjoint: UnsafeMutablePointer<Scalar>
    /// Gains `Λᵀ post`.
    var preAdjoint: UnsafeMutablePointer<Scalar>
  }

  /// Passes the derivative on to the factors of one product, or of two in one pass over the matrix.
  @specialized(where Scalar == Float)
  func pass(_ first: Change, _ second: Change? = nil) {
    let groups = second == nil ? 1 : 2
    (pres[0], posts[0], aheads[0], backs[0]) = (first.pre, first.post, first.postAdjoint, sent)
    if let second {
      (pres[1], posts[1], aheads[1], backs[1]) = (second.pre, second.post, second.postAdjoint, sent + rows)
    }
    Scalar.bothWays(
      base, stride: columns, columns: columns, rows: preCount, groups: groups, pre: pres, post: posts, ahead: aheads,
      back: backs)
    finish(first, sent)
    if let second { finish(second, sent + rows) }
  }

  @specialized(where Scalar == Float)
  private func finish(_ change: Change, _ back: UnsafeMutablePointer<Scalar>) {
    products.addAhead(0..<visible, change.pre, to: change.postAdjoint)
    products.addBack(0..<visible, change.post, to: back)
    Scalar.addScaled(preCount, change.preAdjoint, factor: 1, back)
  }

  /// `y += Λ x` for a pre vector `x`.
  @specialized(where Scalar == Float)
  func addAhead(_ x: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>) {
    let active = Scalar.nonZero(preCount, x, list: products.list)
    Scalar.accumulate(base, stride: columns, columns: columns, products.list, active, factor: x, into: y)
    products.addAhead(0..<visible, x, to: y)
  }

  /// `y += Λᵀ x` for a post vector `x`.
  @specialized(where Scalar == Float)
  func addBack(_ x: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>) {
    Scalar.rowDots(
      weights: nil, feedback: base, kind: .plain, scale: 1, stride: columns, columns: columns, rows: preCount, x,
      gain: nil, scratch: products.list, descending: false, into: sent)
    products.addBack(0..<visible, x, to: sent)
    Scalar.addScaled(preCount, y, factor: 1, sent)
  }
}
