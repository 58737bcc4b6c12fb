/// Which pool of a task family an episode is drawn from. The three pools never share a sample.
///
/// The raw value is the lane of every random stream that belongs to the split.
public enum Split: UInt32, Sendable, CaseIterable, Codable {
  /// Episodes that score candidates while the outer loop searches.
  case search = 0
  /// Episodes that choose the final rule among the best candidates.
  case selection = 1
  /// Episodes that nothing was chosen on.
  case test = 2
}

/// How the samples of a data set are divided into the three pools.
public enum PoolDivision: String, Sendable, Hashable, Codable, CaseIterable {
  /// As suits a search: most samples in its pool.
  case standard
  /// Equal pools, for data sets with few samples of a class: a single file 1 : 1 : 1, a training file 1 : 1 beside its
  /// test file.
  case equal
}

/// The size of a few-shot problem.
public struct EpisodeShape: Sendable, Hashable, Codable {
  /// Classes per episode, at least 1.
  public var ways: Int
  /// Support examples per class, at least 1.
  public var shots: Int
  /// Query examples per class, at least 1.
  public var query: Int
  /// Labels stay the family's class numbers, and there is one output for each class of the family. Otherwise the
  /// classes of an episode are numbered `0 ..< ways` in the order in which they were drawn.
  public var keepsLabels: Bool
  /// Classes are drawn with replacement: a class drawn twice gives examples for two ways, all of them different as long
  /// as its pool has enough; then those of its first way again.
  public var withReplacement: Bool
  /// Support samples come from the search pool, whichever pool the queries are drawn from: as a training file is learned
  /// to answer a test file.
  public var supportFromSearch: Bool

  /// Makes a shape from its parts.
  public init(
    ways: Int, shots: Int, query: Int, keepsLabels: Bool = false, withReplacement: Bool = false,
    supportFromSearch: Bool = false
  ) {
    self.ways = ways
    self.shots = shots
    self.query = query
    self.keepsLabels = keepsLabels
    self.withReplacement = withReplacement
    self.supportFromSearch = supportFromSearch
  }
}

/// Labelled samples of one episode.
public struct Samples: Sendable {
  /// Number of samples.
  public let count: Int
  /// Inputs per sample.
  public let inputCount: Int
  /// Intensities in `0 ... 1`, [count, inputCount] row-major.
  public let inputs: [Float]
  /// The label of each sample, in `0 ..< outputCount` of the episode.
  public let labels: [Int]
  /// The identity of each sample within its family: equal only where the sample is the same one.
  public let sources: [Int]
  /// The spikes that were recorded, where the family has them.
  public let recorded: Recordings?

  /// Makes samples from their parts.
  /// - Precondition: `labels`, `sources` and `recorded` have one entry a sample and `inputs` has `inputCount` times as many.
  public init(inputCount: Int, inputs: [Float], labels: [Int], sources: [Int], recorded: Recordings? = nil) {
    precondition(
      inputs.count == inputCount * labels.count && sources.count == labels.count,
      "\(inputs.count) inputs and \(sources.count) sources for \(labels.count) samples of \(inputCount) inputs")
    precondition(
      recorded == nil || recorded!.count == labels.count,
      "\(recorded?.count ?? 0) recordings for \(labels.count) samples")
    self.count = labels.count
    self.inputCount = inputCount
    self.inputs = inputs
    self.labels = labels
    self.sources = sources
    self.recorded = recorded
  }
}

/// One few-shot problem: what a network sees while it learns, and what it is asked afterwards.
///
/// An episode is named by (seed, split, index): the same name is the same problem for every candidate and worker.
public struct Episode: Sendable {
  /// The pool the episode is drawn from.
  public let split: Split
  /// The number of the episode within its split.
  public let index: UInt32
  /// The family's class number of each way, in the order drawn.
  public let classes: [Int]
  /// Inputs per sample.
  public let inputCount: Int
  /// Outputs a network needs: the ways, or the family's class count when labels are kept.
  public let outputCount: Int
  /// Samples to learn from, already in their random order of presentation.
  public let support: Samples
  /// Samples to answer, way by way.
  public let query: Samples

  /// Makes an episode from its parts.
  public init(
    split: Split, index: UInt32, classes: [Int], outputCount: Int, support: Samples, query: Samples
  ) {
    precondition(
      support.inputCount == query.inputCount,
      "support has \(support.inputCount) inputs and query \(query.inputCount)")
    self.split = split
    self.index = index
    self.classes = classes
    self.inputCount = support.inputCount
    self.outputCount = outputCount
    self.support = support
    self.query = query
  }
}
