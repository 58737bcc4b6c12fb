import Kernels

/// A feed-forward spiking network: an input group, hidden groups of one neuron model, and a leaky readout.
///
/// Spikes pass through all groups within a step. The readout integrates without spiking; its activity is the softmax of
/// its potential. All arrays are allocated once; a step allocates nothing.
public final class SpikingNetwork<Scalar: KernelScalar>: Network<Scalar> {
  /// Spikes of each hidden group since `clearCounts`.
  @exclusivity(unchecked) public private(set) var spikeCounts: [Int]
  /// Steps since `clearCounts`.
  @exclusivity(unchecked) public private(set) var stepCount = 0

  private let neurons: [any NeuronModel<Scalar>]
  /// The matrices of the projections, for loops that count no references.
  private var matrices: [Unmanaged<SynapticMatrix<Scalar>>] = []
  private let state: Arena
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
    guard let entry = neuronCatalogue(Scalar.self).first(where: { $0.name == parameters.neuron }) else {
      preconditionFailure("no spiking neuron model \(parameters.neuron)")
    }
    activityDecay = Scalar(parameters.activityDecay)
    readoutLeak = Scalar(parameters.readoutLeak)
    activityGain = 1 - activityDecay
    readoutGain = 1 - readoutLeak
    stepNumbers = (0..<parameters.steps).map { Scalar($0) }
    synapseDecay = parameters.synapseDecay.map { Scalar($0) }
    spikeCounts = [Int](repeating: 0, count: parameters.hidden.count)
    let own = Arena()
    state = own
    neurons = parameters.hidden.map { entry.make($0, parameters, own) }
    let sizes = [inputCount] + parameters.hidden + [outputCount]
    currents = sizes.map { own.allocate($0, of: Scalar.self) }
    filtered = sizes.map { own.allocate($0, of: Scalar.self) }
    super.init(
      parameters: parameters, inputCount: inputCount, outputCount: outputCount, steps: parameters.steps,
      activityDecay: parameters.activityDecay, bias: false, samplesHeld: 1)
    matrices = projections.map { .passUnretained($0.matrix) }
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
  public override func formInputGain() { Scalar.positive(sizes[0], into: groups[0].gain, groups[0].activity) }
}
