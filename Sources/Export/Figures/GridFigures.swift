import Arithmetic
import Records

extension Figure {
  /// Accuracy at the end of an episode against the examples of each class, one curve a rule, a panel a task.
  static func lowData(_ tables: [ScoreTable], id: String, title: String) -> Figure? {
    var tasks: [String] = []
    for table in tables where !tasks.contains(table.task) { tasks.append(table.task) }
    let panels = tasks.map { task in tables.filter { $0.task == task }.sorted { $0.shots < $1.shots } }
      .filter { $0.count > 1 }
    guard let names = panels.first?.first?.rows.map(\.name) else { return nil }
    let headings = panels.count == 1 ? ["query accuracy"] : panels.map { $0[0].task }
    let grid = PanelGrid(headings, single: 280, several: 210)
    let head = 8 + 18 * Double(Chart.legendLines(names, x: 8))
    var chart = Chart(height: head + grid.height + 26)
    chart.legend(names.enumerated().map { (SeriesStyle.row($0.offset), $0.element) }, x: 8, y: 16)
    let all = panels.flatMap { $0 }
    let ends = all.flatMap { table in
      [table.chance] + table.rows.flatMap { [$0.accuracy, $0.interval.lower, $0.interval.upper] }
    }
    let scale = Axis(holding: ends, ticks: panels.count == 1 ? 7 : 5, limits: 0...1)
    for (index, tables) in panels.enumerated() {
      let box = grid.box(index, head: head)
      let y = scale.between(box.bottom, box.top)
      let x = ExamplesAxis(tables.map(\.shots), from: box.left, to: box.right)
      grid.write(index, head: head, into: &chart)
      chart.leftAxis(y, at: box.left, right: box.right, label: "")
      chart.bottomAxis(x.axis, at: box.bottom, top: box.top, label: "")
      if Axis.isDrawable(tables[0].chance) {
        chart.line(
          box.left, y.place(tables[0].chance), box.right, y.place(tables[0].chance), class: "reference")
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
              title: "\(name), \(tables[place].task), \(tables[place].shots) examples: "
                + NumberForm.fixed(row.accuracy)))
        }
      }
    }
    let below = panels.count == 1 ? "" : "query accuracy over "
    chart.text("\(below)examples of each class", Chart.width / 2, chart.height - 8, anchor: "middle")
    let data = Table(
      header: ["rule", "task", "examples of each class", "accuracy", "lower", "upper", "episodes"],
      rows: names.flatMap { name in
        all.compactMap { table in
          table[name].map { row in
            [
              name, table.task, "\(table.shots)", NumberForm.fixed(row.accuracy, 4),
              NumberForm.fixed(row.interval.lower, 4), NumberForm.fixed(row.interval.upper, 4), "\(row.count)",
            ]
          }
        }
      }, words: [0, 1])
    return Figure(
      id: id, title: title,
      caption: "Mean query accuracy at the end of an episode; bands are bootstrap 95 % intervals. Dashed: guessing.",
      picture: chart.svg(label: title), data: data)
  }

  /// Accuracy of every rule on every task, at one number of shots: darker is further from guessing. What there is more
  /// of, rules or tasks, goes down the page.
  static func transfer(_ tables: [ScoreTable], id: String, title: String) -> Figure? {
    guard tables.count > 1, let first = tables.first else { return nil }
    let rules = first.rows.map(\.name)
    let isTall = tables.count > rules.count
    let (lines, columns) = isTall ? (tables.map(\.task), rules) : (rules, tables.map(\.task))
    let shown = lines.map { Chart.shortened($0, to: columns.count > 4 ? 20 : 26) }
    let left = Chart.margin(for: shown)
    let width = (Chart.width - left - 8) / Double(columns.count)
    let heads = columns.map { Chart.wrapped($0, to: max(4, Int(width / Chart.characterWidth) - 1), lines: 3) }
    let (top, rowHeight) = (22 + 15 * Double(heads.map(\.count).max() ?? 1), 30.0)
    var chart = Chart(height: top + rowHeight * Double(lines.count) + 12)
    for (column, words) in heads.enumerated() {
      for (index, word) in words.enumerated() {
        let y = top - 10 - 15 * Double(words.count - 1 - index)
        chart.text(word, left + width * (Double(column) + 0.5), y, anchor: "middle", class: "label strong")
      }
    }
    let widest = tables.compactMap(\.best?.accuracy).max() ?? 1
    let lowest = first.chance.isFinite ? first.chance : 0
    for line in lines.indices {
      let y = top + rowHeight * Double(line)
      chart.text(shown[line], left - 12, y + rowHeight / 2 + 4, anchor: "end")
      for column in columns.indices {
        let (table, rule) = isTall ? (tables[line], column) : (tables[column], line)
        guard rule < table.rows.count, table.rows[rule].accuracy.isFinite else { continue }
        let row = table.rows[rule]
        let low = table.chance.isFinite ? table.chance : lowest
        let share = min(1, max(0, (row.accuracy - low) / max(1e-9, widest - low)))
        let x = left + width * Double(column)
        var cell = Markup(
          "rect",
          [
            "class": "mark f1", "x": NumberForm.place(x + 1), "y": NumberForm.place(y + 1),
            "width": NumberForm.place(width - 2), "height": NumberForm.place(rowHeight - 2),
            // The words stay readable on the darkest one.
            "fill-opacity": NumberForm.place(0.04 + 0.44 * share),
          ])
        cell.add(
          Markup(
            "title",
            text: "\(row.name), \(table.task): \(NumberForm.fixed(row.accuracy)) "
              + NumberForm.interval(row.interval.lower, row.interval.upper)))
        chart.add(cell)
        let isBest = table.best?.accuracy == row.accuracy
        chart.text(
          NumberForm.fixed(row.accuracy, width < 40 ? 2 : 3), x + width / 2, y + rowHeight / 2 + 4, anchor: "middle",
          class: isBest ? "label strong" : "label")
      }
    }
    let data = Table(
      header: ["rule"] + tables.map(\.task),
      rows: rules.map { name in
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
        "Mean query accuracy at the end of an episode. The stronger the colour, the "
        + (tables.contains { $0.chance.isFinite } ? "further from guessing" : "higher it is")
        + "; bold is the best rule on its task.",
      picture: chart.svg(label: title), data: data)
  }
}

/// Panels in rows of two.
struct PanelGrid {
  let columns: Int
  let lines: Int
  let cell: (width: Double, height: Double)
  /// Lines above each panel.
  private let headings: [[String]]
  /// What headings take that are longer than a line.
  private let extra: Double
  private static let lineHeight = 14.0

  /// - Parameters:
  ///   - headings: what stands above each panel.
  ///   - single: the height of a panel that is alone.
  ///   - several: the height of each of several.
  init(_ headings: [String], single: Double, several: Double) {
    let count = headings.count
    columns = max(1, min(count, 2))
    lines = (count + columns - 1) / columns
    let width = Chart.width / Double(columns)
    // Letters of headings are bold, so they are wider than others.
    self.headings = headings.map { Chart.wrapped($0, to: max(8, Int((width - 56) / 7.9)), lines: 2) }
    extra = PanelGrid.lineHeight * Double((self.headings.map(\.count).max() ?? 1) - 1)
    cell = (width, (count == 1 ? single : several) + extra)
  }

  var height: Double { cell.height * Double(lines) }

  /// Writes what stands above a panel.
  func write(_ index: Int, head: Double, into chart: inout Chart) {
    let box = box(index, head: head)
    for (line, words) in headings[index].reversed().enumerated() {
      chart.text(words, box.left, box.top - 10 - PanelGrid.lineHeight * Double(line), class: "label strong")
    }
  }

  /// The ends of the axes of a panel.
  func box(_ index: Int, head: Double) -> (left: Double, right: Double, top: Double, bottom: Double) {
    let top = head + cell.height * Double(index / columns) + 30 + extra
    return (
      cell.width * Double(index % columns) + 52, cell.width * Double(index % columns + 1) - 16, top,
      top + cell.height - extra - 62
    )
  }
}
