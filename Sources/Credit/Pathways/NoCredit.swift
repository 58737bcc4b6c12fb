// The requirements are documented at `CreditPathway`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Kernels
import Networks

/// No teaching signal: the error of every group below the readout stays 0. For unsupervised rules.
public final class NoCredit<Scalar: KernelScalar>: CreditPathway {
  public static var name: String { "none" }

  public init(network: Network<Scalar>) {}

  public func deliver(to lowest: Int) {}

  public func errorSource(_ l: Int) -> ErrorSource<Scalar>? { ErrorSource<Scalar>.none }
}
