import Kernels
import Networks

/// A credit pathway by name.
public struct CreditEntry<Scalar: KernelScalar> {
  /// Name in rule and experiment pages.
  public let name: String
  /// One sentence for people.
  public let about: String
  /// Allocates the pathway beside a network.
  public let make: (Network<Scalar>) -> any CreditPathway<Scalar>
}

/// Every credit pathway: one line each.
public func creditCatalogue<Scalar: KernelScalar>(_ type: Scalar.Type) -> [CreditEntry<Scalar>] {
  [
    CreditEntry(name: Transport<Scalar>.name, about: "Backprop through psi: e = (Wᵀ e) ∘ ψ.") {
      Transport(network: $0)
    },
    CreditEntry(name: RandomFeedback<Scalar>.name, about: "Feedback alignment: e = (Bᵀ e) ∘ ψ, B fixed and random.") {
      RandomFeedback(network: $0)
    },
    CreditEntry(name: DirectFeedback<Scalar>.name, about: "Direct feedback alignment: e = (Dᵀ e_readout) ∘ ψ.") {
      DirectFeedback(network: $0)
    },
    CreditEntry(name: UniformSignFeedback<Scalar>.name, about: "Sign-concordant: e = (c · sgn(W)ᵀ e) ∘ ψ.") {
      UniformSignFeedback(network: $0)
    },
    CreditEntry(
      name: BatchwiseSignFeedback<Scalar>.name, about: "Sign-concordant, magnitudes redrawn for every sample."
    ) { BatchwiseSignFeedback(network: $0) },
    CreditEntry(name: FixedSignFeedback<Scalar>.name, about: "Sign-concordant, magnitudes fixed and random.") {
      FixedSignFeedback(network: $0)
    },
    CreditEntry(name: LearnedFeedback<Scalar>.name, about: "Feedback that the rule's db moves: e = (Bᵀ e) ∘ ψ.") {
      LearnedFeedback(network: $0)
    },
    CreditEntry(name: NoCredit<Scalar>.name, about: "No teaching signal: e = 0 below the readout.") {
      NoCredit(network: $0)
    },
  ]
}

/// Names of all credit pathways.
public let creditNames: [String] = creditCatalogue(Float.self).map(\.name)
