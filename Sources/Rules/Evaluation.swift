import RealModule

/// Everything a projection's rule may read from the network in one step.
public struct ProjectionQuantities<Scalar: Real & BinaryFloatingPoint & Sendable>: Sendable {
  /// Presynaptic neurons, `n_in`.
  public let preCount: Int
  /// Postsynaptic neurons, `n_out`.
  public let postCount: Int
  /// Activity, [pre].
  public var yPre: [Scalar]
  /// Spikes of this step, 0 or 1, [pre].
  public var sPre: [Scalar]
  /// Potential before reset, or pre-activation, [pre].
  public var vPre: [Scalar]
  /// Gain, [pre].
  public var psiPre: [Scalar]
  /// Teaching signal, gain included, [pre].
  public var ePre: [Scalar]
  /// Activity, [post].
  public var yPost: [Scalar]
  /// Spikes of this step, 0 or 1, [post].
  public var sPost: [Scalar]
  /// Potential before reset, or pre-activation, [post].
  public var vPost: [Scalar]
  /// Gain, [post].
  public var psiPost: [Scalar]
  /// Teaching signal, gain included, [post].
  public var ePost: [Scalar]
  /// The global third factor, `mod`.
  public var modulator: Scalar = 0
  /// The reward.
  public var reward: Scalar = 0
  /// The loss.
  public var loss: Scalar = 0
  /// The step within the sample, `t`.
  public var step: Scalar = 0
  /// The number of the support sample in its episode, `sample`.
  public var sample: Scalar = 0
  /// White noise of this step, `xi_pre`, [pre]; may be empty when nothing reads it.
  public var noisePre: [Scalar] = []
  /// White noise of this step, `xi_post`, [post]; may be empty when nothing reads it.
  public var noisePost: [Scalar] = []
  /// White noise of this step and synapse, `xi`, [post, pre] row-major; may be empty when nothing reads it.
  public var noise: [Scalar] = []

  /// All quantities 0.
  public init(preCount: Int, postCount: Int) {
    precondition(preCount >= 1 && postCount >= 1, "a projection of \(preCount) onto \(postCount) neurons is empty")
    self.preCount = preCount
    self.postCount = postCount
    let pre = [Scalar](repeating: 0, count: preCount)
    let post = [Scalar](repeating: 0, count: postCount)
    (yPre, sPre, vPre, psiPre, ePre) = (pre, pre, pre, pre, pre)
    (yPost, sPost, vPost, psiPost, ePost) = (post, post, post, post, post)
  }
}

/// The value of an expression: one number per neuron or synapse of its owner.
public struct OwnedValue<Scalar: Real & BinaryFloatingPoint & Sendable>: Sendable {
  /// Whom the numbers belong to.
  public let owner: Owner
  /// One number, [pre], [post], or [post, pre] row-major.
  public let elements: [Scalar]
}

/// Evaluates expressions literally, one operator after the other, over whole vectors: the definition of their meaning.
///
/// Slow and obvious. Sums run in the order of the neurons. NaN propagates.
public struct Evaluation<Scalar: Real & BinaryFloatingPoint & Sendable>: Sendable {
  /// What the network gives.
  public var quantities: ProjectionQuantities<Scalar>
  /// Forward weights, [post, pre] row-major.
  public var weights: [Scalar]
  /// Feedback weights, [post, pre] row-major; may be empty when nothing reads `b`.
  public var feedback: [Scalar]
  /// Eligibility, [post, pre] row-major; may be empty when nothing reads `elig`.
  public var eligibility: [Scalar]
  /// Values of the coefficients, by name.
  public var coefficients: [String: Scalar]
  /// Values of the traces, by name, on the side of their owner.
  public var traces: [String: (owner: Owner, values: [Scalar])]

  /// Makes an evaluation.
  public init(
    quantities: ProjectionQuantities<Scalar>, weights: [Scalar], feedback: [Scalar] = [], eligibility: [Scalar] = [],
    coefficients: [String: Scalar] = [:], traces: [String: (owner: Owner, values: [Scalar])] = [:]
  ) {
    self.quantities = quantities
    self.weights = weights
    self.feedback = feedback
    self.eligibility = eligibility
    self.coefficients = coefficients
    self.traces = traces
  }

  /// The expression's value.
  /// - Precondition: the expression is checked: names are declared and owners agree.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func value(of expression: Expression) -> OwnedValue<Scalar> {
    switch expression {
    case .number(let number): return scalar(Scalar(number))
    case .quantity(let quantity): return value(of: quantity)
    case .coefficient(let name):
      guard let value = coefficients[name] else { preconditionFailure("coefficient \(name) has no value") }
      return scalar(value)
    case .trace(let name):
      guard let trace = traces[name] else { preconditionFailure("trace \(name) has no value") }
      return owned(trace.owner, trace.values)
    case .negate(let x):
      let x = value(of: x)
      return owned(x.owner, x.elements.map { -$0 })
    case .binary(let op, let x, let y):
      let (x, y) = (value(of: x), value(of: y))
      let owner = x.owner.joined(with: y.owner)
      return owned(owner, zip(spread(x, over: owner), spread(y, over: owner)).map { Elementwise.apply(op, $0, $1) })
    case .call(let function, let arguments):
      let arguments = arguments.map(value)
      let owner = arguments.reduce(Owner.scalar) { $0.joined(with: $1.owner) }
      let columns = arguments.map { spread($0, over: owner) }
      return owned(
        owner, (0..<count(of: owner)).map { index in Elementwise.apply(function, columns.map { $0[index] }) })
    case .reduce(let reduction, let arguments): return scalar(reduce(reduction, arguments.map(value)))
    case .back(let x): return back(value(of: x), through: weights)
    case .ahead(let x): return ahead(value(of: x), through: weights)
    case .backB(let x): return back(value(of: x), through: feedback)
    case .aheadB(let x): return ahead(value(of: x), through: feedback)
    }
  }

  /// The expression's value spread over one owner: [pre], [post] or [post, pre].
  /// - Precondition: the value's owner spreads to `owner`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func values(of expression: Expression, over owner: Owner) -> [Scalar] {
    spread(value(of: expression), over: owner)
  }

  // MARK: Shapes

  /// How many numbers an owner has.
  func count(of owner: Owner) -> Int {
    switch owner {
    case .scalar: 1
    case .pre: quantities.preCount
    case .post: quantities.postCount
    case .synapse: quantities.preCount * quantities.postCount
    }
  }

  private func scalar(_ value: Scalar) -> OwnedValue<Scalar> { OwnedValue(owner: .scalar, elements: [value]) }

  private func owned(_ owner: Owner, _ elements: [Scalar]) -> OwnedValue<Scalar> {
    precondition(
      elements.count == count(of: owner),
      "a \(owner.rawValue) value has \(count(of: owner)) numbers, not \(elements.count)")
    return OwnedValue(owner: owner, elements: elements)
  }

  private func spread(_ value: OwnedValue<Scalar>, over owner: Owner) -> [Scalar] {
    precondition(
      value.owner.spreads(to: owner), "a \(value.owner.rawValue) value cannot stand for a \(owner.rawValue) one")
    if value.owner == owner { return value.elements }
    let preCount = quantities.preCount
    return (0..<count(of: owner)).map { index in
      switch value.owner {
      case .scalar: value.elements[0]
      case .pre: value.elements[index % preCount]
      case .post: value.elements[index / preCount]
      case .synapse: value.elements[index]
      }
    }
  }

  // MARK: Quantities, weights, sums

  private func value(of quantity: Quantity) -> OwnedValue<Scalar> {
    let q = quantities
    switch quantity {
    case .yPre: return owned(.pre, q.yPre)
    case .sPre: return owned(.pre, q.sPre)
    case .vPre: return owned(.pre, q.vPre)
    case .psiPre: return owned(.pre, q.psiPre)
    case .ePre: return owned(.pre, q.ePre)
    case .yPost: return owned(.post, q.yPost)
    case .sPost: return owned(.post, q.sPost)
    case .vPost: return owned(.post, q.vPost)
    case .psiPost: return owned(.post, q.psiPost)
    case .ePost: return owned(.post, q.ePost)
    case .weight: return owned(.synapse, weights)
    case .feedback: return owned(.synapse, feedback)
    case .eligibility: return owned(.synapse, eligibility)
    case .modulator: return scalar(q.modulator)
    case .reward: return scalar(q.reward)
    case .loss: return scalar(q.loss)
    case .noisePre: return owned(.pre, q.noisePre)
    case .noisePost: return owned(.post, q.noisePost)
    case .noise: return owned(.synapse, q.noise)
    case .step: return scalar(q.step)
    case .sample: return scalar(q.sample)
    case .fanIn: return scalar(Scalar(q.preCount))
    case .fanOut: return scalar(Scalar(q.postCount))
    }
  }

  /// `back(p)[j] = Σ_i w[i, j] p[i]` of either matrix.
  private func back(_ value: OwnedValue<Scalar>, through weights: [Scalar]) -> OwnedValue<Scalar> {
    let p = spread(value, over: .post)
    return owned(
      .pre,
      (0..<quantities.preCount).map { j in
        var sum: Scalar = 0
        for i in 0..<quantities.postCount { sum += weights[i * quantities.preCount + j] * p[i] }
        return sum
      })
  }

  /// `ahead(q)[i] = Σ_j w[i, j] q[j]` of either matrix.
  private func ahead(_ value: OwnedValue<Scalar>, through weights: [Scalar]) -> OwnedValue<Scalar> {
    let q = spread(value, over: .pre)
    return owned(
      .post,
      (0..<quantities.postCount).map { i in
        var sum: Scalar = 0
        for j in 0..<quantities.preCount { sum += weights[i * quantities.preCount + j] * q[j] }
        return sum
      })
  }

  private func reduce(_ reduction: Reduction, _ arguments: [OwnedValue<Scalar>]) -> Scalar {
    let side = arguments.reduce(Owner.scalar) { $0.joined(with: $1.owner) }
    precondition(side != .synapse, "\(reduction.rawValue) runs over the neurons of one side")
    let wanted = reduction == .dot ? 2 : 1
    precondition(arguments.count == wanted, "\(reduction.rawValue) takes \(wanted) arguments, not \(arguments.count)")
    let columns = arguments.map { spread($0, over: side) }
    var sum: Scalar = 0
    for index in columns[0].indices {
      let x = columns[0][index]
      switch reduction {
      case .sum, .mean: sum += x
      case .dot: sum += x * columns[1][index]
      case .norm: sum += x * x
      }
    }
    switch reduction {
    case .sum, .dot: return sum
    case .mean: return sum / Scalar(columns[0].count)
    case .norm: return Scalar.sqrt(sum)
    }
  }
}
