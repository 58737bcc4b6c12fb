/// What each term of each rule is worth: the accuracy that a rule loses when the term alone is taken away and nothing is
/// tuned again, means over the same test episodes.
///
/// Arrays are in C order, [rule][term]; NaN where a rule lacks the term or its terms were not taken away.
public struct TermImportance: Sendable, Hashable {
  /// The terms, each with the equation it stands in, such as `dw: -eta*e_post*y_pre`.
  public var terms: [String]
  /// Mean accuracy of the rule less that of the rule without the term.
  public var drop: [Double]
  /// Lower end of its 95 % interval.
  public var low: [Double]
  /// Upper end of its 95 % interval.
  public var high: [Double]

  /// Makes a table in which nothing is known.
  public init(terms: [String], rules: Int) {
    self.terms = terms
    drop = [Double](repeating: .nan, count: terms.count * rules)
    low = drop
    high = drop
  }

  /// What a record calls the three columns.
  static let columns = [
    (name: "term_importance", longName: "accuracy lost without the term"),
    (name: "term_importance_ci_low", longName: "lower end of the interval of the accuracy lost without the term"),
    (name: "term_importance_ci_high", longName: "upper end of the interval of the accuracy lost without the term"),
  ]

  var values: [[Double]] {
    get { [drop, low, high] }
    set { (drop, low, high) = (newValue[0], newValue[1], newValue[2]) }
  }
}

/// A record that findings were made from.
public struct FindingsSource: Sendable, Hashable {
  /// The file's base name.
  public var name: String
  /// Its uuid.
  public var uuid: String
  /// Its kind, such as `evaluation`.
  public var kind: String
  /// SHA-256 of its bytes, lower-case hexadecimal.
  public var sha256: String

  /// Makes an entry.
  public init(name: String, uuid: String, kind: String, sha256: String) {
    self.name = name
    self.uuid = uuid
    self.kind = kind
    self.sha256 = sha256
  }
}
