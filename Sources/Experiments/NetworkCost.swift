import Kernels
import Networks
import Rules

/// What a rule costs on a whole network: the plan of every projection, and what surrounds the plans.
public struct NetworkCost: Sendable, Hashable {
  /// Plans of the projections, from the input up.
  public var plans: [PlanSummary]
  /// Delivering errors, for a sample that is learned.
  public var credit: Phases
  /// Which groups get an error: from this one up to the readout, which has its own; nil when none is asked for.
  public var lowestError: Int?
  /// Neurons and readout, for a sample that is learned, and for one that is answered.
  public var dynamics: Phases, answeringDynamics: Phases
  /// Bytes gone through in a step and in a sample.
  public var footprint: Footprint
  /// The same for samples that are answered: the rows of neurons that spike.
  public var answeringFootprint: Footprint
  /// The steps of a sample, and those at which weights move.
  public var steps: Int, learningSteps: Int
  /// Initial weights and feedback weights drawn in an episode, one random number each.
  public var drawsPerEpisode: Int
  /// Random numbers for the spikes of a sample; they are drawn once for all candidates.
  public var drawsPerSample: Int

  /// Everything in a sample that is learned.
  public var learning: Phases { plans.reduce(credit + dynamics) { $0 + $1.cost.learning } }
  /// Everything in a sample that is answered.
  public var answering: Phases { plans.reduce(answeringDynamics) { $0 + $1.cost.answer } }

  /// Counts the work of a contender.
  /// - Parameters:
  ///   - contender: rule, coefficients (one of 0 switches its terms off) and network.
  ///   - inputCount: inputs of a sample.
  ///   - outputCount: readout neurons.
  ///   - foresees: whether samples are spikes, known before their first step.
  ///   - activity: of the input and of each hidden group; nil for the usual.
  public init(
    _ contender: Contender, inputCount: Int, outputCount: Int, foresees: Bool = true, activity: [Activity]? = nil
  ) {
    let network = contender.network
    let sizes = [inputCount] + network.hidden + [outputCount]
    let count = sizes.count - 1
    let pathway = contender.rule.credit ?? contender.credit.name
    let isRate = network.rateFunction != nil
    let activities =
      isRate
      ? [.rateInput] + network.hidden.map { _ in .rate } : activity ?? ([.input] + network.hidden.map { _ in .hidden })
    precondition(activities.count == count, "\(activities.count) activities for \(count) groups")
    steps = isRate ? 1 : network.steps
    let learningSteps = isRate ? 1 : max(0, network.steps - max(1, network.learnFrom) + 1)
    self.learningSteps = learningSteps
    var shapes: [PlanShape] = []
    plans = (0..<count).map { l in
      var shape = PlanShape(preCount: sizes[l], postCount: sizes[l + 1], steps: network.steps)
      shape.learningSteps = learningSteps
      if isRate {
        shape.samplesHeld = RateNetwork<Float>.samplesHeld
        (shape.steps, shape.learningSteps) = (shape.samplesHeld, shape.samplesHeld)
      }
      shape.pre = activities[l]
      if l + 1 < count { shape.post = activities[l + 1] }
      shape.isInput = l == 0
      shape.knowsInput = l == 0 && foresees && !isRate
      shape.hasErrorFeedback = pathway == "random" && !isRate
      shape.mustBeCurrent = ["usf", "brsf", "frsf"].contains(pathway)
      shape.preDecay = isRate ? nil : network.activityDecay
      shape.postDecay = l + 1 < count && !isRate ? network.activityDecay : nil
      shapes.append(shape)
      let zeros = zip(contender.slots, contender.coefficients).filter { slot, value in
        value == 0 && (slot.layer == nil || slot.layer == l + 1)
      }
      return PlanSummary(
        rule: contender.rule, layer: l + 1, layerCount: count, inactive: Set(zeros.map(\.0.name)), shape: shape)
    }
    lowestError = plans.enumerated().compactMap { $1.readsPreError ? $0 : $1.readsPostError ? $0 + 1 : nil }.min()
    footprint = plans.reduce(Footprint()) { $0 + $1.cost.footprint }
    let read = shapes.reduce(0) { $0 + $1.pre.sample * $1.matrixBytes }
    answeringFootprint = Footprint(step: read, sample: read)
    drawsPerSample = isRate ? 0 : inputCount * network.steps
    drawsPerEpisode = zip(sizes, sizes.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } * (pathway == "random" ? 2 : 1)

    var delivered = Phases.none
    if let lowestError {
      for l in stride(from: count - 1, through: lowestError, by: -1) {
        // The plan of the input's projection counts its own error.
        if l == 0, shapes[0].hasErrorFeedback { continue }
        var work = NetworkCost.delivery(shapes[l], pathway: pathway, outputCount: outputCount)
        if isRate, l == 0, pathway == "random", network.rateFunction != .tanh {
          // Rows of inputs that are not 0 alone, in single precision.
          let rows = shapes[0].pre.step * Double(inputCount)
          let columns = Double(Float.padded(shapes[0].postCount))
          work = Work(multiplyAdds: rows * columns, near: 24 * Double(inputCount), step: 4 * rows * columns, calls: 2)
        }
        delivered += work
        footprint.step += work.step
      }
    }
    credit = Double(learningSteps) * delivered
    answeringDynamics = Phases([Double(steps) * (isRate ? NetworkCost.rates(sizes) : NetworkCost.answering(sizes))])
    dynamics = answeringDynamics
    dynamics += isRate ? NetworkCost.readout(sizes) : Double(network.steps) * NetworkCost.following(sizes)
  }

  /// Errors of one group from those of the group above, in one step.
  ///
  /// Feedback alignment: rows of 16-bit weights, `2·n·m` bytes; weight transport reads the weights, the signed pathways
  /// weights and magnitudes.
  private static func delivery(_ shape: PlanShape, pathway: String, outputCount: Int) -> Work {
    let columns = Double(Float.padded(shape.postCount))
    let pre = Double(shape.preCount)
    let around = Work(near: 24 * pre, calls: 2)
    switch pathway {
    case "none": return .none
    case "random": return Work(near: 24 * pre, calls: 1) + shape.halves
    case "direct":
      let weights = pre * Double(Float.padded(outputCount))
      return around + Work(multiplyAdds: weights + 64 * pre, step: 4 * weights)
    case "usf": return around + Work(multiplyAdds: 3 * pre * columns + 64 * pre, step: 4 * pre * columns)
    case "frsf", "brsf": return around + Work(multiplyAdds: 4 * pre * columns + 64 * pre, step: 8 * pre * columns)
    default: return around + Work(multiplyAdds: pre * columns, step: 4 * pre * columns)
    }
  }

  /// One step of the neurons: potential, threshold, list of spikes; readout and softmax.
  private static func answering(_ sizes: [Int]) -> Work {
    sizes.dropFirst().dropLast().reduce(Work(multiplyAdds: 16 * 4, calls: 2)) { work, count in
      let padded = Double(Float.padded(count))
      // Two passes over vectors, then the list, number by number.
      return work + Work(multiplyAdds: 3 * padded + 32 * Double(count), near: 32 * padded, calls: 1)
    }
  }

  /// The activity and gain of rate neurons, some forty operations each.
  private static func rates(_ sizes: [Int]) -> Work {
    sizes.dropFirst().dropLast().reduce(Work.none) { work, count in
      let padded = Double(Float.padded(count))
      return work + Work(multiplyAdds: 40 * padded, near: 12 * padded, calls: 2)
    }
  }

  /// The readout's error.
  private static func readout(_ sizes: [Int]) -> Work {
    Work(multiplyAdds: 320 * Double(sizes[sizes.count - 1]), calls: 3)
  }

  /// What learning needs besides: gain and activity, the readout's error.
  private static func following(_ sizes: [Int]) -> Work {
    let groups = sizes.dropFirst().dropLast().reduce(Work.none) { work, count in
      let padded = Double(Float.padded(count))
      return work + Work(multiplyAdds: 5 * padded, near: 20 * padded, calls: 2)
    }
    return groups + Work(multiplyAdds: 320 * Double(sizes[sizes.count - 1]), calls: 3)
  }
}
