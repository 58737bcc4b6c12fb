import Kernels
import Layers
import Networks
import Pages
import Rules

/// A published learning system: who computes the error of every neuron, when, and through which weights. What a synapse
/// does with it is a rule page's business: a system never sees the rule.
///
/// A system presents batches to a network that it may share with other systems of its kind (each then has a part of the
/// batch and a thread of its own). All arrays are allocated once; presenting allocates nothing.
public protocol LearningSystem<Scalar>: AnyObject {
  /// The precision.
  associatedtype Scalar: KernelScalar

  /// What people and the catalogue have to know.
  static var card: SystemCard { get }

  /// Allocates what the system needs beside `network`, for batches of up to `capacity` samples.
  /// - Precondition: `card` knows the network's neurons and layers (`SystemCard.refusal`).
  init(_ network: LayeredNetwork<Scalar>, _ settings: SystemSettings, capacity: Int)

  /// Draws feedback and forgets all state: the start of a run or of an episode. Weights are the network's and drawn there.
  func begin(_ draws: EpisodeDraws)

  /// Presents a batch: scores, losses and firing rates; when `learning`, also errors and all that `signals` shows.
  func present(_ batch: SampleBatch<Scalar>, learning: Bool)

  /// What speaks for each class in the batch at hand, `[sample][class]`; the answer is the largest.
  var scores: UnsafePointer<Scalar> { get }

  /// The loss of each sample of the batch at hand.
  var losses: UnsafePointer<Scalar> { get }

  /// Spikes per neuron and step of each hidden layer in the batch at hand; the mean activity of rate neurons.
  var rates: [Double] { get }

  /// What the synapses of connection `l` meet in the batch at hand; see `SynapseSignals`.
  func signals(_ l: Int) -> SynapseSignals<Scalar>

  /// The same, of which only `Σ_rows e_post ⊗ y_pre` counts; may have fewer rows.
  func gradientSignals(_ l: Int) -> SynapseSignals<Scalar>

  /// Feedback weights of connection `l` that rules read as `b` and may change by `db`, in the layout of its weights; nil
  /// without such.
  func feedback(_ l: Int) -> UnsafeMutablePointer<Scalar>?

  /// Conditions the changes that a rule asks for of connection `l`, summed over a whole batch, before they become a step:
  /// of its weights, and of its feedback weights where these learn.
  func condition(_ change: UnsafeMutablePointer<Scalar>, feedback: UnsafeMutablePointer<Scalar>?, _ l: Int)

  /// The sign, 1 or −1, that each weight of connection `l` has to keep, in the layout of its weights; nil where weights may
  /// cross 0. Whoever changes weights puts one that would cross to the 0 of its side: −0 below.
  func signs(_ l: Int) -> UnsafePointer<Scalar>?
}

extension LearningSystem {
  /// Those of `signals`.
  public func gradientSignals(_ l: Int) -> SynapseSignals<Scalar> { signals(l) }
  /// None.
  public func feedback(_ l: Int) -> UnsafeMutablePointer<Scalar>? { nil }
  /// Leaves changes as they are.
  public func condition(
    _ change: UnsafeMutablePointer<Scalar>, feedback: UnsafeMutablePointer<Scalar>?, _ l: Int
  ) {}
  /// None.
  public func signs(_ l: Int) -> UnsafePointer<Scalar>? { nil }
  /// Draws nothing.
  public func begin(_ draws: EpisodeDraws) {}
}

/// What the synapses of one connection meet: one row for every event at which they learn, such as every step of every
/// sample, rows of all samples of one step together.
///
/// Vectors of the pre side have `preShape.count` numbers a row, those of the post side `postShape.count`; nil stands for
/// what a system does not have.
public struct SynapseSignals<Scalar: KernelScalar> {
  /// Rows: `steps · samples`.
  public var rows: Int
  /// Rows of one sample.
  public var steps: Int
  /// `y_pre`: what the connection carries.
  public var preActivity: UnsafePointer<Scalar>
  /// `e_post`: the error of the neurons, gain included; prediction − target.
  public var postError: UnsafePointer<Scalar>
  /// `y_post`: the neurons' activity, below any pool.
  public var postActivity: UnsafePointer<Scalar>?
  /// `e_pre`: the error of the layer below as its own synapses meet it; nil for the input and through a pool.
  public var preError: UnsafePointer<Scalar>?
  /// `v_pre`.
  public var prePotential: UnsafePointer<Scalar>?
  /// `v_post`.
  public var postPotential: UnsafePointer<Scalar>?
  /// `psi_pre`.
  public var preGain: UnsafePointer<Scalar>?
  /// `psi_post`.
  public var postGain: UnsafePointer<Scalar>?
  /// `s_pre`.
  public var preSpikes: UnsafePointer<Scalar>?
  /// `s_post`.
  public var postSpikes: UnsafePointer<Scalar>?

  /// What every system has.
  public init(rows: Int, steps: Int, preActivity: UnsafePointer<Scalar>, postError: UnsafePointer<Scalar>) {
    (self.rows, self.steps) = (rows, steps)
    (self.preActivity, self.postError) = (preActivity, postError)
  }
}
