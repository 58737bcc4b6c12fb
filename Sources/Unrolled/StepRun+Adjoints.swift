import CKernels
import Kernels
import Networks

/// Where derivatives are gathered on the way back: with respect to a step's values, the constants and the weights.
struct AdjointRun<Scalar: KernelScalar> {
  let run: StepRun<Scalar>
  /// Derivatives with respect to the values of a frame.
  let frame: UnsafeMutablePointer<Scalar>
  /// Derivatives with respect to the constants, coefficients among them.
  let constants: UnsafeMutablePointer<Scalar>
  let weights: [AdjointMatrix<Scalar>]
  /// Room for a vector.
  let scratch: UnsafeMutablePointer<Scalar>

  @inline(__always)
  private func bar(_ slot: Slot) -> UnsafeMutablePointer<Scalar> {
    slot >= 0 ? frame + Int(slot) : constants + Int(~slot)
  }

  /// Passes the derivative with respect to the weights after update `u` on to the step's values.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func learn(_ values: UnsafeMutablePointer<Scalar>, update u: Int, rows: SynapseRows<Scalar>) {
    let program = run.program
    for i in program.changes where i.kind == .synapses {
      let synapses = program.synapses[Int(i.index)]
      guard let bounds = synapses.bounds else { continue }
      rows.clip(
        weights[synapses.projection].written(), run.histories[synapses.projection], update: u, to: bounds)
    }
    for (matrix, products) in zip(weights, program.productChanges) {
      for k in stride(from: 0, to: products.count, by: 2) {
        let (one, other) = (products[k], k + 1 < products.count ? products[k + 1] : nil)
        if one.wanted == 3, other.map({ $0.wanted == 3 }) ?? true {
          matrix.pass(change(one, values), other.map { change($0, values) })
          continue
        }
        passOne(one, matrix, values)
        if let other { passOne(other, matrix, values) }
      }
    }
    for i in program.changes where i.kind == .growth {
      let history = run.histories[Int(i.index)]
      let adjoint = weights[Int(i.index)].written()
      if i.wanted & 1 != 0 { bar(i.a)[0] += Scalar.dot(adjoint, 1, history.base(u), 1, history.size) }
      Scalar.multiply(history.size, adjoint, by: 1 + run.at(i.a, values)[0])
    }
    for i in program.changes where i.kind == .synapses {
      let synapses = program.synapses[Int(i.index)]
      rows.pass(
        synapses, run.histories[synapses.projection], update: u, adjoint: weights[synapses.projection].written(),
        feedback: program.network.credit.feedback(synapses.projection), { run.at($0, values) }, { bar($0) })
    }
  }

  /// A product of which one factor is a constant.
  @specialized(where Scalar == Float)
  private func passOne(
    _ i: Instruction, _ matrix: AdjointMatrix<Scalar>, _ values: UnsafeMutablePointer<Scalar>
  ) {
    if i.wanted & 1 != 0 { matrix.addAhead(run.at(i.b, values), to: bar(i.a)) }
    if i.wanted & 2 != 0 { matrix.addBack(run.at(i.a, values), to: bar(i.b)) }
  }

  @specialized(where Scalar == Float)
  private func change(
    _ i: Instruction, _ values: UnsafeMutablePointer<Scalar>
  ) -> AdjointMatrix<Scalar>.Change {
    .init(pre: run.at(i.b, values), post: run.at(i.a, values), postAdjoint: bar(i.a), preAdjoint: bar(i.b))
  }

  /// Passes derivatives from the results of a step's instructions to their operands, the last instruction first.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func back(_ values: UnsafeMutablePointer<Scalar>, end: Int, update u: Int, label: Int) {
    run.program.instructions.withUnsafeBufferPointer { instructions in
      for k in stride(from: end - 1, through: 0, by: -1) { pass(instructions[k], values, u, label) }
    }
  }

  @inline(__always)
  private func pass(_ i: Instruction, _ values: UnsafeMutablePointer<Scalar>, _ u: Int, _ label: Int) {
    let n = Int(i.count)
    let d = bar(i.y)
    let (a, b) = (run.at(i.a, values), run.at(i.b, values))
    switch i.kind {
    case .ahead:
      weights[Int(i.index)].add(pre: a, post: d)
      guard i.wanted & 1 != 0 else { return }
      run.histories[Int(i.index)].back(u, d, into: scratch)
      Scalar.addScaled(run.histories[Int(i.index)].preCount, bar(i.a), factor: 1, scratch)
    case .back:
      weights[Int(i.index)].add(pre: d, post: a)
      guard i.wanted & 1 != 0 else { return }
      run.histories[Int(i.index)].ahead(u, d, into: scratch)
      Scalar.addScaled(run.histories[Int(i.index)].postCount, bar(i.a), factor: 1, scratch)
    case .feedback:
      guard i.wanted & 1 != 0 else { return }
      if i.a != i.b { Scalar.multiply(n, d, by: b) }
      returned(run.feedbacks[Int(i.index)], u, d, to: bar(i.a))
    case .map:
      guard i.wanted != 0 else { return }
      i.function.pass(
        n, run.at(i.y, values), d,
        Operand(value: a, step: Int(i.aStep), adjoint: i.wanted & 1 != 0 ? bar(i.a) : nil),
        Operand(value: b, step: Int(i.bStep), adjoint: i.wanted & 2 != 0 ? bar(i.b) : nil),
        Operand(value: run.at(i.c, values), step: Int(i.cStep), adjoint: i.wanted & 4 != 0 ? bar(i.c) : nil),
        surrogate: run.surrogate)
    case .rate:
      let (psi, dPsi, y, x) = (b, bar(i.b), run.at(i.y, values), bar(i.a))
      switch i.index {
      case Int32(MP_RATE_SOFTPLUS):
        let beta = Scalar(i.parameter)
        for k in 0..<n { x[k] += psi[k] * (d[k] + beta * (1 - psi[k]) * dPsi[k]) }
      case Int32(MP_RATE_TANH): for k in 0..<n { x[k] += psi[k] * (d[k] - 2 * y[k] * dPsi[k]) }
      case Int32(MP_RATE_SIGMOID): for k in 0..<n { x[k] += psi[k] * (d[k] + (1 - 2 * y[k]) * dPsi[k]) }
      default: for k in 0..<n { x[k] += psi[k] * d[k] }
      }
    case .rateGain: precondition(i.wanted == 0, "only the input's gain is formed from its activity")
    case .scale, .addScaled:
      if i.wanted & 1 != 0 { bar(i.a)[0] += Scalar.dot(d, 1, b, 1, n) }
      if i.wanted & 2 != 0 { Scalar.addScaled(n, bar(i.b), factor: a[0], d) }
    case .sum:
      let x = bar(i.a)
      if i.wanted & 1 != 0 { for k in 0..<n { x[k] += d[0] } }
    case .dot:
      if i.wanted & 1 != 0 { Scalar.addScaled(n, bar(i.a), factor: d[0], b) }
      if i.wanted & 2 != 0 { Scalar.addScaled(n, bar(i.b), factor: d[0], a) }
    case .norm:
      let norm = run.at(i.y, values)[0]
      if i.wanted & 1 != 0, norm != 0 { Scalar.addScaled(n, bar(i.a), factor: d[0] / norm, a) }
    case .readout:
      // Through softmax: v̄ = p ∘ (p̄ − p·p̄), and through the cross-entropy: v̄ += l̄ (p − onehot).
      let (p, x) = (run.at(i.y, values), bar(i.a))
      Scalar.addScaled(n, d, factor: 1, bar(i.b))
      let mean = Scalar.dot(p, 1, d, 1, n)
      let loss = bar(i.c)[0]
      for k in 0..<n { x[k] += p[k] * (d[k] - mean + loss) }
      x[label] -= loss
    case .extend: if i.wanted & 1 != 0 { Scalar.addScaled(n - 1, bar(i.a), factor: 1, d) }
    case .product, .growth, .synapses: preconditionFailure("changes come after the step")
    }
  }

  /// `y += F x`, the way back through feedback.
  @specialized(where Scalar == Float)
  private func returned(
    _ feedback: Feedback<Scalar>, _ u: Int, _ x: UnsafePointer<Scalar>, to y: UnsafeMutablePointer<Scalar>
  ) {
    let count = Scalar.nonZero(feedback.preCount, x, list: run.list)
    let columns = feedback.columns
    guard case .fixed = feedback.kind else {
      let weights = run.histories[feedback.projection].base(u)
      for k in 0..<count {
        let j = Int(run.list[k])
        for i in 0..<run.histories[feedback.projection].postCount {
          let w = weights[j * columns + i]
          let sign: Scalar = w > 0 ? 1 : w < 0 ? -1 : 0
          switch feedback.kind {
          case .signs(let scale): y[i] += scale * sign * x[j]
          default: y[i] += feedback.weights![j * columns + i] * sign * x[j]
          }
        }
      }
      return
    }
    Scalar.accumulate(feedback.weights!, stride: columns, columns: columns, run.list, count, factor: x, into: y)
  }
}
