import Kernels
import Rules

/// Turns a rule's equation into instructions for one projection.
///
/// Terms `scalar · post ⊗ pre` are gathered by their post or pre factors into few products; what is left of the rule
/// becomes a program for single synapses.
struct RuleSlots<Scalar: KernelScalar> {
  let rule: Rule
  /// The projection, from 0.
  let projection: Int
  private let layerCount: Int
  private let coefficients: [String: Slot]
  private let owners: [String: Owner]
  private var known: [Expression: Slot] = [:]
  private var traces: [Int: Slot] = [:]
  private var tracesBefore: [Int: Slot] = [:]
  /// The trace being computed: it and those below it are still what the step before left.
  private var current = -1

  /// - Parameter coefficients: slots by name, as this layer sees them.
  init(_ rule: Rule, projection: Int, layerCount: Int, coefficients: [String: Slot]) {
    self.rule = rule
    self.projection = projection
    self.layerCount = layerCount
    self.coefficients = coefficients
    owners = rule.traceOwners
  }

  /// Adds the changes of this projection's weights to the program.
  /// - Returns: products an update takes, and whether single synapses change.
  mutating func change(
    _ network: inout NetworkSlots<Scalar>, _ builder: inout ProgramBuilder
  ) -> (products: Int, isDense: Bool) {
    let isRate = network.network.parameters.rateFunction != nil
    let equation = rule.dw(layer: projection + 1, layerCount: layerCount)
    let terms = NormalForm(of: isRate ? rule.withinStep(equation) : equation, traces: owners).terms
    let isProduct = { (term: Term) in term.weightPower == 0 && term.synapse.isEmpty }
    let products = terms.filter(isProduct)
    let groups = gathered(products)
    for (group, sum) in groups.enumerated() {
      let post = postVector(sum.post, &network, &builder)
      let pre = preVector(sum.pre, &network, &builder)
      builder.product(projection, group: group, post: post, pre: pre)
    }
    let isGrowth = { (term: Term) in
      term.weightPower == 1 && term.synapse.isEmpty && term.post.isEmpty && term.pre.isEmpty
    }
    let growth = terms.filter(isGrowth)
    if !growth.isEmpty {
      let shares = growth.map { (scalar: Slot?.none, vector: slot(.product($0.number, $0.scalar), &network, &builder)) }
      builder.growth(projection, by: builder.combination(shares, count: 1))
    }
    let dense = terms.filter { !isProduct($0) && !isGrowth($0) }
    guard !dense.isEmpty || rule.weightBounds != nil else { return (groups.count, !growth.isEmpty) }
    let expression = NormalForm.sum(of: dense)
    var lines = SynapseLines()
    let result = synapse(expression, &lines, &network, &builder)
    if lines.lines.isEmpty { lines.lines = [.init(function: .copy, operands: [result])] }
    builder.change(
      SynapseProgram(
        projection: projection, lines: lines.lines, bounds: rule.weightBounds,
        wanted: lines.slots.filter { builder.isDependent($0) }))
    return (groups.count, true)
  }

  // MARK: Products

  /// A product: sums of weighted vectors on either side, one of them a single one.
  private struct Product {
    var post: [(scalar: [Factor], number: Double, vector: [Factor])]
    var pre: [(scalar: [Factor], number: Double, vector: [Factor])]
  }

  /// Terms with the same post factors share a product, or those with the same pre factors where these are fewer.
  private func gathered(_ terms: [Term]) -> [Product] {
    let byPost = terms.map(\.post).uniqued
    let byPre = terms.map(\.pre).uniqued
    if byPre.count < byPost.count {
      return byPre.map { pre in
        Product(
          post: terms.filter { $0.pre == pre }.map { ($0.scalar, $0.number, $0.post) }, pre: [([], 1, pre)])
      }
    }
    return byPost.map { post in
      Product(
        post: [([], 1, post)], pre: terms.filter { $0.post == post }.map { ($0.scalar, $0.number, $0.pre) })
    }
  }

  private mutating func postVector(
    _ sum: [(scalar: [Factor], number: Double, vector: [Factor])], _ network: inout NetworkSlots<Scalar>,
    _ builder: inout ProgramBuilder
  ) -> Slot {
    combination(sum, count: network.network.sizes[projection + 1], &network, &builder)
  }

  private mutating func preVector(
    _ sum: [(scalar: [Factor], number: Double, vector: [Factor])], _ network: inout NetworkSlots<Scalar>,
    _ builder: inout ProgramBuilder
  ) -> Slot {
    combination(sum, count: network.network.projections[projection].preCount, &network, &builder)
  }

  private mutating func combination(
    _ sum: [(scalar: [Factor], number: Double, vector: [Factor])], count: Int, _ network: inout NetworkSlots<Scalar>,
    _ builder: inout ProgramBuilder
  ) -> Slot {
    var terms: [(scalar: Slot?, vector: Slot)] = []
    for term in sum {
      let scalar: Slot? =
        term.scalar.isEmpty && term.number == 1
        ? nil : slot(Expression.product(term.number, term.scalar), &network, &builder)
      let vector =
        term.vector.isEmpty
        ? builder.constant(1, count: count) : slot(Expression.product(1, term.vector), &network, &builder)
      terms.append((scalar, vector))
    }
    return builder.combination(terms, count: count)
  }

  // MARK: Values

  /// The slot of an expression that is no synapse's own.
  mutating func slot(
    _ expression: Expression, _ network: inout NetworkSlots<Scalar>, _ builder: inout ProgramBuilder
  ) -> Slot {
    if let slot = known[expression] { return slot }
    let slot = made(expression, &network, &builder)
    known[expression] = slot
    return slot
  }

  private mutating func made(
    _ expression: Expression, _ network: inout NetworkSlots<Scalar>, _ builder: inout ProgramBuilder
  ) -> Slot {
    switch expression {
    case .number(let number): return builder.constant(number)
    case .coefficient(let name): return coefficients[name]!
    case .quantity(let quantity): return self.quantity(quantity, &network, &builder)
    case .trace(let name): return trace(rule.traces.firstIndex { $0.name == name }!, &network, &builder)
    case .negate(let x):
      let x = slot(x, &network, &builder)
      return builder.map(.negate, x)
    case .binary(let op, let x, let y):
      let (x, y) = (slot(x, &network, &builder), slot(y, &network, &builder))
      return builder.map(Elementary(op), x, y)
    case .call(let function, let arguments):
      let slots = arguments.map { slot($0, &network, &builder) }
      return call(function, slots, &builder)
    case .reduce(let reduction, let arguments):
      let count = sideCount(expression, network)
      var slots = arguments.map { slot($0, &network, &builder) }
      slots = slots.map { builder.count($0) == count ? $0 : builder.map(.copy, $0, count: count) }
      switch reduction {
      case .sum: return builder.emit(.sum, count: 1, slots[0])
      case .mean:
        let sum = builder.emit(.sum, count: 1, slots[0])
        return builder.map(.divide, sum, builder.constant(Double(count)))
      case .dot: return builder.emit(.dot, count: 1, slots[0], slots[1])
      case .norm: return builder.emit(.norm, count: 1, slots[0])
      }
    case .back(let p):
      let post = spread(p, network.network.sizes[projection + 1], &network, &builder)
      return builder.emit(
        .back, count: network.network.projections[projection].preCount, post, index: projection, readsWeights: true)
    case .backB, .aheadB: preconditionFailure("products with feedback are not followed")
    case .ahead(let q):
      let pre = spread(q, network.network.projections[projection].preCount, &network, &builder)
      return builder.emit(
        .ahead, count: network.network.sizes[projection + 1], pre, index: projection, readsWeights: true)
    }
  }

  private mutating func spread(
    _ expression: Expression, _ count: Int, _ network: inout NetworkSlots<Scalar>, _ builder: inout ProgramBuilder
  ) -> Slot {
    let slot = slot(expression, &network, &builder)
    return builder.count(slot) == count ? slot : builder.map(.copy, slot, count: count)
  }

  /// How many neurons a reduction runs over.
  private func sideCount(_ expression: Expression, _ network: NetworkSlots<Scalar>) -> Int {
    switch expression.children.reduce(Owner.scalar, { $0.joined(with: $1.owner(traces: owners)) }) {
    case .post: network.network.sizes[projection + 1]
    case .pre: network.network.projections[projection].preCount
    default: 1
    }
  }

  private func call(_ function: Function, _ slots: [Slot], _ builder: inout ProgramBuilder) -> Slot {
    switch function {
    case .min, .max:
      let elementary: Elementary = function == .min ? .min : .max
      return slots.dropFirst().reduce(slots[0]) { builder.map(elementary, $0, $1) }
    case .clip: return builder.map(.clip, slots[0], slots[1], slots[2])
    default: return builder.map(Elementary(function), slots[0])
    }
  }

  private func quantity(
    _ quantity: Quantity, _ network: inout NetworkSlots<Scalar>, _ builder: inout ProgramBuilder
  ) -> Slot {
    let (below, above) = (projection, projection + 1)
    switch quantity {
    case .yPre: return network.presynaptic(network.activity[below], of: below, constant: 1, &builder)
    case .yPost: return network.activity[above]
    case .sPre: return network.spikes[below]!
    case .sPost: return network.spikes[above] ?? builder.constant(0, count: network.network.sizes[above])
    case .vPre: return network.presynaptic(network.potential[below], of: below, constant: 0, &builder)
    case .vPost: return network.potential[above]
    case .psiPre:
      let gain = network.gain(below, &builder)
      return network.presynaptic(gain, of: below, constant: 0, &builder)
    case .psiPost: return network.gain(above, &builder)
    case .ePre:
      let error = network.error(below, &builder)
      return network.presynaptic(error, of: below, constant: 0, &builder)
    case .ePost: return network.error(above, &builder)
    case .modulator: return network.modulator
    case .reward: return network.reward
    case .loss: return network.loss
    case .step: return network.step
    case .sample: return network.sample
    case .fanIn: return builder.constant(Double(network.network.projections[projection].preCount))
    case .fanOut: return builder.constant(Double(network.network.projections[projection].postCount))
    case .weight, .feedback, .eligibility: preconditionFailure("\(quantity.rawValue) belongs to single synapses")
    case .noisePre, .noisePost, .noise: preconditionFailure("\(quantity.rawValue) is not followed")
    }
  }

  // MARK: Traces

  private mutating func trace(
    _ index: Int, _ network: inout NetworkSlots<Scalar>, _ builder: inout ProgramBuilder
  ) -> Slot {
    let trace = rule.traces[index]
    let count =
      trace.owner == .pre ? network.network.projections[projection].preCount : network.network.sizes[projection + 1]
    if current >= 0, index >= current {
      // Not moved yet.
      return before(index, count, &builder)
    }
    if let slot = traces[index] { return slot }
    let outer = current
    current = index
    let held = known
    known = [:]
    let added = spread(trace.of, count, &network, &builder)
    known = held
    current = outer
    let slot = builder.combination(
      [(builder.constant(trace.decay), before(index, count, &builder)), (nil, added)], count: count)
    builder.connect(slot, to: before(index, count, &builder))
    traces[index] = slot
    return slot
  }

  private mutating func before(_ index: Int, _ count: Int, _ builder: inout ProgramBuilder) -> Slot {
    if let slot = tracesBefore[index] { return slot }
    let slot = builder.before(count: count, dependent: true)
    tracesBefore[index] = slot
    return slot
  }

  // MARK: Single synapses

  private struct SynapseLines {
    var lines: [SynapseProgram.Line] = []
    var slots: Set<Slot> = []
  }

  /// The operand that holds an expression's value for each synapse of a presynaptic neuron.
  private mutating func synapse(
    _ expression: Expression, _ lines: inout SynapseLines, _ network: inout NetworkSlots<Scalar>,
    _ builder: inout ProgramBuilder
  ) -> SynapseProgram.Operand {
    let owner = expression.owner(traces: owners)
    if owner != .synapse {
      let slot = slot(expression, &network, &builder)
      lines.slots.insert(slot)
      switch owner {
      case .pre: return .pre(slot)
      case .post: return .post(slot)
      default: return .scalar(slot)
      }
    }
    func line(_ function: Elementary, _ operands: [SynapseProgram.Operand]) -> SynapseProgram.Operand {
      lines.lines.append(.init(function: function, operands: operands))
      return .register(lines.lines.count - 1)
    }
    switch expression {
    case .quantity(.weight): return .weight
    case .quantity(.feedback):
      if case .weights? = network.credit.errorSource(projection) { return .weight }
      return .feedback
    case .negate(let x): return line(.negate, [synapse(x, &lines, &network, &builder)])
    case .binary(let op, let x, let y):
      let operands = [synapse(x, &lines, &network, &builder), synapse(y, &lines, &network, &builder)]
      return line(Elementary(op), operands)
    case .call(let function, let arguments):
      let operands = arguments.map { synapse($0, &lines, &network, &builder) }
      switch function {
      case .min, .max:
        return operands.dropFirst().reduce(operands[0]) { line(function == .min ? .min : .max, [$0, $1]) }
      default: return line(Elementary(function), operands)
      }
    default: preconditionFailure("\(expression) is no synapse's own")
    }
  }
}

extension Sequence where Element: Hashable {
  /// The elements without repetitions, in the order of their first.
  fileprivate var uniqued: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
