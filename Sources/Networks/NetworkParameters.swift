/// What is chosen of a network; the defaults are reference experiment S5. Times are in steps.
public struct NetworkParameters: Sendable, Hashable, Codable {
  /// How a membrane forgets its spike at the next step.
  public enum Reset: String, Sendable, Hashable, Codable, CaseIterable {
    /// `v ← leak · v · (1 − s) + I`
    case zero
    /// `v ← leak · v − threshold · s + I`
    case subtract
    /// `v ← leak · v + I`
    case none
  }

  /// The neuron's name: a model of `neuronCatalogue` makes a spiking network, a `RateFunction` a rate network, which has
  /// one step a sample and reads of what follows only `hidden`, `sharpness`, `bias` and the scales of weights.
  public var neuron = "lif"
  /// Neurons of each hidden group, from the input upwards.
  public var hidden = [170, 130, 100, 70]
  /// Steps of a sample, at least 1.
  public var steps = 20
  /// Share of the membrane potential kept per step, in `0 ... 1`.
  public var leak = 0.9
  /// A neuron spikes when its potential is above this.
  public var threshold = 1.0
  /// What a spike does to the potential.
  public var reset = Reset.zero
  /// Share of the activity (low-pass of the spikes) kept per step, in `0 ..< 1`.
  public var activityDecay = 0.8
  /// Surrogate derivative of the spike: the gain ψ.
  public var surrogate = SurrogateGradient.fastSigmoid(slope: 2)
  /// Share of the synaptic current kept per step, `i ← α·i + W s`; nil lets currents act for one step only.
  public var synapseDecay: Double?
  /// Adaptive LIF: share of the adaptation kept per step.
  public var adaptationDecay = 0.95
  /// Adaptive LIF: how much the threshold rises per unit of adaptation.
  public var adaptationStrength = 0.1
  /// Share of the readout potential kept per step, in `0 ..< 1`.
  public var readoutLeak = 0.9
  /// Forward weights are uniform within ± this · √(6 / (n_in + n_out)).
  public var weightScale = 2.0
  /// Feedback weights follow the same law with this factor.
  public var feedbackScale = 2.0
  /// The step of a sample from which on weights move, counted from 1.
  public var learnFrom = 3
  /// softplus: the sharpness β of `log(1 + exp(β v)) / β`.
  public var sharpness = 10.0
  /// Rate networks: whether every group has a bias unit of constant activity 1 below the group above it.
  public var bias = false

  /// The reference network S5.
  public init() {}

  /// The function of the neurons' rate; nil for a spiking network.
  public var rateFunction: RateFunction? { RateFunction(rawValue: neuron) }
}
