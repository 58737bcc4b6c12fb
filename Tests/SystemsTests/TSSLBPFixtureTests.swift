import Kernels
import Layers
import Networks
import Pages
import Records
import Systems
import TestSupport
import Testing

/// Networks that the authors' own code ran: spikes, traces, errors and gradients.
@Suite("TSSL-BP fixture")
struct TSSLBPFixtureTests {
  static let losses = ["kernel_release": "kernel", "kernel_once": "kernel-once", "count": "count"]

  @Test(
    "spikes, traces, errors and gradients are the authors'", arguments: ["fc", "conv"],
    ["kernel_release", "kernel_once", "count"])
  func agrees(net: String, loss: String) throws {
    guard Fixtures.isAvailable("tssl_bp.h5") else { return }
    try check(net, loss, Double.self, tolerance: 1e-9)
    try check(net, loss, Float.self, tolerance: 1e-4)
  }

  private func check<Scalar: KernelScalar>(
    _ net: String, _ loss: String, _ type: Scalar.Type, tolerance: Double
  ) throws {
    let file = try HDF5File(readingFrom: Fixtures.path("tssl_bp.h5"))
    let isConvolutional = net == "conv"
    var parameters = LayeredParameters(
      isConvolutional
        ? [
          LayerForm(
            .convolution(.init(channels: 4, height: 3, width: 3)), pool: .init(.sum, window: 2, scale: 1.1)),
          LayerForm(.convolution(.init(channels: 3, height: 2, width: 3, padding: .zeros(1)))),
        ] : [.dense(9), .dense(7)], neuron: .lif)
    parameters.constants.steps = try file.readIntegers("T").values[0]
    parameters.constants.leak = 1 - 1 / (try file.readDoubles("tau_m").values[0])
    parameters.constants.activityDecay = 1 - 1 / (try file.readDoubles("tau_s").values[0])
    parameters.constants.threshold = try file.readDoubles("threshold").values[0]
    let network = LayeredNetwork<Scalar>(
      parameters, input: isConvolutional ? SignalShape(height: 10, width: 8, channels: 2) : SignalShape(12),
      outputCount: 5)
    for (l, connection) in network.connections.enumerated() {
      let weights = try file.readDoubles("\(net)/W\(l + 1)")
      for (k, w) in ours(weights.values, weights.shape, below: connection.preShape).enumerated() {
        connection.weights[k] = Scalar(w)
      }
    }
    let card = TSSLBP<Scalar>.card
    let labels = try file.readIntegers("\(net)/label").values.map { Int32($0) }
    let system = TSSLBP<Scalar>(
      network, SystemSettings(card, ["loss": .text(Self.losses[loss]!)]), capacity: labels.count + 2)
    let x = try file.readDoubles("\(net)/x")
    let values = samples(x.values, x.shape).map { Scalar($0) }
    let arena = Arena()
    let (memory, classes) = (
      arena.allocate(values.count, of: Scalar.self), arena.allocate(labels.count, of: Int32.self)
    )
    for (k, value) in values.enumerated() { memory[k] = value }
    for (k, label) in labels.enumerated() { classes[k] = label }
    system.present(
      SampleBatch(
        count: labels.count, steps: 1, values: UnsafePointer(memory), labels: UnsafePointer(classes), number: 0),
      learning: true)
    let total = (0..<labels.count).reduce(0.0) { $0 + Double(system.losses[$1]) }
    #expect(relativeDifference([total], try file.readDoubles("\(net)/\(loss)/loss").values) < tolerance)
    let workspace = LayerWorkspace<Scalar>(network)
    defer { withExtendedLifetime(arena) {} }
    for (l, connection) in network.connections.enumerated() {
      let signals = system.signals(l)
      func read(_ path: String) throws -> [Double] {
        let data = try file.readDoubles("\(net)/\(path)")
        return timeMajor(data.values, data.shape)
      }
      func numbers(_ p: UnsafePointer<Scalar>?, _ count: Int) -> [Double] { (0..<count).map { Double(p![$0]) } }
      let count = signals.rows * connection.postShape.count
      let spikes = try read("layer\(l + 1)/s")
      #expect(numbers(signals.postSpikes, count) == spikes)
      #expect(relativeDifference(numbers(signals.postActivity, count), try read("layer\(l + 1)/a")) < tolerance)
      #expect(relativeDifference(numbers(signals.postPotential, count), try read("layer\(l + 1)/u")) < tolerance)
      #expect(relativeDifference(numbers(signals.postError, count), try read("\(loss)/g\(l + 1)")) < tolerance)
      if l == 0 {
        let input = numbers(signals.preActivity, signals.rows * connection.preShape.count)
        #expect(relativeDifference(input, try read("a0")) < tolerance)
      }
      if l < system.rates.count {
        #expect(abs(system.rates[l] - spikes.reduce(0, +) / Double(spikes.count)) < 1e-15)
      }
      let gradient = try file.readDoubles("\(net)/\(loss)/dW\(l + 1)")
      let expected = ours(gradient.values, gradient.shape, below: connection.preShape)
      for signals in [signals, system.gradientSignals(l)] {
        var got = [Scalar](repeating: 0, count: connection.weightCount)
        connection.addProducts(
          pre: signals.preActivity, post: signals.postError, rows: signals.rows, to: &got, workspace)
        #expect(relativeDifference(got.map { Double($0) }, expected) < tolerance)
      }
    }
    let top = network.connections.count
    let traces = try file.readDoubles("\(net)/layer\(top)/a")
    let steps = traces.shape.last!
    let sums = stride(from: 0, to: traces.values.count, by: steps).map { k in
      traces.values[k..<k + steps].reduce(0, +)
    }
    #expect(relativeDifference((0..<sums.count).map { Double(system.scores[$0]) }, sums) < tolerance)
  }

  /// `[out, in]` or `[out, in, kH, kW]` as `[in][out]` or `[kH][kW][in][out]`; a dense layer's inputs channels last.
  private func ours(_ w: [Double], _ shape: [Int], below: SignalShape) -> [Double] {
    let out = shape[0]
    if shape.count == 2 {
      return (0..<shape[1] * out).map { k in
        let (pre, post) = (k / out, k % out)
        let (place, channel) = (pre / below.channels, pre % below.channels)
        return w[post * shape[1] + channel * below.places + place]
      }
    }
    let (channels, places) = (shape[1], shape[2] * shape[3])
    return (0..<places * channels * out).map { k in
      let (place, channel, post) = (k / (channels * out), k / out % channels, k % out)
      return w[(post * channels + channel) * places + place]
    }
  }

  /// `[sample, channel, row, column]` channels last.
  private func samples(_ x: [Double], _ shape: [Int]) -> [Double] {
    guard shape.count == 4 else { return x }
    let (channels, places) = (shape[1], shape[2] * shape[3])
    return (0..<x.count).map { k in
      let (sample, place, channel) = (k / (places * channels), k / channels % places, k % channels)
      return x[(sample * channels + channel) * places + place]
    }
  }

  /// `[sample, (channel, row, column), step]` as `[step][sample][row][column][channel]`.
  private func timeMajor(_ x: [Double], _ shape: [Int]) -> [Double] {
    let (count, steps) = (shape[0], shape.last!)
    let channels = shape[1]
    let places = shape.count == 5 ? shape[2] * shape[3] : 1
    return (0..<x.count).map { k in
      let (t, row) = (k / (count * places * channels), k % (count * places * channels))
      let (sample, place, channel) = (row / (places * channels), row / channels % places, row % channels)
      return x[((sample * channels + channel) * places + place) * steps + t]
    }
  }
}
