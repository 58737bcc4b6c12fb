/// What is chosen of a learner that descends the gradient through time with Adam.
public struct ThroughTimeSettings: Sendable, Hashable, Codable {
  /// Where in a spiking sample the loss, the cross-entropy of the readout, is taken.
  public enum LossAt: String, Sendable, Hashable, Codable, CaseIterable {
    /// At the last step, where queries are answered.
    case lastStep = "last-step"
    /// At every step, averaged.
    case everyStep = "every-step"
  }

  /// Adam's rate: about the length of a weight's step, above 0.
  public var rate = 2e-3
  /// How often the support samples are seen, at least 1.
  public var passes = 5
  /// Samples whose mean gradient makes one step, at least 1; the last batch of a pass holds what is left.
  public var batch = 10
  /// Where the loss is taken.
  public var lossAt = LossAt.lastStep
  /// Whether derivatives also flow through the reset of a spiking neuron. Without it a reset counts as a constant, as in
  /// most implementations.
  public var differentiatesReset = false
  /// Share of the mean gradient kept per step, in `0 ..< 1`.
  public var beta1 = 0.9
  /// Share of the mean squared gradient kept per step, in `0 ..< 1`.
  public var beta2 = 0.999
  /// Added to the root of the mean squared gradient, above 0.
  public var epsilon = 1e-8

  /// The standard choice.
  public init() {}
}
