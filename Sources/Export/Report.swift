import Records

/// A run as one HTML page: pictures, tables and data inside, no script, nothing loaded from elsewhere.
///
/// The page is well-formed XML after its first line, so any XML reader takes it; equal records give equal bytes.
public enum Report {
  /// The report of a published record.
  /// - Throws: what reading the record throws.
  public static func html(record path: String) throws(HDF5Error) -> String {
    html(try RunContents(record: path))
  }

  /// The report of a record's contents.
  public static func html(_ contents: RunContents) -> String {
    let title = contents.identity.title.isEmpty ? "Untitled run" : contents.identity.title
    let head = Markup(
      "head", [:],
      [
        Markup("meta", ["charset": "utf-8"]),
        Markup("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        Markup("meta", ["name": "color-scheme", "content": "light dark"]),
        Markup("meta", ["name": "generator", "content": generator(contents.identity)]),
        Markup("title", text: title), Markup("style", text: style),
      ])
    let main = Markup("main", [:], sections(contents, title: title))
    let page = Markup("html", ["lang": "en"], [head, Markup("body", [:], [main])])
    return "<!DOCTYPE html>\n\(page.text)\n"
  }

  private static func sections(_ contents: RunContents, title: String) -> [Markup] {
    let tables = contents.scoreTables()
    var parts = [header(contents, title: title)]
    if let first = tables.first, let result = result(contents, first) { parts.append(result) }
    if let card = ruleCard(contents) { parts.append(card) }
    parts += tables.enumerated().map { comparison($0.element, $0.offset, alone: tables.count == 1) }
    if let grid = grid(contents, tables) { parts.append(grid) }
    if let episodes = episodes(contents) { parts.append(episodes) }
    if let course = contents.course, course.count > 0 { parts.append(search(course)) }
    if let rates = firingRates(contents, tables) { parts.append(rates) }
    if !contents.rules.isEmpty { parts.append(rules(contents.rules)) }
    parts.append(provenance(contents))
    return parts
  }

  // MARK: What was found

  private static func header(_ contents: RunContents, title: String) -> Markup {
    let identity = contents.identity
    var words = ["\(identity.kind.rawValue), \(identity.status.rawValue)"]
    if let header = contents.header {
      let count = contents.course?.count ?? 0
      words.append(
        header.candidates == 1
          ? "\(header.search), \(count) \(header.outerStep)s"
          : "\(header.search), \(count) generations of \(header.candidates) candidates")
    }
    words.append("seed \(contents.provenance.masterSeed)")
    if !identity.modified.isEmpty { words.append(identity.modified) }
    return Markup(
      "header", [:], [Markup("h1", text: title), Markup("p", ["class": "quiet"], text: words.joined(separator: " · "))])
  }

  private static func result(_ contents: RunContents, _ table: ScoreTable) -> Markup? {
    guard let first = table.rows.first, first.accuracy.isFinite else { return nil }
    let subject = contents.discovered?.name == first.name ? "The discovered rule" : "The rule \(first.name)"
    var sentences = [
      "\(subject) answers \(NumberForm.percent(first.accuracy)) of the queries of \(table.episodes.count) held-out "
        + "episodes (\(table.task), \(table.ways) classes, \(table.shots) examples each)."
    ]
    for (name, words) in [
      ("feedback-alignment", "Feedback alignment, its learning rate tuned,"),
      ("backprop", "Backprop in the same network, its learning rate tuned,"),
    ] {
      guard let other = table[name], other.name != first.name, other.accuracy.isFinite else { continue }
      let interval = other.differenceInterval
      sentences.append(
        "\(words) answers \(NumberForm.percent(other.accuracy)); the paired difference is "
          + "\(NumberForm.signed(100 * other.difference, 1)) points, 95 % interval "
          + "\(NumberForm.interval(100 * interval.lower, 100 * interval.upper, 1)).")
    }
    if let share = table.gapClosed(first), (0...1).contains(share) {
      sentences.append("That closes \(NumberForm.fixed(100 * share, 0)) % of the gap between the two.")
    }
    return Markup("p", ["class": "lead"], text: sentences.joined(separator: " "))
  }

  // MARK: Comparison

  private static func comparison(_ table: ScoreTable, _ index: Int, alone: Bool) -> Markup {
    let suffix = alone ? "" : "-\(index + 1)"
    let place = "\(table.task), \(table.ways) classes, \(table.shots) examples of each"
    var section = Markup("section", ["id": "comparison\(suffix)"])
    section.add(Markup("h2", text: alone ? "Comparison on held-out tasks" : "Comparison: \(place)"))
    let first = table.rows.first?.name ?? ""
    var rows = Table(
      header: ["rule", "accuracy", "95 % interval", "loss", "\(first) − rule", "95 % interval", "gap closed"],
      rows: table.rows.enumerated().map { index, row in
        [
          row.name, NumberForm.fixed(row.accuracy), NumberForm.interval(row.interval.lower, row.interval.upper),
          row.loss.map { NumberForm.fixed($0) } ?? "–", index == 0 ? "" : NumberForm.signed(row.difference),
          index == 0 ? "" : NumberForm.interval(row.differenceInterval.lower, row.differenceInterval.upper),
          table.gapClosed(row).map { "\(NumberForm.fixed(100 * $0, 0)) %" } ?? "–",
        ]
      })
    rows.caption = "\(table.episodes.count) episodes of \(place); differences are paired by episode"
    section.add(rows.markup)
    let failed = table.rows.filter { $0.failures > 0 }.map { "\($0.name) in \($0.failures)" }
    if !failed.isEmpty {
      section.add(
        Markup("p", text: "Episodes that ended with a sick network: \(failed.joined(separator: ", "))."))
    }
    section.add(Figure.accuracy(table, id: "accuracy\(suffix)", title: "Accuracy of each rule").markup)
    let title = "Difference in each episode"
    if let figure = Figure.differences(table, id: "differences\(suffix)", title: title) { section.add(figure.markup) }
    return section
  }

  private static func search(_ course: SearchCourse) -> Markup {
    let found =
      course.isDescent
      ? [
        Figure.descentAccuracy(course), Figure.descentLoss(course), Figure.descentCoefficients(course),
        Figure.coefficients(course), Figure.alignment(course), Figure.orthonormality(course), Figure.stepSize(course),
      ] : [Figure.fitness(course), Figure.coefficients(course), Figure.stepSize(course)]
    let figures = found.compactMap { $0 }
    return Markup("section", ["id": "search"], [Markup("h2", text: "The search")] + figures.map(\.markup))
  }

  private static func firingRates(_ contents: RunContents, _ tables: [ScoreTable]) -> Markup? {
    guard let evaluation = contents.evaluation else { return nil }
    var figures: [Markup] = []
    for task in evaluation.tasks.indices {
      for shot in evaluation.shots.indices {
        guard let rates = FiringRates(evaluation, task: task, shot: shot) else { continue }
        let place = tables.count > 1 ? ", \(evaluation.tasks[task]), \(evaluation.shots[shot]) examples" : ""
        figures.append(
          Figure.firingRates(
            rates, id: "firing-rates-\(task + 1)-\(shot + 1)", title: "Firing rates in the hidden groups\(place)"
          ).markup)
      }
    }
    guard !figures.isEmpty else { return nil }
    return Markup("section", ["id": "rates"], [Markup("h2", text: "Activity")] + figures)
  }
}
