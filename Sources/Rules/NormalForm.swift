/// A factor of a term: a canonical expression that is neither a product nor a number, to an integer power.
///
/// The base is a sum only where the sum could not be multiplied out: under a negative power, or past
/// `NormalForm.expansionLimit`.
public struct Factor: Sendable, Hashable {
  /// What is raised.
  public var base: Expression
  /// The power, not 0.
  public var power: Int

  /// Makes a factor.
  public init(_ base: Expression, power: Int = 1) {
    self.base = base
    self.power = power
  }
}

/// One term of a rule: `number · scalar · post ⊗ pre · w**weightPower · synapse`.
///
/// Every list is in canonical order and free of duplicates.
public struct Term: Sendable, Hashable {
  /// The folded constant, not 0.
  public var number: Double
  /// Factors that are one number for the projection: coefficients, `mod`, reductions.
  public var scalar: [Factor]
  /// Factors per postsynaptic neuron, `ahead(…)` included.
  public var post: [Factor]
  /// Factors per presynaptic neuron, `back(…)` included.
  public var pre: [Factor]
  /// The power of `w`.
  public var weightPower: Int
  /// What is left: factors per synapse that are not a power of `w` (`b`, `elig`, `exp(w)`, `max(w, y_pre)`, …).
  public var synapse: [Factor]

  /// Makes a term.
  public init(
    number: Double, scalar: [Factor] = [], post: [Factor] = [], pre: [Factor] = [], weightPower: Int = 0,
    synapse: [Factor] = []
  ) {
    self.number = number
    self.scalar = scalar
    self.post = post
    self.pre = pre
    self.weightPower = weightPower
    self.synapse = synapse
  }

  /// The term's factors in the order they are written: scalars, post, pre, `w`, the rest.
  public var factors: [Factor] {
    let weight = weightPower == 0 ? [] : [Factor(.quantity(.weight), power: weightPower)]
    return scalar + post + pre + weight + synapse
  }

  /// The term as a canonical expression, its sign on the first factor.
  public var expression: Expression {
    let size = Term.product(number.magnitude, factors)
    return number < 0 ? Term.negatingFirst(size) : size
  }

  /// The smallest owner the term's value belongs to.
  public var owner: Owner {
    if weightPower != 0 || !synapse.isEmpty { return .synapse }
    if !post.isEmpty { return pre.isEmpty ? .post : .synapse }
    return pre.isEmpty ? .scalar : .pre
  }
}

/// A rule's equation as a canonical sum of terms: two expressions with the same meaning have the same normal form.
///
/// Sums are multiplied out, constants folded, equal terms merged, `back`, `ahead`, `sum`, `mean` and `dot` taken apart
/// by linearity, arguments of other functions normalised by themselves, and everything put in the order of its text.
///
/// - `dot(u, v)` and `sum(u*v)` are one thing, written as `dot` of the first factor and the rest; `sum(v)` over
///   `n_in` or `n_out` is written `mean(v)`; `dot(ahead(q), p)` becomes `dot(q, back(p))`.
/// - Real-number algebra: the value agrees with the written expression up to rounding, wherever that is finite. (`x/x`
///   is 1 and `0*x` is 0 here, also where the written text gives NaN.)
/// - A sum in a denominator stays as it is, with its first number made 1: nothing is factored or cancelled.
/// - A product of sums is left as a product once more than `expansionLimit` terms or `sizeLimit` characters would come
///   of it, so the work is bounded for any input; past it equal meaning may give different forms.
public struct NormalForm: Sendable, Hashable {
  /// The most terms a product of two sums, or a power of one, is multiplied out to.
  public static let expansionLimit = 64
  /// The most characters a product is multiplied out to, and the longest argument of `back`, `ahead` and reductions
  /// that is taken apart.
  public static let sizeLimit = 16_384

  /// The terms, in canonical order; none for an expression that is 0.
  public var terms: [Term]

  /// Normalises an expression.
  /// - Parameters:
  ///   - expression: any expression; ownership errors inside it are kept as they are.
  ///   - traces: owner of every trace it reads.
  public init(of expression: Expression, traces: [String: Owner] = [:]) {
    let simplifier = Simplifier(traces: traces)
    terms = simplifier.sum(expression).map(simplifier.term)
  }

  /// The sum as a canonical expression; `0` for no terms.
  public var expression: Expression { NormalForm.expression(of: terms) }

  static func expression(of terms: [Term]) -> Expression {
    guard let first = terms.first else { return .number(0) }
    return terms.dropFirst().reduce(first.expression) { sum, term in
      let size = Term.product(term.number.magnitude, term.factors)
      return .binary(term.number < 0 ? .subtract : .add, sum, size)
    }
  }
}

extension Expression {
  /// The expression in canonical form: multiplied out, merged, ordered.
  public func simplified(traces: [String: Owner] = [:]) -> Expression {
    NormalForm(of: self, traces: traces).expression
  }
}

extension Term {
  /// A product, negative powers as divisions at its end.
  static func product(_ number: Double, _ factors: [Factor]) -> Expression {
    var result: Expression?
    if number != 1 || !factors.contains(where: { $0.power > 0 }) { result = .number(number) }
    for factor in factors where factor.power > 0 {
      result = result.map { .binary(.multiply, $0, factor.raised) } ?? factor.raised
    }
    for factor in factors where factor.power < 0 {
      result = result.map { .binary(.divide, $0, Factor(factor.base, power: -factor.power).raised) }
    }
    return result ?? .number(number)
  }

  /// Puts a minus sign on the first operand of a product, where the text `-a*b` has it.
  static func negatingFirst(_ expression: Expression) -> Expression {
    switch expression {
    case .binary(let op, let x, let y) where op == .multiply || op == .divide: .binary(op, negatingFirst(x), y)
    default: .negate(expression)
    }
  }
}

extension Factor {
  /// The factor as an expression: the base, or the base to its power.
  public var raised: Expression { power == 1 ? base : .binary(.power, base, .number(Double(power))) }
}
