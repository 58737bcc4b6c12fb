import RealModule
import Records
import Rules
import TestSupport
import Testing

/// The named rules against numbers of the 2023 paper's released code. Tolerances are those of the fixtures' own page:
/// 1e-10 in double precision, 1e-5 in single.
@Suite("MetaPlasticityFixture: named rules agree with the 2023 code")
struct MetaPlasticityFixtureTests {
  static let cases = ["fix", "sym"].flatMap { mode in ["r0", "r0_2", "r0_9", "r0_2_9"].map { (mode, $0) } }

  /// Terms of the 2023 pool by their number: F0, F2 and F9.
  static let terms: [Int: Expression] = [
    0: -.coefficient("theta_0") * ePost * yPre,
    2: -.coefficient("theta_2") * ePost * ePre,
    9: .coefficient("theta_9") * yPost * (yPre - back(yPost)),
  ]

  static func rule(_ indices: [Int]) -> Rule {
    let dw = indices.dropFirst().reduce(terms[indices[0]]!) { $0 + terms[$1]! }
    return Rule(
      name: "pool",
      coefficients: indices.map { Coefficient(name: "theta_\($0)", start: 0, range: -1...1, scale: .step(0.01)) },
      dw: dw)
  }

  @Test("activity, teaching signal, weights and query loss, in double precision", arguments: cases)
  func double(mode: String, name: String) throws {
    try compare(mode, name, tolerance: 1e-10, as: Double.self)
  }

  @Test(
    "the rules of the folder are those rules", arguments: ["fix", "sym"],
    [
      ("feedback-alignment", "r0"), ("error-hebb", "r0_2"), ("oja", "r0_9"), ("error-hebb-oja", "r0_2_9"),
      ("pool", "r0_2_9"),
    ])
  func pages(mode: String, rule: (page: String, name: String)) throws {
    let page = try RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path).load(rule.page)
    try compare(mode, rule.name, page: page, tolerance: 1e-10, as: Double.self)
  }

  @Test("activity, teaching signal, weights and query loss, in single precision", arguments: cases)
  func single(mode: String, name: String) throws {
    try compare(mode, name, tolerance: 1e-5, as: Float.self)
  }

  private func compare<Scalar: Real & BinaryFloatingPoint & Sendable>(
    _ mode: String, _ name: String, page: Rule? = nil, tolerance: Double, as: Scalar.Type
  ) throws {
    guard Fixtures.isAvailable("meta_plasticity.h5") else { return }
    let file = try HDF5File(readingFrom: Fixtures.path("meta_plasticity.h5"))
    let sizes = try file.readIntegers("sizes").values
    let layers = 1..<sizes.count
    let indices = name.dropFirst().split(separator: "_").compactMap { Int($0) }
    var theta: [Double] = []
    for index in indices { theta += try file.readDoubles("theta/\(index)").values }
    if let page, page.coefficients.count > theta.count {
      // The whole pool: the terms that the code of 2023 leaves out are 0.
      theta = page.coefficients.map { $0.name }.map { name in
        indices.firstIndex { name == "theta_\($0)" }.map { theta[$0] } ?? 0
      }
    }
    var weights: [[Double]] = []
    var feedback: [[Double]] = []
    for layer in layers {
      weights.append(try file.readDoubles("init/W\(layer)").values)
      feedback.append(try file.readDoubles("init/B\(layer)").values)
    }
    var network = RateNetwork<Scalar>(
      rule: page ?? Self.rule(indices), coefficients: theta, sizes: sizes,
      sharpness: try file.readDoubles("beta").values[0],
      weights: weights, feedback: mode == "fix" ? feedback : nil)

    func agree(_ got: [Scalar], _ path: String) throws {
      let expected = try file.readDoubles(path).values
      let difference = relativeDifference(got.map { Double($0) }, expected)
      #expect(difference <= tolerance, "\(path): \(difference)")
    }

    let inputs = try file.readDoubles("data/x_train").values
    let labels = try file.readIntegers("data/label_train").values
    var updatesCompared = 0
    for (index, label) in labels.enumerated() {
      network.forward(Array(inputs[index * sizes[0]..<(index + 1) * sizes[0]]))
      network.backward(label: label)
      let here = "online/\(mode)/\(name)/update\(index + 1)"
      let stored = file.exists(here)
      if stored {
        for layer in 0..<sizes.count {
          try agree(network.y[layer], "\(here)/y\(layer)")
          try agree(network.e[layer], "\(here)/e\(layer)")
        }
      }
      network.learn()
      if stored {
        updatesCompared += 1
        for layer in layers { try agree(network.projections[layer - 1].weights, "\(here)/W\(layer)") }
      }
    }
    #expect(updatesCompared >= 3)

    let end = "meta/\(mode)/\(name)/lambda_0.0"
    for layer in layers { try agree(network.projections[layer - 1].weights, "\(end)/W_final/W\(layer)") }
    let queries = try file.readDoubles("data/x_query").values
    let answers = try file.readIntegers("data/label_query").values
    var loss: Scalar = 0
    for (index, label) in answers.enumerated() {
      network.forward(Array(queries[index * sizes[0]..<(index + 1) * sizes[0]]))
      loss -= Scalar.log(network.y[sizes.count - 1][label])
    }
    try agree([loss / Scalar(answers.count)], "\(end)/loss")
  }
}
