// The requirements are documented at `CreditPathway`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Kernels
import Networks

/// Uniform sign-concordant feedback (uSF): `e_l = (c · sgn(W_{l+1})ᵀ e_{l+1}) ∘ ψ_l`.
///
/// `c = feedbackScale · √(2 / (n_in + n_out))`, the standard deviation of random feedback of the same scale; the sign is
/// taken anew at every step and is 0 for a weight of 0.
/// - SeeAlso: Liao, Leibo & Poggio 2016, arXiv 1510.05067.
public final class UniformSignFeedback<Scalar: KernelScalar>: CreditPathway {
  public static var name: String { "usf" }

  private let network: Network<Scalar>
  private let path: LayerwiseDelivery<Scalar>
  private let scales: [Scalar]

  public init(network: Network<Scalar>) {
    self.network = network
    path = LayerwiseDelivery(network: network)
    for projection in network.projections { projection.matrix.requireCurrent() }
    scales = network.projections.map {
      Scalar(network.parameters.feedbackScale * (2 / Double($0.neuronCount + $0.postCount)).squareRoot())
    }
  }

  public func deliver(to lowest: Int) {
    path.deliver(
      to: lowest, kind: .sign, weights: { UnsafePointer(network.projections[$0].weights) }, magnitudes: { _ in nil },
      scale: { scales[$0] })
  }

  public func errorSource(_ l: Int) -> ErrorSource<Scalar>? { .signs(scale: scales[l]) }
}

/// Fixed sign-concordant feedback (frSF): `e_l = ((|M| ∘ sgn(W_{l+1}))ᵀ e_{l+1}) ∘ ψ_l`, `M` drawn once an episode.
/// - SeeAlso: Liao, Leibo & Poggio 2016, arXiv 1510.05067.
public final class FixedSignFeedback<Scalar: KernelScalar>: CreditPathway {
  public static var name: String { "frsf" }

  private let magnitudes: SignedMagnitudes<Scalar>
  private var isGiven = false

  public init(network: Network<Scalar>) { magnitudes = SignedMagnitudes(network: network) }

  /// Lets every episode have these magnitudes, one matrix [post, pre] a projection, instead of drawn ones; nil draws again.
  public func startEpisodes(from matrices: [[Scalar]]?) {
    isGiven = matrices != nil
    if let matrices { magnitudes.matrices.take(matrices) }
  }

  public func beginEpisode(_ draws: EpisodeDraws) { if !isGiven { magnitudes.draw(draws, round: 0) } }

  public func deliver(to lowest: Int) { magnitudes.deliver(to: lowest) }

  public func errorSource(_ l: Int) -> ErrorSource<Scalar>? {
    .signedMagnitudes(UnsafePointer(magnitudes.matrices.matrices[l]))
  }
}

/// Batchwise sign-concordant feedback (brSF): as frSF, with `M` drawn anew for every sample (the batch of online learning).
/// - SeeAlso: Liao, Leibo & Poggio 2016, arXiv 1510.05067.
public final class BatchwiseSignFeedback<Scalar: KernelScalar>: CreditPathway {
  public static var name: String { "brsf" }

  private let magnitudes: SignedMagnitudes<Scalar>
  private var draws = EpisodeDraws(seed: 0, lane: 0, index: 0)
  private var isGiven = false
  private var sample: UInt32 = 0
  /// The lowest projection whose magnitudes are those of the sample at hand, and the lowest that is read by its address.
  @exclusivity(unchecked) private var drawnFrom = 0, readFrom: Int

  public init(network: Network<Scalar>) {
    magnitudes = SignedMagnitudes(network: network)
    readFrom = network.projections.count
  }

  /// Lets every sample have these magnitudes, one matrix [post, pre] a projection, instead of drawn ones; nil draws again.
  public func startEpisodes(from matrices: [[Scalar]]?) {
    isGiven = matrices != nil
    if let matrices { magnitudes.matrices.take(matrices) }
  }

  public func beginEpisode(_ draws: EpisodeDraws) { self.draws = draws }

  public func beginSample(_ index: Int) {
    sample = UInt32(index)
    drawnFrom = magnitudes.network.projections.count
    draw(from: readFrom)
  }

  public func deliver(to lowest: Int) {
    draw(from: lowest)
    magnitudes.deliver(to: lowest)
  }

  public func errorSource(_ l: Int) -> ErrorSource<Scalar>? {
    readFrom = min(readFrom, l)
    draw(from: l)
    return .signedMagnitudes(UnsafePointer(magnitudes.matrices.matrices[l]))
  }

  /// Draws what errors of this sample need and is not drawn yet: the input's projection, the largest, is seldom asked for.
  private func draw(from lowest: Int) {
    guard !isGiven, lowest < drawnFrom else { return }
    for l in lowest..<drawnFrom {
      magnitudes.matrices.draw(l, draws, round: sample)
      magnitudes.matrices.takeMagnitudes(l)
    }
    drawnFrom = lowest
  }
}

/// Feedback whose magnitudes are its own and whose signs are the forward weights'.
private struct SignedMagnitudes<Scalar: KernelScalar> {
  let network: Network<Scalar>
  let path: LayerwiseDelivery<Scalar>
  let matrices: FeedbackMatrices<Scalar>

  init(network: Network<Scalar>) {
    self.network = network
    path = LayerwiseDelivery(network: network)
    matrices = FeedbackMatrices(network: network)
    for projection in network.projections { projection.matrix.requireCurrent() }
  }

  func draw(_ draws: EpisodeDraws, round: UInt32) {
    matrices.draw(draws, round: round)
    matrices.takeMagnitudes()
  }

  func deliver(to lowest: Int) {
    path.deliver(
      to: lowest, kind: .signedMagnitude, weights: { UnsafePointer(network.projections[$0].weights) },
      magnitudes: { UnsafePointer(matrices.matrices[$0]) }, scale: { _ in 1 })
  }
}
