import Kernels
import Layers
import Networks
import Records
import Rules
import Systems
import Tasks

/// A published learning system as an inner loop: it meets an episode's support samples one at a time, the rule's change
/// moves the weights after each, and it answers the queries.
///
/// The network, its initial weights, the order of the samples and their spikes are those of the episode, as in
/// `EpisodeLearner`. Errors are known once a sample is over, so `every: step` and `every: sample` mean the same.
final class SystemLearner: EpisodeScorer {
  /// Queries answered at a time.
  private static let answered = 20

  private let network: LayeredNetwork<Float>
  private let system: any LearningSystem<Float>
  private let change: RuleChange<Float>
  private let rule: Rule
  private let worstLoss: Double
  private let workspace: LayerWorkspace<Float>
  private let parameters: NetworkParameters
  private let arena = Arena()
  private let changes: UnsafeMutablePointer<Float>
  private let feedbackChanges: UnsafeMutablePointer<Float>
  private let biases: UnsafeMutablePointer<Float>
  private let labels: UnsafeMutablePointer<Int32>
  /// Room for the inputs of a batch, made when its size is known.
  private var values: UnsafeMutablePointer<Float>
  private var valueCount: Int

  /// - Throws: where the system does not know the network, or the rule reads what it does not offer.
  init(
    network parameters: NetworkParameters, inputCount: Int, outputCount: Int, rule: Rule, _ card: SystemCard,
    _ settings: SystemSettings?, worstLoss: Double
  ) throws(InnerLoopError) {
    guard let layered = LayeredParameters(parameters) else { throw .unknownNeuron(parameters.neuron) }
    if let refusal = card.refusal(of: layered) { throw .system(refusal) }
    let projections = parameters.hidden.count + 1
    for own in rule.layers where abs(own.layer) > projections || own.layer == 0 {
      throw .noSuchLayer(rule: rule.name, layer: own.layer, projections: projections)
    }
    let network = LayeredNetwork<Float>(layered, input: SignalShape(inputCount), outputCount: outputCount)
    do { change = try RuleChange(rule, network, card) } catch { throw .system(error.description) }
    self.network = network
    self.parameters = parameters
    self.rule = rule
    self.worstLoss = worstLoss
    let entry = systemCatalogue(Float.self).first { $0.card.name == card.name }!
    system = entry.make(network, settings ?? SystemSettings(card), Self.answered)
    workspace = LayerWorkspace(network)
    let most = network.connections.map(\.weightCount).max()!
    changes = arena.allocate(most, of: Float.self)
    feedbackChanges = arena.allocate(most, of: Float.self)
    biases = arena.allocate(network.connections.map(\.kinds).max()!, of: Float.self)
    labels = arena.allocate(Self.answered, of: Int32.self)
    valueCount = Self.answered * inputCount
    values = arena.allocate(valueCount, of: Float.self)
  }

  func score(coefficients: [Double], episode: EncodedEpisode, seed: UInt64) -> EpisodeScore {
    let order = begin(coefficients, episode, seed)
    guard learn(0..<order.total, order, episode.support) else { return failed(.nan) }
    return answer(episode.query) ?? failed(.nan)
  }

  func diagnose(
    coefficients: [Double], episode: EncodedEpisode, seed: UInt64, _ wanted: DiagnosisPlan
  ) -> EpisodeDiagnosis {
    let order = begin(coefficients, episode, seed)
    let layers = wanted.measuresLayers ? network.connections.map { _ in LayerDiagnosis() } : []
    var points: [DiagnosisPoint] = []
    var seen = 0
    for stop in wanted.stops(samples: order.total) {
      right = 0
      let isFinite = learn(seen..<stop, order, episode.support)
      let online = stop == seen ? Double.nan : Double(right) / Double(stop - seen)
      let score = isFinite ? answer(episode.query) : nil
      var point = DiagnosisPoint(seen: stop, score: score ?? failed(.nan), onlineAccuracy: online, layers: layers)
      if score != nil, wanted.measuresLayers {
        for (l, rate) in point.score.firingRates.enumerated() { point.layers[l].firingRate = rate }
      }
      points.append(point)
      seen = stop
    }
    return EpisodeDiagnosis(score: points.last?.score ?? failed(.nan), points: points)
  }

  func weights(after episode: EncodedEpisode, _ score: EpisodeScore, _ seed: UInt64) -> EpisodeWeights? {
    guard score.outcome != .nan else { return nil }
    let final = network.connections.map { self.dense($0) }
    network.drawWeights(EpisodeDraws(seed: seed, lane: episode.split.rawValue, index: episode.index))
    return EpisodeWeights(initial: network.connections.map { self.dense($0) }, final: final)
  }

  // MARK: Learning

  private var right = 0

  private func begin(_ coefficients: [Double], _ episode: EncodedEpisode, _ seed: UInt64) -> PassOrder {
    let draws = EpisodeDraws(seed: seed, lane: episode.split.rawValue, index: episode.index)
    network.drawWeights(draws)
    system.begin(draws)
    change.bind(coefficients)
    return PassOrder(passes: episode.passes, count: episode.support.count, draws)
  }

  /// Presents the samples at places `range` of all passes; false as soon as a score or a weight is no longer finite.
  private func learn(_ range: Range<Int>, _ order: PassOrder, _ samples: EncodedSamples) -> Bool {
    for place in range {
      let k = order.sample(place)
      system.present(batch(samples, [k], number: UInt32(place)), learning: true)
      guard scoresAreFinite(1) else { return false }
      if best(0) == samples.labels[k] { right += 1 }
      change.firstSample = place
      for l in network.connections.indices { move(l) }
    }
    return network.isFinite
  }

  /// Moves the weights of connection `l`, and its feedback where that learns, within the rule's bounds.
  private func move(_ l: Int) {
    let connection = network.connections[l]
    let count = connection.weightCount
    let feedback = change.changesFeedback ? system.feedback(l) : nil
    change.write(l, of: system, to: changes, bias: connection.bias.map { _ in biases }, workspace)
    if feedback != nil { change.writeFeedback(l, of: system, to: feedbackChanges, workspace) }
    system.condition(changes, feedback: feedback.map { _ in feedbackChanges }, l)
    Float.addScaled(count, connection.weights, factor: 1, changes)
    clip(connection.weights, count, rule.weightBounds)
    if let signs = system.signs(l) {
      for k in 0..<count where connection.weights[k] * signs[k] <= 0 { connection.weights[k] = signs[k] * 0 }
    }
    if let bias = connection.bias { for i in 0..<connection.kinds { bias[i] += biases[i] } }
    guard let feedback else { return }
    Float.addScaled(count, feedback, factor: 1, feedbackChanges)
    clip(feedback, count, rule.feedbackBounds)
  }

  private func clip(_ x: UnsafeMutablePointer<Float>, _ count: Int, _ bounds: ClosedRange<Double>?) {
    guard let bounds else { return }
    let (low, high) = (Float(bounds.lowerBound), Float(bounds.upperBound))
    for k in 0..<count { x[k] = x[k] < low ? low : x[k] > high ? high : x[k] }
  }

  // MARK: Answering

  private func answer(_ samples: EncodedSamples) -> EpisodeScore? {
    var (loss, hits) = (0.0, 0)
    var rates = [Double](repeating: 0, count: parameters.hidden.count)
    for first in stride(from: 0, to: samples.count, by: Self.answered) {
      let chosen = Array(first..<min(first + Self.answered, samples.count))
      // Numbers of batches that answer do not meet those of batches that learn.
      system.present(batch(samples, chosen, number: UInt32(1 << 30 + first)), learning: false)
      guard scoresAreFinite(chosen.count) else { return nil }
      for (place, k) in chosen.enumerated() {
        loss += Double(system.losses[place])
        if best(place) == samples.labels[k] { hits += 1 }
      }
      let share = Double(chosen.count) / Double(samples.count)
      rates = zip(rates, system.rates).map { $0 + share * $1 }
    }
    let score = EpisodeScore(
      loss: min(worstLoss, loss / Double(samples.count)), accuracy: Double(hits) / Double(samples.count), outcome: .ok,
      firingRates: rates)
    guard network.parameters.neuron.spikes else { return score }
    return score.judgedBySpikes(worstLoss: worstLoss, outputCount: network.outputCount)
  }

  /// The class with the largest score, the first of equals.
  private func best(_ place: Int) -> Int {
    let scores = system.scores + place * network.outputCount
    return (0..<network.outputCount).reduce(0) { scores[$1] > scores[$0] ? $1 : $0 }
  }

  private func scoresAreFinite(_ count: Int) -> Bool {
    (0..<count * network.outputCount).allSatisfy { system.scores[$0].isFinite }
      && (0..<count).allSatisfy { system.losses[$0].isFinite }
  }

  private func failed(_ outcome: Outcome) -> EpisodeScore {
    EpisodeScore(
      loss: worstLoss, accuracy: 1, outcome: outcome, firingRates: parameters.hidden.map { _ in 0 }
    ).failed(outcome, worstLoss: worstLoss, outputCount: network.outputCount)
  }

  // MARK: Samples

  private func batch(_ samples: EncodedSamples, _ chosen: [Int], number: UInt32) -> SampleBatch<Float> {
    let inputs = samples.inputCount
    let steps = samples.currents.isEmpty ? samples.steps : 1
    let count = steps * chosen.count * inputs
    if count > valueCount {
      values = arena.allocate(count, of: Float.self)
      valueCount = count
    }
    for (place, k) in chosen.enumerated() {
      labels[place] = Int32(samples.labels[k])
      guard samples.currents.isEmpty else {
        for j in 0..<inputs { values[place * inputs + j] = samples.currents[k * inputs + j] }
        continue
      }
      for t in 0..<steps {
        let row = values + (t * chosen.count + place) * inputs
        row.update(repeating: 0, count: inputs)
        for j in samples.spikes(sample: k, step: t) { row[Int(samples.indices[j])] = 1 }
      }
    }
    return SampleBatch(
      count: chosen.count, steps: steps, values: UnsafePointer(values), labels: UnsafePointer(labels), number: number)
  }

  /// The weights as [post, pre], row-major; a bias is the last presynaptic unit.
  private func dense(_ connection: Connection<Float>) -> [Float] {
    let (n, m) = (connection.fanIn, connection.kinds)
    return (0..<m).flatMap { i in
      (0..<n).map { connection.weights[$0 * m + i] } + (connection.bias.map { [$0[i]] } ?? [])
    }
  }
}

extension LayeredParameters {
  /// The dense layers of a network of an experiment page; nil for neurons that no learning system has.
  init?(_ network: NetworkParameters) {
    guard let neuron = LayerNeuron(rawValue: network.neuron) else { return nil }
    self.init(network.hidden.map { .dense($0) }, neuron: neuron)
    bias = network.bias && !neuron.spikes
    constants = network
    dense = .glorot(scale: network.weightScale)
  }
}
