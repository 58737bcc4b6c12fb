import Arithmetic
import CAllocations
import Credit
import Experiments
import Kernels
import Networks
import Rules
import Tasks
import TestSupport
import Testing
import Unrolled

@Suite("The meta-gradient of rate networks is exact")
struct MetaGradientTests {
  /// Every page that a network without spikes can run.
  static let rules: [Rule] = {
    let catalogue = RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path)
    return catalogue.names.compactMap { try? catalogue.load($0) }.filter {
      !$0.readsSpikes && $0.db == nil && !Rule.systemNames.contains($0.credit ?? "random")
    }
  }()

  @Test("central differences of the inner loop's own loss agree to 1e-6", arguments: rules, ["softplus", "tanh"])
  func centralDifferences(rule: Rule, neuron: String) throws {
    try compare(rule, SmallEpisode(neuron: neuron), credit: "random")
  }

  @Test("whatever carries the error back", arguments: ["transport", "direct", "usf", "frsf", "brsf", "none"])
  func pathways(credit: String) throws {
    var rule = try RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path).load("pool")
    rule.credit = nil
    try compare(rule, SmallEpisode(neuron: "softplus"), credit: credit)
  }

  @Test("with bias units, and with coefficients of single layers")
  func biasAndLayers() throws {
    var rule = try RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path).load("pool-local")
    for index in rule.coefficients.indices { rule.coefficients[index].perLayer = true }
    try compare(rule, SmallEpisode(neuron: "softplus", bias: true), credit: "random")
  }

  @Test(
    "of equations of every function, bounds and reductions",
    arguments: [
      "eta * tanh(w) * y_pre - eta * exp(w * e_post) * e_pre", "eta * max(w, y_pre * y_post) - eta * w**3 / n_in",
      "- eta * e_post * y_pre * norm(e_post) + eta * mean(y_pre) * sqrt(1 + y_post**2) * back(y_post) / (1 + loss)",
      "- eta * e_post * clip(y_pre, 0.1, 0.6) + eta * log(1 + y_post**2) * relu(e_pre) * abs(w)",
      "eta * ahead(e_pre) * psi_pre - eta * min(v_post, 0.3) * step(y_pre) * sign(e_pre)",
      "- eta * e_post * v_pre * (1 + sum(v_pre))",
    ])
  func equations(text: String) throws {
    let page = """
      schema: 1
      rule: made
      about: Made.
      coefficients:
        eta: {start: 0.02, range: [-1, 1], scale: 0.01}
      every: step
      dw: >
        \(text)
      bounds: {w: [-0.6, 0.6]}
      """
    try compare(
      Rule.load(text: page, file: "made.yaml"), SmallEpisode(neuron: "softplus"), credit: "random")
  }

  @Test("forward mode, written out term by term, agrees to 1e-9", arguments: [true, false], [UInt64(1), 2, 3])
  func forwardMode(symmetric: Bool, seed: UInt64) throws {
    let rule = try RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path).load("pool")
    let small = SmallEpisode(neuron: "softplus", seed: seed)
    let network = RateNetwork<Double>(
      parameters: small.parameters, inputCount: small.inputs, outputCount: small.outputs)
    let credit = creditCatalogue(Double.self).first { $0.name == (symmetric ? "transport" : "random") }!.make(network)
    let learner = try UnrolledLearner(network: network, credit: credit, rule: rule)
    var random = RandomStream(seed: seed, purpose: .testing, lane: 1, 0, 0)
    let theta = rule.coefficients.map { _ in 0.004 * random.nextNormal() }
    let result = learner.gradient(coefficients: theta, episode: small.episode, seed: seed)

    func matrix(_ l: Int, _ elements: [Double]) -> DualMatrix {
      DualMatrix(rows: network.sizes[l + 1], columns: network.sizes[l], elements: elements.map { Dual($0) })
    }
    var feedback: [DualMatrix]?
    if !symmetric {
      feedback = network.projections.enumerated().map { l, projection in
        let b = credit.feedback(l)!
        var dense: [Double] = []
        for i in 0..<projection.postCount {
          for j in 0..<projection.preCount { dense.append(b[j * projection.columns + i]) }
        }
        return matrix(l, dense)
      }
    }
    for r in theta.indices {
      var plain = TenTerms(
        weights: network.projections.enumerated().map { matrix($0, $1.dense) }, feedback: feedback,
        theta: theta.enumerated().map { Dual($1, $0 == r ? 1 : 0) }, beta: small.parameters.sharpness)
      for k in 0..<small.supportInputs.count { plain.learn(small.supportInputs[k], small.supportLabels[k]) }
      let loss = plain.loss(small.queryInputs, small.queryLabels)
      #expect(abs(loss.value - result.loss) < 1e-11 * abs(result.loss))
      let scale = result.gradient.map(\.magnitude).max()!
      #expect(abs(loss.slope - result.gradient[r]) < 1e-9 * scale, "theta_\(r)")
    }
  }

  @Test("an episode that takes more than a block is learnt again block by block, with the same bits")
  func blocks() throws {
    let catalogue = RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path)
    for name in ["error-hebb-oja", "pool"] {
      let rule = try catalogue.load(name)
      let small = SmallEpisode(neuron: "softplus")
      func gradient(_ bytes: Int) throws -> EpisodeGradient {
        let network = RateNetwork<Double>(
          parameters: small.parameters, inputCount: small.inputs, outputCount: small.outputs)
        let credit = creditCatalogue(Double.self).first { $0.name == "random" }!.make(network)
        let learner = try UnrolledLearner(network: network, credit: credit, rule: rule, blockBytes: bytes)
        return learner.gradient(
          coefficients: rule.coefficients.map { _ in 0.01 }, episode: small.episode, seed: small.seed)
      }
      let whole = try gradient(1 << 30)
      // Four samples a block; matrices are written at other updates then, so that additions come in another order.
      let blocked = try gradient(4 * 6000)
      #expect(relativeDifference(blocked.gradient, whole.gradient) < 1e-11)
      #expect(try gradient(1 << 30) == whole)
    }
  }

  @Test("an episode that explodes has no gradient, and the next one is as if it had not been")
  func explosion() throws {
    let rule = try RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path).load("error-hebb-oja")
    let small = SmallEpisode(neuron: "softplus")
    let network = RateNetwork<Float>(
      parameters: small.parameters, inputCount: small.inputs, outputCount: small.outputs)
    let credit = creditCatalogue(Float.self).first { $0.name == "random" }!.make(network)
    let learner = try UnrolledLearner(network: network, credit: credit, rule: rule)
    let calm = learner.gradient(coefficients: [0.01, -0.01, 0.001], episode: small.episode, seed: 5)
    let sick = learner.gradient(coefficients: [1e20, 1e20, 1e20], episode: small.episode, seed: 5)
    #expect(calm.isFinite && !sick.isFinite)
    #expect(learner.gradient(coefficients: [0.01, -0.01, 0.001], episode: small.episode, seed: 5) == calm)
  }

  @Test("samples allocate nothing", arguments: ["error-hebb-oja", "pool", "oja-classic"])
  func allocations(page: String) throws {
    var rule = try RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path).load(page)
    rule.credit = nil
    let theta = rule.coefficients.map { _ in 1e-3 }
    func allocations(samples: Int) throws -> Int {
      let small = SmallEpisode(neuron: "softplus", samples: samples)
      let network = RateNetwork<Float>(
        parameters: small.parameters, inputCount: small.inputs, outputCount: small.outputs)
      let credit = creditCatalogue(Float.self).first { $0.name == "random" }!.make(network)
      let learner = try UnrolledLearner(network: network, credit: credit, rule: rule)
      let episode = small.episode
      _ = learner.gradient(coefficients: theta, episode: episode, seed: 1)
      let before = allocations_of_this_thread()
      _ = learner.gradient(coefficients: theta, episode: episode, seed: 1)
      return Int(allocations_of_this_thread() - before)
    }
    let (few, many) = (try allocations(samples: 10), try allocations(samples: 200))
    #expect(many == few, "\(few) for 10 samples, \(many) for 200")
  }

  @Test("an episode takes no more memory than is said beforehand", arguments: ["error-hebb-oja", "pool"])
  func memory(page: String) throws {
    let rule = try RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path).load(page)
    let small = SmallEpisode(neuron: "softplus", samples: 150, hidden: [300, 400])
    let network = RateNetwork<Float>(
      parameters: small.parameters, inputCount: small.inputs, outputCount: small.outputs)
    let credit = creditCatalogue(Float.self).first { $0.name == "random" }!.make(network)
    let learner = try UnrolledLearner(network: network, credit: credit, rule: rule)
    _ = learner.gradient(coefficients: rule.coefficients.map { _ in 1e-3 }, episode: small.episode, seed: 1)
    let said = MemoryNeed.grader(
      small.parameters, rule, inputCount: small.inputs, outputCount: small.outputs, samples: 150)
    #expect(learner.byteCount <= said)
    #expect(said < 100 << 20)
  }

  private func compare(_ rule: Rule, _ small: SmallEpisode, credit: String) throws {
    let network = RateNetwork<Double>(
      parameters: small.parameters, inputCount: small.inputs, outputCount: small.outputs)
    let name = rule.credit ?? credit
    let pathway = creditCatalogue(Double.self).first { $0.name == name }!.make(network)
    let learner = try UnrolledLearner(network: network, credit: pathway, rule: rule)
    let loop = try EpisodeLearner<Double>(
      network: small.parameters, inputCount: small.inputs, outputCount: small.outputs, rule: rule, credit: credit,
      worstLoss: 1e9)
    var random = RandomStream(seed: small.seed, purpose: .testing, lane: 2, 0, 0)
    let slots = rule.coefficientSlots(layerCount: network.projections.count)
    let theta = slots.map { slot -> Double in
      let spread: Double
      switch slot.scale {
      case .logarithmic: spread = slot.start / 2
      case .step(let step): spread = step
      }
      return slot.start + spread * (0.5 + random.nextDouble())
    }
    let result = learner.gradient(coefficients: theta, episode: small.episode, seed: small.seed)
    let loss = { (theta: [Double]) in
      loop.score(coefficients: theta, episode: small.episode, seed: small.seed).loss
    }
    #expect(abs(loss(theta) - result.loss) < 1e-10 * abs(result.loss), "\(rule.name): the loss itself")
    let step = 1e-6
    var differences: [Double] = []
    for k in theta.indices {
      var (up, down) = (theta, theta)
      up[k] += step
      down[k] -= step
      differences.append((loss(up) - loss(down)) / (2 * step))
    }
    let size = max(differences.map(\.magnitude).max() ?? 0, 1e-3)
    for (k, slot) in slots.enumerated() {
      #expect(
        abs(differences[k] - result.gradient[k]) < 1e-6 * size,
        "\(rule.name), \(slot.label): \(result.gradient[k]), by differences \(differences[k])")
    }
  }
}

extension Rule {
  /// Whether any equation reads a spike.
  var readsSpikes: Bool {
    let equations = [dw] + layers.map(\.dw) + traces.map(\.of) + [eligibility?.of].compactMap { $0 }
    return equations.contains { $0.contains { $0 == .quantity(.sPre) || $0 == .quantity(.sPost) } }
  }
}
