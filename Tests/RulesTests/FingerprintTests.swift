import Rules
import Testing

@Suite("Fingerprint and complexity: one number for one meaning")
struct FingerprintTests {
  static func rule(_ dw: Expression, _ change: (inout Rule) -> Void = { _ in }) -> Rule {
    var rule = Rule(
      name: "example",
      coefficients: ["eta", "hebb", "oja"].map { Coefficient(name: $0, start: 0.1, range: -1...1, scale: .step(0.1)) },
      traces: [
        Trace(name: "x", of: sPre, owner: .pre, decay: 0.9), Trace(name: "z", of: 2 * sPre, owner: .pre, decay: 0.9),
        Trace(name: "slow", of: sPre, owner: .pre, decay: 0.95),
      ], dw: dw)
    change(&rule)
    return rule
  }

  static let base = -eta * ePost * yPre + oja * yPost * (yPre - back(yPost))

  @Test(
    "rewriting an equation keeps its fingerprint",
    arguments: [
      oja * yPost * (yPre - back(yPost)) - yPre * ePost * eta,
      -(eta * ePost * yPre) + (oja * yPre - back(oja * yPost)) * yPost,
      yPre * (oja * yPost - eta * ePost) - back(yPost) * yPost * oja,
      base + w * (yPre - yPre), 3 * base / 3, base * 2 - base, base + 0 * hebb * w,
      -eta * ePost * yPre + 0.1 * oja * yPost * yPre + 0.2 * oja * yPost * yPre + 0.7 * oja * yPost * yPre
        - oja * yPost * back(yPost),
    ] as [Expression])
  func rewritten(dw: Expression) {
    #expect(Self.rule(dw).fingerprint == Self.rule(Self.base).fingerprint)
  }

  @Test("every change of meaning changes the fingerprint")
  func different() {
    let base = Self.base
    let rules: [Rule] = [
      Self.rule(base), Self.rule(-base), Self.rule(base + w), Self.rule(base - hebb * w), Self.rule(2 * base),
      Self.rule(eta * ePost * yPre), Self.rule(hebb * ePost * yPre), Self.rule(eta * ePost * .trace("x")),
      Self.rule(eta * ePost * .trace("slow")), Self.rule(eta * ePost * .trace("z")),
      Self.rule(base) { $0.every = .sample }, Self.rule(base) { $0.weightBounds = -4...4 },
      Self.rule(base) { $0.feedbackBounds = -4...4 }, Self.rule(base) { $0.credit = "transport" },
      Self.rule(base) { $0.db = base }, Self.rule(base) { $0.layers = [LayerRule(layer: -1, dw: -eta * w)] },
      Self.rule(base) { $0.layers = [LayerRule(layer: 1, dw: -eta * w)] },
      Self.rule(base) { $0.coefficients[0].perLayer = true },
      Self.rule(.quantity(.eligibility) * mod) { $0.eligibility = Eligibility(of: yPost * yPre, decay: 0.9) },
      Self.rule(.quantity(.eligibility) * mod) { $0.eligibility = Eligibility(of: yPost * sPre, decay: 0.9) },
      Self.rule(.quantity(.eligibility) * mod) { $0.eligibility = Eligibility(of: yPost * sPre, decay: 0.8) },
    ]
    #expect(Set(rules.map(\.fingerprint)).count == rules.count)
    #expect(rules.allSatisfy { $0.fingerprint.count == 16 && $0.fingerprint.allSatisfy(\.isHexDigit) })
  }

  @Test("names and prose, order of declaration, and what nothing reads do not count")
  func whatDoesNotCount() {
    let dw = eta * ePost * .trace("x")
    let expected = Self.rule(dw).fingerprint
    let renamed = Self.rule(eta * ePost * .trace("other")) { $0.traces[0].name = "other" }
    #expect(renamed.fingerprint == expected)
    #expect(Self.rule(dw) { $0.coefficients.reverse() }.fingerprint == expected)
    #expect(Self.rule(dw) { $0.coefficients[0].start = 0.7 }.fingerprint == expected)
    #expect(Self.rule(dw) { $0.traces.removeLast() }.fingerprint == expected)
    #expect(Self.rule(dw) { ($0.name, $0.about, $0.source) = ("n", "a", "s") }.fingerprint == expected)
    #expect(Self.rule(0.5 * eta * ePost * .trace("z")).fingerprint == expected)
    #expect(Self.rule(dw) { $0.eligibility = Eligibility(of: yPre, decay: 0.1) }.fingerprint == expected)
  }

  @Test("with values, a coefficient of 0 takes its term away and names no longer count")
  func bound() {
    let all = Self.rule(eta * ePost * yPre + hebb * ePost * ePre + oja * w)
    let less = Self.rule(hebb * ePost * yPre)
    let one = all.fingerprint(coefficients: [0.25, 0, 0], layerCount: 3)
    #expect(one == less.fingerprint(coefficients: [0, 0.25, 0], layerCount: 3))
    #expect(one != less.fingerprint(coefficients: [0, 0.26, 0], layerCount: 3))
    #expect(one == Self.rule(0.25 * yPre * ePost).fingerprint(coefficients: [0, 0, 0], layerCount: 3))
    #expect(all.complexity(coefficients: [0.25, 0, 0], layerCount: 3) == 5)
    var layered = less
    layered.coefficients[1].perLayer = true
    #expect(one == layered.fingerprint(coefficients: [0, 0.25, 0.25, 0.25, 0], layerCount: 3))
    #expect(one != layered.fingerprint(coefficients: [0, 0.25, 0.25, 0.5, 0], layerCount: 3))
    let readout = Self.rule(hebb * ePost * yPre) { $0.layers = [LayerRule(layer: -1, dw: eta * ePost * yPre)] }
    #expect(one == readout.fingerprint(coefficients: [0.25, 0.25, 0], layerCount: 3))
    #expect(one != readout.fingerprint(coefficients: [0.5, 0.25, 0], layerCount: 3))
  }

  @Test(
    "complexity counts operators and operands after simplification",
    arguments: [
      (0, 1), (yPre, 1), (-yPre, 1), (yPost * yPre, 3), (2 * yPost * yPre - w, 7), (yPre * yPre, 3),
      (yPre + yPre - 2 * yPre + w, 1), (call(.tanh, yPre * w), 4), (mean(yPost), 2), (dot(yPost, ePost) * w, 5),
      (base, 5 + 1 + 5 + 1 + 6),
    ] as [(Expression, Int)])
  func complexity(expression: Expression, count: Int) {
    #expect(NormalForm(of: expression).complexity == count)
    #expect(Self.rule(expression).complexity == count)
  }

  @Test("complexity includes traces and eligibility that are read")
  func definitionsCount() {
    #expect(Self.rule(ePost * .trace("x")).complexity == 3 + 1)
    let eligible = Self.rule(.quantity(.eligibility) * mod) {
      $0.eligibility = Eligibility(of: yPost * yPre, decay: 0.9)
    }
    #expect(eligible.complexity == 3 + 3)
  }

  @Test("a hostile power or product is left alone rather than multiplied out")
  func boundedWork() {
    let big = (0..<40).reduce(yPre) { $0 + .coefficient("c\($1)") }
    let tower = ((big ** 1000) ** 1000) ** 1000
    #expect(NormalForm(of: tower).terms.count == 1)
    let chain = (0..<60).reduce(yPre + 1) { product, _ in product * (yPost + 2) }
    #expect(NormalForm(of: chain).terms.count <= NormalForm.expansionLimit)
    let growing = (0..<50).reduce(yPre) { inner, _ in (call(.tanh, inner) + yPost) ** 31 }
    #expect(Printer.text(NormalForm(of: growing).expression).count < 200_000)
    let doubling = (0..<200).reduce(yPost) { inner, index in call(.tanh, inner) * (yPre + .coefficient("c\(index)")) }
    #expect(Printer.text(NormalForm(of: doubling).expression).count < 200_000)
    let branching = (0..<60).reduce(yPost) { inner, index in index % 2 == 0 ? back(inner ** 4) : ahead(inner ** 4) }
    #expect(NormalForm(of: sum(branching)).terms.count == 1)
    let wide = (0..<4000).reduce(yPost) { $0 + .coefficient("c\($1)") * ePost }
    #expect(NormalForm(of: sum((0..<60).reduce(wide) { inner, _ in ahead(back(inner)) })).terms.count >= 1)
    let nested = (0..<40).reduce(yPre) { inner, _ in 1 / (yPost ** inner) }
    #expect(NormalForm(of: nested).terms.count == 1)
    #expect(NormalForm(of: big * (yPre + yPost)).terms.count == 1)
  }
}
