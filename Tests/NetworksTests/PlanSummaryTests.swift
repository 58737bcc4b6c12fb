import Kernels
import Rules
import Testing

@Suite("Plan summary")
struct PlanSummaryTests {
  private static let threeTerm =
    "-a * e_post * y_pre - h * e_post * e_pre + o * y_post * (y_pre - back(y_post))"

  private func rule(_ dw: String, more: String = "") throws -> Rule {
    let page = """
      schema: 1
      rule: summarised
      source: none
      coefficients:
        a: {start: 0.1, range: [-1, 1], scale: 0.1}
        h: {start: 0.1, range: [-1, 1], scale: 0.1}
        o: {start: 0.1, range: [-1, 1], scale: 0.1}
      \(more)
      dw: \(dw) + 0 * (a + h + o)
      """
    return try Rule.load(text: page, file: "summarised.yaml")
  }

  private func shape(_ pre: Int, _ post: Int, isInput: Bool = false) -> PlanShape {
    var shape = PlanShape(preCount: pre, postCount: post, steps: 20)
    shape.isInput = isInput
    shape.knowsInput = isInput
    if isInput { shape.pre = .input }
    return shape
  }

  private func summary(
    _ dw: String, _ shape: PlanShape, more: String = "", off: Set<String> = []
  ) throws -> PlanSummary {
    PlanSummary(rule: try rule(dw, more: more), layer: 1, layerCount: 3, inactive: off, shape: shape)
  }

  @Test("the input's projection runs ahead, a large hidden one defers")
  func usualForms() throws {
    #expect(try summary(Self.threeTerm, shape(784, 170, isInput: true)).form == .ahead)
    #expect(try summary(Self.threeTerm, shape(400, 400)).form == .deferred)
    #expect(try summary("-a * e_post * y_pre", shape(784, 170, isInput: true)).form == .ahead)
  }

  @Test("what reads single weights or does not factor is swept, and nothing else is possible")
  func swept() throws {
    for dw in ["a * w**2 * y_pre", "a * max(w, y_pre)", "a * w * y_post"] {
      let plan = try summary(dw, shape(784, 170, isInput: true))
      #expect(plan.form == .swept, "\(dw)")
      #expect(plan.alternatives.count == 1, "\(dw)")
    }
    #expect(try summary(Self.threeTerm, shape(784, 170, isInput: true), more: "bounds: {w: [-1, 1]}").form == .swept)
    var concordant = shape(784, 170, isInput: true)
    concordant.mustBeCurrent = true
    #expect(try summary(Self.threeTerm, concordant).form == .swept)
  }

  @Test("a term with a coefficient of 0 costs nothing")
  func zeroCostsNothing() throws {
    for shape in [shape(784, 170, isInput: true), shape(170, 130)] {
      let alone = try summary("-a * e_post * y_pre", shape)
      let off = try summary(Self.threeTerm, shape, off: ["h", "o"])
      #expect(off.cost == alone.cost)
      #expect(off.terms.count { $0.method == nil } == 3)
      #expect(off.terms.count { $0.method != nil } == 1)
      let none = try summary(Self.threeTerm, shape, off: ["a", "h", "o"])
      #expect(none.terms.allSatisfy { $0.method == nil })
      let sweep = try #require(none.alternatives.first { $0.form == .swept })
      // Of the input its activity is still formed; no matrix is touched.
      #expect(sweep.update.total.step == 0 && sweep.update.total.sample == 0)
      #expect(shape.isInput || sweep.update == .none)
    }
  }

  @Test("bytes of a sweep are those of a matrix that is read and written at every learning step")
  func sweptBytes() throws {
    let plan = try summary("a * e_post", shape(32, 48), more: "bounds: {w: [-1, 1]}")
    #expect(plan.cost.update.total.step == 20 * 2 * 4 * 32 * 48)
    // Spikes of 14 of 100 neurons read their rows.
    #expect(abs(plan.cost.forward.total.step - 20 * 0.14 * 4 * 32 * 48) < 1e-6)
    #expect(plan.cost.forward == plan.cost.answer)
    // Only rows of neurons that have spiked.
    let event = try summary("a * e_post * y_pre", shape(32, 48))
    let sweep = try #require(event.alternatives.first { $0.form == .swept })
    #expect(abs(sweep.update.total.step - 0.58 * 20 * 2 * 4 * 32 * 48) < 1e-6)
  }

  @Test("a deferred sample reads and writes the matrix once")
  func deferredBytes() throws {
    let event = try summary("a * e_post * y_pre", shape(32, 48))
    let deferred = try #require(event.alternatives.first { $0.form == .deferred })
    #expect(abs(deferred.update.total.sample - 0.58 * 2 * 4 * 32 * 48) < 1e-6)
    #expect(deferred.update.total.step == 0)
    // On average 9.5 changes at 19 steps: a product with 32 inputs, summed across lanes, then one with 48 outputs, which are
    // three vectors side by side where eight would fit.
    #expect(
      abs(deferred.forward.total.multiplyAdds - deferred.answer.total.multiplyAdds - 19 * 9.5 * (32 + 64 + 8 * 16))
        < 1e-6)
    let sample = try summary("a * e_post * y_pre", shape(32, 48), more: "every: sample")
    let late = try #require(sample.alternatives.first { $0.form == .deferred })
    #expect(late.forward == late.answer)
  }

  @Test("methods of terms name how they are computed")
  func methods() throws {
    let hidden = try summary(Self.threeTerm, shape(400, 400))
    #expect(hidden.terms.map(\.method) == [.deferred, .deferred, .followed, .deferred])
    let input = try summary(Self.threeTerm, shape(784, 170, isInput: true))
    #expect(input.terms.map(\.method) == [.traced, .gated, .substituted, .traced])
    #expect(try summary("-a * e_post * y_pre", shape(784, 170, isInput: true)).terms.map(\.method) == [.spikes])
    #expect(try summary("-a * w", shape(400, 400)).terms.map(\.method).allSatisfy { $0 == .scale || $0 == .rowScale })
    #expect(try summary("a * w**2 * y_pre", shape(40, 40)).terms.map(\.method) == [.dense])
  }

  @Test("costs are positive and grow with each size", arguments: PlanForm.allCases)
  func monotonic(form: PlanForm) throws {
    func cost(_ pre: Int, _ post: Int, _ steps: Int) throws -> PlanCost {
      var shape = shape(pre, post, isInput: true)
      shape.steps = steps
      shape.learningSteps = steps
      return try #require(try summary(Self.threeTerm, shape).alternatives.first { $0.form == form })
    }
    let small = try cost(100, 50, 10)
    let larger = [try cost(200, 50, 10), try cost(100, 100, 10), try cost(100, 50, 20)]
    for cost in [small] + larger {
      for work in [cost.forward.total, cost.update.total, cost.answer.total] {
        #expect(work.multiplyAdds > 0 && work.bytes > 0)
      }
    }
    for cost in larger {
      #expect(cost.learning.total.multiplyAdds > small.learning.total.multiplyAdds)
      #expect(cost.learning.total.bytes > small.learning.total.bytes)
      #expect(
        MachinePeaks.reference.seconds(of: cost.learning, in: cost.footprint)
          > MachinePeaks.reference.seconds(of: small.learning, in: small.footprint))
    }
  }

  @Test("bytes come from the first cache that holds what is gone through before they are met again")
  func levels() {
    let peaks = MachinePeaks(
      multiplyAdds: 1e9, caches: [1000, 10_000], bandwidths: [4e9, 2e9, 1e9], call: 1e-6)
    let work = Work(multiplyAdds: 1e6, near: 4e6, step: 2e6, sample: 3e6, calls: 10)
    #expect(peaks.bytes(of: work, in: Footprint(step: 1000, sample: 1001)) == [6e6, 3e6, 0])
    #expect(peaks.bytes(of: work, in: Footprint(step: 10_001, sample: 1)) == [7e6, 0, 2e6])
    // 1 ms for the near bytes, 0.5 for those of a step, 1.5 for those of a sample; multiply-adds take 1 ms.
    #expect(abs(peaks.bound(of: work, in: Footprint(step: 1, sample: 5000)) - 3e-3) < 1e-12)
    #expect(abs(peaks.seconds(of: Phases([work]), in: Footprint(step: 1, sample: 5000)) - 3.01e-3) < 1e-12)
    #expect(peaks.bound(of: Work(multiplyAdds: 5e6), in: Footprint()) == 5e-3)
  }
}
