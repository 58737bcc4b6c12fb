import Pages

/// A coefficient starts inside its range, and one on a logarithmic axis has a positive range.
struct CoefficientsStartInside {
  static func check(_ draft: inout RuleDraft) {
    for coefficient in draft.coefficients {
      guard let value = coefficient.value, let range = value["range"], let scale = value["scale"] else { continue }
      let interval = range.interval
      let isLogarithmic = if case .text = scale.content { true } else { false }
      let name = coefficient.name
      if isLogarithmic, interval.lowerBound <= 0 {
        draft.report(
          .logarithmicRange, range.place,
          "the range of \"\(name)\" must be positive because its scale is log (got \(shown(interval)))")
      }
      if let start = value["start"], !interval.contains(start.number) {
        draft.report(
          .start, start.place,
          "\"\(name)\" starts at \(Printer.text(start.number)), outside its range \(shown(interval))")
      }
    }
  }

  private static func shown(_ interval: ClosedRange<Double>) -> String {
    "[\(Printer.text(interval.lowerBound)), \(Printer.text(interval.upperBound))]"
  }
}
