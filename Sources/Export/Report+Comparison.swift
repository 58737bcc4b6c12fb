import Records

extension Report {
  /// One task with one number of shots.
  struct Place {
    var table: ScoreTable
    var task: Int
    var shot: Int
    /// What its anchors end in; empty when it is the only place.
    var suffix: String
    /// What its figures' titles end in.
    var words: String

    /// Every place of which anything is known.
    static func all(_ contents: RunContents, _ tables: [ScoreTable]) -> [Place] {
      let shots = contents.evaluation?.shots.count ?? contents.findings?.shots.count ?? 1
      let known = tables.enumerated().filter { $0.element.rows.contains { $0.accuracy.isFinite } }
      return known.map { index, table in
        let (task, shot) = (index / shots, index % shots)
        let isAlone = tables.count == 1
        return Place(
          table: table, task: task, shot: shot, suffix: isAlone ? "" : "-\(task + 1)-\(shot + 1)",
          words: isAlone ? "" : ", \(table.task), \(table.shots) examples")
      }
    }
  }

  /// The rules on the only task.
  static func comparison(_ contents: RunContents, _ place: Place) -> Section {
    Section(
      id: "comparison", title: "Comparison on held-out tasks",
      parts: comparisonParts(contents, place))
  }

  private static func comparisonParts(_ contents: RunContents, _ place: Place) -> [Markup] {
    let table = place.table
    var parts: [Markup] = []
    if contents.evaluation != nil {
      parts += scores(table, contents.findings, place)
    } else if let findings = contents.findings {
      parts += [findingsTable(findings, task: place.task, shot: place.shot)?.markup].compactMap { $0 }
    }
    let figures = [
      Figure.accuracy(table, id: "accuracy\(place.suffix)", title: "Accuracy of each rule\(place.words)"),
      Figure.differences(
        table, id: "differences\(place.suffix)", title: "Difference in each episode\(place.words)"),
      Figure.complexity(
        table, contents.rules, id: "complexity\(place.suffix)", title: "Complexity and accuracy\(place.words)"),
    ]
    return parts + figures.compactMap { $0?.markup }
  }

  /// The table of one comparison: differences to the baseline of the findings, or else of the first rule to the others.
  private static func scores(_ table: ScoreTable, _ findings: Findings?, _ place: Place) -> [Markup] {
    let first = table.rows.first?.name ?? ""
    let hasGap = table.rows.contains { table.gapClosed($0) != nil }
    var rows = Table(header: ["rule", "accuracy", "95 % interval", "loss"], rows: [])
    let isFound = findings.map { $0.rules == table.rows.map(\.name) } ?? false
    rows.header +=
      isFound
      ? ["rule − \(findings?.baseline ?? "")", "95 % interval", "p (Holm)"] : ["\(first) − rule", "95 % interval"]
    if hasGap { rows.header.append("gap closed") }
    for (index, row) in table.rows.enumerated() {
      var cells = [
        row.name, NumberForm.fixed(row.accuracy), NumberForm.interval(row.interval.lower, row.interval.upper),
        row.loss.map { NumberForm.fixed($0) } ?? "–",
      ]
      if let findings, isFound {
        let cell = (index * findings.tasks.count + place.task) * findings.shots.count + place.shot
        func number(_ measure: Findings.Measure) -> Double { findings.measures[measure]?[cell] ?? .nan }
        cells += [
          NumberForm.signed(number(.gapToBaseline)), NumberForm.interval(number(.gapLow), number(.gapHigh)),
          NumberForm.p(number(.adjustedP)),
        ]
      } else {
        let interval = row.differenceInterval
        cells += [
          index == 0 ? "" : NumberForm.signed(row.difference),
          index == 0 ? "" : NumberForm.interval(interval.lower, interval.upper),
        ]
      }
      if hasGap { cells.append(table.gapClosed(row).map { "\(NumberForm.fixed(100 * $0, 0)) %" } ?? "–") }
      rows.rows.append(cells)
    }
    rows.caption =
      "\(table.episodes.count) episodes of \(table.place); differences are paired by episode."
      + (isFound ? " p of the sign-flip test, after Holm's correction for the number of rules." : "")
      + (hasGap ? " Gap closed: of the way from feedback alignment to backprop." : "")
    let failed = table.rows.filter { $0.failures > 0 }.map { "\($0.name) in \($0.failures)" }
    return [rows.markup]
      + (failed.isEmpty
        ? []
        : [Markup("p", text: "Episodes that ended with a sick network: \(failed.joined(separator: ", ")).")])
  }

  /// Over tasks and numbers of shots: rules against tasks, accuracy against shots, and all learning curves.
  static func grid(_ contents: RunContents, _ tables: [ScoreTable]) -> Section? {
    let known = tables.filter { $0.rows.contains { $0.accuracy.isFinite } }
    guard tables.count > 1, known.count > 1 else { return nil }
    var shots: [Int] = []
    for table in known where !shots.contains(table.shots) { shots.append(table.shots) }
    var figures = shots.enumerated().map { index, number in
      Figure.transfer(
        known.filter { $0.shots == number }, id: "transfer-\(index + 1)",
        title: "Rules and tasks" + (shots.count > 1 ? ", \(number) examples of each class" : ""))
    }
    figures.append(Figure.lowData(known, id: "low-data", title: "Accuracy against examples"))
    if let evaluation = contents.evaluation, known.count <= 36 {
      let courses = Place.all(contents, tables).compactMap { place in
        EpisodeCourse(evaluation, task: place.task, shot: place.shot, seed: contents.provenance.masterSeed)
      }
      figures.append(Figure.learningCurves(courses, id: "learning-curves", title: "Learning curves everywhere"))
    }
    let found = figures.compactMap { $0 }
    return found.isEmpty
      ? nil : Section(id: "grid", title: "Over tasks and amounts of data", parts: found.map(\.markup))
  }

  /// Every task and number of shots in a part of its own that opens.
  static func groups(_ contents: RunContents, _ places: [Place]) -> Section {
    let parts = places.map { place in
      let best = place.table.best.map { ": best is \($0.name) with \(NumberForm.fixed($0.accuracy))" } ?? ""
      let summary = Markup("summary", ["class": "place"], text: "\(place.table.place)\(best)")
      return Markup(
        "details", ["class": "group", "id": "comparison\(place.suffix)"],
        [summary] + comparisonParts(contents, place) + episodeParts(contents, place))
    }
    return Section(id: "places", title: "Each task and amount of data", parts: parts)
  }
}
