import Foundation

/// A scale from values to places on paper, with ticks at round numbers.
struct Axis {
  /// A mark on the axis and its label.
  struct Tick: Equatable {
    var value: Double
    var label: String
  }

  private(set) var lower: Double
  private(set) var upper: Double
  let isLogarithmic: Bool
  let ticks: [Tick]
  /// Ends on paper; the first belongs to `lower`.
  var from = 0.0
  var to = 1.0

  /// The largest magnitude that pictures show; beyond it a value counts as missing.
  static let largest = 1e150

  /// True for values that a picture can show.
  static func isDrawable(_ value: Double) -> Bool { value.isFinite && value.magnitude <= largest }

  /// An axis that holds all drawable `values`.
  /// - Parameters:
  ///   - values: what has to fit.
  ///   - count: about how many ticks.
  ///   - limits: what the axis does not go beyond; the values must lie inside.
  ///   - whole: ticks at whole numbers alone.
  ///   - logarithmic: asked for; given when all values are positive and span more than a factor of 3.
  init(
    holding values: [Double], ticks count: Int = 5, limits: ClosedRange<Double> = -Axis.largest...Axis.largest,
    logarithmic: Bool = false, whole: Bool = false
  ) {
    let drawable = values.filter(Axis.isDrawable)
    var low = drawable.min() ?? 0
    var high = drawable.max() ?? 1
    if logarithmic, low > 1e-300, high / low > 3 {
      isLogarithmic = true
      let (first, last) = (log10(low), log10(high))
      let pad = 0.04 * (last - first)
      lower = pow(10, first - pad)
      upper = pow(10, last + pad)
      ticks = Axis.decades(lower, upper, count: count)
      return
    }
    isLogarithmic = false
    if high - low <= 1e-12 * max(low.magnitude, high.magnitude) || high == low {
      let pad = low == 0 ? 1 : 0.1 * low.magnitude
      (low, high) = (low - pad, high + pad)
    }
    let pad = 0.04 * (high - low)
    lower = max(low - pad, limits.lowerBound)
    upper = min(high + pad, limits.upperBound)
    ticks = Axis.rounds(lower, upper, count: count, least: whole ? 1 : 0)
  }

  /// A linear axis with given ends and ticks.
  init(from lower: Double, to upper: Double, ticks: [Tick]) {
    self.lower = lower
    self.upper = upper > lower ? upper : lower + 1
    self.ticks = ticks
    isLogarithmic = false
  }

  /// The same axis laid between two places.
  func between(_ from: Double, _ to: Double) -> Axis {
    var axis = self
    axis.from = from
    axis.to = to
    return axis
  }

  /// Where a value lies; values outside lie at the nearer end.
  func place(_ value: Double) -> Double {
    let share =
      isLogarithmic
      ? (log10(max(value, lower)) - log10(lower)) / (log10(upper) - log10(lower)) : (value - lower) / (upper - lower)
    return from + min(max(share.isFinite ? share : 0, 0), 1) * (to - from)
  }

  /// True when a value lies within the ends.
  func contains(_ value: Double) -> Bool { value >= lower && value <= upper }

  /// Multiples of 1, 2 or 5 times a power of ten inside the ends.
  private static func rounds(_ lower: Double, _ upper: Double, count: Int, least: Double = 0) -> [Tick] {
    let rough = max((upper - lower) / Double(max(count, 1)), least)
    guard rough > 0, rough.isFinite else { return [] }
    let exponent = log10(rough).rounded(.down)
    let power = pow(10, exponent)
    // The step nearest to the rough one, by ratio: the borders are the geometric means of neighbours.
    let step = power * (rough / power < 1.414 ? 1 : rough / power < 3.162 ? 2 : rough / power < 7.071 ? 5 : 10)
    guard step > 0, step.isFinite, (upper / step).magnitude < 1e12, (lower / step).magnitude < 1e12 else { return [] }
    let first = Int((lower / step).rounded(.up))
    let last = Int((upper / step).rounded(.down))
    guard first <= last, last - first < 100 else { return [] }
    let decimals = max(0, Int(-(log10(step) + 1e-9).rounded(.down)))
    return (first...last).map { index in
      let value = Double(index) * step
      let isPlain = decimals <= 4 && value.magnitude < 1e6
      return Tick(value: value, label: isPlain ? NumberForm.fixed(value, decimals) : scientific(value))
    }
  }

  /// Three significant digits without zeros that say nothing: `5e−5`.
  private static func scientific(_ value: Double) -> String {
    NumberForm.significant(value, 3).replacing(".0e", with: "e")
  }

  /// Powers of ten inside the ends, with 2 and 5 times them when they are few.
  private static func decades(_ lower: Double, _ upper: Double, count: Int) -> [Tick] {
    if upper / lower < 10 { return rounds(lower, upper, count: count) }
    let first = Int(log10(lower).rounded(.down))
    let last = Int(log10(upper).rounded(.up))
    for factors in [[1.0], [1.0, 3], [1.0, 2, 5]] {
      var values = (first...last).flatMap { exponent in factors.map { $0 * pow(10, Double(exponent)) } }
      values = values.filter { $0 >= lower && $0 <= upper }
      if values.count < 3, factors.count < 3 { continue }
      let stride = max(1, (values.count + count) / (count + 1))
      return values.enumerated().filter { $0.offset % stride == 0 }.map {
        Tick(value: $0.element, label: scientific($0.element))
      }
    }
    return []
  }
}
