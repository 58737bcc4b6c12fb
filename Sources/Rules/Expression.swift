/// Which side of a projection a quantity belongs to. Ownership is the type system of the rule language: it decides what
/// is local, what a term costs and where it can be exported.
public enum Owner: String, Sendable, Hashable, CaseIterable {
  /// One number for the whole projection.
  case scalar
  /// One number per presynaptic neuron, [pre].
  case pre
  /// One number per postsynaptic neuron, [post].
  case post
  /// One number per synapse, [post, pre].
  case synapse
}

/// A quantity the network provides to every rule. The raw value is its name in rule pages.
public enum Quantity: String, Sendable, Hashable, CaseIterable {
  case yPre = "y_pre"
  case yPost = "y_post"
  case sPre = "s_pre"
  case sPost = "s_post"
  case vPre = "v_pre"
  case vPost = "v_post"
  case psiPre = "psi_pre"
  case psiPost = "psi_post"
  case ePre = "e_pre"
  case ePost = "e_post"
  case weight = "w"
  case feedback = "b"
  case eligibility = "elig"
  case noisePre = "xi_pre"
  case noisePost = "xi_post"
  case noise = "xi"
  case modulator = "mod"
  case reward
  case loss
  case step = "t"
  case sample
  case fanIn = "n_in"
  case fanOut = "n_out"
}

/// A binary operator.
public enum BinaryOperator: String, Sendable, Hashable, CaseIterable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case power = "**"
}

/// An elementwise function. The raw value is its name in rule pages.
public enum Function: String, Sendable, Hashable, CaseIterable {
  case abs, sign, sqrt, exp, log, tanh, relu, min, max, clip, step, floor
}

/// A reduction over the neurons of one side; its result is a scalar.
public enum Reduction: String, Sendable, Hashable, CaseIterable {
  case sum, mean, dot, norm
}

/// A rule's equation as a tree. Positions in the text are gone: they live in the parser's own tree.
public indirect enum Expression: Sendable, Hashable {
  /// A constant.
  case number(Double)
  /// A quantity of the network.
  case quantity(Quantity)
  /// A coefficient of the rule, by name.
  case coefficient(String)
  /// A declared trace, by name.
  case trace(String)
  /// `-x`.
  case negate(Expression)
  /// `x op y`.
  case binary(BinaryOperator, Expression, Expression)
  /// An elementwise function of its arguments.
  case call(Function, [Expression])
  /// A reduction to a scalar.
  case reduce(Reduction, [Expression])
  /// `Wᵀp` of a post quantity; owner pre.
  case back(Expression)
  /// `Wq` of a pre quantity; owner post.
  case ahead(Expression)
  /// `Bᵀp` of a post quantity through the feedback weights; owner pre.
  case backB(Expression)
  /// `Bq` of a pre quantity through the feedback weights; owner post.
  case aheadB(Expression)
}
