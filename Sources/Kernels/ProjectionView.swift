/// Everything a projection's rule may read, as addresses that stay put as long as the network lives.
///
/// Vectors of the post side are padded with zeros to `columns`.
public struct ProjectionView<Scalar: KernelScalar> {
  /// Number of presynaptic and of postsynaptic neurons.
  public var preCount: Int, postCount: Int
  /// Postsynaptic count padded to 64 bytes; also the distance between rows.
  public var columns: Int
  /// Forward weights.
  public var matrix: SynapticMatrix<Scalar>
  /// Feedback weights between the same neurons, same layout; nil when the credit pathway has none.
  public var feedback: UnsafeMutablePointer<Scalar>?
  /// The presynaptic group.
  public var pre: GroupView<Scalar>
  /// The postsynaptic group.
  public var post: GroupView<Scalar>
  /// The network's scalars.
  public var scalars: ScalarView<Scalar>

  /// Steps of a sample.
  public var steps: Int
  /// The input's spikes, for the projection of the input where they are known before a sample begins.
  public var input: InputSpikes?
  /// Fixed feedback `B` that forms the pre group's error as `ψ_pre ∘ Bᵀ e_post`, one row per presynaptic neuron; nil
  /// where the error is formed in another way.
  public var errorFeedback: HalfMatrix<Scalar>?
  /// Samples whose changes a deferred plan may hold back and write together; more than 1 only where a sample is one step.
  public var samplesHeld = 1

  /// Forward weights, pre-major: `weights[pre · columns + post]`; current only when no changes are pending.
  public var weights: UnsafeMutablePointer<Scalar> { matrix.base }

  /// Collects the addresses.
  public init(
    matrix: SynapticMatrix<Scalar>, feedback: UnsafeMutablePointer<Scalar>?, pre: GroupView<Scalar>,
    post: GroupView<Scalar>, scalars: ScalarView<Scalar>, steps: Int, input: InputSpikes? = nil,
    errorFeedback: HalfMatrix<Scalar>? = nil
  ) {
    preCount = matrix.preCount
    postCount = matrix.postCount
    columns = matrix.columns
    self.matrix = matrix
    self.feedback = feedback
    self.pre = pre
    self.post = post
    self.scalars = scalars
    self.steps = steps
    self.input = input
    self.errorFeedback = errorFeedback
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
  /// The indices of the neurons that spike in this step, ascending.
  public var spiking: UnsafeMutablePointer<UInt32>
  /// How many spike in this step.
  public var spikingCount: UnsafeMutablePointer<UInt32>
  /// Share of the activity kept per step where the activity is a trace of the spikes,
  /// `y ← decay · y + (1 − decay) · s`; nil where it is something else.
  public var activityDecay: Double?

  /// Allocates the vectors of a group of `count` neurons.
  public init(count: Int, activityDecay: Double? = nil, in arena: Arena) {
    self.activityDecay = activityDecay
    spiking = arena.allocate(count, of: UInt32.self)
    spikingCount = arena.allocate(1, of: UInt32.self)
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

  /// `sample`: support samples of this episode before this one.
  public var sample: UnsafeMutablePointer<Scalar>

  /// Allocates the scalars.
  public init(in arena: Arena) {
    modulator = arena.allocate(1, of: Scalar.self)
    reward = arena.allocate(1, of: Scalar.self)
    loss = arena.allocate(1, of: Scalar.self)
    step = arena.allocate(1, of: Scalar.self)
    sample = arena.allocate(1, of: Scalar.self)
  }
}
