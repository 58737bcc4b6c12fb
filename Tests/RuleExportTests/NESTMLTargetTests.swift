import RuleExport
import Rules
import Testing

@Suite("NESTML")
struct NESTMLTargetTests {
  private func text(_ rule: String) throws -> String {
    try NESTMLTarget().text(of: ShippedRules.exported(ShippedRules.rule(rule)))
  }

  private static let traces = """
    coefficients:
      a: {start: 0.01, range: [0, 1], scale: 0.1}
    traces:
      x_pre: {of: s_pre, tau: 20}
      x_post: {of: s_post, tau: 20}

    """

  @Test("of two spikes in one step the pre spike comes first where the rule takes it first")
  func preFirst() throws {
    let text = try text(Self.traces + "dw: a * s_post * x_pre - a * s_pre * (x_post - s_post)")
    #expect(text.contains("onReceive(pre_spikes, priority=2):") && text.contains("onReceive(post_spikes, priority=1):"))
    #expect(text.contains("x_pre += 1.0\n        w += -a_rule * x_post\n        emit_spike(w)"))
    #expect(text.contains("x_post += 1.0\n        w += a_rule * x_pre\n"))
  }

  @Test("and the post spike first where the rule takes that first")
  func postFirst() throws {
    let text = try text(Self.traces + "dw: a * s_post * (x_pre - s_pre) - a * s_pre * x_post")
    #expect(text.contains("onReceive(pre_spikes, priority=1):") && text.contains("onReceive(post_spikes, priority=2):"))
  }

  @Test("a rule for two spikes in one step alone is refused")
  func coincidence() throws {
    let exported = try ShippedRules.exported(
      ShippedRules.rule("coefficients:\n  a: {start: 0.01, range: [0, 1], scale: 0.1}\ndw: a * s_post * s_pre"))
    #expect(NESTMLTarget().obstacles(exported).contains { $0.contains("when both neurons spike in one step") })
  }

  @Test("clock and layer terms are refused by name")
  func terms() throws {
    let reasons = NESTMLTarget().obstacles(try ShippedRules.exported("oja"))
    #expect(reasons.contains { $0.contains("the clock term -eta*e_post*y_pre of dw") })
    #expect(reasons.contains { $0.contains("the layer term -oja*y_post*back(y_post) of dw") })
  }

  @Test("a time constant in steps becomes one in milliseconds, and bounds are kept")
  func constants() throws {
    let text = try NESTMLTarget().text(of: ShippedRules.exported("pair-stdp"))
    let line = text.split(separator: "\n").first { $0.contains("tau_x_pre ms = ") }
    let value = line.flatMap { Double($0.split(separator: " ")[3]) }
    #expect(abs((value ?? 0) - 20) < 1e-12)
    #expect(text.contains("w = min(w_max, max(w_min, w + (a_plus * x_pre)))"))
  }
}
