import Kernels
import Networks
import Tasks

extension EpisodeLearner {
  /// Learns and answers one episode, and looks at the network on the way.
  ///
  /// Looking changes nothing: the score has the bits that `score` gives. Changes of the weights that wait to be written
  /// are read where they lie.
  ///
  /// - Parameters:
  ///   - coefficients: one value per slot of `rule.coefficientSlots(layerCount:)`.
  ///   - episode: the encoded samples.
  ///   - seed: the run's seed.
  ///   - wanted: when to look, and at what.
  public func diagnose(
    coefficients: [Double], episode: EncodedEpisode, seed: UInt64, _ wanted: DiagnosisPlan
  ) -> EpisodeDiagnosis {
    let (plan, start) = begin(coefficients, episode, seed: seed)
    var course = start
    let count = course.order.total
    var points: [DiagnosisPoint] = []
    var seen = 0
    for stop in wanted.stops(samples: count) {
      course.right = 0
      guard learn(seen..<stop, of: episode.support, with: plan, &course) else { break }
      if stop == count {
        plan.endEpisode()
        guard network.weightsAreFinite else { break }
      }
      // Feedback that is drawn for every sample is there from the first one on.
      if stop == 0, count > 0 { credit.beginSample(0) }
      let online = stop == seen ? Double.nan : Double(course.right) / Double(stop - seen)
      points.append(look(episode.query, seen: stop, online: online, plan, wanted))
      seen = stop
    }
    let end = points.last.flatMap { $0.seen == count && $0.score.outcome != .nan ? $0.score : nil } ?? failed(.nan)
    for stop in wanted.stops(samples: count).dropFirst(points.count) {
      points.append(nothing(seen: stop, wanted))
    }
    return EpisodeDiagnosis(score: end, points: points)
  }

  /// Answers the queries and measures.
  private func look(
    _ query: EncodedSamples, seen: Int, online: Double, _ plan: PlannedRule<Scalar>, _ wanted: DiagnosisPlan
  ) -> DiagnosisPoint {
    let gauge = wanted.measuresLayers ? self.gauge : nil
    gauge?.begin()
    guard let score = answer(query, gauge) else {
      // What is not a number in a vector's padding would stay there.
      network.clearGroups()
      var point = nothing(seen: seen, wanted)
      point.onlineAccuracy = online
      return point
    }
    var point = DiagnosisPoint(seen: seen, score: score, onlineAccuracy: online, layers: gauge?.layers() ?? [])
    guard let gauge else { return point }
    gauge.measureWeights(&point.layers, readsInputError: plan.lowestError == 0)
    // The rates that were counted, whatever became of the score.
    for (l, rate) in score.firingRates.enumerated() { point.layers[l].firingRate = rate }
    return point
  }

  private func nothing(seen: Int, _ wanted: DiagnosisPlan) -> DiagnosisPoint {
    DiagnosisPoint(
      seen: seen,
      score: EpisodeScore(
        loss: worstLoss, accuracy: 1 / Double(network.outputCount), outcome: .nan,
        firingRates: network.parameters.hidden.map { _ in 0 }),
      onlineAccuracy: .nan,
      layers: wanted.measuresLayers ? network.projections.map { _ in LayerDiagnosis() } : [])
  }
}
