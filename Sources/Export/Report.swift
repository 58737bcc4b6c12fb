import Records

/// A run as one HTML page: pictures, tables and data inside, no script, nothing loaded from elsewhere.
///
/// The page is well-formed XML after its first line, so any XML reader takes it; equal records give equal bytes.
public enum Report {
  /// A part of the page with an anchor and a title, listed at the top.
  struct Section {
    var id: String
    var title: String
    var parts: [Markup]

    var markup: Markup { Markup("section", ["id": id], [Markup("h2", text: title)] + parts) }
  }

  /// The report of a published record; its generations are read in blocks.
  /// - Parameters:
  ///   - path: the record.
  ///   - refresh: seconds after which a browser loads the page anew; nil for a page that stays as it is.
  /// - Throws: what reading the record throws.
  public static func html(record path: String, refresh: Int? = nil) throws(HDF5Error) -> String {
    html(try RunContents(record: path), refresh: refresh)
  }

  /// The report of a record's contents.
  public static func html(_ contents: RunContents, refresh: Int? = nil) -> String {
    let title = contents.identity.title.isEmpty ? "Untitled run" : contents.identity.title
    var head = Markup(
      "head", [:],
      [
        Markup("meta", ["charset": "utf-8"]),
        Markup("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        Markup("meta", ["name": "color-scheme", "content": "light dark"]),
        Markup("meta", ["name": "generator", "content": generator(contents.identity)]),
      ])
    if let refresh { head.add(Markup("meta", ["http-equiv": "refresh", "content": "\(refresh)"])) }
    head.add(Markup("title", text: title))
    head.add(Markup("style", text: style))
    let tables = contents.shownTables
    let sections = sections(contents, tables)
    var main = Markup("main", [:], [header(contents, title: title)])
    if let result = result(contents, tables) { main.add(result) }
    if sections.count > 2 { main.add(list(sections)) }
    for section in sections { main.add(section.markup) }
    let page = Markup("html", ["lang": "en"], [head, Markup("body", [:], [main])])
    return "<!DOCTYPE html>\n\(page.text)\n"
  }

  private static func sections(_ contents: RunContents, _ tables: [ScoreTable]) -> [Section] {
    let places = Place.all(contents, tables)
    let parts = [
      training(contents), ruleCard(contents), places.count == 1 ? comparison(contents, places[0]) : nil,
      grid(contents, tables),
      findings(contents), search(contents), places.count == 1 ? episodes(contents, places[0]) : nil,
      places.count > 1 ? groups(contents, places) : nil, rules(contents.rules), provenance(contents),
    ]
    return parts.compactMap { $0 }
  }

  /// The sections of the page, each with a link to it.
  private static func list(_ sections: [Section]) -> Markup {
    let links = sections.map { section in
      Markup("li", [:], [Markup("a", ["href": "#\(section.id)"], text: section.title)])
    }
    return Markup("nav", ["aria-label": "Contents"], [Markup("ul", [:], links)])
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

  private static func result(_ contents: RunContents, _ tables: [ScoreTable]) -> Markup? {
    let known = tables.filter { $0.best != nil }
    guard let table = known.first, let first = table.rows.first else { return nil }
    if known.count > 1 { return overview(known) }
    guard contents.evaluation != nil, first.accuracy.isFinite else { return nil }
    let subject = contents.discovered?.name == first.name ? "The discovered rule" : "The rule \(first.name)"
    var sentences = [
      "\(subject) answers \(NumberForm.percent(first.accuracy)) of the queries of \(table.episodes.count) held-out "
        + "episodes (\(table.task), \(table.ways) classes, \(table.shots) examples each)."
    ]
    for (name, words) in [("feedback-alignment", "Feedback alignment"), ("backprop", "Backprop in the same network")] {
      guard let other = table[name], other.name != first.name, other.accuracy.isFinite else { continue }
      let interval = other.differenceInterval
      sentences.append(
        "\(words) answers \(NumberForm.percent(other.accuracy)); the paired difference is "
          + "\(NumberForm.signed(100 * other.difference, 1)) points, 95 % interval "
          + "\(NumberForm.interval(100 * interval.lower, 100 * interval.upper, 1)).")
    }
    if let share = table.gapClosed(first), (0...1).contains(share),
      !["feedback-alignment", "backprop"].contains(first.name)
    {
      sentences.append("That closes \(NumberForm.fixed(100 * share, 0)) % of the gap between the two.")
    }
    return Markup("p", ["class": "lead"], text: sentences.joined(separator: " "))
  }

  /// Which rules are best in how many of several places.
  private static func overview(_ tables: [ScoreTable]) -> Markup {
    var wins: [(name: String, count: Int)] = []
    for name in tables.compactMap({ $0.best?.name }) {
      if let place = wins.firstIndex(where: { $0.name == name }) {
        wins[place].count += 1
      } else {
        wins.append((name, 1))
      }
    }
    let rules = Set(tables.flatMap { $0.rows.map(\.name) }).count
    let best = wins.sorted { $0.count > $1.count }.map { "\($0.name) in \($0.count)" }.joined(separator: ", ")
    return Markup(
      "p", ["class": "lead"],
      text:
        "\(rules) rules in \(tables.count) places, each a task with a number of examples; the highest mean accuracy "
        + "belongs to \(best).")
  }

  private static func search(_ contents: RunContents) -> Section? {
    guard let course = contents.course, course.count > 0 else { return nil }
    let found =
      course.isDescent
      ? [
        Figure.descentAccuracy(course), Figure.descentLoss(course), Figure.descentCoefficients(course),
        Figure.coefficients(course), Figure.alignment(course), Figure.orthonormality(course), Figure.stepSize(course),
      ] : [Figure.fitness(course), Figure.coefficients(course), Figure.stepSize(course), Figure.front(course)]
    var parts = found.compactMap { $0 }.map(\.markup)
    if !contents.archive.isEmpty { parts.append(hallOfFame(contents.archive)) }
    return Section(id: "search", title: "The search", parts: parts)
  }

  /// The best candidates of a search.
  private static func hallOfFame(_ entries: [ArchiveEntry]) -> Markup {
    var table = Table(
      header: ["rank", "fitness", "complexity", "found at", "expression"],
      rows: entries.prefix(50).enumerated().map { rank, entry in
        [
          "\(rank + 1)", NumberForm.fixed(entry.fitness, 4), NumberForm.fixed(entry.complexity, 0),
          entry.foundAt < 0 ? "–" : "\(entry.foundAt)", entry.expression,
        ]
      }, words: [], long: [4])
    table.caption = "Fitness on the search's own episodes; none of it is held out."
    return Markup(
      "details", [:], [Markup("summary", text: "Hall of fame: the \(table.rows.count) best candidates"), table.markup])
  }
}
