import Rules

/// How a rule is computed, term by term, and what a step costs: the same decisions `Plan` makes, for people.
public struct PlanSummary: Sendable, Hashable {
  /// How a term is swept.
  public enum Sweep: String, Sendable, Hashable {
    /// `pre ⊗ post`, only in rows whose pre factor is not 0 at this step: silent inputs cost nothing.
    case event = "event-driven"
    /// `pre ⊗ post` in every row.
    case lowRank = "low-rank"
    /// `pre · (row · p) ⊗ post`: a dot product of every row taken along in the same pass.
    case rowDot = "row dot"
    /// Linear in `w`: the row is scaled.
    case rowScale = "row scale"
    /// Evaluated synapse by synapse.
    case dense = "dense"
  }

  /// One term.
  public struct TermPlan: Sendable, Hashable {
    /// The term as text.
    public var text: String
    /// How it is swept.
    public var sweep: Sweep
    /// Multiply-adds per synapse of a swept row.
    public var cost: Int
  }

  /// The terms in canonical order.
  public var terms: [TermPlan]
  /// Distinct post factors of `pre ⊗ post` terms: one multiply-add per synapse each, however many terms share one.
  public var postFactors: Int
  /// Distinct dot products of a row, one multiply-add per synapse each.
  public var rowDots: Int
  /// True when only rows with activity are visited.
  public var skipsSilentRows: Bool
  /// When weights move.
  public var every: Cadence

  /// Multiply-adds per synapse of a swept row and step.
  public var cost: Int {
    postFactors + rowDots + terms.filter { $0.sweep == .rowScale || $0.sweep == .dense }.reduce(0) { $0 + $1.cost }
  }

  /// Summarises the plan of one layer of `rule`.
  /// - Parameters:
  ///   - rule: a checked rule.
  ///   - layer: the projection, counted from 1 at the input.
  ///   - layerCount: number of projections.
  public init(rule: Rule, layer: Int = 1, layerCount: Int = 1) {
    let owners = rule.traceOwners
    let all = NormalForm(of: rule.dw(layer: layer, layerCount: layerCount), traces: owners).terms
    // Traces of spikes stay 0 until their neuron is active, like the spikes themselves.
    let silentTraces = Set(rule.traces.filter { $0.of.vanishesWhenSilent }.map(\.name))
    var posts: Set<[Factor]> = []
    var dots: Set<Expression> = []
    terms = all.map { term in
      let backs = term.pre.compactMap { factor -> Expression? in
        if case .back(let argument) = factor.base, factor.power == 1 { return argument }
        return nil
      }
      let text = Printer.text(term.expression)
      if !term.synapse.isEmpty || term.weightPower > 1 || term.weightPower < 0 {
        let work = term.synapse.reduce(abs(term.weightPower)) { $0 + $1.base.operationCount + 1 }
        return TermPlan(text: text, sweep: .dense, cost: max(1, work))
      }
      if term.weightPower == 1 { return TermPlan(text: text, sweep: .rowScale, cost: term.post.isEmpty ? 1 : 2) }
      posts.insert(term.post)
      if backs.count == 1 {
        dots.insert(backs[0])
        return TermPlan(text: text, sweep: .rowDot, cost: 1)
      }
      let isEvent = term.pre.contains { factor in
        switch factor.base {
        case .trace(let name): silentTraces.contains(name)
        // The gain of a silent input is 0, that of a silent hidden neuron is not.
        case .quantity(.ePre): layer == 1
        default: factor.power > 0 && factor.base.vanishesWhenSilent
        }
      }
      return TermPlan(text: text, sweep: isEvent ? .event : .lowRank, cost: 1)
    }
    postFactors = posts.count
    rowDots = dots.count
    skipsSilentRows = !terms.isEmpty && terms.allSatisfy { $0.sweep == .event } && rule.weightBounds == nil
    every = rule.every
  }
}

extension Expression {
  /// Zero as long as the neuron it belongs to has been silent in this sample.
  fileprivate var vanishesWhenSilent: Bool {
    switch self {
    case .quantity(let quantity): quantity == .sPre || quantity == .yPre
    case .binary(.multiply, let a, let b): a.vanishesWhenSilent || b.vanishesWhenSilent
    case .binary(.add, let a, let b), .binary(.subtract, let a, let b): a.vanishesWhenSilent && b.vanishesWhenSilent
    case .negate(let a): a.vanishesWhenSilent
    default: false
    }
  }

  /// Operators and functions in the tree.
  fileprivate var operationCount: Int {
    children.reduce(children.isEmpty ? 0 : 1) { $0 + $1.operationCount }
  }
}
