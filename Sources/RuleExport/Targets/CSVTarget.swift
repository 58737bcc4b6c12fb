// The requirements are documented at `RuleTarget`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Pages
import Rules

/// One table of coefficients, terms, traces and bounds, a row each, with a comment in front.
///
/// Columns: `kind` (coefficient, term, trace, eligibility, bound), `equation` of a term, `name`, `layer` of a per-layer
/// value, `value`, `low`, `high`, `text` (a term, or what a trace follows), `drive` and `needs` of a term.
public struct CSVTarget: RuleTarget {
  public let name = "csv"
  public let about = "a table of coefficients and terms"
  public let fileSuffix = ".csv"
  public let commentMark = "#"
  public let traceKind = ExpectedTrace.projection

  /// The target.
  public init() {}

  public func obstacles(_ exported: ExportedRule) -> [String] { [] }

  public func body(of exported: ExportedRule) -> String {
    let rule = exported.rule
    var rows = [["kind", "equation", "name", "layer", "value", "low", "high", "text", "drive", "needs"]]
    func number(_ value: Double) -> String { TraceTable.cell(value) }
    func add(
      _ kind: String, equation: String = "", name: String = "", layer: String = "", value: String = "",
      range: ClosedRange<Double>? = nil, text: String = "", drive: String = "", needs: String = ""
    ) {
      let low = range.map { number($0.lowerBound) } ?? ""
      let high = range.map { number($0.upperBound) } ?? ""
      rows.append([kind, equation, name, layer, value, low, high, text, drive, needs])
    }
    for (slot, value) in exported.slots {
      add(
        "coefficient", name: slot.name, layer: slot.layer.map(String.init) ?? "", value: number(value),
        range: slot.range)
    }
    for equation in LocalityReport(of: rule).equations {
      for term in equation.terms {
        add(
          "term", equation: equation.name, text: Printer.text(term.term.expression), drive: term.drive.rawValue,
          needs: term.needs.map(\.rawValue).joined(separator: ", "))
      }
    }
    for trace in rule.traces {
      add("trace", name: trace.name, value: number(trace.decay), text: Printer.text(trace.of))
    }
    if let eligibility = rule.eligibility {
      add("eligibility", name: "elig", value: number(eligibility.decay), text: Printer.text(eligibility.of))
    }
    if let bounds = rule.weightBounds { add("bound", name: "w", range: bounds) }
    if let bounds = rule.feedbackBounds { add("bound", name: "b", range: bounds) }
    return rows.map { $0.map(CSVField.quoted).joined(separator: ",") + "\n" }.joined()
  }
}
