import Arithmetic
import Networks

/// In which order an episode's support samples are presented: in the episode's own order first, then shuffled anew for
/// every further pass.
struct PassOrder {
  /// Samples presented in all passes.
  let total: Int
  private let count: Int
  /// The orders of the passes after the first.
  private let shuffled: [UInt32]

  /// - Parameters:
  ///   - passes: how many times the samples are presented.
  ///   - count: number of samples.
  ///   - draws: the episode; a further pass has the order of (seed, episode, pass).
  init(passes: Int, count: Int, _ draws: EpisodeDraws) {
    self.count = count
    total = passes * count
    var shuffled: [UInt32] = []
    shuffled.reserveCapacity(max(0, passes - 1) * count)
    for pass in 1..<max(1, passes) {
      var order = (0..<UInt32(count)).map { $0 }
      var stream = RandomStream(
        seed: draws.seed, purpose: .order, lane: draws.lane, draws.index, UInt32(pass))
      stream.shuffle(&order)
      shuffled += order
    }
    self.shuffled = shuffled
  }

  /// The sample presented at place `index` of all passes.
  func sample(_ index: Int) -> Int { index < count ? index : Int(shuffled[index - count]) }
}
