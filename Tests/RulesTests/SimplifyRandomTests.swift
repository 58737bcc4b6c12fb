import Arithmetic
import Rules
import Testing

@Suite("Simplify: what is simplified means the same")
struct SimplifyRandomTests {
  static let owners: [Owner] = [.synapse, .pre, .post, .scalar]

  @Test("a simplified expression evaluates to the value of the written one", arguments: owners)
  func valueIsKept(owner: Owner) {
    var compared = 0
    for index in 0..<1000 {
      var random = RandomExpressions(index)
      let expression = random.expression(owner, depth: 4)
      let evaluation: Evaluation<Double> = random.evaluation()
      let normal = NormalForm(of: expression, traces: RandomExpressions.traces)
      let expected = evaluation.values(of: expression, over: owner)
      let got = evaluation.values(of: normal.expression, over: owner)
      // Rounding is relative to the largest term that may cancel; terms here are of order 1.
      var scale = expected.map { $0.isNaN ? 0 : $0.magnitude }
      for term in normal.terms {
        for (place, value) in evaluation.values(of: term.expression, over: owner).enumerated() {
          scale[place] += value.magnitude
        }
      }
      guard scale.allSatisfy(\.isFinite), expected.allSatisfy(\.isFinite) else { continue }
      compared += 1
      for place in expected.indices {
        let difference = (got[place] - expected[place]).magnitude
        #expect(
          difference <= 1e-12 * max(1, scale[place]),
          "\(Printer.text(expression))  became  \(Printer.text(normal.expression))")
      }
    }
    #expect(compared > 950)
  }

  @Test("simplifying twice changes nothing", arguments: owners)
  func idempotent(owner: Owner) {
    for index in 0..<1000 {
      var random = RandomExpressions(index + 5000)
      let once = random.expression(owner, depth: 4).simplified(traces: RandomExpressions.traces)
      let twice = once.simplified(traces: RandomExpressions.traces)
      #expect(Printer.text(twice) == Printer.text(once))
    }
  }

  @Test("terms are split by owner, and each list is in order and free of duplicates")
  func termsAreSorted() {
    let traces = RandomExpressions.traces
    for index in 0..<1000 {
      var random = RandomExpressions(index + 9000)
      let expression = random.expression(.synapse, depth: 4)
      for term in NormalForm(of: expression, traces: traces).terms {
        #expect(term.number != 0)
        for (list, owner) in [
          (term.scalar, Owner.scalar), (term.post, .post), (term.pre, .pre), (term.synapse, .synapse),
        ] {
          let texts = list.map { Printer.text($0.base) }
          #expect(texts == texts.sorted() && Set(texts).count == texts.count)
          #expect(list.allSatisfy { $0.power != 0 && $0.base.owner(traces: traces) == owner })
        }
      }
    }
  }
}
