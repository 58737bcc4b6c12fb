/// A coefficient or trace has a name of its own: not one of the language's, and not one declared twice.
struct NamesAreFree {
  static func check(_ draft: inout RuleDraft) {
    let quantities = Set(Quantity.allCases.map(\.rawValue))
    let callables = Set(NamesAreKnown.callables)
    let coefficients = Set(draft.coefficients.map(\.name))
    // Words that Python, SymPy or Brian2 would not take as names.
    let foreign: Set<String> = [
      "and", "as", "def", "del", "dt", "elif", "else", "False", "for", "from", "if", "import", "in", "inf", "is",
      "lambda", "nan", "None", "not", "or", "pi", "True", "while", "with", "xi",
    ]
    let declared =
      draft.coefficients.map { (kind: "coefficient", name: $0.name, place: $0.keyPlace) }
      + draft.traces.map { (kind: "trace", name: $0.name, place: $0.keyPlace) }
    for (kind, name, place) in declared {
      let reason: String? =
        if quantities.contains(name) {
          "is a quantity of the language"
        } else if callables.contains(name) {
          "is a function of the language"
        } else if foreign.contains(name) {
          "is a reserved word of the tools that rules are exported to"
        } else if kind == "trace", coefficients.contains(name) {
          "is a coefficient already"
        } else {
          nil
        }
      if let reason { draft.report(.names, place, "\(kind) \"\(name)\" needs another name: it \(reason)") }
    }
  }
}
