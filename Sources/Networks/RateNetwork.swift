import Kernels

/// A feed-forward network of rate neurons: `v_l = W_l y_{l−1}`, `y_l = φ(v_l)`, one step a sample.
///
/// The readout is linear; its activity is the softmax of its potential. The gain `ψ_l = φ′(v_l)` of every group is the
/// same function of its activity, the input's too: `ψ_0` of a softplus network is 0 where an input is 0.
/// - SeeAlso: Shervani-Tabar & Rosenbaum 2023, Nat. Commun. 14:1805.
public final class RateNetwork<Scalar: KernelScalar>: Network<Scalar> {
  /// φ.
  public let function: RateFunction
  /// β of softplus.
  public let sharpness: Scalar
  /// Sum over samples since `clearActivity` of each hidden group's mean activity.
  @exclusivity(unchecked) public private(set) var activitySums: [Double]

  /// Fewer are written at more cost a sample, more are corrected for at more cost.
  public static var samplesHeld: Int { 16 }

  private let code: Int32
  private let state: Arena
  private let everyone: UnsafeMutablePointer<UInt32>

  /// Allocates a network.
  /// - Precondition: sizes are positive and the neuron is a rate function.
  public init(parameters: NetworkParameters, inputCount: Int, outputCount: Int) {
    guard let function = parameters.rateFunction else { preconditionFailure("no rate function \(parameters.neuron)") }
    self.function = function
    code = function.code
    sharpness = Scalar(parameters.sharpness)
    activitySums = [Double](repeating: 0, count: parameters.hidden.count)
    let own = Arena()
    state = own
    let most = ([inputCount] + parameters.hidden).max()! + 1
    everyone = own.allocate(most, of: UInt32.self)
    for j in 0..<most { everyone[j] = UInt32(j) }
    super.init(
      parameters: parameters, inputCount: inputCount, outputCount: outputCount, steps: 1, activityDecay: nil,
      bias: parameters.bias, samplesHeld: Self.samplesHeld)
  }

  /// Presents a sample: activity of every group, and the gain of the hidden ones when `learning`.
  /// - Parameters:
  ///   - drive: the inputs' activity.
  ///   - list: the inputs whose activity is not zero, ascending.
  @specialized(where Scalar == Float)
  public func present(
    _ drive: UnsafePointer<Float>, list: UnsafePointer<UInt16>, count: Int, learning: Bool
  ) {
    clearInput()
    for k in 0..<count { setInput(k, Int(list[k]), Scalar(drive[Int(list[k])])) }
    propagateInput(count, learning: learning)
  }

  /// Presents a sample in full precision, one value an input.
  public func present(values: [Scalar], learning: Bool) {
    precondition(values.count == sizes[0], "\(values.count) values for \(sizes[0]) inputs")
    clearInput()
    var count = 0
    for (j, value) in values.enumerated() where value != 0 {
      setInput(count, j, value)
      count += 1
    }
    propagateInput(count, learning: learning)
  }

  private func clearInput() {
    let input = groups[0]
    let first = presynaptic[0]
    for k in 0..<Int(input.spikingCount[0]) {
      input.activity[Int(input.spiking[k])] = 0
      input.potential[Int(input.spiking[k])] = 0
      first.activity[Int(input.spiking[k])] = 0
    }
  }

  private func setInput(_ k: Int, _ j: Int, _ value: Scalar) {
    groups[0].spiking[k] = UInt32(j)
    groups[0].activity[j] = value
    // What an input neuron is driven with is all the potential it has.
    groups[0].potential[j] = value
    presynaptic[0].activity[j] = value
  }

  @specialized(where Scalar == Float)
  private func propagateInput(_ count: Int, learning: Bool) {
    let list = groups[0].spiking
    groups[0].spikingCount[0] = UInt32(count)
    // The list has room for the bias, which is not counted and so never cleared.
    if parameters.bias { list[count] = UInt32(sizes[0]) }
    projections[0].matrix.ahead(
      presynaptic[0].activity, list, parameters.bias ? count + 1 : count, into: groups[1].potential)
    propagate(learning: learning)
  }

  /// The groups above the input, from the first one's potential.
  @specialized(where Scalar == Float)
  private func propagate(learning: Bool) {
    let top = sizes.count - 1
    for level in 1..<top {
      let group = groups[level]
      let count = sizes[level]
      Scalar.rate(
        count, kind: code, sharpness: sharpness, group.potential, into: group.activity,
        gain: learning ? group.gain : nil)
      let below = presynaptic[level]
      if below.activity != group.activity { Scalar.copy(count, group.activity, to: below.activity) }
      projections[level].matrix.ahead(
        below.activity, everyone, projections[level].preCount, into: groups[level + 1].potential)
    }
  }

  /// Forgets mean activities.
  public func clearActivity() { for level in activitySums.indices { activitySums[level] = 0 } }

  /// Takes down the mean activity of every hidden group in the sample at hand.
  public func noteActivity() {
    for level in activitySums.indices {
      activitySums[level] += Double(Scalar.sum(groups[level + 1].activity, sizes[level + 1])) / Double(sizes[level + 1])
    }
  }

  /// The input's gain: the function of its activity that hidden neurons have.
  public override func formInputGain() {
    Scalar.rateGain(sizes[0], kind: code, sharpness: sharpness, groups[0].activity, into: groups[0].gain)
  }
}
