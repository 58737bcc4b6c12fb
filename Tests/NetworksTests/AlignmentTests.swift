import Arithmetic
import Credit
import Kernels
import Networks
import RealModule
import Rules
import TestSupport
import Testing

/// One projection of a network without hidden groups, its forward weights held.
private struct HeldProjection {
  let network: RateNetwork<Double>
  let credit: LearnedFeedback<Double>
  let plan: Plan<Double>

  init(_ page: String, _ coefficients: [Double], inputs: Int, outputs: Int, feedbackScale: Double = 1) throws {
    let rule = try LearnedFeedbackTests.rule(page)
    var parameters = NetworkParameters()
    parameters.neuron = "relu"
    parameters.hidden = []
    parameters.weightScale = 1
    parameters.feedbackScale = feedbackScale
    network = RateNetwork(parameters: parameters, inputCount: inputs, outputCount: outputs)
    credit = LearnedFeedback(network: network)
    let draws = EpisodeDraws(seed: 1, lane: 0, index: 0)
    network.drawWeights(draws)
    credit.beginEpisode(draws)
    plan = Plan(
      rule: rule, layer: 1, layerCount: 1, isActive: coefficients.map { $0 != 0 },
      view: network.view(0, feedback: credit.feedback(0)))
    plan.bind(coefficients, noise: NoiseDraws(seed: 3, lane: 0, episode: 0))
  }

  func learn(_ input: [Double]) {
    network.present(values: input, learning: true)
    network.formReadoutError(label: 0)
    plan.reset()
    plan.advance()
    plan.learn()
    plan.endSample()
  }

  var weights: [Double] { network.projections[0].dense }

  /// [post, pre], as the weights.
  var feedback: [Double] {
    let projection = network.projections[0]
    var all: [Double] = []
    for i in 0..<projection.postCount {
      for j in 0..<projection.preCount { all.append(credit.feedback(0)![j * projection.columns + i]) }
    }
    return all
  }

  var angle: Double { angleInDegrees(weights, feedback) }
}

/// The angle between two tensors, laid out flat.
func angleInDegrees(_ x: [Double], _ y: [Double]) -> Double {
  func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
  let cosine = dot(x, y) / (dot(x, x) * dot(y, y)).squareRoot()
  return Double.acos(min(1, max(-1, cosine))) * 180 / .pi
}

@Suite("Alignment rules do what their papers say")
struct AlignmentTests {
  @Test("mirror phases turn the feedback into the transpose: under 10 degrees after 2000 steps, its gain eta N")
  func noiseDrivenMirror() throws {
    let held = try HeldProjection("weight-mirror-noise", [0, 1e-3, 0], inputs: 20, outputs: 10, feedbackScale: 0)
    for step in 0..<2000 { held.plan.mirror(step: step) }
    #expect(held.angle < 10)
    let (w, b) = (held.weights, held.feedback)
    let gain = zip(w, b).reduce(0) { $0 + $1.0 * $1.1 } / w.reduce(0) { $0 + $1 * $1 }
    #expect(abs(gain - 2) < 0.2)
  }

  @Test("in mirror phases with decay the feedback forgets where it began")
  func mirrorForgets() throws {
    let held = try HeldProjection("weight-mirror-noise", [0, 2e-3, 1e-3], inputs: 20, outputs: 10, feedbackScale: 3)
    #expect(held.angle > 60)
    for step in 0..<4000 { held.plan.mirror(step: step) }
    #expect(held.angle < 20)
    // A sample moves nothing: db has phases of its own, and eta is 0.
    let before = held.feedback
    held.learn((0..<20).map { Double($0) / 20 })
    #expect(held.feedback == before)
  }

  @Test("symmetric alignment is the gradient of alpha times the squared difference of W and B, to 1e-12")
  func symmetric() throws {
    let alpha = 1e-3
    let held = try HeldProjection("symmetric-alignment", [0, 2 * alpha, alpha], inputs: 9, outputs: 7)
    let (w, b) = (held.weights, held.feedback)
    held.learn([Double](repeating: 0, count: 9))
    for (k, after) in held.feedback.enumerated() { #expect(abs(after - b[k] - 2 * alpha * (w[k] - b[k])) < 1e-15) }
  }

  @Test("activation alignment ends at B = W whatever the inputs' covariance, as long as it is full")
  func activation() throws {
    let held = try HeldProjection("activation-alignment", [0, 0.02, 0.01], inputs: 8, outputs: 6)
    let before = held.angle
    var random = RandomStream(seed: 5, purpose: .testing)
    for _ in 0..<6000 {
      let common = random.nextNormal()
      held.learn((0..<8).map { 0.5 * common + (1 + 0.1 * Double($0)) * random.nextNormal() })
    }
    #expect(before > 60)
    for (w, b) in zip(held.weights, held.feedback) { #expect(abs(w - b) < 1e-6) }
  }

  @Test("information alignment with resting weights ends at their regularised pseudo-inverse, not at their transpose")
  func information() throws {
    // amp 2β, null β, decay γ: W and S = 1 give (W Wᵀ) b + (γ/β) b = W.
    let (beta, gamma) = (4e-3, 2e-3)
    let held = try HeldProjection("information-alignment", [0, 2 * beta, beta, gamma], inputs: 8, outputs: 5)
    var mean = [Double](repeating: 0, count: 40)
    var random = RandomStream(seed: 6, purpose: .testing)
    for step in 0..<40_000 {
      held.learn((0..<8).map { _ in random.nextNormal() })
      if step >= 10_000 { for (k, b) in held.feedback.enumerated() { mean[k] += b / 30_000 } }
    }
    let w = held.weights
    var largest = 0.0
    for i in 0..<5 {
      for j in 0..<8 {
        var left = gamma / beta * mean[i * 8 + j]
        for k in 0..<5 {
          var product = 0.0
          for n in 0..<8 { product += w[i * 8 + n] * w[k * 8 + n] }
          left += product * mean[k * 8 + j]
        }
        largest = max(largest, abs(left - w[i * 8 + j]))
      }
    }
    #expect(largest < 0.02)
    #expect(angleInDegrees(w, mean) > 5)
  }

  @Test("feedback alignment learns a linear map: error and gradient come within 45 degrees, and the loss vanishes")
  func linearTask() throws {
    for seed in UInt64(1)...3 {
      let result = LinearTask(seed: seed).run(samples: 4000)
      #expect(result.early < 60, "seed \(seed)")
      #expect(result.late < 50, "seed \(seed)")
      #expect(result.ratio < 1e-3, "seed \(seed)")
    }
  }
}

/// The linear network of Lillicrap et al. 2016: 30-20-10, learning a random linear map online by the page
/// feedback-alignment; what carries the error is the language's `back_b`.
private struct LinearTask {
  let seed: UInt64

  /// The angle between Bᵀe and Wᵀe after 200 samples, its mean from 500 on, and the last loss over the first.
  func run(samples: Int) -> (early: Double, late: Double, ratio: Double) {
    let sizes = [30, 20, 10]
    var random = RandomStream(seed: seed, purpose: .testing)
    func uniform(_ count: Int, _ bound: Double, _ random: inout RandomStream) -> [Double] {
      (0..<count).map { _ in random.uniform(in: -bound...bound) }
    }
    let target = uniform(300, 1, &random)
    let rule = Rule(
      name: "feedback-alignment",
      dw: .negate(.binary(.multiply, .number(1e-3), .binary(.multiply, .quantity(.ePost), .quantity(.yPre)))))
    let feedback = uniform(200, 0.5, &random)
    var layers = (0..<2).map { l in
      InterpretedProjection<Double>(
        rule: rule, layer: l + 1, layerCount: 2, coefficients: [], preCount: sizes[l], postCount: sizes[l + 1],
        weights: uniform(sizes[l] * sizes[l + 1], 0.01, &random))
    }
    func product(_ matrix: [Double], _ x: [Double], _ rows: Int) -> [Double] {
      (0..<rows).map { i in x.indices.reduce(0) { $0 + matrix[i * x.count + $1] * x[$1] } }
    }
    func sent(_ matrix: [Double], _ e: [Double]) -> [Double] {
      (0..<20).map { j in e.indices.reduce(0) { $0 + matrix[$1 * 20 + j] * e[$1] } }
    }
    var (early, late, count) = (0.0, 0.0, 0.0)
    var losses: [Double] = []
    for sample in 0..<samples {
      let x = (0..<30).map { _ in random.nextNormal() }
      let hidden = product(layers[0].weights, x, 20)
      let error = zip(product(layers[1].weights, hidden, 10), product(target, x, 10)).map { $0 - $1 }
      losses.append(error.reduce(0) { $0 + $1 * $1 / 2 })
      let angle = angleInDegrees(sent(feedback, error), sent(layers[1].weights, error))
      if sample == 200 { early = angle }
      if sample >= 500 { (late, count) = (late + angle, count + 1) }
      var (below, above) = (
        ProjectionQuantities<Double>(preCount: 30, postCount: 20),
        ProjectionQuantities<Double>(preCount: 20, postCount: 10)
      )
      (below.yPre, below.ePost) = (x, sent(feedback, error))
      (above.yPre, above.ePost) = (hidden, error)
      layers[0].learn(below)
      layers[1].learn(above)
    }
    let first = losses[..<20].reduce(0, +) / 20
    return (early, late / count, losses[(samples - 20)...].reduce(0, +) / 20 / first)
  }
}
