import Kernels

/// The derivative of the loss with respect to the weights of one projection, `Λ = base + Σ_k pre_k ⊗ post_k`.
///
/// Products are gathered and written in one pass once there are many.
final class AdjointMatrix<Scalar: KernelScalar> {
  let preCount: Int
  let columns: Int
  let rows: Int
  private let base: UnsafeMutablePointer<Scalar>
  private let pre: UnsafeMutablePointer<Scalar>
  private let post: UnsafeMutablePointer<Scalar>
  private let coefficients: UnsafeMutablePointer<Scalar>
  private let list: UnsafeMutablePointer<UInt32>
  private let ascending: UnsafeMutablePointer<UInt32>
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
    pre = arena.allocate(capacity * rows, of: Scalar.self)
    post = arena.allocate(capacity * columns, of: Scalar.self)
    coefficients = arena.allocate(capacity, of: Scalar.self)
    list = arena.allocate(max(preCount, postCount), of: UInt32.self)
    ascending = arena.allocate(capacity, of: UInt32.self)
    for k in 0..<capacity { ascending[k] = UInt32(k) }
  }

  /// Bytes held.
  var byteCount: Int { arena.byteCount }

  /// Sets everything to 0.
  func clear() {
    Scalar.fill(preCount * columns, base, with: 0)
    count = 0
    visible = 0
  }

  /// Adds `pre ⊗ post`; seen by readers after the next `settle`.
  func add(pre q: UnsafePointer<Scalar>, post p: UnsafePointer<Scalar>) {
    precondition(count < capacity, "more than \(capacity) products between two settlements")
    Scalar.copy(rows, q, to: pre + count * rows)
    Scalar.copy(columns, p, to: post + count * columns)
    count += 1
  }

  /// Lets readers see what was added.
  func settle() {
    if count >= Self.depth { write() }
    visible = count
  }

  /// The whole matrix, pre-major, `columns` apart, with everything written.
  func written() -> UnsafeMutablePointer<Scalar> {
    write()
    return base
  }

  private func write() {
    guard count > 0 else { return }
    let active = Scalar.activeColumns(pre, stride: rows, rows: count, columns: preCount, list: list)
    Scalar.addProducts(
      base, stride: columns, columns: columns, list, active, pre: pre, preStride: rows, post: post, rank: count)
    count = 0
    visible = 0
  }

  /// `y += Λ x` for a pre vector `x`.
  func addAhead(_ x: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>) {
    let active = Scalar.nonZero(preCount, x, list: list)
    Scalar.accumulate(base, stride: columns, columns: columns, list, active, factor: x, into: y)
    guard visible > 0 else { return }
    Scalar.rowDots(
      weights: nil, feedback: pre, kind: .plain, scale: 1, stride: rows, columns: rows, rows: visible, x, gain: nil,
      scratch: list, descending: false, into: coefficients)
    Scalar.accumulate(post, stride: columns, columns: columns, ascending, visible, factor: coefficients, into: y)
  }

  /// `y = Λᵀ x` for a post vector `x`.
  func back(_ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>) {
    Scalar.rowDots(
      weights: nil, feedback: base, kind: .plain, scale: 1, stride: columns, columns: columns, rows: preCount, x,
      gain: nil, scratch: list, descending: false, into: y)
    guard visible > 0 else { return }
    Scalar.rowDots(
      weights: nil, feedback: post, kind: .plain, scale: 1, stride: columns, columns: columns, rows: visible, x,
      gain: nil, scratch: list, descending: false, into: coefficients)
    Scalar.accumulate(pre, stride: rows, columns: rows, ascending, visible, factor: coefficients, into: y)
  }
}
