import Arithmetic
import Layers
import Networks
import Testing

/// Laws of initial weights.
@Suite("Initial Weights")
struct InitialWeightsTests {
  static let kernel = LayerForm.Kernel(channels: 32, height: 5, width: 5)
  static let input = SignalShape(height: 12, width: 12, channels: 8)

  private func network(dense: WeightLaw, convolution: WeightLaw, seed: UInt64 = 1) -> LayeredNetwork<Double> {
    var parameters = LayeredParameters([LayerForm(.convolution(Self.kernel)), .dense(60)], neuron: .relu)
    parameters.bias = true
    (parameters.dense, parameters.convolution) = (dense, convolution)
    let network = LayeredNetwork<Double>(parameters, input: Self.input, outputCount: 10)
    for connection in network.connections { connection.bias!.update(repeating: 5, count: connection.kinds) }
    network.drawWeights(EpisodeDraws(seed: seed, lane: 0, index: 0))
    return network
  }

  private func weights(_ connection: Connection<Double>) -> [Double] {
    Array(UnsafeBufferPointer(start: connection.weights, count: connection.weightCount))
  }

  /// Checks mean and variance within five standard errors, `kurtosis` the fourth moment over the squared variance.
  private func check(_ values: [Double], variance: Double, kurtosis: Double, bound: Double = .infinity) {
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    let square = values.reduce(0) { $0 + $1 * $1 } / n
    #expect(abs(mean) < 5 * (variance / n).squareRoot())
    #expect(abs(square / variance - 1) < 5 * ((kurtosis - 1) / n).squareRoot(), "\(square) for \(variance)")
    let largest = values.map { abs($0) }.max()!
    #expect(largest <= bound * (1 + 1e-12))
    if bound < .infinity { #expect(largest > 0.98 * bound) }
  }

  @Test("Glorot's weights are uniform within ± scale √(6 / (n_in + n_out)), kernels' places counted on both sides")
  func glorot() {
    let network = network(dense: .glorot(scale: 1), convolution: .glorot(scale: 2))
    let expected: [(fans: Double, scale: Double)] = [(25 * 8 + 25 * 32, 2), (64 * 32 + 60, 1)]
    for (connection, (fans, scale)) in zip(network.connections, expected) {
      let bound = scale * (6 / fans).squareRoot()
      check(weights(connection), variance: bound * bound / 3, kurtosis: 1.8, bound: bound)
    }
  }

  @Test("uniform weights lie within ± scale / √n_in")
  func uniform() {
    let network = network(dense: .uniform(scale: 0.5), convolution: .uniform(scale: 1))
    check(weights(network.connections[0]), variance: 1 / 600.0, kurtosis: 1.8, bound: 1 / 200.0.squareRoot())
    check(weights(network.connections[1]), variance: 0.25 / 6144, kurtosis: 1.8, bound: 0.5 / 2048.0.squareRoot())
  }

  @Test("normal weights have variance v / n_in and a normal's fourth moment")
  func normalLaw() {
    let network = network(dense: .normal(variance: 2), convolution: .normal(variance: 3))
    let expected: [Double] = [3 / 200, 2 / 2048]
    for (connection, variance) in zip(network.connections, expected) {
      let values = weights(connection)
      check(values, variance: variance, kurtosis: 3)
      let fourth = values.reduce(0) { $0 + $1 * $1 * $1 * $1 } / Double(values.count)
      #expect(abs(fourth / (3 * variance * variance) - 1) < 0.3)
    }
  }

  @Test("biases begin at 0; the same seed gives the same bits, and another seed or connection others")
  func determinism() {
    let network = network(dense: .glorot(scale: 1), convolution: .glorot(scale: 1))
    for connection in network.connections {
      #expect((0..<connection.kinds).allSatisfy { connection.bias![$0] == 0 })
    }
    let again = self.network(dense: .glorot(scale: 1), convolution: .glorot(scale: 1))
    let other = self.network(dense: .glorot(scale: 1), convolution: .glorot(scale: 1), seed: 2)
    for l in 0..<3 {
      #expect(weights(network.connections[l]) == weights(again.connections[l]))
      #expect(weights(network.connections[l]) != weights(other.connections[l]))
    }
    let ratio = weights(network.connections[2])[0] / weights(network.connections[1])[0]
    let ofTheSameDraw = (2108.0 / 70).squareRoot()
    #expect(abs(ratio - ofTheSameDraw) > 1e-3)
  }

  @Test("weight k is number k of its connection's stream, whatever the layout")
  func stream() {
    let network = network(dense: .uniform(scale: 1), convolution: .uniform(scale: 1))
    for (l, connection) in network.connections.enumerated() {
      let bound = 1 / Double(connection.fanIn).squareRoot()
      for start in [0, 1, 7, connection.weightCount - 10] {
        var part = [Double](repeating: 0, count: 10)
        EpisodeDraws(seed: 1, lane: 0, index: 0).fill(
          &part, purpose: .weights, part: UInt32(l), start: start, 10, bound: bound)
        #expect(part == (0..<10).map { connection.weights[start + $0] })
      }
    }
  }

  @Test("single precision draws the same numbers, rounded")
  func precision() {
    var parameters = LayeredParameters([.dense(30)], neuron: .relu)
    parameters.dense = .normal(variance: 3)
    let exact = LayeredNetwork<Double>(parameters, input: SignalShape(20), outputCount: 4)
    let single = LayeredNetwork<Float>(parameters, input: SignalShape(20), outputCount: 4)
    let draws = EpisodeDraws(seed: 9, lane: 1, index: 2)
    exact.drawWeights(draws)
    single.drawWeights(draws)
    for k in 0..<600 { #expect(Float(exact.connections[0].weights[k]) == single.connections[0].weights[k]) }
  }
}
