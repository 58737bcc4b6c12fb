import Networks
import Tasks
import ThroughTime

/// What a trained spiking network does while it answers queries, step by step.
public struct AnswerCourse: Sendable {
  /// What drives the input, [sample, step, input].
  public enum Drive: Sendable, Hashable {
    /// 1 where an input spikes, else 0.
    case spikes([UInt8])
    /// Currents.
    case currents([Float])
  }

  /// Samples that were followed.
  public let samples: Int
  /// Steps of a sample.
  public let steps: Int
  /// The class of each sample.
  public let labels: [Int]
  /// What the network was given.
  public private(set) var drive: Drive
  /// 1 where a neuron of a hidden group spikes, else 0: [group][sample, step, neuron].
  public private(set) var spikes: [[UInt8]]
  /// Potentials of the hidden groups and the readout, [group][sample, step, neuron]; before the reset of a spike.
  public private(set) var potentials: [[Float]]

  /// Presents the first samples.
  /// - Precondition: the network spikes, and `count` is at most the number of samples.
  fileprivate init(_ network: SpikingNetwork<Float>, _ query: EncodedSamples, first count: Int) {
    precondition(count <= query.count, "\(count) of \(query.count) samples")
    samples = count
    steps = query.steps
    labels = Array(query.labels.prefix(count))
    let groups = network.groups
    let top = network.sizes.count - 1
    let total = count * query.steps
    var flags = network.sizes.dropLast().map { _ in [UInt8]() }
    var currents: [Float] = []
    potentials = network.sizes.dropFirst().map { _ in [] }
    let spiking = query.currents.isEmpty
    for (level, size) in network.sizes.enumerated() {
      if level < top, level > 0 || spiking { flags[level].reserveCapacity(total * size) }
      if level > 0 { potentials[level - 1].reserveCapacity(total * size) }
    }
    for k in 0..<count {
      network.beginSample()
      for t in 0..<query.steps {
        network.step(query, sample: k, step: t, learning: false)
        for (level, size) in network.sizes.enumerated() {
          let group = groups[level]
          if level == 0, !spiking {
            for i in 0..<size { currents.append(group.spikes[i]) }
          } else if level < top {
            for i in 0..<size { flags[level].append(group.spikes[i] == 0 ? 0 : 1) }
          }
          if level > 0 { for i in 0..<size { potentials[level - 1].append(group.potential[i]) } }
        }
      }
    }
    drive = spiking ? .spikes(flags[0]) : .currents(currents)
    spikes = Array(flags.dropFirst())
  }
}

extension KeptNetwork {
  /// Answers the first queries of the episode again, and says what every neuron did.
  ///
  /// All queries are answered before, and the accuracy compared with the record's: other data than those that were scored
  /// do not pass unseen.
  /// - Parameters:
  ///   - count: how many queries are followed; nil for all.
  ///   - family: the experiment's data.
  /// - Throws: `TaskError` where the data do not fit the experiment, `RecordMismatch` where the answers are other ones.
  /// - Precondition: the network spikes.
  public func answers(first count: Int?, of family: TaskFamily) throws -> AnswerCourse {
    let source = try EpisodeSource(experiment, family: family)
    guard source.family.inputCount == inputCount, source.outputCount == outputCount else {
      throw RecordMismatch(
        path: path,
        message: "has a network of \(inputCount) inputs and \(outputCount) outputs, and \(family.name) needs "
          + "\(source.family.inputCount) and \(source.outputCount)")
    }
    let query = source.encoded(EpisodeAddress(split: split, index: episode)).query
    if let count, count > query.count {
      throw RecordMismatch(path: path, message: "has episodes of \(query.count) queries, fewer than \(count)")
    }
    let network = SpikingNetwork<Float>(
      parameters: experiment.network, inputCount: inputCount, outputCount: outputCount)
    for (projection, matrix) in zip(network.projections, weights.final) { projection.dense = matrix }
    let again = network.answer(query, worstLoss: experiment.worstLoss)?.accuracy ?? .nan
    guard Float(again) == accuracy else {
      throw RecordMismatch(
        path: path,
        message:
          "has accuracy \(accuracy) for \(rule) in episode \(episode), and answering again gives \(again): the data "
          + "or the machine are other ones than those that were scored")
    }
    return AnswerCourse(network, query, first: count ?? query.count)
  }
}
