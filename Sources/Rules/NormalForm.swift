/// A factor of a term: a canonical expression that is neither a sum, a product nor a number, to an integer power.
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
  /// The folded constant.
  public var number: Double
  /// Factors that are one number for the projection: coefficients, `mod`, reductions.
  public var scalar: [Factor]
  /// Factors per postsynaptic neuron.
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
}
