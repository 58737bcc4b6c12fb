import Kernels
import Networks

/// The memory of one step on its way: the constants, and the frame of values.
struct StepRun<Scalar: KernelScalar> {
  let program: StepProgram<Scalar>
  let constants: UnsafeMutablePointer<Scalar>
  let histories: [WeightHistory<Scalar>]
  let feedbacks: [Feedback<Scalar>]
  let list: UnsafeMutablePointer<UInt32>
  let surrogate: SurrogateGradient

  @inline(__always)
  func at(_ slot: Slot, _ frame: UnsafeMutablePointer<Scalar>) -> UnsafeMutablePointer<Scalar> {
    slot >= 0 ? frame + Int(slot) : constants + Int(~slot)
  }

  /// Computes a step's values before update `u`, by the instructions listed.
  /// - Parameter label: the sample's class.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func forward(_ frame: UnsafeMutablePointer<Scalar>, _ range: Range<Int>, update u: Int, label: Int) {
    program.instructions.withUnsafeBufferPointer { instructions in
      for k in range { run(instructions[k], frame, u, label) }
    }
  }

  @inline(__always)
  private func run(_ i: Instruction, _ frame: UnsafeMutablePointer<Scalar>, _ u: Int, _ label: Int) {
    let n = Int(i.count)
    let (y, a, b) = (at(i.y, frame), at(i.a, frame), at(i.b, frame))
    switch i.kind {
    case .ahead: histories[Int(i.index)].ahead(u, a, into: y)
    case .back: histories[Int(i.index)].back(u, a, into: y)
    case .feedback: send(feedbacks[Int(i.index)], u, a, gain: i.a == i.b ? nil : UnsafePointer(b), into: y)
    case .map:
      i.function.run(
        n, y, a, Int(i.aStep), b, Int(i.bStep), at(i.c, frame), Int(i.cStep), surrogate: surrogate)
    case .rate: Scalar.rate(n, kind: i.index, sharpness: Scalar(i.parameter), a, into: y, gain: b)
    case .rateGain: Scalar.rateGain(n, kind: i.index, sharpness: Scalar(i.parameter), a, into: y)
    case .scale:
      let s = a[0]
      for k in 0..<n { y[k] = s * b[k] }
    case .addScaled: Scalar.addScaled(n, y, factor: a[0], b)
    case .sum: y[0] = Scalar.sum(a, n)
    case .dot: y[0] = Scalar.dot(a, 1, b, 1, n)
    case .norm: y[0] = Scalar.sqrt(Scalar.dot(a, 1, a, 1, n))
    case .readout:
      let logTotal = Scalar.softmax(n, a, into: y)
      Scalar.copy(n, y, to: b)
      b[label] -= 1
      at(i.c, frame)[0] = logTotal - a[label]
    case .extend:
      Scalar.copy(n - 1, a, to: y)
      y[n - 1] = Scalar(i.parameter)
    case .product, .growth, .synapses: preconditionFailure("changes come after the step")
    }
  }

  @specialized(where Scalar == Float)
  private func send(
    _ feedback: Feedback<Scalar>, _ u: Int, _ x: UnsafePointer<Scalar>, gain: UnsafePointer<Scalar>?,
    into y: UnsafeMutablePointer<Scalar>
  ) {
    let weights = UnsafePointer(histories[feedback.projection].base(u))
    let kind: FeedbackKind
    var scale: Scalar = 1
    switch feedback.kind {
    case .fixed: kind = .plain
    case .signs(let size): (kind, scale) = (.sign, size)
    case .signedMagnitudes: kind = .signedMagnitude
    }
    Scalar.rowDots(
      weights: weights, feedback: feedback.weights ?? weights, kind: kind, scale: scale, stride: feedback.columns,
      columns: feedback.columns, rows: feedback.preCount, x, gain: gain, scratch: list, descending: false, into: y)
  }

  /// Takes update `u` from a step's values.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func learn(_ frame: UnsafeMutablePointer<Scalar>, update u: Int, rows: SynapseRows<Scalar>) {
    for i in program.changes where i.kind == .product {
      histories[Int(i.index)].take(u, Int(i.group), post: at(i.a, frame), pre: at(i.b, frame))
    }
    for history in histories { history.commit(u) }
    for i in program.changes where i.kind == .growth {
      let history = histories[Int(i.index)]
      Scalar.addScaled(history.size, history.base(u + 1), factor: at(i.a, frame)[0], history.base(u))
    }
    for i in program.changes where i.kind == .synapses {
      let synapses = program.synapses[Int(i.index)]
      let history = histories[synapses.projection]
      precondition(history.span == 1, "weights that change synapse by synapse are written at every update")
      rows.change(
        synapses, history, update: u, feedback: program.network.credit.feedback(synapses.projection)
      ) { at($0, frame) }
    }
  }
}
