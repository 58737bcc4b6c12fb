/// `elig` is declared under `eligibility:` when it is used, used when it is declared, and does not read itself.
struct EligibilityIsDeclared {
  static func check(_ draft: inout RuleDraft) {
    let name = Quantity.eligibility.rawValue
    var isUsed = false
    for equation in draft.equations {
      var found: [EquationFinding] = []
      equation.located?.visit { part in
        guard part.form == .quantity(.eligibility) else { return }
        switch equation.role {
        case .eligibility:
          let message = "the eligibility reads itself; what it keeps is its tau or decay"
          found.append(EquationFinding(check: .eligibility, range: part.range, message: message))
        case .trace: break
        case .change, .feedbackChange:
          isUsed = true
          guard draft.eligibility == nil else { return }
          let message = "\(name) is used but not declared; write eligibility: {of: ..., tau: ...}"
          found.append(EquationFinding(check: .eligibility, range: part.range, message: message))
        }
      }
      draft.report(found, in: equation)
    }
    if let eligibility = draft.eligibility, draft.isComplete, !isUsed {
      draft.report(.eligibility, eligibility.keyPlace, "the eligibility is declared but \(name) is never used")
    }
  }
}
