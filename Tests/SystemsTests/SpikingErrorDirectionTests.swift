import Arithmetic
import Kernels
import Layers
import Systems
import Testing

/// Whether the changes of counts point where backpropagation does.
@Suite("Spiking Errors and Gradients")
struct SpikingErrorDirectionTests {
  /// Blurred copies of ten random patterns.
  private func samples(_ count: Int, seed: UInt64) -> (values: [Double], labels: [Int32]) {
    var stream = RandomStream(seed: 5, purpose: .testing)
    let patterns = (0..<10).map { _ in (0..<64).map { _ in stream.nextDouble() } }
    stream = RandomStream(seed: seed, purpose: .testing, 1)
    var (values, labels): ([Double], [Int32]) = ([], [])
    for _ in 0..<count {
      labels.append(Int32(stream.below(10)))
      values += patterns[Int(labels.last!)].map { min(1, max(0, $0 + 0.35 * stream.nextNormal())) }
    }
    return (values, labels)
  }

  @Test("in a trained network hidden counts move with the negative gradient of the rate network: correlation above 0.3")
  func correlation() {
    let trial = SpikingErrorTrial<Double>([.dense(100)], input: SignalShape(64), classes: 10, samples: 10, steps: 100)
    let network = trial.network
    var squares = network.connections.map { [Double](repeating: 1, count: $0.weightCount) }
    let workspace = LayerWorkspace(network)
    let (values, labels) = samples(3000, seed: 1)
    for batch in 0..<300 {
      trial.values = Array(values[batch * 640..<(batch + 1) * 640])
      trial.labels = Array(labels[batch * 10..<(batch + 1) * 10])
      trial.present(number: UInt32(batch))
      for (l, connection) in network.connections.enumerated() {
        let signals = trial.system.signals(l)
        var products = [Double](repeating: 0, count: connection.weightCount)
        connection.addProducts(
          pre: signals.preActivity, post: signals.postError, rows: 10, to: &products, workspace)
        for k in products.indices {
          let q = products[k] / 10
          squares[l][k] = 0.9 * squares[l][k] + 0.1 * q * q
          connection.weights[k] = min(
            1, max(-1, connection.weights[k] - 1e-3 * q / (squares[l][k] + 1e-8).squareRoot()))
        }
      }
    }
    let test = samples(200, seed: 2)
    var (changes, gradients): ([Double], [Double]) = ([], [])
    var right = 0
    for batch in 0..<20 {
      trial.values = Array(test.values[batch * 640..<(batch + 1) * 640])
      trial.labels = Array(test.labels[batch * 10..<(batch + 1) * 10])
      trial.present(number: UInt32(1000 + batch))
      let (hidden, errors, scores) = (trial.counts(0), trial.errors(0), trial.scores)
      for k in 0..<10 {
        let row = scores[k * 10..<k * 10 + 10]
        right += row.firstIndex(of: row.max()!)! - k * 10 == Int(trial.labels[k]) ? 1 : 0
        for i in 0..<100 {
          // ½ |r − y|² of rates r = relu(W r / Θ).
          var descent = 0.0
          for c in 0..<10 where hidden[k * 100 + i] > 0 {
            let rate = scores[k * 10 + c] / 49
            guard rate > 0 || c == Int(trial.labels[k]) else { continue }
            descent += network.connections[1].weights[i * 10 + c] * ((c == Int(trial.labels[k]) ? 1 : 0) - rate)
          }
          changes.append(-errors[k * 100 + i])
          gradients.append(descent)
        }
      }
    }
    #expect(right > 140, "\(right) of 200")
    let correlation = correlation(changes, gradients)
    #expect(correlation > 0.3, "\(correlation)")
  }

  private func correlation(_ x: [Double], _ y: [Double]) -> Double {
    let n = Double(x.count)
    let (mx, my) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
    var (xy, xx, yy) = (0.0, 0.0, 0.0)
    for (a, b) in zip(x, y) {
      xy += (a - mx) * (b - my)
      xx += (a - mx) * (a - mx)
      yy += (b - my) * (b - my)
    }
    return xy / (xx * yy).squareRoot()
  }
}
