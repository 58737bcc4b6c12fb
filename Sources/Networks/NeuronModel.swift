import Kernels

/// The dynamics of a group of spiking neurons: input current to potential and spikes, one step at a time.
public protocol NeuronModel<Scalar>: AnyObject {
  /// The precision.
  associatedtype Scalar: KernelScalar

  /// Name in experiment pages.
  static var name: String { get }

  /// Allocates the state of `count` neurons.
  init(count: Int, parameters: NetworkParameters, in arena: Arena)

  /// Back to rest: the start of a sample. Potential and spikes of the group are zeroed by the network.
  func reset()

  /// Integrates `current` [neurons] into `group.potential`, thresholds into `group.spikes`, and writes the indices of
  /// the neurons that spiked to `list`, ascending. Returns how many spiked. The potential is left before its reset.
  func step(
    _ group: GroupView<Scalar>, current: UnsafePointer<Scalar>, list: UnsafeMutablePointer<UInt32>
  ) -> Int

  /// Writes the gain ψ of the present potential to `group.gain`.
  func gain(_ group: GroupView<Scalar>)
}

/// A neuron model by name.
public struct NeuronEntry<Scalar: KernelScalar> {
  /// Name in experiment pages.
  public let name: String
  /// Allocates a group.
  public let make: (Int, NetworkParameters, Arena) -> any NeuronModel<Scalar>
}

/// Every spiking neuron model: one line each.
public func neuronCatalogue<Scalar: KernelScalar>(_ type: Scalar.Type) -> [NeuronEntry<Scalar>] {
  [
    NeuronEntry(name: LIF<Scalar>.name) { LIF(count: $0, parameters: $1, in: $2) },
    NeuronEntry(name: AdaptiveLIF<Scalar>.name) { AdaptiveLIF(count: $0, parameters: $1, in: $2) },
  ]
}

/// Names of the spiking neuron models.
public let spikingNeuronNames: [String] = neuronCatalogue(Float.self).map(\.name)

/// Names of all neurons: spiking models first, then rate functions.
public let neuronNames: [String] = spikingNeuronNames + RateFunction.allCases.map(\.rawValue)

extension NetworkParameters.Reset {
  /// Kernel code.
  var code: Int32 {
    switch self {
    case .zero: 0
    case .subtract: 1
    case .none: 2
    }
  }
}
