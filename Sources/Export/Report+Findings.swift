import Records

extension Report {
  /// What the scores say: the table of findings, and what each term is worth.
  static func findings(_ contents: RunContents) -> Section? {
    guard let findings = contents.findings, !findings.rules.isEmpty else { return nil }
    var parts: [Markup] = []
    if let summary = findings.summary { parts += paragraphs(summary) }
    let places = findings.tasks.count * findings.shots.count
    if places > 1 || contents.evaluation == nil { parts.append(ranks(findings).markup) }
    if let terms = findings.terms {
      parts += findings.rules.indices.compactMap { rule in
        Figure.ablation(
          terms, rule: rule, name: findings.rules[rule], id: "ablation-\(rule + 1)",
          title: "What the terms of \(findings.rules[rule]) are worth")?.markup
      }
    }
    return parts.isEmpty ? nil : Section(id: "findings", title: "Findings", parts: parts)
  }

  /// Rules in the order of their rank, with the records that scored them.
  private static func ranks(_ findings: Findings) -> Table {
    let hasSources = findings.ruleSources.count == findings.rules.count
    let order = findings.rules.indices.sorted { findings.rank[$0] < findings.rank[$1] }
    var table = Table(
      header: ["rank", "rule"] + (hasSources ? ["record"] : []),
      rows: order.map { rule in
        ["\(findings.rank[rule])", findings.rules[rule]] + (hasSources ? [findings.ruleSources[rule]] : [])
      }, words: [1, 2])
    table.caption = "Ranks by mean accuracy over all tasks and amounts of data, 1 the highest."
    return table
  }

  /// What findings say of the rules in one place.
  static func findingsTable(_ findings: Findings, task: Int, shot: Int) -> Table? {
    func number(_ measure: Findings.Measure, _ cell: Int) -> Double { findings.measures[measure]?[cell] ?? .nan }
    let cells = findings.rules.indices.map { ($0 * findings.tasks.count + task) * findings.shots.count + shot }
    let known = findings.rules.indices.filter { number(.accuracyMean, cells[$0]).isFinite }
    guard !known.isEmpty else { return nil }
    let hasGap = known.contains { number(.gapClosed, cells[$0]).isFinite }
    var table = Table(
      header: [
        "rule", "accuracy", "95 % interval", "rule − \(findings.baseline)", "95 % interval", "p", "p (Holm)",
        "detectable",
      ] + (hasGap ? ["gap closed", "95 % interval"] : []) + ["episodes"],
      rows: known.map { rule in
        let cell = cells[rule]
        let gap =
          hasGap
          ? [
            NumberForm.fixed(number(.gapClosed, cell), 2),
            NumberForm.interval(number(.gapClosedLow, cell), number(.gapClosedHigh, cell), 2),
          ] : []
        return [
          findings.rules[rule], NumberForm.fixed(number(.accuracyMean, cell)),
          NumberForm.interval(number(.accuracyLow, cell), number(.accuracyHigh, cell)),
          NumberForm.signed(number(.gapToBaseline, cell)),
          NumberForm.interval(number(.gapLow, cell), number(.gapHigh, cell)), NumberForm.p(number(.p, cell)),
          NumberForm.p(number(.adjustedP, cell)), NumberForm.fixed(number(.detectable, cell)),
        ] + gap + ["\(findings.episodes[cell])"]
      })
    table.caption =
      "Paired differences to \(findings.baseline), intervals by \(findings.intervalMethod); p of the sign-flip test, and "
      + "after Holm's correction for the number of rules; detectable: the difference found with power 0.8."
    return table
  }

  /// Markdown of the plain kind: paragraphs, lists, headings, tables and indented lines.
  private static func paragraphs(_ markdown: String) -> [Markup] {
    markdown.replacing("\r\n", with: "\n").split(separator: "\n\n").compactMap { block in
      let lines = block.split(separator: "\n")
      guard let first = lines.first else { return nil }
      if first.hasPrefix("#") { return Markup("h3", text: lines.map(words).joined(separator: " ")) }
      if lines.count > 1, lines.allSatisfy({ $0.hasPrefix("|") }) {
        let rows = lines.map {
          $0.dropFirst().split(separator: "|", omittingEmptySubsequences: false).dropLast().map(words)
        }
        return Table(header: rows[0].map { $0.isEmpty ? "rule" : $0 }, rows: Array(rows.dropFirst(2))).markup
      }
      if lines.allSatisfy({ $0.hasPrefix("    ") }) {
        return Markup("pre", text: lines.map { String($0.dropFirst(4)) }.joined(separator: "\n"))
      }
      if lines.allSatisfy({ $0.hasPrefix("- ") || $0.hasPrefix("* ") }) {
        return Markup("ul", [:], lines.map { Markup("li", text: words($0.dropFirst(2))) })
      }
      return Markup("p", text: lines.map(words).joined(separator: " "))
    }
  }

  /// The words of a piece of Markdown, without its marks and escapes.
  private static func words(_ line: Substring) -> String {
    var text = line.replacing("**", with: "").replacing("`", with: "").drop { $0 == "#" || $0 == " " }
    while text.last == " " { text.removeLast() }
    var words = ""
    var isEscaped = false
    for character in text {
      if character == "\\", !isEscaped { isEscaped = true; continue }
      words.append(character)
      isEscaped = false
    }
    return words.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
  }
}
