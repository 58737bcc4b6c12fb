// The requirements are documented at `CreditPathway`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Kernels
import Networks

/// Backprop through the gain, one step deep: `e_l = (W_{l+1}ᵀ e_{l+1}) ∘ ψ_l`. The feedback *is* the forward weights.
public final class Transport<Scalar: KernelScalar>: CreditPathway {
  public static var name: String { "transport" }

  private let network: Network<Scalar>

  public init(network: Network<Scalar>) { self.network = network }

  @specialized(where Scalar == Float)
  public func deliver(to lowest: Int) {
    for l in stride(from: network.projections.count - 1, through: lowest, by: -1) {
      if l == 0 { network.formInputGain() }
      network.projections[l].matrix.back(
        network.groups[l + 1].error, gain: network.groups[l].gain, into: network.groups[l].error)
    }
  }

  public func feedback(_ l: Int) -> UnsafeMutablePointer<Scalar>? { network.projections[l].weights }

  public func errorSource(_ l: Int) -> ErrorSource<Scalar>? { .weights }
}
