import CAllocations
import Kernels
import Layers
import Networks
import Systems
import TestSupport
import Testing

@Suite("TSSL-BP")
struct TSSLBPTests {
  /// One neuron above one input, and a readout above it.
  private static func single(steps: Int, weight: Double, leak: Double = 0.8, decay: Double = 2.0 / 3) -> TraceNet<
    Double
  > {
    TraceNet(layers: [.dense(1)], input: SignalShape(1), classes: 1, steps: steps, leak: leak, decay: decay) {
      network in
      network.connections[0].weights[0] = weight
      network.connections[1].weights[0] = 1
    }
  }

  @Test("after a single spike at t₀ the trace is the kernel ε[t − t₀]", arguments: [0, 1, 4])
  func kernel(first: Int) {
    let net = Self.single(steps: 12, weight: 3)
    // One value a step; the trace of a 1 at `first` is 1/3, which lifts a weight of 3.1 above the threshold once.
    net.network.connections[0].weights[0] = 3.1
    var values = [Double](repeating: 0, count: 12)
    values[first] = 1
    // What lifts the neuron again is taken away at the next step.
    if first + 1 < 12 { values[first + 1] = -2 }
    net.present(values, steps: 12, labels: [0])
    let signals = net.system.signals(0)
    let spikes = (0..<12).map { signals.postSpikes![$0] }
    #expect(spikes == (0..<12).map { $0 == first ? 1 : 0 })
    for t in 0..<12 {
      var expected = t < first ? 0 : 1.0 / 3
      for _ in first..<max(first, t) { expected *= 2.0 / 3 }
      #expect(abs(signals.postActivity![t] - expected) < 1e-12)
    }
  }

  @Test("at the last spike of a neuron the error is Σ ε[k − t] G[k] / Δu[t], and through its reset at the one before")
  func spikeTimes() {
    // Errors of the readout's current are what comes down: G = w g.
    let steps = 6
    let net = Self.single(steps: steps, weight: 1.3)
    net.network.connections[1].weights[0] = 2.1
    net.present([2], steps: 1, labels: [0])
    let below = net.system.signals(0)
    let above = net.system.signals(1)
    let spikes = (0..<steps).filter { below.postSpikes![$0] == 1 }
    #expect(spikes.count >= 2)
    let times = spikes.suffix(2)
    let (before, last) = (times.first!, times.last!)
    let u = (0..<steps).map { below.postPotential![$0] }
    func rise(_ t: Int) -> Double { u[t] - (t > 0 && below.postSpikes![t - 1] == 0 ? u[t - 1] : 0) }
    func owed(_ t: Int) -> Double {
      var (sum, kernel) = (0.0, 1.0 / 3)
      for k in t..<steps {
        sum += kernel * 2.1 * above.postError[k]
        kernel *= 2.0 / 3
      }
      return sum
    }
    for t in [before, last] { #expect(1 / rise(t) < 8 && below.postActivity![t] >= 1.0 / 12) }
    let atLast = owed(last) / rise(last)
    #expect(abs(below.postError[last] - atLast) < 1e-12)
    // Back from the last spike through the silence between, to the reset of the one before.
    var carry = atLast
    for t in before + 1..<last {
      carry *= 0.8
      if below.postActivity![t] >= 1.0 / 12 { #expect(abs(below.postError[t] - carry) < 1e-12) }
    }
    let atFirst = (owed(before) + carry * u[before] * 0.2) / rise(before)
    #expect(abs(below.postError[before] - atFirst) < 1e-12)
    #expect(atLast != 0)
  }

  @Test("a neuron that has not spiked learns through the logistic gate at its potential")
  func silent() {
    let steps = 5
    let net = Self.single(steps: steps, weight: 0.25)
    net.network.connections[1].weights[0] = 1.7
    net.present([0.9], steps: 1, labels: [0])
    let (below, above) = (net.system.signals(0), net.system.signals(1))
    #expect(net.system.rates == [0])
    for t in 0..<steps {
      var (sum, kernel) = (0.0, 1.0 / 3)
      for k in t..<steps {
        sum += kernel * 1.7 * above.postError[k]
        kernel *= 2.0 / 3
      }
      let x = min(8, max(-8, (1 - below.postPotential![t]) / 0.2))
      let gate = Double.exp(x) / (0.2 * (1 + Double.exp(x)) * (1 + Double.exp(x)))
      #expect(abs(below.postError[t] - sum * gate) < 1e-12)
      #expect(below.postError[t] != 0)
    }
  }

  @Test("the target train is 0, 1, 1, 1, 1 below ten steps and 0, 1, 0, 1, … from ten on", arguments: [5, 10, 20])
  func targets(steps: Int) {
    let net = TraceNet<Double>(
      layers: [.dense(2)], input: SignalShape(1), classes: 3, steps: steps, settings: ["loss": .text("kernel-once")])
    net.present([0], steps: 1, labels: [1])
    // Nothing spikes, so the loss is half the target's square.
    var (trace, total) = (0.0, 0.0)
    for t in 0..<steps {
      let spike = steps < 10 ? t > 0 : t % 2 == 1
      trace += ((spike ? 1 : 0) - trace) / 3
      total += trace * trace / 2
    }
    #expect(abs(net.system.losses[0] - total) < 1e-12)
    #expect((0..<3).allSatisfy { net.system.scores[$0] == 0 })
  }

  @Test("a constant drive and the same value at every step are the same, folded or not")
  func constantDrive() {
    let inputs = 6
    let constant = TraceNet<Double>(layers: [.dense(8), .dense(7)], input: SignalShape(inputs), classes: 4, steps: 5)
    let x = constant.random(3 * inputs, bound: 6)
    constant.present(x, steps: 1, labels: [0, 3, 2])
    let repeated = TraceNet<Double>(layers: [.dense(8), .dense(7)], input: SignalShape(inputs), classes: 4, steps: 5)
    repeated.present([[Double]](repeating: x, count: 5).flatMap { $0 }, steps: 5, labels: [0, 3, 2])
    #expect(constant.system.rates.allSatisfy { $0 > 0.02 })
    for l in 0..<3 {
      #expect(relativeDifference(constant.gradient(l), repeated.gradient(l)) < 1e-12)
      #expect(relativeDifference(constant.gradient(l, summed: true), constant.gradient(l)) < 1e-12)
    }
  }

  @Test("errors go back through the weights that the setting names")
  func feedback() {
    let forms: [LayerForm] = [.dense(8), .dense(7)]
    func net(_ feedback: String) -> TraceNet<Double> {
      let net = TraceNet<Double>(
        layers: forms, input: SignalShape(6), classes: 4, steps: 5, settings: ["feedback": .text(feedback)])
      net.present(net.random(2 * 6, bound: 3), steps: 1, labels: [1, 2])
      return net
    }
    let nets = ["weights", "random", "uniform-sign", "fixed-sign", "batch-sign"].map(net)
    for net in nets.dropFirst() {
      #expect(net.gradient(2) == nets[0].gradient(2))
      #expect(net.gradient(1) != nets[0].gradient(1))
    }
    #expect(Set(nets.map { $0.gradient(0) }).count == 5)
  }

  @Test("presenting asks for no memory, of constant drives and of events, dense and convolutional", arguments: [1, 5])
  func allocations(steps: Int) {
    let forms: [LayerForm] = [
      LayerForm(.convolution(.init(channels: 3, height: 3, width: 3)), pool: .init(.sum, window: 2, scale: 1.1)),
      .dense(9),
    ]
    let shape = SignalShape(height: 8, width: 8, channels: 1)
    let net = TraceNet<Float>(layers: forms, input: shape, classes: 4, steps: 5)
    let values = net.random(5 * 64 * steps, bound: 3)
    net.present(values, steps: steps, labels: [0, 1, 2, 3, 0])
    #expect(net.allocations(values, steps: steps, labels: [0, 1, 2, 3, 0]) == 0)
  }

  @Test("a batch in two parts is the batch: errors of a sample depend on no other")
  func parts() {
    let net = TraceNet<Double>(layers: [.dense(21), .dense(7)], input: SignalShape(6), classes: 4, steps: 5)
    let x = net.random(10 * 6, bound: 3)
    let labels = (0..<10).map { Int32($0 % 4) }
    net.present(x, steps: 1, labels: labels)
    let whole = (0..<3).map { net.gradient($0) }
    net.present(Array(x[..<24]), steps: 1, labels: Array(labels[..<4]))
    let first = (0..<3).map { net.gradient($0) }
    net.present(Array(x[24...]), steps: 1, labels: Array(labels[4...]))
    for l in 0..<3 {
      let sum = zip(first[l], net.gradient(l)).map { $0 + $1 }
      #expect(relativeDifference(sum, whole[l]) < 1e-12)
    }
  }

  @Test("scans forth and back give the same bits on every path that rounds as this one does")
  func paths() {
    func results<Scalar: KernelScalar>(_ type: Scalar.Type) -> [[Scalar]] {
      let net = TraceNet<Scalar>(layers: [.dense(75), .dense(7)], input: SignalShape(6), classes: 4, steps: 5)
      net.present(net.random(3 * 6, bound: 6), steps: 1, labels: [2, 0, 3])
      return (0..<3).map { net.gradient($0, summed: true) }
    }
    let (float, double) = (results(Float.self), results(Double.self))
    for path in VectorPath.interchangeable {
      onVectorPath(path) {
        #expect(results(Float.self) == float)
        #expect(results(Double.self) == double)
      }
    }
  }
}
