import Foundation
import Rules
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

private typealias Expression = Rules.Expression

@Suite("Printer: MathML")
struct MathMLTests {
  /// The elements of MathML Core that take a fixed number of children.
  private static let arity = ["msub": 2, "msup": 2, "munder": 2, "mfrac": 2, "msubsup": 3]
  private static let tokens: Set<String> = ["mi", "mn", "mo"]
  private static let known = tokens.union(arity.keys).union(["math", "mrow", "msqrt", "mspace"])

  private func tree(_ text: String) throws -> XMLElement {
    try #require(try XMLDocument(data: Data(text.utf8)).rootElement())
  }

  /// Fails where an element is unknown, has a wrong number of children, or holds text that is not in a token.
  private func check(_ element: XMLElement) {
    let name = element.localName ?? ""
    #expect(Self.known.contains(name), "an element \(name)")
    let children = (element.children ?? []).compactMap { $0 as? XMLElement }
    if let count = Self.arity[name] { #expect(children.count == count, "\(name) with \(children.count) children") }
    if Self.tokens.contains(name) {
      #expect(children.isEmpty && element.stringValue?.isEmpty == false)
    } else {
      #expect((element.children ?? []).count == children.count, "text in \(name)")
    }
    children.forEach(check)
  }

  @Test(
    "every shipped rule gives well-formed Presentation MathML, one equation a line of its text",
    arguments: RulePagesTests.shipped)
  func shipped(name: String) throws {
    let rule = try Rule.load(text: PageFolder.text(name, in: PageFolder.shipped), file: name + ".yaml")
    let equations = Printer.mathEquations(rule)
    #expect(equations.map(\.text) == Printer.equations(rule))
    #expect(equations.count == Printer.latexEquations(rule).count)
    for equation in equations {
      check(try tree(equation.math))
      for part in equation.parts { check(try tree(part)) }
      #expect(equation.parts.count >= 2)
    }
  }

  @Test("random expressions give well-formed MathML")
  func random() throws {
    for index in 0..<300 {
      var random = RandomExpressions(index + 50_000)
      check(try tree(Printer.mathML(random.expression(.synapse, depth: 4))))
    }
  }

  /// Words of the MathML in reading order, scripts in braces.
  private func linear(_ element: XMLElement) -> String {
    let children = (element.children ?? []).compactMap { $0 as? XMLElement }
    func part(_ index: Int) -> String { linear(children[index]) }
    switch element.localName ?? "" {
    case "mi", "mn", "mo": return element.stringValue ?? ""
    case "msub", "munder": return "\(part(0))_{\(part(1))}"
    case "msup": return "\(part(0))^{\(part(1))}"
    case "msubsup": return "\(part(0))_{\(part(1))}^{\(part(2))}"
    case "mfrac": return "{\(part(0))}/{\(part(1))}"
    case "msqrt": return "√{\(children.map(linear).joined())}"
    default: return children.map(linear).joined()
    }
  }

  @Test(
    "MathML of an expression says what its LaTeX says",
    arguments: [
      (-eta * ePost * yPre, "−ηe_{i}y_{j}"),
      (oja * yPost * (yPre - back(yPost)), "ojay_{i}(y_{j}−(W^{⊤}y)_{j})"),
      (back(yPost * ePost), "∑_{i′}w_{i′j}y_{i′}e_{i′}"),
      (ahead(back(yPost * ePost)), "∑_{j′}w_{ij′}(∑_{i′}w_{i′j′}y_{i′}e_{i′})"),
      (dot(yPost, ahead(ePre)) * w, "(∑_{i′}y_{i′}(We)_{i′})w_{ij}"),
      (mean(yPost), "{1}/{n_{out}}∑_{i′}y_{i′}"), (norm(yPre), "√{∑_{j′}y_{j′}^{2}}"),
      (.coefficient("theta_0") * w ** 2, "θ_{0}w_{ij}^{2}"),
      (1.5e-3 * yPre * 2, "1.5×10^{−3}y_{j}·2"),
      (call(.relu, vPost - 1), "[v_{i}−1]_{+}"),
      (call(.tanh, yPre) / 2, "{tanh\u{2061}(y_{j})}/{2}"),
      (yPre / w / (1 + b), "{y_{j}}/{w_{ij}(1+b_{ij})}"),
      (.trace("x_pre") * .trace("slow_post"), "x_{j}slow_{i}"),
      (.quantity(.eligibility) * mod - b, "ε_{ij}m−b_{ij}"),
    ] as [(Expression, String)])
  fileprivate func expression(expression: Expression, expected: String) throws {
    let text = Printer.mathML(expression, traces: ["x_pre": .pre, "slow_post": .post])
    #expect(linear(try tree(text)) == expected)
  }

  @Test("a rule's pieces are its left-hand side and its summands, each with its sign; layers carry their number")
  func pieces() throws {
    let rule = Rule(
      name: "x",
      traces: [Trace(name: "x_pre", of: .quantity(.sPre), owner: .pre, decay: 0.95)],
      dw: -eta * ePost * yPre + oja * yPost - .coefficient("beta") * (w + b),
      db: .quantity(.feedback), layers: [LayerRule(layer: -1, dw: -ePost * .trace("x_pre"))])
    let lines = try Printer.mathEquations(rule).map { try $0.parts.map { linear(try tree($0)) } }
    #expect(
      lines == [
        ["Δw_{ij}=", "−ηe_{i}y_{j}", "+ojay_{i}", "−β(w_{ij}+b_{ij})"],
        ["Δw_{ij}^{(−1)}=", "−e_{i}x_{j}"], ["Δb_{ij}=", "b_{ij}"], ["x_{j}←", "0.95x_{j}", "+s_{j}"],
      ])
  }
}
