import Kernels
import Networks
import Tasks
import ThroughTime

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
      network.present(samples, sample: k, learning: true)
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
}
