import Kernels
import Layers
import Networks
import Pages
import Systems
import Tasks
import TestSupport
import Testing
import ThroughTime

@Suite("Backpropagation through time, in batches")
struct BackpropagationThroughTimeTests {
  typealias System = BackpropagationThroughTime<Double>

  /// A way through the steps that derivatives may take.
  struct Course: Sendable, CustomTestStringConvertible {
    var reset = NetworkParameters.Reset.zero
    var throughReset = false
    var lossAt = "last-step"
    var synapseDecay: Double?
    var surrogate = SurrogateGradient.fastSigmoid(slope: 2)
    var isDriven = false
    var encoding = "current"

    var testDescription: String {
      "reset \(reset)\(throughReset ? " differentiated" : ""), loss at \(lossAt), synapse \(synapseDecay ?? 0), "
        + "\(surrogate)\(isDriven ? ", driven" : "")"
    }

    /// Every combination of what changes the equations, and each surrogate once.
    static func all(_ losses: [String]) -> [Course] {
      var all: [Course] = []
      for reset in NetworkParameters.Reset.allCases {
        for throughReset in [false, true] {
          for lossAt in losses {
            for isDriven in [false, true] {
              all.append(Course(reset: reset, throughReset: throughReset, lossAt: lossAt, isDriven: isDriven))
              all.append(
                Course(
                  reset: reset, throughReset: throughReset, lossAt: lossAt, synapseDecay: 0.6, isDriven: isDriven))
            }
          }
        }
      }
      for name in SurrogateGradient.names { all.append(Course(surrogate: SurrogateGradient(name: name, width: 0.8)!)) }
      return all
    }

    var constants: NetworkParameters {
      var constants = NetworkParameters()
      constants.steps = 7
      constants.reset = reset
      constants.surrogate = surrogate
      constants.synapseDecay = synapseDecay
      constants.leak = 0.85
      return constants
    }

    func settings(_ card: SystemCard) -> SystemSettings {
      SystemSettings(
        card, ["loss_at": .text(lossAt), "through_reset": .boolean(throughReset), "encoding": .text(encoding)])
    }

    func trial(_ layers: [LayerForm], input: SignalShape, bias: Bool, capacity: Int) -> Trial<Double> {
      var parameters = LayeredParameters(layers, neuron: .lif)
      parameters.constants = constants
      parameters.bias = bias
      parameters.dense = .glorot(scale: 3)
      parameters.convolution = .uniform(scale: 3)
      let network = Trial<Double>.network(parameters, input: input, classes: 3)
      return Trial(network, System(network, settings(System.card), capacity: capacity))
    }
  }

  @Test(
    "in dense networks a batch's gradient is the sum of those of the sample-by-sample implementation, to 1e-10",
    arguments: Course.all(["last-step", "every-step"]))
  func perSample(course: Course) {
    let samples = TrialSamples(count: 5, steps: course.isDriven ? 1 : 7, inputs: 7, classes: 3)
    let trial = course.trial([.dense(6), .dense(5)], input: SignalShape(7), bias: false, capacity: 5)
    var parameters = course.constants
    parameters.hidden = [6, 5]
    var settings = ThroughTimeSettings()
    settings.lossAt = .init(rawValue: course.lossAt)!
    settings.differentiatesReset = course.throughReset
    let learner = ThroughTimeLearner<Double>(network: parameters, inputCount: 7, outputCount: 3, settings: settings)
    for (projection, connection) in zip(learner.network.projections, trial.network.connections) {
      projection.dense = (0..<connection.kinds).flatMap { i in
        (0..<connection.fanIn).map { connection.weights[$0 * connection.kinds + i] }
      }
    }
    trial.present(samples)
    let encoded = samples.encoded(steps: 7)
    var sums = trial.network.connections.map { [Double](repeating: 0, count: $0.weightCount) }
    for k in 0..<samples.count {
      let found = learner.gradient(encoded, sample: k)
      #expect(abs(found.loss - trial.losses(5)[k]) < 1e-12)
      for (l, connection) in trial.network.connections.enumerated() {
        for j in 0..<connection.fanIn {
          for i in 0..<connection.kinds {
            sums[l][j * connection.kinds + i] += found.weights[l][i * connection.fanIn + j]
          }
        }
      }
    }
    for l in sums.indices {
      #expect(relativeDifference(trial.gradient(l).weights, sums[l]) < 1e-10)
      #expect(relativeDifference(trial.products(trial.system.signals(l), l).weights, sums[l]) < 1e-10)
    }
    #expect(sums[0].contains { abs($0) > 1e-4 })
  }

  @Test(
    "through convolutions, strides, padding and every pool the gradient is that of forward mode, to 1e-10",
    arguments: [
      Course(lossAt: "mean-potential"), Course(throughReset: true, lossAt: "every-step", isDriven: true),
      Course(reset: .subtract, throughReset: true, synapseDecay: 0.5), Course(reset: .none, lossAt: "mean-potential"),
    ], LayerForm.Pool.Kind.allCases)
  func convolutions(course: Course, pool: LayerForm.Pool.Kind) {
    let layers = [
      LayerForm(
        .convolution(.init(channels: 2, height: 3, width: 2, padding: .same)), pool: .init(pool, window: 2, scale: 1.1)),
      LayerForm(.convolution(.init(channels: 3, height: 2, width: 2, stride: 2, padding: .zeros(1)))),
      .dense(4),
    ]
    let shape = SignalShape(height: 5, width: 6, channels: 2)
    let samples = TrialSamples(count: 2, steps: course.isDriven ? 1 : 7, inputs: shape.count, classes: 3)
    let trial = course.trial(layers, input: shape, bias: true, capacity: 3)
    trial.present(samples)
    var twin = SpikingTwin(trial.network)
    (twin.lossAt, twin.throughReset) = (course.lossAt, course.throughReset)
    for k in 0..<2 {
      #expect(
        abs(twin.loss(samples.rows(k, steps: 7), label: Int(samples.labels[k])).value - trial.losses(2)[k]) < 1e-12)
    }
    func sum(_ direction: SpikingTwin.Direction) -> Double {
      (0..<2).reduce(0) {
        $0 + twin.loss(samples.rows($1, steps: 7), label: Int(samples.labels[$1]), along: direction).slope
      }
    }
    for (l, connection) in trial.network.connections.enumerated() {
      let found = trial.gradient(l)
      let expected = (0..<connection.weightCount).map { sum(.weight(connection: l, number: $0)) }
      #expect(relativeDifference(found.weights, expected) < 1e-10)
      #expect(
        relativeDifference(found.biases, (0..<connection.kinds).map { sum(.bias(connection: l, number: $0)) }) < 1e-10)
      #expect(expected.contains { abs($0) > 1e-4 })
    }
  }

  @Test("Bernoulli spikes come at the rate of the setting times the input, and belong to the sample, not to its part")
  func bernoulli() {
    var course = Course(isDriven: true)
    course.encoding = "bernoulli"
    let samples = TrialSamples(count: 200, inputs: 7, classes: 3)
    let trial = course.trial([.dense(6)], input: SignalShape(7), bias: false, capacity: 200)
    func spikes(_ range: Range<Int>, number: UInt32 = 1) -> [[Double]] {
      trial.present(samples, range, number: number)
      let signals = trial.system.signals(0)
      return range.indices.map { place in
        (0..<7).flatMap { t in
          (0..<7).map { signals.preActivity[(t * range.count + place - range.lowerBound) * 7 + $0] }
        }
      }
    }
    let whole = spikes(0..<200)
    #expect(whole.allSatisfy { $0.allSatisfy { $0 == 0 || $0 == 1 } })
    let expected = samples.values.reduce(0, +) * 7 * 0.5
    let count = whole.reduce(0) { $0 + $1.reduce(0, +) }
    // Five deviations of a sum of that many draws.
    #expect(abs(count - expected) < 5 * (Double(200 * 49) / 4).squareRoot())
    #expect(spikes(50..<120) == Array(whole[50..<120]))
    #expect(spikes(0..<200, number: 2) != whole)
  }
}

extension TrialSamples {
  /// The same as tasks encode them.
  func encoded(steps count: Int) -> EncodedSamples {
    var (indices, offsets, active, activeOffsets) = ([UInt16](), [UInt32(0)], [UInt16](), [UInt32(0)])
    for k in 0..<self.count {
      let rows = rows(k, steps: count)
      for row in rows {
        if steps > 1 { indices += row.indices.filter { row[$0] != 0 }.map { UInt16($0) } }
        offsets.append(UInt32(indices.count))
      }
      active += (0..<inputs).filter { j in rows.contains { $0[j] != 0 } }.map { UInt16($0) }
      activeOffsets.append(UInt32(active.count))
    }
    return EncodedSamples(
      steps: count, inputCount: inputs, labels: labels.map { Int($0) }, offsets: offsets, indices: indices,
      currents: steps == 1 ? values.map { Float($0) } : [], activeOffsets: activeOffsets, active: active)
  }
}
