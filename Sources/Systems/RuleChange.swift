import Kernels
import Layers
import Rules

/// What a rule makes of a batch: for each connection the sum over all events of its `dw`, and of its `db`.
///
/// An event is a row of the system's signals (a step of a sample, or a sample). Weights stand still within a batch, so
/// `every: step` and `every: sample` mean the same. Each term of the rule is `number · scalar · post ⊗ pre · w^p`: its
/// post and pre factors are formed for all rows, and their products summed by one product of matrices. A term without
/// post and pre factors, such as a decay, counts once a row. The input has no error: `e_pre` is 0 there. A bias is the
/// weight of a presynaptic unit of activity and potential 1, without error or gain, which sums and means leave out.
///
/// The meaning is `InterpretedProjection`'s, row by row. One instance serves one thread.
public final class RuleChange<Scalar: KernelScalar> {
  /// The rule.
  public let rule: Rule
  private let network: LayeredNetwork<Scalar>
  private let forward: [TermSum<Scalar>]
  private let backward: [TermSum<Scalar>]

  /// Compiles a rule for a network.
  /// - Throws: `RuleChangeError` where the rule reads what the system or a layer does not offer.
  public init(_ rule: Rule, _ network: LayeredNetwork<Scalar>, _ card: SystemCard) throws(RuleChangeError) {
    try RuleChangeError.check(
      rule, network.connections.map(\.isDense), hasPools: network.pools.contains { $0 != nil }, card)
    self.rule = rule
    self.network = network
    let count = network.connections.count
    forward = network.connections.indices.map { l in
      TermSum(rule.dw(layer: l + 1, layerCount: count), rule, l, network)
    }
    backward = rule.db.map { db in network.connections.indices.map { TermSum(db, rule, $0, network) } } ?? []
  }

  /// Gives the coefficients their values, one per slot of `rule.coefficientSlots(layerCount:)`.
  public func bind(_ coefficients: [Double]) {
    let count = network.connections.count
    for l in 0..<count {
      let values = rule.coefficientValues(coefficients, layer: l + 1, layerCount: count)
      forward[l].bind(values)
      if !backward.isEmpty { backward[l].bind(values) }
    }
  }

  /// The number of the batch's first sample in its run or episode: what rules read as `sample`.
  public var firstSample = 0 {
    didSet { for sum in forward + backward { sum.firstSample = firstSample } }
  }

  /// Whether the feedback weights learn.
  public var changesFeedback: Bool { !backward.isEmpty }

  /// Writes the change of the weights of connection `l`, in their layout, and of its biases where there are any.
  public func write(
    _ l: Int, of system: any LearningSystem<Scalar>, to change: UnsafeMutablePointer<Scalar>,
    bias: UnsafeMutablePointer<Scalar>?, _ workspace: LayerWorkspace<Scalar>
  ) {
    forward[l].write(
      forward[l].isDescent ? system.gradientSignals(l) : system.signals(l), feedback: system.feedback(l), to: change,
      bias: bias, workspace)
  }

  /// Writes the change of the feedback weights of connection `l`; zeros where the system has none there.
  public func writeFeedback(
    _ l: Int, of system: any LearningSystem<Scalar>, to change: UnsafeMutablePointer<Scalar>,
    _ workspace: LayerWorkspace<Scalar>
  ) {
    precondition(changesFeedback, "rule \(rule.name) has no db")
    guard let feedback = system.feedback(l) else {
      change.update(repeating: 0, count: network.connections[l].weightCount)
      return
    }
    backward[l].write(
      backward[l].isDescent ? system.gradientSignals(l) : system.signals(l), feedback: feedback, to: change, bias: nil,
      workspace)
  }
}

/// Why a rule cannot learn a layered network with a system.
public enum RuleChangeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The system's signals do not have a quantity.
  case notOffered(rule: String, quantity: String, credit: String, offers: [String])
  /// The rule changes or reads feedback weights that the system does not have.
  case noFeedback(rule: String, credit: String)
  /// A construct of the rule has no meaning, or none we know, for batches or for a kind of connection.
  case notForLayers(rule: String, construct: String, reason: String)

  /// One clear sentence.
  public var description: String {
    switch self {
    case .notOffered(let rule, let quantity, let credit, let offers):
      "rule \(rule) reads \(quantity), which credit pathway \(credit) does not offer; it offers "
        + offers.joined(separator: ", ")
    case .noFeedback(let rule, let credit):
      "rule \(rule) reads or changes feedback weights (b, db), which credit pathway \(credit) does not have"
    case .notForLayers(let rule, let construct, let reason): "rule \(rule) has \(construct), which \(reason)"
    }
  }

  /// Refuses what no `TermSum` can do.
  static func check(
    _ rule: Rule, _ isDense: [Bool], hasPools: Bool, _ card: SystemCard
  ) throws(RuleChangeError) {
    let offered = card.offers.union([.sample, .step])
    if rule.eligibility != nil, rule.reads(.eligibility) {
      throw .notForLayers(
        rule: rule.name, construct: "an eligibility trace", reason: "batches of layered networks do not keep")
    }
    if rule.mirror != nil {
      throw .notForLayers(rule: rule.name, construct: "mirror phases", reason: "batches do not have")
    }
    let everything = Quantity.allCases.filter { rule.reads($0) && $0 != .eligibility && $0 != .feedback }
    for quantity in everything where !offered.contains(quantity) {
      let names = Quantity.allCases.filter { offered.contains($0) }.map(\.rawValue)
      throw .notOffered(rule: rule.name, quantity: quantity.rawValue, credit: card.name, offers: names)
    }
    if hasPools, let quantity = everything.first(where: { [.ePre, .vPre, .psiPre, .sPre].contains($0) }) {
      throw .notForLayers(
        rule: rule.name, construct: quantity.rawValue,
        reason: "has no meaning above a pool, which has neither neurons nor errors of its own")
    }
    if rule.usesFeedback, !card.offers.contains(.feedback) { throw .noFeedback(rule: rule.name, credit: card.name) }
    let count = isDense.count
    for l in 0..<count {
      let expressions = [rule.dw(layer: l + 1, layerCount: count)] + (rule.db.map { [$0] } ?? [])
      for expression in expressions {
        for term in NormalForm(of: expression, traces: rule.traceOwners).terms {
          try check(term, rule, isDense: isDense[l])
        }
      }
    }
  }

  private static func check(_ term: Term, _ rule: Rule, isDense: Bool) throws(RuleChangeError) {
    for factor in term.synapse where factor != Factor(.quantity(.feedback)) {
      throw .notForLayers(
        rule: rule.name, construct: Printer.text(factor.raised),
        reason: "is a function of single synapses; batches take sums of products of pre, post, w and b")
    }
    if isDense { return }
    for factor in term.scalar + term.post + term.pre {
      if let construct = factor.base.acrossNeurons {
        throw .notForLayers(
          rule: rule.name, construct: Printer.text(construct),
          reason: "has no meaning in a convolution, where a synapse sees one place of many")
      }
    }
  }
}

extension Expression {
  /// The first part that mixes neurons: a sum over neurons, or a way through weights.
  fileprivate var acrossNeurons: Expression? {
    switch self {
    case .reduce, .back, .ahead, .backB, .aheadB: self
    case .number, .quantity, .coefficient, .trace: nil
    case .negate(let x): x.acrossNeurons
    case .binary(_, let x, let y): x.acrossNeurons ?? y.acrossNeurons
    case .call(_, let arguments): arguments.lazy.compactMap(\.acrossNeurons).first
    }
  }
}
