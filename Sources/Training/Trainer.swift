import Arithmetic
import Foundation
import Kernels
import Layers
import Networks
import Rules
import Synchronization
import Systems

/// How long and in which pieces a network learns.
public struct TrainingSettings: Sendable, Hashable, Codable {
  /// Times that all samples are presented.
  public var epochs: Int
  /// Samples of a batch; the last of an epoch may have fewer.
  public var batch: Int
  /// Parts that a batch is divided into at most, each presented by itself and summed in their order. The number of
  /// threads has no say in it.
  public var parts = 4
  /// How changes become steps.
  public var optimiser: WeightOptimiserSettings
  /// The seed of every random number.
  public var seed: UInt64

  /// Makes settings.
  public init(epochs: Int, batch: Int, optimiser: WeightOptimiserSettings, seed: UInt64) {
    (self.epochs, self.batch, self.optimiser, self.seed) = (epochs, batch, optimiser, seed)
  }

  /// Parts of a batch: none has fewer than 4 samples, unless the batch has.
  public var partCount: Int { max(1, min(parts, batch / 4)) }
}

/// A network that learns from a data set by one learning system and one rule: one run, epoch by epoch.
///
/// Equal choices give equal bits on any number of threads. Weights, feedback and encodings are those of
/// `EpisodeDraws(seed, lane: 3, index: 0)`; samples come in the order of the stream (seed, order, lane 3, epoch).
public final class Trainer<Scalar: KernelScalar>: @unchecked Sendable {
  /// What was chosen.
  public let settings: TrainingSettings
  /// The network that learns.
  public let network: LayeredNetwork<Scalar>
  /// Epochs done.
  public private(set) var epoch = 0

  private let data: TrainingData
  private let division: DataDivision
  private let scaling: InputScaling
  private let optimiser: WeightOptimiser<Scalar>
  private let parts: [TrainingPart<Scalar>]
  private let threads = PartThreads()
  private let order: UnsafeMutableBufferPointer<Int32>
  private let answers: UnsafeMutableBufferPointer<Int32>
  private let losses: UnsafeMutableBufferPointer<Scalar>
  private let presented = Atomic<Int>(0)

  /// Allocates everything; `begin` draws the weights.
  /// - Parameters:
  ///   - entry: the learning system.
  ///   - choice: its settings.
  ///   - rule: what a synapse does.
  ///   - coefficients: one value for each of the rule's slots; its start values when nil.
  ///   - parameters: the network.
  /// - Throws: `RuleChangeError` when the rule reads what the system or a layer does not have.
  /// - Precondition: the system knows the network (`SystemCard.refusal`).
  public init(
    _ entry: SystemEntry<Scalar>, _ choice: SystemSettings, rule: Rule, coefficients: [Double]? = nil,
    _ parameters: LayeredParameters, data: TrainingData, division: DataDivision, scaling: InputScaling = InputScaling(),
    _ settings: TrainingSettings
  ) throws(RuleChangeError) {
    (self.data, self.division, self.scaling, self.settings) = (data, division, scaling, settings)
    let network = LayeredNetwork<Scalar>(parameters, input: data.shape, outputCount: data.classCount)
    self.network = network
    let count = settings.partCount
    let capacity = (settings.batch + count - 1) / count
    let systems = (0..<count).map { _ in entry.make(network, choice, capacity) }
    var targets: [WeightOptimiser<Scalar>.Target] = []
    var places: [TrainingPart<Scalar>.Places] = []
    for (l, connection) in network.connections.enumerated() {
      var place = TrainingPart<Scalar>.Places(weights: targets.count)
      targets.append(.init(connection.weights, count: connection.weightCount, bounds: rule.weightBounds))
      if let bias = connection.bias {
        place.bias = targets.count
        targets.append(.init(bias, count: connection.kinds))
      }
      if rule.db != nil, let feedback = systems[0].feedback(l) {
        place.feedback = targets.count
        targets.append(.init(feedback, count: connection.weightCount, bounds: rule.feedbackBounds))
      }
      places.append(place)
    }
    optimiser = WeightOptimiser(targets, settings.optimiser)
    var parts: [TrainingPart<Scalar>] = []
    for system in systems {
      let change = try RuleChange(rule, network, entry.card)
      change.bind(coefficients ?? rule.coefficientSlots(layerCount: network.connections.count).map(\.start))
      parts.append(
        TrainingPart(
          system, change, network, places, counts: targets.map(\.count), capacity: capacity,
          inputs: data.steps * data.shape.count))
    }
    self.parts = parts
    order = .allocate(capacity: division.train.count)
    _ = order.initialize(from: division.train)
    answers = .allocate(capacity: division.test.count)
    answers.initialize(repeating: -1)
    losses = .allocate(capacity: division.test.count)
    losses.initialize(repeating: 0)
  }

  deinit {
    order.deallocate()
    answers.deallocate()
    losses.deallocate()
  }

  /// Samples presented in the epoch under way, of `samplesPerEpoch`; may be asked from any thread.
  public var samplesDone: Int { presented.load(ordering: .relaxed) }

  /// Samples presented in an epoch, those held out included.
  public var samplesPerEpoch: Int { division.train.count + division.test.count }

  /// Draws weights and feedback: the start of the run.
  public func begin() {
    let draws = EpisodeDraws(seed: settings.seed, lane: 3, index: 0)
    epoch = 0
    network.drawWeights(draws)
    for part in parts { part.system.begin(draws) }
    optimiser.reset()
  }

  /// Presents all samples in batches, then those held out.
  /// - Parameters:
  ///   - threads: how many threads may work.
  ///   - isWanted: asked before every batch; after a false nothing is known of the epoch, and the weights are those of
  ///     its middle.
  /// - Returns: what came of it; nil where it was not finished.
  public func learnEpoch(threads: Int = 1, isWanted: () -> Bool = { true }) -> EpochResult? {
    let clock = ContinuousClock()
    let began = clock.now
    presented.store(0, ordering: .relaxed)
    shuffle()
    let batches = (order.count + settings.batch - 1) / settings.batch
    var (loss, right) = (0.0, 0)
    for batch in 0..<batches {
      guard isWanted() else { return nil }
      let samples = UnsafeBufferPointer(
        rebasing: order[batch * settings.batch..<min(order.count, (batch + 1) * settings.batch)])
      learn(
        samples, number: UInt32(truncatingIfNeeded: epoch * batches + batch) & (1 << 31 - 1),
        firstSample: epoch * order.count + batch * settings.batch, threads: threads)
      optimiser.step(
        samples: samples.count,
        factor: settings.optimiser.schedule.factor(epoch: epoch, of: settings.epochs, batch: batch, of: batches))
      keepSigns()
      for part in parts.dropFirst() { part.copyFeedback(from: parts[0]) }
      for part in parts {
        loss += part.loss
        right += part.right
      }
      presented.add(samples.count, ordering: .relaxed)
    }
    guard isWanted() else { return nil }
    var result = evaluate(threads: threads)
    result.trainLoss = loss / Double(order.count)
    result.trainAccuracy = Double(right) / Double(order.count)
    if !result.trainLoss.isFinite || !network.isFinite { result.outcome = .nan }
    result.seconds = (clock.now - began) / .seconds(1)
    epoch += 1
    return result
  }

  private func learn(_ samples: UnsafeBufferPointer<Int32>, number: UInt32, firstSample: Int, threads: Int) {
    let count = parts.count
    self.threads.each(count, threads: threads) { p in
      let (first, end) = (p * samples.count / count, (p + 1) * samples.count / count)
      parts[p].learn(
        UnsafeBufferPointer(rebasing: samples[first..<end]), number: number, first: first, firstSample: firstSample,
        data, scaling)
    }
    for (t, total) in optimiser.changes.enumerated() {
      let size = optimiser.targets[t].count
      total.update(from: parts[0].changes[t], count: size)
      for part in parts.dropFirst() { add(part.changes[t], to: total, size) }
    }
    parts[0].condition(optimiser.changes)
  }

  /// Puts weights that may not cross 0 and did so to the 0 of their side.
  private func keepSigns() {
    for (l, connection) in network.connections.enumerated() {
      guard let signs = parts[0].system.signs(l) else { continue }
      keep(signs, connection.weights, connection.weightCount)
    }
  }

  @specialized(where Scalar == Float)
  private func keep(_ signs: UnsafePointer<Scalar>, _ weights: UnsafeMutablePointer<Scalar>, _ count: Int) {
    for k in 0..<count where weights[k] * signs[k] <= 0 { weights[k] = signs[k] * 0 }
  }

  @specialized(where Scalar == Float)
  private func add(_ x: UnsafeMutablePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>, _ count: Int) {
    for k in 0..<count { y[k] += x[k] }
  }

  /// Presents the samples held out; changes nothing.
  public func evaluate(threads: Int = 1) -> EpochResult {
    let count = parts.count
    let capacity = parts[0].capacity
    division.test.withUnsafeBufferPointer { samples in
      let pieces = (samples.count + capacity - 1) / capacity
      self.threads.each(count, threads: threads) { p in
        parts[p].forgetTally()
        for piece in stride(from: p, to: pieces, by: count) {
          let range = piece * capacity..<min(samples.count, (piece + 1) * capacity)
          parts[p].answer(
            UnsafeBufferPointer(rebasing: samples[range]), number: 1 << 31 | UInt32(piece), data, scaling,
            into: answers.baseAddress! + range.lowerBound, losses: losses.baseAddress! + range.lowerBound)
          presented.add(range.count, ordering: .relaxed)
        }
      }
    }
    var result = EpochResult()
    result.answers = Array(answers)
    let right = zip(division.test, answers).count { data.labels[Int($0)] == $1 }
    result.testAccuracy = Double(right) / Double(answers.count)
    result.testLoss = losses.reduce(0) { $0 + Double($1) } / Double(answers.count)
    result.rates = network.hiddenCounts.indices.map { l in
      parts.reduce(0) { $0 + $1.rateSums[l] } / Double(answers.count)
    }
    if !result.testLoss.isFinite {
      result.outcome = .nan
    } else if network.parameters.neuron.spikes {
      if result.rates.contains(where: { $0 > 0.95 }) {
        result.outcome = .saturated
      } else if result.rates.last == 0 {
        result.outcome = .silent
      }
    }
    return result
  }

  private func shuffle() {
    var samples = division.train
    var stream = RandomStream(seed: settings.seed, purpose: .order, lane: 3, UInt32(epoch))
    stream.shuffle(&samples)
    _ = order.update(from: samples)
  }

  /// All that the rest of the run depends on.
  public var checkpoint: TrainingCheckpoint<Scalar> {
    TrainingCheckpoint(
      epoch: epoch,
      weights: optimiser.targets.map { Array(UnsafeBufferPointer(start: $0.weights, count: $0.count)) },
      optimiser: optimiser.state)
  }

  /// Goes on from a checkpoint of the same choices; false when it is not of them. All arrays may follow one another in
  /// one, as records keep them.
  public func restore(_ stored: TrainingCheckpoint<Scalar>) -> Bool {
    guard let checkpoint = stored.divided(optimiser.targets.map(\.count)) else { return false }
    begin()
    guard optimiser.restore(checkpoint.optimiser) else { return false }
    for (target, values) in zip(optimiser.targets, checkpoint.weights) {
      target.weights.update(from: values, count: values.count)
    }
    for part in parts.dropFirst() { part.copyFeedback(from: parts[0]) }
    epoch = checkpoint.epoch
    return true
  }
}

/// Where a run stands after an epoch: weights, biases and feedback that learns, connection by connection, and the
/// optimiser's moments.
public struct TrainingCheckpoint<Scalar: KernelScalar>: Sendable, Hashable {
  /// Epochs done.
  public var epoch: Int
  /// What moves, one array a target.
  public var weights: [[Scalar]]
  /// The optimiser's moments.
  public var optimiser: WeightOptimiserState<Scalar>

  /// Makes a checkpoint.
  public init(epoch: Int, weights: [[Scalar]], optimiser: WeightOptimiserState<Scalar>) {
    (self.epoch, self.weights, self.optimiser) = (epoch, weights, optimiser)
  }

  /// The same with one array a target, of these lengths; nil where they do not fit.
  fileprivate func divided(_ counts: [Int]) -> TrainingCheckpoint? {
    func divided(_ arrays: [[Scalar]]) -> [[Scalar]]? {
      if arrays.isEmpty || arrays.map(\.count) == counts { return arrays }
      guard arrays.count == 1, arrays[0].count == counts.reduce(0, +) else { return nil }
      var first = 0
      return counts.map { count in
        defer { first += count }
        return Array(arrays[0][first..<first + count])
      }
    }
    guard let weights = divided(weights), weights.count == counts.count, let means = divided(optimiser.means),
      let squares = divided(optimiser.squares)
    else { return nil }
    return TrainingCheckpoint(
      epoch: epoch, weights: weights, optimiser: .init(steps: optimiser.steps, means: means, squares: squares))
  }
}

/// What came of an epoch. A sick network is an outcome, not an error.
public struct EpochResult: Sendable, Hashable {
  /// How a network can end.
  public enum Outcome: String, Sendable, Hashable, Codable, CaseIterable {
    /// It answers.
    case ok
    /// A loss or a weight is NaN or infinite.
    case nan
    /// The layer below the readout never spiked for the samples held out.
    case silent
    /// A hidden layer spiked in more than 95 % of its neuron-steps.
    case saturated
  }

  /// Mean loss of the batches, each before the step it caused.
  public var trainLoss = 0.0
  /// Share of the batches' samples answered right, likewise.
  public var trainAccuracy = 0.0
  /// Mean loss of the samples held out.
  public var testLoss = 0.0
  /// Share of the samples held out that were answered right.
  public var testAccuracy = 0.0
  /// Spikes per neuron and step of each hidden layer for the samples held out; mean activity of rate neurons.
  public var rates: [Double] = []
  /// Wall time of the epoch, evaluation included.
  public var seconds = 0.0
  /// How the network is.
  public var outcome = Outcome.ok
  /// The answer to each sample held out, in the order of the division; −1 where no score is a number.
  public var answers: [Int32] = []

  /// Nothing yet.
  public init() {}
}
