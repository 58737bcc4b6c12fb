import Pages

/// Bounds of the feedback weights, mirror phases and the learned pathway need a `db`, and in mirror phases there is no
/// sample to read.
struct FeedbackLearns {
  static func check(_ draft: inout RuleDraft) {
    // Whether there is a `db` is a question to the page: one that cannot be read is still there.
    guard let value = draft.value else { return }
    if let mirror = value["mirror"], (mirror["before"]?.integer ?? 0) == 0, (mirror["each"]?.integer ?? 0) == 0 {
      draft.report(.feedback, mirror.keyPlace, "mirror needs before or each above 0: without it db is never applied")
    }
    if let equation = draft.db, value["mirror"] != nil { readsNoSample(equation, &draft) }
    guard draft.db == nil, value["db"] == nil else { return }
    if let mirror = value["mirror"] {
      draft.report(.feedback, mirror.keyPlace, "mirror has no effect without db")
    }
    if let bounds = value["bounds.b"] {
      draft.report(.feedback, bounds.keyPlace, "bounds.b has no effect without db")
    }
    if let credit = value["credit"], credit.text == "learned" {
      draft.report(.feedback, credit.place, "credit learned needs db, the change of the feedback weights")
    }
  }

  /// What `db` may read between samples.
  private static let betweenSamples: Set<Quantity> = [
    .weight, .feedback, .noisePre, .noisePost, .noise, .sample, .fanIn, .fanOut,
  ]

  private static func readsNoSample(_ equation: Equation, _ draft: inout RuleDraft) {
    var found: [EquationFinding] = []
    equation.located?.visit { part in
      let name: String
      switch part.form {
      case .quantity(let quantity) where !betweenSamples.contains(quantity): name = quantity.rawValue
      case .trace(let trace): name = trace
      default: return
      }
      let message = "db is applied in mirror phases, between samples, where there is no \(name)"
      found.append(EquationFinding(check: .feedback, range: part.range, message: message))
    }
    draft.report(found, in: equation)
  }
}
