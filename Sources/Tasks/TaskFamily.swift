/// Where few-shot problems come from: a data set, or samples made in code.
public struct TaskFamily: Sendable {
  /// The name used in experiments, such as `fashion-mnist`.
  public let name: String
  /// One line that says what the samples are.
  public let about: String
  /// The shape of one sample: rows and columns of an image, or one number of units.
  public let inputShape: [Int]
  /// Classes to draw from.
  public let classCount: Int
  /// The samples behind the family.
  let pools: any SamplePools

  /// Inputs per sample, the product of `inputShape`.
  public var inputCount: Int { inputShape.reduce(1, *) }

  /// How many samples of each class a split's pool holds.
  public func poolSizes(_ split: Split) -> [Int] {
    (0..<classCount).map { pools.size(split, classIndex: $0) }
  }

  /// Checks that episodes of `shape` exist in each of `splits`.
  /// - Throws: `TaskError` of kind `impossibleShape` that says what is short, and by how much.
  public func check(_ shape: EpisodeShape, splits: [Split] = Split.allCases) throws(TaskError) {
  }

  /// The episode at (seed, split, index).
  /// - Precondition: `check(shape, splits: [split])` passes.
  public func episode(seed: UInt64, split: Split, index: UInt32, shape: EpisodeShape) -> Episode {
    fatalError()
  }
}

/// The samples of a family, addressed by (split, class, member).
protocol SamplePools: Sendable {
  /// Members of one class in the pool of one split.
  func size(_ split: Split, classIndex: Int) -> Int
  /// The identity of a member: equal only where the sample is the same one.
  func source(_ split: Split, classIndex: Int, member: Int) -> Int
  /// Writes the intensities of a member, in `0 ... 1`.
  func write(_ split: Split, classIndex: Int, member: Int, into inputs: UnsafeMutableBufferPointer<Float>)
}
