import Kernels

/// Builds the program of a step: hands out room for values, and notes what the loss's derivative has to pass through.
struct ProgramBuilder {
  private(set) var instructions: [Instruction] = []
  private(set) var changes: [Instruction] = []
  private(set) var carries: [Carry] = []
  /// Elements of a frame, and of the constants.
  private(set) var frameSize: Int32 = 0
  private(set) var constantSize: Int32 = 0
  /// Constants with their values.
  private(set) var constants: [(slot: Slot, count: Int, value: Double)] = []
  private(set) var synapses: [SynapseProgram] = []
  private var counts: [Slot: Int] = [:]
  private var dependent: Set<Slot> = []
  private var known: [Double: [Int: Slot]] = [:]
  private let lanes: Int32

  /// - Parameter lanes: elements of 64 bytes, to which every slot is aligned.
  init(lanes: Int) { self.lanes = Int32(lanes) }

  /// What a step takes over from the step before: `to` of this frame is `from` of the one before, 0 at first.
  struct Carry {
    var from: Slot
    var to: Slot
    var count: Int
    var isWanted: Bool
  }

  /// How many elements a slot holds.
  func count(_ slot: Slot) -> Int { counts[slot]! }

  /// Whether a slot's value depends on weights or coefficients.
  func isDependent(_ slot: Slot) -> Bool { dependent.contains(slot) }

  private func padded(_ count: Int) -> Int32 { (Int32(count) + lanes - 1) / lanes * lanes }

  /// Room in the frame that the program itself does not write.
  mutating func given(_ count: Int) -> Slot {
    let slot = frameSize
    frameSize += padded(count)
    counts[slot] = count
    return slot
  }

  /// Room among the constants.
  private mutating func constantRoom(_ count: Int) -> Slot {
    let slot = ~constantSize
    constantSize += padded(count)
    counts[slot] = count
    return slot
  }

  /// A constant, spread over `count` elements.
  mutating func constant(_ value: Double, count: Int = 1) -> Slot {
    if let slot = known[value]?[count] { return slot }
    let slot = constantRoom(count)
    constants.append((slot, count, value))
    known[value, default: [:]][count] = slot
    return slot
  }

  /// A coefficient: a constant that is set before each episode, and whose derivative is wanted.
  mutating func coefficient() -> Slot {
    let slot = constantRoom(1)
    dependent.insert(slot)
    return slot
  }

  // MARK: Instructions

  /// Adds an instruction whose result is new, and gives its slot.
  mutating func emit(
    _ kind: Instruction.Kind, _ function: Elementary = .copy, count: Int, _ a: Slot, _ b: Slot? = nil,
    _ c: Slot? = nil, index: Int = 0, parameter: Double = 0, readsWeights: Bool = false
  ) -> Slot {
    var instruction = Instruction(kind: kind, function: function)
    instruction.y = given(count)
    instruction.index = Int32(index)
    instruction.parameter = parameter
    fill(&instruction, a, b, c, over: kind == .sum || kind == .dot || kind == .norm ? self.count(a) : count)
    if instruction.wanted != 0 || readsWeights { dependent.insert(instruction.y) }
    instructions.append(instruction)
    return instruction.y
  }

  private func fill(_ instruction: inout Instruction, _ a: Slot, _ b: Slot?, _ c: Slot?, over count: Int) {
    instruction.count = Int32(count)
    instruction.a = a
    instruction.b = b ?? a
    instruction.c = c ?? a
    instruction.aStep = self.count(a) == 1 ? 0 : 1
    instruction.bStep = b.map { self.count($0) == 1 ? 0 : 1 } ?? 0
    instruction.cStep = c.map { self.count($0) == 1 ? 0 : 1 } ?? 0
    instruction.wanted =
      (isDependent(a) ? 1 : 0) | (b.map { isDependent($0) ? 2 : 0 } ?? 0) | (c.map { isDependent($0) ? 4 : 0 } ?? 0)
  }

  /// `f(a, b, c)`, elementwise; operands of one element are spread.
  mutating func map(
    _ function: Elementary, _ a: Slot, _ b: Slot? = nil, _ c: Slot? = nil, count: Int? = nil
  ) -> Slot {
    let counted = count ?? [a, b, c].compactMap { $0.map { self.count($0) } }.max()!
    return emit(.map, function, count: counted, a, b, c)
  }

  /// Activity and gain of rate neurons with this potential.
  mutating func rate(_ potential: Slot, kind: Int, sharpness: Double) -> (activity: Slot, gain: Slot) {
    var instruction = Instruction(kind: .rate)
    let count = count(potential)
    (instruction.y, instruction.b) = (given(count), given(count))
    (instruction.a, instruction.count, instruction.wanted) = (potential, Int32(count), 1)
    (instruction.index, instruction.parameter) = (Int32(kind), sharpness)
    dependent.formUnion([instruction.y, instruction.b])
    instructions.append(instruction)
    return (instruction.y, instruction.b)
  }

  /// Softmax of a readout's potential, its error, and the cross-entropy.
  mutating func readout(_ potential: Slot) -> (activity: Slot, error: Slot, loss: Slot) {
    let count = count(potential)
    var instruction = Instruction(kind: .readout)
    (instruction.y, instruction.b, instruction.c) = (given(count), given(count), given(1))
    (instruction.a, instruction.count, instruction.wanted) = (potential, Int32(count), 1)
    dependent.formUnion([instruction.y, instruction.b, instruction.c])
    instructions.append(instruction)
    return (instruction.y, instruction.b, instruction.c)
  }

  /// `Σ_k scalar_k · vector_k`, the scalars nil for 1.
  mutating func combination(_ terms: [(scalar: Slot?, vector: Slot)], count: Int) -> Slot {
    if terms.count == 1, terms[0].scalar == nil, self.count(terms[0].vector) == count { return terms[0].vector }
    let one = constant(1)
    // A scalar that stands for a vector is spread first.
    let vectors = terms.map { term in
      (term.scalar ?? one, self.count(term.vector) == count ? term.vector : map(.copy, term.vector, count: count))
    }
    let sum = emit(.scale, count: count, vectors[0].0, vectors[0].1)
    for (scalar, vector) in vectors.dropFirst() {
      var instruction = Instruction(kind: .addScaled)
      instruction.y = sum
      fill(&instruction, scalar, vector, nil, over: count)
      if instruction.wanted != 0 { dependent.insert(sum) }
      instructions.append(instruction)
    }
    return sum
  }

  /// What `slot` held at the step before; 0 at a sample's first. `connect` says later whose value it is.
  mutating func before(count: Int, dependent isDependent: Bool) -> Slot {
    let slot = given(count)
    if isDependent { dependent.insert(slot) }
    return slot
  }

  /// The next step finds the value of `from` in `to`.
  mutating func connect(_ from: Slot, to: Slot) {
    carries.append(Carry(from: from, to: to, count: count(to), isWanted: isDependent(to)))
  }

  // MARK: Changes

  /// Changes the weights of projection `index` by `post ⊗ pre`.
  mutating func product(_ index: Int, group: Int, post: Slot, pre: Slot) {
    var instruction = Instruction(kind: .product)
    (instruction.index, instruction.group) = (Int32(index), Int32(group))
    (instruction.a, instruction.b) = (post, pre)
    instruction.wanted = (isDependent(post) ? 1 : 0) | (isDependent(pre) ? 2 : 0)
    changes.append(instruction)
  }

  /// Changes the weights of projection `index` by `share` times themselves.
  mutating func growth(_ index: Int, by share: Slot) {
    var instruction = Instruction(kind: .growth)
    (instruction.index, instruction.a) = (Int32(index), share)
    instruction.wanted = isDependent(share) ? 1 : 0
    changes.append(instruction)
  }

  /// Changes the weights synapse by synapse.
  mutating func change(_ program: SynapseProgram) {
    var instruction = Instruction(kind: .synapses)
    instruction.index = Int32(synapses.count)
    synapses.append(program)
    changes.append(instruction)
  }
}
