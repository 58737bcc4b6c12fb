import Credit
import Kernels
import Networks
import Testing

/// A small network in the middle of a sample, with errors at the readout.
private func activeNetwork(hidden: [Int], seed: UInt64 = 3) -> SpikingNetwork<Double> {
  var parameters = NetworkParameters()
  parameters.hidden = hidden
  parameters.weightScale = 3
  let network = SpikingNetwork<Double>(parameters: parameters, inputCount: 13, outputCount: 4)
  network.drawWeights(EpisodeDraws(seed: seed, lane: 0, index: 0))
  network.beginSample()
  for t in 0..<4 {
    let spikes = (0..<13).filter { ($0 + t) % 3 == 0 }.map { UInt16($0) }
    network.step(spikes: spikes, count: spikes.count, learning: true)
  }
  network.formReadoutError(label: 2)
  return network
}

private func errors(_ network: SpikingNetwork<Double>, _ level: Int) -> [Double] {
  Array(UnsafeBufferPointer(start: network.groups[level].error, count: network.sizes[level]))
}

private func pathway(_ name: String, _ network: SpikingNetwork<Double>) -> any CreditPathway<Double> {
  creditCatalogue(Double.self).first { $0.name == name }!.make(network)
}

private let draws = EpisodeDraws(seed: 11, lane: 1, index: 5)

@Suite("Credit pathways")
struct CreditTests {
  @Test("zero error gives zero signal", arguments: creditNames)
  func zero(name: String) {
    let network = activeNetwork(hidden: [9, 7])
    let credit = pathway(name, network)
    credit.beginEpisode(draws)
    credit.beginSample(0)
    for i in 0..<4 { network.readout.error[i] = 0 }
    credit.deliver(to: 0)
    for level in 0..<3 { #expect(errors(network, level).allSatisfy { $0 == 0 }) }
  }

  @Test("the same draws give the same signal, others another", arguments: creditNames.filter { $0 != "none" })
  func draw(name: String) {
    let network = activeNetwork(hidden: [9, 7])
    let credit = pathway(name, network)
    func deliver(_ draws: EpisodeDraws) -> [Double] {
      credit.beginEpisode(draws)
      credit.beginSample(0)
      credit.deliver(to: 0)
      return errors(network, 1)
    }
    let first = deliver(draws)
    let other = deliver(EpisodeDraws(seed: 12, lane: 1, index: 5))
    #expect(first == deliver(draws))
    #expect(first.contains { $0 != 0 })
    if !["transport", "usf"].contains(name) { #expect(first != other) }
  }

  @Test("transport is the transposed weights times the error, times the gain")
  func transport() {
    let network = activeNetwork(hidden: [9, 7])
    pathway("transport", network).deliver(to: 0)
    for l in [2, 1, 0] {
      let w = network.projections[l].dense
      let above = errors(network, l + 1)
      for j in 0..<network.sizes[l] {
        var sum = 0.0
        for i in 0..<network.sizes[l + 1] { sum += w[i * network.sizes[l] + j] * above[i] }
        #expect(abs(errors(network, l)[j] - sum * network.groups[l].gain[j]) < 1e-14)
      }
    }
  }

  @Test("the input's gain is 1 where it has been active and 0 elsewhere")
  func inputGain() {
    let network = activeNetwork(hidden: [5])
    network.groups[0].activity[4] = 0
    pathway("transport", network).deliver(to: 0)
    #expect(network.groups[0].gain[4] == 0)
    #expect(network.groups[0].gain[3] == 1)
    #expect(network.groups[0].error[4] == 0)
  }

  @Test("feedback alignment with B = W is transport to 1e-12")
  func tied() {
    let network = activeNetwork(hidden: [9, 7])
    let random = pathway("random", network)
    random.beginEpisode(draws)
    for l in 0..<3 {
      let projection = network.projections[l]
      let b = random.feedback(l)!
      for k in 0..<projection.preCount * projection.columns { projection.weights[k] = b[k] }
      projection.matrix.baseChanged()
    }
    let transport = pathway("transport", network)
    transport.deliver(to: 0)
    let expected = (0..<3).map { errors(network, $0) }
    random.deliver(to: 0)
    for level in 0..<3 {
      for (x, y) in zip(errors(network, level), expected[level]) { #expect(abs(x - y) < 1e-12) }
    }
  }

  @Test("with one hidden group direct and layerwise random feedback coincide exactly")
  func direct() {
    let network = activeNetwork(hidden: [8])
    let layerwise = pathway("random", network)
    layerwise.beginEpisode(draws)
    layerwise.deliver(to: 1)
    let expected = errors(network, 1)
    let direct = pathway("direct", network)
    direct.beginEpisode(draws)
    direct.deliver(to: 1)
    for (x, y) in zip(errors(network, 1), expected) { #expect(abs(x - y) < 1e-15) }
  }

  @Test("sign-concordant feedback has the weights' signs, also after they change")
  func signs() {
    let network = activeNetwork(hidden: [6])
    for name in ["usf", "brsf", "frsf"] {
      let credit = pathway(name, network)
      credit.beginEpisode(draws)
      credit.beginSample(0)
      // One neuron in error at a time shows one column of the feedback.
      for flipped in [false, true] {
        let projection = network.projections[1]
        if flipped { for k in 0..<projection.preCount * projection.columns { projection.weights[k] *= -1 } }
        for i in 0..<4 {
          for k in 0..<4 { network.readout.error[k] = k == i ? 1 : 0 }
          credit.deliver(to: 1)
          for j in 0..<6 {
            let w = projection.weights[j * projection.columns + i]
            #expect((errors(network, 1)[j] > 0) == (w > 0), "\(name)")
          }
        }
      }
    }
  }

  @Test("uSF magnitudes are all c, frSF's stay within an episode, brSF's are new for every sample")
  func magnitudes() {
    let network = activeNetwork(hidden: [6])
    func magnitudes(_ credit: any CreditPathway<Double>, sample: Int) -> [Double] {
      credit.beginSample(sample)
      for k in 0..<4 { network.readout.error[k] = k == 1 ? 1 : 0 }
      credit.deliver(to: 1)
      return zip(errors(network, 1), (0..<6).map { network.groups[1].gain[$0] }).map { abs($0 / $1) }
    }
    let usf = pathway("usf", network)
    usf.beginEpisode(draws)
    let c = 2 * (2.0 / Double(6 + 4)).squareRoot()
    for magnitude in magnitudes(usf, sample: 0) { #expect(abs(magnitude - c) < 1e-12) }
    let frsf = pathway("frsf", network)
    frsf.beginEpisode(draws)
    #expect(magnitudes(frsf, sample: 0) == magnitudes(frsf, sample: 1))
    let brsf = pathway("brsf", network)
    brsf.beginEpisode(draws)
    #expect(magnitudes(brsf, sample: 0) != magnitudes(brsf, sample: 1))
    #expect(magnitudes(brsf, sample: 1) == magnitudes(brsf, sample: 1))
  }
}
