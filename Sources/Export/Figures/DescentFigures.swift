import Records

extension SearchCourse {
  /// Whether the search followed a gradient: one candidate a generation, and no best one among several.
  var isDescent: Bool { header.search == "meta-gradient" }

  /// A column of a measure that has one value for each layer, parameter or candidate; NaN where it was not taken.
  func column(_ measure: DiscoveryHeader.Measure, _ index: Int) -> [Double] {
    rows.map { row in
      guard let values = row.measures[measure], values.indices.contains(index) else { return .nan }
      return values[index]
    }
  }

  /// The generations over which means are drawn.
  var window: Int { max(1, rows.count / 30) }

  /// At each generation the mean of the drawable values of the last ``window`` ones.
  func smoothed(_ values: [Double]) -> [Double] {
    values.indices.map { g in
      let last = values[max(0, g + 1 - window)...g].filter(Axis.isDrawable)
      return last.isEmpty ? .nan : last.reduce(0, +) / Double(last.count)
    }
  }
}

extension Figure {
  /// One quantity in one panel, a curve for each series.
  private struct Panel {
    var id: String
    var title: String
    var caption: String
    var label: String
    var series: [(name: String, values: [Double])]
    var isLogarithmic = false
    /// Whether curves are means over the last generations, and dots the values.
    var isSmoothed = true
    /// Values that have a line of their own.
    var references: [Double] = []
  }

  private static func draw(_ panel: Panel, _ course: SearchCourse) -> Figure? {
    let series = panel.series.filter { $0.values.contains(where: Axis.isDrawable) }
    guard !series.isEmpty else { return nil }
    let (left, right) = (64.0, Chart.width - 16)
    let legend = 18 * Double(Chart.legendLines(series.map(\.name), x: left))
    let top = 38 + legend
    let bottom = top + 264
    let y = Axis(
      holding: series.flatMap(\.values) + panel.references, ticks: 6, logarithmic: panel.isLogarithmic
    ).between(bottom, top)
    let x = Axis(holding: course.generation, ticks: 5, whole: true).between(left, right)
    var chart = Chart(height: bottom + 44)
    chart.leftAxis(y, at: left, right: right, label: "")
    chart.bottomAxis(x, at: bottom, top: top, label: course.header.outerStep)
    chart.text(y.isLogarithmic ? "\(panel.label), logarithmic" : panel.label, left, top - 10)
    chart.legend(
      series.enumerated().map { (SeriesStyle.cycling($0.offset), $0.element.name) }, x: left, y: 18)
    for value in panel.references { chart.line(left, y.place(value), right, y.place(value), class: "reference") }
    let drawsDots = series.count * course.rows.count <= SearchCourse.largestPopulation
    let isCrowded = course.rows.count > 60
    for (index, one) in series.enumerated() {
      let style = SeriesStyle.cycling(index)
      if drawsDots {
        for (g, value) in zip(course.generation, one.values) where Axis.isDrawable(value) {
          chart.add(
            style.mark(
              x.place(g), y.place(value), radius: isCrowded ? 1.2 : 2.4, class: panel.isSmoothed ? "faint" : ""))
        }
      }
      chart.curve(
        course.generation, panel.isSmoothed ? course.smoothed(one.values) : one.values, x, y,
        class: "curve \(style.stroke)")
    }
    let data = Table(
      header: [course.header.outerStep] + series.map(\.name),
      rows: course.rows.indices.map { g in
        ["\(course.rows[g].generation)"] + series.map { NumberForm.significant($0.values[g]) }
      }, words: [])
    let mean =
      panel.isSmoothed && course.window > 1
      ? " Lines are means over the last \(course.window) \(course.unit)\(course.stride > 1 ? " drawn" : "")." : ""
    return Figure(
      id: panel.id, title: panel.title, caption: panel.caption + mean + course.thinning,
      picture: chart.svg(label: panel.title),
      data: data)
  }

  /// Query accuracy of each episode of a descent.
  static func descentAccuracy(_ course: SearchCourse) -> Figure? {
    let skipped = course.column(.episodesSkipped, 0).filter(Axis.isDrawable).reduce(0, +)
    return draw(
      Panel(
        id: "search-accuracy", title: "Query accuracy over the search",
        caption: "Each is measured on episodes of its own, before the step that it leads to."
          + (skipped > 0
            ? " \(NumberForm.fixed(skipped, 0)) episodes without a finite gradient were left out of it." : ""),
        label: "accuracy", series: [("query accuracy", course.column(.taskScore, 0))]), course)
  }

  /// Meta-loss of each episode of a descent, and the loss in it.
  static func descentLoss(_ course: SearchCourse) -> Figure? {
    let sign = course.header.direction == .maximize ? -1.0 : 1
    var series = [("meta-loss", course.rows.map { sign * $0.fitness[0] })]
    if course.column(.penalty, 0).contains(where: { $0 != 0 }) {
      series.append(("query cross-entropy", course.column(.queryLoss, 0)))
    }
    return draw(
      Panel(
        id: "search-loss", title: "Meta-loss over the search",
        caption: "Mean cross-entropy of the queries" + (series.count > 1 ? ", with its penalties and without." : "."),
        label: "nats", series: series), course)
  }

  /// All coefficients of a descent on one axis.
  static func descentCoefficients(_ course: SearchCourse) -> Figure? {
    draw(
      Panel(
        id: "coefficients-together", title: "Coefficients on one axis",
        caption: "After each step; the line across is 0.", label: "coefficient",
        series: course.header.parameters.indices.prefix(24).map {
          (course.header.parameters[$0].name, course.column(.searchMean, $0))
        }, isSmoothed: false, references: [0]), course)
  }

  /// The angle between the error that reached each group and the one that transport would have brought.
  static func alignment(_ course: SearchCourse) -> Figure? {
    let layers = course.header.layers.indices.map { (course.header.layers[$0], course.column(.alignmentAngle, $0)) }
    // The readout's error is sent by nobody: its angle is 0.
    let moving = layers.filter { $0.1.contains { Axis.isDrawable($0) && $0 != 0 } }
    return draw(
      Panel(
        id: "alignment", title: "Alignment angles over the search",
        caption:
          "Angle between the query-batch means of the error that the pathway delivered to a group and of the same "
          + "readout error sent down through the forward weights. At 90 degrees they have nothing in common.",
        label: "degrees", series: moving, references: [90]), course)
  }

  /// How far the rows of each projection are from orthonormal.
  static func orthonormality(_ course: SearchCourse) -> Figure? {
    draw(
      Panel(
        id: "orthonormality", title: "Distance from orthonormal weights over the search",
        caption:
          "‖y W′ − z W W′‖² over the query batch, for each projection by the group that it drives, whose activity is "
          + "z; y is that of the group before.",
        label: "residual",
        series: course.header.layers.indices.map { (course.header.layers[$0], course.column(.orthonormality, $0)) },
        isLogarithmic: true), course)
  }
}

extension SearchCourse {
  /// Several outer steps in words.
  fileprivate var unit: String { header.outerStep + "s" }
}
