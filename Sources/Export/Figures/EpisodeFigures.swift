import Records

extension Figure {
  /// One panel: its title and the curves in it.
  struct EpisodePanel {
    var title: String
    var curves: [EpisodeCourse.Curve]
    /// Examples seen at the places of the curves.
    var seen: [Int]
    /// A value with a line of its own.
    var reference: Double?
  }

  /// Query accuracy over the examples seen in several places, a panel each.
  static func learningCurves(_ courses: [EpisodeCourse], id: String, title: String) -> Figure? {
    guard courses.count > 1 else { return nil }
    return episode(
      courses.map { course in
        EpisodePanel(
          title: course.place, curves: course.curves(course.table.accuracy), seen: course.seen,
          reference: Double(course.table.chanceLevel[course.task]))
      }, of: courses[0].table, id: id, title: title,
      caption: "Mean query accuracy over the episodes, answered after so many examples; bands are bootstrap 95 % "
        + "intervals. Dashed: guessing.",
      label: "query accuracy", column: "place", limits: 0...1, decimals: 4)
  }

  /// Query accuracy over the examples seen, one curve a rule, with intervals over the episodes.
  static func learningCurves(_ course: EpisodeCourse, id: String, title: String) -> Figure? {
    let chance = Double(course.table.chanceLevel[course.task])
    return episode(
      [panel(course, course.table.accuracy, reference: chance)], of: course.table, id: id, title: title,
      caption: "Mean query accuracy over the episodes, answered after so many examples; bands are bootstrap 95 % "
        + "intervals. Dashed: guessing.",
      label: "query accuracy", limits: 0...1, decimals: 4)
  }

  private static func panel(_ course: EpisodeCourse, _ values: [Float], reference: Double? = nil) -> EpisodePanel {
    EpisodePanel(title: "", curves: course.curves(values), seen: course.seen, reference: reference)
  }

  /// Query loss over the examples seen.
  static func lossCurves(_ course: EpisodeCourse, id: String, title: String) -> Figure? {
    episode(
      [panel(course, course.table.loss)], of: course.table, id: id, title: title,
      caption: "Mean cross-entropy of the queries, with bootstrap 95 % intervals over the episodes.",
      label: "query loss", decimals: 4)
  }

  /// Accuracy on the examples as they come.
  static func onlineAccuracy(_ course: EpisodeCourse, id: String, title: String) -> Figure? {
    guard let values = course.table.onlineAccuracy else { return nil }
    let chance = Double(course.table.chanceLevel[course.task])
    return episode(
      [panel(course, values, reference: chance)], of: course.table, id: id, title: title,
      caption: "Share of the examples since the point before that were answered right while they were learnt.",
      label: "accuracy", limits: 0...1, decimals: 4)
  }

  /// A quantity of every layer over the examples seen: a panel a layer, one curve a rule.
  /// - Parameters:
  ///   - limits: what values and their intervals do not go beyond.
  ///   - skips: layers that are left out where every curve is this number throughout.
  ///   - isShared: whether all panels have one scale, so that layers can be compared by eye.
  static func layers(
    _ course: EpisodeCourse, _ values: [Float]?, id: String, title: String, caption: String, label: String,
    limits: ClosedRange<Double>? = nil, reference: Double? = nil, skipping skips: Double? = nil,
    isLogarithmic: Bool = false, isShared: Bool = true, decimals: Int = 3
  ) -> Figure? {
    guard let values else { return nil }
    let panels = course.table.layers.indices.compactMap { layer -> EpisodePanel? in
      let curves = course.curves(values, layer: layer)
      let known = curves.flatMap(\.mean).filter(Axis.isDrawable)
      guard !known.isEmpty, skips.map({ skip in known.contains { $0 != skip } }) ?? true else { return nil }
      return EpisodePanel(
        title: course.table.layers[layer], curves: curves.map { $0.clipped(to: limits) }, seen: course.seen,
        reference: reference)
    }
    return episode(
      panels, of: course.table, id: id, title: title,
      caption: caption + " Bands are 95 % t intervals over the episodes.", label: label, column: "layer",
      limits: limits, isLogarithmic: isLogarithmic, isShared: isShared, decimals: decimals)
  }

  private static func episode(
    _ panels: [EpisodePanel], of table: EvaluationTable, id: String, title: String, caption: String, label: String,
    column: String = "", limits: ClosedRange<Double>? = nil, isLogarithmic: Bool = false, isShared: Bool = true,
    decimals: Int
  ) -> Figure? {
    guard panels.contains(where: { !$0.curves.isEmpty }) else { return nil }
    let names = table.rules.filter { name in panels.contains { $0.curves.contains { $0.name == name } } }
    let styles = Dictionary(
      names.map { name in (name, SeriesStyle.row(table.rules.firstIndex(of: name)!)) }, uniquingKeysWith: { a, _ in a })
    let grid = PanelGrid(panels.map { $0.title.isEmpty ? label : $0.title }, single: 300, several: 210)
    let head = 8 + 18 * Double(Chart.legendLines(names, x: 8))
    var chart = Chart(height: head + grid.height + 26)
    chart.legend(names.map { (styles[$0]!, $0) }, x: 8, y: 16)
    func scale(_ panels: [EpisodePanel]) -> Axis {
      // On a logarithmic axis a band that reaches below 0 has no end.
      let drawn = panels.flatMap { $0.curves.flatMap { isLogarithmic ? $0.mean : $0.mean + $0.lower + $0.upper } }
      return Axis(
        holding: drawn + panels.compactMap(\.reference), ticks: panels.count == 1 && isShared ? 7 : 5,
        limits: limits ?? -Axis.largest...Axis.largest, logarithmic: isLogarithmic)
    }
    let shared = scale(panels)
    for (index, panel) in panels.enumerated() {
      let box = grid.box(index, head: head)
      let y = (isShared ? shared : scale([panel])).between(box.bottom, box.top)
      let x = ExamplesAxis(panel.seen, from: box.left, to: box.right)
      grid.write(index, head: head, into: &chart)
      chart.leftAxis(y, at: box.left, right: box.right, label: "")
      chart.bottomAxis(x.axis, at: box.bottom, top: box.top, label: "")
      if let reference = panel.reference, y.contains(reference) {
        chart.line(box.left, y.place(reference), box.right, y.place(reference), class: "reference")
      }
      for curve in panel.curves {
        chart.band(x.positions, curve.lower, curve.upper, x.axis, y, class: "band \(styles[curve.name]!.fill)")
      }
      for curve in panel.curves {
        let style = styles[curve.name]!
        chart.curve(x.positions, curve.mean, x.axis, y, class: "curve \(style.stroke)")
        for (place, value) in curve.mean.enumerated() where Axis.isDrawable(value) {
          let words = NumberForm.fixed(value, decimals)
          let layer = panel.title.isEmpty ? "" : ", \(panel.title)"
          chart.add(
            style.mark(
              x.axis.place(x.positions[place]), y.place(value), radius: 3.2,
              title: "\(curve.name)\(layer), \(panel.seen[place]) examples: \(words)"))
        }
      }
    }
    let below = panels.count == 1 ? "" : "\(label) over "
    chart.text("\(below)examples seen", Chart.width / 2, chart.height - 8, anchor: "middle")
    let isSeveral = panels.count > 1
    var data = Table(header: ["rule"], rows: [], words: [0])
    if isSeveral {
      data.header.append(column)
      data.words.insert(1)
    }
    data.header += ["examples seen", "mean", "lower", "upper", "episodes"]
    for panel in panels {
      for curve in panel.curves {
        for (place, seen) in panel.seen.enumerated() where curve.counts[place] > 0 {
          data.rows.append(
            [curve.name] + (isSeveral ? [panel.title] : []) + ["\(seen)"]
              + [curve.mean[place], curve.lower[place], curve.upper[place]].map { NumberForm.fixed($0, decimals) }
              + ["\(curve.counts[place])"])
        }
      }
    }
    return Figure(id: id, title: title, caption: caption, picture: chart.svg(label: title), data: data)
  }
}
