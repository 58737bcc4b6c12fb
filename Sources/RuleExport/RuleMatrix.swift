import Rules

/// Which rule goes to which target, as Markdown: a table of ticks, then every refusal with its reasons.
public struct RuleMatrix: Sendable {
  /// One rule and one target.
  public struct Entry: Sendable, Hashable {
    /// The rule's name.
    public var rule: String
    /// The target's name.
    public var target: String
    /// Why it is refused, one clause each; none when the target takes it.
    public var reasons: [String]
  }

  /// Every pair, rule by rule.
  public let entries: [Entry]

  /// Asks every target about every rule.
  public init(_ rules: [ExportedRule], targets: [any RuleTarget] = RuleTargets.all) {
    entries = rules.flatMap { rule in
      targets.map { Entry(rule: rule.rule.name, target: $0.name, reasons: $0.obstacles(rule)) }
    }
  }

  /// The table and the list.
  public var markdown: String {
    var targets: [String] = []
    var rules: [String] = []
    for entry in entries {
      if !targets.contains(entry.target) { targets.append(entry.target) }
      if !rules.contains(entry.rule) { rules.append(entry.rule) }
    }
    var lines = ["| Rule | " + targets.joined(separator: " | ") + " |"]
    lines.append("|---|" + targets.map { _ in "---|" }.joined())
    for rule in rules {
      let cells = targets.map { target in
        entries.first { $0.rule == rule && $0.target == target }?.reasons.isEmpty == true ? "yes" : "refused"
      }
      lines.append("| \(rule) | " + cells.joined(separator: " | ") + " |")
    }
    lines.append("")
    for entry in entries where !entry.reasons.isEmpty {
      lines.append(
        "- `\(entry.rule)` to `\(entry.target)`: \(entry.reasons.map { $0.replacing("*", with: #"\*"#) }.joined(separator: "; "))"
      )
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
