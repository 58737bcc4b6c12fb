import Arithmetic
import CAllocations
import Experiments
import Kernels
import Networks
import RealModule
import Rules
import Tasks
import TestSupport
import Testing

/// `- eta e_post y_pre - hebb e_post e_pre + oja y_post (y_pre - back(y_post))`.
private let threeTerms: Rule = {
  func times(_ name: String, _ a: Expression, _ b: Expression) -> Expression {
    .binary(.multiply, .binary(.multiply, .coefficient(name), a), b)
  }
  let (yPre, yPost): (Expression, Expression) = (.quantity(.yPre), .quantity(.yPost))
  let (ePre, ePost): (Expression, Expression) = (.quantity(.ePre), .quantity(.ePost))
  let dw = Expression.binary(
    .add, .binary(.subtract, .negate(times("eta", ePost, yPre)), times("hebb", ePost, ePre)),
    times("oja", yPost, .binary(.subtract, yPre, .back(yPost))))
  return Rule(
    name: "three",
    coefficients: ["eta", "hebb", "oja"].map {
      Coefficient(name: $0, start: 0.01, range: -1e9...1e9, scale: .step(0.01))
    }, dw: dw)
}()

private func prototypes(_ index: UInt32, ways: Int = 3, shots: Int = 4) throws -> EncodedEpisode {
  let family = try TaskCatalogue.load("gaussian-prototypes")
  let shape = EpisodeShape(ways: ways, shots: shots, query: 5)
  return SpikeEncoder.bernoulli(rate: 0.5).encode(
    family.episode(seed: 5, split: .search, index: index, shape: shape), steps: 8, seed: 5)
}

private func small() -> NetworkParameters {
  var parameters = NetworkParameters()
  parameters.hidden = [17, 9]
  parameters.steps = 8
  parameters.weightScale = 3
  return parameters
}

@Suite("Inner loop")
struct InnerLoopTests {
  @Test("an episode equals the same episode written as plain loops", arguments: ["random", "transport"])
  func plainLoops(credit: String) throws {
    let episode = try prototypes(3)
    let coefficients = [0.05, -0.03, 0.002]
    let learner = try EpisodeLearner<Double>(
      network: small(), inputCount: episode.support.inputCount, outputCount: 3, rule: threeTerms, credit: credit,
      worstLoss: 5)
    let score = learner.score(coefficients: coefficients, episode: episode, seed: 5)
    var plain = PlainEpisode(parameters: small(), episode: episode, seed: 5, isTransport: credit == "transport")
    plain.learn(coefficients)
    let (loss, accuracy) = plain.answer()
    for (projection, expected) in zip(learner.network.projections, plain.w) {
      for (x, y) in zip(projection.dense, expected.flatMap { $0 }) { #expect(abs(x - y) < 1e-10) }
    }
    #expect(abs(score.loss - loss) < 1e-10)
    #expect(score.accuracy == accuracy)
    #expect(score.outcome == .ok)
  }

  @Test("an episode has the same bits on every vector path that rounds as this one does, in both precisions")
  func vectorPaths() throws {
    func bits<Scalar: KernelScalar>(_ type: Scalar.Type, _ path: VectorPath) throws -> [UInt64] {
      try onVectorPath(path) {
        let episode = try prototypes(2)
        let learner = try EpisodeLearner<Scalar>(
          network: small(), inputCount: episode.support.inputCount, outputCount: 3, rule: threeTerms, credit: "random",
          worstLoss: 5)
        let score = learner.score(coefficients: [0.05, -0.03, 0.002], episode: episode, seed: 5)
        let weights = learner.network.projections.flatMap { $0.dense.map { Double($0).bitPattern } }
        return [score.loss.bitPattern, score.accuracy.bitPattern] + weights
      }
    }
    let single = try bits(Float.self, .current)
    let double = try bits(Double.self, .current)
    for path in VectorPath.interchangeable {
      #expect(try bits(Float.self, path) == single, "\(path)")
      #expect(try bits(Double.self, path) == double, "\(path)")
    }
  }

  @Test("a learner scores an episode the same however often and after whatever else")
  func replays() throws {
    let first = try prototypes(0)
    let second = try prototypes(1)
    func make() throws -> InnerLoop {
      try InnerLoop(
        network: small(), inputCount: first.support.inputCount, outputCount: 3, rule: threeTerms, credit: "random",
        worstLoss: 5)
    }
    let learner = try make()
    let once = learner.score(coefficients: [0.05, -0.03, 0.002], episode: first, seed: 5)
    _ = learner.score(coefficients: [0.02, 0, 0.01], episode: second, seed: 5)
    #expect(learner.score(coefficients: [0.05, -0.03, 0.002], episode: first, seed: 5) == once)
    #expect(try make().score(coefficients: [0.05, -0.03, 0.002], episode: first, seed: 5) == once)
    #expect(learner.score(coefficients: [0.05, -0.03, 0.002], episode: first, seed: 6) != once)
  }

  @Test("scoring allocates nothing once the plan is made")
  func allocatesNothing() throws {
    let episode = try prototypes(0)
    let learner = try InnerLoop(
      network: small(), inputCount: episode.support.inputCount, outputCount: 3, rule: threeTerms, credit: "random",
      worstLoss: 5)
    func allocations(samples: Int) throws -> Int {
      let episode = try prototypes(0, shots: samples)
      _ = learner.score(coefficients: [0.05, -0.03, 0.002], episode: episode, seed: 5)
      let before = allocations_of_this_thread()
      _ = learner.score(coefficients: [0.05, -0.03, 0.002], episode: episode, seed: 5)
      return Int(allocations_of_this_thread() - before)
    }
    // A handful for the score itself; none for a sample or a step.
    let few = try allocations(samples: 2)
    #expect(try allocations(samples: 20) == few)
    #expect(few < 40)
  }

  @Test("a rule that blows up ends as nan with the worst loss")
  func nan() throws {
    let score = try score([1e9, 0, -1e3])
    #expect(score.outcome == .nan)
    #expect(score.loss == 5)
    #expect(abs(score.accuracy - 1.0 / 3) < 1e-15)
  }

  @Test("a network without spikes below the readout ends as silent")
  func silent() throws {
    var parameters = small()
    parameters.threshold = 1e6
    #expect(try score([0.01, 0, 0], parameters).outcome == .silent)
  }

  @Test("a network that always spikes ends as saturated")
  func saturated() throws {
    var parameters = small()
    parameters.threshold = -1e6
    let score = try score([0, 0, 0], parameters)
    #expect(score.outcome == .saturated)
    #expect(score.loss == 5)
  }

  @Test("the input's gain is there for rules that read it without reading the input's error")
  func inputGain() throws {
    // With spikes, the gain of an input is step(y_pre): the two rules are one.
    func rule(_ factor: Expression) -> Rule {
      var rule = threeTerms
      rule.dw = .negate(.binary(.multiply, .binary(.multiply, .coefficient("eta"), .quantity(.ePost)), factor))
      rule.layers = [LayerRule(layer: 2, dw: .quantity(.ePost)), LayerRule(layer: 3, dw: .quantity(.ePost))]
      rule.layers = rule.layers.map { LayerRule(layer: $0.layer, dw: .binary(.multiply, .coefficient("hebb"), $0.dw)) }
      return rule
    }
    let episode = try prototypes(2)
    func score(_ rule: Rule) throws -> EpisodeScore {
      try InnerLoop(
        network: small(), inputCount: episode.support.inputCount, outputCount: 3, rule: rule, credit: "random",
        worstLoss: 5
      ).score(coefficients: [0.01, -0.01, 0], episode: episode, seed: 5)
    }
    #expect(try score(rule(.quantity(.psiPre))) == score(rule(.call(.step, [.quantity(.yPre)]))))
  }

  @Test("learning helps: the loss with a sensible rate is below the loss without learning")
  func learns() throws {
    var (with, without) = (0.0, 0.0)
    for index in 0..<8 {
      let episode = try prototypes(UInt32(index), shots: 30)
      let learner = try InnerLoop(
        network: small(), inputCount: episode.support.inputCount, outputCount: 3, rule: threeTerms,
        credit: "transport", worstLoss: 5)
      with += learner.score(coefficients: [0.05, 0, 0], episode: episode, seed: 5).loss
      without += learner.score(coefficients: [0, 0, 0], episode: episode, seed: 5).loss
    }
    #expect(with < 0.9 * without)
  }

  @Test("what a network cannot run is refused with a sentence")
  func refused() {
    var learned = threeTerms
    learned.db = .quantity(.ePost)
    var layered = threeTerms
    layered.layers = [LayerRule(layer: 7, dw: .quantity(.ePost))]
    var reading = threeTerms
    reading.dw = .quantity(.feedback)
    func refuse(_ rule: Rule, credit: String = "random") -> InnerLoopError? {
      do {
        _ = try InnerLoop(
          network: small(), inputCount: 4, outputCount: 3, rule: rule, credit: credit, worstLoss: 5)
        return nil
      } catch { return error }
    }
    #expect(refuse(threeTerms) == nil)
    #expect(refuse(learned) == .learnsFeedback(rule: "three", credit: "random"))
    #expect(refuse(learned, credit: "learned") == nil)
    #expect(refuse(layered) == .noSuchLayer(rule: "three", layer: 7, projections: 3))
    #expect(refuse(reading, credit: "direct") == .noFeedbackWeights(rule: "three", credit: "direct"))
    #expect(refuse(reading) == nil)
    #expect(refuse(threeTerms, credit: "telepathy") == .unknownCredit("telepathy"))
  }

  private func score(_ coefficients: [Double], _ parameters: NetworkParameters = small()) throws -> EpisodeScore {
    let episode = try prototypes(0)
    let learner = try InnerLoop(
      network: parameters, inputCount: episode.support.inputCount, outputCount: 3, rule: threeTerms, credit: "random",
      worstLoss: 5)
    return learner.score(coefficients: coefficients, episode: episode, seed: 5)
  }
}

/// The specification of S5 as nested loops over nested arrays: nothing shared with the product but its random numbers.
private struct PlainEpisode {
  var w: [[[Double]]]  // [layer][post][pre]
  let b: [[[Double]]]
  let n: [Int]
  let p: NetworkParameters
  let episode: EncodedEpisode
  let isTransport: Bool

  init(parameters: NetworkParameters, episode: EncodedEpisode, seed: UInt64, isTransport: Bool) {
    p = parameters
    self.episode = episode
    self.isTransport = isTransport
    let sizes = [episode.support.inputCount] + parameters.hidden + [episode.outputCount]
    n = sizes
    func draw(_ purpose: RandomPurpose, _ scale: Double) -> [[[Double]]] {
      (0..<sizes.count - 1).map { l in
        var stream = RandomStream(
          seed: seed, purpose: purpose, lane: episode.split.rawValue, episode.index, UInt32(l))
        let bound = scale * (6 / Double(sizes[l] + sizes[l + 1])).squareRoot()
        var matrix = [[Double]](repeating: [Double](repeating: 0, count: sizes[l]), count: sizes[l + 1])
        for j in 0..<sizes[l] {
          for i in 0..<sizes[l + 1] {
            let u = stream.nextFloat()
            matrix[i][j] =
              purpose == .feedback
              ? Double(((2 * u - 1) * Float(bound)).roundedToHalf) : (2 * Double(u) - 1) * bound
          }
        }
        return matrix
      }
    }
    w = draw(.weights, parameters.weightScale)
    b = draw(.feedback, parameters.feedbackScale)
  }

  private struct State {
    var v, s, y, psi, e: [[Double]]
    init(_ n: [Int]) {
      let zeros = n.map { [Double](repeating: 0, count: $0) }
      (v, s, y, psi, e) = (zeros, zeros, zeros, zeros, zeros)
    }
  }

  private func step(_ state: inout State, _ samples: EncodedSamples, _ k: Int, _ t: Int) {
    let top = n.count - 1
    for j in 0..<n[0] { state.s[0][j] = 0 }
    for x in samples.indices[samples.spikes(sample: k, step: t)] { state.s[0][Int(x)] = 1 }
    for l in 1...top {
      for i in 0..<n[l] {
        var current = 0.0
        for j in 0..<n[l - 1] { current += w[l - 1][i][j] * state.s[l - 1][j] }
        if l == top {
          state.v[l][i] = p.readoutLeak * state.v[l][i] + (1 - p.readoutLeak) * current
        } else {
          state.v[l][i] = p.leak * state.v[l][i] * (1 - state.s[l][i]) + current
          state.s[l][i] = state.v[l][i] > p.threshold ? 1 : 0
          let u = 1 + 2 * abs(state.v[l][i] - p.threshold)
          state.psi[l][i] = 1 / (u * u)
        }
      }
    }
    for l in 0..<top {
      for i in 0..<n[l] {
        state.y[l][i] = p.activityDecay * state.y[l][i] + (1 - p.activityDecay) * state.s[l][i]
        if l == 0 { state.psi[0][i] = state.y[0][i] > 0 ? 1 : 0 }
      }
    }
    let total = state.v[top].map { Double.exp($0) }.reduce(0, +)
    state.y[top] = state.v[top].map { Double.exp($0) / total }
  }

  mutating func learn(_ c: [Double]) {
    let top = n.count - 1
    for k in 0..<episode.support.count {
      var state = State(n)
      for t in 0..<p.steps {
        step(&state, episode.support, k, t)
        guard t + 1 >= p.learnFrom else { continue }
        state.e[top] = state.y[top]
        state.e[top][episode.support.labels[k]] -= 1
        for l in stride(from: top - 1, through: 0, by: -1) {
          for j in 0..<n[l] {
            var sum = 0.0
            for i in 0..<n[l + 1] { sum += (isTransport ? w : b)[l][i][j] * state.e[l + 1][i] }
            state.e[l][j] = sum * state.psi[l][j]
          }
        }
        for l in 0..<top {
          let (yPre, yPost, ePre, ePost) = (state.y[l], state.y[l + 1], state.e[l], state.e[l + 1])
          let back = (0..<n[l]).map { j in (0..<n[l + 1]).reduce(0.0) { $0 + w[l][$1][j] * yPost[$1] } }
          for i in 0..<n[l + 1] {
            for j in 0..<n[l] {
              w[l][i][j] +=
                -c[0] * ePost[i] * yPre[j] - c[1] * ePost[i] * ePre[j] + c[2] * yPost[i] * (yPre[j] - back[j])
            }
          }
        }
      }
    }
  }

  func answer() -> (loss: Double, accuracy: Double) {
    var loss = 0.0
    var right = 0.0
    for k in 0..<episode.query.count {
      var state = State(n)
      for t in 0..<p.steps { step(&state, episode.query, k, t) }
      let y = state.y[n.count - 1]
      loss -= Double.log(y[episode.query.labels[k]])
      if y.firstIndex(of: y.max()!) == episode.query.labels[k] { right += 1 }
    }
    return (loss / Double(episode.query.count), right / Double(episode.query.count))
  }
}
