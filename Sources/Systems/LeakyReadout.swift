import Kernels
import Layers
import Networks
import Pages

/// Readout neurons that integrate without spiking, `v_t = leak · v_{t−1} + (1 − leak) · I_t`, under softmax and
/// cross-entropy. Rows are time-major.
final class LeakyReadout<Scalar: KernelScalar> {
  /// Where in a sample the loss is taken.
  enum LossAt: String, CaseIterable {
    /// Cross-entropy at the last step.
    case lastStep = "last-step"
    /// Cross-entropy at every step, averaged.
    case everyStep = "every-step"
    /// Cross-entropy of the mean over steps of the potential.
    case meanPotential = "mean-potential"

    /// The setting.
    static func key(_ choices: [LossAt] = allCases, default standard: LossAt) -> PageKey {
      PageKey(
        "loss_at", .choice(choices.map(\.rawValue)), default: .text(standard.rawValue),
        doc: "Where in a sample the cross-entropy is taken.")
    }
  }

  let potential: UnsafeMutablePointer<Scalar>
  /// Softmax of the potential, or of its mean over steps where that is what the loss takes.
  let prediction: UnsafeMutablePointer<Scalar>
  /// The derivative of the loss with respect to the potential of each step, by itself.
  let error: UnsafeMutablePointer<Scalar>
  /// The same with respect to the current of each step: what `sendBack` makes of `error`.
  let currentError: UnsafeMutablePointer<Scalar>
  /// What speaks for each class: the potential at the last step, or its mean over steps where all steps count.
  let scores: UnsafeMutablePointer<Scalar>
  let losses: UnsafeMutablePointer<Scalar>
  /// 1 everywhere: the readout is linear.
  let gain: UnsafeMutablePointer<Scalar>
  let leak, synapseDecay: Scalar

  private let lossAt: LossAt
  private let classes: Int
  private let carried: (UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>)
  private let arena = Arena()

  init(_ classes: Int, _ constants: NetworkParameters, lossAt: LossAt, capacity: Int) {
    (self.classes, self.lossAt) = (classes, lossAt)
    leak = Scalar(constants.readoutLeak)
    synapseDecay = Scalar(constants.synapseDecay ?? 0)
    let arena = arena
    func vector(_ count: Int) -> UnsafeMutablePointer<Scalar> { arena.allocate(count, of: Scalar.self) }
    let count = capacity * classes
    potential = vector(count * constants.steps)
    prediction = vector(count * constants.steps)
    error = vector(count * constants.steps)
    currentError = vector(count * constants.steps)
    gain = vector(count * constants.steps)
    gain.update(repeating: 1, count: count * constants.steps)
    scores = vector(count)
    losses = vector(capacity)
    carried = (vector(count), vector(count))
  }

  /// Integrates currents, which the potentials hold before, or `drive` at every step; forms losses and scores, and errors
  /// when `learning`.
  func present(_ batch: SampleBatch<Scalar>, steps: Int, drive: UnsafePointer<Scalar>?, learning: Bool) {
    let count = batch.count * classes
    integrate(count, steps: steps, drive: drive)
    losses.update(repeating: 0, count: batch.count)
    if learning { error.update(repeating: 0, count: steps * count) }
    let last = (steps - 1) * count
    if lossAt == .lastStep {
      scores.update(from: potential + last, count: count)
      judge(batch, scores, row: last, share: 1, learning: learning)
      guard learning else { return }
      for row in stride(from: 0, to: last, by: classes) {
        _ = Scalar.softmax(classes, potential + row, into: prediction + row)
      }
      return
    }
    let share = 1 / Scalar(steps)
    scores.update(repeating: 0, count: count)
    for t in 0..<steps { Scalar.addScaled(count, scores, factor: share, potential + t * count) }
    switch lossAt {
    case .everyStep:
      for t in 0..<steps { judge(batch, potential + t * count, row: t * count, share: share, learning: learning) }
    default:
      judge(batch, scores, row: last, share: 1, learning: learning)
      guard learning else { return }
      Scalar.multiply(count, error + last, by: share)
      for t in 0..<steps - 1 {
        (error + t * count).update(from: error + last, count: count)
        (prediction + t * count).update(from: prediction + last, count: count)
      }
    }
  }

  /// Adds `share` times the cross-entropy of `softmax(v)` to the losses; its derivative with respect to `v` goes to `row`.
  @specialized(where Scalar == Float)
  private func judge(
    _ batch: SampleBatch<Scalar>, _ v: UnsafePointer<Scalar>, row: Int, share: Scalar, learning: Bool
  ) {
    for k in 0..<batch.count {
      let (potential, place) = (v + k * classes, row + k * classes)
      let label = Int(batch.labels[k])
      let logTotal = Scalar.softmax(classes, potential, into: prediction + place)
      losses[k] += share * (logTotal - potential[label])
      guard learning else { continue }
      for c in 0..<classes { error[place + c] = share * (prediction[place + c] - (c == label ? 1 : 0)) }
    }
  }

  @specialized(where Scalar == Float)
  private func integrate(_ count: Int, steps: Int, drive: UnsafePointer<Scalar>?) {
    let (leak, decay) = (leak, synapseDecay)
    let (now, current) = carried
    now.update(repeating: 0, count: count)
    current.update(repeating: 0, count: count)
    for t in 0..<steps {
      let v = potential + t * count
      let source = drive ?? UnsafePointer(v)
      for i in 0..<count {
        current[i] = decay * current[i] + source[i]
        now[i] = leak * now[i] + (1 - leak) * current[i]
        v[i] = now[i]
      }
    }
  }

  /// `v̄_t = leak · v̄_{t+1} + error_t`, `Ī_t = α Ī_{t+1} + (1 − leak) · v̄_t`, into `currentError`.
  @specialized(where Scalar == Float)
  func sendBack(samples: Int, steps: Int) {
    let count = samples * classes
    let (leak, decay) = (leak, synapseDecay)
    let (potential, current) = carried
    potential.update(repeating: 0, count: count)
    current.update(repeating: 0, count: count)
    for t in stride(from: steps - 1, through: 0, by: -1) {
      let (source, target) = (error + t * count, currentError + t * count)
      for i in 0..<count {
        potential[i] = leak * potential[i] + source[i]
        current[i] = decay * current[i] + (1 - leak) * potential[i]
        target[i] = current[i]
      }
    }
  }
}
