// The requirements are documented at `CreditPathway`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Kernels
import Networks

/// Backprop through the gain, one step deep: `e_l = (W_{l+1}ᵀ e_{l+1}) ∘ ψ_l`. The feedback *is* the forward weights.
public final class Transport<Scalar: KernelScalar>: CreditPathway {
  public static var name: String { "transport" }

  private let network: SpikingNetwork<Scalar>
  private let path: LayerwiseDelivery<Scalar>

  public init(network: SpikingNetwork<Scalar>) {
    self.network = network
    path = LayerwiseDelivery(network: network)
  }

  public func deliver(to lowest: Int) {
    path.deliver(
      to: lowest, kind: .plain, weights: { _ in nil }, magnitudes: { UnsafePointer(network.projections[$0].weights) },
      scale: { _ in 1 })
  }

  public func feedback(_ l: Int) -> UnsafeMutablePointer<Scalar>? { network.projections[l].weights }
}
