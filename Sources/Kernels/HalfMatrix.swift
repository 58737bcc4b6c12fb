/// A matrix of bfloat16 numbers: half the bytes of single precision, and exact for numbers that were rounded to bfloat16
/// when they were drawn.
///
/// A row holds blocks of 32 columns as 16 words: column `k` of a block is the low half of word `k`, column `k + 16` the
/// high half.
public struct HalfMatrix<Scalar: KernelScalar> {
  /// Number of rows and of columns.
  public let rows: Int, columns: Int
  private let stride: Int
  private let words: UnsafeMutablePointer<UInt32>

  /// A matrix of zeros.
  public init(rows: Int, columns: Int, in arena: Arena) {
    self.rows = rows
    self.columns = columns
    stride = (columns + 31) / 32 * 16
    words = arena.allocate(rows * stride, of: UInt32.self)
  }

  /// Takes a matrix whose numbers are all bfloat16: number `i` of row `j` is `x[j · rowStep + i · columnStep]`.
  public func take(_ x: UnsafePointer<Scalar>, rowStep: Int, columnStep: Int) {
    Scalar.storeHalves(
      x, rowStep: rowStep, columnStep: columnStep, rows: rows, columns: columns, into: words, stride: stride)
  }

  /// `y = gain ∘ Σ_j factor[j] · row(j)`; `gain` and `y` are padded to 64 bytes.
  public func sumRows(
    _ factor: UnsafePointer<Scalar>, gain: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.accumulateHalves(
      words, stride: stride, columns: Scalar.padded(columns), rows: rows, factor: factor, gain: gain, into: y)
  }

  /// Adds row `j` to the vectors `y[t]`, padded columns apart, for every bit `t` of `bits[j] & mask`, `j` in the list.
  func scatter(
    _ list: UnsafePointer<UInt32>, _ count: Int, bits: UnsafePointer<UInt64>, mask: UInt64,
    into y: UnsafeMutablePointer<Scalar>
  ) {
    Scalar.scatterHalves(
      words, stride: stride, columns: Scalar.padded(columns), list, count, bits: bits, mask: mask, into: y)
  }

  /// Gathers listed rows into a panel; `next` are listed behind them.
  func pack(_ list: UnsafePointer<UInt32>, _ count: Int, next: Int, into panel: UnsafeMutablePointer<Scalar>) {
    Scalar.packHalves(
      words, stride: stride, list, count, next: next, columns: Scalar.padded(columns), into: panel)
  }
}
