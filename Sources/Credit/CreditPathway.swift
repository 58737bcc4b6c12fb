import Kernels
import Networks

/// Who delivers the teaching signal: turns the readout's error into an error of every neuron below.
///
/// A pathway reads and writes the network's groups and may keep state of its own: feedback weights, error cells, inner
/// iterations. It never sees the rule.
public protocol CreditPathway<Scalar>: AnyObject {
  /// The precision.
  associatedtype Scalar: KernelScalar

  /// Name in rule and experiment pages.
  static var name: String { get }

  /// When errors are known.
  var delivery: CreditDelivery { get }

  /// Allocates what the pathway needs beside `network`.
  init(network: Network<Scalar>)

  /// Draws the feedback of an episode.
  func beginEpisode(_ draws: EpisodeDraws)

  /// Called before the first step of support sample `index`.
  func beginSample(_ index: Int)

  /// Writes `error` of the groups `lowest ..< readout` from the readout's error, gain included. Weights are read as they
  /// are; group 0 is the input.
  func deliver(to lowest: Int)

  /// The feedback weights between the two groups of projection `l` as rules read them (`b`), pre-major like the forward
  /// weights, or nil when the pathway has none.
  func feedback(_ l: Int) -> UnsafeMutablePointer<Scalar>?

  /// Feedback `B` that is fixed within an episode and forms the errors below projection `l` as `e_l = ψ_l ∘ Bᵀ e_{l+1}`,
  /// one row per presynaptic neuron; nil when errors are formed in another way. Plans that know it need not have the
  /// input's error delivered at every step.
  func fixedFeedback(_ l: Int) -> HalfMatrix<Scalar>?

  /// How the error of group `l`, in `0 ..< readout`, is formed in the sample at hand; nil for a pathway that does not say,
  /// through which nobody can differentiate. Addresses hold as long as the network does.
  func errorSource(_ l: Int) -> ErrorSource<Scalar>?
}

/// How a pathway forms the error of a group, for those who differentiate through it.
///
/// Matrices are pre-major like forward weights, rows padded to `columns`; a row of zeros where the presynaptic unit is a
/// bias.
public enum ErrorSource<Scalar: KernelScalar> {
  /// `e_l = ψ_l ∘ Wᵀ e_{l+1}` through the forward weights.
  case weights
  /// `e_l = ψ_l ∘ Bᵀ e_{l+1}`; `[pre · columns + post]` like forward weights, constant within a sample.
  case fixed(UnsafePointer<Scalar>)
  /// `e_l = ψ_l ∘ Dᵀ e_readout`; `[neuron of l · columns + readout]`, constant within a sample.
  case direct(UnsafePointer<Scalar>, columns: Int)
  /// `e_l = ψ_l ∘ (c · sgn(W))ᵀ e_{l+1}`.
  case signs(scale: Scalar)
  /// `e_l = ψ_l ∘ (M ∘ sgn(W))ᵀ e_{l+1}`; `M` like forward weights, constant within a sample.
  case signedMagnitudes(UnsafePointer<Scalar>)
  /// `e_l = 0`.
  case none
}

/// When a pathway knows its errors.
public enum CreditDelivery: Sendable {
  /// After every step.
  case step
  /// Only once the sample is over; rules then move weights once a sample.
  case sample
}

extension CreditPathway {
  /// Errors are known after every step.
  public var delivery: CreditDelivery { .step }
  /// Draws nothing.
  public func beginEpisode(_ draws: EpisodeDraws) {}
  /// Does nothing.
  public func beginSample(_ index: Int) {}
  /// None.
  public func feedback(_ l: Int) -> UnsafeMutablePointer<Scalar>? { nil }
  /// Not said.
  public func errorSource(_ l: Int) -> ErrorSource<Scalar>? { nil }
  /// None.
  public func fixedFeedback(_ l: Int) -> HalfMatrix<Scalar>? { nil }
}
