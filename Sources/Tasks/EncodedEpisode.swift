/// Samples as a spiking network receives them.
///
/// The spikes of sample `k` at step `t` are `indices[offsets[k * steps + t] ..< offsets[k * steps + t + 1]]`, ascending.
/// The inputs that are ever driven in sample `k` (at least one spike, or a current that is not zero) are
/// `active[activeOffsets[k] ..< activeOffsets[k + 1]]`, ascending.
public struct EncodedSamples: Sendable {
  /// Number of samples.
  public let count: Int
  /// Time steps per sample.
  public let steps: Int
  /// Inputs per sample.
  public let inputCount: Int
  /// The label of each sample.
  public let labels: [Int]
  /// Where the spikes of each (sample, step) begin in `indices`, [count · steps + 1].
  public let offsets: [UInt32]
  /// The inputs that spike.
  public let indices: [UInt16]
  /// A constant drive per step, [count, inputCount] row-major; empty for encoders that spike.
  public let currents: [Float]
  /// Where the driven inputs of each sample begin in `active`, [count + 1].
  public let activeOffsets: [UInt32]
  /// The inputs that are driven.
  public let active: [UInt16]

  /// Makes encoded samples from their parts.
  public init(
    steps: Int, inputCount: Int, labels: [Int], offsets: [UInt32], indices: [UInt16], currents: [Float],
    activeOffsets: [UInt32], active: [UInt16]
  ) {
    precondition(
      offsets.count == labels.count * steps + 1 && activeOffsets.count == labels.count + 1,
      "\(offsets.count) and \(activeOffsets.count) offsets for \(labels.count) samples of \(steps) steps")
    precondition(
      currents.isEmpty || currents.count == labels.count * inputCount,
      "\(currents.count) currents for \(labels.count) samples of \(inputCount) inputs")
    self.count = labels.count
    self.steps = steps
    self.inputCount = inputCount
    self.labels = labels
    self.offsets = offsets
    self.indices = indices
    self.currents = currents
    self.activeOffsets = activeOffsets
    self.active = active
  }

  /// Where in `indices` the spikes of one step lie.
  public func spikes(sample: Int, step: Int) -> Range<Int> {
    let row = sample * steps + step
    return Int(offsets[row])..<Int(offsets[row + 1])
  }
}

/// An episode whose samples are encoded; made once and shared by all candidates.
public struct EncodedEpisode: Sendable {
  /// The pool the episode is drawn from.
  public let split: Split
  /// The number of the episode within its split.
  public let index: UInt32
  /// Outputs a network needs.
  public let outputCount: Int
  /// Samples to learn from, in their order of presentation.
  public let support: EncodedSamples
  /// Samples to answer.
  public let query: EncodedSamples
  /// How many times the support samples are presented, at least 1.
  public var passes = 1

  /// Makes an encoded episode from its parts.
  public init(split: Split, index: UInt32, outputCount: Int, support: EncodedSamples, query: EncodedSamples) {
    self.split = split
    self.index = index
    self.outputCount = outputCount
    self.support = support
    self.query = query
  }
}
