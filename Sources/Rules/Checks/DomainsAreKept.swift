/// Square roots, logarithms and powers get only what they are defined for, and the bounds of `clip` do not cross.
struct DomainsAreKept {
  /// Largest whole exponent that is worked out by multiplication, for a base of either sign.
  static let wholeLimit = 1024.0

  static func check(_ draft: inout RuleDraft) {
    for equation in draft.equations {
      var found: [EquationFinding] = []
      func report(_ check: RuleCheck, _ part: Located, _ message: String) {
        found.append(EquationFinding(check: check, range: part.range, message: message))
      }
      equation.located?.visit { part in
        guard let first = part.children.first, let x = first.interval else { return }
        let text = equation.text(of: first)
        switch part.form {
        case .call(.sqrt) where x.canBeNegative:
          report(.domains, first, "sqrt of \(text), which can be negative")
        case .call(.log) where x.canBeNegative: report(.domains, first, "log of \(text), which can be negative")
        case .call(.log) where x.canBeZero: report(.domains, first, "log of \(text), which can be 0")
        case .call(.clip):
          guard let low = part.children[1].interval, let high = part.children[2].interval,
            low.lower > high.upper
          else { return }
          report(.clipBounds, part, "clip goes from a lower to an upper bound, but these are reversed")
        case .binary(.power):
          guard let exponent = part.children[1].interval else { return }
          let raised = equation.text(of: part.children[1])
          if let power = exponent.constant {
            let isWhole = power == power.rounded() && abs(power) <= wholeLimit
            if !isWhole, x.canBeNegative {
              report(.domains, first, "\(text) can be negative, so it has no power \(raised)")
            }
          } else if x.canBeNegative {
            report(
              .domains, first, "\(text) can be negative, so it has no power \(raised), which is not a whole number")
          } else if x.canBeZero, exponent.canBeNegative {
            report(.domains, first, "\(text) can be 0, so it has no power \(raised), which can be negative")
          }
        default: break
        }
      }
      draft.report(found, in: equation)
    }
  }
}
