import Rules

extension Rule {
  /// An equation for samples of one step: a trace is what is added to it, for before the sample it was 0; so is the
  /// eligibility.
  func withinStep(_ equation: Expression) -> Expression {
    equation.replacingLeaves { leaf in
      switch leaf {
      case .trace(let name): withinStep(trace: traces.firstIndex { $0.name == name }!)
      case .quantity(.eligibility): eligibility.map { withinStep($0.of) }
      default: nil
      }
    }
  }

  private func withinStep(trace index: Int) -> Expression {
    traces[index].of.replacingLeaves { leaf in
      guard case .trace(let name) = leaf, let other = traces.firstIndex(where: { $0.name == name }) else { return nil }
      return other < index ? withinStep(trace: other) : .number(0)
    }
  }
}

extension Expression {
  /// A number times factors.
  static func product(_ number: Double, _ factors: [Factor]) -> Expression {
    let raised = factors.map(\.raised)
    guard let first = raised.first else { return .number(number) }
    let product = raised.dropFirst().reduce(first) { .binary(.multiply, $0, $1) }
    return number == 1 ? product : .binary(.multiply, .number(number), product)
  }
}

extension NormalForm {
  /// The sum of terms as an expression; `0` for none.
  static func sum(of terms: [Term]) -> Expression {
    guard let first = terms.first else { return .number(0) }
    return terms.dropFirst().reduce(first.expression) { .binary(.add, $0, $1.expression) }
  }
}
