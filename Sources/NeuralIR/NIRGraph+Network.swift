import Networks

/// What is chosen when a network becomes a graph.
public struct NIRChoices: Sendable, Hashable {
  /// What becomes of the readout.
  public enum Readout: String, Sendable, Hashable, CaseIterable {
    /// A leaky integrator.
    case li
    /// Left out: the graph ends with the currents into it.
    case drop
  }

  /// How weights are written.
  public enum Dense: String, Sendable, Hashable, CaseIterable {
    /// With a bias of 0.
    case affine
    /// Without.
    case linear
  }

  /// Seconds that a step stands for in the file. NIR has no steps, and importers choose one of their own.
  public var dt = 1e-4
  /// What becomes of the readout.
  public var readout = Readout.li
  /// How weights are written.
  public var dense = Dense.affine

  /// What most importers read.
  public init() {}
}

/// Why a network has no graph.
public enum NIRRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// Its neurons have a rate.
  case rateNeurons(String)
  /// Its neurons are another spiking model than LIF.
  case spikingNeurons(String)
  /// A spike does something else than setting the potential to 0.
  case reset(NetworkParameters.Reset)
  /// A share that is kept of every step is 1.
  case keepsAll(String)
  /// The weights do not fit the network.
  case weights(String)

  /// One sentence.
  public var description: String {
    switch self {
    case .rateNeurons(let name):
      "NIR has no node for neurons with a rate, such as \(name): it describes spiking networks"
    case .spikingNeurons("adaptive-lif"):
      "NIR has no node for adaptive-lif neurons, whose threshold moves with their spikes: LIF has a fixed one"
    case .spikingNeurons(let name): "NIR has no node for \(name) neurons; lif has one"
    case .reset(.subtract):
      "NIR's LIF sets the potential to a fixed value after a spike, and reset: subtract takes the threshold from it"
    case .reset(let reset):
      "NIR's LIF sets the potential to a fixed value after a spike, and reset: \(reset.rawValue) does not"
    case .keepsAll(let key): "\(key) of 1 forgets nothing, and NIR's leaky nodes need a finite time constant"
    case .weights(let what): "the weights do not fit the network: \(what)"
    }
  }
}

extension NIRGraph {
  /// Seconds that a step of our simulations stands for.
  public static let simulatedStep = 1e-3

  /// The graph of a spiking network: input, then weights and neurons of each hidden group, then the readout.
  ///
  /// Our step is `u ← β u (1 − s) + W s`, a spike where u > threshold. Importers step by forward Euler, u ← (1 − dt/tau) u
  /// + dt/tau · r · I, so that `tau = dt / (1 − β)`, `r = 1` and weights `W / (1 − β)` give the same step in all of them. A
  /// synaptic current `i ← α i + W s` makes LIF into CubaLIF with `tau_mem = dt / (1 − β)`, `tau_syn = dt / (1 − α)`,
  /// `r = tau_mem / dt`, `w_in = tau_syn / dt` and the weights as they are. The readout `v ← λ v + (1 − λ) W s` is LI with
  /// `tau = dt / (1 − λ)` and `r = 1`. Shares are those of single precision, in which we simulate.
  /// - Parameters:
  ///   - network: what the network is.
  ///   - weights: one matrix [post, pre], row-major, for each projection, from the input's upwards.
  ///   - inputCount: inputs of a sample.
  ///   - outputCount: readout neurons.
  ///   - choices: time base, readout, kind of weights.
  /// - Throws: `NIRRefusal` where NIR cannot say what the network does.
  public init(
    _ network: NetworkParameters, weights: [[Float]], inputCount: Int, outputCount: Int, _ choices: NIRChoices
  ) throws(NIRRefusal) {
    try Self.check(network)
    let sizes = [inputCount] + network.hidden + [outputCount]
    guard weights.count == sizes.count - 1 else {
      throw .weights("\(weights.count) matrices for \(sizes.count - 1) projections")
    }
    let dt = choices.dt
    precondition(dt > 0 && dt.isFinite, "a step of \(dt) s")
    func kept(_ share: Double) -> Double { Double(Float(share)) }
    func tau(_ share: Double) -> Float { Float(dt / (1 - kept(share))) }
    let membraneGain = 1 / (1 - kept(network.leak))
    var chain = [Named("input", .input(count: inputCount))]
    for (l, matrix) in weights.enumerated() {
      let (pre, post) = (sizes[l], sizes[l + 1])
      guard matrix.count == post * pre else {
        throw .weights("\(matrix.count) weights from \(pre) to \(post) neurons")
      }
      let isReadout = l + 1 == weights.count
      let scale = isReadout || network.synapseDecay != nil ? 1 : membraneGain
      let scaled = scale == 1 ? matrix : matrix.map { Float(Double($0) * scale) }
      chain.append(
        Named(
          "fc_\(l)",
          choices.dense == .affine
            ? .affine(weight: scaled, post: post, pre: pre) : .linear(weight: scaled, post: post, pre: pre)))
      if isReadout, choices.readout == .drop { continue }
      let membrane = isReadout ? network.readoutLeak : network.leak
      let node: NIRNode
      switch (isReadout, network.synapseDecay) {
      case (false, nil):
        node = .lif(count: post, tau: tau(membrane), r: 1, threshold: Float(network.threshold))
      case (false, let decay?):
        node = .cubaLIF(
          count: post, tauMembrane: tau(membrane), tauSynapse: tau(decay), r: Float(membraneGain),
          threshold: Float(network.threshold), input: Float(1 / (1 - kept(decay))))
      case (true, nil): node = .li(count: post, tau: tau(membrane), r: 1)
      case (true, let decay?):
        node = .cubaLI(
          count: post, tauMembrane: tau(membrane), tauSynapse: tau(decay), r: 1, input: Float(1 / (1 - kept(decay))))
      }
      chain.append(Named(isReadout ? Self.readoutName : Self.hiddenName(l), node))
    }
    chain.append(Named("output", .output(count: outputCount)))
    self.init(chain: chain)
    metadata = [
      "dt": .number(Self.simulatedStep), "nir_dt": .number(dt), "leak": .number(network.leak),
      "readout_leak": .number(network.readoutLeak), "threshold": .number(network.threshold),
      "steps": .integer(network.steps),
    ]
    if let decay = network.synapseDecay { metadata["synapse_decay"] = .number(decay) }
  }

  /// What the node of a hidden group is called, from 0.
  public static func hiddenName(_ group: Int) -> String { "lif_\(group)" }
  /// What the node of the readout is called.
  public static let readoutName = "readout"

  /// Fails where NIR cannot say what a network does.
  public static func check(_ network: NetworkParameters) throws(NIRRefusal) {
    if network.rateFunction != nil { throw .rateNeurons(network.neuron) }
    if network.neuron != "lif" { throw .spikingNeurons(network.neuron) }
    if network.reset != .zero { throw .reset(network.reset) }
    for (key, share) in [
      ("network.leak", network.leak), ("network.readout_leak", network.readoutLeak),
      ("network.synapse_decay", network.synapseDecay ?? 0),
    ] where Float(share) >= 1 {
      throw .keepsAll(key)
    }
  }
}

extension NIRChoices {
  /// What whoever imports the graph should know, a sentence each.
  public var notes: [String] {
    var notes = [
      "time base \(dt) s per step (the importers' convention); simulated step was 1 ms"
    ]
    if dt != 1e-4 { notes.append("snnTorch reads every graph at 1e-4 s per step: this one will be silent there") }
    if readout == .li { notes.append("snnTorch and SpikingJelly import no LI: --nir-readout drop leaves it out") }
    if dense == .linear { notes.append("Norse, Nengo and Sinabs import no Linear: --nir-dense affine is for them") }
    return notes
  }
}
