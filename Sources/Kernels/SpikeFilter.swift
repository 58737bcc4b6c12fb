/// `Wᵀx` for a trace `x` of postsynaptic spikes, event by event.
///
/// With `x ← keep · x + gain · s` and the matrix unchanged within a sample, `W₀ᵀx` follows the same recursion,
/// `z ← keep · z + gain · W₀ᵀs`: only the rows of neurons that spike are read.
final class SpikeFilter<Scalar: KernelScalar> {
  private let view: ProjectionView<Scalar>
  private let keep: Scalar
  private let gain: Scalar
  private let trace: UnsafePointer<Scalar>
  private let filtered: UnsafeMutablePointer<Scalar>
  private let current: UnsafeMutablePointer<Scalar>
  @exclusivity(unchecked) private var writes = -1

  init(view: ProjectionView<Scalar>, trace: UnsafePointer<Scalar>, keep: Double, gain: Double, in arena: Arena) {
    self.view = view
    self.trace = trace
    self.keep = Scalar(keep)
    self.gain = Scalar(gain)
    filtered = arena.allocate(view.matrix.rows, of: Scalar.self)
    current = arena.allocate(view.matrix.rows, of: Scalar.self)
  }

  /// The start of a sample.
  @specialized(where Scalar == Float)
  func reset() {
    Scalar.fill(view.matrix.rows, filtered, with: 0)
    writes = view.matrix.writes
  }

  /// Takes in the spikes of a step.
  @specialized(where Scalar == Float)
  func advance() {
    let matrix = view.matrix
    guard writes == matrix.writes else { return }
    Scalar.fill(matrix.rows, current, with: 0)
    Scalar.accumulate(
      matrix.transposed!, stride: matrix.rows, columns: matrix.rows, view.post.spiking,
      Int(view.post.spikingCount[0]), into: current)
    Scalar.leak(view.preCount, filtered, keep: keep, gain: gain, current)
  }

  /// `y = Wᵀx`, pending changes included.
  @specialized(where Scalar == Float)
  func read(into y: UnsafeMutablePointer<Scalar>) {
    guard writes == view.matrix.writes else {
      // The matrix was written within the sample: the recursion does not hold.
      view.matrix.back(trace, gain: nil, into: y)
      return
    }
    Scalar.copy(view.preCount, filtered, to: y)
    view.matrix.addPendingBack(trace, to: y)
  }
}
