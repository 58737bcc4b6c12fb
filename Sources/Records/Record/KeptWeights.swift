/// The weights of one network before and after an episode's learning.
public struct EpisodeWeights: Sendable, Hashable {
  /// Before the first support sample: one matrix [post, pre], row-major, for each projection from the input's upwards.
  public var initial: [[Float]]
  /// The same after the last support sample.
  public var final: [[Float]]

  /// Makes a pair of weights.
  public init(initial: [[Float]], final: [[Float]]) {
    self.initial = initial
    self.final = final
  }
}

/// Weights that an evaluation kept: the group `/evaluation/weights`.
///
/// Networks have one shape each record. The last presynaptic unit of a projection is its bias where networks have bias
/// units. Rows without a network, and networks whose numbers were no longer finite, have none.
public struct KeptWeights: Sendable {
  /// Lengths of a projection's axes.
  public struct Shape: Sendable, Hashable {
    /// Postsynaptic neurons.
    public var post: Int
    /// Presynaptic units, the bias included.
    public var pre: Int

    /// Makes a shape.
    public init(post: Int, pre: Int) {
      self.post = post
      self.pre = pre
    }

    /// Synapses.
    public var count: Int { post * pre }
  }

  /// The shape of each projection, from the input's upwards.
  public var shapes: [Shape]
  /// Labels along `seed` of the runs whose weights are kept, ascending.
  public var kept: [Int]
  /// The weights, [rule][task][shot][kept]; nil where there are none.
  public var runs: [EpisodeWeights?]

  /// Makes the weights of an evaluation.
  public init(shapes: [Shape], kept: [Int], runs: [EpisodeWeights?]) {
    self.shapes = shapes
    self.kept = kept
    self.runs = runs
  }

  /// The most bytes of weights that a record keeps: 1 GB, what readers take at a time.
  public static let largest = 1_000_000_000

  /// Bytes of the weights of `runs` runs, before compression.
  public static func bytes(_ shapes: [Shape], runs: Int) -> Int {
    2 * MemoryLayout<Float>.size * runs * shapes.reduce(0) { $0 + $1.count }
  }
}
