import Rules

/// A rule, the values of its coefficients, the network it is shown on, and where all of it comes from.
public struct ExportedRule: Sendable {
  /// The rule.
  public var rule: Rule
  /// One value per slot of `rule.coefficientSlots(layerCount:)` of the network.
  public var coefficients: [Double]
  /// The network of scripts and of expected weights.
  public var network: ExportNetwork
  /// SHA-256 of the rule's page, 64 hexadecimal digits.
  public var pageSHA256: String
  /// The record that the coefficients come from, if any.
  public var recordUUID: String?
  /// Version of the program that exports.
  public var toolVersion: String

  /// Puts an export together.
  /// - Parameters:
  ///   - rule: a checked rule.
  ///   - coefficients: flat vector; nil takes the page's start values.
  ///   - network: nil takes the smallest network that has a projection for each of the rule's equations and coefficients.
  ///   - pageSHA256: of the rule's page.
  ///   - recordUUID: the record that the coefficients come from.
  ///   - toolVersion: version of the program.
  /// - Throws: when the network has no projection for one of the rule's equations, or another number of coefficients.
  public init(
    rule: Rule, coefficients: [Double]? = nil, network: ExportNetwork? = nil, pageSHA256: String,
    recordUUID: String? = nil, toolVersion: String
  ) throws(ExportMisfit) {
    self.rule = rule
    self.network = network ?? ExportNetwork(for: rule, coefficientCount: coefficients?.count)
    let layers = self.network.projectionCount
    self.coefficients = coefficients ?? rule.startCoefficients(layerCount: layers)
    self.pageSHA256 = pageSHA256
    self.recordUUID = recordUUID
    self.toolVersion = toolVersion
    for own in rule.layers where abs(own.layer) > layers {
      throw ExportMisfit(
        description:
          "rule \(rule.name) has an equation for layer \(own.layer), and the network has \(layers) projections")
    }
    let slots = rule.coefficientSlots(layerCount: layers)
    guard slots.count == self.coefficients.count else {
      throw ExportMisfit(
        description:
          "rule \(rule.name) has \(slots.count) coefficients on \(layers) projections, and \(self.coefficients.count) "
          + "values are given; name a network of as many projections as they were found on")
    }
  }

  /// The credit pathway: the rule's own, or random feedback.
  public var credit: String { rule.credit ?? "random" }

  /// The slots of the coefficients with their values.
  var slots: [(slot: CoefficientSlot, value: Double)] {
    Array(zip(rule.coefficientSlots(layerCount: network.projectionCount), coefficients))
  }

  /// A coefficient's values: one, or one per projection from the input up.
  func values(of name: String) -> [Double] { slots.filter { $0.slot.name == name }.map(\.value) }

  /// The coefficients that projection `layer`, counted from 1, has.
  func coefficients(layer: Int) -> [String: Double] {
    rule.coefficientValues(coefficients, layer: layer, layerCount: network.projectionCount)
  }
}

/// A network and a rule that do not fit each other.
public struct ExportMisfit: Error, Sendable, Hashable, CustomStringConvertible {
  /// One clear sentence.
  public var description: String
}

/// One of a rule's equations for the forward weights, and the projections it belongs to.
struct RuleEquation: Hashable {
  /// Nil for the page's own `dw`, else the number the page gives.
  var layer: Int?
  /// The weight change.
  var dw: Expression
  /// A projection of the network that has it, counted from 1.
  var example: Int

  /// `layer_1`, `readout`, `layer_minus_2`; empty for the page's own.
  var suffix: String {
    switch layer {
    case nil: ""
    case -1: "readout"
    case let layer?: layer > 0 ? "layer_\(layer)" : "layer_minus_\(-layer)"
    }
  }

  /// For people: which projections.
  var title: String {
    switch layer {
    case nil: "every projection without an equation of its own"
    case -1: "the readout's projection"
    case let layer?: layer > 0 ? "projection \(layer) from the input" : "projection \(-layer) from the readout"
    }
  }
}

extension ExportedRule {
  /// The page's `dw` and the layers' own, in the order of the page; an equation that no projection of the network has is
  /// shown on its first.
  var equations: [RuleEquation] {
    let count = network.projectionCount
    func number(_ layer: Int) -> Int { layer > 0 ? layer : count + 1 + layer }
    let own = Set(rule.layers.map { number($0.layer) })
    let shared = RuleEquation(layer: nil, dw: rule.dw, example: (1...count).first { !own.contains($0) } ?? 1)
    return [shared] + rule.layers.map { RuleEquation(layer: $0.layer, dw: $0.dw, example: number($0.layer)) }
  }
}
