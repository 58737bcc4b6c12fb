import Kernels
import Networks
import Records
import TestSupport
import Testing

/// Traces of snnTorch neurons, computed by that package.
@Suite("LIF Fixture")
struct LIFFixtureTests {
  @Test("potentials and spikes are snnTorch's, for every reset", arguments: NetworkParameters.Reset.allCases)
  func leaky(reset: NetworkParameters.Reset) throws {
    guard Fixtures.isAvailable("lif.h5") else { return }
    let file = try HDF5File(readingFrom: Fixtures.path("lif.h5"))
    let input = try file.readDoubles("snntorch/input")
    let potential = try file.readDoubles("snntorch/\(reset.rawValue)/mem").values
    let spikes = try file.readDoubles("snntorch/\(reset.rawValue)/spk").values
    var parameters = NetworkParameters()
    parameters.leak = try file.readDoubles("snntorch/beta").values[0]
    parameters.threshold = try file.readDoubles("snntorch/threshold").values[0]
    parameters.reset = reset
    let double = trace(input.values, shape: input.shape, parameters, Double.self)
    #expect(double.spikes == spikes)
    #expect(relativeDifference(double.potential, potential) < 1e-12)
    let float = trace(input.values, shape: input.shape, parameters, Float.self)
    #expect(float.spikes == spikes)
    #expect(relativeDifference(float.potential, potential) < 1e-5)
    #expect(spikes.contains(1))
  }

  @Test("a reset within the step is ours at the next one: same spikes, and the potential is 0 where one is emitted")
  func withinTheStep() throws {
    guard Fixtures.isAvailable("lif.h5") else { return }
    let file = try HDF5File(readingFrom: Fixtures.path("lif.h5"))
    let input = try file.readDoubles("snntorch/input")
    var parameters = NetworkParameters()
    parameters.leak = try file.readDoubles("snntorch/beta").values[0]
    parameters.threshold = try file.readDoubles("snntorch/threshold").values[0]
    let ours = trace(input.values, shape: input.shape, parameters, Double.self)
    #expect(ours.spikes == (try file.readDoubles("snntorch/zero_nodelay/spk").values))
    let left = zip(ours.potential, ours.spikes).map { $0 * (1 - $1) }
    #expect(relativeDifference(left, try file.readDoubles("snntorch/zero_nodelay/mem").values) < 1e-12)
  }

  @Test("the synaptic filter is snnTorch's")
  func synaptic() throws {
    guard Fixtures.isAvailable("lif.h5") else { return }
    let file = try HDF5File(readingFrom: Fixtures.path("lif.h5"))
    let input = try file.readDoubles("snntorch/synaptic/input")
    var parameters = NetworkParameters()
    parameters.hidden = [input.shape[1]]
    parameters.steps = input.shape[0]
    parameters.reset = .subtract
    parameters.leak = try file.readDoubles("snntorch/beta").values[0]
    parameters.threshold = try file.readDoubles("snntorch/threshold").values[0]
    parameters.synapseDecay = try file.readDoubles("snntorch/synaptic/alpha").values[0]
    let n = input.shape[1]
    let network = SpikingNetwork<Double>(parameters: parameters, inputCount: 2 * n, outputCount: 1)
    // Inputs are whole numbers of single precision here: what does not fit comes by a second input.
    network.projections[0].dense = (0..<n).flatMap { i in (0..<2 * n).map { $0 % n == i ? 1 : 0 } }
    network.beginSample()
    var (potential, spikes): ([Double], [Double]) = ([], [])
    for t in 0..<input.shape[0] {
      let drive = input.values[t * n..<(t + 1) * n]
      let high = drive.map { Float($0) }
      let low = zip(drive, high).map { Float($0 - Double($1)) }
      network.step(currents: high + low, list: (0..<2 * n).map { UInt16($0) }, count: 2 * n, learning: false)
      potential += (0..<n).map { network.groups[1].potential[$0] }
      spikes += (0..<n).map { network.groups[1].spikes[$0] }
    }
    #expect(spikes == (try file.readDoubles("snntorch/synaptic/spk").values))
    #expect(relativeDifference(potential, try file.readDoubles("snntorch/synaptic/mem").values) < 1e-12)
  }

  @Test("surrogate derivatives are snnTorch's")
  func surrogates() throws {
    guard Fixtures.isAvailable("lif.h5") else { return }
    let file = try HDF5File(readingFrom: Fixtures.path("lif.h5"))
    let u = try file.readDoubles("surrogate/u").values
    for (name, surrogate) in [
      ("fast_sigmoid_slope5", SurrogateGradient.fastSigmoid(slope: 5)),
      ("fast_sigmoid_slope25", .fastSigmoid(slope: 25)),
      ("fast_sigmoid_slope100", .fastSigmoid(slope: 100)), ("atan_alpha2", .arctan(alpha: 2)),
      ("sigmoid_slope25", .sigmoid(slope: 25)), ("straight_through", .straightThrough),
    ] {
      var parameters = NetworkParameters()
      parameters.threshold = 0
      parameters.surrogate = surrogate
      let arena = Arena()
      let group = GroupView<Double>(count: u.count, in: arena)
      for (i, value) in u.enumerated() { group.potential[i] = value }
      neuronCatalogue(Double.self)[0].make(u.count, parameters, arena).gain(group)
      let got = (0..<u.count).map { group.gain[$0] }
      #expect(relativeDifference(got, try file.readDoubles("surrogate/\(name)").values) < 1e-12, "\(name)")
    }
  }

  private func trace<Scalar: KernelScalar>(
    _ input: [Double], shape: [Int], _ parameters: NetworkParameters, _ type: Scalar.Type
  ) -> (potential: [Double], spikes: [Double]) {
    let n = shape[1]
    let arena = Arena()
    let group = GroupView<Scalar>(count: n, in: arena)
    let list = arena.allocate(n, of: UInt32.self)
    let model = neuronCatalogue(Scalar.self).first { $0.name == "lif" }!.make(n, parameters, arena)
    var (potential, spikes): ([Double], [Double]) = ([], [])
    for t in 0..<shape[0] {
      _ = model.step(group, current: input[t * n..<(t + 1) * n].map { Scalar($0) }, list: list)
      potential += (0..<n).map { Double(group.potential[$0]) }
      spikes += (0..<n).map { Double(group.spikes[$0]) }
    }
    return (potential, spikes)
  }
}
