import Rules

extension Elementary {
  init(_ op: BinaryOperator) {
    switch op {
    case .add: self = .add
    case .subtract: self = .subtract
    case .multiply: self = .multiply
    case .divide: self = .divide
    case .power: self = .power
    }
  }

  init(_ function: Function) {
    switch function {
    case .abs: self = .abs
    case .sign: self = .sign
    case .sqrt: self = .sqrt
    case .exp: self = .exp
    case .log: self = .log
    case .tanh: self = .tanh
    case .relu: self = .relu
    case .floor: self = .floor
    case .min: self = .min
    case .max: self = .max
    case .clip: self = .clip
    case .step: self = .step
    }
  }
}
