import Arithmetic
import Kernels
import Layers
import Networks
import Pages
import Systems

/// A network with spiking error neurons and a batch of random intensities.
final class SpikingErrorTrial<Scalar: KernelScalar> {
  let network: LayeredNetwork<Scalar>
  let system: SpikingErrorNeurons<Scalar>
  let samples: Int
  var values: [Scalar]
  var labels: [Int32]
  let draws: EpisodeDraws

  init(
    _ layers: [LayerForm] = [.dense(20), .dense(15)], input: SignalShape = SignalShape(16), classes: Int = 5,
    samples: Int = 6, steps: Int = 40, bias: Bool = false, settings: [String: PageValue.Content] = [:],
    seed: UInt64 = 1
  ) {
    var parameters = LayeredParameters(layers, neuron: .integrateAndFire)
    parameters.constants.steps = steps
    parameters.dense = .normal(variance: 3)
    parameters.convolution = .normal(variance: 3)
    parameters.bias = bias
    draws = EpisodeDraws(seed: seed, lane: 0, index: 3)
    network = LayeredNetwork(parameters, input: input, outputCount: classes)
    network.drawWeights(draws)
    system = SpikingErrorNeurons(
      network, SystemSettings(SpikingErrorNeurons<Scalar>.card, settings), capacity: samples)
    system.begin(draws)
    self.samples = samples
    var stream = RandomStream(seed: seed, purpose: .testing, 40)
    values = (0..<samples * input.count).map { _ in Scalar(max(0, 1.4 * stream.nextDouble() - 0.4)) }
    labels = (0..<samples).map { _ in Int32(stream.below(classes)) }
  }

  /// Presents samples of the batch.
  func present(_ range: Range<Int>? = nil, number: UInt32 = 1, learning: Bool = true) {
    let range = range ?? 0..<samples
    values.withUnsafeBufferPointer { values in
      labels.withUnsafeBufferPointer { labels in
        system.present(
          SampleBatch(
            count: range.count, steps: 1, values: values.baseAddress! + range.lowerBound * network.shapes[0].count,
            labels: labels.baseAddress! + range.lowerBound, number: number, first: range.lowerBound),
          learning: learning)
      }
    }
  }

  /// Presents the batch step by step.
  func trains(number: UInt32 = 1) -> SpikeTrains<Scalar> {
    let trains = SpikeTrains(of: system, network, samples: samples)
    system.afterStep = trains.record
    present(number: number)
    system.afterStep = nil
    return trains
  }

  func errors(_ l: Int) -> [Double] {
    read(system.signals(l).postError, samples * network.connections[l].postShape.count)
  }
  func counts(_ l: Int) -> [Double] {
    read(system.signals(l).postActivity!, samples * network.connections[l].postShape.count)
  }
  var inputCounts: [Double] { read(system.signals(0).preActivity, samples * network.shapes[0].count) }
  var scores: [Double] { read(system.scores, samples * network.outputCount) }
  var losses: [Double] { read(system.losses, samples) }
}

/// Dense layers by their definition, one sample at a time, symmetric feedback; for a network without biases.
func definition(of trial: SpikingErrorTrial<Double>, perInput: Bool) -> (errors: [[Double]], inputs: [Double]) {
  let (network, steps) = (trial.network, trial.network.parameters.constants.steps)
  let (tau, top, inputs) = (steps / 2 - 1, network.connections.count - 1, network.shapes[0].count)
  var noise = [Double](repeating: 0, count: trial.samples * steps * inputs)
  trial.draws.fill(&noise, purpose: .encoding, part: 1, start: 0, noise.count, bound: 1)
  var errors = network.connections.map { _ in [Double]() }
  var inputCounts: [Double] = []
  for sample in 0..<trial.samples {
    let widths = network.connections.map(\.kinds)
    var trains = ([inputs] + widths).map { [[Double]](repeating: [Double](repeating: 0, count: $0), count: steps) }
    var errorTrains = widths.map { [[Double]](repeating: [Double](repeating: 0, count: $0), count: steps) }
    var potentials = widths.map { [Double](repeating: 0, count: $0) }
    var sums = potentials
    for t in 1..<steps {
      for j in 0..<inputs {
        let threshold = (noise[perInput ? (sample * steps + t) * inputs + j : t] + 1) / 2
        trains[0][t][j] = trial.values[sample * inputs + j] > threshold ? 1 : 0
      }
      for (l, connection) in network.connections.enumerated() {
        let theta = trial.system.thresholds(l).forward
        for i in 0..<widths[l] {
          var u = potentials[l][i]
          for j in 0..<connection.fanIn { u += connection.weights[j * widths[l] + i] * trains[l][t - 1][j] }
          trains[l + 1][t][i] = u >= theta ? 1 : 0
          potentials[l][i] = (u >= theta ? 0 : u) + theta * errorTrains[l][t - 1][i]
        }
      }
      guard t > tau else { continue }
      for l in 0...top {
        let threshold = trial.system.thresholds(l).error
        for i in 0..<widths[l] {
          if l == top {
            sums[l][i] += (i == Int(trial.labels[sample]) ? 1 : 0) - trains[top + 1][t - 1][i]
          } else {
            let above = network.connections[l + 1]
            for k in 0..<above.kinds { sums[l][i] += above.weights[i * above.kinds + k] * errorTrains[l + 1][t - 1][k] }
          }
          let spike = sums[l][i] >= threshold ? 1.0 : sums[l][i] <= -threshold ? -1 : 0
          if spike != 0 { sums[l][i] = 0 }
          let active = (0..<tau).contains { trains[l + 1][$0][i] > 0 }
          errorTrains[l][t][i] = l == top || active ? spike : 0
        }
      }
    }
    func count(_ train: [[Double]], _ window: Range<Int>, _ i: Int) -> Double { window.reduce(0) { $0 + train[$1][i] } }
    for l in 0...top {
      for i in 0..<widths[l] {
        let change = count(trains[l + 1], tau + 2..<steps, i) - count(trains[l + 1], 2..<tau + 2, i)
        errors[l].append(-change / Double(tau))
      }
    }
    for j in 0..<inputs { inputCounts.append(count(trains[0], 2..<tau + 2, j)) }
  }
  return (errors, inputCounts)
}
