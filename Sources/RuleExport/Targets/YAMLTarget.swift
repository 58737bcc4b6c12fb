// The requirements are documented at `RuleTarget`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Rules

/// The rule's page in canonical form, with the coefficients it is exported with as start values.
public struct YAMLTarget: RuleTarget {
  public let name = "yaml"
  public let about = "the canonical page"
  public let fileSuffix = ".yaml"
  public let commentMark = "#"
  public let traceKind = ExpectedTrace.projection

  /// The target.
  public init() {}

  public func obstacles(_ exported: ExportedRule) -> [String] {
    exported.rule.coefficients.compactMap { coefficient in
      Set(exported.values(of: coefficient.name)).count <= 1
        ? nil : "coefficient \(coefficient.name) has another value on each projection, and a page has one start for all"
    }
  }

  public func body(of exported: ExportedRule) -> String {
    var rule = exported.rule
    for (index, coefficient) in rule.coefficients.enumerated() {
      guard let value = exported.values(of: coefficient.name).first else { continue }
      let range = coefficient.range
      rule.coefficients[index].start = value
      rule.coefficients[index].range = min(range.lowerBound, value)...max(range.upperBound, value)
    }
    return RulePage.text(rule)
  }
}
