/// Something a synapse would have to have at hand to compute a term.
public enum LocalNeed: String, Sendable, Hashable, CaseIterable {
  /// A quantity of its presynaptic neuron.
  case pre = "own pre"
  /// A quantity of its postsynaptic neuron.
  case post = "own post"
  /// The teaching signal that the credit pathway delivers to one of the two neurons.
  case deliveredError = "delivered error"
  /// A number broadcast to the whole projection: `mod`, `reward`, `loss`.
  case globalScalar = "global scalar"
  /// Its own forward weight.
  case weight = "own weight"
  /// The feedback weight between the same two neurons.
  case feedbackWeight = "feedback weight"
  /// A trace or an eligibility that remembers earlier steps.
  case storedPast = "stored past"
  /// Noise of its own: `xi`.
  case ownNoise = "own noise"
  /// Other synapses' weights: `back`, `ahead`, `back_b`, `ahead_b`.
  case neighbourWeights = "neighbours' weights"
  /// Other neurons of one side: `sum`, `mean`, `dot`, `norm`.
  case sumOverNeurons = "sum over neurons"
}

/// What makes a term do something.
public enum TermDrive: String, Sendable, Hashable, CaseIterable {
  /// It has a factor `s_pre` or `s_post` and nothing but local quantities: zero unless that neuron spikes.
  case event
  /// Local, at every step.
  case clock
  /// It needs a sum over neurons, so a whole layer has to take part.
  case layer
}

/// What one term of a rule's normal form asks of a synapse.
public struct TermLocality: Sendable, Hashable {
  /// The term.
  public var term: Term
  /// What the synapse needs, in the order of `LocalNeed`.
  public var needs: [LocalNeed]
  /// What drives the term.
  public var drive: TermDrive
  /// Whether the synapse can compute the term from its own two neurons, its own state and broadcast numbers.
  public var isLocal: Bool { drive != .layer }
}

/// What a rule asks of a synapse, term by term of its normal form.
public struct LocalityReport: Sendable, Hashable, CustomStringConvertible {
  /// One equation: its name (`dw`, `dw[-1]`, `db`) and its terms.
  public struct Equation: Sendable, Hashable {
    /// Left-hand side.
    public var name: String
    /// Terms in canonical order.
    public var terms: [TermLocality]
  }

  /// `dw`, layers' own `dw`, `db`.
  public var equations: [Equation]

  /// Reports on a rule. Traces and the eligibility bring the needs of their definitions with them.
  public init(of rule: Rule) {
    let traces = rule.traceOwners
    var definitions: [String: Expression] = [:]
    for trace in rule.traces { definitions[trace.name] = trace.of }
    func equation(_ name: String, _ expression: Expression) -> Equation {
      let terms = NormalForm(of: expression, traces: traces).terms.map { term in
        let needs = LocalityReport.needs(of: term.expression, definitions, rule.eligibility?.of)
        let sums = needs.contains(.neighbourWeights) || needs.contains(.sumOverNeurons)
        let spikes = (term.pre + term.post).contains { factor in
          factor.power > 0 && (factor.base == .quantity(.sPre) || factor.base == .quantity(.sPost))
        }
        return TermLocality(
          term: term, needs: LocalNeed.allCases.filter(needs.contains),
          drive: sums ? .layer : (spikes ? .event : .clock))
      }
      return Equation(name: name, terms: terms)
    }
    equations = [equation("dw", rule.dw)]
    equations += rule.layers.map { equation("dw[\($0.layer)]", $0.dw) }
    equations += rule.db.map { [equation("db", $0)] } ?? []
  }

  /// Whether every term of every equation is local.
  public var isLocal: Bool { equations.allSatisfy { $0.terms.allSatisfy(\.isLocal) } }

  /// A table: one line a term with what drives it and what it needs.
  public var description: String {
    let texts = equations.map { equation in
      equation.terms.map { (($0.term.number < 0 ? "" : "+") + Printer.text($0.term.expression)) }
    }
    let width = texts.joined().map(\.count).max() ?? 0
    let lines = zip(equations, texts).flatMap { equation, texts in
      let local = equation.terms.count { $0.isLocal }
      let head = "\(equation.name): \(local) of \(equation.terms.count) terms local"
      return [head]
        + zip(equation.terms, texts).map { term, text in
          let margin = String(repeating: " ", count: width - text.count)
          return "  \(text)\(margin)  \(term.drive.rawValue)  \(term.needs.map(\.rawValue).joined(separator: ", "))"
        }
    }
    return lines.joined(separator: "\n")
  }

  private static func needs(
    of expression: Expression, _ traces: [String: Expression], _ eligibility: Expression?
  ) -> Set<LocalNeed> {
    var own: Set<LocalNeed>
    switch expression {
    case .number, .coefficient, .negate, .binary, .call: own = []
    case .quantity(let quantity): own = needs(of: quantity)
    case .trace: own = [.storedPast]
    case .reduce: own = [.sumOverNeurons]
    case .back, .ahead, .backB, .aheadB: own = [.neighbourWeights]
    }
    // Inside a sum the quantities are other neurons'.
    switch expression {
    case .reduce, .back, .ahead, .backB, .aheadB:
      return expression.children.reduce(into: own) { found, child in
        found.formUnion(needs(of: child, traces, eligibility).subtracting([.pre, .post, .weight, .feedbackWeight]))
      }
    case .trace(let name):
      // A definition may read only traces above it, so this ends; a trace that names itself is cut off here.
      var others = traces
      if let of = others.removeValue(forKey: name) { own.formUnion(needs(of: of, others, eligibility)) }
      return own
    case .quantity(.eligibility):
      if let eligibility { own.formUnion(needs(of: eligibility, traces, nil)) }
      return own
    default:
      return expression.children.reduce(into: own) { $0.formUnion(needs(of: $1, traces, eligibility)) }
    }
  }

  private static func needs(of quantity: Quantity) -> Set<LocalNeed> {
    switch quantity {
    case .yPre, .sPre, .vPre, .psiPre, .noisePre: [.pre]
    case .yPost, .sPost, .vPost, .psiPost, .noisePost: [.post]
    case .ePre, .ePost: [.deliveredError]
    case .weight: [.weight]
    case .feedback: [.feedbackWeight]
    case .eligibility: [.storedPast]
    case .modulator, .reward, .loss: [.globalScalar]
    case .noise: [.ownNoise]
    case .step, .sample, .fanIn, .fanOut: []
    }
  }
}
