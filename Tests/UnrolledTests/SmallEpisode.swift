import Arithmetic
import Networks
import Tasks

/// A few random samples to learn from and ten to answer, for a network of a few neurons.
struct SmallEpisode {
  let seed: UInt64
  let inputs = 9
  let outputs = 5
  let parameters: NetworkParameters
  private(set) var supportInputs: [[Double]] = []
  private(set) var supportLabels: [Int] = []
  private(set) var queryInputs: [[Double]] = []
  private(set) var queryLabels: [Int] = []

  init(neuron: String, bias: Bool = false, seed: UInt64 = 1, samples: Int = 20, hidden: [Int] = [8, 6, 7]) {
    self.seed = seed
    var parameters = NetworkParameters()
    parameters.neuron = neuron
    parameters.bias = bias
    parameters.hidden = hidden
    parameters.weightScale = 1
    parameters.feedbackScale = 1
    parameters.sharpness = 10
    self.parameters = parameters
    var random = RandomStream(seed: seed, purpose: .testing)
    // Every third input is dark, as pixels are.
    func sample() -> [Double] {
      (0..<inputs).map { _ in random.below(3) == 0 ? 0 : Double(Float(random.nextDouble())) }
    }
    for _ in 0..<samples {
      supportInputs.append(sample())
      supportLabels.append(random.below(outputs))
    }
    for _ in 0..<10 {
      queryInputs.append(sample())
      queryLabels.append(random.below(outputs))
    }
  }

  var episode: EncodedEpisode {
    EncodedEpisode(
      split: .search, index: 3, outputCount: outputs, support: encoded(supportInputs, supportLabels),
      query: encoded(queryInputs, queryLabels))
  }

  private func encoded(_ samples: [[Double]], _ labels: [Int]) -> EncodedSamples {
    var offsets: [UInt32] = [0]
    var active: [UInt16] = []
    for sample in samples {
      for (j, x) in sample.enumerated() where x != 0 { active.append(UInt16(j)) }
      offsets.append(UInt32(active.count))
    }
    return EncodedSamples(
      steps: 1, inputCount: inputs, labels: labels, offsets: [UInt32](repeating: 0, count: labels.count + 1),
      indices: [], currents: samples.flatMap { $0.map { Float($0) } }, activeOffsets: offsets, active: active)
  }
}
