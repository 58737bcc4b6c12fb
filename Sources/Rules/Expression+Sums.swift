extension Expression {
  /// Whether it is a quantity or a trace alone, so that a matrix times it needs no sum sign.
  var isBare: Bool {
    switch self {
    case .quantity, .trace: true
    default: false
    }
  }

  /// Whether it is written as a sum sign with its summand, which would swallow what follows.
  var endsOpen: Bool {
    switch self {
    case .reduce(let reduction, _): reduction != .norm
    case .back(let x), .ahead(let x), .backB(let x), .aheadB(let x): !x.isBare
    default: false
    }
  }
}
