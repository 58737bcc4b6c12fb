// The requirements are documented at `NeuronModel`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Kernels

/// Leaky integrate-and-fire neurons, step 1:
///
///     v ← leak · v · (1 − s) + I        (reset zero; or leak · v − threshold · s + I)
///     s = 1 where v > threshold
///
/// The reset of a spike acts at the next step, so the input of that step is kept.
public final class LIF<Scalar: KernelScalar>: NeuronModel {
  public static var name: String { "lif" }

  private let count: Int
  private let leak: Scalar
  private let reset_: Int32
  private let threshold: UnsafeMutablePointer<Scalar>
  private let surrogate: (kind: Int32, width: Double)

  public init(count: Int, parameters: NetworkParameters, in arena: Arena) {
    self.count = count
    leak = Scalar(parameters.leak)
    reset_ = parameters.reset.code
    threshold = arena.allocate(1, of: Scalar.self)
    threshold[0] = Scalar(parameters.threshold)
    surrogate = parameters.surrogate.kernel
  }

  public func reset() {}

  @specialized(where Scalar == Float)
  public func step(
    _ group: GroupView<Scalar>, current: UnsafePointer<Scalar>, list: UnsafeMutablePointer<UInt32>
  ) -> Int {
    Scalar.spike(
      count, potential: group.potential, spikes: group.spikes, current: current, threshold: threshold,
      thresholdStep: 0, leak: leak, reset: reset_, list: list)
  }

  @specialized(where Scalar == Float)
  public func gain(_ group: GroupView<Scalar>) {
    Scalar.surrogate(
      count, into: group.gain, potential: group.potential, threshold: threshold, thresholdStep: 0,
      kind: surrogate.kind, width: Scalar(surrogate.width))
  }
}
