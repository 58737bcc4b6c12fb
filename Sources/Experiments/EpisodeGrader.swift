import Networks
import Rules
import Tasks

/// What one episode tells about a rule, with the derivative of its loss.
public struct GradedScore: Sendable, Hashable {
  /// Mean query cross-entropy, query accuracy, and how the episode ended.
  public var score: EpisodeScore
  /// d loss / d θ, one value per slot of `rule.coefficientSlots(layerCount:)`; not finite when the episode failed.
  public var gradient: [Double]
  /// Per group, from the input (0) to the readout: the angle in degrees between the query-batch means of the error that
  /// the pathway delivered and of the same readout error sent down through W; NaN or left out where undefined.
  public var angles: [Double]
  /// Per projection l, from 1: `‖y_{l-1} W_lᵀ − y_l W_l W_lᵀ‖²` over the query batch; may be empty.
  public var orthonormality: [Double]

  /// Makes a graded score from its parts.
  public init(score: EpisodeScore, gradient: [Double], angles: [Double] = [], orthonormality: [Double] = []) {
    self.score = score
    self.gradient = gradient
    self.angles = angles
    self.orthonormality = orthonormality
  }

  /// Whether the episode counts in the mean gradient of its generation.
  public var counts: Bool { score.outcome == .ok && gradient.allSatisfy(\.isFinite) }
}

/// Learns episodes with a rule and differentiates their loss with respect to the rule's coefficients.
///
/// One grader serves one thread and keeps its arrays from episode to episode. The same coefficients, episode and seed give
/// the same bits, whatever was graded before.
public protocol EpisodeGrader: AnyObject {
  /// Learns and answers one episode, and differentiates its loss.
  /// - Parameters:
  ///   - coefficients: θ, one value per slot of the rule.
  ///   - episode: the encoded samples.
  ///   - seed: the run's seed.
  func grade(coefficients: [Double], episode: EncodedEpisode, seed: UInt64) -> GradedScore
}

/// The grader of a contender.
/// - Parameters:
///   - inputCount: inputs of a sample.
///   - outputCount: readout neurons.
///   - worstLoss: the loss of a failed episode, and the largest loss there is.
/// - Throws: where the rule cannot run on the network.
public func episodeGrader(
  for contender: Contender, inputCount: Int, outputCount: Int, worstLoss: Double
) throws(InnerLoopError) -> any EpisodeGrader {
  try UnrolledGrader(contender, inputCount: inputCount, outputCount: outputCount, worstLoss: worstLoss)
}
