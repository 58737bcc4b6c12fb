/// A dense matrix of doubles, stored row by row.
public struct Matrix: Sendable, Equatable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The entries, row-major, `rows * columns` of them.
  public var elements: [Double]

  /// - Precondition: `elements.count == rows * columns`.
  public init(rows: Int, columns: Int, elements: [Double]) {
    precondition(
      elements.count == rows * columns, "\(elements.count) entries do not fill a \(rows) x \(columns) matrix")
    self.rows = rows
    self.columns = columns
    self.elements = elements
  }

  /// The `rows` x `columns` matrix of zeros.
  public init(rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns, elements: [Double](repeating: 0, count: rows * columns))
  }

  /// The square matrix with `diagonal` on its diagonal and zeros elsewhere.
  public init(diagonal: [Double]) {
    self.init(rows: diagonal.count, columns: diagonal.count)
    for i in diagonal.indices { self[i, i] = diagonal[i] }
  }

  /// The identity of the given size.
  public static func identity(_ size: Int) -> Matrix { Matrix(diagonal: [Double](repeating: 1, count: size)) }

  /// The entry in row `row` and column `column`, both from 0.
  @inlinable
  public subscript(row: Int, column: Int) -> Double {
    get { elements[row * columns + column] }
    set { elements[row * columns + column] = newValue }
  }

  /// Whether the matrix is square and equal to its transpose, bit for bit.
  public var isSymmetric: Bool {
    guard rows == columns else { return false }
    for i in 0..<rows {
      for j in 0..<i where self[i, j] != self[j, i] { return false }
    }
    return true
  }

  /// The transpose.
  public var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    for i in 0..<rows {
      for j in 0..<columns { result[j, i] = self[i, j] }
    }
    return result
  }

  /// The matrix product; sums run in index order.
  /// - Precondition: `left.columns == right.rows`.
  public static func * (left: Matrix, right: Matrix) -> Matrix {
    precondition(left.columns == right.rows, "inner sizes \(left.columns) and \(right.rows) differ")
    var result = Matrix(rows: left.rows, columns: right.columns)
    for i in 0..<left.rows {
      for k in 0..<left.columns {
        let factor = left[i, k]
        for j in 0..<right.columns { result[i, j] += factor * right[k, j] }
      }
    }
    return result
  }

  /// The product with a column vector.
  /// - Precondition: `matrix.columns == vector.count`.
  public static func * (matrix: Matrix, vector: [Double]) -> [Double] {
    precondition(matrix.columns == vector.count, "sizes \(matrix.columns) and \(vector.count) differ")
    return (0..<matrix.rows).map { i in
      var sum = 0.0
      for j in 0..<matrix.columns { sum += matrix[i, j] * vector[j] }
      return sum
    }
  }
}
