import Arithmetic
import Kernels

/// What a network has whatever its neurons are: groups, the synapses between them, a readout with its loss.
///
/// Group 0 is the input, the last one the readout, whose activity is the softmax of its potential. All arrays are
/// allocated once. How a sample is presented is the subclass's: `SpikingNetwork` step by step, `RateNetwork` at once.
public class Network<Scalar: KernelScalar> {
  /// What was chosen.
  public final let parameters: NetworkParameters
  /// Neurons of every group, input and readout included, without bias units.
  public final let sizes: [Int]
  /// Vectors of every group.
  public final let groups: [GroupView<Scalar>]
  /// Vectors of every group but the readout as the projection above sees them; other than `groups` in the activity only,
  /// and only with bias units.
  public final let presynaptic: [GroupView<Scalar>]
  /// Projection `l` leads from group `l` to group `l + 1`.
  public final let projections: [Projection<Scalar>]
  /// The scalars that rules may read.
  public final let scalars: ScalarView<Scalar>
  /// The input spikes of the sample at hand, where somebody says them in advance.
  public final let input = InputSpikes()
  /// Steps of a sample.
  public final let steps: Int
  /// Samples whose changes of the weights plans may hold back and write together.
  public final let samplesHeld: Int

  final let arena: Arena
  private final var givenWeights: [[Scalar]]?

  /// Allocates what all networks have.
  /// - Parameters:
  ///   - activityDecay: share of the hidden groups' activity kept per step where it is a trace of spikes.
  ///   - samplesHeld: see there; more than 1 only where a sample is one step.
  ///   - bias: whether every group below the readout has a unit of constant activity 1 beside its neurons.
  /// - Precondition: sizes are positive.
  init(
    parameters: NetworkParameters, inputCount: Int, outputCount: Int, steps: Int, activityDecay: Double?, bias: Bool,
    samplesHeld: Int
  ) {
    let sizes = [inputCount] + parameters.hidden + [outputCount]
    precondition(sizes.allSatisfy { $0 > 0 }, "a group is empty in \(sizes)")
    let arena = Arena()
    let extra = bias ? 1 : 0
    self.parameters = parameters
    self.sizes = sizes
    self.steps = steps
    self.samplesHeld = samplesHeld
    self.arena = arena
    groups = sizes.enumerated().map { level, count in
      var group = GroupView<Scalar>(
        count: count + extra, activityDecay: level + 1 < sizes.count ? activityDecay : nil, in: arena)
      // What an input neuron is driven with is all the potential it has.
      if level == 0 { group.potential = group.spikes }
      return group
    }
    presynaptic = zip(groups, sizes).dropLast().map { group, count in
      guard bias else { return group }
      var view = group
      view.activity = arena.allocate(count + 1, of: Scalar.self)
      view.activity[count] = 1
      return view
    }
    projections = (0..<sizes.count - 1).map { Projection(preCount: sizes[$0], postCount: sizes[$0 + 1], bias: bias) }
    scalars = ScalarView(in: arena)
    groups[sizes.count - 1].gain.update(repeating: 1, count: outputCount)
  }

  /// The readout group.
  public final var readout: GroupView<Scalar> { groups[sizes.count - 1] }

  /// Number of readout neurons.
  public final var outputCount: Int { sizes[sizes.count - 1] }

  /// Lets every episode start from these weights, one matrix [post, pre] a projection, instead of drawn ones; nil draws
  /// again.
  public final func startEpisodes(from weights: [[Scalar]]?) {
    if let weights { precondition(weights.count == projections.count, "\(weights.count) matrices") }
    givenWeights = weights
  }

  /// Draws the initial weights of an episode; those of bias units are 0.
  public final func drawWeights(_ draws: EpisodeDraws) {
    if let givenWeights {
      for (projection, weights) in zip(projections, givenWeights) { projection.dense = weights }
      return
    }
    for (l, projection) in projections.enumerated() {
      draws.fill(
        projection.weights, purpose: .weights, part: UInt32(l), preCount: projection.neuronCount,
        postCount: projection.postCount, bound: projection.bound(scale: parameters.weightScale))
      if projection.preCount > projection.neuronCount {
        Scalar.fill(projection.columns, projection.weights + projection.neuronCount * projection.columns, with: 0)
      }
      projection.matrix.baseChanged()
    }
  }

  /// Zeroes all state, and what is not a weight in the weights' memory: after numbers that were not finite.
  public final func clear() {
    clearGroups()
    for projection in projections {
      Scalar.fill(projection.preCount * projection.columns, projection.weights, with: 0)
      projection.matrix.baseChanged()
    }
  }

  /// Zeroes the vectors of every group, their padding too, and leaves the weights.
  public final func clearGroups() {
    for (level, (group, count)) in zip(groups, sizes).enumerated() {
      let padded = Scalar.padded(count + (parameters.bias ? 1 : 0))
      for vector in [group.activity, group.spikes, group.potential, group.error] {
        Scalar.fill(padded, vector, with: 0)
      }
      if level + 1 < sizes.count {
        Scalar.fill(padded, group.gain, with: 0)
        if presynaptic[level].activity != group.activity { Scalar.fill(count, presynaptic[level].activity, with: 0) }
      }
      group.spikingCount[0] = 0
    }
  }

  /// Forms the input's gain from its activity; pathways ask for it before they form the input's error.
  public func formInputGain() { preconditionFailure("\(type(of: self)) forms no input gain") }

  /// Forms the readout's activity softmax(v), its error softmax(v) − onehot, and `loss` and `reward` of this step.
  @specialized(where Scalar == Float)
  public final func formReadoutError(label: Int) {
    let group = readout
    let logTotal = Scalar.softmax(outputCount, group.potential, into: group.activity)
    Scalar.copy(outputCount, group.activity, to: group.error)
    group.error[label] -= 1
    scalars.loss[0] = logTotal - group.potential[label]
    scalars.reward[0] = largestOutput == label ? 1 : -1
  }

  /// Index of the largest readout potential, the first of equals.
  public final var largestOutput: Int {
    let potential = readout.potential
    var best = 0
    for i in 1..<max(1, outputCount) where potential[i] > potential[best] { best = i }
    return best
  }

  /// True when every weight is finite.
  public final var weightsAreFinite: Bool {
    projections.allSatisfy { Scalar.allFinite($0.weights, $0.preCount * $0.columns) }
  }

  /// True when every readout potential is finite.
  public final var readoutIsFinite: Bool { Scalar.allFinite(readout.potential, outputCount) }

  /// The arrays of projection `l` as its rule sees them.
  ///
  /// - Parameters:
  ///   - feedback: the feedback weights that rules read as `b`.
  ///   - errorFeedback: fixed feedback that forms the pre group's error.
  ///   - foresees: whether `input` will know the spikes of a sample before it begins.
  public final func view(
    _ l: Int, feedback: UnsafeMutablePointer<Scalar>?, errorFeedback: HalfMatrix<Scalar>? = nil,
    foresees: Bool = false
  ) -> ProjectionView<Scalar> {
    var view = ProjectionView(
      matrix: projections[l].matrix, feedback: feedback, pre: presynaptic[l], post: groups[l + 1], scalars: scalars,
      steps: steps, input: l == 0 && foresees ? input : nil, errorFeedback: errorFeedback)
    view.samplesHeld = samplesHeld
    return view
  }
}
