import Pages

/// Every coefficient and every trace is used by some equation.
struct DeclaredIsUsed {
  static func check(_ draft: inout RuleDraft) {
    // An equation that could not be read may be the one that uses it.
    guard draft.isComplete else { return }
    let equations = draft.equations
    // A name that no equation can mean has been reported as such.
    func canBeMeant(_ name: String) -> Bool { NameRule.identifier.accepts(name) && NamesAreFree.reason(name) == nil }
    for coefficient in draft.coefficients
    where canBeMeant(coefficient.name) && !equations.contains(where: { $0.names.contains(coefficient.name) }) {
      draft.report(
        .coefficientsUsed, coefficient.keyPlace, "coefficient \"\(coefficient.name)\" is declared but never used")
    }
    for trace in draft.traces where canBeMeant(trace.name) {
      // A trace that only itself reads is not used.
      let others = equations.filter { $0.role != .trace(trace.name) }
      if !others.contains(where: { $0.names.contains(trace.name) }) {
        draft.report(.tracesUsed, trace.keyPlace, "trace \"\(trace.name)\" is declared but never used")
      }
    }
  }
}
