extension Owner {
  /// The smallest owner that both spread to: a scalar spreads to everything, pre beside post makes a synapse.
  public func joined(with other: Owner) -> Owner {
    if self == other || other == .scalar { return self }
    return self == .scalar ? other : .synapse
  }

  /// Whether a value of this owner can stand where `other` is expected.
  public func spreads(to other: Owner) -> Bool { joined(with: other) == other }
}

extension Quantity {
  /// The side the quantity belongs to.
  public var owner: Owner {
    switch self {
    case .yPre, .sPre, .vPre, .psiPre, .ePre, .noisePre: .pre
    case .yPost, .sPost, .vPost, .psiPost, .ePost, .noisePost: .post
    case .weight, .feedback, .eligibility, .noise: .synapse
    case .modulator, .reward, .loss, .step, .sample, .fanIn, .fanOut: .scalar
    }
  }
}

extension Expression {
  /// The owner of the expression's value; elementwise operators and functions join the owners of their arguments.
  ///
  /// Says what the value would belong to; whether the arguments of `back`, `ahead` and the reductions are on the right
  /// side is the checker's business.
  /// - Parameter traces: owner of every declared trace; an undeclared one counts as a scalar.
  public func owner(traces: [String: Owner] = [:]) -> Owner {
    switch self {
    case .number, .coefficient, .reduce: .scalar
    case .quantity(let quantity): quantity.owner
    case .trace(let name): traces[name] ?? .scalar
    case .negate(let x): x.owner(traces: traces)
    case .binary(_, let x, let y): x.owner(traces: traces).joined(with: y.owner(traces: traces))
    case .call(_, let arguments): arguments.reduce(.scalar) { $0.joined(with: $1.owner(traces: traces)) }
    case .back, .backB: .pre
    case .ahead, .aheadB: .post
    }
  }

  /// The direct arguments, left to right.
  public var children: [Expression] {
    switch self {
    case .number, .quantity, .coefficient, .trace: []
    case .negate(let x), .back(let x), .ahead(let x), .backB(let x), .aheadB(let x): [x]
    case .binary(_, let x, let y): [x, y]
    case .call(_, let arguments), .reduce(_, let arguments): arguments
    }
  }

  /// Whether this expression or anything inside it satisfies `predicate`.
  public func contains(where predicate: (Expression) -> Bool) -> Bool {
    predicate(self) || children.contains { $0.contains(where: predicate) }
  }

  /// The same tree with every leaf for which `replacement` gives something replaced by it.
  public func replacingLeaves(_ replacement: (Expression) -> Expression?) -> Expression {
    switch self {
    case .number, .quantity, .coefficient, .trace: replacement(self) ?? self
    case .negate(let x): .negate(x.replacingLeaves(replacement))
    case .binary(let op, let x, let y): .binary(op, x.replacingLeaves(replacement), y.replacingLeaves(replacement))
    case .call(let function, let arguments): .call(function, arguments.map { $0.replacingLeaves(replacement) })
    case .reduce(let reduction, let arguments): .reduce(reduction, arguments.map { $0.replacingLeaves(replacement) })
    case .back(let x): .back(x.replacingLeaves(replacement))
    case .ahead(let x): .ahead(x.replacingLeaves(replacement))
    case .backB(let x): .backB(x.replacingLeaves(replacement))
    case .aheadB(let x): .aheadB(x.replacingLeaves(replacement))
    }
  }

  /// The same tree with coefficients replaced by numbers; names that are not listed stay.
  public func binding(_ values: [String: Double]) -> Expression {
    replacingLeaves { leaf in
      if case .coefficient(let name) = leaf, let value = values[name] { .number(value) } else { nil }
    }
  }
}

extension Rule {
  /// Owner of every declared trace.
  public var traceOwners: [String: Owner] {
    Dictionary(traces.map { ($0.name, $0.owner) }, uniquingKeysWith: { first, _ in first })
  }

  /// The weight change of one layer: its own from `layers:` when it has one, the rule's otherwise.
  ///
  /// - Parameters:
  ///   - layer: projection counted from 1 at the input.
  ///   - layerCount: number of projections; `layers:` may count from -1 at the readout.
  public func dw(layer: Int, layerCount: Int) -> Expression {
    precondition(layer >= 1 && layer <= layerCount, "layer \(layer) is outside 1 ... \(layerCount)")
    let own = layers.last { $0.layer == layer || ($0.layer < 0 && layerCount + 1 + $0.layer == layer) }
    return own?.dw ?? dw
  }
}
