import Kernels
import Layers
import TestSupport
import Testing

/// Dense connections and convolutions against loops.
@Suite("Connections")
struct ConnectionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var synapses: LayerForm.Synapses
    var shape: SignalShape
    var rows = 3
    var testDescription: String { "\(synapses) above \(shape), \(rows) rows" }
  }

  static func convolution(
    _ shape: SignalShape, _ channels: Int, _ height: Int, _ width: Int, _ stride: Int, _ padding: LayerForm.Padding,
    rows: Int = 3
  ) -> Case {
    let kernel = LayerForm.Kernel(channels: channels, height: height, width: width, stride: stride, padding: padding)
    return Case(synapses: .convolution(kernel), shape: shape, rows: rows)
  }

  static let cases: [Case] =
    [(1, 1, 1), (7, 5, 1), (12, 9, 4), (3, 33, 11), (64, 10, 50)].map {
      Case(synapses: .dense(neurons: $0.1), shape: SignalShape($0.0), rows: $0.2)
    } + [
      convolution(SignalShape(height: 6, width: 6, channels: 1), 1, 3, 3, 1, .valid),
      convolution(SignalShape(height: 6, width: 6, channels: 1), 4, 3, 3, 1, .same),
      convolution(SignalShape(height: 7, width: 5, channels: 2), 3, 3, 2, 2, .same),
      convolution(SignalShape(height: 5, width: 8, channels: 3), 5, 4, 2, 1, .same),
      convolution(SignalShape(height: 9, width: 7, channels: 2), 4, 5, 3, 3, .zeros(2)),
      convolution(SignalShape(height: 8, width: 8, channels: 3), 6, 5, 5, 2, .zeros(1)),
      // Kernels wider than the grid.
      convolution(SignalShape(height: 2, width: 3, channels: 2), 3, 5, 5, 1, .zeros(2)),
      convolution(SignalShape(height: 1, width: 1, channels: 3), 2, 7, 3, 2, .same),
      convolution(SignalShape(height: 1, width: 4, channels: 1), 2, 3, 9, 1, .zeros(5)),
      // A kernel that sees the edge's zeros alone.
      convolution(SignalShape(height: 2, width: 2, channels: 1), 2, 1, 1, 1, .zeros(3)),
      convolution(SignalShape(height: 4, width: 4, channels: 1), 2, 4, 4, 1, .valid, rows: 1),
      // More patches than the workspace holds at once.
      convolution(SignalShape(height: 20, width: 20, channels: 3), 4, 5, 5, 1, .same, rows: 19),
    ]

  @Test("currents, errors and products are those of the definition, with and without a bias", arguments: cases)
  func definition(one: Case) {
    func check<Scalar: KernelScalar>(_ type: Scalar.Type, _ tolerance: Double) {
      for bias in [false, true] {
        let trial = ConnectionTrial<Scalar>(one.synapses, from: one.shape, bias: bias, rows: one.rows)
        let connection = trial.connection
        let x: [Scalar] = normal(trial.preCount, seed: 5)
        let g: [Scalar] = normal(trial.postCount, seed: 6)
        let other: [Scalar] = normal(connection.weightCount, seed: 7)
        var z = (0..<trial.postCount).map { k in connection.bias.map { Double($0[k % connection.kinds]) } ?? 0 }
        var back = [Double](repeating: 0, count: trial.preCount)
        var throughOther = back
        var products = [Double](repeating: 0, count: connection.weightCount)
        trial.eachSynapse { pre, weight, post in
          z[post] += Double(connection.weights[weight]) * Double(x[pre])
          back[pre] += Double(connection.weights[weight]) * Double(g[post])
          throughOther[pre] += Double(other[weight]) * Double(g[post])
          products[weight] += Double(x[pre]) * Double(g[post])
        }
        var ofBias = [Double](repeating: 0, count: connection.kinds)
        for k in g.indices { ofBias[k % connection.kinds] += Double(g[k]) }
        #expect(relativeDifference(trial.ahead(x).map { Double($0) }, z) < tolerance)
        #expect(relativeDifference(trial.back(g).map { Double($0) }, back) < tolerance)
        #expect(relativeDifference(trial.back(g, through: other).map { Double($0) }, throughOther) < tolerance)
        let got = trial.products(x, g)
        #expect(relativeDifference(got.weights.map { Double($0) }, products) < tolerance)
        #expect(relativeDifference(got.bias.map { Double($0) }, ofBias) < tolerance)
      }
    }
    check(Double.self, 1e-12)
    check(Float.self, 1e-4)
  }

  @Test("⟨W x, g⟩ = ⟨x, Wᵀ g⟩ = ⟨W, x ⊗ g⟩", arguments: cases)
  func adjoint(one: Case) {
    let trial = ConnectionTrial<Double>(one.synapses, from: one.shape, rows: one.rows)
    let x: [Double] = normal(trial.preCount, seed: 8)
    let g: [Double] = normal(trial.postCount, seed: 9)
    let ahead = trial.ahead(x)
    let scale = 1 + inner(ahead.map { abs($0) }, g.map { abs($0) })
    let weights = Array(UnsafeBufferPointer(start: trial.connection.weights, count: trial.connection.weightCount))
    #expect(abs(inner(ahead, g) - inner(x, trial.back(g))) < 1e-12 * scale)
    #expect(abs(inner(ahead, g) - inner(weights, trial.products(x, g).weights)) < 1e-12 * scale)
  }

  @Test("products add to what is there, and parts of a batch have the bits of the whole")
  func partsOfABatch() {
    for one in Self.cases where one.rows >= 4 {
      let trial = ConnectionTrial<Float>(one.synapses, from: one.shape, rows: one.rows)
      let x: [Float] = normal(trial.preCount, seed: 5)
      let g: [Float] = normal(trial.postCount, seed: 6)
      let whole = trial.products(x, g).weights
      let (n, m) = (trial.connection.preShape.count, trial.connection.postShape.count)
      let first = one.rows / 2
      var parts = [Float](repeating: 0, count: trial.connection.weightCount)
      var bias = [Float](repeating: 0, count: trial.connection.kinds)
      for (start, count) in [(0, first), (first, one.rows - first)] {
        trial.connection.addProducts(
          pre: Array(x[(start * n)...]), post: Array(g[(start * m)...]), rows: count, to: &parts, bias: &bias,
          trial.workspace)
      }
      if one.rows >= 8 { #expect(parts == whole, "\(one.testDescription)") }
      #expect(relativeDifference(parts, whole.map { Double($0) }) < 1e-5)
      #expect(bias == trial.products(x, g).bias)
    }
  }
}
