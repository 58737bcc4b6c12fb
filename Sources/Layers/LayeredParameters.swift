import Networks

/// The neurons of layered networks; a learning system says which of them it knows.
public enum LayerNeuron: String, Sendable, Hashable, Codable, CaseIterable {
  /// `y = log(1 + exp(β v)) / β`.
  case softplus
  /// `y = tanh v`.
  case tanh
  /// `y = max(v, 0)`.
  case relu
  /// `y = 1 / (1 + exp(−v))`.
  case sigmoid
  /// `y = sgn v`, 0 at 0; no derivative.
  case signum
  /// Leaky integrate-and-fire.
  case lif
  /// Integrate-and-fire without a leak, reset to 0, fires at or above its threshold.
  case integrateAndFire = "integrate-and-fire"

  /// The function of a rate neuron that has a derivative.
  public var rateFunction: RateFunction? { RateFunction(rawValue: rawValue) }

  /// Whether it spikes.
  public var spikes: Bool { self == .lif || self == .integrateAndFire }
}

/// The law of initial weights.
public enum WeightLaw: Sendable, Hashable, Codable {
  /// Uniform within ± scale · √(6 / (n_in + n_out)); Glorot & Bengio 2010. A convolution counts its kernels' places.
  case glorot(scale: Double)
  /// Normal of variance `variance / n_in`; 2 is He et al. 2015.
  case normal(variance: Double)
  /// Uniform within ± scale / √n_in.
  case uniform(scale: Double)
}

/// What is chosen of a layered network.
public struct LayeredParameters: Sendable, Hashable, Codable {
  /// The hidden layers, from the input upwards; a dense readout with one neuron a class comes on top.
  public var layers: [LayerForm]
  /// The hidden neurons.
  public var neuron: LayerNeuron
  /// Whether every neuron, or every channel of a convolution, has a bias.
  public var bias = false
  /// Constants of the neurons and the scale of feedback; `neuron`, `hidden` and `bias` of it are not read.
  public var constants = NetworkParameters()
  /// The law of weights of dense layers.
  public var dense = WeightLaw.glorot(scale: 1)
  /// The law of weights of convolutions.
  public var convolution = WeightLaw.uniform(scale: 1)

  /// Layers of neurons.
  public init(_ layers: [LayerForm], neuron: LayerNeuron) { (self.layers, self.neuron) = (layers, neuron) }
}
