import Kernels
import Networks
import Tasks

/// The inner loop of rate networks: a sample is one step.
extension EpisodeLearner {
  /// Presents support samples in the order of `course`. False as soon as the readout is no longer finite.
  @specialized(where Scalar == Float)
  func learn(
    _ range: Range<Int>, of samples: EncodedSamples, _ network: RateNetwork<Scalar>, with plan: PlannedRule<Scalar>,
    _ course: inout LearningCourse<Scalar>
  ) -> Bool {
    for index in range {
      let k = course.order.sample(index)
      credit.beginSample(index)
      network.scalars.sample[0] = Scalar(index)
      if index == 0 { plan.mirrorBefore() }
      plan.reset()
      present(samples, network, sample: k, learning: true)
      network.formReadoutError(label: samples.labels[k])
      network.scalars.modulator[0] = network.scalars.reward[0] - course.expectedReward
      if let lowest = plan.lowestError { credit.deliver(to: lowest) }
      if plan.readsInputGain { network.formInputGain() }
      plan.advance()
      plan.learn()
      plan.endSample()
      plan.mirrorAfterSample()
      if !network.readoutIsFinite { return false }
      course.take(reward: network.scalars.reward[0])
    }
    return true
  }

  /// Answers every query sample from the weights as they are; nil when the readout is not finite.
  @specialized(where Scalar == Float)
  func answer(
    _ samples: EncodedSamples, _ network: RateNetwork<Scalar>, _ gauge: LayerGauge<Scalar>?
  ) -> EpisodeScore? {
    network.clearActivity()
    var loss = 0.0
    var right = 0
    for k in 0..<samples.count {
      present(samples, network, sample: k, learning: gauge != nil)
      network.formReadoutError(label: samples.labels[k])
      if !network.readoutIsFinite { return nil }
      network.noteActivity()
      if let gauge {
        gauge.noteActivity()
        gauge.noteErrors()
        gauge.endSample()
      }
      loss += Double(network.scalars.loss[0])
      if network.largestOutput == samples.labels[k] { right += 1 }
    }
    let count = Double(samples.count)
    return EpisodeScore(
      loss: min(worstLoss, loss / count), accuracy: Double(right) / count, outcome: .ok,
      firingRates: network.activitySums.map { $0 / max(1, count) })
  }

  private func present(_ samples: EncodedSamples, _ network: RateNetwork<Scalar>, sample k: Int, learning: Bool) {
    precondition(!samples.currents.isEmpty, "a rate network takes intensities, not spikes")
    let first = Int(samples.activeOffsets[k])
    let count = Int(samples.activeOffsets[k + 1]) - first
    samples.active.withUnsafeBufferPointer { active in
      samples.currents.withUnsafeBufferPointer { currents in
        let base = active.baseAddress ?? UnsafePointer(bitPattern: 2)!
        network.present(
          currents.baseAddress! + k * samples.inputCount, list: base + first, count: count, learning: learning)
      }
    }
  }
}
