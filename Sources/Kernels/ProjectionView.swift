/// Everything a projection's rule may read, as addresses that stay put as long as the network lives.
///
/// Vectors of the post side are padded with zeros to `columns`.
public struct ProjectionView<Scalar: KernelScalar> {
  /// Number of presynaptic and of postsynaptic neurons.
  public var preCount: Int, postCount: Int
  /// Postsynaptic count padded to 64 bytes; also the distance between rows.
  public var columns: Int
  /// Forward weights, pre-major: `weights[pre · columns + post]`.
  public var weights: UnsafeMutablePointer<Scalar>
  /// Feedback weights between the same neurons, same layout; nil when the credit pathway has none.
  public var feedback: UnsafeMutablePointer<Scalar>?
  /// The presynaptic group.
  public var pre: GroupView<Scalar>
  /// The postsynaptic group.
  public var post: GroupView<Scalar>
  /// The network's scalars.
  public var scalars: ScalarView<Scalar>

  /// Collects the addresses.
  public init(
    preCount: Int, postCount: Int, weights: UnsafeMutablePointer<Scalar>, feedback: UnsafeMutablePointer<Scalar>?,
    pre: GroupView<Scalar>, post: GroupView<Scalar>, scalars: ScalarView<Scalar>
  ) {
    self.preCount = preCount
    self.postCount = postCount
    self.columns = Scalar.padded(postCount)
    self.weights = weights
    self.feedback = feedback
    self.pre = pre
    self.post = post
    self.scalars = scalars
  }
}

/// The vectors of one neuron group that rules may read, each [neurons] and padded with zeros.
public struct GroupView<Scalar: KernelScalar> {
  /// `y`: activity.
  public var activity: UnsafeMutablePointer<Scalar>
  /// `s`: spikes of this step.
  public var spikes: UnsafeMutablePointer<Scalar>
  /// `v`: membrane potential before reset.
  public var potential: UnsafeMutablePointer<Scalar>
  /// `psi`: gain.
  public var gain: UnsafeMutablePointer<Scalar>
  /// `e`: teaching signal.
  public var error: UnsafeMutablePointer<Scalar>

  /// Allocates the vectors of a group of `count` neurons.
  public init(count: Int, in arena: Arena) {
    activity = arena.allocate(count, of: Scalar.self)
    spikes = arena.allocate(count, of: Scalar.self)
    potential = arena.allocate(count, of: Scalar.self)
    gain = arena.allocate(count, of: Scalar.self)
    error = arena.allocate(count, of: Scalar.self)
  }
}

/// The scalars that rules may read.
public struct ScalarView<Scalar: KernelScalar> {
  /// `mod`: the global third factor.
  public var modulator: UnsafeMutablePointer<Scalar>
  /// `reward`: +1 when the readout's largest output is the label at this step, else −1.
  public var reward: UnsafeMutablePointer<Scalar>
  /// `loss`: cross-entropy of the readout at this step.
  public var loss: UnsafeMutablePointer<Scalar>
  /// `t`: steps of this sample before this one.
  public var step: UnsafeMutablePointer<Scalar>

  /// Allocates the scalars.
  public init(in arena: Arena) {
    modulator = arena.allocate(1, of: Scalar.self)
    reward = arena.allocate(1, of: Scalar.self)
    loss = arena.allocate(1, of: Scalar.self)
    step = arena.allocate(1, of: Scalar.self)
  }
}
