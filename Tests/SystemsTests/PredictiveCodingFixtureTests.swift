import Kernels
import Layers
import Pages
import Records
import Systems
import TestSupport
import Testing

/// Predictive coding as Torch2PC computes it: 12-9-7-8-5, tanh, biases, a loss that is a mean over the batch. Tolerances
/// are those of the fixtures' own page: 1e-9 in double precision; 1e-5 in single, 1e-4 for 1000 iterations of strict.
@Suite("Predictive Coding Fixture")
struct PredictiveCodingFixtureTests {
  /// Ways of the file, and what makes them here; the readout's error spreads through 4 blocks or 7 elements.
  static let modes: [String: (mode: String, eta: Double, iterations: Int?)] = [
    "exact": ("exact", 0.1, 1), "fixedpred_eta1_nL": ("fixed-prediction", 1, nil),
    "fixedpred_eta1_n2": ("fixed-prediction", 1, 2), "fixedpred_eta0.1_n20": ("fixed-prediction", 0.1, 20),
    "strict_eta0.1_n20": ("strict", 0.1, 20), "strict_eta0.1_n1000": ("strict", 0.1, 1000),
  ]

  @Test("blocks under cross-entropy", arguments: modes.keys.sorted())
  func blocks(mode: String) throws {
    try follow("block", "ce", mode, Double.self, within: 1e-9)
    try follow("block", "ce", mode, Float.self, within: mode.hasSuffix("n1000") ? 1e-4 : 1e-5)
  }

  @Test("blocks under squared error", arguments: modes.keys.sorted())
  func squaredError(mode: String) throws {
    try follow("block", "mse", mode, Double.self, within: 1e-9)
    try follow("block", "mse", mode, Float.self, within: mode.hasSuffix("n1000") ? 1e-4 : 1e-5)
  }

  @Test(
    "linear maps and neurons as elements of their own", arguments: modes.keys.sorted().filter { !$0.hasSuffix("n1000") }
  )
  func split(mode: String) throws {
    try follow("split", "ce", mode, Double.self, within: 1e-9)
    // After 20 iterations of strict the lowest of seven errors is 1e-4 of the beliefs that it is the difference of.
    try follow("split", "ce", mode, Float.self, within: mode.hasPrefix("strict") ? 1e-3 : 1e-5)
  }

  private func follow<Scalar: KernelScalar>(
    _ elements: String, _ loss: String, _ name: String, _ type: Scalar.Type, within tolerance: Double
  ) throws {
    guard Fixtures.isAvailable("predictive_coding.h5") else { return }
    let file = try HDF5File(readingFrom: Fixtures.path("predictive_coding.h5"))
    func numbers(_ path: String) throws -> [Double] { try file.readDoubles(path).values }
    let sizes = try file.readIntegers("sizes").values
    let layers = sizes.count - 1
    var parameters = LayeredParameters(sizes[1..<layers].map { .dense($0) }, neuron: .tanh)
    parameters.bias = true
    let labels = try file.readIntegers("data/label").values
    let one = RateCase<Scalar>(
      parameters, input: SignalShape(sizes[0]), outputs: sizes[layers], values: try numbers("data/x"), labels: labels,
      targets: loss == "mse" ? try numbers("data/target") : nil)
    for (l, connection) in one.network.connections.enumerated() {
      let weights = transposed(try numbers("init/W\(l + 1)"), rows: sizes[l + 1], columns: sizes[l])
      for (k, weight) in weights.enumerated() { connection.weights[k] = Scalar(weight) }
      for (k, bias) in try numbers("init/b\(l + 1)").enumerated() { connection.bias![k] = Scalar(bias) }
    }
    let chosen = Self.modes[name]!
    let elementCount = elements == "block" ? layers : 2 * layers - 1
    let system = one.system(
      PredictiveCoding<Scalar>.self,
      [
        "mode": .text(chosen.mode), "eta": .number(chosen.eta),
        "iterations": .integer(chosen.iterations ?? elementCount), "elements": .text(elements),
        "loss": .text(loss == "ce" ? "cross-entropy" : "squared-error"), "mean-over": .integer(labels.count),
      ])
    system.present(one.batch, learning: true)

    func agree(_ got: [Scalar], _ path: String, scale: Double = 1) throws {
      let difference = relativeDifference(got.map { Double($0) * scale }, try numbers(path))
      #expect(difference <= tolerance, "\(path) in \(Scalar.self)")
    }
    let place = "\(elements)/\(loss)"
    let samples = Double(labels.count)
    let mean = system.losses.first(labels.count).reduce(0) { $0 + Double($1) } / samples
    #expect(abs(mean / (try numbers("\(place)/loss")[0]) - 1) <= tolerance)
    #expect(system.elementCount == elementCount)
    for k in 0..<elementCount {
      let forward = try numbers("\(place)/vhat\(k + 1)")
      try agree(system.forward(k).first(forward.count), "\(place)/vhat\(k + 1)")
      try agree(system.predictionErrors(k).first(forward.count), "\(place)/\(name)/eps\(k + 1)")
      if k < elementCount - 1 { try agree(system.beliefs(k).first(forward.count), "\(place)/\(name)/v\(k + 1)") }
    }
    for l in 0..<layers {
      let gradient = one.gradient(system.gradientSignals(l), l)
      let weights = transposed(gradient.weights, rows: sizes[l], columns: sizes[l + 1])
      try agree(weights, "\(place)/\(name)/dW\(l + 1)", scale: 1 / samples)
      try agree(gradient.bias, "\(place)/\(name)/db\(l + 1)", scale: 1 / samples)
    }
  }
}
