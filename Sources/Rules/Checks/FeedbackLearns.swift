import Pages

/// Bounds of the feedback weights and the learned pathway need a `db`.
struct FeedbackLearns {
  static func check(_ draft: inout RuleDraft) {
    // Whether there is a `db` is a question to the page: one that cannot be read is still there.
    guard let value = draft.value, draft.db == nil, value["db"] == nil else { return }
    if let bounds = value["bounds.b"] {
      draft.report(.feedback, bounds.keyPlace, "bounds.b has no effect without db")
    }
    if let credit = value["credit"], credit.text == "learned" {
      draft.report(.feedback, credit.place, "credit learned needs db, the change of the feedback weights")
    }
  }
}
