import Kernels
import Networks
import Tasks
import ThroughTime

/// The inner loop of spiking networks.
extension EpisodeLearner {
  /// Presents support samples in the order of `course`. False as soon as the readout is no longer finite.
  @specialized(where Scalar == Float)
  func learn(
    _ range: Range<Int>, of samples: EncodedSamples, _ network: SpikingNetwork<Scalar>,
    with plan: PlannedRule<Scalar>, _ course: inout LearningCourse<Scalar>
  ) -> Bool {
    let learnFrom = network.parameters.learnFrom
    for index in range {
      let k = course.order.sample(index)
      let expectedReward = course.expectedReward
      network.beginSample()
      credit.beginSample(index)
      network.scalars.sample[0] = Scalar(index)
      if index == 0 { plan.mirrorBefore() }
      let survives = foreseeing(samples, network, sample: k) {
        plan.reset()
        for t in 0..<samples.steps {
          if plan.readsInput {
            network.step(samples, sample: k, step: t, learning: true)
          } else {
            network.stepForeseen()
          }
          network.formReadoutError(label: samples.labels[k])
          network.scalars.modulator[0] = network.scalars.reward[0] - expectedReward
          let learns = t + 1 >= learnFrom
          if let lowest = plan.lowestError, learns || plan.statefulReadsError { credit.deliver(to: lowest) }
          if plan.readsInputGain { network.formInputGain() }
          plan.advance()
          if learns { plan.learn() }
        }
        plan.endSample()
        return network.readoutIsFinite
      }
      plan.mirrorAfterSample()
      course.take(reward: network.scalars.reward[0])
      if !survives { return false }
    }
    return true
  }

  /// Does `body` while the network's input knows the spikes of a sample.
  private func foreseeing(
    _ samples: EncodedSamples, _ network: SpikingNetwork<Scalar>, sample k: Int, _ body: () -> Bool
  ) -> Bool {
    guard samples.currents.isEmpty else { return body() }
    return samples.indices.withUnsafeBufferPointer { indices in
      samples.offsets.withUnsafeBufferPointer { offsets in
        network.input.know(
          indices: indices.baseAddress ?? UnsafePointer(bitPattern: 2)!,
          offsets: offsets.baseAddress! + k * samples.steps,
          steps: samples.steps)
        defer { network.input.forget() }
        return body()
      }
    }
  }
}
