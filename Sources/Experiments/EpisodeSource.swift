import Tasks

/// The episodes of an experiment, addressed by (split, index).
public struct EpisodeSource: Sendable {
  /// Where samples come from.
  public let family: TaskFamily
  /// Ways, shots and query examples.
  public let shape: EpisodeShape
  /// How intensities become spikes.
  public let encoder: SpikeEncoder
  /// Time steps of a sample.
  public let steps: Int
  /// How many times the support samples of an episode are presented.
  public let passes: Int
  /// The run's seed.
  public let seed: UInt64

  /// The episodes of `experiment` from a loaded family.
  /// - Throws: `TaskError` when the family cannot give episodes of that shape.
  public init(_ experiment: Experiment, family given: TaskFamily) throws(TaskError) {
    var family = given.divided(experiment.task.pools)
    if case .events(let merging) = experiment.encoder {
      guard family.isRecorded else {
        throw TaskError(.impossibleShape, "\(family.name): has no recorded spikes for the encoder events")
      }
      family = family.merged(merging)
    }
    try family.check(experiment.task.shape)
    guard family.inputCount <= 65_536 else {
      throw TaskError(.impossibleShape, "\(family.name): \(family.inputCount) inputs are more than 65536")
    }
    let samples = experiment.task.shape.ways * max(experiment.task.shape.shots, experiment.task.shape.query)
    let draws = samples.multipliedReportingOverflow(by: experiment.network.steps * family.inputCount)
    guard !draws.overflow, draws.partialValue < 1 << 32 else {
      throw TaskError(
        .impossibleShape,
        "\(family.name): \(samples) samples of \(experiment.network.steps) steps and \(family.inputCount) inputs are too "
          + "many for one episode (at most 2³² draws)")
    }
    self.family = family
    shape = experiment.task.shape
    encoder = experiment.encoder
    steps = experiment.network.steps
    passes = experiment.task.passes
    seed = experiment.seed
  }

  /// Outputs a network needs.
  public var outputCount: Int { shape.keepsLabels ? family.classCount : shape.ways }

  /// One episode, not encoded.
  public func episode(_ split: Split, _ index: Int) -> Episode {
    family.episode(seed: seed, split: split, index: UInt32(index), shape: shape)
  }

  /// Episodes encoded on all threads of `crew`, in order; nil when dropped.
  public func encoded(
    _ split: Split, _ indices: Range<Int>, by crew: Crew, isWanted: () -> Bool = { true }
  ) -> [EncodedEpisode]? {
    let source = self
    let first = indices.lowerBound
    return crew.map(indices.count, isWanted: isWanted) {
      source.encoded(EpisodeAddress(split: split, index: first + $0))
    }
  }
}
