import Rules

/// A language or program that rules are exported to. A target is a value without state; `RuleTargets` lists them.
public protocol RuleTarget: Sendable {
  /// Its name on the command line.
  var name: String { get }
  /// What is written, in a few words.
  var about: String { get }
  /// What the file's name ends in after the rule's name, such as `.tex`.
  var fileSuffix: String { get }
  /// What a comment line begins with.
  var commentMark: String { get }
  /// The expected weights that belong beside it.
  var traceKind: ExpectedTrace { get }
  /// What of a rule the target cannot hold, one clause each, in the order of the page; none when it takes the rule.
  func obstacles(_ exported: ExportedRule) -> [String]
  /// The export without its header.
  /// - Precondition: there are no obstacles.
  func body(of exported: ExportedRule) -> String
}

/// Which weights are expected of an export.
public enum ExpectedTrace: String, Sendable, Hashable {
  /// One projection that is shown given quantities.
  case projection
  /// A whole spiking network.
  case network
}

/// Why a target does not take a rule.
public struct RuleRefusal: Error, Sendable, Hashable, CustomStringConvertible {
  /// The rule's name.
  public var rule: String
  /// The target's name.
  public var target: String
  /// What it cannot hold, one clause each; at least one.
  public var reasons: [String]

  /// `rule oja is not exported to nestml: …; …`
  public var description: String { "rule \(rule) is not exported to \(target): \(reasons.joined(separator: "; "))" }
}

extension RuleTarget {
  /// The whole export, header first, a line break at its end.
  /// - Throws: the reasons when the target cannot hold the rule.
  public func text(of exported: ExportedRule) throws(RuleRefusal) -> String {
    let reasons = obstacles(exported)
    guard reasons.isEmpty else { throw RuleRefusal(rule: exported.rule.name, target: name, reasons: reasons) }
    return ExportHeader(exported, target: self).text + body(of: exported)
  }

  /// The weights that the export must reproduce, as comma-separated values; its header first.
  public func trace(of exported: ExportedRule) -> String {
    switch traceKind {
    case .projection: ProjectionTrace(of: exported).text
    case .network: NetworkTrace(of: exported).text
    }
  }
}

/// The targets there are.
public enum RuleTargets {
  /// Every target, in the order of the documentation.
  public static let all: [any RuleTarget] = [
    LaTeXTarget(), PyTorchTarget(), Brian2Target(), NESTMLTarget(), CSVTarget(), YAMLTarget(),
  ]

  /// The target called `name`.
  public static func named(_ name: String) -> (any RuleTarget)? { all.first { $0.name == name } }
}
