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

/// The derivative of an episode's loss by central differences in double precision, two further episodes a coefficient.
///
///     dL/dθ_r ≈ (L(θ + h e_r) − L(θ − h e_r)) / 2h        h = 10⁻⁶ · max(|θ_r|, 10⁻³)
///
/// It takes nothing for granted about the network; where the loss has steps, as that of spiking networks has, it sees
/// the steps and not the slope behind them.
public final class CentralDifferences: EpisodeGrader {
  private let learner: EpisodeLearner<Double>

  /// Makes the learner whose loss is differentiated.
  public init(
    _ contender: Contender, inputCount: Int, outputCount: Int, worstLoss: Double
  ) throws(InnerLoopError) {
    learner = try EpisodeLearner(
      network: contender.network, inputCount: inputCount, outputCount: outputCount, rule: contender.rule,
      credit: contender.credit, worstLoss: worstLoss)
  }

  /// Learns the episode once at θ and twice beside it for each coefficient.
  public func grade(coefficients: [Double], episode: EncodedEpisode, seed: UInt64) -> GradedScore {
    func score(_ coefficients: [Double]) -> EpisodeScore {
      learner.score(coefficients: coefficients, episode: episode, seed: seed)
    }
    let centre = score(coefficients)
    let gradient = coefficients.indices.map { r -> Double in
      let h = 1e-6 * max(abs(coefficients[r]), 1e-3)
      var (above, below) = (coefficients, coefficients)
      above[r] += h
      below[r] -= h
      let ends = (score(above), score(below))
      guard centre.outcome == .ok, ends.0.outcome == .ok, ends.1.outcome == .ok else { return .nan }
      return (ends.0.loss - ends.1.loss) / (above[r] - below[r])
    }
    return GradedScore(score: centre, gradient: gradient)
  }
}
