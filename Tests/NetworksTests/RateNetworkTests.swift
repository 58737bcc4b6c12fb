import Credit
import Dispatch
import Foundation
import Kernels
import Networks
import RealModule
import Rules
import Synchronization
import TestSupport
import Testing

@Suite("Rate networks")
struct RateNetworkTests {
  private func network(
    _ neuron: RateFunction, hidden: [Int], bias: Bool = false, inputs: Int = 13, outputs: Int = 4
  ) -> RateNetwork<Double> {
    var parameters = NetworkParameters()
    parameters.neuron = neuron.rawValue
    parameters.hidden = hidden
    parameters.bias = bias
    let network = RateNetwork<Double>(parameters: parameters, inputCount: inputs, outputCount: outputs)
    network.drawWeights(EpisodeDraws(seed: 3, lane: 0, index: 0))
    return network
  }

  private func present(_ drive: [Float], to network: RateNetwork<Double>) {
    let list = drive.indices.filter { drive[$0] != 0 }.map { UInt16($0) } + [0]
    network.present(drive, list: list, count: list.count - 1, learning: true)
  }

  private func values(_ x: UnsafeMutablePointer<Double>, _ count: Int) -> [Double] {
    Array(UnsafeBufferPointer(start: x, count: count))
  }

  @Test(
    "activity and gain of a group are the function and its derivative by central differences",
    arguments: RateFunction.allCases)
  func gain(function: RateFunction) {
    let network = network(function, hidden: [33])
    present((0..<13).map { $0 % 3 == 0 ? 0 : Float($0) / 13 }, to: network)
    let group = network.groups[1]
    for i in 0..<33 {
      let v = group.potential[i]
      func phi(_ v: Double) -> Double { function.activity(v, sharpness: 10) }
      #expect(abs(group.activity[i] - phi(v)) < 1e-15)
      #expect(abs(group.gain[i] - (phi(v + 1e-6) - phi(v - 1e-6)) / 2e-6) < 1e-8)
      #expect(abs(group.gain[i] - function.gain(ofActivity: phi(v), sharpness: 10)) < 1e-14)
    }
    // Padding stays 0, or changes would leak into it.
    for i in 33..<40 { #expect(group.activity[i] == 0 && group.gain[i] == 0) }
  }

  @Test("the input's gain is the same function of the input: 0 for a dark pixel of a softplus network")
  func inputGain() {
    for function in RateFunction.allCases {
      let network = network(function, hidden: [5])
      present((0..<13).map { $0 % 2 == 0 ? 0 : Float($0) / 13 }, to: network)
      network.formInputGain()
      for j in 0..<13 {
        let y = j % 2 == 0 ? 0 : Double(Float(j) / 13)
        let expected = [.softplus: 1 - exp(-10 * y), .tanh: 1 - y * y, .relu: y > 0 ? 1 : 0, .sigmoid: y * (1 - y)][
          function]!
        #expect(abs(network.groups[0].gain[j] - expected) < 1e-14)
      }
    }
  }

  @Test("an activity is the function of weights times the activity below, the readout's is the softmax")
  func forward() {
    let network = network(.softplus, hidden: [17, 9])
    let drive = (0..<13).map { $0 == 4 ? 0 : Float($0) / 20 }
    present([Float](repeating: 0.5, count: 13), to: network)
    present(drive, to: network)
    network.formReadoutError(label: 1)
    var y = drive.map(Double.init)
    for (l, projection) in network.projections.enumerated() {
      let w = projection.dense
      let v = (0..<projection.postCount).map { i in
        (0..<projection.preCount).reduce(0) { $0 + w[i * projection.preCount + $1] * y[$1] }
      }
      y = l < 2 ? v.map { RateFunction.softplus.activity($0, sharpness: 10) } : v.map(exp)
    }
    let total = y.reduce(0, +)
    for i in 0..<4 { #expect(abs(network.readout.activity[i] - y[i] / total) < 1e-14) }
    #expect(abs(network.scalars.loss[0] + log(y[1] / total)) < 1e-14)
  }

  @Test("a bias unit starts without effect, adds its weight to the potential, and has neither gain nor error")
  func bias() {
    // Sixteen hidden neurons fill whole vectors, seventeen do not.
    for hidden in [16, 17] {
      let plain = network(.tanh, hidden: [hidden, 5])
      let biased = network(.tanh, hidden: [hidden, 5], bias: true)
      let drive = (0..<13).map { Float($0) / 13 }
      present(drive, to: plain)
      present(drive, to: biased)
      for level in 1...3 {
        #expect(
          values(plain.groups[level].potential, plain.sizes[level])
            == values(biased.groups[level].potential, plain.sizes[level]))
      }
      for l in 0..<3 {
        let projection = biased.projections[l]
        #expect(projection.preCount == biased.sizes[l] + 1)
        #expect(biased.presynaptic[l].activity[biased.sizes[l]] == 1)
        for i in 0..<projection.postCount {
          projection.weights[biased.sizes[l] * projection.columns + i] = 0.25 * Double(i + 1)
        }
      }
      let before = values(biased.groups[1].potential, hidden)
      present(drive, to: biased)
      for (i, v) in before.enumerated() {
        #expect(abs(biased.groups[1].potential[i] - v - 0.25 * Double(i + 1)) < 1e-14)
      }
      biased.formReadoutError(label: 0)
      let draws = EpisodeDraws(seed: 3, lane: 0, index: 0)
      for name in creditNames {
        let credit = creditCatalogue(Double.self).first { $0.name == name }!.make(biased)
        credit.beginEpisode(draws)
        credit.beginSample(0)
        credit.deliver(to: 0)
        for l in 0..<3 {
          let group = biased.groups[l]
          for i in biased.sizes[l]..<biased.sizes[l] + 1 {
            #expect(group.error[i] == 0 && group.gain[i] == 0, "\(name)")
          }
        }
      }
    }
  }

  @Test("what a pathway says of its errors is what it delivers", arguments: creditNames, [false, true])
  func errorSources(name: String, bias: Bool) {
    let network = network(.softplus, hidden: [17, 16], bias: bias)
    let credit = creditCatalogue(Double.self).first { $0.name == name }!.make(network)
    credit.beginEpisode(EpisodeDraws(seed: 8, lane: 0, index: 2))
    credit.beginSample(4)
    present((0..<13).map { Float($0) / 13 }, to: network)
    network.formReadoutError(label: 2)
    credit.deliver(to: 0)
    for l in 0..<3 {
      let projection = network.projections[l]
      let (w, columns, n, m) = (projection.weights, projection.columns, network.sizes[l], projection.postCount)
      let above = network.groups[l + 1].error
      func sum(_ count: Int, _ x: UnsafeMutablePointer<Double>, _ weight: (Int) -> Double) -> Double {
        (0..<count).reduce(0) { $0 + weight($1) * x[$1] }
      }
      func sign(_ x: Double) -> Double { x > 0 ? 1 : x < 0 ? -1 : 0 }
      for j in 0..<n {
        let back: Double
        switch credit.errorSource(l)! {
        case .weights: back = sum(m, above) { w[j * columns + $0] }
        case .fixed(let b): back = sum(m, above) { b[j * columns + $0] }
        case .direct(let d, let width): back = sum(4, network.readout.error) { d[j * width + $0] }
        case .signs(let scale): back = sum(m, above) { scale * sign(w[j * columns + $0]) }
        case .signedMagnitudes(let size): back = sum(m, above) { size[j * columns + $0] * sign(w[j * columns + $0]) }
        case .none: back = 0
        }
        #expect(abs(network.groups[l].error[j] - back * network.groups[l].gain[j]) < 1e-13)
      }
    }
  }

  @Test("rates agree with the C library to a few units in the last place, on every vector path")
  func library() {
    func check<Scalar: KernelScalar>(_ type: Scalar.Type, _ path: VectorPath) {
      let arena = Arena()
      let count = 4001
      let (v, y, psi) = (
        arena.allocate(count, of: Scalar.self), arena.allocate(count, of: Scalar.self),
        arena.allocate(count, of: Scalar.self)
      )
      for i in 0..<count { v[i] = Scalar(Double(i - 2000) / 250) }
      var worst = (error: 0.0, place: "")
      func note(_ got: Scalar, _ expected: Double, _ size: Double, _ place: String) {
        let error = abs(Double(got) - expected) / (size * Double(Scalar.ulpOfOne))
        if error > worst.error { worst = (error, place) }
      }
      for (code, function) in RateFunction.allCases.enumerated() {
        for sharpness in [1.0, 10] {
          Scalar.rate(count, kind: Int32(code), sharpness: Scalar(sharpness), v, into: y, gain: psi)
          for i in 0..<count {
            // What the product β v loses is not the polynomial's.
            let x = function == .softplus ? Double(Scalar(sharpness) * v[i]) / sharpness : Double(v[i])
            let expected = function.activity(x, sharpness: sharpness)
            let slope =
              switch function {
              case .softplus: 1 / (1 + exp(-sharpness * x))
              case .tanh: 1 - expected * expected
              case .relu: x > 0 ? 1.0 : 0
              case .sigmoid: exp(-abs(x)) / ((1 + exp(-abs(x))) * (1 + exp(-abs(x))))
              }
            // The slope 1 - y² is known as well as y is.
            note(y[i], expected, abs(expected), "\(function)(\(x))")
            note(psi[i], slope, function == .tanh ? 2 : abs(slope), "slope of \(function)(\(x))")
          }
          Scalar.rateGain(count, kind: Int32(code), sharpness: Scalar(sharpness), y, into: psi)
          for i in 0..<count {
            let expected = function.gain(ofActivity: Double(y[i]), sharpness: sharpness)
            note(
              psi[i], expected, [.tanh, .sigmoid].contains(function) ? 1 : abs(expected), "gain of \(function) \(y[i])")
          }
        }
      }
      #expect(worst.error <= 4, "\(worst.error) at \(worst.place), \(type), \(path)")
      // What is not finite goes where the function goes.
      for (i, x) in [Scalar.nan, .infinity, -.infinity].enumerated() { v[i] = x }
      for code in Int32(0)..<3 {
        Scalar.rate(3, kind: code, sharpness: 10, v, into: y, gain: psi)
        #expect(y[0].isNaN)
        #expect(y[1] == (code == 1 ? 1 : .infinity))
        #expect(abs(y[2] - (code == 1 ? -1 : 0)) < 1e-30)
      }
    }
    for path in VectorPath.interchangeable {
      onVectorPath(path) {
        check(Float.self, path)
        check(Double.self, path)
      }
    }
  }

  @Test("weights that blow up leave nothing behind in the next episode")
  func recovery() {
    let network = network(.softplus, hidden: [17, 9])
    let credit = creditCatalogue(Double.self).first { $0.name == "transport" }!.make(network)
    func errors() -> [Double] {
      network.drawWeights(EpisodeDraws(seed: 3, lane: 0, index: 1))
      present((0..<13).map { Float($0) / 13 }, to: network)
      network.formReadoutError(label: 2)
      credit.deliver(to: 0)
      return values(network.groups[0].error, 13)
    }
    let first = errors()
    for projection in network.projections {
      for k in 0..<projection.preCount * projection.columns { projection.weights[k] = .nan }
    }
    present((0..<13).map { Float($0) / 13 }, to: network)
    network.formReadoutError(label: 2)
    credit.deliver(to: 0)
    network.clear()
    #expect(errors() == first)
    #expect(network.weightsAreFinite)
  }

  @Test("a plan agrees with the interpreter for every rule that reads no spikes, all functions, pathways and forms")
  func agreement() throws {
    let folder = packageRoot.appendingPathComponent("rules")
    let rules = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
      .sorted()
      .map { try Rule.load(path: folder.appendingPathComponent($0).path) }
      .filter { !$0.reads(.sPre) && !$0.reads(.sPost) }
      // Rules of learning systems take the form of batches (SystemsTests).
      .filter { $0.credit.map { !Rule.systemNames.contains($0) } ?? true }
    #expect(rules.contains { $0.name == "pool" } && rules.contains { $0.name == "error-hebb-oja" })
    var cases: [RateAgreement] = []
    for rule in rules {
      for (c, credit) in creditNames.enumerated() {
        if rule.db != nil ? credit != "learned" : rule.usesFeedback && !["transport", "random"].contains(credit) {
          continue
        }
        for (f, function) in RateFunction.allCases.enumerated() {
          for bias in [false, true] {
            for (g, form) in PlanForm.allCases.enumerated() {
              let seed = UInt64(((c * 3 + f) * 2 + (bias ? 1 : 0)) * 3 + g)
              cases.append(
                RateAgreement(
                  rule: rule, seed: seed, neuron: function, bias: bias, credit: credit, form: form))
            }
          }
        }
      }
    }
    let failures = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: cases.count) { [cases] k in
      let one = cases[k]
      let difference = one.run()
      if difference < 1e-10 { return }
      failures.withLock {
        $0.append(
          "\(one.rule.name), \(one.neuron), bias \(one.bias), \(one.credit), \(one.form), \(one.seed): \(difference)")
      }
    }
    let found = failures.withLock { $0 }
    #expect(found.isEmpty, "\(found.count) of \(cases.count): \(found.prefix(8).joined(separator: "\n"))")
  }
}
