import Rules
import Testing

@Suite("Summands: what ablation takes away")
struct SummandTests {
  static let page = """
    schema: 1
    rule: sample
    coefficients:
      eta:   {start: 1.0e-2, range: [1.0e-4, 1], scale: log}
      hebb:  {start: 0.0, range: [-1, 1], scale: 1.0e-3}
      decay: {start: 0.0, range: [-1, 1], scale: 1.0e-3}
    traces:
      fast_pre: {of: s_pre, tau: 5}
      slow_pre: {of: fast_pre, tau: 50}
    eligibility: {of: e_post * y_pre, tau: 10}
    dw: >
      - eta * (e_post * slow_pre + y_post * y_pre)
      - hebb * e_post * e_pre
      - decay * elig
    layers:
      readout:
        dw: >
          - eta * e_post * y_pre
    db: >
      - eta * e_post * y_pre
    credit: learned
    """

  private func rule() throws -> Rule { try Rule.load(text: Self.page, file: "sample.yaml") }

  @Test("every top-level term of dw, layers' own dw and db is one, its sign included; products stay whole")
  func all() throws {
    #expect(
      try rule().summands.map(\.description) == [
        "dw: -eta*(e_post*slow_pre + y_post*y_pre)", "dw: -hebb*e_post*e_pre", "dw: -decay*elig",
        "dw[-1]: -eta*e_post*y_pre", "db: -eta*e_post*y_pre",
      ])
  }

  @Test("a rule without nothing is itself, and one without everything changes nothing")
  func extremes() throws {
    let rule = try rule()
    #expect(rule.without([]).summands == rule.summands)
    #expect(rule.without([]).coefficients == rule.coefficients)
    let nothing = rule.without(Set(rule.summands))
    #expect(nothing.summands.isEmpty)
    #expect(nothing.coefficients.isEmpty && nothing.traces.isEmpty && nothing.eligibility == nil)
  }

  @Test("what nothing reads any more goes with its last reader: coefficients, eligibility, a chain of traces")
  func unread() throws {
    let rule = try rule()
    let summands = rule.summands
    let noChain = rule.without([summands[0]])
    #expect(noChain.traces.isEmpty)
    #expect(noChain.coefficients.map(\.name) == ["eta", "hebb", "decay"])
    let noDecay = rule.without([summands[2]])
    #expect(noDecay.eligibility == nil)
    #expect(noDecay.coefficients.map(\.name) == ["eta", "hebb"])
    #expect(noDecay.traces.map(\.name) == ["fast_pre", "slow_pre"])
  }

  @Test("feedback that no longer learns is random feedback")
  func feedback() throws {
    let rule = try rule()
    let fixed = rule.without([rule.summands[4]])
    #expect(fixed.db == nil)
    #expect(fixed.credit == "random")
  }

  @Test("every shipped rule without any one of its summands is a page that reads back to the same rule")
  func pages() throws {
    let catalogue = RuleCatalogue()
    for name in catalogue.names {
      let rule = try catalogue.load(name)
      #expect(rule.without([]).summands == rule.summands)
      for summand in rule.summands {
        let rest = rule.without([summand])
        #expect(rest.summands == rule.summands.filter { $0 != summand }, "\(name) without \(summand.description)")
        let read = try Rule.load(text: RulePage.text(rest), file: "\(name).yaml")
        #expect(read.summands == rest.summands, "\(name) without \(summand.description)")
        #expect(read.coefficients == rest.coefficients)
      }
    }
  }
}
