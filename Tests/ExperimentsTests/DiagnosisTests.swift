import Credit
import Experiments
import Kernels
import Networks
import Rules
import Tasks
import TestSupport
import Testing

private let catalogue = RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path)

/// Pages that a rate network can run: those that read no spikes.
private func runsOnRates(_ rule: Rule) -> Bool { !rule.reads(.sPre) && !rule.reads(.sPost) }

private func network(_ neuron: String, hidden: [Int] = [17, 9], bias: Bool = false) -> NetworkParameters {
  var parameters = NetworkParameters()
  parameters.neuron = neuron
  parameters.hidden = hidden
  parameters.steps = 8
  parameters.weightScale = parameters.rateFunction == nil ? 3 : 1
  parameters.feedbackScale = 1
  parameters.bias = bias
  return parameters
}

/// 21 samples: a plan of a rate network writes after 16 of them.
private func episode(_ index: UInt32, isRate: Bool, shots: Int = 7) throws -> EncodedEpisode {
  let family = try TaskCatalogue.load("gaussian-prototypes")
  let drawn = family.episode(
    seed: 5, split: .search, index: index, shape: EpisodeShape(ways: 3, shots: shots, query: 4))
  return isRate
    ? SpikeEncoder.current(gain: 1).encode(drawn, steps: 1, seed: 5)
    : SpikeEncoder.bernoulli(rate: 0.5).encode(drawn, steps: 8, seed: 5)
}

/// Coefficients with every term switched on.
private func coefficients(_ rule: Rule) -> [Double] {
  rule.startCoefficients(layerCount: 3).map { $0 == 0 ? 1e-3 : $0 }
}

private func learner(
  _ rule: Rule, _ parameters: NetworkParameters, credit: String = "random", inputs: Int? = nil, outputs: Int = 3,
  forms: [PlanForm?] = []
) throws -> InnerLoop {
  try InnerLoop(
    network: parameters, inputCount: inputs ?? TaskCatalogue.load("gaussian-prototypes").inputCount,
    outputCount: outputs, rule: rule, credit: credit, worstLoss: 5, forms: forms)
}

private let looks = DiagnosisPlan(points: [0, 1, 3, 10, 15, 16, 19], measuresLayers: true)
private let still = Rule(
  name: "still", coefficients: [Coefficient(name: "eta", start: 0, range: -1...1, scale: .step(1))],
  dw: .binary(.multiply, .coefficient("eta"), .binary(.multiply, .quantity(.ePost), .quantity(.yPre))))

/// Rules of online pathways: those of learning systems meet batches.
private func onlineRules() throws -> [String] {
  try catalogue.names.filter {
    let rule = try catalogue.load($0)
    return rule.credit.map { !Rule.systemNames.contains($0) } ?? (rule.db == nil)
  }
}

@Suite("Diagnosis")
struct DiagnosisTests {
  @Test("leaves score and weights alone in every bit, for every rule, in every form", arguments: try onlineRules())
  func changesNothing(page: String) throws {
    let rule = try catalogue.load(page)
    for neuron in ["lif", "softplus", "tanh"] where neuron == "lif" || runsOnRates(rule) {
      let parameters = network(neuron, bias: neuron == "tanh")
      let episode = try episode(2, isRate: neuron != "lif")
      for form in [nil] + PlanForm.allCases {
        let forms = form.map { [PlanForm?](repeating: $0, count: 3) } ?? []
        let plain = try learner(rule, parameters, forms: forms)
        let watched = try learner(rule, parameters, forms: forms)
        let score = plain.score(coefficients: coefficients(rule), episode: episode, seed: 5)
        let found = watched.diagnose(coefficients: coefficients(rule), episode: episode, seed: 5, looks)
        let place = "\(page), \(neuron), \(form.map { "\($0)" } ?? "any form")"
        #expect(found.score == score, "\(place)")
        #expect(found.points.last!.score == score, "\(place)")
        for (a, b) in zip(plain.network.projections, watched.network.projections) {
          #expect(a.dense == b.dense, "\(place)")
        }
        #expect(found.points.map(\.seen) == [0, 1, 3, 10, 15, 16, 19, 21])
      }
    }
  }

  @Test("leaves the score alone under every credit pathway, and depends on nothing before it", arguments: creditNames)
  func pathways(credit: String) throws {
    var rule = try catalogue.load("error-hebb-oja")
    rule.credit = nil
    for neuron in ["lif", "softplus"] {
      let isRate = neuron != "lif"
      let plain = try learner(rule, network(neuron), credit: credit)
      let watched = try learner(rule, network(neuron), credit: credit)
      let values = coefficients(rule)
      let (first, second) = try (episode(0, isRate: isRate), episode(1, isRate: isRate))
      let once = watched.diagnose(coefficients: values, episode: first, seed: 5, looks)
      #expect(once.score == plain.score(coefficients: values, episode: first, seed: 5))
      let other = watched.score(coefficients: values, episode: second, seed: 5)
      #expect(other == plain.score(coefficients: values, episode: second, seed: 5))
      let again = watched.diagnose(coefficients: values, episode: first, seed: 5, looks)
      #expect("\(again)" == "\(once)")
    }
  }

  @Test(
    "an episode that is looked at ends as one of so many samples does", arguments: ["pool", "kolen-pollack", "oja"])
  func middleIsAnEnd(page: String) throws {
    let rule = try catalogue.load(page)
    let whole = try episode(4, isRate: true)
    let learner = try learner(rule, network("softplus"))
    let middle = learner.diagnose(coefficients: coefficients(rule), episode: whole, seed: 5, looks)
    for (stop, place) in [(3, 2), (10, 3), (15, 4)] {
      let cut = EncodedEpisode(
        split: whole.split, index: whole.index, outputCount: whole.outputCount, support: whole.support.prefix(stop),
        query: whole.query)
      let end = learner.diagnose(
        coefficients: coefficients(rule), episode: cut, seed: 5, DiagnosisPlan(points: [], measuresLayers: true))
      let (a, b) = (middle.points[place], end.points[0])
      #expect(a.seen == stop && b.seen == stop)
      #expect(a.score.accuracy == b.score.accuracy && abs(a.score.loss - b.score.loss) < 1e-5)
      for (x, y) in zip(a.layers, b.layers) {
        // Pending changes are read with the bits that they are written with.
        #expect(x.weightNorm == y.weightNorm)
        #expect(abs(x.alignmentAngle - y.alignmentAngle) < 0.05)
      }
    }
  }

  @Test("backprop's own errors and feedback have angle 0", arguments: ["lif", "softplus", "tanh"])
  func transport(neuron: String) throws {
    let rule = try catalogue.load("backprop")
    let learner = try learner(rule, network(neuron))
    let found = learner.diagnose(
      coefficients: coefficients(rule), episode: try episode(1, isRate: neuron != "lif"), seed: 5, looks)
    for point in found.points {
      #expect(point.layers.count == 3)
      for (l, layer) in point.layers.enumerated() {
        #expect(layer.alignmentAngle == 0 && layer.sampleAngle == 0)
        #expect(l == 0 ? layer.feedbackAngle.isNaN : layer.feedbackAngle == 0)
      }
    }
    let norms = learner.network.projections.map { projection in
      projection.dense.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
    for (layer, norm) in zip(found.points.last!.layers, norms) { #expect(abs(layer.weightNorm - norm) < 1e-6 * norm) }
  }

  @Test("feedback that equals the weights has angle 0")
  func equalFeedback() throws {
    let learner = try learner(still, network("softplus"))
    learner.network.drawWeights(EpisodeDraws(seed: 9, lane: 0, index: 0))
    let weights = learner.network.projections.map(\.dense)
    learner.network.startEpisodes(from: weights)
    (learner.credit as! RandomFeedback<Float>).startEpisodes(from: weights)
    let found = learner.diagnose(coefficients: [0], episode: try episode(1, isRate: true), seed: 5, looks)
    for layer in found.points[0].layers.dropFirst() { #expect(layer.feedbackAngle == 0) }
    for layer in found.points[0].layers { #expect(layer.alignmentAngle < 0.05) }
  }

  @Test("fixed random feedback of a fresh wide network lies at 90 degrees, within the spread of chance")
  func chance() throws {
    let learner = try learner(still, network("lif", hidden: [120, 150, 80]))
    let found = learner.diagnose(coefficients: [0], episode: try episode(1, isRate: false), seed: 5, looks)
    let layers = found.points[0].layers
    #expect(layers[0].feedbackAngle.isNaN)
    for (l, size) in [(1, 120 * 150), (2, 150 * 80), (3, 80 * 3)] {
      // One standard deviation is 57.3° / √n.
      #expect(abs(layers[l].feedbackAngle - 90) < 4 * 57.3 / Double(size).squareRoot())
    }
  }

  @Test("sign-concordant feedback of a fresh network lies at the angles of its laws")
  func signs() throws {
    // cos = E|w| / √E[w²] for signs, E|w| E|m| / √(E[w²] E[m²]) for magnitudes of the same uniform law.
    for (credit, angle) in [("usf", 30.0), ("frsf", 41.41), ("brsf", 41.41)] {
      let learner = try learner(still, network("softplus", hidden: [120, 150, 80]), credit: credit)
      let found = learner.diagnose(coefficients: [0], episode: try episode(1, isRate: true), seed: 5, looks)
      for l in 1...2 { #expect(abs(found.points[0].layers[l].feedbackAngle - angle) < 1) }
    }
  }

  @Test("direct feedback is compared with the weights below the readout alone, no feedback with nothing")
  func withoutFeedback() throws {
    let episode = try episode(1, isRate: true)
    let direct = try learner(still, network("softplus"), credit: "direct")
      .diagnose(coefficients: [0], episode: episode, seed: 5, looks).points[0].layers
    #expect(direct[0].feedbackAngle.isNaN && direct[1].feedbackAngle.isNaN && direct[2].feedbackAngle.isFinite)
    let none = try learner(still, network("softplus"), credit: "none")
      .diagnose(coefficients: [0], episode: episode, seed: 5, looks).points[0].layers
    for layer in none { #expect(layer.feedbackAngle.isNaN) }
    for layer in none.dropLast() { #expect(layer.alignmentAngle.isNaN && layer.sampleAngle.isNaN) }
  }

  @Test("orthonormality is 0 for orthonormal weights, and known for twice these")
  func orthonormality() throws {
    let samples = made(values: [[0.5, 0.25], [1, 0], [0.75, 0.125]], labels: [0, 1, 0])
    for (scale, residual) in [(Float(1), 0.0), (2, 36)] {
      let learner = try learner(still, network("relu", hidden: [2]), inputs: 2, outputs: 2)
      learner.network.startEpisodes(from: [[scale, 0, 0, scale], [1, 0, 0, 1]])
      let found = learner.diagnose(coefficients: [0], episode: samples, seed: 5, looks)
      // y = s·x, so W x − W Wᵀ y = (s − s³) x, and (2 − 8)² = 36.
      let squares = 0.25 + 0.0625 + 1 + 0.5625 + 0.015625
      #expect(abs(found.points[0].layers[0].orthonormality - residual * squares) < 1e-4)
    }
  }

  @Test("counts neurons that never spike and neurons that always do")
  func silence() throws {
    let samples = made(spikes: 2, labels: [0, 1])
    var parameters = network("lif", hidden: [2])
    parameters.steps = 4
    let learner = try learner(still, parameters, inputs: 1, outputs: 2)
    learner.network.startEpisodes(from: [[5, -5], [1, 0, 0, 1]])
    let layer = learner.diagnose(coefficients: [0], episode: samples, seed: 5, looks).points[0].layers[0]
    #expect(layer.silentShare == 0.5 && layer.saturatedShare == 0.5 && layer.firingRate == 0.5)

    let tanh = try self.learnerOfRates("tanh")
    #expect(tanh.silentShare == 0.5 && tanh.saturatedShare == 0.5)
    let relu = try self.learnerOfRates("relu")
    #expect(relu.silentShare == 0.5 && relu.saturatedShare.isNaN)
  }

  private func learnerOfRates(_ neuron: String) throws -> LayerDiagnosis {
    let learner = try learner(still, network(neuron, hidden: [2]), inputs: 1, outputs: 2)
    learner.network.startEpisodes(from: [[5, 0], [1, 0, 0, 1]])
    let samples = made(values: [[1], [0.9]], labels: [0, 1])
    return learner.diagnose(coefficients: [0], episode: samples, seed: 5, looks).points[0].layers[0]
  }

  @Test("online accuracy of a network that stands still is its accuracy on the samples it sees")
  func online() throws {
    let drawn = try episode(3, isRate: true)
    let episode = EncodedEpisode(
      split: drawn.split, index: drawn.index, outputCount: 3, support: drawn.support, query: drawn.support)
    let found = try learner(still, network("softplus"))
      .diagnose(coefficients: [0], episode: episode, seed: 5, DiagnosisPlan(points: [0, 9], measuresLayers: false))
    #expect(found.points.map(\.seen) == [0, 9, 21])
    #expect(found.points[0].onlineAccuracy.isNaN && found.points[0].layers.isEmpty)
    let all = found.points[1].onlineAccuracy * 9 + found.points[2].onlineAccuracy * 12
    #expect(abs(all / 21 - found.score.accuracy) < 1e-12)
  }

  @Test("an episode that blows up is nan from there on, and the next one knows nothing of it")
  func blowsUp() throws {
    let rule = try catalogue.load("backprop")
    let learner = try learner(rule, network("softplus"))
    let (first, second) = try (episode(0, isRate: true), episode(1, isRate: true))
    let fresh = learner.diagnose(coefficients: [0.01], episode: second, seed: 5, looks)
    let failed = learner.diagnose(coefficients: [-1e30], episode: first, seed: 5, looks)
    #expect(failed.score.outcome == .nan && failed.points.count == 8)
    #expect(failed.score == learner.score(coefficients: [-1e30], episode: first, seed: 5))
    #expect(failed.points[0].score.outcome == .ok)
    #expect(failed.points.last!.score.loss == 5 && failed.points.last!.layers[0].weightNorm.isNaN)
    #expect("\(learner.diagnose(coefficients: [0.01], episode: second, seed: 5, looks))" == "\(fresh)")
  }

  @Test("a crew finds the same whatever its workers, and the scores of scoring")
  func crew() throws {
    var experiment = Experiment(name: "tried")
    experiment.network = network("softplus")
    experiment.task.data = "gaussian-prototypes"
    experiment.task.shape = EpisodeShape(ways: 3, shots: 4, query: 3)
    experiment.encoder = .current(gain: 1)
    experiment.network.steps = 1
    let source = try EpisodeSource(experiment, family: TaskCatalogue.load("gaussian-prototypes"))
    let contenders = try ["feedback-alignment", "backprop"].map {
      Contender(name: $0, rule: try catalogue.load($0), network: experiment.network, credit: "random")
    }
    let plan = DiagnosisPlan(points: [0, 5], measuresLayers: true)
    let found = [1, 3].map { workers in
      Crew(workers: workers).diagnose(contenders, source, .test, 2..<13, plan, worstLoss: 5)!
    }
    #expect("\(found[0])" == "\(found[1])")
    let scores = Crew(workers: 1).score(contenders, source, .test, 2..<13, worstLoss: 5)!
    #expect(found[0].map { $0.map(\.score) } == scores.map { $0.map(\.score) })
  }

  @Test("standard points are spread evenly in their logarithm")
  func points() {
    #expect(DiagnosisPlan.standardPoints(samples: 250) == [0, 2, 5, 10, 20, 50, 100])
    #expect(DiagnosisPlan.standardPoints(samples: 60_000) == [0, 5, 20, 100, 500, 3000, 10_000])
    #expect(DiagnosisPlan.standardPoints(samples: 1) == [0])
    #expect(DiagnosisPlan(points: [7, 2, 2, 90], measuresLayers: true).stops(samples: 10) == [2, 7, 10])
  }
}

/// Support and queries alike: samples of intensities.
private func made(values: [[Float]], labels: [Int]) -> EncodedEpisode {
  var offsets: [UInt32] = [0]
  var active: [UInt16] = []
  for sample in values {
    for (j, x) in sample.enumerated() where x != 0 { active.append(UInt16(j)) }
    offsets.append(UInt32(active.count))
  }
  let samples = EncodedSamples(
    steps: 1, inputCount: values[0].count, labels: labels,
    offsets: [UInt32](repeating: 0, count: labels.count + 1), indices: [], currents: values.flatMap { $0 },
    activeOffsets: offsets, active: active)
  return EncodedEpisode(split: .search, index: 0, outputCount: 2, support: samples, query: samples)
}

/// Support and queries alike: one input that spikes at each of four steps.
private func made(spikes count: Int, labels: [Int]) -> EncodedEpisode {
  let samples = EncodedSamples(
    steps: 4, inputCount: 1, labels: labels, offsets: (0...UInt32(4 * count)).map { $0 },
    indices: [UInt16](repeating: 0, count: 4 * count), currents: [],
    activeOffsets: (0...UInt32(count)).map { $0 }, active: [UInt16](repeating: 0, count: count))
  return EncodedEpisode(split: .search, index: 0, outputCount: 2, support: samples, query: samples)
}

extension EncodedSamples {
  /// The first samples.
  fileprivate func prefix(_ count: Int) -> EncodedSamples {
    EncodedSamples(
      steps: steps, inputCount: inputCount, labels: Array(labels.prefix(count)),
      offsets: Array(offsets.prefix(count * steps + 1)), indices: indices,
      currents: Array(currents.prefix(count * inputCount)), activeOffsets: Array(activeOffsets.prefix(count + 1)),
      active: active)
  }
}
