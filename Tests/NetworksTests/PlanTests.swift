import Foundation
import Kernels
import Rules
import Synchronization
import TestSupport
import Testing

/// Only the order of additions differs between plan and interpreter. In `Double` that is a few units in the last place
/// of sums over at most 60 terms, far below 1e-10 of the largest weight.
private let doubleTolerance = 1e-10

/// The same in `Float`: one update, sums over at most 60 terms of 2⁻²⁴ each, of terms that may be as large as the
/// largest weight: 60 · 6e-8 = 4e-6, with room for powers and products of sums.
private let floatTolerance = 2e-5

private let shippedRules: [String] = {
  let folder = packageRoot.appendingPathComponent("rules")
  let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
  return files.filter { $0.hasSuffix(".yaml") }.sorted()
}()

/// Shapes of terms that the shipped rules do not all have.
private let oddPages: [String] = [
  "dw: a * w**2 * y_pre - a * w**3",
  "dw: a * max(w, y_pre) * e_post",
  "dw: a * tanh(back(e_post)) * y_post - a * back(y_post)**2 * e_post",
  "dw: a * ahead(y_pre) * y_pre + a * ahead(e_pre) * dot(y_post, ahead(y_pre))",
  "dw: a * y_post * y_pre / (1 + norm(y_pre)) + a * mean(y_post) * w",
  "dw: a * w * y_post * y_pre - a * w * s_post + a * w * e_post * s_pre",
  "dw: a",
  "dw: a * y_pre",
  "dw: a * e_post",
  "dw: a * mod * reward * y_post * y_pre + a * t * loss / n_in * s_post * s_pre * n_out",
  "dw: a * (e_post + y_post + s_post + v_post + psi_post + e_post**2 + y_post**2 + v_post**2 + psi_post**2 + e_post*y_post) * y_pre",
  "dw: a * y_post * (back(e_post) + back(y_post) + back(s_post) + back(psi_post) + back(y_post**2) + back(e_post**2))",
  "dw: a * b * y_post - a * b * w * y_pre",
  "every: sample\ndw: -a * e_post * y_pre - a * w * y_post",
  "every: sample\nbounds: {w: [-0.4, 0.4]}\ndw: a * y_post * y_pre",
  "every: sample\ndw: -a * e_post * y_pre + a * y_post * (y_pre - back(y_post)) - a * s_post * e_pre - a * w",
  "dw: -a * e_post * y_pre + a * s_post * e_pre - 9 * a * w",
  "dw: -a * e_post * s_pre + 20 * a * w",
  "every: sample\ndw: -a * e_post * s_pre + 20 * a * w",
  "dw: -a * psi_post * back(s_post) - a * s_post * back(e_post) + a * y_post * back(psi_post) - 9 * a * w",
  "bounds: {w: [-0.5, 0.5]}\ndw: a * s_post * y_pre - a * y_post * s_pre",
  "traces: {x_pre: {of: s_pre, tau: 5}, z_post: {of: s_post * psi_post, decay: 0.7}}\ndw: a * x_pre * s_post - a * z_post * s_pre",
  "traces: {x_pre: {of: s_pre, tau: 5}}\neligibility: {of: psi_post * x_pre, tau: 8}\ndw: -a * e_post * elig",
  "eligibility: {of: w * s_pre * y_post + a * s_pre, decay: 0.5}\ndw: a * mod * elig + a * elig**2",
  "layers: {-1: {dw: -a * e_post * y_pre}, 1: {dw: a * y_post * (y_pre - back(y_post))}}\ndw: -a * e_post * e_pre",
  "dw: clip(a * e_post, -0.001, 0.001) * step(y_pre - 0.1) + a * sign(e_post) * relu(y_pre) - a * abs(w) * sqrt(abs(y_post))",
  "dw: -a * e_post * y_pre + a * xi",
  "dw: -a * e_post * y_pre + a * xi_post * y_pre - a * s_post * xi_pre + a * xi_post * xi_pre",
  "every: sample\ndw: -a * e_post * y_pre + a * xi * y_post",
  "traces: {u_pre: {of: xi_pre, tau: 5}}\ndw: -a * e_post * u_pre + a * xi_pre * e_post",
  "dw: a * e_post * y_pre * min(1, sample / 2) - a * floor(sample / 2 + 0.7 * t) * w",
  "dw: a * e_post * y_pre - a * y_post * back_b(e_post) + a * ahead_b(y_pre) * y_pre",
  "eligibility: {of: back_b(y_post) * s_post, tau: 4}\ndw: a * e_post * elig",
  "credit: learned\ndw: -a * e_post * y_pre + a * back_b(y_post) * y_post\ndb: a * ahead(y_pre) * (y_pre - back_b(ahead(y_pre))) + a * ahead_b(e_pre) - a * b + 0.01 * xi",
  "credit: learned\nevery: sample\nbounds: {b: [0.1, 0.4]}\ndw: -a * e_post * y_pre\ndb: a * w - a * b + a * ahead_b(xi_pre) * xi_pre",
  "credit: learned\nmirror: {before: 3, each: 1}\nbounds: {b: [-0.4, 0.4]}\ndw: -a * e_post * y_pre\ndb: 20 * a * (ahead(xi_pre) * xi_pre - b) + a * xi * sample",
  "dw: a * exp(-y_post) * log(1 + abs(y_pre)) + a * min(e_post, y_post, psi_post) * max(y_pre, 0.2)",
].map {
  "schema: 1\nrule: odd\nsource: none\ncoefficients: {a: {start: 2.0e-3, range: [-1, 1], scale: 1.0e-3}}\n" + $0 + "\n"
}

@Suite("A plan agrees with the interpreter, on every vector path")
struct PlanTests {
  @Test("on 200 random networks for every shipped rule")
  func shipped() throws {
    let rules = try shippedRules.map { try Rule.load(path: packageRoot.appendingPathComponent("rules/\($0)").path) }
    try agree(rules, networks: 200)
  }

  @Test("on random networks for terms of every shape")
  func odd() throws {
    try agree(try oddPages.map { try Rule.load(text: $0, file: "odd.yaml") }, networks: 40)
  }

  @Test("with per-layer coefficients")
  func perLayer() throws {
    let rule = try Rule.load(
      text: """
        schema: 1
        rule: layered
        source: none
        coefficients:
          eta: {start: 0.02, range: [0, 1], scale: 0.01, per: layer}
          oja: {start: 0.01, range: [-1, 1], scale: 0.01}
        dw: -eta * e_post * y_pre + oja * y_post * (y_pre - back(y_post))
        """, file: "layered.yaml")
    try agree([rule], networks: 40)
  }

  /// The interpreter runs beside the plan on one path. A path that gives the same bits agrees with it too; one that does
  /// not meets the interpreter itself.
  private func agree(_ rules: [Rule], networks: Int) throws {
    #expect(!rules.isEmpty)
    for form in Plan<Float>.Form.allCases { try agree(rules, networks: networks, form) }
  }

  private func agree(_ rules: [Rule], networks: Int, _ form: Plan<Float>.Form) throws {
    let doubleForm: Plan<Double>.Form = form == .swept ? .swept : form == .deferred ? .deferred : .ahead
    var known: [[UInt64]] = []
    for path in VectorPath.interchangeable {
      let outcomes = Mutex([[UInt64]](repeating: [0, 0], count: rules.count * networks))
      let failures = Mutex<[String]>([])
      onVectorPath(path) { [known] in
        DispatchQueue.concurrentPerform(iterations: rules.count * networks) { item in
          let (rule, seed) = (rules[item / networks], UInt64(item % networks))
          let neuron = seed % 4 == 3 ? "adaptive-lif" : "lif"
          let double = PlanAgreement<Double>(
            rule: rule, seed: seed, neuron: neuron, resynchronises: false, form: doubleForm)
          let float = PlanAgreement<Float>(
            rule: rule, seed: seed, neuron: neuron, resynchronises: true, form: form)
          let alone = [double.run(interpreting: false).fingerprint, float.run(interpreting: false).fingerprint]
          outcomes.withLock { $0[item] = alone }
          if !known.isEmpty, known[item] == alone { return }
          let (d, f) = (double.run(interpreting: true), float.run(interpreting: true))
          if d.difference < doubleTolerance, f.difference < floatTolerance, [d.fingerprint, f.fingerprint] == alone {
            return
          }
          failures.withLock {
            $0.append("\(rule.name), network \(seed), \(path), \(form): Double \(d.difference), Float \(f.difference)")
          }
        }
      }
      let found = failures.withLock { $0 }
      #expect(found.isEmpty, "\(found.prefix(5).joined(separator: "\n"))")
      if known.isEmpty { known = outcomes.withLock { $0 } }
    }
  }
}
