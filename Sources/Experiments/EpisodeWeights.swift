import Kernels
import Networks
import Records
import Tasks

extension EpisodeLearner where Scalar == Float {
  /// The weights before and after the episode that was scored last; nil when they are not finite.
  ///
  /// The network is left with the weights from before: every episode begins by drawing its own.
  func weights(after episode: EncodedEpisode, _ score: EpisodeScore, _ seed: UInt64) -> EpisodeWeights? {
    // A network that diverged has been cleared.
    guard score.outcome != .nan else { return nil }
    return network.episodeWeights(EpisodeDraws(seed: seed, lane: episode.split.rawValue, index: episode.index))
  }
}

extension Network where Scalar == Float {
  /// The weights as they are, and those that the episode began with, which stay.
  func episodeWeights(_ draws: EpisodeDraws) -> EpisodeWeights {
    let final = projections.map(\.dense)
    drawWeights(draws)
    return EpisodeWeights(initial: projections.map(\.dense), final: final)
  }
}

extension NetworkParameters {
  /// The shape of each projection's weights, from the input's upwards; bias units are the last presynaptic ones.
  public func weightShapes(inputCount: Int, outputCount: Int) -> [KeptWeights.Shape] {
    let sizes = [inputCount] + hidden + [outputCount]
    let extra = rateFunction != nil && bias ? 1 : 0
    return zip(sizes, sizes.dropFirst()).map { KeptWeights.Shape(post: $1, pre: $0 + extra) }
  }
}

/// More weights are to be kept than a record holds.
public struct TooManyWeights: Error, Hashable, Sendable, CustomStringConvertible {
  /// Rows of the table.
  public var rows: Int
  /// Episodes whose weights are to be kept.
  public var episodes: Int
  /// Bytes of the weights of one episode, before and after.
  public var bytes: Int

  /// Fails when the weights of so many episodes take more than a record holds, or the machine has room for.
  public static func check(
    _ shapes: [KeptWeights.Shape], rows: Int, episodes: Int
  ) throws(TooManyWeights) {
    let bytes = KeptWeights.bytes(shapes, runs: 1)
    let (total, overflow) = bytes.multipliedReportingOverflow(by: rows * episodes)
    if overflow || total > limit { throw TooManyWeights(rows: rows, episodes: episodes, bytes: bytes) }
  }

  /// They are in memory with the record, its bytes and its sealed bytes.
  static var limit: Int { min(KeptWeights.largest, MemoryNeed.machine / 8) }

  /// One sentence.
  public var description: String {
    let each = bytes.multipliedReportingOverflow(by: rows)
    let fits = each.overflow ? 0 : Self.limit / max(1, each.partialValue)
    return "weights of \(episodes) episodes and \(rows) rows of \(byteText(bytes)) each are more than the "
      + "\(byteText(Self.limit)) that a record keeps here "
      + (fits > 0 ? "(at most \(fits) episodes fit)" : "(name fewer rules)")
  }
}
