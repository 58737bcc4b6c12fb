import Kernels

/// Products `pre_k ⊗ post_k` of vectors, by number: a matrix of low rank that is read without being written.
final class ProductRows<Scalar: KernelScalar> {
  let preCount: Int
  /// Postsynaptic count padded to 64 bytes: the distance between rows of a matrix, and the room of a post vector.
  let columns: Int
  /// Presynaptic count padded to 64 bytes: the room of a pre vector.
  let rows: Int
  /// Room for a list of neurons of either side.
  let list: UnsafeMutablePointer<UInt32>
  private let pre: UnsafeMutablePointer<Scalar>
  private let post: UnsafeMutablePointer<Scalar>
  private let coefficients: UnsafeMutablePointer<Scalar>
  private let ascending: UnsafeMutablePointer<UInt32>

  /// Room for `capacity` products, of which at most `most` are read together.
  init(preCount: Int, postCount: Int, capacity: Int, most: Int, in arena: Arena) {
    self.preCount = preCount
    columns = Scalar.padded(postCount)
    rows = Scalar.padded(preCount)
    pre = arena.allocate(max(1, capacity) * rows, of: Scalar.self)
    post = arena.allocate(max(1, capacity) * columns, of: Scalar.self)
    coefficients = arena.allocate(max(1, most), of: Scalar.self)
    list = arena.allocate(max(preCount, postCount), of: UInt32.self)
    ascending = arena.allocate(max(1, most), of: UInt32.self)
    for k in 0..<most { ascending[k] = UInt32(k) }
  }

  /// Takes product `k`.
  @specialized(where Scalar == Float)
  func take(_ k: Int, pre q: UnsafePointer<Scalar>, post p: UnsafePointer<Scalar>) {
    Scalar.copy(rows, q, to: pre + k * rows)
    Scalar.copy(columns, p, to: post + k * columns)
  }

  /// Adds products to a matrix, pre-major, `columns` apart.
  @specialized(where Scalar == Float)
  func write(_ range: Range<Int>, to target: UnsafeMutablePointer<Scalar>) {
    guard !range.isEmpty else { return }
    let first = pre + range.lowerBound * rows
    let count = Scalar.activeColumns(first, stride: rows, rows: range.count, columns: preCount, list: list)
    Scalar.addProducts(
      target, stride: columns, columns: columns, list, count, pre: first, preStride: rows,
      post: post + range.lowerBound * columns, rank: range.count)
  }

  /// `y += Σ_k post_k (pre_k · x)` for a pre vector `x`.
  @specialized(where Scalar == Float)
  func addAhead(_ range: Range<Int>, _ x: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>) {
    guard !range.isEmpty else { return }
    Scalar.rowDots(
      weights: nil, feedback: pre + range.lowerBound * rows, kind: .plain, scale: 1, stride: rows, columns: rows,
      rows: range.count, x, gain: nil, scratch: list, descending: false, into: coefficients)
    Scalar.accumulate(
      post + range.lowerBound * columns, stride: columns, columns: columns, ascending, range.count,
      factor: coefficients, into: y)
  }

  /// `y += Σ_k pre_k (post_k · x)` for a post vector `x`.
  @specialized(where Scalar == Float)
  func addBack(_ range: Range<Int>, _ x: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>) {
    guard !range.isEmpty else { return }
    Scalar.rowDots(
      weights: nil, feedback: post + range.lowerBound * columns, kind: .plain, scale: 1, stride: columns,
      columns: columns, rows: range.count, x, gain: nil, scratch: list, descending: false, into: coefficients)
    Scalar.accumulate(
      pre + range.lowerBound * rows, stride: rows, columns: rows, ascending, range.count, factor: coefficients, into: y)
  }
}
