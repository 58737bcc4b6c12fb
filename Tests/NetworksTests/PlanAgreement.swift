import Arithmetic
import Credit
import Kernels
import Networks
import Rules

/// A small random spiking network whose projections learn by plan and, beside it, by the interpreter.
///
/// Both sides see the quantities of the planned network at every step. With `resynchronises` the interpreter's weights
/// are set to the planned ones before every update, so that what is compared is one update, not a trajectory.
struct PlanAgreement<Scalar: KernelScalar> {
  let rule: Rule
  let seed: UInt64
  var neuron = "lif"
  var resynchronises: Bool
  /// The form of the plans; `ahead` for the input's projection only, `deferred` for the others then.
  var form: Plan<Scalar>.Form

  /// What a run of the network came to.
  struct Result {
    /// Largest difference of any weight after any update, relative to the largest weight or change of that projection;
    /// 0 without the interpreter.
    var difference = 0.0
    /// Forms of the plans.
    var forms: [Plan<Scalar>.Form] = []
    /// Of the bits of all weights after every update.
    var fingerprint: UInt64 = 0xcbf2_9ce4_8422_2325
  }

  /// Runs the network, with the interpreter beside it or alone.
  func run(interpreting: Bool) -> Result {
    var random = RandomStream(seed: seed, purpose: .testing)
    var parameters = NetworkParameters()
    parameters.neuron = neuron
    parameters.hidden = (0..<(1 + random.below(3))).map { _ in 1 + random.below(20) }
    // A few samples are longer than what may be pending.
    parameters.steps = seed % 100 == 39 ? 70 : 6
    parameters.learnFrom = 1 + random.below(3)
    parameters.weightScale = 3
    let inputs = 1 + random.below(40)
    let outputs = 2 + random.below(4)
    let network = SpikingNetwork<Scalar>(parameters: parameters, inputCount: inputs, outputCount: outputs)
    let credit = creditCatalogue(Scalar.self).first { $0.name == onlineCredit(of: rule) }!.make(network)
    let draws = EpisodeDraws(seed: seed, lane: 0, index: 0)
    network.drawWeights(draws)
    credit.beginEpisode(draws)

    let layerCount = network.projections.count
    let slots = rule.coefficientSlots(layerCount: layerCount)
    // Coefficients near their steps, some of them exactly 0.
    let coefficients = slots.map { slot -> Double in
      if random.below(6) == 0 && slot.range.contains(0) { return 0 }
      let spread: Double
      switch slot.scale {
      case .logarithmic: spread = slot.start
      case .step(let step): spread = 3 * step
      }
      return min(max(slot.start + spread * random.nextNormal() / 2, slot.range.lowerBound), slot.range.upperBound)
    }
    let plans = (0..<layerCount).map { l in
      Plan<Scalar>(
        rule: rule, layer: l + 1, layerCount: layerCount, isActive: coefficients.map { $0 != 0 },
        view: network.view(
          l, feedback: credit.feedback(l), errorFeedback: credit.fixedFeedback(l), foresees: form == .ahead),
        form: form)
    }
    let noise = NoiseDraws(seed: seed, lane: 0, episode: 0)
    for plan in plans { plan.bind(coefficients, noise: noise) }
    var mirrorSteps = 0
    var interpreted = (0..<layerCount).map { l in
      InterpretedProjection<Scalar>(
        rule: rule, layer: l + 1, layerCount: layerCount, coefficients: coefficients, preCount: network.sizes[l],
        postCount: network.sizes[l + 1], weights: network.projections[l].dense,
        feedback: rule.usesFeedback ? dense(credit.feedback(l)!, network.projections[l]) : [])
    }

    var result = Result(forms: plans.map(\.form))
    // A plan that runs ahead shows its changes at the end of a sample.
    let runsAhead = plans[0].form == .ahead
    func compare(_ l: Int) {
      let weights = network.projections[l].dense
      for weight in weights {
        result.fingerprint = (result.fingerprint ^ Double(weight).bitPattern) &* 0x0000_0100_0000_01b3
      }
      if interpreting { result.difference = max(result.difference, difference(weights, interpreted[l].weights)) }
      guard rule.db != nil else { return }
      let feedback = dense(credit.feedback(l)!, network.projections[l])
      if interpreting { result.difference = max(result.difference, difference(feedback, interpreted[l].feedback)) }
    }
    for k in 0..<(1 + Int(seed % 3)) {
      var offsets: [UInt32] = [0]
      var indices: [UInt16] = []
      for _ in 0..<parameters.steps {
        indices += (0..<inputs).filter { _ in random.below(3) == 0 }.map { UInt16($0) }
        offsets.append(UInt32(indices.count))
      }
      indices.append(0)
      indices.withUnsafeBufferPointer { indices in
        offsets.withUnsafeBufferPointer { offsets in
          network.input.know(
            indices: indices.baseAddress!, offsets: offsets.baseAddress!, steps: parameters.steps)
          present(sample: k, indices.baseAddress!, offsets.baseAddress!)
        }
      }
    }
    return result

    func present(sample k: Int, _ indices: UnsafePointer<UInt16>, _ offsets: UnsafePointer<UInt32>) {
      network.beginSample()
      credit.beginSample(k)
      network.scalars.sample[0] = Scalar(k)
      for l in 0..<layerCount {
        plans[l].reset()
        interpreted[l].reset()
      }
      let label = random.below(outputs)
      for t in 0..<parameters.steps {
        let first = Int(offsets[t])
        network.step(spikes: indices + first, count: Int(offsets[t + 1]) - first, learning: true)
        network.formReadoutError(label: label)
        network.scalars.modulator[0] = Scalar(random.nextNormal())
        credit.deliver(to: 0)
        var quantities: [ProjectionQuantities<Scalar>] = []
        for l in 0..<(interpreting ? layerCount : 0) {
          quantities.append(self.quantities(network, l))
          quantities[l].takeNoise(rule, noise, projection: l, sample: k, step: t, mirror: false)
        }
        for l in 0..<layerCount {
          plans[l].advance()
          if interpreting { interpreted[l].advance(quantities[l]) }
        }
        if t + 1 >= parameters.learnFrom {
          for l in 0..<layerCount {
            let isHidden = l == 0 && runsAhead
            if interpreting, resynchronises, !isHidden {
              interpreted[l].weights = network.projections[l].dense
              if rule.db != nil { interpreted[l].feedback = dense(credit.feedback(l)!, network.projections[l]) }
            }
            plans[l].learn()
            if interpreting { interpreted[l].learn(quantities[l]) }
            if !isHidden { compare(l) }
          }
        }
      }
      for l in 0..<layerCount {
        let isHidden = l == 0 && runsAhead
        if interpreting, resynchronises, !isHidden { interpreted[l].weights = network.projections[l].dense }
        plans[l].endSample()
        if interpreting { interpreted[l].endSample() }
        if rule.mirror != nil {
          var quantities = ProjectionQuantities<Scalar>(
            preCount: network.sizes[l], postCount: network.sizes[l + 1])
          quantities.sample = Scalar(k)
          quantities.takeNoise(rule, noise, projection: l, sample: mirrorSteps, step: 0, mirror: true)
          if interpreting, resynchronises {
            interpreted[l].feedback = dense(credit.feedback(l)!, network.projections[l])
          }
          plans[l].mirror(step: mirrorSteps)
          if interpreting { interpreted[l].mirror(quantities) }
        }
        compare(l)
        if interpreting, resynchronises, isHidden { interpreted[l].weights = network.projections[l].dense }
      }
      mirrorSteps += 1
    }
  }

  private func difference(_ a: [Scalar], _ b: [Scalar]) -> Double {
    var largest = 0.0
    var size = 1e-3
    for (x, y) in zip(a, b) {
      // Both may blow up, but then they must do so together.
      if !x.isFinite || !y.isFinite {
        if x.isFinite != y.isFinite { return .infinity }
        continue
      }
      largest = max(largest, Double(abs(x - y)))
      size = max(size, Double(abs(y)))
    }
    return largest / size
  }

  private func quantities(_ network: SpikingNetwork<Scalar>, _ l: Int) -> ProjectionQuantities<Scalar> {
    let pre = network.groups[l]
    let post = network.groups[l + 1]
    func array(_ address: UnsafeMutablePointer<Scalar>, _ count: Int) -> [Scalar] {
      Array(UnsafeBufferPointer(start: address, count: count))
    }
    let n = network.sizes[l]
    let m = network.sizes[l + 1]
    var q = ProjectionQuantities<Scalar>(preCount: n, postCount: m)
    (q.yPre, q.sPre, q.vPre) = (array(pre.activity, n), array(pre.spikes, n), array(pre.potential, n))
    (q.psiPre, q.ePre) = (array(pre.gain, n), array(pre.error, n))
    (q.yPost, q.sPost, q.vPost) = (array(post.activity, m), array(post.spikes, m), array(post.potential, m))
    (q.psiPost, q.ePost) = (array(post.gain, m), array(post.error, m))
    q.modulator = network.scalars.modulator[0]
    q.reward = network.scalars.reward[0]
    q.loss = network.scalars.loss[0]
    q.step = network.scalars.step[0]
    q.sample = network.scalars.sample[0]
    return q
  }

  private func dense(_ matrix: UnsafeMutablePointer<Scalar>, _ projection: Projection<Scalar>) -> [Scalar] {
    var values = [Scalar](repeating: 0, count: projection.preCount * projection.postCount)
    for j in 0..<projection.preCount {
      for i in 0..<projection.postCount { values[i * projection.preCount + j] = matrix[j * projection.columns + i] }
    }
    return values
  }
}

/// The online pathway that a rule asks for; where it asks for a learning system, one that its equations can be run with.
func onlineCredit(of rule: Rule) -> String {
  guard let credit = rule.credit, Rule.systemNames.contains(credit) else { return rule.credit ?? "random" }
  return rule.db == nil ? "random" : "learned"
}
