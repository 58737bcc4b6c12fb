import Arithmetic
import Testing

@Suite("eigenvectors of symmetric matrices")
struct SymmetricEigenTests {
  /// The largest entry of `|left - right|`.
  private func distance(_ left: Matrix, _ right: Matrix) -> Double {
    zip(left.elements, right.elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  private func randomSymmetric(_ n: Int, seed: UInt64) -> Matrix {
    var stream = RandomStream(seed: seed, purpose: .testing, UInt32(n))
    var matrix = Matrix(rows: n, columns: n)
    for i in 0..<n {
      for j in 0...i {
        matrix[i, j] = stream.nextNormal()
        matrix[j, i] = matrix[i, j]
      }
    }
    return matrix
  }

  private func check(_ matrix: Matrix, sourceLocation: SourceLocation = #_sourceLocation) {
    let eigen = SymmetricEigen(matrix)
    let n = matrix.rows
    let scale = max(matrix.elements.reduce(0) { max($0, abs($1)) }, .leastNormalMagnitude)
    // Rounding grows with the number of rotations, some n per entry.
    let tolerance = 1e-15 * Double(max(n, 4) * 4)
    #expect(
      distance(eigen.vectors * eigen.vectors.transposed, .identity(n)) < tolerance, sourceLocation: sourceLocation)
    let rebuilt = eigen.vectors.transposed * Matrix(diagonal: eigen.values) * eigen.vectors
    #expect(distance(rebuilt, matrix) / scale < tolerance, sourceLocation: sourceLocation)
    #expect(eigen.values == eigen.values.sorted(), sourceLocation: sourceLocation)
  }

  @Test("A = V diag(λ) Vᵀ with orthogonal V", arguments: [1, 2, 3, 5, 10, 27, 60], [1, 2, 3] as [UInt64])
  func rebuilds(n: Int, seed: UInt64) { check(randomSymmetric(n, seed: seed)) }

  @Test("degenerate matrices are decomposed too")
  func degenerate() {
    check(Matrix(rows: 4, columns: 4))
    check(.identity(6))
    check(Matrix(diagonal: [3, -1, 3, 0, 3]))
    // Rank one: one eigenvalue |v|², the others 0.
    let v = (0..<8).map { Double($0) - 2.5 }
    let outer = Matrix(rows: 8, columns: 8, elements: v.flatMap { x in v.map { x * $0 } })
    check(outer)
    #expect(abs(SymmetricEigen(outer).values[7] - v.reduce(0) { $0 + $1 * $1 }) < 1e-12)
    // Entries near both ends of the range of doubles.
    for factor in [1e-300, 1e300] {
      var scaled = randomSymmetric(5, seed: 4)
      scaled.elements = scaled.elements.map { $0 * factor }
      check(scaled)
    }
  }

  @Test("the second difference matrix has the eigenvalues 2 - 2 cos(kπ/(n+1))")
  func secondDifference() {
    let n = 20
    var matrix = Matrix(diagonal: [Double](repeating: 2, count: n))
    for i in 1..<n {
      matrix[i, i - 1] = -1
      matrix[i - 1, i] = -1
    }
    // cos(kθ) by the recursion cos((k+1)θ) = 2 cos θ cos kθ - cos (k-1)θ with θ = π/21.
    let first = 0.9888308262251285
    var cosines = [1.0, first]
    for _ in 2...n { cosines.append(2 * first * cosines[cosines.count - 1] - cosines[cosines.count - 2]) }
    for (k, value) in SymmetricEigen(matrix).values.enumerated() {
      #expect(abs(value - (2 - 2 * cosines[k + 1])) < 1e-12)
    }
  }

  @Test("small eigenvalues of a graded positive matrix keep their relative accuracy")
  func graded() {
    // D B D with a well-conditioned B: determinant = product of d² · det B, with det B of the 2 x 2 block 0.75.
    let matrix = Matrix(rows: 2, columns: 2, elements: [1, 0.5e-8, 0.5e-8, 1e-16])
    let values = SymmetricEigen(matrix).values
    #expect(abs(values[0] / 0.75e-16 - 1) < 1e-14)
  }

  @Test("components and vector are inverse to each other")
  func components() {
    let eigen = SymmetricEigen(randomSymmetric(7, seed: 5))
    let x = (0..<7).map { Double($0 * $0) - 3 }
    for (a, b) in zip(eigen.vector(of: eigen.components(of: x)), x) { #expect(abs(a - b) < 1e-12) }
    for k in 0..<7 {
      let axis = (0..<7).map { $0 == k ? 1.0 : 0 }
      #expect(eigen.vector(of: axis) == (0..<7).map { eigen.vectors[k, $0] })
    }
  }
}
