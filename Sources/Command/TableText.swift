import Experiments
import Foundation

/// How tables write numbers; what is not finite is a dash.
enum TableText {
  /// `0.675`.
  static func number(_ value: Double) -> String { value.isFinite ? String(format: "%.3f", value) : "-" }

  /// `+0.050`.
  static func signed(_ value: Double) -> String { value.isFinite ? String(format: "%+.3f", value) : "-" }

  /// `[0.659, 0.691]`.
  static func interval(_ range: ClosedRange<Double>) -> String {
    "[\(number(range.lowerBound)), \(number(range.upperBound))]"
  }

  /// A p value: `0.0312`, `<0.0001`.
  static func chance(_ p: Double) -> String {
    guard p.isFinite else { return "-" }
    return p < 0.0001 ? "<0.0001" : String(format: "%.4f", p)
  }
}

/// Files that people asked for.
enum OutputFile {
  /// Writes a whole file, or nothing.
  static func write(_ text: String, to path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw Failure(.ioError, "cannot write \(path): \(error.localizedDescription)")
    }
  }
}
