/// Summary numbers of a sample. All sums run in index order, so equal input gives equal bits.
///
/// A value that is not a number makes every result NaN: leaving it out is the caller's decision.
public enum Statistics {
  /// The arithmetic mean; NaN for an empty sample.
  public static func mean(_ values: [Double]) -> Double {
    var sum = 0.0
    for value in values { sum += value }
    return values.isEmpty ? .nan : sum / Double(values.count)
  }

  /// The variance with divisor `n - 1`; NaN for fewer than two values.
  public static func variance(_ values: [Double]) -> Double {
    guard values.count > 1 else { return .nan }
    let centre = mean(values)
    var sum = 0.0
    for value in values { sum += (value - centre) * (value - centre) }
    return sum / Double(values.count - 1)
  }

  /// The standard error of the mean, `sqrt(variance / n)`; NaN for fewer than two values.
  public static func standardError(_ values: [Double]) -> Double {
    (variance(values) / Double(values.count)).squareRoot()
  }

  /// The middle value, or the mean of the two middle ones; NaN for an empty sample.
  public static func median(_ values: [Double]) -> Double { quantile(values, 0.5) }

  /// The quantile at `probability`, by linear interpolation between order statistics: with the values sorted and
  /// counted from 0, the one at position `(n - 1) * probability`. NaN for an empty sample.
  /// - Precondition: `probability` lies in `0 ... 1`.
  /// - SeeAlso: Hyndman & Fan 1996, type 7.
  public static func quantile(_ values: [Double], _ probability: Double) -> Double {
    if values.contains(where: \.isNaN) { return .nan }
    return quantile(sorted: values.sorted(), probability)
  }

  /// The same of values already in ascending order.
  static func quantile(sorted values: [Double], _ probability: Double) -> Double {
    precondition(probability >= 0 && probability <= 1, "probability \(probability) is outside 0 ... 1")
    guard let last = values.last else { return .nan }
    let position = Double(values.count - 1) * probability
    let index = Int(position)
    guard index < values.count - 1 else { return last }
    let fraction = position - Double(index)
    if fraction == 0 { return values[index] }
    return values[index] + fraction * (values[index + 1] - values[index])
  }
}
