import Kernels
import Pages
import Systems

/// Who delivers the teaching signal: a credit pathway by name or, where a published learning system is chosen, the system
/// with its settings.
public struct CreditChoice: Sendable, Hashable, ExpressibleByStringLiteral {
  /// The name.
  public var name: String
  /// The settings of a learning system; nil for its defaults, and for pathways that have none.
  public var settings: SystemSettings?

  /// A pathway by name, or a system with its defaults unless settings are given.
  public init(_ name: String, _ settings: SystemSettings? = nil) { (self.name, self.settings) = (name, settings) }

  /// A pathway by name.
  public init(stringLiteral name: String) { self.init(name) }

  /// What a rule learns with: the pathway of its own page, if that names one, else this choice.
  public func chosen(by credit: String?) -> CreditChoice {
    guard let credit, credit != name else { return self }
    return CreditChoice(credit)
  }

  /// The card of the learning system that is chosen; nil for a pathway of its own.
  public var card: SystemCard? { systemCards.first { $0.name == name } }
}

extension CreditChoice: CustomStringConvertible {
  /// The name.
  public var description: String { name }
}

extension CreditChoice {
  /// How pages write the choice: a name, or `{kind: name, …}` with settings of a system.
  static func kind(_ names: [String]) -> PageKind {
    .either(
      [
        .choice(names),
        .variant(
          by: "kind", doc: "A published learning system and its settings.",
          cases: systemCards.map { PageVariant($0.name, doc: $0.about, $0.settings) }),
      ], description: names.joined(separator: ", ") + ", or a mapping with kind and the settings of a learning system")
  }

  /// The choice that a validated page holds.
  init(_ value: PageValue) {
    if let kind = value["kind"] {
      let card = systemCards.first { $0.name == kind.text }!
      self.init(card.name, SystemSettings(card, page: value))
    } else {
      self.init(value.text)
    }
  }
}
