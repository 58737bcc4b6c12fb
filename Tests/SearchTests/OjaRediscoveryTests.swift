import Arithmetic
import RealModule
import Search
import Testing

/// The rule-discovery task of Confavreux et al. 2020 (NeurIPS): a linear neuron with three inputs learns
///
///     Δw_j = η · mean over samples of Σ_abc A_abc x_j^a y^b w_j^c,   a, b, c in 0...2,
///
/// from each of 20 data sets of 100 Gaussian samples (rotated, variances 1, 0.5, 0), 200 epochs of η = 0.1. The loss is
/// the distance of `w` to the first principal vector, whichever way it points; a neuron that blows up loses 1 plus the
/// share of epochs it did not see.
private struct PrincipalComponentTask {
  /// Mean of x_j^a (b = 0), x_j^a x_k (b = 1) and x_j^a x_k x_l (b = 2): all that epochs need of the samples.
  struct DataSet {
    var first: [Double] = []  // [a][j]
    var second: [Double] = []  // [a][j][k]
    var third: [Double] = []  // [a][j][k][l]
    var principal: [Double] = []
    var start: [Double] = []
  }

  let sets: [DataSet]
  let epochs = 200

  init(seed: UInt64) {
    sets = (0..<20).map { index in
      var random = RandomStream(seed: seed, purpose: .testing, UInt32(index))
      // A random rotation by Gram–Schmidt.
      var axes: [[Double]] = []
      while axes.count < 3 {
        var v = (0..<3).map { _ in random.nextNormal() }
        for axis in axes {
          let along = zip(axis, v).reduce(0) { $0 + $1.0 * $1.1 }
          for k in 0..<3 { v[k] -= along * axis[k] }
        }
        let length = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
        if length > 1e-3 { axes.append(v.map { $0 / length }) }
      }
      let samples = (0..<100).map { _ -> [Double] in
        let z = [random.nextNormal(), 0.5.squareRoot() * random.nextNormal()]
        return (0..<3).map { axes[0][$0] * z[0] + axes[1][$0] * z[1] }
      }
      var set = DataSet()
      func mean(_ value: ([Double]) -> Double) -> Double { samples.reduce(0) { $0 + value($1) } / 100 }
      func power(_ x: Double, _ a: Int) -> Double { a == 0 ? 1 : a == 1 ? x : x * x }
      for a in 0..<3 {
        for j in 0..<3 {
          set.first.append(mean { power($0[j], a) })
          for k in 0..<3 {
            set.second.append(mean { power($0[j], a) * $0[k] })
            for l in 0..<3 { set.third.append(mean { power($0[j], a) * $0[k] * $0[l] }) }
          }
        }
      }
      var covariance = Matrix(rows: 3, columns: 3)
      for j in 0..<3 { for k in 0..<3 { covariance[j, k] = set.second[9 + 3 * j + k] } }
      let eigen = SymmetricEigen(covariance)
      set.principal = eigen.vector(of: [0, 0, 1])
      set.start = (0..<3).map { _ in 0.1 * random.nextNormal() }
      return set
    }
  }

  /// The mean loss of a rule with coefficients `A[9a + 3b + c]`.
  func loss(_ A: [Double]) -> Double {
    sets.reduce(0) { $0 + loss(A, $1) } / Double(sets.count)
  }

  private func loss(_ A: [Double], _ set: DataSet) -> Double {
    var w = (set.start[0], set.start[1], set.start[2])
    for epoch in 0..<epochs {
      func change(_ j: Int, _ wj: Double) -> Double {
        var total = 0.0
        for a in 0..<3 {
          let i1 = 3 * a + j
          let i2 = 3 * i1
          let i3 = 9 * i1
          let m0 = set.first[i1]
          let m1 = set.second[i2] * w.0 + set.second[i2 + 1] * w.1 + set.second[i2 + 2] * w.2
          let r0 = set.third[i3] * w.0 + set.third[i3 + 1] * w.1 + set.third[i3 + 2] * w.2
          let r1 = set.third[i3 + 3] * w.0 + set.third[i3 + 4] * w.1 + set.third[i3 + 5] * w.2
          let r2 = set.third[i3 + 6] * w.0 + set.third[i3 + 7] * w.1 + set.third[i3 + 8] * w.2
          let m2 = r0 * w.0 + r1 * w.1 + r2 * w.2
          let k = 9 * a
          total += m0 * (A[k] + wj * (A[k + 1] + wj * A[k + 2]))
          total += m1 * (A[k + 3] + wj * (A[k + 4] + wj * A[k + 5]))
          total += m2 * (A[k + 6] + wj * (A[k + 7] + wj * A[k + 8]))
        }
        return 0.1 * total
      }
      w = (w.0 + change(0, w.0), w.1 + change(1, w.1), w.2 + change(2, w.2))
      let size = w.0 * w.0 + w.1 * w.1 + w.2 * w.2
      if !(size < 100) { return 1 + Double(epochs - 1 - epoch) / Double(epochs) }
    }
    func distance(_ sign: Double) -> Double {
      let d = (w.0 - sign * set.principal[0], w.1 - sign * set.principal[1], w.2 - sign * set.principal[2])
      return (d.0 * d.0 + d.1 * d.1 + d.2 * d.2).squareRoot()
    }
    return min(distance(1), distance(-1))
  }
}

@Suite("Re-discovery of Oja's rule")
struct OjaRediscoveryTests {
  /// +1 at x y and −1 at y² w.
  private static let oja: [Double] = (0..<27).map { $0 == 12 ? 1 : $0 == 7 ? -1 : 0 }

  private static func angle(_ u: [Double], _ v: [Double]) -> Double {
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let cosine = dot(u, v) / (dot(u, u) * dot(v, v)).squareRoot()
    return Double.acos(max(-1, min(1, cosine))) * 180 / .pi
  }

  @Test("Oja's rule itself finds the principal vector")
  func itself() {
    #expect(PrincipalComponentTask(seed: 1).loss(Self.oja) < 0.05)
  }

  @Test("CMA-ES over 27 coefficients ends within 10 degrees of Oja's rule", arguments: [UInt64(1), 2])
  func rediscovers(seed: UInt64) throws {
    let task = PrincipalComponentTask(seed: seed)
    var random = RandomStream(seed: seed, purpose: .testing, 1000)
    let space = try SearchSpace(
      (0..<27).map {
        SearchSpace.Coordinate(
          name: "A\($0)", start: 0.01 * random.nextNormal(), lower: -1e6, upper: 1e6, scale: .linear(step: 0.1))
      })
    var search = try CMAES(space: space, settings: OptimiserSettings(populationSize: 50, sigma: 1), seed: seed)
    for _ in 0..<150 {
      let fitness = search.ask().map { A in -(task.loss(A) + 0.1 * A.reduce(0) { $0 + abs($1) } / 27) }
      search.tell(fitness: fitness)
    }
    let found = try #require(search.mean)
    let angle = Self.angle(found, Self.oja)
    print("seed \(seed): \(angle) degrees to Oja's rule, loss \(task.loss(found)) (Oja \(task.loss(Self.oja)))")
    #expect(angle < 10)
  }
}
