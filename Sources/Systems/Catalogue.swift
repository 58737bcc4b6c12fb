import Kernels
import Layers

/// A learning system by name.
public struct SystemEntry<Scalar: KernelScalar>: Sendable {
  /// What it is.
  public let card: SystemCard
  /// Allocates it beside a network, for batches of up to so many samples.
  public let make: @Sendable (LayeredNetwork<Scalar>, SystemSettings, Int) -> any LearningSystem<Scalar>

  init<System: LearningSystem<Scalar>>(_ type: System.Type) {
    card = System.card
    make = { System($0, $1, capacity: $2) }
  }
}

/// Every learning system: one line each.
public func systemCatalogue<Scalar: KernelScalar>(_ type: Scalar.Type) -> [SystemEntry<Scalar>] {
  [
    SystemEntry(LayerwiseFeedback<Scalar>.self),
    SystemEntry(BackpropagationThroughTime<Scalar>.self),
    SystemEntry(EligibilityPropagation<Scalar>.self),
    SystemEntry(PredictiveCoding<Scalar>.self),
    SystemEntry(ErrorKernels<Scalar>.self),
    SystemEntry(SpikingErrorNeurons<Scalar>.self),
    SystemEntry(TSSLBP<Scalar>.self),
    SystemEntry(MicrocircuitSCFA<Scalar>.self),
    SystemEntry(BioLeaF<Scalar>.self),
  ]
}

/// The cards of all learning systems.
public let systemCards: [SystemCard] = systemCatalogue(Float.self).map(\.card)
