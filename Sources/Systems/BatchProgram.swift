import Kernels
import Layers
import Rules

/// A value over a batch, by its place in a program.
struct BatchValue {
  /// Whom the numbers belong to.
  enum Owner {
    /// One number.
    case scalar
    /// One number a row.
    case row
    /// Rows of presynaptic numbers.
    case pre
    /// Rows of postsynaptic numbers.
    case post

    func joined(with other: Owner) -> Owner {
      switch (self, other) {
      case (.scalar, let x), (let x, .scalar): x
      case (.row, let x), (let x, .row): x
      case (.pre, .pre): .pre
      case (.post, .post): .post
      default: preconditionFailure("a value of both sides is a product of terms")
      }
    }
  }

  let number: Int
  let owner: Owner
}

/// The factors of an equation's terms, formed for all rows of a batch: each subexpression once, one sweep each.
final class BatchProgram<Scalar: KernelScalar> {
  private enum Operation {
    case elementwise(Int32, [Int], BatchValue.Owner)
    case sum(Int, width: Int)
    case dot(Int, Int, width: Int)
    case back(Int, throughFeedback: Bool)
    case ahead(Int, throughFeedback: Bool)
    /// `Wᵀp` of the bias: one number a row.
    case biasBack(Int)
    case trace(Int, keep: Scalar)
    /// Rows of one number, from a value of fewer.
    case spread(Int)
    /// The number of each row's sample, or of its step.
    case count(Quantity)
  }

  private enum Source {
    case cell(UnsafeMutablePointer<Scalar>)
    case signal(Quantity)
    case made(UnsafeMutablePointer<Scalar>?)
  }

  private let connection: Connection<Scalar>
  private let isFirst: Bool
  /// The number of the first sample of the batch at hand.
  var firstSample = 0
  private let rule: Rule
  private let arena = Arena()
  private var rowArena = Arena()
  private var rowCapacity = 0
  private var values: [(owner: BatchValue.Owner, source: Source)] = []
  private var operations: [(target: Int, operation: Operation)] = []
  private var known: [Key: BatchValue] = [:]
  private var cells: [String: UnsafeMutablePointer<Scalar>] = [:]
  private var signals: SynapseSignals<Scalar>!
  private var scratch: (post: UnsafeMutablePointer<Scalar>, pre: UnsafeMutablePointer<Scalar>)!
  private var zeros: UnsafeMutablePointer<Scalar>!

  private struct Key: Hashable {
    let expression: Expression
    let ofBias: Bool
  }

  init(_ rule: Rule, _ connection: Connection<Scalar>, isFirst: Bool) {
    (self.rule, self.connection, self.isFirst) = (rule, connection, isFirst)
    for coefficient in rule.coefficients { cells[coefficient.name] = arena.allocate(1, of: Scalar.self) }
  }

  func bind(_ name: String, _ value: Scalar) { cells[name]![0] = value }

  // MARK: Building

  /// The value of a factor; of the bias when `ofBias`.
  func value(_ expression: Expression, ofBias: Bool = false) -> BatchValue {
    let key = Key(expression: expression, ofBias: ofBias)
    if let value = known[key] { return value }
    let value = build(expression, ofBias)
    known[key] = value
    return value
  }

  /// The product of two values; nil stands for 1.
  func product(_ a: BatchValue?, _ b: BatchValue) -> BatchValue {
    guard let a else { return b }
    return elementwise(BinaryOperator.multiply.code, [a, b])
  }

  private func build(_ expression: Expression, _ ofBias: Bool) -> BatchValue {
    switch expression {
    case .number(let number): return cell(Scalar(number))
    case .coefficient(let name): return add(.scalar, .cell(cells[name]!))
    case .trace(let name):
      let trace = rule.traces.first { $0.name == name }!
      let of = value(trace.of, ofBias: ofBias && trace.owner == .pre)
      let owner: BatchValue.Owner = trace.owner == .post ? .post : ofBias ? .row : .pre
      let spread = append(.spread(of.number), owner)
      return append(.trace(spread.number, keep: Scalar(trace.decay)), owner)
    case .quantity(let quantity): return read(quantity, ofBias)
    case .negate(let x): return elementwise(BinaryOperator.multiply.code, [value(x, ofBias: ofBias), cell(-1)])
    case .binary(let op, let x, let y):
      return elementwise(op.code, [value(x, ofBias: ofBias), value(y, ofBias: ofBias)])
    case .call(let function, let arguments):
      let values = arguments.map { value($0, ofBias: ofBias) }
      if function == .min || function == .max {
        return values.dropFirst().reduce(values[0]) { elementwise(function.code, [$0, $1]) }
      }
      return elementwise(function.code, values)
    case .reduce(let reduction, let arguments): return reduce(reduction, arguments.map { value($0) })
    case .back(let p), .backB(let p):
      let post = append(.spread(value(p).number), .post)
      let feedback = if case .backB = expression { true } else { false }
      if ofBias { return feedback ? cell(0) : append(.biasBack(post.number), .row) }
      return append(.back(post.number, throughFeedback: feedback), .pre)
    case .ahead(let q), .aheadB(let q):
      let pre = append(.spread(value(q).number), .pre)
      let feedback = if case .aheadB = expression { true } else { false }
      return append(.ahead(pre.number, throughFeedback: feedback), .post)
    }
  }

  private func read(_ quantity: Quantity, _ ofBias: Bool) -> BatchValue {
    switch quantity {
    case .fanIn: return cell(Scalar(connection.fanIn))
    case .fanOut: return cell(Scalar(connection.kinds))
    case .sample, .step: return append(.count(quantity), .row)
    case .yPre where ofBias, .vPre where ofBias: return cell(1)
    case .ePre where ofBias, .psiPre where ofBias, .sPre where ofBias: return cell(0)
    case .yPre, .ePre, .vPre, .psiPre, .sPre: return add(.pre, .signal(quantity))
    case .yPost, .ePost, .vPost, .psiPost, .sPost: return add(.post, .signal(quantity))
    default: preconditionFailure("\(quantity.rawValue) is refused before")
    }
  }

  private func reduce(_ reduction: Reduction, _ values: [BatchValue]) -> BatchValue {
    let owner = values.reduce(BatchValue.Owner.scalar) { $0.joined(with: $1.owner) }
    let width = owner == .pre ? connection.preShape.count : connection.postShape.count
    let vectors = values.map { append(.spread($0.number), owner) }
    switch reduction {
    case .sum: return append(.sum(vectors[0].number, width: width), .row)
    case .mean:
      let sum = append(.sum(vectors[0].number, width: width), .row)
      return elementwise(BinaryOperator.divide.code, [sum, cell(Scalar(width))])
    case .dot: return append(.dot(vectors[0].number, vectors[1].number, width: width), .row)
    case .norm:
      let square = append(.dot(vectors[0].number, vectors[0].number, width: width), .row)
      return elementwise(Function.sqrt.code, [square])
    }
  }

  private func elementwise(_ code: Int32, _ operands: [BatchValue]) -> BatchValue {
    let owner = operands.reduce(BatchValue.Owner.scalar) { $0.joined(with: $1.owner) }
    return append(.elementwise(code, operands.map(\.number), owner), owner)
  }

  private func cell(_ number: Scalar) -> BatchValue {
    let place = arena.allocate(1, of: Scalar.self)
    place[0] = number
    return add(.scalar, .cell(place))
  }

  private func add(_ owner: BatchValue.Owner, _ source: Source) -> BatchValue {
    values.append((owner, source))
    return BatchValue(number: values.count - 1, owner: owner)
  }

  private func append(_ operation: Operation, _ owner: BatchValue.Owner) -> BatchValue {
    let value = add(owner, .made(nil))
    operations.append((value.number, operation))
    return value
  }

  // MARK: Running

  /// Forms all values of a batch.
  func run(
    _ signals: SynapseSignals<Scalar>, feedback: UnsafePointer<Scalar>?, _ workspace: LayerWorkspace<Scalar>
  ) {
    self.signals = signals
    makeRoom(signals.rows)
    let rows = signals.rows
    for (target, operation) in operations {
      let y = made(target)
      let owner = values[target].owner
      switch operation {
      case .elementwise(let code, let operands, _): run(code, operands, into: y, owner)
      case .spread(let x): spread(x, into: y, owner)
      case .count(let quantity):
        let samples = rows / signals.steps
        for row in 0..<rows {
          y[row] = Scalar(quantity == .step ? row / samples : firstSample + row % samples)
        }
      case .sum(let x, let width):
        let x = address(x)
        for row in 0..<rows { y[row] = Scalar.sum(x + row * width, width) }
      case .dot(let a, let b, let width):
        let (a, b) = (address(a), address(b))
        for row in 0..<rows { y[row] = Scalar.dot(a + row * width, 1, b + row * width, 1, width) }
      case .back(let p, let throughFeedback):
        connection.back(address(p), rows: rows, through: throughFeedback ? feedback : nil, into: y, workspace)
      case .ahead(let q, let throughFeedback):
        connection.aheadWithoutBias(
          address(q), rows: rows, through: throughFeedback ? feedback : nil, into: y, workspace)
      case .biasBack(let p):
        let (p, width) = (address(p), connection.postShape.count)
        for row in 0..<rows { y[row] = Scalar.dot(p + row * width, 1, UnsafePointer(connection.bias!), 1, width) }
      case .trace(let x, let keep):
        let width = width(owner)
        let samples = rows / signals.steps * width
        let x = address(x)
        for k in 0..<samples { y[k] = x[k] }
        for k in samples..<max(samples, rows * width) { y[k] = keep * y[k - samples] + x[k] }
      }
    }
  }

  /// The value of a scalar before any run: of numbers and coefficients alone.
  func scalar(_ value: BatchValue) -> Scalar {
    for (target, operation) in operations where values[target].owner == .scalar {
      if case .elementwise(let code, let operands, _) = operation { run(code, operands, into: made(target), .scalar) }
    }
    return address(value.number)[0]
  }

  /// The sum over rows of a scalar value; nil stands for 1.
  func total(_ value: BatchValue?, rows: Int) -> Scalar {
    guard let value else { return Scalar(rows) }
    let x = address(value.number)
    return value.owner == .row ? Scalar.sum(x, rows) : Scalar(rows) * x[0]
  }

  /// What `addPost` has summed.
  var postRows: UnsafePointer<Scalar> { UnsafePointer(scratch.post) }

  /// Adds `number · scalar · post` to the rows of the post side, which begin at 0 with the first of a sum.
  func addPost(_ number: Scalar, _ scalar: BatchValue?, _ post: BatchValue?, rows: Int, isFirst: Bool) {
    let (y, width) = (scratch.post, connection.postShape.count)
    if isFirst { y.update(repeating: 0, count: rows * width) }
    let x = post.map { address($0.number) }
    let owner = post?.owner
    let factors = scalar.map { address($0.number) }
    let step = scalar?.owner == .row ? 1 : 0
    for row in 0..<rows {
      let factor = number * (factors.map { $0[row * step] } ?? 1)
      let target = y + row * width
      guard let x, owner == .post else {
        let value = factor * (x.map { $0[owner == .row ? row : 0] } ?? 1)
        for k in 0..<width { target[k] += value }
        continue
      }
      let source = x + row * width
      for k in 0..<width { target[k] += factor * source[k] }
    }
  }

  /// Rows of the pre side; nil stands for ones.
  func rowsOfPre(_ pre: BatchValue?, rows: Int) -> UnsafePointer<Scalar> {
    if let pre, pre.owner == .pre { return address(pre.number) }
    if let pre {
      spread(pre.number, into: scratch.pre, .pre)
    } else {
      scratch.pre.update(repeating: 1, count: rows * connection.preShape.count)
    }
    return UnsafePointer(scratch.pre)
  }

  /// `bias += Σ_rows pre · post`, summed over the places of a convolution.
  func addBias(
    _ pre: BatchValue?, _ post: UnsafePointer<Scalar>, rows: Int, to bias: UnsafeMutablePointer<Scalar>
  ) {
    let (places, kinds) = (connection.postShape.places, connection.kinds)
    let factor = pre.map { address($0.number) }
    let step = pre?.owner == .row ? 1 : 0
    for row in 0..<rows {
      let x = factor.map { $0[row * step] } ?? 1
      for place in row * places..<(row + 1) * places {
        for k in 0..<kinds { bias[k] += x * post[place * kinds + k] }
      }
    }
  }

  private func width(_ owner: BatchValue.Owner) -> Int {
    switch owner {
    case .scalar, .row: 1
    case .pre: connection.preShape.count
    case .post: connection.postShape.count
    }
  }

  private func run(
    _ code: Int32, _ operands: [Int], into y: UnsafeMutablePointer<Scalar>, _ owner: BatchValue.Owner
  ) {
    let width = width(owner)
    let rows = owner == .scalar ? 1 : signals.rows
    let owners = operands.map { values[$0].owner }
    func x(_ k: Int, _ row: Int) -> UnsafePointer<Scalar>? {
      guard k < operands.count else { return nil }
      return address(operands[k]) + (owners[k] == .scalar ? 0 : owners[k] == .row ? row : row * width)
    }
    func step(_ k: Int) -> Int { k < owners.count && owners[k] == owner && owner != .scalar ? 1 : 0 }
    // Rows need not be told apart where no operand is a number a row under vectors.
    let isFlat = owner == .row || owner == .scalar || !owners.contains { $0 == .row }
    if isFlat {
      Scalar.elementwise(code, rows * width, into: y, x(0, 0)!, step(0), x(1, 0), step(1), x(2, 0), step(2))
    } else {
      for row in 0..<rows {
        Scalar.elementwise(
          code, width, into: y + row * width, x(0, row)!, step(0), x(1, row), step(1), x(2, row), step(2))
      }
    }
  }

  private func spread(_ number: Int, into y: UnsafeMutablePointer<Scalar>, _ owner: BatchValue.Owner) {
    let (x, width, rows) = (address(number), width(owner), signals.rows)
    let source = values[number].owner
    if source == owner {
      y.update(from: x, count: rows * width)
    } else {
      for row in 0..<rows { (y + row * width).update(repeating: x[source == .row ? row : 0], count: width) }
    }
  }

  private func made(_ number: Int) -> UnsafeMutablePointer<Scalar> {
    if case .made(let place?) = values[number].source { return place }
    // A scalar of coefficients may be asked for before any batch.
    guard values[number].owner == .scalar else { preconditionFailure("value \(number) has no room") }
    let place = arena.allocate(1, of: Scalar.self)
    values[number].source = .made(place)
    return place
  }

  private func address(_ number: Int) -> UnsafePointer<Scalar> {
    switch values[number].source {
    case .cell(let place): return UnsafePointer(place)
    case .made: return UnsafePointer(made(number))
    case .signal(let quantity):
      let found: UnsafePointer<Scalar>? =
        switch quantity {
        case .yPre: signals.preActivity
        case .ePre: signals.preError
        case .vPre: signals.prePotential ?? (isFirst ? signals.preActivity : nil)
        case .psiPre: signals.preGain
        case .sPre: signals.preSpikes
        case .yPost: signals.postActivity
        case .ePost: signals.postError
        case .vPost: signals.postPotential
        case .psiPost: signals.postGain
        case .sPost: signals.postSpikes
        default: nil
        }
      return found ?? UnsafePointer(zeros)
    }
  }

  /// Room for batches of so many rows; made when a larger one comes.
  private func makeRoom(_ rows: Int) {
    if rows <= rowCapacity { return }
    rowCapacity = rows
    rowArena = Arena()
    for number in values.indices {
      guard case .made = values[number].source, values[number].owner != .scalar else { continue }
      values[number].source = .made(rowArena.allocate(rows * width(values[number].owner), of: Scalar.self))
    }
    scratch = (
      rowArena.allocate(rows * connection.postShape.count, of: Scalar.self),
      rowArena.allocate(rows * connection.preShape.count, of: Scalar.self)
    )
    zeros = rowArena.allocate(rows * max(connection.preShape.count, connection.postShape.count), of: Scalar.self)
  }
}
