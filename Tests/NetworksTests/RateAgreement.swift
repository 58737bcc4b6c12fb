import Arithmetic
import Credit
import Kernels
import Networks
import Rules

/// A small random rate network whose projections learn by plan and, beside it, by the interpreter, whose weights follow
/// their own course. Both sides see the quantities of the planned network.
struct RateAgreement {
  let rule: Rule
  let seed: UInt64
  let neuron: RateFunction
  let bias: Bool
  let credit: String
  let form: PlanForm

  /// The largest difference of any weight after any sample, relative to the largest weight of that projection; a weight
  /// that is infinite on one side only counts as infinitely different.
  func run() -> Double {
    var random = RandomStream(seed: seed, purpose: .testing)
    var parameters = NetworkParameters()
    parameters.neuron = neuron.rawValue
    parameters.bias = bias
    parameters.hidden = (0..<(1 + random.below(2))).map { _ in 1 + random.below(20) }
    parameters.weightScale = 1
    parameters.feedbackScale = 1
    let inputs = 1 + random.below(40)
    let outputs = 2 + random.below(4)
    let network = RateNetwork<Double>(parameters: parameters, inputCount: inputs, outputCount: outputs)
    let pathway = creditCatalogue(Double.self).first { $0.name == credit }!.make(network)
    let draws = EpisodeDraws(seed: seed, lane: 0, index: 0)
    network.drawWeights(draws)
    pathway.beginEpisode(draws)

    let layers = network.projections.count
    let coefficients = rule.coefficientSlots(layerCount: layers).map { slot -> Double in
      if random.below(6) == 0 && slot.range.contains(0) { return 0 }
      let spread = if case .step(let step) = slot.scale { 3 * step } else { slot.start }
      return min(max(slot.start + spread * random.nextNormal() / 2, slot.range.lowerBound), slot.range.upperBound)
    }
    let plans = (0..<layers).map { l in
      Plan<Double>(
        rule: rule, layer: l + 1, layerCount: layers, isActive: coefficients.map { $0 != 0 },
        view: network.view(l, feedback: pathway.feedback(l), errorFeedback: pathway.fixedFeedback(l)), form: form)
    }
    let noise = NoiseDraws(seed: seed, lane: 0, episode: 0)
    for plan in plans { plan.bind(coefficients, noise: noise) }
    var mirrorSteps = 0
    var interpreted = (0..<layers).map { l in
      let projection = network.projections[l]
      return InterpretedProjection<Double>(
        rule: rule, layer: l + 1, layerCount: layers, coefficients: coefficients, preCount: projection.preCount,
        postCount: projection.postCount, weights: projection.dense,
        feedback: rule.usesFeedback ? dense(pathway.feedback(l)!, projection) : [])
    }

    var difference = 0.0
    // More samples than are held back together.
    for sample in 0..<Int(9 + seed % 10) {
      let drive = (0..<inputs).map { _ in random.below(3) == 0 ? 0 : Float(random.nextDouble()) }
      let list = (0..<inputs).filter { drive[$0] != 0 }.map { UInt16($0) } + [0]
      pathway.beginSample(sample)
      network.scalars.sample[0] = Double(sample)
      for l in 0..<layers {
        plans[l].reset()
        interpreted[l].reset()
      }
      network.present(drive, list: list, count: list.count - 1, learning: true)
      network.formReadoutError(label: random.below(outputs))
      network.scalars.modulator[0] = random.nextNormal()
      pathway.deliver(to: 0)
      let quantities = (0..<layers).map { l in
        var quantities = self.quantities(network, l)
        quantities.takeNoise(rule, noise, projection: l, sample: sample, step: 0, mirror: false)
        return quantities
      }
      for l in 0..<layers {
        plans[l].advance()
        interpreted[l].advance(quantities[l])
      }
      for l in 0..<layers {
        plans[l].learn()
        interpreted[l].learn(quantities[l])
      }
      for l in 0..<layers {
        plans[l].endSample()
        interpreted[l].endSample()
        if rule.mirror != nil {
          for step in mirrorSteps...mirrorSteps + 1 {
            var quantities = ProjectionQuantities<Double>(
              preCount: network.projections[l].preCount, postCount: network.sizes[l + 1])
            quantities.sample = Double(sample)
            quantities.takeNoise(rule, noise, projection: l, sample: step, step: 0, mirror: true)
            plans[l].mirror(step: step)
            interpreted[l].mirror(quantities)
          }
        }
        difference = max(difference, self.difference(network.projections[l].dense, interpreted[l].weights))
        guard rule.db != nil else { continue }
        let feedback = dense(pathway.feedback(l)!, network.projections[l])
        difference = max(difference, self.difference(feedback, interpreted[l].feedback))
      }
      mirrorSteps += 2
    }
    for l in 0..<layers {
      plans[l].endEpisode()
      difference = max(difference, self.difference(network.projections[l].dense, interpreted[l].weights))
    }
    return difference
  }

  private func difference(_ a: [Double], _ b: [Double]) -> Double {
    // Both may blow up, but then they must do so together.
    let top = max(1e-3, b.reduce(0) { max($0, $1.magnitude) })
    if !top.isFinite || top > 1e100 || b.contains(where: \.isNaN) { return 0 }
    return zip(a, b).reduce(0) { max($0, ($1.0 - $1.1).magnitude) } / top
  }

  private func quantities(_ network: RateNetwork<Double>, _ l: Int) -> ProjectionQuantities<Double> {
    let pre = network.presynaptic[l]
    let post = network.groups[l + 1]
    func array(_ address: UnsafeMutablePointer<Double>, _ count: Int) -> [Double] {
      Array(UnsafeBufferPointer(start: address, count: count))
    }
    let n = network.projections[l].preCount
    let m = network.sizes[l + 1]
    var q = ProjectionQuantities<Double>(preCount: n, postCount: m)
    (q.yPre, q.vPre) = (array(pre.activity, n), array(pre.potential, n))
    (q.psiPre, q.ePre) = (array(pre.gain, n), array(pre.error, n))
    (q.yPost, q.vPost) = (array(post.activity, m), array(post.potential, m))
    (q.psiPost, q.ePost) = (array(post.gain, m), array(post.error, m))
    q.modulator = network.scalars.modulator[0]
    q.reward = network.scalars.reward[0]
    q.loss = network.scalars.loss[0]
    q.sample = network.scalars.sample[0]
    return q
  }

  private func dense(_ matrix: UnsafeMutablePointer<Double>, _ projection: Projection<Double>) -> [Double] {
    (0..<projection.postCount).flatMap { i in
      (0..<projection.preCount).map { matrix[$0 * projection.columns + i] }
    }
  }
}
