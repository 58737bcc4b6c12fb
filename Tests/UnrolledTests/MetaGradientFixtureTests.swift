import Credit
import Kernels
import Networks
import Records
import Rules
import TestSupport
import Testing
import Unrolled

/// The meta-loss and its gradient against the 2023 paper's released code. With symmetric feedback the stored `grad` is the
/// exact derivative; what the release itself computes there is not compared. Tolerances are those of the fixtures' page.
@Suite("MetaPlasticityFixture: meta-gradients agree with the 2023 code")
struct MetaGradientFixtureTests {
  static let cases = ["fix", "sym"].flatMap { mode in
    ["r0", "r0_2", "r0_9", "r0_2_9", "r0_2_9_start"].flatMap { rule in
      ["0.0", "1.5"].map { (mode: mode, rule: rule, lambda: $0) }
    }
  }

  @Test("in double precision, to 1e-9", arguments: cases)
  func double(mode: String, rule: String, lambda: String) throws {
    try compare(mode, rule, lambda, loss: 1e-10, gradient: 1e-9, angles: 1e-6, as: Double.self)
  }

  @Test("in single precision, to 1e-3", arguments: cases)
  func single(mode: String, rule: String, lambda: String) throws {
    try compare(mode, rule, lambda, loss: 1e-5, gradient: 1e-3, angles: 1e-2, as: Float.self)
  }

  private func compare<Scalar: KernelScalar>(
    _ mode: String, _ name: String, _ lambda: String, loss: Double, gradient: Double, angles: Double, as: Scalar.Type
  ) throws {
    guard Fixtures.isAvailable("meta_plasticity.h5") else { return }
    let file = try HDF5File(readingFrom: Fixtures.path("meta_plasticity.h5"))
    let here = "meta/\(mode)/\(name)/lambda_\(lambda)"
    guard file.exists(here) else { return }
    let sizes = try file.readIntegers("sizes").values
    let indices = try file.readIntegers("\(here)/rules").values
    let theta = try file.readDoubles("\(here)/theta").values
    let pages = [[0]: "feedback-alignment", [0, 2]: "error-hebb", [0, 9]: "oja", [0, 2, 9]: "error-hebb-oja"]
    var rule = try RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path).load(pages[indices]!)
    rule.credit = nil
    var parameters = NetworkParameters()
    parameters.neuron = "softplus"
    parameters.sharpness = try file.readDoubles("beta").values[0]
    parameters.hidden = Array(sizes.dropFirst().dropLast())
    let network = RateNetwork<Scalar>(parameters: parameters, inputCount: sizes[0], outputCount: sizes.last!)
    let pathway = mode == "fix" ? "random" : "transport"
    let credit = creditCatalogue(Scalar.self).first { $0.name == pathway }!.make(network)
    for (l, projection) in network.projections.enumerated() {
      projection.dense = try file.readDoubles("init/W\(l + 1)").values.map { Scalar($0) }
      guard mode == "fix", let feedback = credit.feedback(l) else { continue }
      let b = try file.readDoubles("init/B\(l + 1)").values
      for i in 0..<projection.postCount {
        for j in 0..<projection.preCount {
          feedback[j * projection.columns + i] = Scalar(b[i * projection.preCount + j])
        }
      }
    }
    let learner = try UnrolledLearner(network: network, credit: credit, rule: rule)
    let result = learner.gradient(
      coefficients: theta, support: try samples(file, "train", as: Scalar.self),
      query: try samples(file, "query", as: Scalar.self))

    func agree(_ got: [Double], _ name: String, _ tolerance: Double) throws {
      let expected = try file.readDoubles("\(here)/\(name)").values
      let difference = relativeDifference(got, expected)
      #expect(difference <= tolerance, "\(here)/\(name): \(difference)")
    }
    let weight = Double(lambda)!
    try agree([result.loss + weight * theta.map(\.magnitude).reduce(0, +)], "loss", loss)
    let penalised = zip(result.gradient, theta).map { (slope: Double, value: Double) -> Double in
      slope + weight * (value == 0 ? 0 : value > 0 ? 1 : -1)
    }
    try agree(penalised, "grad", gradient)
    if file.exists("\(here)/query_accuracy") { try agree([result.accuracy], "query_accuracy", 1e-12) }
    if file.exists("\(here)/ortho_residual") { try agree(result.orthonormality, "ortho_residual", 10 * loss) }
    if file.exists("\(here)/angles") {
      let expected = try file.readDoubles("\(here)/angles").values
      // Half the digits are lost near 0 degrees.
      for (got, want) in zip(result.angles, expected) {
        let off: Double = abs(got - want)
        #expect(off < Swift.max(angles, angles * want))
      }
      #expect(result.angles.count == expected.count)
    }
  }

  private func samples<Scalar: KernelScalar>(
    _ file: borrowing HDF5File, _ name: String, as: Scalar.Type
  ) throws -> PresentedSamples<Scalar> {
    .plain(
      try file.readDoubles("data/x_\(name)").values.map { Scalar($0) },
      labels: try file.readIntegers("data/label_\(name)").values)
  }
}
