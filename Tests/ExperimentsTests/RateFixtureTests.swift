import Credit
import Experiments
import Kernels
import Networks
import Records
import Rules
import Tasks
import TestSupport
import Testing

/// The rate network with its credit pathways and plans against numbers of the 2023 paper's released code. Tolerances are
/// those of the fixtures' own page: 1e-10 in double precision, 1e-5 in single.
@Suite("RateFixture: networks, pathways and plans agree with the 2023 code")
struct RateFixtureTests {
  static let rules = [
    ("feedback-alignment", "r0"), ("error-hebb", "r0_2"), ("oja", "r0_9"), ("error-hebb-oja", "r0_2_9"),
    ("pool", "r0"), ("pool", "r0_2"), ("pool", "r0_9"), ("pool", "r0_2_9"),
  ]

  /// What the file holds of one mode and rule.
  private struct Case: ~Copyable {
    let file: HDF5File
    let mode: String
    let name: String
    let rule: Rule
    let sizes: [Int]
    let coefficients: [Double]
    let weights: [[Double]]
    let feedback: [[Double]]
    let inputs: [Double]
    let labels: [Int]
    let queries: [Double]
    let answers: [Int]

    static func read(_ mode: String, page: String, name: String) throws -> Case {
      let file = try HDF5File(readingFrom: Fixtures.path("meta_plasticity.h5"))
      let rule = try RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path).load(page)
      let sizes = try file.readIntegers("sizes").values
      let indices = name.dropFirst().split(separator: "_").compactMap { Int($0) }
      var theta: [Double] = []
      for index in indices { theta += try file.readDoubles("theta/\(index)").values }
      if page == "pool" {
        // The terms that the code of 2023 leaves out are 0.
        theta = rule.coefficients.map(\.name).map { one in
          indices.firstIndex { one == "theta_\($0)" }.map { theta[$0] } ?? 0
        }
      }
      var (weights, feedback): ([[Double]], [[Double]]) = ([], [])
      for l in 1..<sizes.count {
        weights.append(try file.readDoubles("init/W\(l)").values)
        feedback.append(try file.readDoubles("init/B\(l)").values)
      }
      let (inputs, labels) = (
        try file.readDoubles("data/x_train").values, try file.readIntegers("data/label_train").values
      )
      let queries = try file.readDoubles("data/x_query").values
      let answers = try file.readIntegers("data/label_query").values
      return Case(
        file: file, mode: mode, name: name, rule: rule, sizes: sizes, coefficients: theta, weights: weights,
        feedback: feedback, inputs: inputs, labels: labels, queries: queries, answers: answers)
    }

    var credit: String { mode == "fix" ? "random" : "transport" }

    var parameters: NetworkParameters {
      get throws {
        var parameters = NetworkParameters()
        parameters.neuron = "softplus"
        parameters.sharpness = try file.readDoubles("beta").values[0]
        parameters.hidden = Array(sizes.dropFirst().dropLast())
        return parameters
      }
    }

    func prepare<Scalar: KernelScalar>(_ network: Network<Scalar>, _ credit: any CreditPathway<Scalar>) {
      network.startEpisodes(from: weights.map { $0.map { Scalar($0) } })
      (credit as? RandomFeedback<Scalar>)?.startEpisodes(from: feedback.map { $0.map { Scalar($0) } })
    }

    func agree<Scalar: KernelScalar>(_ got: [Scalar], _ path: String, within tolerance: Double) throws {
      let difference = relativeDifference(got.map { Double($0) }, try file.readDoubles(path).values)
      #expect(difference <= tolerance, "\(path): \(difference)")
    }

    /// Everything the fixture holds, sample by sample.
    func follow<Scalar: KernelScalar>(_ type: Scalar.Type, within tolerance: Double, form: PlanForm?) throws {
      let network = try RateNetwork<Scalar>(
        parameters: parameters, inputCount: sizes[0], outputCount: sizes[sizes.count - 1])
      let pathway = creditCatalogue(Scalar.self).first { $0.name == credit }!.make(network)
      prepare(network, pathway)
      let draws = EpisodeDraws(seed: 1, lane: 0, index: 0)
      network.drawWeights(draws)
      pathway.beginEpisode(draws)
      let count = network.projections.count
      let plans = (0..<count).map { l in
        Plan<Scalar>(
          rule: rule, layer: l + 1, layerCount: count, isActive: coefficients.map { $0 != 0 },
          view: network.view(l, feedback: pathway.feedback(l), errorFeedback: pathway.fixedFeedback(l)), form: form)
      }
      for plan in plans { plan.bind(coefficients) }
      var updatesCompared = 0
      for (index, label) in labels.enumerated() {
        pathway.beginSample(index)
        for plan in plans { plan.reset() }
        network.present(values: inputs[index * sizes[0]..<(index + 1) * sizes[0]].map { Scalar($0) }, learning: true)
        network.formReadoutError(label: label)
        pathway.deliver(to: 0)
        let here = "online/\(mode)/\(name)/update\(index + 1)"
        let stored = file.exists(here)
        if stored {
          for (level, size) in sizes.enumerated() {
            let group = network.groups[level]
            try agree(
              Array(UnsafeBufferPointer(start: group.activity, count: size)), "\(here)/y\(level)", within: tolerance)
            try agree(
              Array(UnsafeBufferPointer(start: group.error, count: size)), "\(here)/e\(level)", within: tolerance)
          }
        }
        for plan in plans { plan.learn() }
        for plan in plans { plan.endSample() }
        if stored {
          updatesCompared += 1
          for l in 0..<count { try agree(network.projections[l].dense, "\(here)/W\(l + 1)", within: tolerance) }
        }
      }
      #expect(updatesCompared >= 3)
    }

    /// The learner that searches use, over the whole episode.
    func score<Scalar: KernelScalar>(_ type: Scalar.Type, within tolerance: Double) throws {
      let learner = try EpisodeLearner<Scalar>(
        network: parameters, inputCount: sizes[0], outputCount: sizes[sizes.count - 1], rule: rule, credit: credit,
        worstLoss: 100)
      prepare(learner.network, learner.credit)
      func samples(_ inputs: [Double], _ labels: [Int]) -> Samples {
        Samples(inputCount: sizes[0], inputs: inputs.map { Float($0) }, labels: labels, sources: Array(labels.indices))
      }
      let episode = Episode(
        split: .search, index: 0, classes: [], outputCount: sizes[sizes.count - 1], support: samples(inputs, labels),
        query: samples(queries, answers))
      let score = learner.score(
        coefficients: coefficients, episode: SpikeEncoder.current(gain: 1).encode(episode, steps: 1, seed: 1), seed: 1)
      #expect(score.outcome == .ok)
      let end = "meta/\(mode)/\(name)/lambda_0.0"
      for (l, projection) in learner.network.projections.enumerated() {
        try agree(projection.dense, "\(end)/W_final/W\(l + 1)", within: tolerance)
      }
      try agree([score.loss], "\(end)/loss", within: tolerance)
    }
  }

  @Test(
    "activity, error and weights of every layer, in both precisions and every form", arguments: ["fix", "sym"], rules)
  func online(mode: String, rule: (page: String, name: String)) throws {
    guard Fixtures.isAvailable("meta_plasticity.h5") else { return }
    let one = try Case.read(mode, page: rule.page, name: rule.name)
    for form in [PlanForm.swept, .deferred] {
      try one.follow(Double.self, within: 1e-10, form: form)
      try one.follow(Float.self, within: 1e-5, form: form)
    }
  }

  @Test("weights and query loss of a whole episode", arguments: ["fix", "sym"], rules)
  func episodes(mode: String, rule: (page: String, name: String)) throws {
    guard Fixtures.isAvailable("meta_plasticity.h5") else { return }
    let one = try Case.read(mode, page: rule.page, name: rule.name)
    try one.score(Float.self, within: 1e-5)
    // Intensities are single precision, whatever the network's.
    try one.score(Double.self, within: 1e-6)
  }
}
