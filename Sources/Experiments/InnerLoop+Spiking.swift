import Kernels
import Networks
import Tasks

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
            step(samples, network, sample: k, step: t, learning: true)
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

  /// Answers every query sample from the readout at its last step; nil when it is not finite.
  @specialized(where Scalar == Float)
  func answer(
    _ samples: EncodedSamples, _ network: SpikingNetwork<Scalar>, _ gauge: LayerGauge<Scalar>?
  ) -> EpisodeScore? {
    let learnFrom = network.parameters.learnFrom
    network.clearCounts()
    var loss = 0.0
    var right = 0
    for k in 0..<samples.count {
      network.beginSample()
      for t in 0..<samples.steps {
        step(samples, network, sample: k, step: t, learning: gauge != nil)
        guard let gauge else { continue }
        gauge.noteActivity()
        guard t + 1 >= learnFrom, network.readoutIsFinite else { continue }
        network.formReadoutError(label: samples.labels[k])
        gauge.noteErrors()
      }
      network.formReadoutError(label: samples.labels[k])
      if !network.readoutIsFinite { return nil }
      gauge?.endSample()
      loss += Double(network.scalars.loss[0])
      if network.largestOutput == samples.labels[k] { right += 1 }
    }
    let rates = zip(network.spikeCounts, network.parameters.hidden).map {
      Double($0) / Double(max(1, network.stepCount * $1))
    }
    return EpisodeScore(
      loss: min(worstLoss, loss / Double(samples.count)), accuracy: Double(right) / Double(samples.count),
      outcome: .ok, firingRates: rates
    ).judgedBySpikes(worstLoss: worstLoss, outputCount: network.outputCount)
  }

  private func step(
    _ samples: EncodedSamples, _ network: SpikingNetwork<Scalar>, sample k: Int, step t: Int, learning: Bool
  ) {
    if samples.currents.isEmpty {
      let range = samples.spikes(sample: k, step: t)
      samples.indices.withUnsafeBufferPointer { indices in
        // An empty episode has no indices at all; the address is not read then.
        let base = indices.baseAddress ?? UnsafePointer(bitPattern: 2)!
        network.step(spikes: base + range.lowerBound, count: range.count, learning: learning)
      }
    } else {
      let first = Int(samples.activeOffsets[k])
      let count = Int(samples.activeOffsets[k + 1]) - first
      samples.active.withUnsafeBufferPointer { active in
        samples.currents.withUnsafeBufferPointer { currents in
          let base = active.baseAddress ?? UnsafePointer(bitPattern: 2)!
          network.step(
            currents: currents.baseAddress! + k * samples.inputCount, list: base + first, count: count,
            learning: learning)
        }
      }
    }
  }
}
