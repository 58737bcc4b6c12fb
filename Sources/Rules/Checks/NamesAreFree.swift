/// A coefficient or trace has a name of its own: not one of the language's, and not one declared twice.
struct NamesAreFree {
  private static let quantities = Set(Quantity.allCases.map(\.rawValue))
  private static let callables = Set(NamesAreKnown.callables)
  /// Words that Python, SymPy or Brian2 would not take as names.
  private static let foreign: Set<String> = [
    "and", "as", "def", "del", "dt", "elif", "else", "False", "for", "from", "if", "import", "in", "inf", "is",
    "lambda", "nan", "None", "not", "or", "pi", "True", "while", "with",
  ]

  /// Why nothing can be declared with this name, or nil.
  static func reason(_ name: String) -> String? {
    if quantities.contains(name) { return "is a quantity of the language" }
    if callables.contains(name) { return "is a function of the language" }
    if foreign.contains(name) { return "is a reserved word of the tools that rules are exported to" }
    return nil
  }

  static func check(_ draft: inout RuleDraft) {
    let coefficients = Set(draft.coefficients.map(\.name))
    for coefficient in draft.coefficients {
      guard let reason = reason(coefficient.name) else { continue }
      draft.report(
        .names, coefficient.keyPlace, "coefficient \"\(coefficient.name)\" needs another name: it \(reason)")
    }
    for trace in draft.traces {
      let isTaken = coefficients.contains(trace.name)
      guard let reason = reason(trace.name) ?? (isTaken ? "is a coefficient already" : nil) else { continue }
      draft.report(.names, trace.keyPlace, "trace \"\(trace.name)\" needs another name: it \(reason)")
    }
  }
}
