import Arithmetic
import Kernels
import Layers
import Networks
import Pages

/// Through which weights errors go back from the neurons above connection `l` to the signal below it.
public enum FeedbackChoice: String, Sendable, Hashable, CaseIterable {
  /// The forward weights: `Wᵀ`.
  case weights
  /// Random and fixed: `Bᵀ`; feedback alignment.
  case random
  /// `c sgn(W)ᵀ`, `c` the standard deviation of initial weights; uSF.
  case uniformSign = "uniform-sign"
  /// `(M ∘ sgn W)ᵀ`, `M ≥ 0` random and fixed; frSF.
  case fixedSign = "fixed-sign"
  /// `(M ∘ sgn W)ᵀ`, `M ≥ 0` redrawn for every batch; brSF.
  case batchSign = "batch-sign"

  /// The setting with which a system lets people choose among some.
  public static func key(
    _ choices: [FeedbackChoice] = allCases, default standard: FeedbackChoice = .weights
  ) -> PageKey {
    PageKey(
      "feedback", .choice(choices.map(\.rawValue)), default: .text(standard.rawValue),
      doc: "Through which weights errors go back: the forward ones, random ones, or random ones of the forward signs.")
  }
}

/// Errors on their way back through a layered network, by one of the choices.
///
/// Magnitudes `M` follow the law of `|W|` of uniform initial weights of the same fan-in and fan-out, times the network's
/// `feedbackScale`.
public final class FeedbackPath<Scalar: KernelScalar> {
  /// What was chosen.
  public let choice: FeedbackChoice
  private let network: LayeredNetwork<Scalar>
  private let arena = Arena()
  /// `B`, or `M`, of each connection.
  private let drawn: [UnsafeMutablePointer<Scalar>]
  /// Room for draws in single precision.
  private let single: UnsafeMutablePointer<Float>
  /// What errors go through now where that follows the signs of the weights.
  private let signed: [UnsafeMutablePointer<Scalar>]
  private var draws = EpisodeDraws(seed: 0, lane: 0, index: 0)

  /// Allocates feedback of 0.
  public init(_ network: LayeredNetwork<Scalar>, _ choice: FeedbackChoice) {
    self.network = network
    self.choice = choice
    let arena = arena
    let isDrawn = choice == .random || choice == .fixedSign || choice == .batchSign
    drawn = network.connections.map { arena.allocate(isDrawn ? $0.weightCount : 0, of: Scalar.self) }
    single = arena.allocate(
      choice == .random ? network.connections.map(\.weightCount).max()! : 0, of: Float.self)
    let followsSigns = choice != .weights && choice != .random
    signed = network.connections.map { arena.allocate(followsSigns ? $0.weightCount : 0, of: Scalar.self) }
  }

  /// Draws the feedback of a run or an episode.
  public func begin(_ draws: EpisodeDraws) {
    self.draws = draws
    if choice == .random || choice == .fixedSign { draw(number: 0) }
  }

  /// Takes the signs of the weights as they are; before errors go back in a batch. The sign of 0 is 0, or where
  /// `zeroHasSide` the side of 0 it lies on.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func prepare(batch number: UInt32, zeroHasSide: Bool = false) {
    if choice == .batchSign { draw(number: number &+ 1) }
    guard choice == .uniformSign || choice == .fixedSign || choice == .batchSign else { return }
    for (l, connection) in network.connections.enumerated() where l > 0 {
      let (weights, path, magnitudes) = (connection.weights, signed[l], drawn[l])
      let scale = Scalar(bound(l) / 3.0.squareRoot())
      for k in 0..<connection.weightCount {
        let magnitude = choice == .uniformSign ? scale : magnitudes[k].magnitude
        path[k] = weights[k] == 0 && !zeroHasSide ? 0 : weights[k].sign == .minus ? -magnitude : magnitude
      }
    }
  }

  /// The weights that errors of the neurons above connection `l` go back through, in its layout.
  public func matrix(_ l: Int) -> UnsafeMutablePointer<Scalar> {
    switch choice {
    case .weights: network.connections[l].weights
    case .random: drawn[l]
    case .uniformSign, .fixedSign, .batchSign: signed[l]
    }
  }

  /// `B`, or the magnitudes `M`: what a rule may change by `db`; nil for the other choices.
  public func learnable(_ l: Int) -> UnsafeMutablePointer<Scalar>? {
    choice == .random || choice == .fixedSign ? drawn[l] : nil
  }

  private func bound(_ l: Int) -> Double {
    let connection = network.connections[l]
    let places = connection.isDense ? 1 : connection.fanIn / connection.preShape.channels
    return network.parameters.constants.feedbackScale
      * (6 / Double(connection.fanIn + connection.kinds * places)).squareRoot()
  }

  private func draw(number: UInt32) {
    for (l, connection) in network.connections.enumerated() where l > 0 {
      let part = UInt32(l) &+ number &* UInt32(network.connections.count)
      guard choice != .random else {
        // As online pathways draw it: in single precision, rounded to 16 bits.
        draws.fill(single, purpose: .feedback, part: part, start: 0, connection.weightCount, bound: bound(l))
        Scalar.roundHalves(connection.weightCount, single, into: drawn[l])
        continue
      }
      draws.fill(drawn[l], purpose: .feedback, part: part, start: 0, connection.weightCount, bound: bound(l))
      for k in 0..<connection.weightCount { drawn[l][k] = drawn[l][k].magnitude }
    }
  }
}
