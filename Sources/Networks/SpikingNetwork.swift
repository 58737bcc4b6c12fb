import Arithmetic
import Kernels

/// A feed-forward spiking network: an input group, hidden groups of one neuron model, and a leaky readout.
///
/// Spikes pass through all groups within a step. The readout integrates without spiking; its activity is the softmax of
/// its potential. All arrays are allocated once; a step allocates nothing.
public final class SpikingNetwork<Scalar: KernelScalar> {
  /// What was chosen.
  public let parameters: NetworkParameters
  /// Neurons of every group, input and readout included.
  public let sizes: [Int]
  /// Vectors of every group.
  public let groups: [GroupView<Scalar>]
  /// Projection `l` leads from group `l` to group `l + 1`.
  public let projections: [Projection<Scalar>]
  /// The scalars that rules may read.
  public let scalars: ScalarView<Scalar>
  /// The input spikes of the sample at hand, where somebody says them in advance.
  public let input = InputSpikes()
  /// Spikes of each hidden group since `clearCounts`.
  @exclusivity(unchecked) public private(set) var spikeCounts: [Int]
  /// Steps since `clearCounts`.
  @exclusivity(unchecked) public private(set) var stepCount = 0

  let arena = Arena()
  private let neurons: [any NeuronModel<Scalar>]
  /// The matrices of the projections, for loops that count no references.
  private let matrices: [Unmanaged<SynapticMatrix<Scalar>>]
  private let currents: [UnsafeMutablePointer<Scalar>]
  private let filtered: [UnsafeMutablePointer<Scalar>]
  private let activityDecay: Scalar
  private let readoutLeak: Scalar
  private let synapseDecay: Scalar?
  private let activityGain: Scalar
  private let readoutGain: Scalar
  private let stepNumbers: [Scalar]
  @exclusivity(unchecked) private var step_ = 0

  /// Allocates a network.
  /// - Precondition: sizes are positive and the neuron model is in the catalogue.
  public init(parameters: NetworkParameters, inputCount: Int, outputCount: Int) {
    self.parameters = parameters
    let sizes = [inputCount] + parameters.hidden + [outputCount]
    self.sizes = sizes
    precondition(sizes.allSatisfy { $0 > 0 }, "a group is empty in \(sizes)")
    let arena = self.arena
    let catalogue = neuronCatalogue(Scalar.self)
    guard let entry = catalogue.first(where: { $0.name == parameters.neuron }) else {
      preconditionFailure("no neuron model \(parameters.neuron)")
    }
    groups = sizes.enumerated().map { level, count in
      var group = GroupView<Scalar>(
        count: count, activityDecay: level + 1 < sizes.count ? parameters.activityDecay : nil, in: arena)
      // What an input neuron is driven with is all the potential it has.
      if level == 0 { group.potential = group.spikes }
      return group
    }
    projections = (0..<sizes.count - 1).map { Projection(preCount: sizes[$0], postCount: sizes[$0 + 1]) }
    matrices = projections.map { .passUnretained($0.matrix) }
    scalars = ScalarView(in: arena)
    neurons = parameters.hidden.map { entry.make($0, parameters, arena) }
    currents = sizes.map { arena.allocate($0, of: Scalar.self) }
    filtered = sizes.map { arena.allocate($0, of: Scalar.self) }
    spikeCounts = [Int](repeating: 0, count: parameters.hidden.count)
    activityDecay = Scalar(parameters.activityDecay)
    readoutLeak = Scalar(parameters.readoutLeak)
    activityGain = 1 - activityDecay
    readoutGain = 1 - readoutLeak
    stepNumbers = (0..<parameters.steps).map { Scalar($0) }
    synapseDecay = parameters.synapseDecay.map { Scalar($0) }
    let readout = groups[sizes.count - 1]
    readout.gain.update(repeating: 1, count: outputCount)
  }

  /// The readout group.
  public var readout: GroupView<Scalar> { groups[sizes.count - 1] }

  /// Number of readout neurons.
  public var outputCount: Int { sizes[sizes.count - 1] }

  /// Draws the initial weights of an episode.
  public func drawWeights(_ draws: EpisodeDraws) {
    for (l, projection) in projections.enumerated() {
      draws.fill(
        projection.weights, purpose: .weights, part: UInt32(l), preCount: projection.preCount,
        postCount: projection.postCount, bound: projection.bound(scale: parameters.weightScale))
      projection.matrix.baseChanged()
    }
  }

  /// Zeroes the spike counts.
  public func clearCounts() {
    for level in spikeCounts.indices { spikeCounts[level] = 0 }
    stepCount = 0
  }

  /// Zeroes all state but the weights: the start of a sample.
  @specialized(where Scalar == Float)
  public func beginSample() {
    for (group, count) in zip(groups, sizes) {
      for vector in [group.activity, group.spikes, group.potential, group.error] {
        Scalar.fill(count, vector, with: 0)
      }
    }
    for (current, count) in zip(filtered, sizes) { Scalar.fill(count, current, with: 0) }
    for model in neurons { model.reset() }
    for group in groups { group.spikingCount[0] = 0 }
    scalars.step[0] = 0
    step_ = 0
  }

  /// One step driven by input spikes: `list` holds the indices of the inputs that spike, ascending.
  @specialized(where Scalar == Float)
  public func step(spikes list: UnsafePointer<UInt16>, count: Int, learning: Bool) {
    let group = groups[0]
    for k in 0..<Int(group.spikingCount[0]) { group.spikes[Int(group.spiking[k])] = 0 }
    for k in 0..<count {
      group.spiking[k] = UInt32(list[k])
      group.spikes[Int(list[k])] = 1
    }
    group.spikingCount[0] = UInt32(count)
    projections[0].matrix.ahead(spikes: group.spikes, group.spiking, count, into: currents[1])
    propagate(learning: learning)
  }

  /// One step of a sample whose currents the input's projection has foreseen; the input group's own vectors are left
  /// as they are, for nobody reads them.
  @specialized(where Scalar == Float)
  public func stepForeseen() {
    projections[0].matrix.ahead(spikes: groups[0].spikes, groups[0].spiking, 0, into: currents[1])
    propagate(learning: true, followsInput: false)
  }

  /// One step driven by input currents; `list` holds the indices of the inputs whose current is not zero.
  @specialized(where Scalar == Float)
  public func step(
    currents drive: UnsafePointer<Float>, list: UnsafePointer<UInt16>, count: Int, learning: Bool
  ) {
    let group = groups[0]
    for k in 0..<count {
      group.spiking[k] = UInt32(list[k])
      group.spikes[Int(list[k])] = Scalar(drive[Int(list[k])])
    }
    group.spikingCount[0] = UInt32(count)
    projections[0].matrix.ahead(group.spikes, group.spiking, count, into: currents[1])
    propagate(learning: learning)
  }

  @specialized(where Scalar == Float)
  private func propagate(learning: Bool, followsInput: Bool = true) {
    if learning, followsInput { low(0) }
    let top = sizes.count - 1
    for level in 1..<top {
      let group = groups[level]
      let spiked = neurons[level - 1].step(group, current: current(level), list: group.spiking)
      group.spikingCount[0] = UInt32(spiked)
      spikeCounts[level - 1] += spiked
      if learning {
        neurons[level - 1].gain(group)
        low(level)
      }
      let target = currents[level + 1]
      matrices[level]._withUnsafeGuaranteedRef {
        $0.ahead(spikes: group.spikes, group.spiking, spiked, into: target)
      }
    }
    Scalar.leak(
      sizes[top], groups[top].potential, keep: readoutLeak, gain: readoutGain, current(top))
    scalars.step[0] = stepNumbers[step_]
    step_ += 1
    stepCount += 1
  }

  /// Low-passes the spikes of a group into its activity: `a ← decay · a + (1 − decay) · s`.
  private func low(_ level: Int) {
    let group = groups[level]
    Scalar.leak(sizes[level], group.activity, keep: activityDecay, gain: activityGain, group.spikes)
  }

  private func current(_ level: Int) -> UnsafePointer<Scalar> {
    guard let synapseDecay else { return UnsafePointer(currents[level]) }
    Scalar.leak(sizes[level], filtered[level], keep: synapseDecay, gain: 1, currents[level])
    return UnsafePointer(filtered[level])
  }

  /// The input's gain: 1 where its activity is above 0, else 0.
  public func formInputGain() { Scalar.positive(sizes[0], into: groups[0].gain, groups[0].activity) }

  /// Forms the readout's activity softmax(v), its error softmax(v) − onehot, and `loss` and `reward` of this step.
  @specialized(where Scalar == Float)
  public func formReadoutError(label: Int) {
    let group = readout
    let logTotal = Scalar.softmax(outputCount, group.potential, into: group.activity)
    Scalar.copy(outputCount, group.activity, to: group.error)
    group.error[label] -= 1
    scalars.loss[0] = logTotal - group.potential[label]
    scalars.reward[0] = largestOutput == label ? 1 : -1
  }

  /// Index of the largest readout potential, the first of equals.
  public var largestOutput: Int {
    let potential = readout.potential
    var best = 0
    for i in 1..<max(1, outputCount) where potential[i] > potential[best] { best = i }
    return best
  }

  /// True when every weight is finite.
  public var weightsAreFinite: Bool {
    projections.allSatisfy { Scalar.allFinite($0.weights, $0.preCount * $0.columns) }
  }

  /// True when every readout potential is finite.
  public var readoutIsFinite: Bool { Scalar.allFinite(readout.potential, outputCount) }

  /// The arrays of projection `l` as its rule sees them.
  ///
  /// - Parameters:
  ///   - feedback: the feedback weights that rules read as `b`.
  ///   - errorFeedback: fixed feedback that forms the pre group's error.
  ///   - foresees: whether `input` will know the spikes of a sample before it begins.
  public func view(
    _ l: Int, feedback: UnsafeMutablePointer<Scalar>?, errorFeedback: HalfMatrix<Scalar>? = nil,
    foresees: Bool = false
  ) -> ProjectionView<Scalar> {
    ProjectionView(
      matrix: projections[l].matrix, feedback: feedback, pre: groups[l], post: groups[l + 1], scalars: scalars,
      steps: parameters.steps, input: l == 0 && foresees ? input : nil, errorFeedback: errorFeedback)
  }
}
