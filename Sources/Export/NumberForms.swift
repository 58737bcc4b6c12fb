import Foundation
import Rules

/// How reports write numbers.
enum NumberForm {
  /// With a fixed number of decimals, rounded as C's `printf` does: `0.674`; an en dash for what is not finite.
  static func fixed(_ value: Double, _ decimals: Int = 3) -> String {
    guard value.isFinite else { return "–" }
    guard value.magnitude < 1e15 else { return significant(value) }
    let text = String(format: "%.\(decimals)f", value.magnitude)
    return value < 0 && text.contains { ("1"..."9").contains($0) } ? "−\(text)" : text
  }

  /// The same with its sign always shown.
  static func signed(_ value: Double, _ decimals: Int = 3) -> String {
    let text = fixed(value, decimals)
    return value > 0 && value.isFinite ? "+\(text)" : text
  }

  /// With a fixed number of significant digits: `1.5e-3`.
  static func significant(_ value: Double, _ digits: Int = 4) -> String {
    guard value.isFinite else { return value.isNaN ? "–" : value > 0 ? "∞" : "−∞" }
    let text = Printer.text(value.magnitude, digits: digits)
    return (value < 0 ? "−" : "") + text.replacing("e-", with: "e−")
  }

  /// A p value, not finer than a thousandth.
  static func p(_ value: Double) -> String {
    value.isFinite ? value < 0.001 ? "< 0.001" : fixed(value) : "–"
  }

  /// A share as a percentage: `67.4 %`.
  static func percent(_ share: Double) -> String { "\(fixed(100 * share, 1)) %" }

  /// An interval: `[0.650, 0.698]`.
  static func interval(_ lower: Double, _ upper: Double, _ decimals: Int = 3) -> String {
    lower.isFinite && upper.isFinite ? "[\(fixed(lower, decimals)), \(fixed(upper, decimals))]" : "–"
  }

  /// The shortest text that reads back as the same double, for files; `nan` for what is not a number.
  static func exact(_ value: Double) -> String {
    value.isNaN ? "nan" : value.isInfinite ? (value > 0 ? "inf" : "-inf") : Printer.text(value)
  }

  /// A coordinate in a picture: two decimals at most.
  static func place(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let hundredths = Int((min(max(value, -1e6), 1e6) * 100).rounded())
    let (whole, rest) = (abs(hundredths) / 100, abs(hundredths) % 100)
    let sign = hundredths < 0 ? "-" : ""
    if rest == 0 { return "\(sign)\(whole)" }
    return rest % 10 == 0 ? "\(sign)\(whole).\(rest / 10)" : "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
  }
}
