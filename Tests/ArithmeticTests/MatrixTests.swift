import Arithmetic
import Testing

@Suite("matrices")
struct MatrixTests {
  @Test("product, transpose and product with a vector follow the definition")
  func products() {
    let a = Matrix(rows: 2, columns: 3, elements: [1, 2, 3, 4, 5, 6])
    let b = Matrix(rows: 3, columns: 2, elements: [7, 8, 9, 10, 11, 12])
    #expect(a * b == Matrix(rows: 2, columns: 2, elements: [58, 64, 139, 154]))
    #expect(a.transposed == Matrix(rows: 3, columns: 2, elements: [1, 4, 2, 5, 3, 6]))
    #expect((a * b).transposed == b.transposed * a.transposed)
    #expect(a * [1, 0, -1] == [-2, -2])
    #expect(Matrix.identity(2) * a == a)
  }

  @Test("symmetry is exact")
  func symmetry() {
    #expect(Matrix(rows: 2, columns: 2, elements: [1, 2, 2, 3]).isSymmetric)
    #expect(!Matrix(rows: 2, columns: 2, elements: [1, 2, 2.0.nextUp, 3]).isSymmetric)
    #expect(!Matrix(rows: 1, columns: 2).isSymmetric)
  }
}
