import Arithmetic
import Kernels
import Networks
import RealModule
import Testing

@Suite("Spiking network")
struct NetworkTests {
  @Test("activity is the low-pass of the spikes and the readout a leaky integral")
  func closedForms() {
    var parameters = NetworkParameters()
    parameters.hidden = []
    let network = SpikingNetwork<Double>(parameters: parameters, inputCount: 3, outputCount: 2)
    network.projections[0].dense = [1, 2, 3, -1, 0.5, 4]
    network.beginSample()
    network.step(spikes: [0, 2], count: 2, learning: true)
    #expect(abs(network.groups[0].activity[0] - 0.2) < 1e-15)
    #expect(network.groups[0].activity[1] == 0)
    #expect(abs(network.readout.potential[0] - 0.1 * 4) < 1e-15)
    network.step(spikes: [1], count: 1, learning: true)
    #expect(abs(network.groups[0].activity[0] - 0.8 * 0.2) < 1e-15)
    #expect(network.groups[0].spikes[0] == 0 && network.groups[0].spikes[1] == 1)
    #expect(abs(network.readout.potential[1] - (0.9 * 0.1 * 3 + 0.1 * 0.5)) < 1e-15)
  }

  @Test("spikes reach the readout within the step")
  func sameStep() {
    var parameters = NetworkParameters()
    parameters.hidden = [1, 1]
    let network = SpikingNetwork<Double>(parameters: parameters, inputCount: 1, outputCount: 1)
    for l in 0..<3 { network.projections[l].dense = [2] }
    network.beginSample()
    network.step(spikes: [0], count: 1, learning: false)
    #expect(abs(network.readout.potential[0] - 0.2) < 1e-15)
    #expect(network.spikeCounts == [1, 1])
  }

  @Test("a synaptic filter keeps its share of the current")
  func filter() {
    var parameters = NetworkParameters()
    parameters.hidden = []
    parameters.synapseDecay = 0.5
    let network = SpikingNetwork<Double>(parameters: parameters, inputCount: 1, outputCount: 1)
    network.projections[0].dense = [1]
    network.beginSample()
    network.step(spikes: [0], count: 1, learning: false)
    network.step(spikes: [0], count: 0, learning: false)
    #expect(abs(network.readout.potential[0] - (0.9 * 0.1 + 0.1 * 0.5)) < 1e-15)
  }

  @Test("a current of 1 drives like a spike")
  func current() {
    let network = SpikingNetwork<Double>(parameters: NetworkParameters(), inputCount: 20, outputCount: 3)
    network.drawWeights(EpisodeDraws(seed: 1, lane: 0, index: 0))
    let driven: [UInt16] = [1, 5, 17]
    func potentials(_ body: () -> Void) -> [Double] {
      network.beginSample()
      for _ in 0..<10 { body() }
      return (0..<3).map { network.readout.potential[$0] }
    }
    var currents = [Float](repeating: 0, count: 20)
    for i in driven { currents[Int(i)] = 1 }
    let spiking = potentials { network.step(spikes: driven, count: 3, learning: true) }
    let drive = potentials { network.step(currents: currents, list: driven, count: 3, learning: true) }
    for (a, b) in zip(spiking, drive) { #expect(abs(a - b) < 1e-12) }
  }

  @Test("readout error is softmax less one-hot, loss its cross-entropy, reward whether the largest is right")
  func error() {
    var parameters = NetworkParameters()
    parameters.hidden = []
    let network = SpikingNetwork<Double>(parameters: parameters, inputCount: 1, outputCount: 3)
    let v = [0.3, -1.0, 2.0]
    for i in 0..<3 { network.readout.potential[i] = v[i] }
    network.formReadoutError(label: 2)
    let total = v.map { Double.exp($0) }.reduce(0, +)
    for i in 0..<3 {
      let p = Double.exp(v[i]) / total
      #expect(abs(network.readout.activity[i] - p) < 1e-15)
      #expect(abs(network.readout.error[i] - (p - (i == 2 ? 1 : 0))) < 1e-15)
    }
    #expect(abs(network.scalars.loss[0] + Double.log(Double.exp(2) / total)) < 1e-14)
    #expect(network.scalars.reward[0] == 1)
    network.formReadoutError(label: 0)
    #expect(network.scalars.reward[0] == -1)
  }

  @Test("weights stay within the Glorot bound, and both precisions draw the same ones")
  func weights() {
    let draws = EpisodeDraws(seed: 7, lane: 2, index: 9)
    let single = SpikingNetwork<Float>(parameters: NetworkParameters(), inputCount: 33, outputCount: 5)
    let double = SpikingNetwork<Double>(parameters: NetworkParameters(), inputCount: 33, outputCount: 5)
    single.drawWeights(draws)
    double.drawWeights(draws)
    for (a, b) in zip(single.projections, double.projections) {
      let bound = b.bound(scale: 2)
      let (x, y) = (a.dense, b.dense)
      #expect(y.allSatisfy { abs($0) <= bound } && y.contains { abs($0) > 0.9 * bound })
      for (p, q) in zip(x, y) { #expect(abs(Double(p) - q) <= 2e-7 * bound) }
    }
  }

  @Test("a weight is the number of its synapse in its stream, whatever the padding")
  func address() {
    let draws = EpisodeDraws(seed: 7, lane: 2, index: 9)
    var parameters = NetworkParameters()
    parameters.hidden = [5]
    let network = SpikingNetwork<Double>(parameters: parameters, inputCount: 3, outputCount: 2)
    network.drawWeights(draws)
    var stream = RandomStream(seed: 7, purpose: .weights, lane: 2, 9, 0)
    let w = network.projections[0].dense
    for j in 0..<3 {
      for i in 0..<5 {
        let expected = (2 * Double(stream.nextFloat()) - 1) * network.projections[0].bound(scale: 2)
        #expect(abs(w[i * 3 + j] - expected) < 1e-15)
      }
    }
  }
}
