// The requirements are documented at `RuleTarget`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Rules

/// Equations in the subset of LaTeX that matplotlib's mathtext draws, one `\[ … \]` a line, and a table of coefficients.
public struct LaTeXTarget: RuleTarget {
  public let name = "latex"
  public let about = "equations, and a table of coefficients"
  public let fileSuffix = ".tex"
  public let commentMark = "%"
  public let traceKind = ExpectedTrace.projection

  /// The target.
  public init() {}

  public func obstacles(_ exported: ExportedRule) -> [String] { [] }

  public func body(of exported: ExportedRule) -> String {
    let rule = exported.rule
    var lines = ["% i counts postsynaptic and j presynaptic neurons."]
    lines += Printer.latexEquations(rule).map { #"\[ \#($0) \]"# }
    lines += bound("w", rule.weightBounds) + bound("b", rule.feedbackBounds)
    if !rule.coefficients.isEmpty {
      lines.append("")
      lines.append(
        Printer.latexCoefficientTable(
          rule, coefficients: exported.coefficients, layerCount: exported.network.projectionCount))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func bound(_ letter: String, _ range: ClosedRange<Double>?) -> [String] {
    guard let range else { return [] }
    return [#"\[ \#(Printer.latex(range.lowerBound)) \leq \#(letter)_{ij} \leq \#(Printer.latex(range.upperBound)) \]"#]
  }
}
