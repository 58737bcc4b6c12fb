import Rules
import Testing

@Suite("Printer: text and LaTeX")
struct PrinterTests {
  @Test(
    "text has Python's precedence and no parenthesis too many",
    arguments: [
      (yPre + yPost * w, "y_pre + y_post*w"), ((yPre + yPost) * w, "(y_pre + y_post)*w"),
      (yPre - (yPost - w), "y_pre - (y_post - w)"), (yPre - yPost - w, "y_pre - y_post - w"),
      (yPre / (yPost / w), "y_pre/(y_post/w)"), (yPre / yPost / w, "y_pre/y_post/w"),
      (yPre * (yPost * w), "y_pre*(y_post*w)"), (-(yPre ** 2), "-y_pre**2"), ((-yPre) ** 2, "(-y_pre)**2"),
      (yPre ** -2, "y_pre**-2"), (yPre ** (yPost ** w), "y_pre**y_post**w"),
      ((yPre ** yPost) ** w, "(y_pre**y_post)**w"),
      (-yPre * w, "-y_pre*w"), (-(yPre * w), "-(y_pre*w)"), (yPre * -w, "y_pre*-w"), (-(-yPre), "--y_pre"),
      (call(.clip, yPre, -1, 1), "clip(y_pre, -1, 1)"), (dot(yPost, ahead(yPre + 1)), "dot(y_post, ahead(y_pre + 1))"),
      (.trace("x_pre") * .quantity(.eligibility), "x_pre*elig"),
    ] as [(Expression, String)])
  func text(expression: Expression, expected: String) {
    #expect(Printer.text(expression) == expected)
  }

  @Test(
    "numbers are the shortest that read back",
    arguments: [
      (0, "0"), (1, "1"), (2.5, "2.5"), (100, "100"), (0.02, "0.02"), (0.015, "0.015"), (0.001, "1.0e-3"),
      (1.5e-3, "1.5e-3"), (1e-5, "1.0e-5"), (123456, "123456"), (1e6, "1.0e6"), (1.25e9, "1.25e9"), (1e23, "1.0e23"),
      (0.1 + 0.2, "0.30000000000000004"), (.leastNonzeroMagnitude, "5.0e-324"),
      (1.7976931348623157e308, "1.7976931348623157e308"),
      (-0.5, "-0.5"),
    ])
  func numbers(value: Double, expected: String) {
    #expect(Printer.text(value) == expected)
    #expect(Double(Printer.text(value)) == value)
  }

  @Test(
    "rounding to significant digits is decimal",
    arguments: [
      (0.033512, 3, "0.0335"), (0.99996, 4, "1"), (2.00004e-5, 3, "2.0e-5"), (123456.7, 3, "123000"),
      (0.125, 2, "0.13"),
      (9.996e99, 3, "1.0e100"), (0, 3, "0"), (-4.4449, 2, "-4.4"),
    ])
  func rounding(value: Double, digits: Int, expected: String) {
    #expect(Printer.text(value, digits: digits) == expected)
  }

  static let found = Rule(
    name: "found",
    coefficients: ["eta", "hebb", "oja", "decay"].map {
      Coefficient(name: $0, start: 0, range: -1...1, scale: .step(0.1))
    },
    dw: -eta * ePost * yPre - hebb * ePost * ePre + oja * yPost * (yPre - back(yPost)) - .coefficient("decay") * w)

  @Test("an equation is printed one signed term a line")
  func lines() {
    #expect(
      Printer.lines(Self.found.dw) == [
        "- eta*e_post*y_pre", "- hebb*e_post*e_pre", "+ oja*y_post*(y_pre - back(y_post))", "- decay*w",
      ])
    #expect(Printer.lines(yPre - (yPost + w)) == ["y_pre", "- (y_post + w)"])
  }

  @Test("with values, signs and constants are folded and terms of 0 are gone")
  func equation() {
    #expect(
      Printer.equation(Self.found, coefficients: [0.03349, -0.01588, 2.004e-5, 0], layerCount: 5)
        == "dw = -0.0335*e_post*y_pre + 0.0159*e_post*e_pre + 2.0e-5*y_post*(y_pre - back(y_post))")
    #expect(Printer.equation(Self.found, coefficients: [0, 0, 0, 0], layerCount: 5) == "dw = 0")
    #expect(Printer.equation(Self.found, coefficients: [0, -1, 0, 1], layerCount: 5) == "dw = e_post*e_pre - w")
  }

  @Test("per-layer coefficients keep their names and are listed")
  func perLayer() {
    var rule = Self.found
    rule.coefficients[0].perLayer = true
    rule.traces = [Trace(name: "x_pre", of: sPre, owner: .pre, decay: 0.95)]
    #expect(
      Printer.equations(rule, coefficients: [0.1, 0.2, 0, 0, 0.5], layerCount: 2) == [
        "dw = -eta*e_post*y_pre - 0.5*w", "x_pre <- 0.95*x_pre + s_pre", "eta = [0.1, 0.2]",
      ])
  }

  @Test("folding keeps the value")
  func foldingKeepsValue() {
    for index in 0..<1000 {
      var random = RandomExpressions(index + 30_000)
      let expression = random.expression(.synapse, depth: 4)
      let evaluation: Evaluation<Double> = random.evaluation()
      let values = evaluation.values(of: expression, over: .synapse)
      for (x, y) in zip(values, evaluation.values(of: expression.folded, over: .synapse)) where x.isFinite {
        #expect((x - y).magnitude <= 1e-10 * max(1, x.magnitude), "\(Printer.text(expression))")
      }
    }
  }

  @Test(
    "LaTeX of an expression",
    arguments: [
      (-eta * ePost * yPre, #"-\eta\,e_{i}\,y_{j}"#),
      (oja * yPost * (yPre - back(yPost)), #"\mathrm{oja}\,y_{i}\,\left(y_{j} - \left(W^{\top} y\right)_{j}\right)"#),
      (back(yPost * ePost), #"\sum_{i'} w_{i'j}\,y_{i'}\,e_{i'}"#),
      (ahead(back(yPost * ePost)), #"\sum_{j'} w_{ij'}\,\left(\sum_{i'} w_{i'j'}\,y_{i'}\,e_{i'}\right)"#),
      (dot(yPost, ahead(ePre)) * w, #"\left(\sum_{i'} y_{i'}\,\left(W e\right)_{i'}\right)\,w_{ij}"#),
      (mean(yPost), #"\frac{1}{n_{\mathrm{out}}} \sum_{i'} y_{i'}"#), (norm(yPre), #"\sqrt{\sum_{j'} y_{j'}^{2}}"#),
      (.coefficient("theta_0") * w ** 2, #"\theta_{0}\,w_{ij}^{2}"#),
      (1.5e-3 * yPre * 2, #"1.5 \times 10^{-3}\,y_{j} \cdot 2"#),
      (call(.relu, vPost - 1), #"\left[v_{i} - 1\right]_{+}"#),
      (call(.tanh, yPre) / 2, #"\frac{\tanh\left(y_{j}\right)}{2}"#),
      (.trace("x_pre") * .trace("slow_post"), #"x_{j}\,\mathrm{slow}_{i}"#),
      (.quantity(.eligibility) * mod - b, #"\varepsilon_{ij}\,m - b_{ij}"#),
    ] as [(Expression, String)])
  func latex(expression: Expression, expected: String) {
    #expect(Printer.latex(expression, traces: ["x_pre": .pre, "slow_post": .post]) == expected)
  }

  @Test("LaTeX of a rule and its coefficients")
  func latexRule() {
    var rule = Self.found
    rule.dw = eta * sPost * .trace("x_pre")
    rule.traces = [Trace(name: "x_pre", of: sPre, owner: .pre, decay: 0.95)]
    rule.db = -hebb * b
    rule.coefficients.removeLast(2)
    #expect(
      Printer.latexEquations(rule) == [
        #"\Delta w_{ij} = \eta\,s_{i}\,x_{j}"#, #"\Delta b_{ij} = -\mathrm{hebb}\,b_{ij}"#,
        #"x_{j} \leftarrow 0.95\,x_{j} + s_{j}"#,
      ])
    #expect(
      Printer.latexCoefficientTable(rule, coefficients: [0.25, 1e-5], layerCount: 1) == #"""
        \begin{tabular}{lll}
        \hline
        coefficient & value & range \\
        \hline
        $\eta$ & $0.25$ & $\left[-1,\ 1\right]$ \\
        $\mathrm{hebb}$ & $10^{-5}$ & $\left[-1,\ 1\right]$ \\
        \hline
        \end{tabular}
        """#)
  }
}
