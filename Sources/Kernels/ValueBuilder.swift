import CKernels
import Rules

/// Turns expressions into instructions, each subexpression once.
struct ValueBuilder<Scalar: KernelScalar> {
  let view: ProjectionView<Scalar>
  let arena: Arena
  /// Addresses of traces, by name.
  var traces: [String: Value<Scalar>] = [:]
  /// The eligibility matrix, if the rule has one.
  var eligibility: UnsafeMutablePointer<Scalar>?
  /// Addresses of coefficients, by name.
  var coefficients: [String: UnsafePointer<Scalar>] = [:]
  /// Instructions run once, when coefficients are bound.
  var fixed: [Operation<Scalar>] = []
  /// Instructions run over whole vectors at every update.
  var vectors: [Operation<Scalar>] = []
  /// Instructions run for every presynaptic neuron.
  var rows: [Operation<Scalar>] = []
  /// Whether `back` of a trace of postsynaptic spikes may be followed event by event.
  var filtersSpikes = false
  /// The filters made so far.
  var filters: [SpikeFilter<Scalar>] = []
  /// Traces of spikes that were declared, by name: `x ← keep · x + s`.
  var spikeTraces: [String: Double] = [:]
  /// Quantities read.
  var reads: Set<Quantity> = []
  /// The noise of the projection, drawn where it is read.
  let noise: PlanNoise<Scalar>
  private var known: [Expression: Value<Scalar>] = [:]

  init(view: ProjectionView<Scalar>, arena: Arena, noise: PlanNoise<Scalar>) {
    self.view = view
    self.arena = arena
    self.noise = noise
  }

  /// The same addresses, no instructions, nothing known.
  func withoutPrograms() -> ValueBuilder {
    var builder = ValueBuilder(view: view, arena: arena, noise: noise)
    builder.traces = traces
    builder.eligibility = eligibility
    builder.coefficients = coefficients
    builder.spikeTraces = spikeTraces
    return builder
  }

  /// The value of `expression`, building what is missing.
  mutating func value(_ expression: Expression) -> Value<Scalar> {
    if let value = known[expression] { return value }
    let value = build(expression)
    known[expression] = value
    return value
  }

  private mutating func build(_ expression: Expression) -> Value<Scalar> {
    switch expression {
    case .number(let number):
      let cell = arena.allocate(1, of: Scalar.self)
      cell[0] = Scalar(number)
      return Value(address: cell, place: .scalar, isFixed: true)
    case .coefficient(let name):
      guard let address = coefficients[name] else { preconditionFailure("coefficient \(name) has no slot") }
      return Value(address: address, place: .scalar, isFixed: true)
    case .trace(let name):
      guard let value = traces[name] else { preconditionFailure("trace \(name) is not declared") }
      return value
    case .quantity(let quantity):
      return read(quantity)
    case .negate(let a):
      return elementwise(Int32(MP_NEGATE), [value(a)])
    case .binary(let op, let a, let b):
      return elementwise(op.code, [value(a), value(b)])
    case .call(let function, let arguments):
      // min and max take any number of arguments: fold them in pairs.
      let values = arguments.map { value($0) }
      if function == .min || function == .max {
        var folded = values[0]
        for next in values.dropFirst() { folded = elementwise(function.code, [folded, next]) }
        return folded
      }
      return elementwise(function.code, values)
    case .reduce(let reduction, let arguments):
      return reduce(reduction, arguments.map { value($0) })
    case .back(let a):
      let p = postVector(value(a))
      reads.insert(.weight)
      if let filter = filter(a, p) {
        filters.append(filter)
        return append(.filteredBack(filter), [p], place: .pre, count: view.preCount)
      }
      return append(.back, [p], place: .pre, count: view.preCount)
    case .ahead(let a):
      reads.insert(.weight)
      return append(.ahead, [preVector(value(a))], place: .post, count: view.columns)
    case .backB(let a):
      return append(.backB(feedback), [postVector(value(a))], place: .pre, count: view.preCount)
    case .aheadB(let a):
      return append(.aheadB(feedback), [preVector(value(a))], place: .post, count: view.columns)
    }
  }

  /// A filter that follows `back(expression)`, if the expression is a trace of postsynaptic spikes.
  private func filter(_ expression: Expression, _ value: Value<Scalar>) -> SpikeFilter<Scalar>? {
    guard filtersSpikes else { return nil }
    switch expression {
    case .quantity(.yPost):
      guard let decay = view.post.activityDecay else { return nil }
      return SpikeFilter(view: view, trace: value.address, keep: decay, gain: 1 - decay, in: arena)
    case .trace(let name):
      guard let decay = spikeTraces[name], view.post.activityDecay != nil else { return nil }
      return SpikeFilter(view: view, trace: value.address, keep: decay, gain: 1, in: arena)
    default: return nil
    }
  }

  private mutating func read(_ quantity: Quantity) -> Value<Scalar> {
    reads.insert(quantity)
    func pre(_ address: UnsafeMutablePointer<Scalar>) -> Value<Scalar> { Value(address: address, place: .pre) }
    func post(_ address: UnsafeMutablePointer<Scalar>) -> Value<Scalar> { Value(address: address, place: .post) }
    func scalar(_ address: UnsafeMutablePointer<Scalar>) -> Value<Scalar> { Value(address: address, place: .scalar) }
    switch quantity {
    case .yPre: return pre(view.pre.activity)
    case .sPre: return pre(view.pre.spikes)
    case .vPre: return pre(view.pre.potential)
    case .psiPre: return pre(view.pre.gain)
    case .ePre: return pre(view.pre.error)
    case .yPost: return post(view.post.activity)
    case .sPost: return post(view.post.spikes)
    case .vPost: return post(view.post.potential)
    case .psiPost: return post(view.post.gain)
    case .ePost: return post(view.post.error)
    case .weight: return Value(address: view.weights, place: .matrix)
    case .feedback: return Value(address: feedback, place: .matrix)
    case .eligibility:
      guard let eligibility else { preconditionFailure("elig is not declared") }
      return Value(address: eligibility, place: .matrix)
    case .modulator: return scalar(view.scalars.modulator)
    case .reward: return scalar(view.scalars.reward)
    case .loss: return scalar(view.scalars.loss)
    case .step: return scalar(view.scalars.step)
    case .sample: return scalar(view.scalars.sample)
    case .noisePre: return pre(noise.values(.pre))
    case .noisePost: return post(noise.values(.post))
    case .noise: return Value(address: noise.values(.synapse), place: .matrix)
    case .fanIn: return value(.number(Double(view.preCount)))
    case .fanOut: return value(.number(Double(view.postCount)))
    }
  }

  /// The feedback weights that the rule reads.
  private var feedback: UnsafePointer<Scalar> {
    guard let feedback = view.feedback else { preconditionFailure("the credit pathway has no feedback weights") }
    return UnsafePointer(feedback)
  }

  /// `value` as a vector of the post side, padded with zeros.
  mutating func postVector(_ value: Value<Scalar>) -> Value<Scalar> {
    value.place == .post ? value : append(.elementwise(Int32(MP_COPY)), [value], place: .post, count: view.postCount)
  }

  /// `value` as a vector of the pre side.
  mutating func preVector(_ value: Value<Scalar>) -> Value<Scalar> {
    value.place == .pre ? value : append(.elementwise(Int32(MP_COPY)), [value], place: .pre, count: view.preCount)
  }

  /// `value` copied to a row of its own for every presynaptic neuron.
  mutating func rowVector(_ value: Value<Scalar>) -> Value<Scalar> {
    value.place == .row
      ? value : append(.elementwise(Int32(MP_COPY)), [value], place: .row, count: view.postCount)
  }

  /// Product of values; nil stands for 1.
  mutating func product(_ a: Value<Scalar>?, _ b: Value<Scalar>?) -> Value<Scalar>? {
    guard let a else { return b }
    guard let b else { return a }
    return elementwise(Int32(MP_MULTIPLY), [a, b])
  }

  /// Sum of values; nil stands for 0.
  mutating func sum(_ a: Value<Scalar>?, _ b: Value<Scalar>) -> Value<Scalar> {
    guard let a else { return b }
    return elementwise(Int32(MP_ADD), [a, b])
  }

  /// The product of factors, or nil when there are none.
  mutating func product(of factors: [Factor]) -> Value<Scalar>? {
    var result: Value<Scalar>?
    for factor in factors {
      var next = value(factor.base)
      if factor.power != 1 {
        next = elementwise(Int32(MP_POWER), [next, value(.number(Double(factor.power)))])
      }
      result = product(result, next)
    }
    return result
  }

  /// An elementwise operation; its place is the widest of its operands'.
  mutating func elementwise(_ code: Int32, _ operands: [Value<Scalar>]) -> Value<Scalar> {
    let places = operands.map(\.place)
    let place: Value<Scalar>.Place
    let count: Int
    if places.contains(where: { $0 == .matrix || $0 == .row })
      || (places.contains(where: { $0 == .pre }) && places.contains(where: { $0 == .post }))
    {
      (place, count) = (.row, view.postCount)
    } else if places.contains(where: { $0 == .pre }) {
      (place, count) = (.pre, view.preCount)
    } else if places.contains(where: { $0 == .post }) {
      (place, count) = (.post, view.postCount)
    } else {
      (place, count) = (.scalar, 1)
    }
    return append(.elementwise(code), operands, place: place, count: count)
  }

  private mutating func reduce(_ reduction: Reduction, _ operands: [Value<Scalar>]) -> Value<Scalar> {
    let isPre = operands.contains { $0.place == .pre }
    let count = isPre ? view.preCount : view.postCount
    switch reduction {
    case .sum:
      return append(.sum, operands, place: .scalar, count: count)
    case .mean:
      let total = append(.sum, operands, place: .scalar, count: count)
      return elementwise(Int32(MP_DIVIDE), [total, value(.number(Double(count)))])
    case .dot:
      return append(.dot, operands, place: .scalar, count: count)
    case .norm:
      let square = append(.dot, [operands[0], operands[0]], place: .scalar, count: count)
      return elementwise(Int32(MP_SQRT), [square])
    }
  }

  private mutating func append(
    _ kind: Operation<Scalar>.Kind, _ operands: [Value<Scalar>], place: Value<Scalar>.Place, count: Int
  ) -> Value<Scalar> {
    let y = arena.allocate(place == .scalar ? 1 : max(count, place == .pre ? 0 : view.columns), of: Scalar.self)
    var isFixed = operands.allSatisfy(\.isFixed) && place != .row
    switch kind {
    case .back, .ahead, .filteredBack, .backB, .aheadB: isFixed = false
    default: break
    }
    let operation = Operation(
      kind: kind, n: count, y: y, a: operands[0], b: operands.count > 1 ? operands[1] : nil,
      c: operands.count > 2 ? operands[2] : nil)
    if place == .row {
      rows.append(operation)
    } else if isFixed {
      fixed.append(operation)
    } else {
      vectors.append(operation)
    }
    return Value(address: y, place: place, isFixed: isFixed)
  }
}

extension BinaryOperator {
  /// The operation of `KernelScalar.elementwise`.
  public var code: Int32 {
    switch self {
    case .add: Int32(MP_ADD)
    case .subtract: Int32(MP_SUBTRACT)
    case .multiply: Int32(MP_MULTIPLY)
    case .divide: Int32(MP_DIVIDE)
    case .power: Int32(MP_POWER)
    }
  }
}

extension Function {
  /// The operation of `KernelScalar.elementwise`; `min` and `max` take two arguments there.
  public var code: Int32 {
    switch self {
    case .abs: Int32(MP_ABS)
    case .sign: Int32(MP_SIGN)
    case .sqrt: Int32(MP_SQRT)
    case .exp: Int32(MP_EXP)
    case .log: Int32(MP_LOG)
    case .tanh: Int32(MP_TANH)
    case .relu: Int32(MP_RELU)
    case .min: Int32(MP_MIN)
    case .max: Int32(MP_MAX)
    case .clip: Int32(MP_CLIP)
    case .step: Int32(MP_STEP)
    case .floor: Int32(MP_FLOOR)
    }
  }
}
