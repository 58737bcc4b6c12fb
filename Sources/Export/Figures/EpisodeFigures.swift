import Records

extension Figure {
  /// One panel: its title and the curves in it.
  struct EpisodePanel {
    var title: String
    var curves: [EpisodeCourse.Curve]
  }

  /// Query accuracy over the examples seen, one curve a rule, with intervals over the episodes.
  static func learningCurves(_ course: EpisodeCourse, id: String, title: String) -> Figure? {
    let chance = Double(course.table.chanceLevel[course.task])
    return episode(
      [EpisodePanel(title: "", curves: course.curves(course.table.accuracy))], course, id: id, title: title,
      caption: "Mean query accuracy over the episodes, answered after so many examples; bands are bootstrap 95 % "
        + "intervals. Dashed: guessing.",
      label: "query accuracy", limits: 0...1, reference: chance, decimals: 4)
  }

  /// Query loss over the examples seen.
  static func lossCurves(_ course: EpisodeCourse, id: String, title: String) -> Figure? {
    episode(
      [EpisodePanel(title: "", curves: course.curves(course.table.loss))], course, id: id, title: title,
      caption: "Mean cross-entropy of the queries, with bootstrap 95 % intervals over the episodes.",
      label: "query loss", decimals: 4)
  }

  /// Accuracy on the examples as they come.
  static func onlineAccuracy(_ course: EpisodeCourse, id: String, title: String) -> Figure? {
    guard let values = course.table.onlineAccuracy else { return nil }
    let chance = Double(course.table.chanceLevel[course.task])
    return episode(
      [EpisodePanel(title: "", curves: course.curves(values))], course, id: id, title: title,
      caption: "Share of the examples since the point before that were answered right while they were learnt.",
      label: "accuracy", limits: 0...1, reference: chance, decimals: 4)
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
      return EpisodePanel(title: course.table.layers[layer], curves: curves.map { $0.clipped(to: limits) })
    }
    return episode(
      panels, course, id: id, title: title, caption: caption + " Bands are 95 % t intervals over the episodes.",
      label: label, limits: limits, reference: reference, isLogarithmic: isLogarithmic, isShared: isShared,
      decimals: decimals)
  }

  private static func episode(
    _ panels: [EpisodePanel], _ course: EpisodeCourse, id: String, title: String, caption: String, label: String,
    limits: ClosedRange<Double>? = nil, reference: Double? = nil, isLogarithmic: Bool = false, isShared: Bool = true,
    decimals: Int
  ) -> Figure? {
    guard panels.contains(where: { !$0.curves.isEmpty }) else { return nil }
    let table = course.table
    let names = table.rules.filter { name in panels.contains { $0.curves.contains { $0.name == name } } }
    let styles = Dictionary(
      names.map { name in (name, SeriesStyle.row(table.rules.firstIndex(of: name)!)) }, uniquingKeysWith: { a, _ in a })
    let columns = min(panels.count, panels.count == 4 ? 2 : 3)
    let lines = (panels.count + columns - 1) / columns
    let cell = (width: Chart.width / Double(columns), height: panels.count == 1 ? 300.0 : 210.0)
    let head = 8 + 18 * Double(Chart.legendLines(names, x: 8))
    var chart = Chart(height: head + cell.height * Double(lines) + 26)
    chart.legend(names.map { (styles[$0]!, $0) }, x: 8, y: 16)
    func scale(_ panels: [EpisodePanel]) -> Axis {
      // On a logarithmic axis a band that reaches below 0 has no end.
      let drawn = panels.flatMap { $0.curves.flatMap { isLogarithmic ? $0.mean : $0.mean + $0.lower + $0.upper } }
      return Axis(
        holding: drawn + (reference.map { [$0] } ?? []), ticks: panels.count == 1 && isShared ? 7 : 5,
        limits: limits ?? -Axis.largest...Axis.largest, logarithmic: isLogarithmic)
    }
    let shared = scale(panels)
    for (index, panel) in panels.enumerated() {
      let left = cell.width * Double(index % columns) + 52
      let right = cell.width * Double(index % columns + 1) - 16
      let top = head + cell.height * Double(index / columns) + 30
      let bottom = top + cell.height - 62
      let y = (isShared ? shared : scale([panel])).between(bottom, top)
      let x = ExamplesAxis(course.seen, from: left, to: right)
      chart.text(panel.title.isEmpty ? label : panel.title, left, top - 10, class: "label strong")
      chart.leftAxis(y, at: left, right: right, label: "")
      chart.bottomAxis(x.axis, at: bottom, top: top, label: "")
      if let reference, y.contains(reference) {
        chart.line(left, y.place(reference), right, y.place(reference), class: "reference")
      }
      for curve in panel.curves {
        let style = styles[curve.name]!
        chart.band(x.positions, curve.lower, curve.upper, x.axis, y, class: "band \(style.fill)")
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
              title: "\(curve.name)\(layer), \(course.seen[place]) examples: \(words)"))
        }
      }
    }
    let below = panels.count == 1 ? "" : "\(label) over "
    chart.text("\(below)examples seen", Chart.width / 2, chart.height - 8, anchor: "middle")
    var data = Table(header: ["rule"], rows: [], words: [0])
    if panels.count > 1 {
      data.header.append("layer")
      data.words.insert(1)
    }
    data.header += ["examples seen", "mean", "lower", "upper", "episodes"]
    for panel in panels {
      for curve in panel.curves {
        for (place, seen) in course.seen.enumerated() where curve.counts[place] > 0 {
          data.rows.append(
            [curve.name] + (panels.count > 1 ? [panel.title] : []) + ["\(seen)"]
              + [curve.mean[place], curve.lower[place], curve.upper[place]].map { NumberForm.fixed($0, decimals) }
              + ["\(curve.counts[place])"])
        }
      }
    }
    return Figure(id: id, title: title, caption: caption, picture: chart.svg(label: title), data: data)
  }
}
