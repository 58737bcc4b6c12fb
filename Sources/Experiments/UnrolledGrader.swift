import Rules
import Tasks
import Unrolled

/// The exact derivative of an episode's loss, by the unrolled adaptation in single precision.
///
/// In spiking networks it is the derivative of the surrogate, and biased.
public final class UnrolledGrader: EpisodeGrader {
  private let learner: UnrolledLearner<Float>
  private let worstLoss: Double
  private let isSpiking: Bool

  /// Makes the network, its pathway and the program of a step.
  public init(
    _ contender: Contender, inputCount: Int, outputCount: Int, worstLoss: Double
  ) throws(InnerLoopError) {
    let choice = contender.credit.chosen(by: contender.rule.credit)
    if choice.card != nil {
      throw .notDifferentiable(
        "nobody differentiates through credit pathway \(choice.name): search with cma-es, or another kind that asks for no "
          + "gradient")
    }
    let loop = try InnerLoop(
      network: contender.network, inputCount: inputCount, outputCount: outputCount, rule: contender.rule,
      credit: contender.credit.name, worstLoss: worstLoss)
    do {
      learner = try UnrolledLearner(network: loop.network, credit: loop.credit, rule: contender.rule)
    } catch {
      throw .notDifferentiable(error.description)
    }
    self.worstLoss = worstLoss
    isSpiking = contender.network.rateFunction == nil
  }

  /// Learns the episode, answers its queries and goes all the way back.
  public func grade(coefficients: [Double], episode: EncodedEpisode, seed: UInt64) -> GradedScore {
    let result = learner.gradient(coefficients: coefficients, episode: episode, seed: seed)
    var score = EpisodeScore(
      loss: min(worstLoss, result.loss), accuracy: result.accuracy, outcome: .ok, firingRates: result.activity)
    if isSpiking { score = score.judgedBySpikes(worstLoss: worstLoss, outputCount: episode.outputCount) }
    if !result.isFinite { score = score.failed(.nan, worstLoss: worstLoss, outputCount: episode.outputCount) }
    return GradedScore(
      score: score, gradient: result.gradient, angles: result.angles, orthonormality: result.orthonormality)
  }
}
