import Kernels
import Layers
import Networks
import Pages
import Records
import Rules
import Systems
import TestSupport
import Testing

/// Error kernels as the authors' release computes them. Tolerances are those of the fixtures' own page: fully connected
/// 1e-10 in double precision, 1e-5 in single; convolutions 1e-5 below the first up-sampling, which upstream does in single
/// precision, and 1e-10 above.
@Suite("Error Kernels Fixture")
struct ErrorKernelsFixtureTests {
  @Test("three steps of fully connected layers", arguments: ["tanh", "signum", "relu"], ["beta_0.9", "beta_0.15"])
  func dense(neuron: String, beta: String) throws {
    guard Fixtures.isAvailable("ekdaa.h5") else { return }
    try follow(neuron, beta, Double.self, within: 1e-10)
    try follow(neuron, beta, Float.self, within: 1e-5)
  }

  /// The release never moves the top kernel of a fully connected net; nor do we in this test.
  private func follow<Scalar: KernelScalar>(
    _ neuron: String, _ beta: String, _ type: Scalar.Type, within tolerance: Double
  ) throws {
    let file = try HDF5File(readingFrom: Fixtures.path("ekdaa.h5"))
    func numbers(_ path: String) throws -> [Double] { try file.readDoubles("fc/\(path)").values }
    let sizes = try file.readIntegers("fc/sizes").values
    let layers = sizes.count - 1
    let parameters = LayeredParameters(sizes[1..<layers].map { .dense($0) }, neuron: LayerNeuron(rawValue: neuron)!)
    let one = RateCase<Scalar>(
      parameters, input: SignalShape(sizes[0]), outputs: sizes[layers], values: try numbers("x"),
      labels: try file.readIntegers("fc/label").values)
    let samples = one.batch.count
    let system = one.system(
      ErrorKernels<Scalar>.self, ["beta": .number(Double(beta.dropFirst(5))!), "kernels": .text("random")])
    for (l, connection) in one.network.connections.enumerated() {
      for (k, weight) in try numbers("init/W\(l + 1)").enumerated() { connection.weights[k] = Scalar(weight) }
      let kernel = transposed(try numbers("init/E\(l + 1)"), rows: sizes[l + 1], columns: sizes[l])
      for (k, weight) in kernel.enumerated() { system.feedback(l)?[k] = Scalar(weight) }
    }
    var speeds = one.network.connections.map { [Scalar](repeating: 0, count: $0.weightCount) }
    var kernelSpeeds = speeds
    for step in 1...3 {
      system.present(one.batch, learning: true)
      func agree(_ got: [Scalar], _ name: String) throws {
        let path = "\(neuron)/\(beta)/step\(step)/\(name)"
        #expect(relativeDifference(got.map { Double($0) }, try numbers(path)) <= tolerance, "\(path) in \(Scalar.self)")
      }
      for l in 0..<layers {
        let signals = system.signals(l)
        let count = samples * sizes[l + 1]
        try agree(signals.postPotential!.first(count), "h\(l + 1)")
        try agree(signals.postActivity!.first(count), "z\(l + 1)")
        try agree(signals.postError.first(count), "e\(l + 1)")
        if l < layers - 1 { try agree(system.targetPotentials(l).first(count), "t\(l + 1)") }
        let gradient = one.gradient(signals, l).weights
        try agree(gradient, "dW\(l + 1)")
        // SGD with momentum, of weights and kernels alike.
        let connection = one.network.connections[l]
        for k in gradient.indices {
          speeds[l][k] = 0.875 * speeds[l][k] - 0.0625 * gradient[k]
          connection.weights[k] += speeds[l][k]
        }
        try agree(connection.weights.asConstant.first(gradient.count), "W\(l + 1)")
      }
      // Kernels move after all errors have gone through them.
      for l in 1..<layers {
        let change = one.gradient(system.signals(l), l).weights.map { l == layers - 1 ? 0 : Scalar(0.1) * $0 }
        let kernel = system.feedback(l)!
        for k in change.indices {
          kernelSpeeds[l][k] = 0.875 * kernelSpeeds[l][k] - 0.0625 * change[k]
          kernel[k] += kernelSpeeds[l][k]
        }
        func upstream(_ x: [Scalar]) -> [Scalar] { transposed(x, rows: sizes[l], columns: sizes[l + 1]) }
        try agree(upstream(change), "dE\(l + 1)")
        try agree(upstream(kernel.asConstant.first(change.count)), "E\(l + 1)")
      }
    }
  }

  /// Upstream sends potentials of convolutions up, so each operation is compared on its own, with the file's own inputs.
  @Test("each operation of a convolutional net", arguments: ["beta_0.9", "beta_0.15"])
  func operations(beta name: String) throws {
    guard Fixtures.isAvailable("ekdaa.h5") else { return }
    let file = try HDF5File(readingFrom: Fixtures.path("ekdaa.h5"))
    func read(_ path: String) throws -> [Double] { try file.readDoubles("conv/\(path)").values }
    func numbers(_ path: String) throws -> [Double] { try read("\(name)/\(path)") }
    let beta = Double(name.dropFirst(5))!
    func kernels(_ channels: Int) -> LayerForm.Synapses {
      .convolution(.init(channels: channels, height: 3, width: 3, padding: .same))
    }
    let pool = LayerForm.Pool(.max, window: 2)
    let parameters = LayeredParameters(
      [LayerForm(kernels(3), pool: pool), LayerForm(kernels(4)), LayerForm(kernels(3), pool: pool), .dense(7)],
      neuron: .tanh)
    let one = RateCase<Double>(
      parameters, input: SignalShape(height: 8, width: 12, channels: 2), outputs: 5, values: try read("x"),
      labels: try file.readIntegers("conv/label").values)
    let workspace = LayerWorkspace(one.network)
    let samples = one.batch.count
    let system = one.system(ErrorKernels<Double>.self, ["beta": .number(beta)])
    let names = ["conv1", "conv2", "conv3", "fc", "out"]
    let below = [nil, "pool1", "conv2", "pool2", "fc"]
    for (l, connection) in one.network.connections.enumerated() {
      let layer = names[l]
      // Single precision came in with the up-sampling below conv3.
      let tolerance = l < 3 ? 1e-5 : 1e-10
      for (k, weight) in try read("init/W\(l + 1)").enumerated() { connection.weights[k] = weight }
      let error = try numbers("\(layer)/e")
      if l < 4 {
        let (z, y) = (try numbers("\(layer)/z"), try numbers("\(layer)/y"))
        #expect(relativeDifference(zip(z, y).map { $0 - $1 }, error) <= tolerance)
      }
      // Weights and kernels.
      // The left factor upstream is the activity below, but the pooled potential above a pool.
      let carried = l == 0 ? try read("x") : try numbers(["pool1/h", "conv2/z", "flat/h", "fc/z"][l - 1])
      var change = [Double](repeating: 0, count: connection.weightCount)
      connection.addProducts(pre: carried, post: error, rows: samples, to: &change, workspace)
      change = change.map { -$0 }
      var feedback = change.map { 0.1 * $0 }
      system.condition(&change, feedback: &feedback, l)
      #expect(relativeDifference(change.map { -$0 }, try numbers("\(layer)/dW")) <= tolerance, "dW of \(layer)")
      let kernel = inOurLayout(try numbers("\(layer)/dE"), connection, swapped: false)
      #expect(relativeDifference(feedback.map { -$0 }, kernel) <= tolerance, "dE of \(layer)")
      // The error on its way down.
      let through = inOurLayout(try read("init/E\(l + 1)"), connection, swapped: true)
      var back = [Double](repeating: 0, count: samples * connection.preShape.count)
      connection.back(error, rows: samples, through: through, into: &back, workspace)
      if !connection.isDense { ErrorKernels.divideByLargest(&back, back.count) }
      guard let lower = below[l] else { continue }
      let potential = try numbers(l == 3 ? "flat/h" : "\(lower)/h")
      let target = zip(potential, back).map { $0 - beta * $1 }
      #expect(relativeDifference(target, try numbers("\(layer)/t_below")) <= tolerance, "t below \(layer)")
      if let pooling = one.network.pools[l - 1] {
        var up = [Double](repeating: 0, count: samples * pooling.preShape.count)
        pooling.sampleUp(try numbers("\(layer)/t_below"), rows: samples, into: &up)
        #expect(relativeDifference(up, try numbers("\(lower)/t_up")) <= 1e-6)
        // Their target activity is what ours would be.
        let activity = try numbers("\(names[l - 1])/y")
        #expect(relativeDifference(up.map { Double.tanh($0) }, activity) <= 1e-5)
      }
    }
  }

  /// `[out][in][kW][kH]` or `[out][in]` as `[row][column][in][out]`: rows are the kW axis for the transposed convolution.
  private func inOurLayout(_ kernel: [Double], _ connection: Connection<Double>, swapped: Bool) -> [Double] {
    let (channels, kinds) = (connection.preShape.channels, connection.kinds)
    if connection.isDense { return transposed(kernel, rows: kinds, columns: connection.fanIn) }
    var ours = [Double](repeating: 0, count: kernel.count)
    for o in 0..<kinds {
      for i in 0..<channels {
        for a in 0..<3 {
          for b in 0..<3 {
            let place = swapped ? a * 3 + b : b * 3 + a
            ours[(place * channels + i) * kinds + o] = kernel[((o * channels + i) * 3 + a) * 3 + b]
          }
        }
      }
    }
    return ours
  }
}

extension UnsafeMutablePointer {
  /// The same memory, read only.
  var asConstant: UnsafePointer<Pointee> { UnsafePointer(self) }
}
