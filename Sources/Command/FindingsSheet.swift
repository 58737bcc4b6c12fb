import Export
import Records

/// Findings in words.
enum FindingsSheet {
  /// A page of Markdown: the rules that were discovered, a table for every task and number of shots, and the records.
  static func markdown(_ findings: Findings, rules: [RuleRow], title: String) -> String {
    var lines = ["# \(MarkdownText.plain(title))"]
    for rule in rules where rule.origin == .discovered {
      lines +=
        ["", "**\(MarkdownText.plain(rule.name))**", ""] + rule.expression.split(separator: "\n").map { "    \($0)" }
    }
    for task in findings.tasks.indices {
      for shot in findings.shots.indices {
        let rows = findings.rules.indices.filter { findings.episodes[place(findings, $0, task, shot)] > 0 }
        guard !rows.isEmpty else { continue }
        lines += [
          "", "## \(MarkdownText.plain(findings.tasks[task])), \(findings.shots[shot]) examples of each class", "",
          "| | accuracy | 95 % interval | episodes | less \(MarkdownText.plain(findings.baseline)) | 95 % interval | Holm p |",
          "|---|---|---|---|---|---|---|",
        ]
        func number(_ measure: Findings.Measure, _ rule: Int) -> Double {
          findings.measures[measure]?[place(findings, rule, task, shot)] ?? .nan
        }
        for rule in rows.sorted(by: { number(.accuracyMean, $0) > number(.accuracyMean, $1) }) {
          lines.append(
            "| \(MarkdownText.plain(findings.rules[rule])) | \(known(number(.accuracyMean, rule), TableText.number)) | "
              + "\(interval(number(.accuracyLow, rule), number(.accuracyHigh, rule))) | "
              + "\(findings.episodes[place(findings, rule, task, shot)]) | \(known(number(.gapToBaseline, rule), TableText.signed)) | "
              + "\(interval(number(.gapLow, rule), number(.gapHigh, rule))) | "
              + "\(known(number(.adjustedP, rule), TableText.chance)) |")
        }
      }
    }
    if !findings.sources.isEmpty {
      lines +=
        ["", "From"] + [""] + findings.sources.map { "- \(MarkdownText.plain($0.name)), \($0.kind), `\($0.uuid)`" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func place(_ findings: Findings, _ rule: Int, _ task: Int, _ shot: Int) -> Int {
    (rule * findings.tasks.count + task) * findings.shots.count + shot
  }

  /// A number that is known, as `text` writes it.
  private static func known(_ value: Double, _ text: (Double) -> String) -> String { value.isFinite ? text(value) : "" }

  private static func interval(_ low: Double, _ high: Double) -> String {
    low <= high ? TableText.interval(low...high) : ""
  }
}
