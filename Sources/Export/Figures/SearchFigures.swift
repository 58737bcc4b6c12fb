import Arithmetic
import Records

extension Figure {
  /// Fitness of every candidate, the median and quartiles of each generation, and the best so far.
  static func fitness(_ course: SearchCourse) -> Figure {
    let (left, right, top, bottom) = (64.0, Chart.width - 16, 56.0, 320.0)
    let low = course.rows.map(\.lowerQuartile)
    let high = course.rows.map(\.upperQuartile)
    let median = course.rows.map(\.medianFitness)
    let incumbent = course.rows.map(\.incumbentFitness)
    // Failed candidates may lie far off and would flatten all others: the axis holds the middle half and a margin.
    let core = (low + high + median + incumbent).filter(Axis.isDrawable)
    let all = course.drawsCandidates ? course.rows.flatMap(\.fitness).filter(Axis.isDrawable) : []
    let reach = ((core.max() ?? 1) - (core.min() ?? 0)) * 0.5
    let (floor, ceiling) = ((core.min() ?? 0) - reach, (core.max() ?? 1) + reach)
    let y = Axis(holding: core + all.filter { $0 >= floor && $0 <= ceiling }, ticks: 6).between(bottom, top)
    let x = Axis(holding: course.generation, ticks: 5, whole: true).between(left, right)
    var chart = Chart(height: bottom + 44)
    chart.leftAxis(y, at: left, right: right, label: "")
    chart.bottomAxis(x, at: bottom, top: top, label: course.header.outerStep)
    chart.text("fitness (\(course.header.direction == .maximize ? "higher" : "lower") is better)", left, top - 10)
    chart.legend(
      (course.drawsCandidates ? [(SeriesStyle.sky, "candidate")] : [])
        + [(.blue, "median, quartiles"), (.vermilion, "best so far")], x: left, y: 18)
    chart.band(course.generation, low, high, x, y, class: "band f1")
    var outside = 0
    for (index, row) in course.rows.enumerated() where course.drawsCandidates {
      for value in row.fitness where Axis.isDrawable(value) {
        if !y.contains(value) { outside += 1 }
        chart.add(
          SeriesStyle.sky.mark(
            x.place(course.generation[index]), y.place(value), radius: 2.6, class: y.contains(value) ? "faint" : "edge")
        )
      }
    }
    let dots = course.rows.count <= 30 ? 3.2 : course.rows.count <= 200 ? 2.2 : 1.6
    for (values, style) in [(median, SeriesStyle.blue), (incumbent, .vermilion)] {
      chart.curve(course.generation, values, x, y, class: "curve \(style.stroke)")
      for (g, value) in zip(course.generation, values) where Axis.isDrawable(value) {
        chart.add(
          style.mark(
            x.place(g), y.place(value), radius: dots,
            title: "\(course.header.outerStep) \(NumberForm.fixed(g, 0)): \(NumberForm.significant(value))"))
      }
    }
    var caption = "Fitness is minus the meta-loss with its penalties; the band holds the middle half."
    if outside > 0 { caption += " \(outside) candidates beyond the axis lie at its edge." }
    if course.failures > 0 { caption += " \(course.failures) candidates had a sick network." }
    caption += course.thinning
    let data = Table(
      header: [course.header.outerStep, "lower quartile", "median", "upper quartile", "best so far", "evaluations"],
      rows: course.rows.indices.map { g in
        ["\(course.rows[g].generation)"]
          + [low[g], median[g], high[g], incumbent[g]].map { NumberForm.fixed($0, 4) }
          + ["\(course.rows[g].evaluations)"]
      }, words: [])
    return Figure(
      id: "fitness", title: "Fitness over the search", caption: caption,
      picture: chart.svg(label: "Fitness over the search"),
      data: data)
  }

  /// Every searched coefficient over the generations, a panel each.
  static func coefficients(_ course: SearchCourse) -> Figure? {
    let parameters = course.header.parameters.indices.prefix(60)
    guard !parameters.isEmpty else { return nil }
    let columns = min(2, parameters.count)
    let (cellWidth, cellHeight) = (Chart.width / Double(columns), 170.0)
    let lines = (parameters.count + columns - 1) / columns
    var chart = Chart(height: 28 + cellHeight * Double(lines) + 24)
    let hasMean = parameters.contains { course.searchMean($0) != nil }
    let drawsMarks = course.rows.count * parameters.count <= SearchCourse.mostMarks
    // Of a descent only where it stands counts; the best of its episodes was the easiest.
    let meanName = course.isDescent ? "after the step" : "mean of the search"
    chart.legend(
      (hasMean ? [(SeriesStyle.blue, meanName)] : []) + (course.isDescent ? [] : [(.vermilion, "best so far")]), x: 8,
      y: 16)
    var header = [course.header.outerStep]
    var columnsOfData: [[Double]] = []
    for parameter in parameters {
      let coefficient = course.header.parameters[parameter]
      let left = cellWidth * Double(parameter % columns) + 58
      let right = cellWidth * Double(parameter % columns + 1) - 14
      let top = 28 + cellHeight * Double(parameter / columns) + 28
      let bottom = top + cellHeight - 60
      let best = course.isDescent ? nil : course.incumbent(parameter)
      let mean = course.searchMean(parameter)
      let y = Axis(
        holding: (best ?? []) + (mean ?? []) + [coefficient.initial], ticks: 4,
        logarithmic: coefficient.lower > 0 && coefficient.upper / coefficient.lower >= 100
      ).between(bottom, top)
      let x = Axis(holding: course.generation, ticks: 3, whole: true).between(left, right)
      chart.text(Chart.shortened(coefficient.name, to: 26), left, top - 10, class: "label strong")
      chart.leftAxis(y, at: left, right: right, label: "")
      chart.bottomAxis(x, at: bottom, top: top, label: "")
      chart.line(left, y.place(coefficient.initial), right, y.place(coefficient.initial), class: "reference")
      for (values, style) in [(mean, SeriesStyle.blue), (best, .vermilion)] {
        guard let values else { continue }
        chart.curve(course.generation, values, x, y, class: "curve \(style.stroke)")
        for (g, value) in zip(course.generation, values) where drawsMarks && Axis.isDrawable(value) {
          chart.add(style.mark(x.place(g), y.place(value), radius: course.rows.count <= 30 ? 2.4 : 1.4))
        }
      }
      if let mean {
        header.append(course.isDescent ? coefficient.name : "\(coefficient.name), mean")
        columnsOfData.append(mean)
      }
      if let best {
        header.append("\(coefficient.name), best")
        columnsOfData.append(best)
      }
    }
    chart.text(course.header.outerStep, Chart.width / 2, chart.height - 8, anchor: "middle")
    let data = Table(
      header: header,
      rows: course.rows.indices.map { g in
        ["\(course.rows[g].generation)"] + columnsOfData.map { NumberForm.significant($0[g]) }
      }, words: [])
    let more =
      course.header.parameters.count > parameters.count
      ? " The first \(parameters.count) of \(course.header.parameters.count) are shown." : ""
    return Figure(
      id: "coefficients", title: "Coefficients over the search",
      caption: "Dashed: the value the search started from.\(more)\(course.thinning)",
      picture: chart.svg(label: "Coefficients over the search"), data: data)
  }

  /// The step size of the search, and the axis ratio of its distribution where there is one.
  static func stepSize(_ course: SearchCourse) -> Figure? {
    guard let sigma = course.single(.stepSize) else { return nil }
    let ratio = course.single(.axisRatio)
    if course.isDescent, Set(sigma).count == 1 { return nil }
    let series =
      [(course.isDescent ? "learning rate" : "step size", sigma, SeriesStyle.blue)]
      + (ratio.map { [("axis ratio", $0, .vermilion)] } ?? [])
    let width = Chart.width / Double(series.count)
    let (top, bottom) = (34.0, 200.0)
    var chart = Chart(height: bottom + 44)
    for (index, (name, values, style)) in series.enumerated() {
      let left = width * Double(index) + 58
      let right = width * Double(index + 1) - 14
      let y = Axis(holding: values, ticks: 5, logarithmic: true).between(bottom, top)
      let x = Axis(holding: course.generation, ticks: 5, whole: true).between(left, right)
      chart.text(y.isLogarithmic ? "\(name), logarithmic" : name, left, top - 12, class: "label strong")
      chart.leftAxis(y, at: left, right: right, label: "")
      chart.bottomAxis(x, at: bottom, top: top, label: course.header.outerStep)
      chart.curve(course.generation, values, x, y, class: "curve \(style.stroke)")
      for (g, value) in zip(course.generation, values) where Axis.isDrawable(value) {
        chart.add(style.mark(x.place(g), y.place(value), radius: course.rows.count <= 200 ? 2.8 : 1.4))
      }
    }
    let data = Table(
      header: [course.header.outerStep] + series.map(\.0),
      rows: course.rows.indices.map { g in
        ["\(course.rows[g].generation)"] + series.map { NumberForm.significant($0.1[g]) }
      }, words: [])
    return Figure(
      id: "step-size", title: "Width of the search",
      caption: (course.isDescent
        ? "Length of a step of Adam, in units of the coefficients."
        : "Step size, and longest over shortest axis of the search distribution, in units of each coefficient's scale.")
        + course.thinning,
      picture: chart.svg(label: "Width of the search"), data: data)
  }
}
