import Arithmetic
import Kernels
import TestSupport
import Testing

/// `KernelScalar.product`: blocks, edges, transpositions.
@Suite("Matrix Products")
struct MatrixProductTests {
  /// Two matrices in some layout, with room to spare behind every row of the result.
  struct Trial<Scalar: KernelScalar> {
    let rows: Int, columns: Int, depth: Int
    let aRow: Int, aColumn: Int, bRow: Int, bColumn: Int
    let stride: Int
    var a: [Scalar], b: [Scalar], c: [Scalar]

    /// `turned` 0 … 3: neither, a, b, both transposed.
    init(_ rows: Int, _ columns: Int, _ depth: Int, turned: Int, whole: Bool, seed: UInt64) {
      (self.rows, self.columns, self.depth) = (rows, columns, depth)
      (aRow, aColumn) = turned & 1 == 0 ? (depth, 1) : (1, rows)
      (bRow, bColumn) = turned & 2 == 0 ? (columns, 1) : (1, depth)
      stride = columns + 3
      func draw(_ count: Int, _ second: UInt32) -> [Scalar] {
        whole ? wholeNumbers(count, seed: seed, second) : normal(count, seed: seed, second)
      }
      a = draw(rows * depth, 0)
      b = draw(depth * columns, 1)
      c = draw(rows * stride, 2)
    }

    /// Rows `first ..< first + count` of the product.
    func product(from first: Int = 0, count: Int? = nil, adds: Bool) -> [Scalar] {
      let arena = Arena()
      let room = arena.allocate(Scalar.matrixRoom, of: Scalar.self)
      var c = self.c
      let here = count ?? rows
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          c.withUnsafeMutableBufferPointer { c in
            Scalar.product(
              rows: here, columns: columns, depth: depth, a.baseAddress! + first * aRow, aRow: aRow, aColumn: aColumn,
              b.baseAddress!, bRow: bRow, bColumn: bColumn, into: c.baseAddress! + first * stride, stride: stride,
              adds: adds, room: room)
          }
        }
      }
      return c
    }

    /// Every element by its definition; what is behind the columns stays.
    func definition(adds: Bool) -> [Scalar] {
      var c = self.c
      for i in 0..<rows {
        for j in 0..<columns {
          var sum = adds ? Double(c[i * stride + j]) : 0
          for k in 0..<depth { sum += Double(a[i * aRow + k * aColumn]) * Double(b[k * bRow + j * bColumn]) }
          c[i * stride + j] = Scalar(sum)
        }
      }
      return c
    }
  }

  @Test("every product of small matrices is its definition, whole numbers exactly", arguments: 0..<4)
  func definitionOfSmall(turned: Int) {
    func check<Scalar: KernelScalar>(_ type: Scalar.Type) {
      var wrong: [String] = []
      for rows in 1...40 {
        for columns in [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 23, 31, 32, 33, 40] {
          for depth in [1, 2, 3, 5, 8, 16, 17, 31, 32, 33, 40] {
            let adds = (rows + columns + depth) % 2 == 0
            let trial = Trial<Scalar>(
              rows, columns, depth, turned: turned, whole: true, seed: UInt64(rows * 10_000 + columns * 100 + depth))
            if trial.product(adds: adds) != trial.definition(adds: adds) { wrong.append("\(rows)·\(columns)·\(depth)") }
          }
        }
      }
      #expect(wrong.isEmpty, "\(type), \(turned): \(wrong.prefix(5))")
    }
    check(Float.self)
    check(Double.self)
  }

  static let odd = (0..<60).map { k -> (Int, Int, Int) in
    var stream = RandomStream(seed: 77, purpose: .testing, UInt32(k))
    let large = k % 6 == 0
    return (1 + stream.below(large ? 260 : 40), 1 + stream.below(large ? 600 : 40), 1 + stream.below(large ? 700 : 40))
  }

  @Test("products of normal numbers, also past every block, are right to rounding")
  func rounding() {
    func check<Scalar: KernelScalar>(_ type: Scalar.Type, _ tolerance: Double) {
      for (k, (rows, columns, depth)) in Self.odd.enumerated() {
        let trial = Trial<Scalar>(rows, columns, depth, turned: k % 4, whole: false, seed: UInt64(k))
        let adds = k % 3 == 0
        let got = trial.product(adds: adds).map { Double($0) }
        let difference = relativeDifference(got, trial.definition(adds: adds).map { Double($0) })
        #expect(difference < tolerance, "\(rows)·\(columns)·\(depth), turned \(k % 4): \(difference)")
      }
    }
    check(Float.self, 1e-5)
    check(Double.self, 1e-13)
  }

  @Test("a part of the rows, four at least, has the bits it has in the whole")
  func partsOfRows() {
    func check<Scalar: KernelScalar>(_ type: Scalar.Type) {
      for (k, (rows, columns, depth)) in Self.odd.enumerated() where rows >= 4 {
        let trial = Trial<Scalar>(rows, columns, depth, turned: k % 4, whole: false, seed: UInt64(k))
        let adds = k % 3 == 0
        let whole = trial.product(adds: adds)
        for (first, count) in [(0, 4), (rows - 4, 4), (rows / 3, max(4, rows / 2))] where first + count <= rows {
          let part = trial.product(from: first, count: count, adds: adds)
          let rowsOf = first * trial.stride..<(first + count) * trial.stride
          #expect(part[rowsOf] == whole[rowsOf], "\(rows)·\(columns)·\(depth), turned \(k % 4), \(count) from \(first)")
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test("every vector path that rounds as this one does gives the same bits, few rows included")
  func paths() {
    func check<Scalar: KernelScalar>(_ type: Scalar.Type) {
      for (k, (rows, columns, depth)) in Self.odd.enumerated() {
        for turned in 0..<4 {
          let few = k % 2 == 0 ? rows : 1 + rows % 3
          let trial = Trial<Scalar>(few, columns, depth, turned: turned, whole: false, seed: UInt64(k))
          let here = trial.product(adds: k % 3 == 0)
          for path in VectorPath.interchangeable {
            let there = onVectorPath(path) { trial.product(adds: k % 3 == 0) }
            #expect(there == here, "\(few)·\(columns)·\(depth), turned \(turned), \(path)")
          }
        }
      }
    }
    check(Float.self)
    check(Double.self)
  }
}
