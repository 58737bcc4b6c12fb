import Rules

/// The terms of one projection: those that cost something, and those that a coefficient of 0 switches off.
struct PlanTerms {
  /// Terms of `dw` that are computed.
  var live: [Term]
  /// Terms of `dw` with a coefficient of 0.
  var off: [Term]
  /// Terms of `db` that are computed; none when the rule has no `db`.
  var feedback: [Term]
  /// Terms of the eligibility; none when no live term reads it.
  var eligibility: [Term]
  /// Whether a term that is computed reads the eligibility.
  var readsEligibility: Bool
  /// Traces that these terms read, and those they are made of.
  var traces: [Trace]

  /// - Parameters:
  ///   - rule: the rule.
  ///   - layer: the projection, counted from 1 at the input.
  ///   - layerCount: number of projections.
  ///   - inactive: names of the coefficients that are 0.
  init(_ rule: Rule, layer: Int, layerCount: Int, inactive: Set<String>) {
    let owners = rule.traceOwners
    let all = NormalForm(of: rule.dw(layer: layer, layerCount: layerCount), traces: owners).terms
    live = all.filter { !$0.vanishes(without: inactive) }
    off = all.filter { $0.vanishes(without: inactive) }
    feedback =
      rule.db.map { NormalForm(of: $0, traces: owners).terms.filter { !$0.vanishes(without: inactive) } } ?? []
    let used = (live + feedback).reduce(into: Names()) { $0.collect($1) }
    readsEligibility = used.readsEligibility
    eligibility =
      used.readsEligibility
      ? NormalForm(of: rule.eligibility!.of, traces: owners).terms.filter { !$0.vanishes(without: inactive) } : []
    // Traces may read other traces.
    var names = eligibility.reduce(into: used) { $0.collect($1) }.traces
    for _ in rule.traces {
      for trace in rule.traces where names.contains(trace.name) {
        var read = Names()
        read.collect(trace.of)
        names.formUnion(read.traces)
      }
    }
    traces = rule.traces.filter { names.contains($0.name) }
  }

  /// Declared traces of a group's spikes, by name: the share kept per step.
  func spikeTraces(of spikes: Quantity) -> [String: Double] {
    traces.reduce(into: [:]) { if $1.of == .quantity(spikes) { $0[$1.name] = $1.decay } }
  }
}

/// The names terms refer to.
private struct Names {
  var traces: Set<String> = []
  var readsEligibility = false

  mutating func collect(_ term: Term) {
    for factor in term.scalar + term.post + term.pre + term.synapse { collect(factor.base) }
  }

  mutating func collect(_ expression: Expression) {
    switch expression {
    case .trace(let name): traces.insert(name)
    case .quantity(.eligibility): readsEligibility = true
    case .number, .quantity, .coefficient: break
    case .negate(let a), .back(let a), .ahead(let a), .backB(let a), .aheadB(let a): collect(a)
    case .binary(_, let a, let b):
      collect(a)
      collect(b)
    case .call(_, let arguments), .reduce(_, let arguments): arguments.forEach { collect($0) }
    }
  }
}

extension Term {
  /// True when a coefficient in `zeros` multiplies the whole term.
  fileprivate func vanishes(without zeros: Set<String>) -> Bool {
    scalar.contains { factor in
      if case .coefficient(let name) = factor.base { return factor.power > 0 && zeros.contains(name) }
      return false
    }
  }
}
