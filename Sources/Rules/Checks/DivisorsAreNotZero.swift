/// Nothing is divided by something that can be 0.
struct DivisorsAreNotZero {
  static func check(_ draft: inout RuleDraft) {
    for equation in draft.equations {
      var found: [EquationFinding] = []
      equation.located?.visit { part in
        guard part.children.count == 2 else { return }
        let divisor: Located
        switch part.form {
        case .binary(.divide): divisor = part.children[1]
        case .binary(.power):
          // A negative power divides by its base.
          guard let exponent = part.children[1].interval?.constant, exponent < 0 else { return }
          divisor = part.children[0]
        default: return
        }
        guard let values = divisor.interval, values.canBeZero else { return }
        let text = equation.text(of: divisor)
        let bare = text.hasPrefix("(") && text.hasSuffix(")") ? String(text.dropFirst().dropLast()) : text
        let isZero = divisor.form == .number(0)
        let hint = values.lower >= 0 && values.upper > 1e-6 ? "; write max(\(bare), 1.0e-6)" : ""
        found.append(
          EquationFinding(
            check: .divisors, range: divisor.range,
            message: "division by \(text)\(isZero ? "" : ", which can be 0")\(hint)")
        )
      }
      draft.report(found, in: equation)
    }
  }
}
