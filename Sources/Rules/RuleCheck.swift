import Pages

/// What the checker of rule pages looks at. Every one has a failing example in the tests.
public enum RuleCheck: String, Sendable, Hashable, CaseIterable {
  /// The page is YAML and keeps the table of keys, kinds and ranges.
  case page
  /// An equation has only characters and numbers of the language.
  case characters
  /// An equation is Python infix.
  case syntax
  /// An equation is not longer or deeper than the limits.
  case size
  /// Every symbol is a quantity, a coefficient or a trace.
  case symbols
  /// Every function is one of the language.
  case functions
  /// Functions get as many arguments as they take.
  case arguments
  /// `back`, `ahead` and reductions get quantities of the right side.
  case sides
  /// A trace belongs wholly to one side and reads no weights.
  case traceOwners
  /// A trace reads only traces declared before it.
  case traceOrder
  /// `elig` is declared when used, used when declared, and does not read itself.
  case eligibility
  /// Nothing is divided by something that can be 0.
  case divisors
  /// `sqrt`, `log` and powers get only what they are defined for.
  case domains
  /// The bounds of `clip` do not cross.
  case clipBounds
  /// Every coefficient is used.
  case coefficientsUsed
  /// Every trace is used.
  case tracesUsed
  /// Names of coefficients and traces are free.
  case names
  /// A coefficient starts inside its range.
  case start
  /// A logarithmic coefficient has a positive range.
  case logarithmicRange
  /// No layer has two weight changes.
  case layers
  /// Feedback weights learn where the page speaks of their learning.
  case feedback
}

/// Something wrong in a rule page, and the check that found it.
public struct RuleFinding: Sendable, Hashable {
  /// The check.
  public var check: RuleCheck
  /// Where, and what.
  public var diagnostic: Diagnostic
}

/// Something wrong in the text of one equation.
struct EquationFinding {
  var check: RuleCheck
  /// UTF-8 offsets into the equation.
  var range: Range<Int>
  var message: String
}
