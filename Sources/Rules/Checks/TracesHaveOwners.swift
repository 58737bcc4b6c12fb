/// A trace belongs wholly to the pre side or wholly to the post side, reads no weights, and reads only traces that are
/// declared before it.
struct TracesHaveOwners {
  static func check(_ draft: inout RuleDraft) {
    for (index, trace) in draft.traces.enumerated() {
      guard let equation = trace.equation, let located = equation.located else { continue }
      let earlier = Set(draft.traces[..<index].map(\.name))
      var found: [EquationFinding] = []
      func report(_ check: RuleCheck, _ range: Range<Int>, _ message: String) {
        found.append(EquationFinding(check: check, range: range, message: message))
      }
      var sides: Set<Owner> = []
      var readsSynapse = false
      located.visit { part in
        switch part.form {
        case .quantity(let quantity) where quantity.owner == .synapse:
          readsSynapse = true
          report(
            .traceOwners, part.range, "a trace belongs to a neuron, but \(quantity.rawValue) belongs to the synapse")
        case .quantity(let quantity): if quantity.owner != .scalar { sides.insert(quantity.owner) }
        case .back, .ahead, .backB, .aheadB:
          readsSynapse = true
          report(.traceOwners, part.range, "a trace reads no weights, but \(equation.text(of: part)) does")
        case .trace(let name) where name == trace.name:
          report(.traceOrder, part.range, "trace \"\(name)\" reads itself; what it keeps is its tau or decay")
        case .trace(let name) where !earlier.contains(name):
          report(.traceOrder, part.range, "trace \"\(trace.name)\" reads \"\(name)\", which is declared after it")
        case .trace: if let owner = part.owner { sides.insert(owner) }
        default: break
        }
      }
      if !readsSynapse, sides.count > 1 {
        report(.traceOwners, located.range, "a trace belongs to one side, but this mixes pre and post")
      } else if !readsSynapse, located.owner == .scalar {
        report(
          .traceOwners, located.range,
          "a trace follows a pre or post quantity, but \(equation.text(of: located)) is one number for all neurons")
      }
      draft.report(found, in: equation)
    }
  }
}
