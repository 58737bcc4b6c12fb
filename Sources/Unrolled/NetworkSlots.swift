import CKernels
import Credit
import Kernels
import Networks

/// The values of a network's groups in the frame of a step, made as they are asked for.
struct NetworkSlots<Scalar: KernelScalar> {
  let network: Network<Scalar>
  let credit: any CreditPathway<Scalar>
  /// Activity and potential of every group; the readout's potential is what answers.
  private(set) var activity: [Slot] = []
  private(set) var potential: [Slot] = []
  /// Spikes of every group, or nil for a group that does not spike.
  private(set) var spikes: [Slot?] = []
  /// What a sample gives: the input, the modulator, the reward, the step and the sample's number.
  private(set) var input: Slot = 0
  private(set) var modulator: Slot = 0
  private(set) var reward: Slot = 0
  private(set) var step: Slot = 0
  private(set) var sample: Slot = 0
  private(set) var loss: Slot = 0
  private var readoutError: Slot = 0
  /// Fixed feedback, in the order of the instructions' index.
  private(set) var feedbacks: [Feedback<Scalar>] = []
  /// Projections whose single weights are read, by their sign.
  private(set) var signed: Set<Int> = []
  private var gains: [Int: Slot] = [:]
  private var errors: [Int: Slot] = [:]
  private var extended: [Slot: Slot] = [:]
  private var thresholds: [Slot?] = []

  /// - Returns: the network's forward pass, up to the readout's loss, as instructions of `builder`.
  init(_ network: Network<Scalar>, _ credit: any CreditPathway<Scalar>, _ builder: inout ProgramBuilder) {
    self.network = network
    self.credit = credit
    let sizes = network.sizes
    input = builder.given(sizes[0])
    (modulator, reward, step) = (builder.given(1), builder.given(1), builder.given(1))
    sample = builder.given(1)
    if network.parameters.rateFunction != nil { propagateRates(&builder) } else { propagateSpikes(&builder) }
    let top = builder.readout(potential[sizes.count - 1])
    activity.append(top.activity)
    (readoutError, loss) = (top.error, top.loss)
  }

  /// The groups' number, input and readout included.
  private var top: Int { network.sizes.count - 1 }

  // MARK: Forward

  private mutating func propagateRates(_ builder: inout ProgramBuilder) {
    let parameters = network.parameters
    activity = [input]
    potential = [input]
    spikes = network.sizes.map { _ in nil }
    for l in 1...top {
      let x = presynaptic(activity[l - 1], of: l - 1, constant: 1, &builder)
      let v = builder.emit(.ahead, count: network.sizes[l], x, index: l - 1, readsWeights: true)
      potential.append(v)
      guard l < top else { break }
      let (y, gain) = builder.rate(v, kind: parameters.rateFunction!.code, sharpness: parameters.sharpness)
      activity.append(y)
      gains[l] = gain
    }
  }

  /// Leaky integrate-and-fire, as `SpikingNetwork` has it. On the way back a spike's derivative is the surrogate; the spike
  /// that resets a potential is taken as given.
  private mutating func propagateSpikes(_ builder: inout ProgramBuilder) {
    let parameters = network.parameters
    let sizes = network.sizes
    spikes = [input]
    potential = [input]
    thresholds = [nil]
    activity = [lowPassed(input, parameters.activityDecay, &builder)]
    for l in 1...top {
      var current = builder.emit(.ahead, count: sizes[l], spikes[l - 1]!, index: l - 1, readsWeights: true)
      if let decay = parameters.synapseDecay { current = leaked(current, keep: decay, gain: 1, &builder) }
      guard l < top else {
        potential.append(
          leaked(current, keep: parameters.readoutLeak, gain: 1 - parameters.readoutLeak, &builder))
        spikes.append(nil)
        thresholds.append(nil)
        break
      }
      let before = builder.before(count: sizes[l], dependent: true)
      let spiked = builder.before(count: sizes[l], dependent: false)
      var threshold = builder.constant(parameters.threshold)
      var adaptation: Slot?
      if parameters.neuron == "adaptive-lif" {
        let h = builder.before(count: sizes[l], dependent: true)
        adaptation = h
        threshold = builder.combination(
          [(nil, threshold), (builder.constant(parameters.adaptationStrength), h)], count: sizes[l])
      }
      var kept: [(scalar: Slot?, vector: Slot)] = [(nil, current)]
      let leak = builder.constant(parameters.leak)
      switch parameters.reset {
      case .zero:
        let silent = builder.map(.subtract, builder.constant(1), spiked, count: sizes[l])
        kept.append((leak, builder.map(.multiply, before, silent)))
      case .subtract:
        kept += [(leak, before), (builder.constant(-1), builder.map(.multiply, threshold, spiked))]
      case .none: kept.append((leak, before))
      }
      let v = builder.combination(kept, count: sizes[l])
      let s = builder.map(.spike, v, threshold)
      if let adaptation {
        let decay = builder.constant(parameters.adaptationDecay)
        builder.connect(builder.combination([(decay, adaptation), (nil, s)], count: sizes[l]), to: adaptation)
      }
      builder.connect(v, to: before)
      builder.connect(s, to: spiked)
      spikes.append(s)
      potential.append(v)
      thresholds.append(threshold)
      activity.append(lowPassed(s, parameters.activityDecay, &builder))
    }
  }

  /// `y ← decay · y + (1 − decay) · s`.
  private func lowPassed(_ s: Slot, _ decay: Double, _ builder: inout ProgramBuilder) -> Slot {
    leaked(s, keep: decay, gain: 1 - decay, &builder)
  }

  /// `y ← keep · y + gain · x`.
  private func leaked(_ x: Slot, keep: Double, gain: Double, _ builder: inout ProgramBuilder) -> Slot {
    let count = builder.count(x)
    let before = builder.before(count: count, dependent: builder.isDependent(x))
    let sum = builder.combination(
      [(builder.constant(keep), before), (builder.constant(gain), x)], count: count)
    builder.connect(sum, to: before)
    return sum
  }

  // MARK: What rules read

  /// A group's vector as the projection above it sees it: with the bias unit's number at its end where there is one.
  mutating func presynaptic(
    _ slot: Slot, of level: Int, constant: Double, _ builder: inout ProgramBuilder
  ) -> Slot {
    guard network.parameters.bias else { return slot }
    if let known = extended[slot] { return known }
    let longer = builder.emit(.extend, count: network.sizes[level] + 1, slot, parameter: constant)
    extended[slot] = longer
    return longer
  }

  /// The gain of a group.
  mutating func gain(_ level: Int, _ builder: inout ProgramBuilder) -> Slot {
    if let known = gains[level] { return known }
    let slot: Slot
    if level == top {
      slot = builder.constant(1, count: network.sizes[top])
    } else if let function = network.parameters.rateFunction {
      slot = builder.emit(
        .rateGain, count: network.sizes[level], activity[level], index: function.code,
        parameter: network.parameters.sharpness)
    } else {
      slot =
        level == 0
        ? builder.map(.step, activity[0]) : builder.map(.surrogate, potential[level], thresholds[level]!)
    }
    gains[level] = slot
    return slot
  }

  /// The teaching signal of a group, delivered by the pathway.
  mutating func error(_ level: Int, _ builder: inout ProgramBuilder) -> Slot {
    if level == top { return readoutError }
    if let known = errors[level] { return known }
    let count = network.sizes[level]
    let projection = network.projections[level]
    guard let source = credit.errorSource(level) else {
      preconditionFailure("no derivative is known of this credit pathway")
    }
    let slot: Slot
    switch source {
    case .none: slot = builder.constant(0, count: count)
    case .weights:
      let above = error(level + 1, &builder)
      let gain = gain(level, &builder)
      let sent = builder.emit(.back, count: projection.preCount, above, index: level, readsWeights: true)
      slot = builder.map(.multiply, sent, gain, count: count)
    case .fixed(let weights):
      slot = delivered(
        Feedback(weights: weights, columns: projection.columns, preCount: count, kind: .fixed, projection: level),
        error(level + 1, &builder), level, &builder)
    case .direct(let weights, let columns):
      slot = delivered(
        Feedback(weights: weights, columns: columns, preCount: count, kind: .fixed, projection: level),
        readoutError, level, &builder)
    case .signs(let scale):
      signed.insert(level)
      slot = delivered(
        Feedback(
          weights: nil, columns: projection.columns, preCount: count, kind: .signs(scale), projection: level),
        error(level + 1, &builder), level, &builder)
    case .signedMagnitudes(let weights):
      signed.insert(level)
      slot = delivered(
        Feedback(
          weights: weights, columns: projection.columns, preCount: count, kind: .signedMagnitudes, projection: level),
        error(level + 1, &builder), level, &builder)
    }
    errors[level] = slot
    return slot
  }

  private mutating func delivered(
    _ feedback: Feedback<Scalar>, _ above: Slot, _ level: Int, _ builder: inout ProgramBuilder
  ) -> Slot {
    feedbacks.append(feedback)
    let gain = gain(level, &builder)
    let index = feedbacks.count - 1
    // Where the gain is given it is given as it is, and what it silences need not be formed.
    if !builder.isDependent(gain) {
      return builder.emit(.feedback, count: network.sizes[level], above, gain, index: index)
    }
    let sent = builder.emit(.feedback, count: network.sizes[level], above, index: index)
    return builder.map(.multiply, sent, gain)
  }
}

/// Feedback weights that an instruction sends an error through, pre-major.
struct Feedback<Scalar: KernelScalar> {
  enum Kind {
    case fixed
    /// `scale · sgn(W)`.
    case signs(Scalar)
    /// `M ∘ sgn(W)`.
    case signedMagnitudes
  }

  var weights: UnsafePointer<Scalar>?
  var columns: Int
  var preCount: Int
  var kind: Kind
  var projection: Int
}

extension RateFunction {
  /// The kernel's code.
  var code: Int {
    switch self {
    case .softplus: Int(MP_RATE_SOFTPLUS)
    case .tanh: Int(MP_RATE_TANH)
    case .relu: Int(MP_RATE_RELU)
    case .sigmoid: Int(MP_RATE_SIGMOID)
    }
  }
}
