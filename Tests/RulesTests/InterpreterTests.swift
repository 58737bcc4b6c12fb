import Arithmetic
import RealModule
import Rules
import Testing

@Suite("Interpreter: what a rule means")
struct InterpreterTests {
  static func rule(_ dw: Expression, _ change: (inout Rule) -> Void = { _ in }) -> Rule {
    var rule = Rule(
      name: "example",
      coefficients: ["eta", "hebb"].map { Coefficient(name: $0, start: 0.5, range: -1...1, scale: .step(0.1)) }, dw: dw)
    change(&rule)
    return rule
  }

  /// Two pre onto three post neurons, w = [[1, 2], [3, 4], [5, 6]].
  static func projection(_ rule: Rule, feedback: [Double] = [], layer: Int = 1) -> InterpretedProjection<Double> {
    InterpretedProjection(
      rule: rule, layer: layer, layerCount: 3, coefficients: rule.startCoefficients(layerCount: 3), preCount: 2,
      postCount: 3, weights: [1, 2, 3, 4, 5, 6], feedback: feedback)
  }

  static var quantities: ProjectionQuantities<Double> {
    var q = ProjectionQuantities<Double>(preCount: 2, postCount: 3)
    (q.yPre, q.ePre, q.sPre) = ([1, -2], [0.5, 0.25], [1, 0])
    (q.yPost, q.ePost, q.sPost) = ([1, 0, -1], [2, 3, 4], [0, 1, 1])
    (q.modulator, q.reward, q.loss, q.step) = (10, 20, 30, 7)
    return q
  }

  @Test(
    "an expression has the value computed by hand",
    arguments: [
      (yPost * yPre, [1, -2, 0, 0, -1, 2]), (back(ePost), [31, 40, 31, 40, 31, 40]),
      (ahead(yPre), [-3, -3, -5, -5, -7, -7]), (sum(yPost), [0, 0, 0, 0, 0, 0]), (sum(ePost), [9, 9, 9, 9, 9, 9]),
      (mean(ePost) * w, [3, 6, 9, 12, 15, 18]), (dot(yPre, ePre) * w, [0, 0, 0, 0, 0, 0]),
      (dot(yPost, ePost), [-2, -2, -2, -2, -2, -2]), (norm(ePost) ** 2, [29, 29, 29, 29, 29, 29]),
      (w ** 2, [1, 4, 9, 16, 25, 36]), (yPre ** -2, [1, 0.25, 1, 0.25, 1, 0.25]), (yPre ** 3, [1, -8, 1, -8, 1, -8]),
      (call(.relu, yPre), [1, 0, 1, 0, 1, 0]), (call(.step, yPost), [1, 1, 0, 0, 0, 0]),
      (call(.sign, yPost), [1, 1, 0, 0, -1, -1]), (call(.clip, w, 2, 4), [2, 2, 3, 4, 4, 4]),
      (call(.max, yPost, yPre), [1, 1, 1, 0, 1, -1]), (call(.min, yPost, yPre, 0), [0, -2, 0, -2, -1, -2]),
      (fanIn + 10 * fanOut, [32, 32, 32, 32, 32, 32]),
      (mod + .quantity(.reward) + .quantity(.loss) + .quantity(.step), [67, 67, 67, 67, 67, 67]),
      (eta * w / 2, [0.25, 0.5, 0.75, 1, 1.25, 1.5]), (call(.abs, yPre) - -yPost, [2, 3, 1, 2, 0, 1]),
      (0 ** 0, [1, 1, 1, 1, 1, 1]), (call(.sqrt, w * w), [1, 2, 3, 4, 5, 6]),
    ] as [(Expression, [Double])])
  func byHand(expression: Expression, expected: [Double]) {
    let got = Self.projection(Self.rule(expression)).weightChange(Self.quantities)
    #expect(zip(got, expected).allSatisfy { ($0 - $1).magnitude <= 1e-12 })
  }

  @Test("NaN passes through every operator and function")
  func nanPropagates() {
    var q = Self.quantities
    q.yPre = [.nan, .nan]
    let functions = Function.allCases.map { function -> Expression in
      .call(function, function == .clip ? [yPre, 0, 1] : (function == .min || function == .max ? [0, yPre] : [yPre]))
    }
    for expression in functions + [yPre + 1, yPre * 0, 1 - yPre, 1 / yPre, yPre ** 2, -yPre, sum(yPre), norm(yPre)] {
      #expect(
        Self.projection(Self.rule(expression)).weightChange(q).allSatisfy { $0.isNaN }, "\(Printer.text(expression))")
    }
    var clipped = Self.projection(Self.rule(yPre) { $0.weightBounds = -1...1 })
    clipped.learn(q)
    #expect(clipped.weights.allSatisfy { $0.isNaN })
  }

  @Test("the delta rule on a linear unit converges to the solution of its two equations")
  func deltaRule() {
    // Inputs (1, 0) and (1, 1) with targets 2 and -1: w = (2, -3).
    let rule = Self.rule(-eta * ePost * yPre)
    var unit = InterpretedProjection<Double>(
      rule: rule, layer: 1, layerCount: 1, coefficients: [0.5, 0], preCount: 2, postCount: 1, weights: [0, 0])
    for step in 0..<400 {
      var q = ProjectionQuantities<Double>(preCount: 2, postCount: 1)
      q.yPre = step % 2 == 0 ? [1, 0] : [1, 1]
      q.ePost = [unit.weights[0] * q.yPre[0] + unit.weights[1] * q.yPre[1] - (step % 2 == 0 ? 2 : -1)]
      unit.learn(q)
    }
    #expect((unit.weights[0] - 2).magnitude < 1e-12 && (unit.weights[1] + 3).magnitude < 1e-12)
  }

  @Test("Oja's rule on a constant input settles at a weight vector of length one")
  func ojaNorm() {
    let rule = Self.rule(eta * yPost * (yPre - back(yPost)))
    var unit = InterpretedProjection<Double>(
      rule: rule, layer: 1, layerCount: 1, coefficients: [0.1, 0], preCount: 2, postCount: 1, weights: [0.1, 0.4])
    for _ in 0..<500 {
      var q = ProjectionQuantities<Double>(preCount: 2, postCount: 1)
      q.yPre = [0.6, 0.8]
      q.yPost = [0.6 * unit.weights[0] + 0.8 * unit.weights[1]]
      unit.learn(q)
    }
    #expect((unit.weights[0] - 0.6).magnitude < 1e-12 && (unit.weights[1] - 0.8).magnitude < 1e-12)
  }

  @Test("a trace of a constant is its geometric sum, and counts the present step")
  func traceOfConstant() {
    let rule = Self.rule(.trace("x")) { $0.traces = [Trace(name: "x", of: yPre, owner: .pre, decay: 0.75)] }
    var projection = Self.projection(rule)
    for step in 1...20 {
      projection.advance(Self.quantities)
      let factor = (1 - Double.pow(0.75, step)) / 0.25
      #expect(zip(projection.traces[0], [factor, -2 * factor]).allSatisfy { ($0 - $1).magnitude < 1e-12 })
    }
    projection.reset()
    #expect(projection.traces[0] == [0, 0])
  }

  @Test("the eligibility keeps each coincidence and decays; it sees the traces of its own step")
  func eligibility() {
    let rule = Self.rule(.quantity(.eligibility) * mod) {
      $0.traces = [Trace(name: "x", of: sPre, owner: .pre, decay: 0.5)]
      $0.eligibility = Eligibility(of: sPost * .trace("x"), decay: 0.25)
    }
    var projection = Self.projection(rule)
    projection.advance(Self.quantities)
    #expect(projection.eligibility == [0, 0, 1, 0, 1, 0])
    projection.advance(Self.quantities)
    #expect(projection.eligibility == [0, 0, 1.75, 0, 1.75, 0])
    #expect(projection.weightChange(Self.quantities) == [0, 0, 17.5, 0, 17.5, 0])
  }

  @Test("every sample: changes are read from weights that stand still, summed, and applied and clipped once")
  func everySample() {
    let rule = Self.rule(eta * w) {
      $0.every = .sample
      $0.weightBounds = -8...8
    }
    var projection = Self.projection(rule)
    for _ in 0..<4 { projection.learn(Self.quantities) }
    #expect(projection.weights == [1, 2, 3, 4, 5, 6])
    projection.endSample()
    #expect(projection.weights == [3, 6, 8, 8, 8, 8])
    projection.endSample()
    #expect(projection.weights == [3, 6, 8, 8, 8, 8])
    var compounding = Self.projection(Self.rule(eta * w))
    for _ in 0..<2 { compounding.learn(Self.quantities) }
    #expect(compounding.weights == [2.25, 4.5, 6.75, 9, 11.25, 13.5])
  }

  @Test("forward and feedback weights move together, both from the old ones")
  func feedbackMoves() {
    let rule = Self.rule(b - w) {
      $0.db = w - b
      $0.feedbackBounds = -2...5
    }
    var projection = Self.projection(rule, feedback: [6, 5, 4, 3, 2, 1])
    projection.learn(Self.quantities)
    #expect(projection.weights == [6, 5, 4, 3, 2, 1])
    #expect(projection.feedback == [1, 2, 3, 4, 5, 5])
  }

  @Test("a layer's own equation and its own coefficients are the ones used")
  func layers() {
    let rule = Self.rule(eta * yPre) {
      $0.coefficients[0].perLayer = true
      $0.layers = [LayerRule(layer: -1, dw: hebb * yPost)]
    }
    #expect(rule.coefficientSlots(layerCount: 3).map(\.label) == ["eta[1]", "eta[2]", "eta[3]", "hebb"])
    for (layer, expected) in [(1, [1.0, -2, 1, -2, 1, -2]), (2, [2, -4, 2, -4, 2, -4]), (3, [9, 9, 0, 0, -9, -9])] {
      let projection = InterpretedProjection<Double>(
        rule: rule, layer: layer, layerCount: 3, coefficients: [1, 2, 3, 9], preCount: 2, postCount: 3,
        weights: [1, 2, 3, 4, 5, 6])
      #expect(projection.weightChange(Self.quantities) == expected)
    }
  }

  @Test("single precision agrees with double precision to its rounding")
  func floatAgrees() {
    for index in 0..<300 {
      var random = RandomExpressions(index + 20_000)
      let expression = random.expression(.synapse, depth: 3)
      var again = random
      let double: Evaluation<Double> = random.evaluation()
      let float: Evaluation<Float> = again.evaluation()
      for (x, y) in zip(double.values(of: expression, over: .synapse), float.values(of: expression, over: .synapse)) {
        guard x.isFinite, x.magnitude < 1e3 else { continue }
        #expect((x - Double(y)).magnitude <= 1e-3 * max(1, x.magnitude), "\(Printer.text(expression))")
      }
    }
  }
}
