import Records
import Rules

extension Contender {
  /// The rule with these coefficients as its own start values, under another name.
  ///
  /// Reading its page again gives the same coefficients, bit for bit. A per-layer coefficient keeps the mean of its
  /// values, for a page gives one start for all layers.
  public func asRule(named name: String) -> Rule {
    var rule = rule
    rule.name = name
    rule.credit = rule.credit ?? credit.name
    for index in rule.coefficients.indices {
      let values = zip(slots, coefficients).filter { $0.0.name == rule.coefficients[index].name }.map(\.1)
      guard !values.isEmpty else { continue }
      rule.coefficients[index].start = values.count == 1 ? values[0] : values.reduce(0, +) / Double(values.count)
    }
    return rule
  }

  /// Network-wide coefficients put into an expression.
  private func bound(_ expression: Expression) -> Expression {
    var values: [String: Double] = [:]
    for (slot, value) in zip(slots, coefficients) where slot.layer == nil { values[slot.name] = value }
    return expression.replacingLeaves { leaf in
      guard case .coefficient(let name) = leaf, let value = values[name] else { return nil }
      return value < 0 ? .negate(.number(-value)) : .number(value)
    }
  }

  /// The terms of `dw` with their numbers, in canonical order.
  var terms: [RuleRow.Term] {
    let traces = rule.traceOwners
    return NormalForm(of: bound(rule.dw), traces: traces).terms.map { term in
      var bare = term
      bare.number = 1
      return RuleRow.Term(Printer.text(bare.expression), term.number)
    }
  }

  /// The equations in LaTeX, numbers rounded to three digits.
  var latex: String {
    var shown = rule
    func display(_ expression: Expression) -> Expression {
      bound(expression).folded.replacingLeaves { leaf in
        guard case .number(let value) = leaf else { return nil }
        return .number(Double(Printer.text(value, digits: 3)) ?? value)
      }
    }
    shown.dw = display(shown.dw)
    shown.db = shown.db.map(display)
    for index in shown.layers.indices { shown.layers[index].dw = display(shown.layers[index].dw) }
    return Printer.latexEquations(shown).joined(separator: #",\quad "#)
  }
}
