import Arithmetic
import Tasks

/// Which candidates of a generation are not worth the rest of its episodes.
///
/// After its first `after` episodes a candidate is stopped when every one of them failed (NaN, silent, saturated), or when
/// its mean loss on them is more than `margin` above the `quantile` of the whole generation's mean losses on the same
/// episodes. Only this generation counts: its candidates met the same episodes, earlier ones met others. So the decision is
/// a function of the generation's scores, whatever the number of workers and however often the run was stopped.
public struct Hurdle: Sendable, Hashable {
  /// Episodes after which is decided; 0, or as many as there are, stops nobody.
  public var after = 0
  /// Which quantile of the generation's losses is the bar, 0 to 1.
  public var quantile = 0.5
  /// Nats above the bar that are still forgiven.
  public var margin = 0.1

  /// The default hurdle.
  public init() {}

  /// Whether candidates can be stopped where a generation has this many episodes.
  public func isOn(episodes: Int) -> Bool { after > 0 && after < episodes }

  /// Which candidates are stopped.
  /// - Parameter scores: of the first `after` episodes, [candidate][episode].
  public func stopped(_ scores: [[EpisodeScore]]) -> [Bool] {
    let losses = scores.map { Statistics.mean($0.map(\.loss)) }
    let bar = Statistics.quantile(losses, quantile) + margin
    return zip(scores, losses).map { scores, loss in scores.allSatisfy { $0.outcome != .ok } || loss > bar }
  }
}
