import Kernels
import Layers
import TestSupport
import Testing

/// Pools against loops.
@Suite("Pools")
struct PoolingTests {
  static let grids = [(4, 4, 1, 2), (5, 7, 3, 2), (6, 6, 2, 3), (3, 8, 4, 3), (2, 2, 5, 1), (7, 7, 1, 7)]

  private func pool(_ kind: LayerForm.Pool.Kind, _ grid: (Int, Int, Int, Int)) -> Pooling {
    Pooling(
      .init(kind, window: grid.3, scale: 1.1), over: SignalShape(height: grid.0, width: grid.1, channels: grid.2))
  }

  private func ahead<Scalar: KernelScalar>(_ pool: Pooling, _ x: [Scalar], rows: Int) -> ([Scalar], [UInt32]) {
    var y = [Scalar](repeating: 0, count: rows * pool.postShape.count)
    var switches = [UInt32](repeating: 0, count: y.count)
    pool.ahead(x, rows: rows, into: &y, switches: &switches)
    return (y, switches)
  }

  private func back(_ pool: Pooling, _ g: [Double], _ switches: [UInt32], rows: Int) -> [Double] {
    var x = [Double](repeating: 7, count: rows * pool.preShape.count)
    pool.back(g, rows: rows, switches: switches, into: &x)
    return x
  }

  @Test("a pool sends the sum, the largest or the mean of every window", arguments: LayerForm.Pool.Kind.allCases)
  func definition(kind: LayerForm.Pool.Kind) {
    for grid in Self.grids {
      let (pool, rows) = (pool(kind, grid), 3)
      let (pre, post, window) = (pool.preShape, pool.postShape, grid.3)
      #expect(post == SignalShape(height: grid.0 / window, width: grid.1 / window, channels: grid.2))
      let x: [Double] = normal(rows * pre.count, seed: 3)
      let (y, switches) = ahead(pool, x, rows: rows)
      for row in 0..<rows {
        for (i, (b, c)) in (0..<post.height).flatMap({ i in
          (0..<post.width).flatMap { b in (0..<post.channels).map { (i, (b, $0)) } }
        }) {
          var seen: [(place: Int, value: Double)] = []
          for v in 0..<window {
            for u in 0..<window {
              let place = row * pre.count + ((i * window + v) * pre.width + b * window + u) * pre.channels + c
              seen.append((place, x[place]))
            }
          }
          let target = row * post.count + (i * post.width + b) * post.channels + c
          let sum = seen.reduce(0) { $0 + $1.value }
          switch kind {
          case .sum: #expect(abs(y[target] - 1.1 * sum) < 1e-13)
          case .average: #expect(abs(y[target] - sum / Double(window * window)) < 1e-13)
          case .max:
            let largest = seen.max { $0.value < $1.value }!
            #expect(y[target] == largest.value && Int(switches[target]) == largest.place)
          }
        }
      }
    }
  }

  @Test("⟨P x, g⟩ = ⟨x, Pᵀ g⟩, and nothing goes back to what no window holds", arguments: LayerForm.Pool.Kind.allCases)
  func adjoint(kind: LayerForm.Pool.Kind) {
    for grid in Self.grids {
      let (pool, rows) = (pool(kind, grid), 2)
      let x: [Double] = normal(rows * pool.preShape.count, seed: 4)
      let g: [Double] = normal(rows * pool.postShape.count, seed: 5)
      let (y, switches) = ahead(pool, x, rows: rows)
      let derivative = back(pool, g, switches, rows: rows)
      #expect(abs(inner(y, g) - inner(x, derivative)) < 1e-12)
      // By finite differences: a pool is linear within a small step.
      for k in stride(from: 0, to: x.count, by: 3) {
        var moved = x
        moved[k] += 1e-6
        let slope = (inner(ahead(pool, moved, rows: rows).0, g) - inner(y, g)) / 1e-6
        #expect(abs(slope - derivative[k]) < 1e-6)
      }
    }
  }

  @Test("of equals the first is the largest")
  func ties() {
    let pool = Pooling(.init(.max, window: 2), over: SignalShape(height: 2, width: 4, channels: 1))
    let (y, switches) = ahead(pool, [1, 1, 0, 0, 1, 1, 0, 2] as [Float], rows: 1)
    #expect(y == [1, 2] && switches == [0, 7])
  }
}
