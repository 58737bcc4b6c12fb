/// A matrix of bfloat16 numbers that only sums of its rows are taken of: half the bytes of single precision, and exact
/// for numbers that were rounded to bfloat16 when they were drawn.
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

  /// Takes the transpose of a pre-major matrix whose numbers are all bfloat16, `distance` apart from row to row.
  public func take(transposeOf x: UnsafePointer<Scalar>, distance: Int) {
    Scalar.packHalves(x, distance: distance, rows: rows, columns: columns, into: words, stride: stride)
  }

  /// `y += Σ_j factor[j] · row(j)`; `y` is padded to 64 bytes.
  @specialized(where Scalar == Float)
  public func addRows(_ factor: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>) {
    Scalar.accumulateHalves(
      words, stride: stride, columns: Scalar.padded(columns), rows: rows, factor: factor, into: y)
  }
}

extension Float {
  /// The nearest bfloat16 number, ties to even.
  public var roundedToHalf: Float {
    guard isFinite else { return self }
    return Float(bitPattern: (bitPattern &+ 0x7fff &+ (bitPattern >> 16 & 1)) & 0xffff_0000)
  }
}
