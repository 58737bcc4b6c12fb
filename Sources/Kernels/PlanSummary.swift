import Rules

/// How a rule is computed in one projection, term by term, and what that costs: the same decisions `Plan` makes.
public struct PlanSummary: Sendable, Hashable {
  /// How a term is computed.
  public enum Method: String, Sendable, Hashable {
    /// `pre ⊗ post` swept into the rows whose pre factor is not 0 at this step.
    case event = "event-driven: rows of neurons that have spiked"
    /// `pre ⊗ post` swept into every row.
    case everyRow = "fused into the sweep of every row"
    /// `(row · p) pre ⊗ post`: a dot product of every row, taken in the pass that writes it.
    case rowDot = "fused with the sweep: dot product of the row, then its change"
    /// Linear in `w`: the row is scaled.
    case rowScale = "fused with the sweep: the row is scaled"
    /// Evaluated synapse by synapse.
    case dense = "dense fallback: synapse by synapse"
    /// `pre ⊗ post`, kept and written once a sample.
    case deferred = "deferred low-rank: kept as a product, written once a sample"
    /// `pre ⊗ post`, kept over several samples of one step.
    case held = "deferred low-rank: kept as a product, written once in several samples"
    /// As `held`, with `Wᵀp` of all these samples formed together.
    case heldBack = "deferred low-rank: back of several samples at once, written with them"
    /// As `deferred`, with `Wᵀp` of a trace of spikes.
    case followed = "deferred low-rank; back follows spikes through the transposed weights"
    /// As `deferred`, with `Wᵀp` from the matrix at every step.
    case corrected = "deferred low-rank; back is taken from the weights and pending changes"
    /// `scalar · w`: one number for the projection.
    case scale = "deferred: one factor on the whole matrix"
    /// A trace of known input spikes, written spike by spike.
    case spikes = "event-driven: written once a sample, spike by spike"
    /// A trace of known input spikes, written in panels with the others.
    case traced = "deferred low-rank: trace of known spikes, written once a sample"
    /// The input's error from fixed feedback, formed once a sample.
    case gated = "deferred low-rank: input's error formed once a sample"
    /// `Wᵀp` of all steps at once.
    case substituted = "deferred low-rank: back of all steps by forward substitution"
  }

  /// One term.
  public struct TermPlan: Sendable, Hashable {
    /// The term as text.
    public var text: String
    /// How it is computed; nil for a term that a coefficient of 0 switches off: it costs nothing.
    public var method: Method?
  }

  /// The terms in canonical order, those that are off last.
  public var terms: [TermPlan]
  /// When weights move.
  public var every: Cadence
  /// The forms that were possible, with their costs; the chosen one is `cost`.
  public var alternatives: [PlanCost]
  /// The cost of the form that `Plan` takes.
  public var cost: PlanCost
  /// What it was counted for.
  public var shape: PlanShape
  /// Whether the error of the pre, or of the post group, has to be delivered at every learning step.
  public var readsPreError: Bool, readsPostError: Bool

  /// How changes reach the weights.
  public var form: PlanForm { cost.form }

  /// Summarises the plan of one layer of `rule`.
  /// - Parameters:
  ///   - rule: a checked rule.
  ///   - layer: the projection, counted from 1 at the input.
  ///   - layerCount: number of projections.
  ///   - inactive: names of the coefficients that are 0 in this layer.
  ///   - shape: the projection.
  public init(rule: Rule, layer: Int, layerCount: Int, inactive: Set<String> = [], shape: PlanShape) {
    let wanted = PlanTerms(rule, layer: layer, layerCount: layerCount, inactive: inactive)
    let chosen = PlanCost.cheapestForm(of: wanted, rule, in: shape)
    alternatives = PlanCost.possibleForms(of: wanted, rule, in: shape).map { PlanCost($0, wanted, rule, in: shape) }
    cost = alternatives.first { $0.form == chosen }!
    every = rule.moving(in: shape.samplesHeld).every
    self.shape = shape
    let use = chosen == .ahead ? shape.aheadTerms(wanted).map { AheadUse($0) } : nil
    let substitutes = rule.every == .step && use?.backs.isEmpty == false
    let postTraces = wanted.spikeTraces(of: .sPost)
    terms =
      wanted.live.map { term in
        let method: Method
        switch chosen {
        case .swept: method = Self.swept(term, wanted, rule, shape)
        case .deferred:
          let backs = term.backArguments
          if shape.samplesHeld > 1, term.weightPower == 0 {
            method = backs.isEmpty ? .held : shape.sendsLate(term, wanted) ? .heldBack : .corrected
            break
          }
          method =
            term.weightPower == 1
            ? .scale
            : backs.isEmpty ? .deferred : backs.allSatisfy { shape.follows($0, postTraces) } ? .followed : .corrected
        case .ahead where term.weightPower == 1: method = .scale
        case .ahead:
          switch term.pre[0].base {
          case .back: method = .substituted
          case .quantity(.ePre): method = .gated
          default:
            let alone = wanted.live.filter { $0.post == term.post }.allSatisfy { other in
              guard other.weightPower == 0 else { return true }
              if case .back = other.pre[0].base { return false }
              return other.pre[0].base != .quantity(.ePre)
            }
            method = alone && !substitutes ? .spikes : .traced
          }
        }
        return TermPlan(text: Printer.text(term.expression), method: method)
      } + wanted.off.map { TermPlan(text: Printer.text($0.expression), method: nil) }
    var read: Set<Quantity> = []
    for term in wanted.live + wanted.eligibility {
      for factor in term.factors { read.formUnion(factor.base.quantities) }
    }
    for trace in wanted.traces { read.formUnion(trace.of.quantities) }
    readsPreError = read.contains(.ePre) && use?.hasError != true
    readsPostError = read.contains(.ePost) || use?.hasError == true
  }

  private static func swept(_ term: Term, _ terms: PlanTerms, _ rule: Rule, _ shape: PlanShape) -> Method {
    if !term.synapse.isEmpty || term.weightPower > 1 || term.weightPower < 0 { return .dense }
    if term.weightPower == 1 { return .rowScale }
    if term.sweptDot != nil { return .rowDot }
    let skips = rule.weightBounds == nil && terms.live.allSatisfy { shape.skipsSilent($0, terms) }
    return skips ? .event : .everyRow
  }
}

extension Expression {
  /// Quantities in the tree.
  fileprivate var quantities: Set<Quantity> {
    if case .quantity(let quantity) = self { return [quantity] }
    return children.reduce(into: []) { $0.formUnion($1.quantities) }
  }
}
