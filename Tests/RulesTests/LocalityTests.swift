import Rules
import Testing

@Suite("Locality: what a synapse would need")
struct LocalityTests {
  static func rule(_ dw: Expression) -> Rule {
    Rule(
      name: "example", traces: [Trace(name: "x_pre", of: sPre, owner: .pre, decay: 0.9)],
      eligibility: Eligibility(of: ePost * .trace("x_pre"), decay: 0.9), dw: dw)
  }

  @Test(
    "each kind of term gets its drive and its needs",
    arguments: [
      (eta * ePost * yPre, .clock, [.pre, .deliveredError]),
      (sPost * .trace("x_pre"), .event, [.pre, .post, .storedPast]),
      (yPost * sPre, .event, [.pre, .post]),
      (yPost * yPre * mod, .clock, [.pre, .post, .globalScalar]),
      (w * b, .clock, [.weight, .feedbackWeight]),
      (yPost * back(yPost), .layer, [.post, .neighbourWeights]),
      (sPost * back(yPost), .layer, [.post, .neighbourWeights]),
      (ePost * sum(yPost) * yPre, .layer, [.pre, .deliveredError, .sumOverNeurons]),
      (dot(ePost, ahead(yPre)) * w, .layer, [.deliveredError, .weight, .neighbourWeights, .sumOverNeurons]),
      (.quantity(.eligibility) * .quantity(.reward), .clock, [.pre, .deliveredError, .globalScalar, .storedPast]),
      (call(.tanh, sPre) * yPost, .clock, [.pre, .post]),
    ] as [(Expression, TermDrive, [LocalNeed])])
  func terms(dw: Expression, drive: TermDrive, needs: [LocalNeed]) {
    let report = LocalityReport(of: Self.rule(dw))
    #expect(report.equations.map(\.name) == ["dw"] && report.equations[0].terms.count == 1)
    let term = report.equations[0].terms[0]
    #expect(term.drive == drive)
    #expect(term.needs == needs)
    #expect(report.isLocal == (drive != .layer))
  }

  @Test("a trace of a sum over neurons is not local")
  func traceOfSum() {
    var rule = Self.rule(ePost * .trace("x_pre"))
    rule.traces[0].of = sPre * sum(sPre)
    #expect(LocalityReport(of: rule).equations[0].terms[0].drive == .layer)
  }

  @Test("the report is a table of terms")
  func table() {
    let rule = Rule(name: "oja", dw: -eta * ePost * yPre + oja * yPost * (yPre - back(yPost)), db: yPost * sPre)
    #expect(
      LocalityReport(of: rule).description == """
        dw: 2 of 3 terms local
          -eta*e_post*y_pre         clock  own pre, delivered error
          -oja*y_post*back(y_post)  layer  own post, neighbours' weights
          +oja*y_post*y_pre         clock  own pre, own post
        db: 1 of 1 terms local
          +y_post*s_pre             event  own pre, own post
        """)
  }
}
