import Arithmetic
import Kernels

/// The name of an episode's random numbers: weights, feedback and spikes belong to the episode alone, so that every
/// candidate meets the same draws.
public struct EpisodeDraws: Sendable, Hashable {
  /// The run's seed.
  public var seed: UInt64
  /// The pool the episode comes from, below 256.
  public var lane: UInt32
  /// The episode's index in its pool.
  public var index: UInt32

  /// Names the draws of one episode.
  public init(seed: UInt64, lane: UInt32, index: UInt32) {
    self.seed = seed
    self.lane = lane
    self.index = index
  }

  /// Fills `row` with elements `start ..< start + count` of a stream of uniform numbers within ±`bound`.
  public func fill<Scalar: KernelScalar>(
    _ row: UnsafeMutablePointer<Scalar>, purpose: RandomPurpose, part: UInt32, start: Int, _ count: Int, bound: Double
  ) {
    Scalar.uniform(
      seed: seed, second: part, first: index, purpose: purpose.rawValue << 8 | lane, bound: Scalar(bound), start: start,
      count, into: row)
  }

  /// Fills a pre-major matrix with feedback weights: uniform numbers within ±`bound`, drawn in single precision and
  /// rounded to bfloat16 whatever the matrix's precision. What is rounded when it is drawn can be held in 16 bits without
  /// loss.
  /// - Parameter row: room for `postCount` numbers.
  public func fillFeedback<Scalar: KernelScalar>(
    _ matrix: UnsafeMutablePointer<Scalar>, part: UInt32, preCount: Int, postCount: Int, bound: Double,
    row: UnsafeMutablePointer<Float>
  ) {
    let columns = Scalar.padded(postCount)
    for j in 0..<preCount {
      fill(row, purpose: .feedback, part: part, start: j * postCount, postCount, bound: bound)
      Scalar.roundHalves(postCount, row, into: matrix + j * columns)
    }
  }

  /// Fills a pre-major matrix with uniform numbers within ±`bound`.
  ///
  /// Synapse (pre `j`, post `i`) takes element `j · postCount + i` of the stream, whatever the padding.
  public func fill<Scalar: KernelScalar>(
    _ matrix: UnsafeMutablePointer<Scalar>, purpose: RandomPurpose, part: UInt32, preCount: Int, postCount: Int,
    bound: Double
  ) {
    let columns = Scalar.padded(postCount)
    for j in 0..<preCount {
      fill(matrix + j * columns, purpose: purpose, part: part, start: j * postCount, postCount, bound: bound)
    }
  }
}
