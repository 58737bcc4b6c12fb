import Records

extension Figure {
  /// A quantity of every system by epochs: the mean over seeds as a line, the seeds as a band.
  static func training(
    _ log: TrainingLog, id: String, title: String, caption: String, label: String, _ values: [Double],
    isLogarithmic: Bool = false
  ) -> Figure? {
    let epochs = (0..<log.epochCount).map { Double($0 + 1) }
    let series = log.systems.indices.map { system in log.course(values, system: system) }
    guard series.contains(where: { $0.mean.contains(where: Axis.isDrawable) }) else { return nil }
    let (left, right) = (64.0, Chart.width - 16)
    let names = log.systems.map(\.name)
    let top = 38 + 18 * Double(Chart.legendLines(names, x: left))
    let bottom = top + 264
    let y = Axis(
      holding: series.flatMap { $0.low + $0.high }, ticks: 6, logarithmic: isLogarithmic
    ).between(bottom, top)
    let x = Axis(holding: epochs, ticks: 5, whole: true).between(left, right)
    var chart = Chart(height: bottom + 44)
    chart.leftAxis(y, at: left, right: right, label: "")
    chart.bottomAxis(x, at: bottom, top: top, label: "epoch")
    chart.text(y.isLogarithmic ? "\(label), logarithmic" : label, left, top - 10)
    chart.legend(names.enumerated().map { (SeriesStyle.cycling($0.offset), $0.element) }, x: left, y: 18)
    for (system, course) in series.enumerated() {
      let style = SeriesStyle.cycling(system)
      if log.seeds.count > 1 { chart.band(epochs, course.low, course.high, x, y, class: "band \(style.fill)") }
      chart.curve(epochs, course.mean, x, y, class: "curve \(style.stroke)")
      if let last = course.mean.lastIndex(where: Axis.isDrawable) {
        chart.add(style.mark(x.place(epochs[last]), y.place(course.mean[last])))
      }
    }
    let data = Table(
      header: ["epoch"] + names,
      rows: epochs.indices.map { e in ["\(e + 1)"] + series.map { NumberForm.significant($0.mean[e]) } }, words: [])
    return Figure(id: id, title: title, caption: caption, picture: chart.svg(label: title), data: data)
  }
}

extension TrainingLog {
  /// Mean, least and greatest over the seeds that have done an epoch.
  func course(_ values: [Double], system: Int) -> (mean: [Double], low: [Double], high: [Double]) {
    let each = (0..<epochCount).map { epoch in
      seeds.indices.map { values[index(system: system, seed: $0) * epochCount + epoch] }.filter(Axis.isDrawable)
    }
    return (
      each.map { $0.isEmpty ? .nan : $0.reduce(0, +) / Double($0.count) }, each.map { $0.min() ?? .nan },
      each.map { $0.max() ?? .nan }
    )
  }

  /// A value after the last epoch of each seed of a system that has begun.
  func last(_ values: [Double], system: Int) -> [Double] {
    seeds.indices.compactMap { seed in
      let run = index(system: system, seed: seed)
      return epochsDone[run] > 0 ? values[run * epochCount + epochsDone[run] - 1] : nil
    }
  }
}
