import Foundation
import Kernels
import Networks
import Testing

/// One group of neurons driven by hand.
private struct Cells<Scalar: KernelScalar> {
  let arena = Arena()
  let group: GroupView<Scalar>
  let model: any NeuronModel<Scalar>
  let list: UnsafeMutablePointer<UInt32>

  init(_ count: Int, _ parameters: NetworkParameters) {
    group = GroupView(count: count, in: arena)
    list = arena.allocate(count, of: UInt32.self)
    model = neuronCatalogue(Scalar.self).first { $0.name == parameters.neuron }!.make(count, parameters, arena)
  }

  func step(_ current: [Scalar]) -> Int { model.step(group, current: current, list: list) }
}

@Suite("Leaky integrate-and-fire")
struct LIFTests {
  @Test("a drive below threshold settles at I / (1 - leak)", arguments: spikingNeuronNames)
  func settles(neuron: String) {
    var parameters = NetworkParameters()
    parameters.neuron = neuron
    let cells = Cells<Double>(1, parameters)
    for _ in 0..<400 { #expect(cells.step([0.09]) == 0) }
    #expect(abs(cells.group.potential[0] - 0.9) < 1e-12)
  }

  @Test("the potential after n silent steps is I (1 - leak^n) / (1 - leak)")
  func geometric() {
    let cells = Cells<Double>(1, NetworkParameters())
    for n in 1...10 {
      _ = cells.step([0.05])
      #expect(abs(cells.group.potential[0] - 0.05 * (1 - pow(0.9, Double(n))) / 0.1) < 1e-14)
    }
  }

  @Test("reset zero forgets, subtract keeps what is above the threshold, none keeps all")
  func resets() {
    for (reset, expected) in [
      (NetworkParameters.Reset.zero, 0.25), (.subtract, 0.9 * 1.5 - 1 + 0.25), (.none, 0.9 * 1.5 + 0.25),
    ] {
      var parameters = NetworkParameters()
      parameters.reset = reset
      let cells = Cells<Double>(1, parameters)
      #expect(cells.step([1.5]) == 1)
      #expect(cells.group.potential[0] == 1.5)
      _ = cells.step([0.25])
      #expect(abs(cells.group.potential[0] - expected) < 1e-15)
    }
  }

  @Test("a potential exactly at the threshold does not spike")
  func strict() {
    let cells = Cells<Double>(2, NetworkParameters())
    #expect(cells.step([1, 1.0.nextUp]) == 1)
    #expect(cells.list[0] == 1)
  }

  @Test("every spike raises an adaptive threshold, so equal drive gives fewer spikes")
  func adapts() {
    var adaptive = NetworkParameters()
    adaptive.neuron = "adaptive-lif"
    adaptive.adaptationStrength = 0.5
    let plain = Cells<Double>(1, NetworkParameters())
    let tired = Cells<Double>(1, adaptive)
    var counts = (0, 0)
    for _ in 0..<200 {
      counts.0 += plain.step([0.4])
      counts.1 += tired.step([0.4])
    }
    #expect(counts.0 > counts.1 && counts.1 > 0)
  }

  @Test("an adaptive neuron of strength 0 is a plain one, bit for bit")
  func adaptationOff() {
    var adaptive = NetworkParameters()
    adaptive.neuron = "adaptive-lif"
    adaptive.adaptationStrength = 0
    let plain = Cells<Float>(7, NetworkParameters())
    let same = Cells<Float>(7, adaptive)
    for t in 0..<50 {
      let drive = (0..<7).map { Float(0.1 * Double($0) + 0.2 * sin(Double(t))) }
      #expect(plain.step(drive) == same.step(drive))
      plain.model.gain(plain.group)
      same.model.gain(same.group)
      for i in 0..<7 {
        #expect(plain.group.potential[i] == same.group.potential[i])
        #expect(plain.group.gain[i] == same.group.gain[i])
      }
    }
  }

  @Test("surrogates are even, largest at the threshold and finite far from it", arguments: SurrogateGradient.names)
  func surrogates(name: String) throws {
    var parameters = NetworkParameters()
    parameters.surrogate = try #require(SurrogateGradient(name: name, width: 2))
    let cells = Cells<Double>(5, parameters)
    for (i, v) in [1.0, 1.25, 0.75, 1e6, -1e6].enumerated() { cells.group.potential[i] = v }
    cells.model.gain(cells.group)
    let gain = (0..<5).map { cells.group.gain[$0] }
    #expect(gain.allSatisfy { $0.isFinite && $0 >= 0 })
    #expect(abs(gain[1] - gain[2]) < 1e-15)
    #expect(gain[0] >= gain[1] && gain[1] >= gain[3])
  }
}
