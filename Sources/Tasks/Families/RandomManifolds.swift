import Arithmetic
import RealModule

extension TaskFamily {
  /// Points of smooth random manifolds, one manifold a class, read as spike latencies.
  ///
  /// Unit i of the point x in [0, 1]^d has the latency
  ///
  ///     t_i(x) = Π_j Σ_k θ⁰ (k + 1)^(−smoothness) sin(2π (k x_j θ¹ + θ²)),   θ uniform in 0 ..< 1
  ///
  /// scaled to `0 ... 1` over the manifold. Inputs are the intensities `1 − t`, so that the time-to-first-spike encoder
  /// gives back the latencies. The sum stops where (k + 1)^(−smoothness) falls below 0.001, and after 1000 terms.
  /// - Parameters:
  ///   - units: dimension M of the space around the manifolds.
  ///   - dimension: dimension d of the manifolds.
  ///   - smoothness: the exponent α; larger is smoother.
  ///   - classes: manifolds in each pool.
  /// - SeeAlso: Zenke & Vogels 2021, Neural Computation 33:899.
  public static func randomManifolds(
    units: Int = 20, dimension: Int = 2, smoothness: Double = 2, classes: Int = 20
  ) -> TaskFamily {
    let seed: UInt64 = 0x6D61_6E69_666F_6C64
    let manifolds = MadePools.perClass(seed: seed, classCount: classes) { stream in
      Manifold(units: units, dimension: dimension, smoothness: smoothness, &stream)
    }
    let pools = MadePools(classCount: classes, seed: seed) { split, classIndex, stream, inputs in
      let point = (0..<dimension).map { _ in stream.nextDouble() }
      let latencies = manifolds[Int(split.rawValue)][classIndex].latencies(at: point)
      for (i, latency) in latencies.enumerated() { inputs[i] = Float(1 - latency) }
    }
    return TaskFamily(
      name: "random-manifolds", about: "spike latencies on smooth random manifolds, made in code", inputShape: [units],
      classCount: classes, files: [], partition: ownClasses, pools: pools)
  }
}

/// One smooth random manifold, its latencies scaled to `0 ... 1`.
private struct Manifold: Sendable {
  /// Amplitude, frequency and phase of each wave, [units, dimension, terms].
  private var amplitude: [Double] = []
  private var frequency: [Double] = []
  private var phase: [Double] = []
  private let terms: Int
  private let units: Int
  private let dimension: Int
  private var least: [Double] = []
  private var greatest: [Double] = []

  init(units: Int, dimension: Int, smoothness: Double, _ stream: inout RandomStream) {
    self.units = units
    self.dimension = dimension
    terms = Int(min(1000, Double.pow(0.001, -1 / smoothness).rounded(.up)))
    for _ in 0..<units * dimension {
      for k in 0..<terms {
        amplitude.append(stream.nextDouble() * Double.pow(Double(k + 1), -smoothness))
        frequency.append(2 * .pi * Double(k) * stream.nextDouble())
        phase.append(2 * .pi * stream.nextDouble())
      }
    }
    // The coordinates are independent, so the range of the product follows from the range of each factor.
    let grid = 64
    for unit in 0..<units {
      var range = (1.0, 1.0)
      for axis in 0..<dimension {
        let values = (0...grid).map { factor(unit, axis, Double($0) / Double(grid)) }
        let corners = [values.min()!, values.max()!].flatMap { [$0 * range.0, $0 * range.1] }
        range = (corners.min()!, corners.max()!)
      }
      least.append(range.0)
      greatest.append(range.1)
    }
  }

  func latencies(at point: [Double]) -> [Double] {
    (0..<units).map { unit in
      let value = (0..<dimension).reduce(1.0) { $0 * factor(unit, $1, point[$1]) }
      let width = greatest[unit] - least[unit]
      return width > 0 ? min(1, max(0, (value - least[unit]) / width)) : 0
    }
  }

  private func factor(_ unit: Int, _ axis: Int, _ x: Double) -> Double {
    let start = (unit * dimension + axis) * terms
    var sum = 0.0
    for i in start..<start + terms { sum += amplitude[i] * Double.sin(frequency[i] * x + phase[i]) }
    return sum
  }
}
