import Arithmetic
import Experiments
import Foundation
import Rules
import Tasks
import TestSupport
import Testing

/// What a search along the meta-gradient came to, as the paper's authors report it.
private struct Descended {
  /// θ after the last episode, [coefficient].
  var theta: [Double]
  /// Mean query accuracy of the last 100 episodes of the search.
  var accuracy: Double
  /// Mean angles of the last 100 episodes, in degrees, from the first hidden group up.
  var angles: [Double]
  /// Episodes left out because they had no finite gradient.
  var skipped: Int
}

/// The findings of Shervani-Tabar & Rosenbaum 2023, Nat. Commun. 14:1805, on the digits experiment.
///
/// The bounds were set before these searches ran, two or three points outside what an independent program found with
/// two seeds.
@Suite("The 2023 system on digits")
struct Paper2023Tests {
  @Test(
    "random feedback alone hardly learns; error-Hebb and Oja's terms make up for it and align the errors",
    arguments: [UInt64(1), 2, 3])
  func rules(seed: UInt64) throws {
    guard let family = try Self.digits() else { return }
    let backprop = try Self.search("backprop", ["eta: 1.0e-3"], seed: seed, family)
    let alignment = try Self.search("feedback-alignment", ["eta: 1.0e-3"], seed: seed, family)
    let bio = try Self.search("error-hebb-oja", ["eta: 1.0e-3", "hebb: 0", "oja: 0"], seed: seed, family)

    #expect(bio.accuracy >= 0.82, "\(bio)")
    #expect((0.74...0.84).contains(backprop.accuracy), "\(backprop)")
    #expect(alignment.accuracy <= 0.35, "\(alignment)")
    #expect(bio.theta[1] < 0 && bio.theta[2] > 0, "\(bio)")
    #expect(bio.angles[2] < 45 && alignment.angles[2] > 75, "\(bio) \(alignment)")
    #expect(backprop.angles.allSatisfy { abs($0) < 1e-3 }, "\(backprop)")
    #expect(backprop.skipped == 0 && alignment.skipped == 0)
  }

  @Test(
    "of ten terms, L1 leaves the pseudo-gradient, error-Hebb and Oja's",
    .disabled("the search of all ten terms explodes at first; see docs/paper-2023.md"), arguments: [UInt64(1), 2, 3])
  func pool(seed: UInt64) throws {
    guard let family = try Self.digits() else { return }
    let start = (0..<10).map { "theta_\($0): \($0 == 0 ? "1.0e-3" : "0")" }
    let pool = try Self.search("pool", start, l1: 1.5, seed: seed, family)
    let sizes = pool.theta.map(\.magnitude)
    let order = sizes.indices.sorted { sizes[$0] > sizes[$1] }
    #expect(Set(order.prefix(3)) == [0, 2, 9], "\(pool)")
    #expect(order.dropFirst(3).allSatisfy { sizes[$0] < 0.2 * sizes[2] }, "\(pool)")
    #expect(pool.theta[2] < 0 && pool.theta[9] > 0, "\(pool)")
  }

  /// The digits, or nil and a line that says why not.
  private static func digits() throws -> TaskFamily? {
    do { return try TaskCatalogue.load("digits") } catch {
      // A missing data set is a skip, a damaged one is not.
      guard error.kind == .missing else { throw error }
      skipped("digits are not here: \(error)")
      return nil
    }
  }

  /// The search of the experiment's page with another rule, without the choice and the test that come after it.
  private static func search(
    _ name: String, _ start: [String], l1: Double = 0, seed: UInt64, _ family: TaskFamily
  ) throws -> Descended {
    let page = packageRoot.appendingPathComponent("experiments/paper-2023-digits.yaml").path
    let experiment = try ResolvedExperiment.load(
      page,
      overrides: [
        "rule=\(name)", "seed=\(seed)", "optimizer.l1=\(l1)",
        "optimizer.start={\(start.joined(separator: ", "))}",
      ]
    ).experiment
    let catalogue = RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path)
    let plan = try DiscoveryPlan(
      experiment: experiment, rule: catalogue.load(name), feedbackAlignment: catalogue.load("feedback-alignment"),
      backprop: catalogue.load("backprop"), family: family)
    let count = plan.experiment.optimizer.generations
    var rows: [SearchedGeneration] = []
    var begun = 0
    let control = RunControl(mayBegin: { _ in
      begun += 1
      return begun > count ? .stepsAreDone : nil
    })
    _ = try Discovery(plan, crew: Crew(workers: 1)).run(control) { event in
      if case .generation(_, let row, _) = event { rows.append(row) }
    }
    #expect(count == 600 && rows.count == count)
    let last = rows.suffix(100)
    let descents = try last.map { try #require($0.descent) }
    return Descended(
      theta: try #require(rows.last?.searchMean), accuracy: Statistics.mean(last.map { $0.accuracy[0] }),
      angles: (1...experiment.network.hidden.count).map { group in
        Statistics.mean(descents.map { $0.angles[group] }.filter(\.isFinite))
      },
      skipped: rows.compactMap(\.descent?.skipped).reduce(0, +))
  }
}
