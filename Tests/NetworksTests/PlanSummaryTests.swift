import Kernels
import Rules
import Testing

@Suite("Plan summary")
struct PlanSummaryTests {
  private func summary(_ dw: String, layer: Int = 1) throws -> PlanSummary {
    let page = """
      schema: 1
      rule: summarised
      source: none
      coefficients: {a: {start: 0.1, range: [-1, 1], scale: 0.1}}
      dw: \(dw)
      """
    return PlanSummary(rule: try Rule.load(text: page, file: "summarised.yaml"), layer: layer, layerCount: 3)
  }

  @Test("feedback alignment is one multiply-add per synapse in the rows of active inputs")
  func feedbackAlignment() throws {
    let plan = try summary("-a * e_post * y_pre")
    #expect(plan.terms.map(\.sweep) == [.event])
    #expect(plan.cost == 1)
    #expect(plan.skipsSilentRows)
  }

  @Test("terms that share a post factor share its multiply-add, and back costs one dot product of the row")
  func oja() throws {
    let plan = try summary("-a * e_post * y_pre - a * e_post * e_pre + a * y_post * (y_pre - back(y_post))")
    #expect(plan.postFactors == 2)
    #expect(plan.rowDots == 1)
    #expect(plan.cost == 3)
    #expect(!plan.skipsSilentRows)
  }

  @Test("the error of a silent neuron is 0 in the input group alone")
  func silentError() throws {
    #expect(try summary("a * e_post * e_pre", layer: 1).terms.map(\.sweep) == [.event])
    #expect(try summary("a * e_post * e_pre", layer: 2).terms.map(\.sweep) == [.lowRank])
  }

  @Test("decay scales rows, and what does not factor is dense")
  func shapes() throws {
    #expect(try summary("-a * w").terms.map(\.sweep) == [.rowScale])
    #expect(try summary("a * w**2 * y_pre").terms.map(\.sweep) == [.dense])
    #expect(try summary("a * max(w, y_pre)").terms.map(\.sweep) == [.dense])
    #expect(try summary("a * s_post").terms.map(\.sweep) == [.lowRank])
  }
}
