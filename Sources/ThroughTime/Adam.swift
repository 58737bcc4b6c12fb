import Kernels
import Networks

/// Adam over all weights of a network, with bias correction:
///
///     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
///     w ← w − rate · m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε)
/// - SeeAlso: Kingma & Ba 2015, ICLR, arXiv 1412.6980.
public final class Adam<Scalar: KernelScalar> {
  /// The gradient of each projection, in the layout of its weights; the caller adds to it, a step zeroes it.
  public let gradients: [UnsafeMutablePointer<Scalar>]

  private let settings: ThroughTimeSettings
  private let weights: [UnsafeMutablePointer<Scalar>]
  private let counts: [Int]
  private let means: [UnsafeMutablePointer<Scalar>]
  private let squares: [UnsafeMutablePointer<Scalar>]
  private let arena = Arena()
  /// β₁ᵗ and β₂ᵗ.
  @exclusivity(unchecked) private var powers = (1.0, 1.0)

  /// Room for the moments of all weights of `network`, at 0.
  public init(_ network: Network<Scalar>, _ settings: ThroughTimeSettings) {
    precondition(settings.epsilon > 0, "epsilon \(settings.epsilon) is not above 0")
    let arena = arena
    self.settings = settings
    weights = network.projections.map(\.weights)
    counts = network.projections.map { $0.preCount * $0.columns }
    gradients = counts.map { arena.allocate($0, of: Scalar.self) }
    means = counts.map { arena.allocate($0, of: Scalar.self) }
    squares = counts.map { arena.allocate($0, of: Scalar.self) }
  }

  /// Forgets gradients and moments.
  public func reset() {
    powers = (1, 1)
    for (l, count) in counts.enumerated() {
      for array in [gradients[l], means[l], squares[l]] { Scalar.fill(count, array, with: 0) }
    }
  }

  /// One step down the gradients, each multiplied by `scale`, such as 1 / batch. Who holds copies of the weights has to be
  /// told.
  @specialized(where Scalar == Float)
  public func step(scale: Double) {
    powers = (powers.0 * settings.beta1, powers.1 * settings.beta2)
    let length = settings.rate / (1 - powers.0)
    let root = 1 / (1 - powers.1).squareRoot()
    for l in 0..<counts.count {
      Scalar.adam(
        counts[l], weights[l], mean: means[l], square: squares[l], gradient: gradients[l], scale: Scalar(scale),
        keepMean: Scalar(settings.beta1), keepSquare: Scalar(settings.beta2), step: Scalar(length), root: Scalar(root),
        epsilon: Scalar(settings.epsilon))
    }
  }
}
