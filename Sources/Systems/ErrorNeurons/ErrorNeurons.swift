import Kernels

/// The error neurons beside one layer, one for each of its neurons, for batches: they sum what comes and emit a spike with
/// a sign where the sum reaches ± a threshold, and begin again at 0.
///
/// In two channels each is a pair of neurons without signs: both sum the same input, one fires at the upper threshold, the
/// other at the lower; a spike of either resets both.
final class ErrorNeurons<Scalar: KernelScalar> {
  /// Θ_e.
  let threshold: Scalar
  /// Neurons of a sample.
  let width: Int
  /// The errors with their signs: the positive channel less the negative.
  let signed: UnsafeMutablePointer<Scalar>
  /// Spikes of the two channels; both nil where neurons have signs.
  let channels: (positive: UnsafeMutablePointer<Scalar>, negative: UnsafeMutablePointer<Scalar>)?
  /// What came at this step.
  let input: UnsafeMutablePointer<Scalar>
  /// Whether any neuron spiked at the last step.
  private(set) var anySpike = false

  private let potential: UnsafeMutablePointer<Scalar>
  /// The sum of the negative channel's neurons.
  private let otherPotential: UnsafeMutablePointer<Scalar>
  private let arena = Arena()

  init(_ width: Int, threshold: Double, twoChannels: Bool, capacity: Int) {
    self.width = width
    self.threshold = Scalar(threshold)
    let (arena, count) = (arena, width * capacity)
    signed = arena.allocate(count, of: Scalar.self)
    input = arena.allocate(count, of: Scalar.self)
    potential = arena.allocate(count, of: Scalar.self)
    otherPotential = arena.allocate(twoChannels ? count : 0, of: Scalar.self)
    channels =
      twoChannels ? (arena.allocate(count, of: Scalar.self), arena.allocate(count, of: Scalar.self)) : nil
  }

  /// Silence, for a new batch.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func reset(samples: Int) {
    let count = samples * width
    signed.update(repeating: 0, count: count)
    potential.update(repeating: 0, count: count)
    if let channels {
      channels.positive.update(repeating: 0, count: count)
      channels.negative.update(repeating: 0, count: count)
      otherPotential.update(repeating: 0, count: count)
    }
    anySpike = false
  }

  /// One step with `input`; neurons whose gate is 0 are not heard.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func step(gate: UnsafePointer<Scalar>?, samples: Int) {
    let (threshold, potential, input, signed, count) = (threshold, potential, input, signed, samples * width)
    if let channels {
      let (positive, negative, other) = (channels.positive, channels.negative, otherPotential)
      for i in 0..<count {
        let (upper, lower) = (potential[i] + input[i], other[i] + input[i])
        let spike: Scalar = upper >= threshold ? 1 : 0
        let spikeBelow: Scalar = lower <= -threshold ? 1 : 0
        positive[i] = spike
        negative[i] = spikeBelow
        potential[i] = upper * (1 - spike - spikeBelow)
        other[i] = lower * (1 - spike - spikeBelow)
      }
      if let gate {
        for i in 0..<count {
          positive[i] *= gate[i]
          negative[i] *= gate[i]
        }
      }
      for i in 0..<count { signed[i] = positive[i] - negative[i] }
    } else {
      for i in 0..<count {
        let u = potential[i] + input[i]
        let spike: Scalar = u >= threshold ? 1 : 0
        let spikeBelow: Scalar = u <= -threshold ? 1 : 0
        signed[i] = spike - spikeBelow
        potential[i] = u * (1 - spike - spikeBelow)
      }
      if let gate { for i in 0..<count { signed[i] *= gate[i] } }
    }
    var k = 0
    while k < count, signed[k] == 0 { k += 1 }
    anySpike = k < count
  }
}
