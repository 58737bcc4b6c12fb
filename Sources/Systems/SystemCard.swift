import Layers
import Pages
import Rules

/// What people and the catalogue have to know of a learning system.
public struct SystemCard: Sendable {
  /// Name as a credit pathway, in rule and experiment pages.
  public var name: String
  /// One sentence for people.
  public var about: String
  /// The paper.
  public var source: String
  /// The rule page its authors give it.
  public var rule: String
  /// Neurons it can send errors through.
  public var neurons: [LayerNeuron]
  /// Layers it can send errors through.
  public var layers: Set<LayerFeature>
  /// Quantities that its signals offer to rules; all offer `y_pre`, `e_post`, `w`, `n_in`, `n_out`.
  public var offers: Set<Quantity>
  /// Its settings, with defaults.
  public var settings: PageKeys
  /// What else it asks of a network: nil, or what a refusal says of it after the system's name.
  public var demand: @Sendable (LayeredParameters) -> String?

  /// Makes a card.
  public init(
    name: String, about: String, source: String, rule: String, neurons: [LayerNeuron], layers: Set<LayerFeature>,
    offers: Set<Quantity> = [], settings: [PageKey] = [],
    demand: @escaping @Sendable (LayeredParameters) -> String? = { _ in nil }
  ) {
    (self.name, self.about, self.source, self.rule) = (name, about, source, rule)
    (self.neurons, self.layers) = (neurons, layers)
    self.offers = offers.union([.yPre, .ePost, .weight, .fanIn, .fanOut])
    self.settings = PageKeys(settings)
    self.demand = demand
  }

  /// Why the system cannot learn a network, in one sentence with both names; nil when it can.
  public func refusal(of parameters: LayeredParameters) -> String? {
    if !neurons.contains(parameters.neuron) {
      return "credit pathway \(name) does not know neurons \(parameters.neuron.rawValue); it knows "
        + neurons.map(\.rawValue).joined(separator: ", ")
    }
    let used = parameters.layers.reduce(into: Set<LayerFeature>()) { $0.formUnion($1.features) }
    for feature in LayerFeature.allCases where used.contains(feature) && !layers.contains(feature) {
      let known = LayerFeature.allCases.filter { layers.contains($0) }.map(\.rawValue).joined(separator: ", ")
      return "credit pathway \(name) does not go through \(feature.rawValue) layers; it goes through \(known)"
    }
    return demand(parameters).map { "credit pathway \(name) \($0)" }
  }
}

/// Kinds of layers, as far as learning systems tell them apart.
public enum LayerFeature: String, Sendable, Hashable, CaseIterable {
  /// Dense layers.
  case dense
  /// Convolutions, whatever stride and padding.
  case convolution
  /// Sum-pools.
  case sumPool = "sum-pool"
  /// Max-pools.
  case maxPool = "max-pool"
  /// Mean-pools.
  case averagePool = "average-pool"
}

extension LayerForm {
  /// The kinds of layers it is made of.
  public var features: Set<LayerFeature> {
    var features: Set<LayerFeature> = []
    switch synapses {
    case .dense: features.insert(.dense)
    case .convolution: features.insert(.convolution)
    }
    switch pool?.kind {
    case .sum: features.insert(.sumPool)
    case .max: features.insert(.maxPool)
    case .average: features.insert(.averagePool)
    case nil: break
    }
    return features
  }
}

/// The settings of a learning system, one value for every key of its card.
public struct SystemSettings: Sendable, Hashable {
  private enum Value: Hashable {
    case number(Double)
    case integer(Int)
    case text(String)
    case boolean(Bool)

    init(_ content: PageValue.Content) {
      switch content {
      case .number(let number): self = .number(number)
      case .integer(let integer): self = .integer(integer)
      case .text(let text): self = .text(text)
      case .boolean(let boolean): self = .boolean(boolean)
      case .list, .mapping: preconditionFailure("a setting is one value")
      }
    }
  }

  private var values: [String: Value]

  /// The defaults of a card, with some values in their place.
  /// - Precondition: the card has the keys.
  public init(_ card: SystemCard, _ chosen: [String: PageValue.Content] = [:]) {
    values = card.settings.keys.reduce(into: [:]) { $0[$1.name] = $1.standard.map { Value($0) } }
    for (key, value) in chosen {
      precondition(card.settings.keys.contains { $0.name == key }, "\(card.name) has no setting \(key)")
      values[key] = Value(value)
    }
  }

  /// The settings that a validated page holds.
  public init(_ card: SystemCard, page: PageValue) {
    self.init(card, card.settings.keys.reduce(into: [:]) { $0[$1.name] = page[$1.name]?.content })
  }

  /// The number under a key; also of an integer.
  public func number(_ key: String) -> Double {
    switch values[key] {
    case .number(let number): return number
    case .integer(let integer): return Double(integer)
    default: preconditionFailure("setting \(key) is no number")
    }
  }

  /// The integer under a key.
  public func integer(_ key: String) -> Int {
    guard case .integer(let integer) = values[key] else { preconditionFailure("setting \(key) is no integer") }
    return integer
  }

  /// The word under a key.
  public func text(_ key: String) -> String {
    guard case .text(let text) = values[key] else { preconditionFailure("setting \(key) is no text") }
    return text
  }

  /// The truth under a key.
  public func boolean(_ key: String) -> Bool {
    guard case .boolean(let boolean) = values[key] else { preconditionFailure("setting \(key) is no boolean") }
    return boolean
  }
}
