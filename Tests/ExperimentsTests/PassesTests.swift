import Experiments
import Networks
import Rules
import Tasks
import TestSupport
import Testing

@Suite("Passes over the support samples, and noise that rules read")
struct PassesTests {
  private func rule(_ dw: String, more: String = "") throws -> Rule {
    try Rule.load(
      text: """
        schema: 1
        rule: tried
        coefficients: {eta: {start: 0.05, range: [-1, 1], scale: 0.01}}
        dw: \(dw)
        \(more)
        """, file: "tried.yaml")
  }

  private func score(
    _ rule: Rule, isRate: Bool = true, passes: Int = 1, seed: UInt64 = 5, eta: Double = 0.05
  ) throws -> EpisodeScore {
    var network = NetworkParameters()
    network.hidden = [12, 8]
    if isRate { (network.neuron, network.weightScale) = ("relu", 1) } else { network.steps = 6 }
    let learner = try InnerLoop(
      network: network, inputCount: 64, outputCount: 3, rule: rule, credit: "random", worstLoss: 5)
    let episode = try TaskCatalogue.load("gaussian-prototypes").episode(
      seed: 5, split: .search, index: 1, shape: EpisodeShape(ways: 3, shots: 6, query: 20))
    var encoded = (isRate ? SpikeEncoder.current(gain: 1) : .bernoulli(rate: 0.5)).encode(
      episode, steps: isRate ? 1 : 6, seed: 5)
    encoded.passes = passes
    return learner.score(coefficients: [eta], episode: encoded, seed: seed)
  }

  @Test("more passes fit the samples better, and the same seed gives the same bits", arguments: [true, false])
  func passes(isRate: Bool) throws {
    let rule = try rule("-eta * e_post * y_pre")
    let eta = isRate ? 0.02 : 0.005
    let one = try score(rule, isRate: isRate, eta: eta)
    let many = try score(rule, isRate: isRate, passes: 8, eta: eta)
    // Spikes of so few steps learn little.
    if isRate { #expect(many.loss < one.loss) } else { #expect(many.loss != one.loss) }
    #expect(try score(rule, isRate: isRate, passes: 8, eta: eta) == many)
  }

  @Test("the number of the sample counts on over passes, so that a schedule can end learning")
  func schedule() throws {
    let always = try rule("-eta * e_post * y_pre")
    let first = try rule("-eta * step(17.5 - sample) * e_post * y_pre")
    let (ended, once) = (try score(first, passes: 3), try score(always, passes: 1))
    // Changes that are 0 are written with the others, in another order of additions.
    #expect(abs(ended.loss - once.loss) < 1e-5)
    #expect(abs(try score(always, passes: 3).loss - once.loss) > 1e-3)
  }

  @Test("noise is new for every seed and the same for the same one", arguments: [true, false])
  func noise(isRate: Bool) throws {
    let noisy = try rule("-0.01 * e_post * y_pre + 0.1 * eta * xi")
    let one = try score(noisy, isRate: isRate)
    #expect(try score(noisy, isRate: isRate) == one)
    #expect(try score(noisy, isRate: isRate, seed: 6).loss != one.loss)
    #expect(try score(noisy, isRate: isRate, eta: 0) != one)
  }

  @Test("mirror phases move the feedback, before the first sample and after each", arguments: [true, false])
  func mirror(isRate: Bool) throws {
    func page(_ phases: String) throws -> Rule {
      try rule(
        "-eta * e_post * y_pre", more: "db: 0.01 * (ahead(xi_pre) * xi_pre - b)\nmirror: \(phases)\ncredit: learned")
    }
    let scores = try ["{before: 200}", "{each: 3}", "{before: 200, each: 3}"].map {
      try score(page($0), isRate: isRate)
    }
    #expect(Set(scores).count == 3)
    #expect(try score(page("{each: 3}"), isRate: isRate) == scores[1])
    let fixed = try score(rule("-eta * e_post * y_pre", more: "credit: random"), isRate: isRate)
    #expect(!scores.contains(fixed))
  }

  @Test("examples to learn from may come from the search pool while the queries are the pool's own")
  func support() throws {
    let family = try TaskCatalogue.load("gaussian-prototypes")
    let own = EpisodeShape(ways: 3, shots: 6, query: 5)
    var apart = own
    apart.supportFromSearch = true
    try family.check(apart)
    for split in Split.allCases {
      let (a, b) = (
        family.episode(seed: 1, split: split, index: 2, shape: own),
        family.episode(seed: 1, split: split, index: 2, shape: apart)
      )
      #expect(a.query.inputs == b.query.inputs && a.query.labels == b.query.labels)
      #expect((a.support.inputs == b.support.inputs) == (split == .search))
      #expect(b.support.labels.sorted() == a.support.labels.sorted())
    }
  }
}
