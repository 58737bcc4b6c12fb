import Experiments
import Pages
import Rules

/// A rule on one sheet: equations, coefficients, terms with what a synapse would need, and the plan.
struct RuleSheet {
  private let rule: Rule
  private let locality: LocalityReport
  private let plan: PlanSheet

  /// - Parameters:
  ///   - contender: the rule on a network; coefficients of 0 switch terms off.
  ///   - inputCount: inputs of the network.
  ///   - outputCount: its readout neurons.
  ///   - foresees: whether its input is spikes, known before a sample's first step.
  init(_ contender: Contender, inputCount: Int, outputCount: Int, foresees: Bool) {
    rule = contender.rule
    locality = LocalityReport(of: contender.rule)
    plan = PlanSheet(contender, inputCount: inputCount, outputCount: outputCount, foresees: foresees)
  }

  /// The sheet for people.
  var lines: [String] {
    var lines = [rule.name]
    if !rule.about.isEmpty { lines.append("  \(rule.about)") }
    if !rule.source.isEmpty { lines.append("  source: \(rule.source)") }
    if let credit = rule.credit { lines.append("  credit: \(credit)") }
    lines.append("  every: \(rule.every.rawValue)")
    lines += ["", "equations"] + Printer.equations(rule).map { "  \($0)" }
    if !rule.coefficients.isEmpty {
      lines += ["", "coefficients"]
      let width = rule.coefficients.map(\.name.count).max() ?? 0
      for coefficient in rule.coefficients {
        let scale =
          switch coefficient.scale {
          case .logarithmic: "log"
          case .step(let step): "step \(Printer.text(step))"
          }
        lines.append(
          "  \(coefficient.name.padding(to: width))  \(Printer.text(coefficient.start)) in "
            + "[\(Printer.text(coefficient.range.lowerBound)), \(Printer.text(coefficient.range.upperBound))], \(scale)"
            + (coefficient.perLayer ? ", one per layer" : ""))
      }
    }
    lines += ["", "locality"] + locality.description.split(separator: "\n").map { "  \($0)" }
    lines += [""] + plan.lines
    lines.append("  complexity \(rule.complexity), fingerprint \(rule.fingerprint)")
    return lines
  }

  /// The sheet as JSON.
  var json: JSON {
    let coefficients = rule.coefficients.map { coefficient in
      let step: JSON =
        switch coefficient.scale {
        case .logarithmic: .text("log")
        case .step(let step): .number(step)
        }
      return JSON.object([
        .init("name", .text(coefficient.name)), .init("start", .number(coefficient.start)),
        .init("range", .list(coefficient.range)), .init("scale", step),
        .init("per", .text(coefficient.perLayer ? "layer" : "network")),
      ])
    }
    let terms = locality.equations.flatMap { equation in
      equation.terms.map { term in
        JSON.object([
          .init("equation", .text(equation.name)), .init("term", .text(Printer.text(term.term.expression))),
          .init("local", .boolean(term.isLocal)), .init("driven_by", .text(term.drive.rawValue)),
          .init("needs", .list(term.needs.map { .text($0.rawValue) })),
        ])
      }
    }
    return .object([
      .init("rule", .text(rule.name)), .init("about", .text(rule.about)), .init("source", .text(rule.source)),
      .init("credit", rule.credit.map(JSON.text) ?? .null), .init("every", .text(rule.every.rawValue)),
      .init("equations", .list(Printer.equations(rule).map(JSON.text))),
      .init("latex", .list(Printer.latexEquations(rule).map(JSON.text))),
      .init("mathml", .list(Printer.mathEquations(rule).map { .text($0.math) })),
      .init("coefficients", .list(coefficients)), .init("terms", .list(terms)),
      .init("local", .boolean(locality.isLocal)), .init("plan", plan.json),
      .init("complexity", .integer(rule.complexity)),
      .init("fingerprint", .text(rule.fingerprint)),
    ])
  }
}
