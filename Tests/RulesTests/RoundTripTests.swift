import Pages
import Rules
import TestSupport
import Testing

@Suite("Round trip: what is printed reads back")
struct RoundTripTests {
  static func read(_ text: String) throws -> Expression {
    try Expression(parsing: text, coefficients: RandomExpressions.coefficients, traces: RandomExpressions.traces)
  }

  @Test("random trees print to text that parses to an equal tree", arguments: [Owner.synapse, .pre, .post, .scalar])
  func randomTrees(owner: Owner) throws {
    for index in 0..<1000 {
      var random = RandomExpressions(index + 40_000)
      let expression = random.expression(owner, depth: 5).withoutNegativeNumbers
      let text = Printer.text(expression)
      #expect(try Self.read(text) == expression, "\(text)")
      #expect(try Self.read(Printer.lines(expression).joined(separator: "\n  ")) == expression, "\(text)")
    }
  }

  @Test("canonical and folded forms print to text that parses to an equal tree")
  func canonicalTrees() throws {
    for index in 0..<1000 {
      var random = RandomExpressions(index + 50_000)
      let expression = random.expression(.synapse, depth: 4)
      for form in [expression.simplified(traces: RandomExpressions.traces), expression.folded] {
        #expect(try Self.read(Printer.text(form)) == form, "\(Printer.text(form))")
      }
    }
  }

  @Test("an equation that cannot be read says where, with the nearest name")
  func wrongText() {
    do {
      _ = try Expression(parsing: "y_pre\n + 2*y_pst")
      Issue.record("read an unknown symbol")
    } catch {
      #expect(
        error.description == """
          equation:2:6: error: unknown symbol "y_pst" (did you mean "y_post"?)
             2 |  + 2*y_pst
               |      ^~~~~
          """)
    }
  }
}

extension Expression {
  /// The tree with `-2` as a sign before 2, as the parser reads it.
  var withoutNegativeNumbers: Expression {
    replacingLeaves { leaf in
      if case .number(let value) = leaf, value < 0 { .negate(.number(-value)) } else { nil }
    }
  }
}
