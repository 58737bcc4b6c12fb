import Arithmetic
import Records

extension Figure {
  /// Accuracy at the end of an episode against the examples of each class, one curve a rule.
  static func lowData(_ tables: [ScoreTable], id: String, title: String) -> Figure? {
    let tables = tables.sorted { $0.shots < $1.shots }
    guard tables.count > 1, let first = tables.first else { return nil }
    let names = first.rows.map(\.name)
    let lines = Chart.legendLines(names, x: 8)
    let (left, right, top) = (60.0, Chart.width - 16, 40 + 18 * Double(lines))
    let bottom = top + 240
    var chart = Chart(height: bottom + 44)
    chart.legend(names.enumerated().map { (SeriesStyle.row($0.offset), $0.element) }, x: 8, y: 16)
    let ends = tables.flatMap { $0.rows.flatMap { [$0.accuracy, $0.interval.lower, $0.interval.upper] } }
    let y = Axis(holding: ends + [first.chance], ticks: 7, limits: 0...1).between(bottom, top)
    let x = ExamplesAxis(tables.map(\.shots), from: left, to: right)
    chart.text("query accuracy", left, top - 10, class: "label strong")
    chart.leftAxis(y, at: left, right: right, label: "")
    chart.bottomAxis(x.axis, at: bottom, top: top, label: "examples of each class")
    if Axis.isDrawable(first.chance) {
      chart.line(left, y.place(first.chance), right, y.place(first.chance), class: "reference")
    }
    for (index, name) in names.enumerated() {
      let style = SeriesStyle.row(index)
      let rows = tables.map { $0[name] }
      chart.band(
        x.positions, rows.map { $0?.interval.lower ?? .nan }, rows.map { $0?.interval.upper ?? .nan }, x.axis, y,
        class: "band \(style.fill)")
      chart.curve(x.positions, rows.map { $0?.accuracy ?? .nan }, x.axis, y, class: "curve \(style.stroke)")
      for (place, row) in rows.enumerated() {
        guard let row, Axis.isDrawable(row.accuracy) else { continue }
        chart.add(
          style.mark(
            x.axis.place(x.positions[place]), y.place(row.accuracy), radius: 3.6,
            title: "\(name), \(tables[place].shots) examples: \(NumberForm.fixed(row.accuracy))"))
      }
    }
    let data = Table(
      header: ["rule", "examples of each class", "accuracy", "lower", "upper", "episodes"],
      rows: names.flatMap { name in
        tables.compactMap { table in
          table[name].map { row in
            [
              name, "\(table.shots)", NumberForm.fixed(row.accuracy, 4), NumberForm.fixed(row.interval.lower, 4),
              NumberForm.fixed(row.interval.upper, 4), "\(row.accuracies.count { $0.isFinite })",
            ]
          }
        }
      })
    return Figure(
      id: id, title: title,
      caption: "Mean query accuracy at the end of an episode; bands are bootstrap 95 % intervals. Dashed: guessing.",
      picture: chart.svg(label: title), data: data)
  }

  /// Accuracy of every rule on every task, at one number of shots: darker is further from guessing.
  static func transfer(_ tables: [ScoreTable], id: String, title: String) -> Figure? {
    guard tables.count > 1, let first = tables.first else { return nil }
    let names = first.rows.map(\.name)
    let shown = names.map { Chart.shortened($0, to: 28) }
    let left = Chart.margin(for: shown)
    let width = (Chart.width - left - 8) / Double(tables.count)
    let letters = max(4, Int(width / Chart.characterWidth) - 1)
    let (top, rowHeight) = (40.0, 30.0)
    var chart = Chart(height: top + rowHeight * Double(names.count) + 12)
    for (column, table) in tables.enumerated() {
      chart.text(
        Chart.shortened(table.task, to: letters), left + width * (Double(column) + 0.5), top - 12, anchor: "middle",
        class: "label strong")
    }
    for (line, name) in names.enumerated() {
      let y = top + rowHeight * Double(line)
      chart.text(shown[line], left - 12, y + rowHeight / 2 + 4, anchor: "end")
      for (column, table) in tables.enumerated() {
        guard let row = table[name], row.accuracy.isFinite else { continue }
        let best = table.rows.filter { $0.accuracy.isFinite }.map(\.accuracy).max() == row.accuracy
        let share = min(1, max(0, (row.accuracy - table.chance) / max(1e-9, 1 - table.chance)))
        let x = left + width * Double(column)
        var cell = Markup(
          "rect",
          [
            "class": "mark f1", "x": NumberForm.place(x + 1), "y": NumberForm.place(y + 1),
            "width": NumberForm.place(width - 2), "height": NumberForm.place(rowHeight - 2),
            // The words stay readable on the darkest one.
            "fill-opacity": NumberForm.place(0.04 + 0.51 * share),
          ])
        cell.add(
          Markup(
            "title",
            text: "\(name), \(table.task): \(NumberForm.fixed(row.accuracy)) "
              + NumberForm.interval(row.interval.lower, row.interval.upper)))
        chart.add(cell)
        chart.text(
          NumberForm.fixed(row.accuracy), x + width / 2, y + rowHeight / 2 + 4, anchor: "middle",
          class: best ? "label strong" : "label")
      }
    }
    let data = Table(
      header: ["rule"] + tables.map(\.task),
      rows: names.map { name in
        [name]
          + tables.map { table in
            table[name].map {
              "\(NumberForm.fixed($0.accuracy)) \(NumberForm.interval($0.interval.lower, $0.interval.upper))"
            } ?? "–"
          }
      })
    return Figure(
      id: id, title: title,
      caption:
        "Mean query accuracy at the end of an episode. The darker, the further from guessing; bold is the best of "
        + "its column.",
      picture: chart.svg(label: title), data: data)
  }
}
