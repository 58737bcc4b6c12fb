import Networks
import Records
import Rules
import Tasks

/// Learns episodes with a rule and answers their queries; serves one thread.
protocol EpisodeScorer: AnyObject {
  /// Learns and answers one episode.
  func score(coefficients: [Double], episode: EncodedEpisode, seed: UInt64) -> EpisodeScore

  /// Learns and answers one episode, and looks at the network on the way; the score has the same bits.
  func diagnose(
    coefficients: [Double], episode: EncodedEpisode, seed: UInt64, _ wanted: DiagnosisPlan
  ) -> EpisodeDiagnosis

  /// The weights before and after the episode that was scored last; nil when they are not finite.
  func weights(after episode: EncodedEpisode, _ score: EpisodeScore, _ seed: UInt64) -> EpisodeWeights?
}

extension EpisodeLearner: EpisodeScorer where Scalar == Float {}

/// The scorer of a rule: the online inner loop, or a learning system that is presented one sample at a time.
func episodeScorer(
  network: NetworkParameters, inputCount: Int, outputCount: Int, rule: Rule, credit: CreditChoice, worstLoss: Double
) throws(InnerLoopError) -> any EpisodeScorer {
  let choice = credit.chosen(by: rule.credit)
  guard let card = choice.card else {
    return try InnerLoop(
      network: network, inputCount: inputCount, outputCount: outputCount, rule: rule, credit: choice.name,
      worstLoss: worstLoss)
  }
  return try SystemLearner(
    network: network, inputCount: inputCount, outputCount: outputCount, rule: rule, card, choice.settings,
    worstLoss: worstLoss)
}
