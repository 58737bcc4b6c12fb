import Kernels
import Networks

/// Runs synapse programs, one presynaptic neuron at a time, forth and back.
final class SynapseRows<Scalar: KernelScalar> {
  private let arena = Arena()
  private let room: Int
  private let registers: UnsafeMutablePointer<Scalar>
  private let adjoints: UnsafeMutablePointer<Scalar>
  private let surrogate: SurrogateGradient

  /// - Parameters:
  ///   - lines: lines of the longest program.
  ///   - columns: room of the longest post vector.
  init(lines: Int, columns: Int, surrogate: SurrogateGradient) {
    room = columns
    registers = arena.allocate(max(1, lines) * columns, of: Scalar.self)
    adjoints = arena.allocate(max(1, lines) * columns, of: Scalar.self)
    self.surrogate = surrogate
  }

  private func operand(
    _ operand: SynapseProgram.Operand, _ j: Int, weights: UnsafePointer<Scalar>, feedback: UnsafePointer<Scalar>?,
    _ at: (Slot) -> UnsafeMutablePointer<Scalar>
  ) -> (UnsafePointer<Scalar>, Int) {
    switch operand {
    case .register(let k): (UnsafePointer(registers + k * room), 1)
    case .weight: (weights, 1)
    case .feedback: (feedback!, 1)
    case .post(let slot): (UnsafePointer(at(slot)), 1)
    case .pre(let slot): (UnsafePointer(at(slot)) + j, 0)
    case .scalar(let slot): (UnsafePointer(at(slot)), 0)
    }
  }

  private func evaluate(
    _ program: SynapseProgram, _ j: Int, _ n: Int, weights: UnsafePointer<Scalar>, feedback: UnsafePointer<Scalar>?,
    _ at: (Slot) -> UnsafeMutablePointer<Scalar>
  ) {
    for (k, line) in program.lines.enumerated() {
      let (a, aStep) = operand(line.operands[0], j, weights: weights, feedback: feedback, at)
      let (b, bStep) =
        line.operands.count > 1 ? operand(line.operands[1], j, weights: weights, feedback: feedback, at) : (a, aStep)
      let (c, cStep) =
        line.operands.count > 2 ? operand(line.operands[2], j, weights: weights, feedback: feedback, at) : (a, aStep)
      line.function.run(n, registers + k * room, a, aStep, b, bStep, c, cStep, surrogate: surrogate)
    }
  }

  /// Adds update `u` of single synapses to the weights after it, and clips those.
  @specialized(where Scalar == Float)
  func change(
    _ program: SynapseProgram, _ history: WeightHistory<Scalar>, update u: Int,
    feedback: UnsafePointer<Scalar>?, _ at: (Slot) -> UnsafeMutablePointer<Scalar>
  ) {
    let (old, new) = (history.base(u), history.base(u + 1))
    let n = history.postCount
    let result = registers + (program.lines.count - 1) * room
    for j in 0..<history.preCount {
      let row = j * history.columns
      evaluate(program, j, n, weights: old + row, feedback: feedback.map { $0 + row }, at)
      Scalar.addScaled(n, new + row, factor: 1, result)
      if let bounds = program.bounds {
        let (low, high) = (Scalar(bounds.lowerBound), Scalar(bounds.upperBound))
        for i in row..<row + n { new[i] = new[i] < low ? low : new[i] > high ? high : new[i] }
      }
    }
  }

  /// Sets the derivative of weights that were clipped at update `u` to 0.
  @specialized(where Scalar == Float)
  func clip(
    _ adjoint: UnsafeMutablePointer<Scalar>, _ history: WeightHistory<Scalar>, update u: Int,
    to bounds: ClosedRange<Double>
  ) {
    let new = history.base(u + 1)
    let (low, high) = (Scalar(bounds.lowerBound), Scalar(bounds.upperBound))
    for k in 0..<history.size where !(new[k] > low && new[k] < high) { adjoint[k] = 0 }
  }

  /// Passes the derivative with respect to the weights after update `u` on to what the program reads; that with respect
  /// to the weights before it is added to `adjoint` itself.
  func pass(
    _ program: SynapseProgram, _ history: WeightHistory<Scalar>, update u: Int,
    adjoint: UnsafeMutablePointer<Scalar>, feedback: UnsafePointer<Scalar>?,
    _ at: (Slot) -> UnsafeMutablePointer<Scalar>, _ adjointAt: (Slot) -> UnsafeMutablePointer<Scalar>
  ) {
    let old = history.base(u)
    let n = history.postCount
    let last = program.lines.count - 1
    for j in 0..<history.preCount {
      let row = j * history.columns
      let weights = UnsafePointer(old + row)
      let sent = feedback.map { $0 + row }
      evaluate(program, j, n, weights: weights, feedback: sent, at)
      Scalar.fill(program.lines.count * room, adjoints, with: 0)
      Scalar.copy(n, adjoint + row, to: adjoints + last * room)
      for k in stride(from: last, through: 0, by: -1) {
        let line = program.lines[k]
        func part(_ index: Int) -> Operand<Scalar> {
          let one = line.operands[min(index, line.operands.count - 1)]
          let (value, step) = operand(one, j, weights: weights, feedback: sent, at)
          guard index < line.operands.count else { return Operand(value: value, step: step, adjoint: nil) }
          var target: UnsafeMutablePointer<Scalar>?
          switch one {
          case .register(let r): target = adjoints + r * room
          case .weight: target = adjoint + row
          case .feedback: target = nil
          case .post(let slot), .scalar(let slot): target = program.wanted.contains(slot) ? adjointAt(slot) : nil
          case .pre(let slot): target = program.wanted.contains(slot) ? adjointAt(slot) + j : nil
          }
          return Operand(value: value, step: step, adjoint: target)
        }
        line.function.pass(
          n, registers + k * room, adjoints + k * room, part(0), part(1), part(2), surrogate: surrogate)
      }
    }
  }
}
