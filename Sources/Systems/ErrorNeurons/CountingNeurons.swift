import Kernels

/// Integrate-and-fire neurons of one layer, for batches: `U ← U + I`; at or above Θ a spike and `U ← 0`.
///
/// They count their spikes in two windows, and know whether they spiked at all in phase 1.
final class CountingNeurons<Scalar: KernelScalar> {
  /// Neurons of a sample.
  let width: Int
  /// Θ.
  let threshold: Scalar
  /// Spikes of `chunk + 1` steps, `[step][sample][neuron]`; the first is the step before the chunk.
  let spikes: UnsafeMutablePointer<Scalar>
  /// `U`, after reset and injection.
  let potential: UnsafeMutablePointer<Scalar>
  /// Currents of a chunk of steps.
  let current: UnsafeMutablePointer<Scalar>
  /// Spikes in the windows of phase 1 and of phase 2.
  let before: UnsafeMutablePointer<Scalar>, after: UnsafeMutablePointer<Scalar>
  /// 1 where the neuron spiked in phase 1; 1 throughout where nothing is gated.
  let gate: UnsafeMutablePointer<Scalar>
  /// `(before − after) / τ`.
  let error: UnsafeMutablePointer<Scalar>
  private let isGated: Bool
  private let arena = Arena()

  init(_ width: Int, threshold: Double, chunk: Int, capacity: Int, formsCurrents: Bool, isGated: Bool) {
    self.isGated = isGated
    self.width = width
    self.threshold = Scalar(threshold)
    let (arena, count) = (arena, width * capacity)
    spikes = arena.allocate((chunk + 1) * count, of: Scalar.self)
    current = arena.allocate(formsCurrents ? chunk * count : 0, of: Scalar.self)
    potential = arena.allocate(count, of: Scalar.self)
    before = arena.allocate(count, of: Scalar.self)
    after = arena.allocate(count, of: Scalar.self)
    gate = arena.allocate(count, of: Scalar.self)
    gate.update(repeating: 1, count: count)
    error = arena.allocate(count, of: Scalar.self)
  }

  /// The spikes of step `k` of the chunk of a batch, counted from 1; 0 is the step before.
  func spikes(_ k: Int, samples: Int) -> UnsafeMutablePointer<Scalar> { spikes + k * samples * width }

  /// Silence, for a new batch.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func reset(samples: Int) {
    let count = samples * width
    spikes.update(repeating: 0, count: count)
    potential.update(repeating: 0, count: count)
    before.update(repeating: 0, count: count)
    after.update(repeating: 0, count: count)
    if isGated { gate.update(repeating: 0, count: count) }
  }

  /// Makes the last step of a chunk the one before the next.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func keepLast(_ k: Int, samples: Int) {
    spikes.update(from: spikes(k, samples: samples), count: samples * width)
  }

  /// One step: spikes, reset, and what the step counts for.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func step(_ k: Int, _ current: UnsafePointer<Scalar>, samples: Int, _ windows: StepWindows) {
    let (threshold, potential, count) = (threshold, potential, samples * width)
    let spikes = spikes(k, samples: samples)
    for i in 0..<count {
      let u = potential[i] + current[i]
      let spike: Scalar = u >= threshold ? 1 : 0
      spikes[i] = spike
      potential[i] = u * (1 - spike)
    }
    if windows.isBefore { add(spikes, to: before, count) }
    if windows.isAfter { add(spikes, to: after, count) }
    if windows.gates, isGated {
      let gate = gate
      for i in 0..<count { gate[i] = spikes[i] > gate[i] ? spikes[i] : gate[i] }
    }
  }

  /// `U += amount · x`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func inject(_ amount: Scalar, _ x: UnsafePointer<Scalar>, samples: Int) {
    let potential = potential
    for i in 0..<samples * width { potential[i] += amount * x[i] }
  }

  /// Forms `error`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func formError(tau: Scalar, samples: Int) {
    let (before, after, error) = (before, after, error)
    for i in 0..<samples * width { error[i] = (before[i] - after[i]) / tau }
  }

  @inline(__always)
  private func add(_ spikes: UnsafeMutablePointer<Scalar>, to counts: UnsafeMutablePointer<Scalar>, _ count: Int) {
    for i in 0..<count { counts[i] += spikes[i] }
  }
}

/// What the spikes of one step count for.
struct StepWindows {
  /// In the count of phase 1.
  let isBefore: Bool
  /// In the count of phase 2.
  let isAfter: Bool
  /// For the gate.
  let gates: Bool
}
