import Credit
import Kernels
import Networks
import Rules
import Tasks

/// The loss of an episode and its derivative with respect to the rule's coefficients.
public struct EpisodeGradient: Sendable, Hashable {
  /// Mean cross-entropy of the queries; NaN or infinite when the network failed.
  public var loss: Double
  /// Share of queries answered right.
  public var accuracy: Double
  /// Whether readout and weights stayed finite.
  public var isFinite: Bool
  /// `∂loss/∂θ`, one for each slot of `Rule.coefficientSlots(layerCount:)`.
  public var gradient: [Double]
  /// The angle, in degrees, between the teaching signal that the pathway delivers to a group and the one that the forward
  /// weights would, both the mean over the queries, of every group from the input to the readout; NaN where a mean is 0.
  public var angles: [Double]
  /// `‖y_{l−1} W_lᵀ − y_l W_l W_lᵀ‖²` of every projection, summed over the queries: 0 where the rows of `W_l` are
  /// orthonormal and `y_l = W_l y_{l−1}`.
  public var orthonormality: [Double]
  /// Mean activity (rate network) or spikes per step (spiking network) of each hidden group while answering.
  public var activity: [Double]
}

/// Why a rule cannot be differentiated on a network.
public enum UnrolledError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The pathway does not say how it forms errors.
  case credit(String)
  /// The rule changes the feedback weights.
  case feedback(rule: String)
  /// The rule keeps an eligibility trace in every synapse of a network with more than one step a sample.
  case eligibility(rule: String)
  /// The rule changes single synapses and waits for the end of a sample to do so.
  case denseAtSampleEnd(rule: String)
  /// The rule reads something that has no place in the unrolled episode.
  case reads(rule: String, what: String)
  /// The neuron model has no derivative here.
  case neuron(String)

  /// One clear sentence.
  public var description: String {
    switch self {
    case .credit(let name): "credit pathway \(name) has no derivative, which optimizer meta-gradient needs"
    case .feedback(let rule):
      "rule \(rule) changes the feedback weights (db), which optimizer meta-gradient does not follow"
    case .eligibility(let rule):
      "rule \(rule) keeps an eligibility trace in every synapse, which optimizer meta-gradient follows in rate "
        + "networks only"
    case .denseAtSampleEnd(let rule):
      "rule \(rule) changes synapses by more than products of vectors once a sample; optimizer meta-gradient follows "
        + "that with every: step only"
    case .reads(let rule, let what): "rule \(rule) reads \(what), which optimizer meta-gradient does not follow"
    case .neuron(let name): "neuron model \(name) has no derivative, which optimizer meta-gradient needs"
    }
  }
}

/// The exact derivative of an episode's loss with respect to a rule's coefficients, through the whole adaptation.
///
/// The episode is unrolled: every update of the weights is a function of the weights before it and of the coefficients,
/// and the loss of the queries is a function of the weights at the end. Derivatives are carried back through all of it,
/// in reverse mode (Griewank & Walther 2008), by instructions made from the rule's own tree, so that a new rule needs no
/// new derivative. In a spiking network a spike's derivative is the surrogate, the reset is taken as given, and the
/// result is biased.
///
/// Weights are not kept for every update: they are read from the products they changed by (`WeightHistory`), with the
/// bits they had on the way forth, and long episodes are learnt a second time in blocks.
public final class UnrolledLearner<Scalar: KernelScalar> {
  /// The network that learns.
  public let network: Network<Scalar>
  /// The rule it learns with.
  public let rule: Rule
  private let credit: any CreditPathway<Scalar>
  private let program: StepProgram<Scalar>
  private let arena = Arena()
  private let constants: UnsafeMutablePointer<Scalar>
  private let constantAdjoints: UnsafeMutablePointer<Scalar>
  private let frameAdjoint: UnsafeMutablePointer<Scalar>
  private let carried: UnsafeMutablePointer<Scalar>
  private let queryFrames: UnsafeMutablePointer<Scalar>
  private let scratch: UnsafeMutablePointer<Scalar>
  private let list: UnsafeMutablePointer<UInt32>
  private let rows: SynapseRows<Scalar>
  private let adjoints: [AdjointMatrix<Scalar>]
  private var tape: Tape<Scalar>?
  private let steps: Int
  private let learnFrom: Int
  private let blockBytes: Int
  private var isSick = false

  /// What the values and weights kept of a block of samples take, usually.
  public static var standardBlockBytes: Int { 48 << 20 }

  /// Makes the program of a step and room for its derivatives.
  ///
  /// - Parameters:
  ///   - network: what learns.
  ///   - credit: the pathway that delivers errors in `network`.
  ///   - rule: what it learns with; a rate network must be able to run it.
  ///   - blockBytes: what the values and weights kept of a block of samples may take, unless one sample takes more.
  public init(
    network: Network<Scalar>, credit: any CreditPathway<Scalar>, rule: Rule, blockBytes: Int = standardBlockBytes
  ) throws(UnrolledError) {
    let isRate = network.parameters.rateFunction != nil
    for level in 0..<network.sizes.count - 1 where credit.errorSource(level) == nil {
      throw .credit(type(of: credit).name)
    }
    if rule.db != nil { throw .feedback(rule: rule.name) }
    if !isRate, !["lif", "adaptive-lif"].contains(network.parameters.neuron) {
      throw .neuron(network.parameters.neuron)
    }
    let reads = [rule.dw] + rule.layers.map(\.dw)
    if !isRate, reads.contains(where: { $0.contains { $0 == .quantity(.eligibility) } }) {
      throw .eligibility(rule: rule.name)
    }
    for quantity in [Quantity.noisePre, .noisePost, .noise] where rule.reads(quantity) {
      throw .reads(rule: rule.name, what: quantity.rawValue)
    }
    if rule.passesFeedback { throw .reads(rule: rule.name, what: "products with the feedback weights") }
    self.network = network
    self.rule = rule
    self.blockBytes = blockBytes
    self.credit = credit
    program = StepProgram(rule, network, credit)
    steps = isRate ? 1 : network.parameters.steps
    learnFrom = isRate ? 1 : network.parameters.learnFrom
    if !isRate, rule.every == .sample, program.isDense.contains(true) { throw .denseAtSampleEnd(rule: rule.name) }
    let widest = Scalar.padded(network.sizes.max()! + 1)
    constants = arena.allocate(program.constantSize, of: Scalar.self)
    constantAdjoints = arena.allocate(program.constantSize, of: Scalar.self)
    frameAdjoint = arena.allocate(program.frameSize, of: Scalar.self)
    carried = arena.allocate(max(1, program.carries.reduce(0) { $0 + Scalar.padded($1.count) }), of: Scalar.self)
    queryFrames = arena.allocate(program.frameSize * steps, of: Scalar.self)
    scratch = arena.allocate(widest, of: Scalar.self)
    list = arena.allocate(widest, of: UInt32.self)
    rows = SynapseRows(
      lines: program.synapses.map(\.lines.count).max() ?? 0, columns: widest, surrogate: network.parameters.surrogate)
    let perSettlement = isRate || rule.every == .step ? 1 : steps
    adjoints = zip(network.projections, program.adjointProducts).map { [steps] projection, products in
      AdjointMatrix(
        preCount: projection.preCount, postCount: projection.postCount, room: max(products * perSettlement, steps))
    }
    for constant in program.constants {
      Scalar.fill(constant.count, constants + Int(~constant.slot), with: Scalar(constant.value))
    }
  }

  /// Bytes held, those for the episodes seen so far included.
  public var byteCount: Int {
    arena.byteCount + adjoints.reduce(0) { $0 + $1.byteCount } + (tape?.byteCount ?? 0)
  }

  /// Learns an episode, answers its queries, and goes all the way back.
  ///
  /// - Parameters:
  ///   - coefficients: one value per slot of `rule.coefficientSlots(layerCount:)`.
  ///   - episode: the encoded samples.
  ///   - seed: the run's seed.
  public func gradient(coefficients: [Double], episode: EncodedEpisode, seed: UInt64) -> EpisodeGradient {
    let draws = EpisodeDraws(seed: seed, lane: episode.split.rawValue, index: episode.index)
    network.drawWeights(draws)
    credit.beginEpisode(draws)
    return gradient(coefficients: coefficients, support: .encoded(episode.support), query: .encoded(episode.query))
  }

  /// The same from the weights and the feedback that network and pathway have now. The network's weights stay as they
  /// are.
  public func gradient(
    coefficients: [Double], support: PresentedSamples<Scalar>, query: PresentedSamples<Scalar>
  ) -> EpisodeGradient {
    precondition(
      coefficients.count == program.coefficients.count,
      "\(coefficients.count) coefficients, \(program.coefficients.count) slots")
    for (value, slot) in zip(coefficients, program.coefficients) { constants[Int(~slot)] = Scalar(value) }
    let tape = tape(for: support)
    let run = StepRun(
      program: program, constants: constants, histories: tape.histories, feedbacks: program.network.feedbacks,
      list: list, surrogate: network.parameters.surrogate)
    let back = AdjointRun(
      run: run, frame: frameAdjoint, constants: constantAdjoints, weights: adjoints, scratch: scratch)
    if isSick { forget(tape) }
    for matrix in adjoints { matrix.clear() }
    Scalar.fill(program.constantSize, constantAdjoints, with: 0)

    for (l, projection) in network.projections.enumerated() {
      Scalar.copy(tape.histories[l].size, projection.weights, to: tape.checkpoint(0, l))
    }
    for block in 0..<tape.blocks { learn(block, support, tape, run) }
    let answered = answer(query, updates: tape.updates(tape.blocks - 1), run, back)
    for block in stride(from: tape.blocks - 1, through: 0, by: -1) {
      if block < tape.blocks - 1 { learn(block, support, tape, run) }
      unlearn(block, support, tape, back)
    }
    let gradient = program.coefficients.map { Double(constantAdjoints[Int(~$0)]) }
    var result = answered
    result.gradient = gradient
    result.isFinite = result.isFinite && gradient.allSatisfy(\.isFinite)
    isSick = !result.isFinite
    return result
  }

  /// Zeroes what an episode that exploded has left: NaN in the padding of vectors would stay there.
  private func forget(_ tape: Tape<Scalar>) {
    tape.clear()
    Scalar.fill(program.frameSize * steps, queryFrames, with: 0)
    Scalar.fill(Scalar.padded(network.sizes.max()! + 1), scratch, with: 0)
  }

  // MARK: Forth

  private func tape(for support: PresentedSamples<Scalar>) -> Tape<Scalar> {
    let learning = max(0, steps - learnFrom + 1)
    if let tape, tape.samples == support.count { return tape }
    let made = Tape<Scalar>(
      program, network, samples: support.count, steps: steps, updatesPerSample: learning,
      delays: rule.every == .sample && steps > 1, bytes: blockBytes)
    tape = made
    return made
  }

  /// Learns the samples of a block from its checkpoint, and leaves the next block's.
  @specialized(where Scalar == Float)
  private func learn(_ block: Int, _ support: PresentedSamples<Scalar>, _ tape: Tape<Scalar>, _ run: StepRun<Scalar>) {
    for (l, history) in tape.histories.enumerated() {
      Scalar.copy(history.size, tape.checkpoint(block, l), to: history.base(0))
    }
    var expectedReward = tape.expectedReward[block]
    var u = 0
    let range = tape.range(block)
    for k in range {
      credit.beginSample(k)
      for t in 0..<steps {
        let frame = tape.frame(k - range.lowerBound, t)
        begin(frame, after: t > 0 ? tape.frame(k - range.lowerBound, t - 1) : nil, support, k, t)
        run.forward(frame, 0..<program.answerEnd, update: u, label: support.labels[k])
        reward(frame, label: support.labels[k], expected: expectedReward)
        run.forward(
          frame, program.answerEnd..<program.learnEnd, update: u, label: support.labels[k])
        if t + 1 >= learnFrom {
          run.learn(frame, update: u, rows: rows)
          u += 1
        }
      }
      let last = tape.frame(k - range.lowerBound, steps - 1)
      expectedReward += (last[Int(program.network.reward)] - expectedReward) / 10
    }
    guard block + 1 < tape.blocks else { return }
    tape.expectedReward[block + 1] = expectedReward
    for (l, history) in tape.histories.enumerated() {
      history.write(u, to: tape.checkpoint(block + 1, l))
    }
  }

  /// Fills in what a sample gives to step `t`, and what the step before left.
  @specialized(where Scalar == Float)
  private func begin(
    _ frame: UnsafeMutablePointer<Scalar>, after before: UnsafeMutablePointer<Scalar>?,
    _ samples: PresentedSamples<Scalar>,
    _ k: Int, _ t: Int
  ) {
    samples.write(k, t, into: frame + Int(program.network.input), network.sizes[0])
    frame[Int(program.network.step)] = Scalar(t)
    frame[Int(program.network.sample)] = Scalar(k)
    for carry in program.carries {
      let to = frame + Int(carry.to)
      if let before {
        Scalar.copy(carry.count, before + Int(carry.from), to: to)
      } else {
        Scalar.fill(carry.count, to, with: 0)
      }
    }
  }

  @specialized(where Scalar == Float)
  private func reward(_ frame: UnsafeMutablePointer<Scalar>, label: Int, expected: Scalar) {
    let won = largest(frame) == label
    frame[Int(program.network.reward)] = won ? 1 : -1
    frame[Int(program.network.modulator)] = (won ? 1 : -1) - expected
  }

  @specialized(where Scalar == Float)
  private func largest(_ frame: UnsafeMutablePointer<Scalar>) -> Int {
    let v = frame + Int(program.network.potential.last!)
    var best = 0
    for i in 1..<max(1, network.outputCount) where v[i] > v[best] { best = i }
    return best
  }

  // MARK: Back

  /// Answers the queries with the weights after `updates` updates of the last block, and goes back to those weights.
  @specialized(where Scalar == Float)
  private func answer(
    _ query: PresentedSamples<Scalar>, updates u: Int, _ run: StepRun<Scalar>, _ back: AdjointRun<Scalar>
  ) -> EpisodeGradient {
    var result = EpisodeGradient(
      loss: 0, accuracy: 0, isFinite: true, gradient: [], angles: [], orthonormality: [],
      activity: [Double](repeating: 0, count: network.sizes.count - 2))
    let size = program.frameSize
    var measured = program.gauges.reading(Scalar.self, sizes: network.sizes)
    for k in 0..<query.count {
      for t in 0..<steps {
        let frame = queryFrames + t * size
        begin(frame, after: t > 0 ? frame - size : nil, query, k, t)
        run.forward(frame, 0..<program.answerEnd, update: u, label: query.labels[k])
        for l in result.activity.indices {
          let slot = program.network.spikes[l + 1] ?? program.network.activity[l + 1]
          result.activity[l] += Double(Scalar.sum(frame + Int(slot), network.sizes[l + 1]))
        }
      }
      let last = queryFrames + (steps - 1) * size
      if !Scalar.allFinite(last + Int(program.network.potential.last!), network.outputCount) { result.isFinite = false }
      run.forward(last, program.answerEnd..<program.instructions.count, update: u, label: query.labels[k])
      measured.take(last)
      result.loss += Double(last[Int(program.network.loss)])
      if largest(last) == query.labels[k] { result.accuracy += 1 }
      clearCarried()
      for t in stride(from: steps - 1, through: 0, by: -1) {
        for matrix in adjoints { matrix.settle() }
        takeCarried()
        if t == steps - 1 { frameAdjoint[Int(program.network.loss)] = 1 / Scalar(query.count) }
        back.back(queryFrames + t * size, end: program.answerEnd, update: u, label: query.labels[k])
        leaveCarried()
      }
    }
    let count = Double(query.count)
    result.loss /= count
    result.angles = measured.angles
    result.orthonormality = measured.residuals
    result.accuracy /= count
    for l in result.activity.indices { result.activity[l] /= count * Double(steps * network.sizes[l + 1]) }
    return result
  }

  /// Goes back from the weights after a block to those before it.
  @specialized(where Scalar == Float)
  private func unlearn(
    _ block: Int, _ support: PresentedSamples<Scalar>, _ tape: Tape<Scalar>, _ back: AdjointRun<Scalar>
  ) {
    let range = tape.range(block)
    var u = tape.updates(block)
    for k in range.reversed() {
      credit.beginSample(k)
      clearCarried()
      for t in stride(from: steps - 1, through: 0, by: -1) {
        if rule.every == .step || t == steps - 1 { for matrix in adjoints { matrix.settle() } }
        takeCarried()
        let frame = tape.frame(k - range.lowerBound, t)
        if t + 1 >= learnFrom {
          u -= 1
          back.learn(frame, update: u, rows: rows)
        }
        back.back(frame, end: program.learnEnd, update: u, label: support.labels[k])
        leaveCarried()
      }
    }
  }

  /// Begins a sample on the way back: nobody reads what its last step leaves.
  @specialized(where Scalar == Float)
  private func clearCarried() {
    Scalar.fill(max(1, program.carries.reduce(0) { $0 + Scalar.padded($1.count) }), carried, with: 0)
  }

  /// Begins a step on the way back: derivatives are 0, apart from what the step after it has read.
  @specialized(where Scalar == Float)
  private func takeCarried() {
    Scalar.fill(program.frameSize, frameAdjoint, with: 0)
    var offset = 0
    for carry in program.carries {
      if carry.isWanted { Scalar.addScaled(carry.count, frameAdjoint + Int(carry.from), factor: 1, carried + offset) }
      offset += Scalar.padded(carry.count)
    }
  }

  /// Ends a step on the way back: what it has read of the step before.
  @specialized(where Scalar == Float)
  private func leaveCarried() {
    var offset = 0
    for carry in program.carries {
      if carry.isWanted { Scalar.copy(carry.count, frameAdjoint + Int(carry.to), to: carried + offset) }
      offset += Scalar.padded(carry.count)
    }
  }
}
