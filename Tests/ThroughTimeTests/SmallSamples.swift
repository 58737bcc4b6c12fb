import Arithmetic
import Networks
import Tasks
import Testing
import ThroughTime

/// A way through the steps of a spiking network that derivatives may take.
struct Course: Sendable, CustomTestStringConvertible {
  var neuron = "lif"
  var reset = NetworkParameters.Reset.zero
  var throughReset = false
  var lossAt = ThroughTimeSettings.LossAt.lastStep
  var synapseDecay: Double?
  var surrogate = SurrogateGradient.fastSigmoid(slope: 2)
  var steps = 7
  var isDriven = false

  var testDescription: String {
    "\(neuron), reset \(reset)\(throughReset ? " differentiated" : ""), loss at \(lossAt.rawValue), "
      + "synapse \(synapseDecay ?? 0), \(surrogate), \(steps) steps\(isDriven ? ", currents" : "")"
  }

  static let sizes = [7, 6, 5, 3]

  /// Every combination of what changes the equations, and each surrogate, many steps and currents once.
  static let all: [Course] = {
    var all: [Course] = []
    for neuron in ["lif", "adaptive-lif"] {
      for reset in NetworkParameters.Reset.allCases {
        for throughReset in [false, true] {
          for lossAt in ThroughTimeSettings.LossAt.allCases {
            all.append(Course(neuron: neuron, reset: reset, throughReset: throughReset, lossAt: lossAt))
            all.append(
              Course(
                neuron: neuron, reset: reset, throughReset: throughReset, lossAt: lossAt, synapseDecay: 0.6))
          }
        }
      }
    }
    for name in SurrogateGradient.names {
      all.append(Course(surrogate: SurrogateGradient(name: name, width: 0.8)!))
    }
    all.append(Course(neuron: "adaptive-lif", reset: .subtract, throughReset: true, lossAt: .everyStep, steps: 70))
    all.append(Course(synapseDecay: 0.5, isDriven: true))
    return all
  }()

  var parameters: NetworkParameters {
    var parameters = NetworkParameters()
    parameters.neuron = neuron
    parameters.hidden = Array(Self.sizes.dropFirst().dropLast())
    parameters.steps = steps
    parameters.reset = reset
    parameters.surrogate = surrogate
    parameters.synapseDecay = synapseDecay
    parameters.weightScale = 3
    parameters.leak = 0.85
    parameters.adaptationDecay = 0.9
    parameters.adaptationStrength = 0.3
    return parameters
  }

  var settings: ThroughTimeSettings {
    var settings = ThroughTimeSettings()
    settings.lossAt = lossAt
    settings.differentiatesReset = throughReset
    settings.rate = 0.01
    settings.batch = 2
    settings.passes = 1
    return settings
  }

  func learner() -> ThroughTimeLearner<Double> {
    let learner = ThroughTimeLearner<Double>(
      network: parameters, inputCount: Self.sizes[0], outputCount: Self.sizes.last!, settings: settings)
    learner.network.drawWeights(EpisodeDraws(seed: 5, lane: 0, index: 2))
    return learner
  }

  /// Five samples of random spikes, or of random currents.
  func samples() -> EncodedSamples {
    var random = RandomStream(seed: 3, purpose: .testing)
    let (count, inputs) = (5, Self.sizes[0])
    let labels = (0..<count).map { _ in random.below(Self.sizes.last!) }
    var (indices, offsets, active, activeOffsets) = ([UInt16](), [UInt32](), [UInt16](), [UInt32(0)])
    var currents: [Float] = []
    if isDriven {
      offsets = [UInt32](repeating: 0, count: count * steps + 1)
      for _ in 0..<count {
        for j in 0..<inputs {
          let value: Float = j % 3 == 0 ? 0 : random.nextFloat()
          currents.append(value)
          if value != 0 { active.append(UInt16(j)) }
        }
        activeOffsets.append(UInt32(active.count))
      }
    } else {
      offsets = [0]
      for _ in 0..<count {
        var driven: Set<UInt16> = []
        for _ in 0..<steps {
          for j in 0..<UInt16(inputs) where random.below(2) == 0 {
            indices.append(j)
            driven.insert(j)
          }
          offsets.append(UInt32(indices.count))
        }
        active += driven.sorted()
        activeOffsets.append(UInt32(active.count))
      }
    }
    return EncodedSamples(
      steps: steps, inputCount: inputs, labels: labels, offsets: offsets, indices: indices, currents: currents,
      activeOffsets: activeOffsets, active: active)
  }
}

extension EncodedSamples {
  /// What drives the inputs of sample `k` at each step.
  func rows(_ k: Int) -> [[Double]] {
    (0..<steps).map { t in
      if !currents.isEmpty { return (0..<inputCount).map { Double(currents[k * inputCount + $0]) } }
      var row = [Double](repeating: 0, count: inputCount)
      for place in spikes(sample: k, step: t) { row[Int(indices[place])] = 1 }
      return row
    }
  }
}
