import Kernels
import Networks
import Tasks
import ThroughTime

extension SpikingNetwork {
  /// Answers every query sample from the readout at its last step; nil when it is not finite.
  /// - Parameters:
  ///   - worstLoss: the largest loss there is.
  ///   - gauge: what looks at the network on the way, if anything.
  @specialized(where Scalar == Float)
  func answer(
    _ samples: EncodedSamples, worstLoss: Double, _ gauge: LayerGauge<Scalar>? = nil
  ) -> EpisodeScore? {
    let learnFrom = parameters.learnFrom
    clearCounts()
    var loss = 0.0
    var right = 0
    for k in 0..<samples.count {
      beginSample()
      for t in 0..<samples.steps {
        step(samples, sample: k, step: t, learning: gauge != nil)
        guard let gauge else { continue }
        gauge.noteActivity()
        guard t + 1 >= learnFrom, readoutIsFinite else { continue }
        formReadoutError(label: samples.labels[k])
        gauge.noteErrors()
      }
      formReadoutError(label: samples.labels[k])
      if !readoutIsFinite { return nil }
      gauge?.endSample()
      loss += Double(scalars.loss[0])
      if largestOutput == samples.labels[k] { right += 1 }
    }
    let rates = zip(spikeCounts, parameters.hidden).map {
      Double($0) / Double(max(1, stepCount * $1))
    }
    return EpisodeScore(
      loss: min(worstLoss, loss / Double(samples.count)), accuracy: Double(right) / Double(samples.count),
      outcome: .ok, firingRates: rates
    ).judgedBySpikes(worstLoss: worstLoss, outputCount: outputCount)
  }
}

extension RateNetwork {
  /// Answers every query sample from the weights as they are; nil when the readout is not finite.
  /// - Parameters:
  ///   - worstLoss: the largest loss there is.
  ///   - gauge: what looks at the network on the way, if anything.
  @specialized(where Scalar == Float)
  func answer(
    _ samples: EncodedSamples, worstLoss: Double, _ gauge: LayerGauge<Scalar>? = nil
  ) -> EpisodeScore? {
    clearActivity()
    var loss = 0.0
    var right = 0
    for k in 0..<samples.count {
      present(samples, sample: k, learning: gauge != nil)
      formReadoutError(label: samples.labels[k])
      if !readoutIsFinite { return nil }
      noteActivity()
      if let gauge {
        gauge.noteActivity()
        gauge.noteErrors()
        gauge.endSample()
      }
      loss += Double(scalars.loss[0])
      if largestOutput == samples.labels[k] { right += 1 }
    }
    let count = Double(samples.count)
    return EpisodeScore(
      loss: min(worstLoss, loss / count), accuracy: Double(right) / count, outcome: .ok,
      firingRates: activitySums.map { $0 / max(1, count) })
  }
}
