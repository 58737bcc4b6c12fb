/// `back` gets a post quantity, `ahead` a pre quantity, and reductions run over the neurons of one side.
struct SidesAgree {
  static func check(_ draft: inout RuleDraft) {
    for equation in draft.equations {
      var found: [EquationFinding] = []
      equation.located?.visit { part in
        if let message = complaint(part, equation) {
          found.append(EquationFinding(check: .sides, range: part.range, message: message))
        }
      }
      draft.report(found, in: equation)
    }
  }

  private static func complaint(_ part: Located, _ equation: Equation) -> String? {
    let owners = part.children.compactMap(\.owner)
    guard owners.count == part.children.count else { return nil }
    func belongs(_ index: Int) -> String {
      "\(equation.text(of: part.children[index])) \(SidesAgree.belongs(owners[index]))"
    }
    switch part.form {
    case .back where owners[0] != .post: return "back needs a post quantity, but \(belongs(0))"
    case .ahead where owners[0] != .pre: return "ahead needs a pre quantity, but \(belongs(0))"
    case .backB where owners[0] != .post: return "back_b needs a post quantity, but \(belongs(0))"
    case .aheadB where owners[0] != .pre: return "ahead_b needs a pre quantity, but \(belongs(0))"
    case .reduce(let reduction):
      if let index = owners.firstIndex(where: { $0 != .pre && $0 != .post }) {
        return "\(reduction.rawValue) runs over the neurons of one side, but \(belongs(index))"
      }
      if owners.count == 2, owners[0] != owners[1] {
        return "\(reduction.rawValue) runs over the neurons of one side, but \(belongs(0)) and \(belongs(1))"
      }
      return nil
    default: return nil
    }
  }

  /// `belongs to the pre side`.
  static func belongs(_ owner: Owner) -> String {
    switch owner {
    case .scalar: "is one number for all neurons"
    case .pre: "belongs to the pre side"
    case .post: "belongs to the post side"
    case .synapse: "belongs to the synapse"
    }
  }
}
