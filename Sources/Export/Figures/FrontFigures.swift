import Records

extension Figure {
  /// The lowest meta-loss at each complexity, and the candidates that no simpler one beats.
  static func front(_ course: SearchCourse) -> Figure? {
    let points = course.front.points
    guard points.count > 1 else { return nil }
    var optimal: [SearchFront.Point] = []
    for point in points where point.loss < optimal.last?.loss ?? .infinity { optimal.append(point) }
    let (left, right, top, bottom) = (64.0, Chart.width - 16, 56.0, 300.0)
    // What is worst by far would flatten the rest.
    let losses = points.map(\.loss)
    let reach = (optimal.first?.loss ?? 0) + 0.5 * ((optimal.first?.loss ?? 0) - (optimal.last?.loss ?? 0)) + 1e-9
    let shown = losses.filter { $0 <= reach }
    let y = Axis(holding: shown, ticks: 6).between(bottom, top)
    let x = Axis(holding: points.map { Double($0.complexity) }, ticks: 8, whole: true).between(left, right)
    var chart = Chart(height: bottom + 44)
    chart.leftAxis(y, at: left, right: right, label: "")
    chart.bottomAxis(x, at: bottom, top: top, label: "complexity: operators and operands of the rule")
    chart.text("meta-loss (lower is better)", left, top - 10)
    chart.legend([(.blue, "best of its complexity"), (.vermilion, "and better than all simpler ones")], x: left, y: 18)
    var steps: [(Double, Double)] = []
    for point in optimal {
      if let last = steps.last { steps.append((Double(point.complexity), last.1)) }
      steps.append((Double(point.complexity), point.loss))
    }
    chart.curve(steps.map(\.0), steps.map(\.1), x, y, class: "curve s2")
    for point in points {
      let style: SeriesStyle = optimal.contains(point) ? .vermilion : .blue
      chart.add(
        style.mark(
          x.place(Double(point.complexity)), y.place(point.loss), radius: 3.6,
          class: y.contains(point.loss) ? "" : "edge",
          title: "complexity \(point.complexity): \(NumberForm.significant(point.loss)), "
            + "\(course.header.outerStep) \(point.generation), candidate \(point.candidate)"))
    }
    let outside = losses.count - shown.count
    let data = Table(
      header: ["complexity", "meta-loss", "better than all simpler", course.header.outerStep, "candidate"],
      rows: points.map {
        [
          "\($0.complexity)", NumberForm.fixed($0.loss, 4), optimal.contains($0) ? "yes" : "no", "\($0.generation)",
          "\($0.candidate)",
        ]
      }, words: [])
    return Figure(
      id: "front", title: "Complexity and meta-loss",
      caption: "The lowest meta-loss, penalties left out, that a candidate of each complexity reached in the whole "
        + "search, and the Pareto front of both. Candidates met different episodes, so luck is part of it."
        + (outside > 0 ? " \(outside) far above the axis lie at its edge." : ""),
      picture: chart.svg(label: "Complexity and meta-loss"), data: data)
  }

  /// Accuracy of the compared rules against their complexity, and the front of those that no simpler rule beats.
  static func complexity(_ table: ScoreTable, _ rules: [RuleRow], id: String, title: String) -> Figure? {
    let known = Dictionary(rules.map { ($0.name, $0.complexity) }, uniquingKeysWith: { first, _ in first })
    let points = table.rows.enumerated().compactMap {
      index, row -> (index: Int, row: ScoreTable.Row, complexity: Double)? in
      guard let complexity = known[row.name], Axis.isDrawable(complexity), Axis.isDrawable(row.accuracy) else {
        return nil
      }
      return (index, row, complexity)
    }.sorted { ($0.complexity, -$0.row.accuracy) < ($1.complexity, -$1.row.accuracy) }
    guard points.count > 2, Set(points.map(\.complexity)).count > 1 else { return nil }
    var optimal: [(Double, Double)] = []
    for point in points where point.row.accuracy > optimal.last?.1 ?? -.infinity {
      if let last = optimal.last { optimal.append((point.complexity, last.1)) }
      optimal.append((point.complexity, point.row.accuracy))
    }
    let names = points.map(\.row.name)
    let head = 8 + 18 * Double(Chart.legendLines(names, x: 64))
    let (left, right, top) = (64.0, Chart.width - 16, head + 30)
    let bottom = top + 230
    let ends = points.flatMap { [$0.row.accuracy, $0.row.interval.lower, $0.row.interval.upper] }
    let y = Axis(holding: ends, ticks: 6, limits: 0...1).between(bottom, top)
    let x = Axis(holding: points.map(\.complexity), ticks: 8, whole: true).between(left, right)
    var chart = Chart(height: bottom + 44)
    chart.leftAxis(y, at: left, right: right, label: "")
    chart.bottomAxis(x, at: bottom, top: top, label: "complexity: operators and operands of the rule")
    chart.text("query accuracy", left, top - 10)
    chart.legend(points.map { (SeriesStyle.row($0.index), $0.row.name) }, x: 64, y: 16)
    chart.curve(optimal.map(\.0), optimal.map(\.1), x, y, class: "curve front")
    for point in points {
      let style = SeriesStyle.row(point.index)
      if point.row.interval.lower.isFinite {
        let place = x.place(point.complexity)
        chart.line(
          place, y.place(point.row.interval.lower), place, y.place(point.row.interval.upper),
          class: "whisker \(style.stroke)")
      }
      chart.add(
        style.mark(
          x.place(point.complexity), y.place(point.row.accuracy), radius: 5,
          title: "\(point.row.name): complexity \(NumberForm.fixed(point.complexity, 0)), accuracy "
            + NumberForm.fixed(point.row.accuracy)))
    }
    let data = Table(
      header: ["rule", "complexity", "accuracy", "lower", "upper"],
      rows: points.map {
        [
          $0.row.name, NumberForm.fixed($0.complexity, 0), NumberForm.fixed($0.row.accuracy, 4),
          NumberForm.fixed($0.row.interval.lower, 4), NumberForm.fixed($0.row.interval.upper, 4),
        ]
      })
    return Figure(
      id: id, title: title,
      caption: "Mean query accuracy with its 95 % interval against the size of the rule; the line is the Pareto front. "
        + "Methods without a rule are left out.",
      picture: chart.svg(label: title), data: data)
  }

  /// What each term of a rule is worth: the accuracy lost when it alone is taken away.
  static func ablation(_ terms: TermImportance, rule: Int, name: String, id: String, title: String) -> Figure? {
    let width = terms.terms.count
    let known = terms.terms.indices.filter { Axis.isDrawable(terms.drop[rule * width + $0]) }
    guard !known.isEmpty else { return nil }
    let order = known.sorted { terms.drop[rule * width + $0] > terms.drop[rule * width + $1] }
    let names = order.map { Chart.shortened(terms.terms[$0], to: 66) }
    // Terms are long: each stands above its bar.
    let (left, top, rowHeight) = (16.0, 24.0, 42.0)
    let bottom = top + rowHeight * Double(order.count)
    func value(_ values: [Double], _ term: Int) -> Double { values[rule * width + term] }
    let axis = Axis(
      holding: order.flatMap { [value(terms.drop, $0), value(terms.low, $0), value(terms.high, $0)] } + [0], ticks: 6,
      limits: -1...1
    ).between(left, Chart.width - 60)
    var chart = Chart(height: bottom + 44)
    chart.bottomAxis(axis, at: bottom, top: top, label: "accuracy lost without the term")
    for (line, term) in order.enumerated() {
      let y = top + rowHeight * (Double(line) + 0.72)
      let drop = value(terms.drop, term)
      chart.text(names[line], left, y - 14)
      // In pieces, so that it does not cross the words.
      chart.line(axis.place(0), y - 10, axis.place(0), y + 12, class: "reference")
      chart.line(axis.place(0), y, axis.place(drop), y, class: "bar s1")
      if Axis.isDrawable(value(terms.low, term)), Axis.isDrawable(value(terms.high, term)) {
        chart.line(axis.place(value(terms.low, term)), y, axis.place(value(terms.high, term)), y, class: "whisker s2")
      }
      chart.add(
        SeriesStyle.vermilion.mark(
          axis.place(drop), y, radius: 4, title: "\(terms.terms[term]): \(NumberForm.signed(drop))"))
      chart.text(NumberForm.signed(drop), Chart.width - 6, y + 4, anchor: "end", class: "tick")
    }
    let data = Table(
      header: ["term", "accuracy lost", "lower", "upper"],
      rows: order.map { term in
        [terms.terms[term]]
          + [terms.drop, terms.low, terms.high].map { NumberForm.fixed(value($0, term), 4) }
      })
    return Figure(
      id: id, title: title,
      caption: "Mean accuracy that \(name) loses on the same episodes when one term is taken away and nothing is tuned "
        + "again, with 95 % intervals; the most valuable term first. Left of the line the rule is better without.",
      picture: chart.svg(label: title), data: data)
  }
}
