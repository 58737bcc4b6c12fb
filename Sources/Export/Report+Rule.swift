import Records
import Rules

/// A rule of a record, read from its page, with its coefficients put in.
struct RuleCard {
  let row: RuleRow
  /// The page's rule; nil where the page cannot be read.
  let rule: Rule?
  /// What a synapse needs for each term, coefficients put in with four digits.
  let locality: LocalityReport?

  init(_ row: RuleRow) {
    self.row = row
    rule = try? Rule.load(text: row.ruleText, file: row.name)
    locality = rule.map { rule in
      let values = Dictionary(
        rule.coefficients.filter { !$0.perLayer }.map { coefficient in
          (coefficient.name, Double(Printer.text(coefficient.start, digits: 4)) ?? coefficient.start)
        }, uniquingKeysWith: { first, _ in first })
      var bound = rule
      bound.dw = rule.dw.binding(values)
      for index in rule.layers.indices { bound.layers[index].dw = rule.layers[index].dw.binding(values) }
      bound.db = rule.db?.binding(values)
      return LocalityReport(of: bound)
    }
  }

  /// The equations in MathML, a paragraph each, or as text where the page cannot be read.
  var equations: [Markup] {
    guard let rule else { return [Markup("pre", ["class": "equation"], text: row.expression)] }
    return [
      Markup(
        "div", ["class": "equation"],
        Printer.mathEquations(rule).map { equation in
          Markup("p", ["class": "math"], verbatim: equation.parts.joined(separator: " "))
        })
    ]
  }

  /// What the letters of the equations mean, those alone that occur.
  var legend: Markup? {
    guard let rule else { return nil }
    let all =
      [rule.dw] + rule.layers.map(\.dw) + [rule.db, rule.eligibility?.of].compactMap { $0 } + rule.traces.map(\.of)
    func occurs(_ quantities: Quantity...) -> Bool {
      quantities.contains { quantity in all.contains { $0.reads(quantity) } }
    }
    let entries: [(Bool, String, String)] = [
      (occurs(.yPre, .yPost), "y", "activity"), (occurs(.sPre, .sPost), "s", "spike, 0 or 1"),
      (occurs(.vPre, .vPost), "v", "membrane potential"), (occurs(.psiPre, .psiPost), "ψ", "gain"),
      (occurs(.ePre, .ePost), "e", "teaching signal"), (rule.db != nil || occurs(.feedback), "b", "feedback weight"),
      (occurs(.eligibility), "ε", "eligibility"), (occurs(.modulator), "m", "third factor"),
      (occurs(.reward), "R", "reward"), (occurs(.loss), "L", "loss"), (occurs(.step), "t", "step"),
      (occurs(.sample), "k", "examples seen"), (occurs(.noise, .noisePre, .noisePost), "ξ", "noise"),
      (occurs(.fanIn, .fanOut), "n", "neurons of a side"),
    ]
    var words = entries.filter(\.0).map { "\($0.1) \($0.2)" }
    words.append("w weight from presynaptic neuron j to postsynaptic neuron i")
    if !rule.layers.isEmpty { words.append("(1) the first projection, (−1) the readout's") }
    return Markup("p", ["class": "quiet"], text: words.joined(separator: "; ") + ".")
  }

  /// The coefficients with their values.
  /// - Parameter start: the rule that the search started from, whose values stand beside them.
  func coefficients(start: RuleCard?) -> Markup? {
    guard let rule, !rule.coefficients.isEmpty else { return nil }
    let before = Dictionary(
      (start?.rule?.coefficients ?? []).map { ($0.name, $0.start) }, uniquingKeysWith: { first, _ in first })
    let header = ["symbol", "name", "value"] + (before.isEmpty ? [] : ["at the start"]) + ["range"]
    var table = Markup("table")
    let words: Set<String> = ["symbol", "name"]
    func cells(_ name: String) -> [Markup] {
      header.map { words.contains($0) ? Markup(name, ["class": "words"], text: $0) : Markup(name, text: $0) }
    }
    table.add(Markup("thead", [:], [Markup("tr", [:], cells("th"))]))
    var body = Markup("tbody")
    for coefficient in rule.coefficients {
      var line = Markup("tr")
      line.add(Markup("td", ["class": "words"], verbatim: Printer.mathML(name: coefficient.name)))
      line.add(
        Markup("td", ["class": "words"], text: coefficient.name + (coefficient.perLayer ? ", mean of layers" : "")))
      line.add(Markup("td", text: NumberForm.significant(coefficient.start)))
      if !before.isEmpty {
        line.add(Markup("td", text: before[coefficient.name].map { NumberForm.significant($0) } ?? "–"))
      }
      let range = coefficient.range
      line.add(
        Markup(
          "td",
          text: "\(NumberForm.significant(range.lowerBound, 3)) to \(NumberForm.significant(range.upperBound, 3))"))
      body.add(line)
    }
    table.add(body)
    return Markup("div", ["class": "scroll"], [Markup("p", ["class": "caption"], text: "Coefficients"), table])
  }

  /// The terms of the normal form with their numbers and what a synapse needs for each; of unreadable pages the terms
  /// that the record lists.
  func terms(start: RuleCard?) -> Markup? {
    guard let locality else { return recordedTerms(start) }
    let isAlone = locality.equations.count == 1
    var table = Table(
      header: (isAlone ? [] : ["equation"]) + ["term", "number", "driven by", "a synapse needs"], rows: [])
    table.words = isAlone ? [2] : [0, 3]
    table.long = isAlone ? [0, 3] : [1, 4]
    for equation in locality.equations {
      for term in equation.terms {
        table.rows.append(
          (isAlone ? [] : [equation.name]) + [
            RuleCard.name(term), NumberForm.significant(term.term.number), term.drive.rawValue,
            term.needs.map(\.rawValue).joined(separator: ", "),
          ])
      }
    }
    if table.rows.isEmpty { return nil }
    let local = locality.equations.reduce(0) { $0 + $1.terms.count(where: \.isLocal) }
    table.caption =
      "Its terms, multiplied out, and what a synapse needs for each: \(local) of \(table.rows.count) are local. "
      + "A term driven by the layer needs a sum over neurons."
    return table.markup
  }

  private static func name(_ term: TermLocality) -> String {
    var bare = term.term
    bare.number = 1
    return Printer.text(bare.expression)
  }

  private func recordedTerms(_ start: RuleCard?) -> Markup? {
    guard !row.terms.isEmpty else { return nil }
    var table = Table(
      header: ["term", "number"], rows: row.terms.map { [$0.text, NumberForm.significant($0.coefficient)] })
    if let start {
      table.header.append("at the start")
      let before = Dictionary(
        start.row.terms.map { ($0.text, $0.coefficient) }, uniquingKeysWith: { first, _ in first })
      for index in table.rows.indices {
        table.rows[index].append(before[row.terms[index].text].map { NumberForm.significant($0) } ?? "0")
      }
    }
    table.caption = "Its terms, multiplied out"
    return table.markup
  }
}

extension Report {
  /// The rule the page is about: equation, coefficients, terms.
  static func ruleCard(_ contents: RunContents) -> Section? {
    // Of a comparison of known rules none is what the page is about.
    guard let row = contents.discovered ?? contents.rules.first(where: { $0.origin == .user }) else { return nil }
    let card = RuleCard(row)
    let start = contents.rules.first { $0.name == "start" && $0.name != row.name }.map(RuleCard.init)
    let isFound = row.origin == .discovered && contents.identity.kind == .discovery
    let parts =
      card.equations + [card.legend, card.coefficients(start: start), card.terms(start: start)].compactMap { $0 }
      + [words(of: card)]
    return Section(id: "rule", title: isFound ? "The discovered rule" : "The rule \(row.name)", parts: parts)
  }

  /// Every rule with its equation, its LaTeX and its page.
  static func rules(_ rows: [RuleRow]) -> Section? {
    guard !rows.isEmpty else { return nil }
    let parts = rows.map { row in
      let card = RuleCard(row)
      var details = Markup("details", [:], [Markup("summary", text: "\(row.name) (\(row.origin.rawValue))")])
      for equation in card.equations { details.add(equation) }
      details.add(words(of: card))
      if let table = card.coefficients(start: nil) { details.add(table) }
      if !row.latex.isEmpty { details.add(Markup("pre", text: row.latex)) }
      if !row.ruleText.isEmpty { details.add(Markup("pre", text: row.ruleText)) }
      return details
    }
    return Section(id: "rules", title: "All rules", parts: parts)
  }

  /// The equation as text, and what else is known of a rule.
  private static func words(of card: RuleCard) -> Markup {
    var part = Markup("div")
    if card.rule != nil { part.add(Markup("pre", ["class": "formula"], text: card.row.expression)) }
    var facts: [String] = []
    if let rule = card.rule {
      facts.append("Applied every \(rule.every.rawValue)")
      if let credit = rule.credit { facts.append("errors by the pathway \(credit)") }
      if let bounds = rule.weightBounds {
        facts.append(
          "weights kept from \(NumberForm.significant(bounds.lowerBound)) to \(NumberForm.significant(bounds.upperBound))"
        )
      }
    }
    if card.row.complexity.isFinite { facts.append("complexity \(NumberForm.fixed(card.row.complexity, 0))") }
    if !card.row.sha256.isEmpty { facts.append("SHA-256 of its page \(card.row.sha256)") }
    if !facts.isEmpty { part.add(Markup("p", ["class": "quiet"], text: facts.joined(separator: " · "))) }
    if let rule = card.rule, !rule.about.isEmpty {
      let source = rule.source.isEmpty ? "" : " Source: \(rule.source)."
      part.add(Markup("p", ["class": "quiet"], text: rule.about + source))
    }
    return part
  }
}
