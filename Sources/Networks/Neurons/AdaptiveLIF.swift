// The requirements are documented at `NeuronModel`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Kernels

/// Leaky integrate-and-fire neurons whose threshold rises with their own recent spikes (Bellec et al. 2018):
///
///     θ = threshold + strength · h       from the adaptation before this step
///     v ← leak · v · (1 − s) + I,  s = 1 where v > θ
///     h ← decay · h + s
///
/// The gain is taken at the risen threshold.
public final class AdaptiveLIF<Scalar: KernelScalar>: NeuronModel {
  public static var name: String { "adaptive-lif" }

  private let count: Int
  private let leak: Scalar
  private let base: Scalar
  private let decay: Scalar
  private let strength: Scalar
  private let reset_: Int32
  private let threshold: UnsafeMutablePointer<Scalar>
  private let adaptation: UnsafeMutablePointer<Scalar>
  private let surrogate: (kind: Int32, width: Double)

  public init(count: Int, parameters: NetworkParameters, in arena: Arena) {
    self.count = count
    leak = Scalar(parameters.leak)
    base = Scalar(parameters.threshold)
    decay = Scalar(parameters.adaptationDecay)
    strength = Scalar(parameters.adaptationStrength)
    reset_ = parameters.reset.code
    threshold = arena.allocate(count, of: Scalar.self)
    adaptation = arena.allocate(count, of: Scalar.self)
    surrogate = parameters.surrogate.kernel
    reset()
  }

  public func reset() {
    Scalar.fill(count, adaptation, with: 0)
    Scalar.fill(count, threshold, with: base)
  }

  @specialized(where Scalar == Float)
  public func step(
    _ group: GroupView<Scalar>, current: UnsafePointer<Scalar>, list: UnsafeMutablePointer<UInt32>
  ) -> Int {
    Scalar.fill(count, threshold, with: base)
    Scalar.addScaled(count, threshold, factor: strength, adaptation)
    let spiked = Scalar.spike(
      count, potential: group.potential, spikes: group.spikes, current: current, threshold: threshold,
      thresholdStep: 1, leak: leak, reset: reset_, list: list)
    Scalar.leak(count, adaptation, keep: decay, gain: 1, group.spikes)
    return spiked
  }

  @specialized(where Scalar == Float)
  public func gain(_ group: GroupView<Scalar>) {
    Scalar.surrogate(
      count, into: group.gain, potential: group.potential, threshold: threshold, thresholdStep: 1,
      kind: surrogate.kind, width: Scalar(surrogate.width))
  }
}
