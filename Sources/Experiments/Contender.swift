import Networks
import Rules
import Tasks

/// A rule with its coefficients, on a network: what is scored.
public struct Contender: Sendable, Hashable {
  /// What tables call it.
  public var name: String
  /// The rule.
  public var rule: Rule
  /// One value per slot of `rule.coefficientSlots(layerCount:)`.
  public var coefficients: [Double]
  /// The network that learns with it.
  public var network: NetworkParameters
  /// The credit pathway, unless the rule names its own.
  public var credit: CreditChoice

  /// A contender; the rule's own coefficients unless others are given.
  public init(
    name: String, rule: Rule, coefficients: [Double]? = nil, network: NetworkParameters, credit: CreditChoice
  ) {
    self.name = name
    self.rule = rule
    self.coefficients = coefficients ?? rule.startCoefficients(layerCount: network.hidden.count + 1)
    self.network = network
    self.credit = credit
  }

  /// Projections of the network.
  public var layerCount: Int { network.hidden.count + 1 }

  /// The slots of the coefficients.
  public var slots: [CoefficientSlot] { rule.coefficientSlots(layerCount: layerCount) }

  /// The same with other coefficients.
  public func with(coefficients: [Double], name: String? = nil) -> Contender {
    var other = self
    other.coefficients = coefficients
    if let name { other.name = name }
    return other
  }

  /// Fails where the rule cannot run on the network.
  public func check(inputCount: Int, outputCount: Int, worstLoss: Double) throws(InnerLoopError) {
    _ = try episodeScorer(
      network: network, inputCount: inputCount, outputCount: outputCount, rule: rule, credit: credit,
      worstLoss: worstLoss)
  }
}
