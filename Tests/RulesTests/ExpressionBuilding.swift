import Rules

// Expressions written as Swift, for tests that do not go through the parser.
extension Expression: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// A number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
}

func + (x: Expression, y: Expression) -> Expression { .binary(.add, x, y) }
func - (x: Expression, y: Expression) -> Expression { .binary(.subtract, x, y) }
func * (x: Expression, y: Expression) -> Expression { .binary(.multiply, x, y) }
func / (x: Expression, y: Expression) -> Expression { .binary(.divide, x, y) }
prefix func - (x: Expression) -> Expression { .negate(x) }

infix operator ** : BitwiseShiftPrecedence
func ** (x: Expression, y: Expression) -> Expression { .binary(.power, x, y) }

let yPre = Expression.quantity(.yPre)
let yPost = Expression.quantity(.yPost)
let ePre = Expression.quantity(.ePre)
let ePost = Expression.quantity(.ePost)
let sPre = Expression.quantity(.sPre)
let sPost = Expression.quantity(.sPost)
let vPre = Expression.quantity(.vPre)
let vPost = Expression.quantity(.vPost)
let w = Expression.quantity(.weight)
let b = Expression.quantity(.feedback)
let mod = Expression.quantity(.modulator)
let fanIn = Expression.quantity(.fanIn)
let fanOut = Expression.quantity(.fanOut)
let eta = Expression.coefficient("eta")
let hebb = Expression.coefficient("hebb")
let oja = Expression.coefficient("oja")

func back(_ x: Expression) -> Expression { .back(x) }
func ahead(_ x: Expression) -> Expression { .ahead(x) }
func sum(_ x: Expression) -> Expression { .reduce(.sum, [x]) }
func mean(_ x: Expression) -> Expression { .reduce(.mean, [x]) }
func norm(_ x: Expression) -> Expression { .reduce(.norm, [x]) }
func dot(_ x: Expression, _ y: Expression) -> Expression { .reduce(.dot, [x, y]) }
func call(_ function: Function, _ arguments: Expression...) -> Expression { .call(function, arguments) }
