extension Figure {
  /// Mean query accuracy of each rule with its interval, and the chance level.
  static func accuracy(_ table: ScoreTable, id: String, title: String) -> Figure {
    let names = table.rows.map { Chart.shortened($0.name, to: 22) }
    let left = Chart.margin(for: names)
    let (top, rowHeight) = (24.0, 26.0)
    let bottom = top + rowHeight * Double(table.rows.count)
    let ends = table.rows.flatMap { [$0.accuracy, $0.interval.lower, $0.interval.upper] } + [table.chance]
    let axis = Axis(holding: ends, ticks: 8, limits: 0...1).between(left, Chart.width - 60)
    var chart = Chart(height: bottom + 44)
    chart.bottomAxis(axis, at: bottom, top: top, label: "query accuracy")
    if Axis.isDrawable(table.chance) {
      let x = axis.place(table.chance)
      chart.line(x, top - 4, x, bottom, class: "reference")
      chart.text("chance", x, top - 9, anchor: "middle", class: "tick")
    }
    for (index, row) in table.rows.enumerated() {
      let y = top + rowHeight * (Double(index) + 0.5)
      let style = index == 0 ? SeriesStyle.vermilion : .blue
      chart.text(names[index], left - 12, y + 4, anchor: "end", class: index == 0 ? "label strong" : "label")
      guard Axis.isDrawable(row.accuracy) else { continue }
      let numbers = "\(NumberForm.fixed(row.accuracy)) \(NumberForm.interval(row.interval.lower, row.interval.upper))"
      if row.interval.lower.isFinite {
        chart.line(
          axis.place(row.interval.lower), y, axis.place(row.interval.upper), y, class: "whisker \(style.stroke)")
      }
      chart.add(style.mark(axis.place(row.accuracy), y, radius: 5, title: "\(row.name): \(numbers)"))
      chart.text(NumberForm.fixed(row.accuracy), Chart.width - 6, y + 4, anchor: "end", class: "tick")
    }
    let data = Table(
      header: ["rule", "accuracy", "lower", "upper", "episodes"],
      rows: table.rows.map {
        [
          $0.name, NumberForm.fixed($0.accuracy, 4), NumberForm.fixed($0.interval.lower, 4),
          NumberForm.fixed($0.interval.upper, 4), "\($0.count)",
        ]
      })
    return Figure(
      id: id, title: title,
      caption: "Mean query accuracy over \(table.episodes.count) held-out episodes, the same for every rule, with "
        + "bootstrap 95 % intervals.",
      picture: chart.svg(label: title), data: data)
  }

  /// First row's accuracy minus each other row's: every episode, the mean and its interval.
  static func differences(_ table: ScoreTable, id: String, title: String) -> Figure? {
    let others = table.rows.dropFirst()
    guard let first = table.rows.first, !others.isEmpty, !first.differences.isEmpty else { return nil }
    let names = others.map { Chart.shortened($0.name, to: 22) }
    let left = Chart.margin(for: names)
    let (top, rowHeight) = (24.0, 44.0)
    let bottom = top + rowHeight * Double(others.count)
    let shown = table.episodes.indices.prefix(400)
    let axis = Axis(
      holding: others.flatMap { row in shown.map { row.differences[$0] } } + [0], ticks: 5, limits: -1...1
    ).between(left, Chart.width - 60)
    var chart = Chart(height: bottom + 44)
    chart.bottomAxis(
      axis, at: bottom, top: top, label: "\(Chart.shortened(first.name, to: 24)) − row, accuracy")
    chart.line(axis.place(0), top - 4, axis.place(0), bottom, class: "reference")
    chart.text("equal", axis.place(0), top - 9, anchor: "middle", class: "tick")
    for (index, row) in others.enumerated() {
      let y = top + rowHeight * (Double(index) + 0.5)
      chart.text(names[index], left - 12, y + 4, anchor: "end")
      for episode in shown where Axis.isDrawable(row.differences[episode]) {
        // Multiples of the golden ratio fill the row evenly, whatever the number of episodes.
        let turn = (Double(episode) * 0.618033988749895).truncatingRemainder(dividingBy: 1)
        chart.add(
          SeriesStyle.blue.mark(
            axis.place(row.differences[episode]), y + (turn - 0.5) * 0.68 * rowHeight, radius: 2.4, class: "faint"))
      }
      guard Axis.isDrawable(row.difference) else { continue }
      if row.differenceInterval.lower.isFinite {
        chart.line(
          axis.place(row.differenceInterval.lower), y, axis.place(row.differenceInterval.upper), y,
          class: "whisker s2")
      }
      let numbers = NumberForm.interval(row.differenceInterval.lower, row.differenceInterval.upper)
      chart.add(
        SeriesStyle.vermilion.mark(
          axis.place(row.difference), y, radius: 5,
          title: "\(row.name): \(NumberForm.signed(row.difference)) \(numbers)"))
      chart.text(NumberForm.signed(row.difference), Chart.width - 6, y + 4, anchor: "end", class: "tick")
    }
    let data = Table(
      header: ["episode"] + others.map(\.name),
      rows: table.episodes.indices.map { episode in
        ["\(table.episodes[episode])"] + others.map { NumberForm.fixed($0.differences[episode], 4) }
      })
    let more = table.episodes.count > shown.count ? " The first \(shown.count) episodes are drawn." : ""
    return Figure(
      id: id, title: title,
      caption: "One dot an episode; square and bar: mean and bootstrap 95 % interval over all "
        + "\(table.episodes.count) episodes. Right of the line \(first.name) is better.\(more)",
      picture: chart.svg(label: title), data: data)
  }

  /// Mean firing rate of each hidden group under each rule that has a network.
  static func firingRates(_ rates: LayerMeans, id: String, title: String) -> Figure {
    layerMeans(
      rates, id: id, title: title, label: "spikes per second and neuron", unit: "Hz",
      caption: "Means over episodes, at the end of learning; one step is a millisecond.", zero: 0)
  }

  /// Mean alignment angle of each group under each rule, at the end of learning.
  static func finalAlignment(_ angles: LayerMeans, id: String, title: String) -> Figure {
    layerMeans(
      angles, id: id, title: title, label: "degrees", unit: "degrees",
      caption: "Angle between the error that the pathway delivers to a group and the one that backprop would, at the "
        + "end of learning; means over episodes. At 90 degrees (dashed) they have nothing in common.", zero: 0,
      reference: 90)
  }

  private static func layerMeans(
    _ means: LayerMeans, id: String, title: String, label: String, unit: String, caption: String, zero: Double,
    reference: Double? = nil
  ) -> Figure {
    let names = means.layers.map { Chart.shortened($0, to: 22) }
    let left = Chart.margin(for: names)
    let legend = 18 * Double(Chart.legendLines(means.rows.map(\.name), x: left))
    let (top, rowHeight) = (14 + legend, 34.0)
    let bottom = top + rowHeight * Double(names.count)
    let axis = Axis(holding: means.rows.flatMap(\.means) + [zero] + (reference.map { [$0] } ?? []), ticks: 6)
      .between(left, Chart.width - 20)
    var chart = Chart(height: bottom + 44)
    chart.bottomAxis(axis, at: bottom, top: top, label: label)
    if let reference {
      chart.line(axis.place(reference), top, axis.place(reference), bottom, class: "reference")
    }
    chart.legend(means.rows.enumerated().map { (SeriesStyle.row($0.offset), $0.element.name) }, x: left, y: 14)
    for (layer, name) in names.enumerated() {
      let y = top + rowHeight * (Double(layer) + 0.5)
      chart.text(name, left - 12, y + 4, anchor: "end")
      chart.line(left, y, Chart.width - 20, y, class: "grid")
      for (index, row) in means.rows.enumerated() where Axis.isDrawable(row.means[layer]) {
        let offset = means.rows.count > 1 ? (Double(index) / Double(means.rows.count - 1) - 0.5) * 0.6 * rowHeight : 0
        chart.add(
          SeriesStyle.row(index).mark(
            axis.place(row.means[layer]), y + offset,
            title: "\(row.name), \(means.layers[layer]): \(NumberForm.fixed(row.means[layer], 1)) \(unit)"))
      }
    }
    let data = Table(
      header: ["rule"] + means.layers,
      rows: means.rows.map { row in [row.name] + row.means.map { NumberForm.fixed($0, 2) } })
    return Figure(id: id, title: title, caption: caption, picture: chart.svg(label: title), data: data)
  }
}
