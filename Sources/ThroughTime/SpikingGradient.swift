import Kernels
import Networks
import Tasks

/// The derivative of a sample's loss with respect to all weights of a spiking network, by reverse mode through all steps,
/// the spike's derivative replaced by the surrogate ψ (Neftci, Mostafa & Zenke 2019; Zenke & Ganguli 2018).
///
/// With x̄ for ∂loss/∂x, a group's step backwards, from the last step to the first:
///
///     s̄_t = Wᵀ Ī_t of the group above + h̄_t  [− leak · v_t · v̄_{t+1}, or − θ_{t+1} · v̄_{t+1}: reset differentiated]
///     ū_t = ψ_t s̄_t
///     v̄_t = ū_t + leak · (1 − s_t) · v̄_{t+1}      (reset zero; else leak · v̄_{t+1})
///     h̄_{t−1} = decay · h̄_t − strength · ū_t       (adaptive LIF; reset subtract: − strength · s_{t−1} · v̄_t too)
///     Ī_t = v̄_t + α Ī_{t+1}                        (α the synapse's decay, or 0)
///
/// and `∂loss/∂W = Σ_t Ī_t ⊗ s_t` over the spikes of the group below. The readout has `v̄_t = leak · v̄_{t+1} +` the error
/// where the loss is taken, and `Ī_t = (1 − leak) · v̄_t + α Ī_{t+1}`.
final class SpikingGradient<Scalar: KernelScalar> {
  /// What the steps of a sample leave of a group, and what comes back: rows of `columns` numbers, one a step.
  private struct Tape {
    let count: Int
    let columns: Int
    /// ψ_t; the readout's error.
    let gain: UnsafeMutablePointer<Scalar>
    let spikes: UnsafeMutablePointer<Scalar>
    let potential: UnsafeMutablePointer<Scalar>
    /// θ_t of adaptive neurons.
    let threshold: UnsafeMutablePointer<Scalar>
    /// Bit `t % 64` of word `t / 64 · count + j`: whether neuron `j` spiked at step `t`.
    let events: UnsafeMutablePointer<UInt64>
    /// What the group above sends back at each step, `Wᵀ Ī_t`.
    let sent: UnsafeMutablePointer<Scalar>
    /// Ī_t.
    let current: UnsafeMutablePointer<Scalar>
    /// v̄, h̄ and Ī of the step at hand.
    let carried: (potential: UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>)

    init(count: Int, steps: Int, isInput: Bool, in arena: Arena) {
      self.count = count
      columns = Scalar.padded(count)
      // Of the input only the events are kept.
      let rows = isInput ? 0 : steps * columns
      (gain, spikes, potential) = (
        arena.allocate(rows, of: Scalar.self), arena.allocate(rows, of: Scalar.self),
        arena.allocate(rows, of: Scalar.self)
      )
      (threshold, sent, current) = (
        arena.allocate(rows, of: Scalar.self), arena.allocate(rows, of: Scalar.self),
        arena.allocate(rows, of: Scalar.self)
      )
      events = arena.allocate(count * ((steps + 63) / 64), of: UInt64.self)
      carried = (
        arena.allocate(count, of: Scalar.self), arena.allocate(count, of: Scalar.self),
        arena.allocate(count, of: Scalar.self)
      )
    }
  }

  /// Names of the neuron models that can be gone through backwards.
  static var neurons: [String] { [LIF<Scalar>.name, AdaptiveLIF<Scalar>.name] }

  private let network: SpikingNetwork<Scalar>
  private let tapes: [Tape]
  private let steps: Int
  private let lossAt: ThroughTimeSettings.LossAt
  private let reset: NetworkParameters.Reset
  private let differentiatesReset: Bool
  private let isAdaptive: Bool
  private let leak, synapseDecay, readoutLeak: Scalar
  private let threshold, adaptationDecay, adaptationStrength: Scalar
  private let list: UnsafeMutablePointer<UInt32>
  private let total: UnsafeMutablePointer<Scalar>
  private let arena = Arena()

  init(_ network: SpikingNetwork<Scalar>, _ settings: ThroughTimeSettings) {
    let parameters = network.parameters
    precondition(Self.neurons.contains(parameters.neuron), "no way back through neurons \(parameters.neuron)")
    self.network = network
    steps = network.steps
    lossAt = settings.lossAt
    reset = parameters.reset
    differentiatesReset = settings.differentiatesReset
    isAdaptive = parameters.neuron == AdaptiveLIF<Scalar>.name
    leak = Scalar(parameters.leak)
    synapseDecay = Scalar(parameters.synapseDecay ?? 0)
    readoutLeak = Scalar(parameters.readoutLeak)
    threshold = Scalar(parameters.threshold)
    adaptationDecay = isAdaptive ? Scalar(parameters.adaptationDecay) : 0
    adaptationStrength = isAdaptive ? Scalar(parameters.adaptationStrength) : 0
    let arena = arena
    let steps = steps
    tapes = network.sizes.enumerated().map { Tape(count: $1, steps: steps, isInput: $0 == 0, in: arena) }
    list = arena.allocate(network.sizes.max()!, of: UInt32.self)
    total = arena.allocate(network.sizes.max()!, of: Scalar.self)
  }

  /// Presents a sample and adds the derivatives of its loss to `gradients`, one matrix a projection in the layout of its
  /// weights. Returns the loss.
  @specialized(where Scalar == Float)
  func add(_ samples: EncodedSamples, sample k: Int, to gradients: [UnsafeMutablePointer<Scalar>]) -> Scalar {
    let loss = present(samples, sample: k)
    let top = tapes.count - 1
    readoutBack()
    for l in stride(from: top - 1, through: 0, by: -1) {
      if l == 0, !samples.currents.isEmpty {
        addDriven(to: gradients[0])
      } else {
        addEvents(l, to: gradients[l])
      }
      guard l > 0 else { break }
      sendBack(l)
      groupBack(tapes[l])
    }
    return loss
  }

  // MARK: Forth

  private func present(_ samples: EncodedSamples, sample k: Int) -> Scalar {
    let words = (steps + 63) / 64
    let top = tapes.count - 1
    for tape in tapes { for word in 0..<tape.count * words { tape.events[word] = 0 } }
    let isDriven = !samples.currents.isEmpty
    let readout = tapes[top]
    let share = lossAt == .everyStep ? 1 / Scalar(steps) : 1
    var loss = Scalar(0)
    network.beginSample()
    for t in 0..<steps {
      network.step(samples, sample: k, step: t, learning: true)
      for level in (isDriven ? 1 : 0)..<top { note(level, t) }
      let row = readout.gain + t * readout.columns
      if lossAt == .everyStep || t == steps - 1 {
        network.formReadoutError(label: samples.labels[k])
        Scalar.copy(readout.columns, network.readout.error, to: row)
        Scalar.multiply(readout.columns, row, by: share)
        loss += share * network.scalars.loss[0]
      } else {
        Scalar.fill(readout.columns, row, with: 0)
      }
    }
    return loss
  }

  /// Puts a group's step on its tape.
  private func note(_ level: Int, _ t: Int) {
    let tape = tapes[level]
    let group = network.groups[level]
    let bit = UInt64(1) << UInt64(t % 64)
    let events = tape.events + t / 64 * tape.count
    for k in 0..<Int(group.spikingCount[0]) { events[Int(group.spiking[k])] |= bit }
    guard level > 0 else { return }
    let row = t * tape.columns
    Scalar.copy(tape.count, group.gain, to: tape.gain + row)
    Scalar.copy(tape.count, group.spikes, to: tape.spikes + row)
    Scalar.copy(tape.count, group.potential, to: tape.potential + row)
    guard isAdaptive else { return }
    // θ_t = threshold + strength · h_{t−1}; on the way forth h is where h̄ will be.
    let adaptation = tape.carried.1
    if t == 0 { Scalar.fill(tape.count, adaptation, with: 0) }
    Scalar.fill(tape.count, tape.threshold + row, with: threshold)
    Scalar.addScaled(tape.count, tape.threshold + row, factor: adaptationStrength, adaptation)
    Scalar.leak(tape.count, adaptation, keep: adaptationDecay, gain: 1, group.spikes)
  }

  // MARK: Back

  private func readoutBack() {
    let tape = tapes[tapes.count - 1]
    let gain = 1 - readoutLeak
    let (potential, _, current) = tape.carried
    Scalar.fill(tape.count, potential, with: 0)
    Scalar.fill(tape.count, current, with: 0)
    for t in stride(from: steps - 1, through: 0, by: -1) {
      let row = t * tape.columns
      Scalar.leak(tape.count, potential, keep: readoutLeak, gain: 1, tape.gain + row)
      Scalar.leak(tape.count, current, keep: synapseDecay, gain: gain, potential)
      Scalar.copy(tape.count, current, to: tape.current + row)
    }
  }

  /// What group `l` is sent by the one above, at every step.
  private func sendBack(_ l: Int) {
    let projection = network.projections[l]
    let (own, above) = (tapes[l], tapes[l + 1])
    for t in 0..<steps {
      Scalar.rowDots(
        weights: nil, feedback: projection.weights, kind: .plain, scale: 1, stride: projection.columns,
        columns: projection.columns, rows: projection.preCount, above.current + t * above.columns, gain: nil,
        scratch: list, descending: false, into: own.sent + t * own.columns)
    }
  }

  @specialized(where Scalar == Float)
  private func groupBack(_ tape: Tape) {
    let (potential, adaptation, current) = tape.carried
    Scalar.fill(tape.count, potential, with: 0)
    Scalar.fill(tape.count, adaptation, with: 0)
    Scalar.fill(tape.count, current, with: 0)
    let leak = leak
    let synapseDecay = synapseDecay
    let zeroes: Scalar = reset == .zero ? 1 : 0
    // By how much the next potential falls with this step's spike, where that counts.
    let throughPotential: Scalar = differentiatesReset && reset == .zero ? leak : 0
    let throughThreshold = differentiatesReset && reset == .subtract
    for t in stride(from: steps - 1, through: 0, by: -1) {
      let row = t * tape.columns
      let (gain, spikes, v) = (tape.gain + row, tape.spikes + row, tape.potential + row)
      let (sent, out) = (tape.sent + row, tape.current + row)
      if throughThreshold, t + 1 < steps {
        let next = row + tape.columns
        for i in 0..<tape.count {
          sent[i] -= (isAdaptive ? tape.threshold[next + i] : threshold) * potential[i]
        }
      }
      if isAdaptive { for i in 0..<tape.count { sent[i] += adaptation[i] } }
      for i in 0..<tape.count {
        let sum = sent[i] - throughPotential * v[i] * potential[i]
        let through = gain[i] * sum
        sent[i] = through
        potential[i] = through + leak * (1 - zeroes * spikes[i]) * potential[i]
        current[i] = potential[i] + synapseDecay * current[i]
        out[i] = current[i]
      }
      guard isAdaptive else { continue }
      for i in 0..<tape.count {
        adaptation[i] = adaptationDecay * adaptation[i] - adaptationStrength * sent[i]
      }
      guard reset == .subtract, t > 0 else { continue }
      let before = spikes - tape.columns
      for i in 0..<tape.count { adaptation[i] -= adaptationStrength * before[i] * potential[i] }
    }
  }

  // MARK: Synapses

  /// `Σ_t Ī_t ⊗ s_t` over the spikes of group `l`.
  private func addEvents(_ l: Int, to gradient: UnsafeMutablePointer<Scalar>) {
    let (own, above) = (tapes[l], tapes[l + 1])
    for first in stride(from: 0, to: steps, by: 64) {
      let events = own.events + first / 64 * own.count
      var count = 0
      for j in 0..<own.count {
        list[count] = UInt32(j)
        count += events[j] != 0 ? 1 : 0
      }
      Scalar.addEvents(
        gradient, stride: above.columns, columns: above.columns, list, count, bits: events,
        above.current + first * above.columns)
    }
  }

  /// The same for inputs with a constant drive: `(Σ_t Ī_t) ⊗ drive`.
  private func addDriven(to gradient: UnsafeMutablePointer<Scalar>) {
    let above = tapes[1]
    let input = network.groups[0]
    Scalar.fill(above.columns, total, with: 0)
    for t in 0..<steps { Scalar.addScaled(above.columns, total, factor: 1, above.current + t * above.columns) }
    Scalar.addProducts(
      gradient, stride: above.columns, columns: above.columns, input.spiking, Int(input.spikingCount[0]),
      pre: input.spikes, preStride: tapes[0].columns, post: total, rank: 1)
  }
}
