import Arithmetic
import Credit
import Kernels
import Networks
import Records
import Rules
import TestSupport
import Testing

/// Samples of a projection as `alignment.h5` has them: `x` comes in, `dy` is the gradient that arrives.
///
/// Its W is [n_in, n_out] and its B [n_out, n_in], so that our `b` [post, pre] is B as it stands.
private struct Layer: ~Copyable {
  let file: HDF5File
  let preCount: Int, postCount: Int, batch: Int
  let weights: [Double], feedback: [Double], inputs: [Double], errors: [Double]

  static func read() throws -> Layer {
    let file = try HDF5File(readingFrom: Fixtures.path("alignment.h5"))
    let w = try file.readDoubles("W")
    let (n, m) = (w.shape[0], w.shape[1])
    let feedback = try file.readDoubles("B").values
    let x = try file.readDoubles("x")
    let errors = try file.readDoubles("task/dy").values
    return Layer(
      file: file, preCount: n, postCount: m, batch: x.shape[0], weights: transposed(w.values, n, m),
      feedback: feedback, inputs: x.values, errors: errors)
  }

  /// The transpose of a matrix of `rows` rows.
  static func transposed(_ matrix: [Double], _ rows: Int, _ columns: Int) -> [Double] {
    var result: [Double] = []
    for i in 0..<columns { for j in 0..<rows { result.append(matrix[j * columns + i]) } }
    return result
  }

  func input(_ k: Int) -> [Double] { Array(inputs[k * preCount..<(k + 1) * preCount]) }
  func error(_ k: Int) -> [Double] { Array(errors[k * postCount..<(k + 1) * postCount]) }

  /// The mean of `db` over the batch, weights held, and that of `dw`, both [post, pre].
  func interpreted<Scalar: KernelScalar>(
    _ rule: Rule, _ coefficients: [Double], as type: Scalar.Type
  ) -> (dw: [Double], db: [Double]) {
    let projection = InterpretedProjection<Scalar>(
      rule: rule, layer: 1, layerCount: 1, coefficients: coefficients, preCount: preCount, postCount: postCount,
      weights: weights.map { Scalar($0) }, feedback: feedback.map { Scalar($0) })
    var (dw, db) = ([Double](repeating: 0, count: weights.count), [Double](repeating: 0, count: weights.count))
    for k in 0..<batch {
      var q = ProjectionQuantities<Scalar>(preCount: preCount, postCount: postCount)
      q.yPre = input(k).map { Scalar($0) }
      q.ePost = error(k).map { Scalar($0) }
      for (i, change) in projection.weightChange(q).enumerated() { dw[i] += Double(change) / Double(batch) }
      for (i, change) in projection.feedbackChange(q).enumerated() { db[i] += Double(change) / Double(batch) }
    }
    return (dw, db)
  }

  /// The same by a plan, every sample from the weights of the file.
  func planned<Scalar: KernelScalar>(
    _ rule: Rule, _ coefficients: [Double], as type: Scalar.Type
  ) -> (dw: [Double], db: [Double]) {
    var parameters = NetworkParameters()
    parameters.neuron = "relu"
    parameters.hidden = []
    let network = RateNetwork<Scalar>(parameters: parameters, inputCount: preCount, outputCount: postCount)
    let credit = LearnedFeedback<Scalar>(network: network)
    network.startEpisodes(from: [weights.map { Scalar($0) }])
    credit.startEpisodes(from: [feedback.map { Scalar($0) }])
    let projection = network.projections[0]
    let plan = Plan<Scalar>(
      rule: rule, layer: 1, layerCount: 1, isActive: coefficients.map { $0 != 0 },
      view: network.view(0, feedback: credit.feedback(0)))
    let draws = EpisodeDraws(seed: 1, lane: 0, index: 0)
    var (dw, db) = ([Double](repeating: 0, count: weights.count), [Double](repeating: 0, count: weights.count))
    for k in 0..<batch {
      network.drawWeights(draws)
      credit.beginEpisode(draws)
      plan.bind(coefficients)
      network.present(values: input(k).map { Scalar($0) }, learning: true)
      for (i, value) in error(k).enumerated() { network.readout.error[i] = Scalar(value) }
      plan.reset()
      plan.advance()
      plan.learn()
      plan.endSample()
      for i in 0..<postCount {
        for j in 0..<preCount {
          let moved = credit.feedback(0)![j * projection.columns + i]
          db[i * preCount + j] += (Double(moved) - feedback[i * preCount + j]) / Double(batch)
          let weight = projection.dense[i * preCount + j]
          dw[i * preCount + j] += (Double(weight) - weights[i * preCount + j]) / Double(batch)
        }
      }
    }
    return (dw, db)
  }
}

/// Alignment rules against the regularisers of Kunin et al. as their own code differentiates them.
@Suite("Alignment Fixture")
struct AlignmentFixtureTests {
  private static func rule(_ name: String) throws -> Rule {
    try RuleCatalogue(folder: packageRoot.appendingPathComponent("rules").path).load(name)
  }

  /// The alignment part of a page with the default coefficients of the paper's code: `eta` is 0.
  private static func coefficients(_ rule: Rule) -> [Double] {
    rule.coefficients.map {
      $0.name == "eta" ? 0 : $0.name == "decay" && rule.name == "kolen-pollack" ? 2e-3 : $0.start
    }
  }

  @Test(
    "db of the page is minus dR/dB, by the interpreter and by the plan",
    arguments: [
      ("symmetric-alignment", "symmetric"), ("activation-alignment", "activation"), ("weight-mirror", "mirror"),
      ("information-alignment", "information"), ("kolen-pollack", "kolen_pollack"),
    ])
  func regularisers(page: String, stored: String) throws {
    guard Fixtures.isAvailable("alignment.h5") else { return }
    let layer = try Layer.read()
    let rule = try Self.rule(page)
    let expected = try layer.file.readDoubles("rule/\(stored)/plain/dB").values.map { -$0 }
    let coefficients = Self.coefficients(rule)
    #expect(relativeDifference(layer.interpreted(rule, coefficients, as: Double.self).db, expected) < 1e-12)
    #expect(relativeDifference(layer.interpreted(rule, coefficients, as: Float.self).db, expected) < 1e-5)
    // What a plan adds is read off from weights about 1000 times as large.
    #expect(relativeDifference(layer.planned(rule, coefficients, as: Double.self).db, expected) < 1e-12)
    #expect(relativeDifference(layer.planned(rule, coefficients, as: Float.self).db, expected) < 1e-3)
  }

  @Test("the regularisers themselves, from the primitives of the language")
  func primitives() throws {
    guard Fixtures.isAvailable("alignment.h5") else { return }
    let layer = try Layer.read()
    let forms = [
      ("amp", "-dot(ahead_b(y_pre), ahead(y_pre))"),
      ("sparse", "dot(ahead(y_pre), ahead(y_pre)) + dot(ahead_b(y_pre), ahead_b(y_pre))"),
      ("null", "dot(back_b(ahead(y_pre)), back_b(ahead(y_pre)))"),
      ("null_reversed", "dot(back(ahead_b(y_pre)), back(ahead_b(y_pre)))"),
    ]
    for (name, text) in forms {
      let expression = try Expression(parsing: text)
      for form in [expression, expression.simplified()] {
        var mean = 0.0
        for k in 0..<layer.batch {
          var q = ProjectionQuantities<Double>(preCount: layer.preCount, postCount: layer.postCount)
          q.yPre = layer.input(k)
          let evaluation = Evaluation(quantities: q, weights: layer.weights, feedback: layer.feedback)
          mean += evaluation.value(of: form).elements[0] / Double(layer.batch)
        }
        let expected = try layer.file.readDoubles("primitive/\(name)").values
        #expect(relativeDifference([mean], expected) < 1e-12, "\(name)")
      }
    }
  }

  @Test("the task: gradients of W and B, and what is sent down")
  func task() throws {
    guard Fixtures.isAvailable("alignment.h5") else { return }
    let layer = try Layer.read()
    let (n, m, count) = (layer.preCount, layer.postCount, Double(layer.batch))
    for (page, stored) in [("feedback-alignment", "default"), ("kolen-pollack", "kolen_pollack")] {
      let rule = try Self.rule(page)
      // Gradients are sums over the batch there.
      let coefficients = rule.coefficients.map { $0.name == "eta" ? count : 0 }
      let (dw, db) = layer.interpreted(rule, coefficients, as: Double.self)
      let expected = try layer.file.readDoubles("task/\(stored)/dW").values
      #expect(relativeDifference(dw, Layer.transposed(expected.map { -$0 }, n, m)) < 1e-12)
      let feedback = try layer.file.readDoubles("task/\(stored)/dB").values.map { -$0 }
      if page == "kolen-pollack" {
        #expect(relativeDifference(db, feedback) < 1e-12)
        #expect(relativeDifference(layer.planned(rule, coefficients, as: Double.self).db, feedback) < 1e-12)
      } else {
        #expect(feedback.allSatisfy { $0 == 0 })
      }
    }
    let sent = try Expression(parsing: "back_b(e_post)")
    var down: [Double] = []
    for k in 0..<layer.batch {
      var q = ProjectionQuantities<Double>(preCount: n, postCount: m)
      q.ePost = layer.error(k)
      down += Evaluation(quantities: q, weights: layer.weights, feedback: layer.feedback).values(of: sent, over: .pre)
    }
    #expect(relativeDifference(down, try layer.file.readDoubles("task/default/dx").values) < 1e-12)
  }
}
