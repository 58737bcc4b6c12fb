import Arithmetic
import Credit
import Kernels
import Networks
import Records
import Rules
import TestSupport
import Testing

/// Feedback alignment, Kolen-Pollack and the weight mirror as the code of Akrout et al. computes them: sigmoid networks
/// with biases whose readout is a sigmoid too.
///
/// Bt there is [n_{l-1}, n_l], the transpose of our feedback weights.
@Suite("Weight mirror Fixture")
struct WeightMirrorFixtureTests {
  /// The network of the file in the middle of its training, with the changes of a batch waiting.
  private final class Trainer<Scalar: KernelScalar> {
    let file: HDF5File
    let sizes: [Int]
    let network: RateNetwork<Scalar>
    let credit: LearnedFeedback<Scalar>
    let draws = EpisodeDraws(seed: 1, lane: 0, index: 0)
    var weights: [[Double]] = []
    var biases: [[Double]] = []
    var feedback: [[Double]] = []

    var count: Int { sizes.count - 1 }

    init() throws {
      let file = try HDF5File(readingFrom: Fixtures.path("weight_mirror.h5"))
      let sizes = try file.readIntegers("sizes").values
      var parameters = NetworkParameters()
      parameters.neuron = "sigmoid"
      parameters.bias = true
      parameters.hidden = Array(sizes.dropFirst().dropLast())
      network = RateNetwork(parameters: parameters, inputCount: sizes[0], outputCount: sizes[sizes.count - 1])
      credit = LearnedFeedback(network: network)
      for l in 1..<sizes.count {
        weights.append(try file.readDoubles("init/W\(l)").values)
        biases.append(try file.readDoubles("init/b\(l)").values)
        feedback.append(Self.transposed(try file.readDoubles("init/Bt\(l)").values, sizes[l - 1], sizes[l]))
      }
      self.file = file
      self.sizes = sizes
    }

    static func transposed(_ matrix: [Double], _ rows: Int, _ columns: Int) -> [Double] {
      (0..<columns).flatMap { i in (0..<rows).map { matrix[$0 * columns + i] } }
    }

    /// Sums of the errors' products over a batch, the rows of W with the bias last.
    func gradients(batch inputs: [Double], labels: [Int]) -> (sums: [[Double]], loss: Double) {
      var given: [[Scalar]] = []
      for l in 0..<count { given.append(withBias(weights[l], biases[l])) }
      network.startEpisodes(from: given)
      credit.startEpisodes(from: feedback.map { $0.map { Scalar($0) } })
      network.drawWeights(draws)
      credit.beginEpisode(draws)
      let top = network.readout
      var loss = 0.0
      var sums = (0..<count).map { [Double](repeating: 0, count: sizes[$0 + 1] * (sizes[$0] + 1)) }
      for (k, label) in labels.enumerated() {
        let input = Array(inputs[k * sizes[0]..<(k + 1) * sizes[0]])
        network.present(values: input.map { Scalar($0) }, learning: true)
        for i in 0..<sizes[count] {
          let v = top.potential[i]
          let y = RateFunction.sigmoid.activity(v, sharpness: 1)
          top.error[i] = y - (i == label ? 1 : 0)
          loss -= Double(i == label ? Scalar.log(y) : Scalar.log(1 - y)) / Double(labels.count)
        }
        credit.deliver(to: 0)
        for l in 0..<count {
          for i in 0..<sizes[l + 1] {
            for j in 0...sizes[l] {
              let product = network.groups[l + 1].error[i] * network.presynaptic[l].activity[j]
              sums[l][i * (sizes[l] + 1) + j] += Double(product)
            }
          }
        }
      }
      return (sums, loss)
    }

    /// Two batches of training with their results against the file.
    func train(_ path: String, decay: Double, movesFeedback: Bool, within tolerance: Double) throws {
      let inputs = try file.readDoubles("data/x").values
      let labels = try file.readIntegers("data/label").values
      let batch = try file.readIntegers("batch_size").values[0]
      let rate = 0.6 / Double(batch)
      for step in 1...2 {
        let range = (step - 1) * batch..<step * batch
        let (sums, loss) = gradients(
          batch: Array(inputs[range.lowerBound * sizes[0]..<range.upperBound * sizes[0]]), labels: Array(labels[range]))
        let here = "\(path)/step\(step)"
        try agree([loss], "\(here)/loss", within: tolerance)
        for l in 1...count {
          let (n, m) = (sizes[l - 1], sizes[l])
          let (dw, sum) = withoutBias(sums[l - 1], n)
          let db = sum.map { $0 / Double(batch) }
          try agree(dw, "\(here)/dW\(l)", within: tolerance)
          try agree(db, "\(here)/db\(l)", within: tolerance)
          for i in dw.indices { weights[l - 1][i] = decay * weights[l - 1][i] - rate * dw[i] }
          for i in db.indices { biases[l - 1][i] -= rate * db[i] }
          if movesFeedback { for i in dw.indices { feedback[l - 1][i] = decay * feedback[l - 1][i] - rate * dw[i] } }
          try agree(weights[l - 1], "\(here)/W\(l)", within: tolerance)
          if movesFeedback {
            try agree(Self.transposed(feedback[l - 1], m, n), "\(here)/Bt\(l)", within: tolerance)
          }
        }
      }
    }

    func agree(_ got: [Double], _ path: String, within tolerance: Double) throws {
      let difference = relativeDifference(got, try file.readDoubles(path).values)
      #expect(difference < tolerance, "\(path): \(difference)")
    }
  }

  @Test("two batches of feedback alignment")
  func feedbackAlignment() throws {
    guard Fixtures.isAvailable("weight_mirror.h5") else { return }
    try Trainer<Double>().train("fa", decay: 1, movesFeedback: false, within: 1e-12)
    try Trainer<Float>().train("fa", decay: 1, movesFeedback: false, within: 1e-5)
  }

  @Test("two batches of Kolen-Pollack, without and with decay", arguments: ["1.0", "0.98"])
  func kolenPollack(decay: String) throws {
    guard Fixtures.isAvailable("weight_mirror.h5") else { return }
    try Trainer<Double>().train("kp/decay_\(decay)", decay: Double(decay)!, movesFeedback: true, within: 1e-12)
    try Trainer<Float>().train("kp/decay_\(decay)", decay: Double(decay)!, movesFeedback: true, within: 1e-5)
  }

  @Test("the page kolen-pollack moves both directions by the same step")
  func page() throws {
    guard Fixtures.isAvailable("weight_mirror.h5") else { return }
    // One sample, so that a batch is an online step: W and B of the page against the equations that the file confirms.
    let trainer = try Trainer<Double>()
    let input = Array(try trainer.file.readDoubles("data/x").values[..<trainer.sizes[0]])
    let label = try trainer.file.readIntegers("data/label").values[0]
    let (sums, _) = trainer.gradients(batch: input, labels: [label])
    let rule = try LearnedFeedbackTests.rule("kolen-pollack")
    let (eta, decay) = (0.1, 0.02)
    let plans = (0..<trainer.count).map { l in
      Plan<Double>(
        rule: rule, layer: l + 1, layerCount: trainer.count, isActive: [true, true],
        view: trainer.network.view(l, feedback: trainer.credit.feedback(l)))
    }
    for plan in plans {
      plan.bind([eta, decay])
      plan.reset()
      plan.learn()
      plan.endSample()
    }
    for l in 0..<trainer.count {
      let (n, m) = (trainer.sizes[l], trainer.sizes[l + 1])
      let columns = trainer.network.projections[l].columns
      for i in 0..<m {
        for j in 0..<n {
          let step = eta * sums[l][i * (n + 1) + j]
          let w = (1 - decay) * trainer.weights[l][i * n + j] - step
          let b = (1 - decay) * trainer.feedback[l][i * n + j] - step
          #expect(abs(trainer.network.projections[l].dense[i * (n + 1) + j] - w) < 1e-12)
          #expect(abs(trainer.credit.feedback(l)![j * columns + i] - b) < 1e-12)
        }
      }
    }
  }

  @Test("three mirror steps of every layer with the recorded noise")
  func mirror() throws {
    guard Fixtures.isAvailable("weight_mirror.h5") else { return }
    try mirror(Double.self, within: 1e-12)
    try mirror(Float.self, within: 1e-5)
  }

  /// A layer by itself, its input the noise: what comes out of it is the activity of the group above.
  private func mirror<Scalar: KernelScalar>(_ type: Scalar.Type, within tolerance: Double) throws {
    let trainer = try Trainer<Scalar>()
    let rule = try Rule.load(
      text: """
        schema: 1
        rule: mirror
        coefficients: {mirror: {start: 0.01, range: [0, 1], scale: 0.01}}
        dw: 0
        db: mirror * y_post * y_pre
        credit: learned
        """, file: "mirror.yaml")
    for l in 1...trainer.count {
      let (n, m) = (trainer.sizes[l - 1], trainer.sizes[l])
      var parameters = NetworkParameters()
      parameters.neuron = "sigmoid"
      parameters.bias = true
      parameters.hidden = [m]
      let network = RateNetwork<Scalar>(parameters: parameters, inputCount: n, outputCount: 2)
      let credit = LearnedFeedback<Scalar>(network: network)
      let (w, b) = (trainer.weights[l - 1], trainer.biases[l - 1])
      let whole: [Scalar] = withBias(w, b)
      network.startEpisodes(from: [whole, [Scalar](repeating: 0, count: 2 * (m + 1))])
      let feedback: [Scalar] = trainer.feedback[l - 1].map { Scalar($0) }
      credit.startEpisodes(from: [feedback, [Scalar](repeating: 0, count: 2 * m)])
      network.drawWeights(trainer.draws)
      credit.beginEpisode(trainer.draws)
      let plan = Plan<Scalar>(
        rule: rule, layer: 1, layerCount: 2, isActive: [true], view: network.view(0, feedback: credit.feedback(0)))
      plan.bind([0.01])
      let columns = network.projections[0].columns
      for step in 1...3 {
        let noise = try trainer.file.readDoubles("mirror/step\(step)/noise\(l)")
        let batch = noise.shape[1]
        for k in 0..<batch {
          let input: [Scalar] = (0..<n).map { Scalar(noise.values[$0 * batch + k]) }
          network.present(values: input, learning: true)
          plan.reset()
          plan.learn()
          plan.endSample()
        }
        var got: [Double] = []
        for j in 0..<n { for i in 0..<m { got.append(Double(credit.feedback(0)![j * columns + i])) } }
        try trainer.agree(got, "mirror/step\(step)/Bt\(l)", within: tolerance)
      }
    }
  }
}
