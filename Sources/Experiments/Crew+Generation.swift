import Tasks

extension Crew {
  /// Scores the candidates of a generation, and stops those that do not take the hurdle.
  ///
  /// Two lists, one behind the other: everyone on the first episodes, then, with the decision made from all of these scores
  /// at once, those that go on, the slow ones first. What is encoded ahead for the next generation fills the ends of both.
  /// - Parameters:
  ///   - candidates: what to score.
  ///   - shelf: the episodes.
  ///   - range: the generation's episodes in the search pool.
  ///   - upcoming: what will be scored next.
  /// - Returns: [candidate][episode], short for those that were stopped, in the order of the episodes; nil when dropped.
  func scoreGeneration(
    _ candidates: [Contender], _ shelf: EpisodeShelf, _ range: Range<Int>, hurdle: Hurdle,
    upcoming: [EpisodeAddress], worstLoss: Double, isWanted: () -> Bool
  ) -> [[TimedScore]]? {
    guard hurdle.isOn(episodes: range.count) else {
      return score(
        candidates, shelf, .search, range, upcoming: upcoming, worstLoss: worstLoss, isWanted: isWanted)
    }
    let first = range.prefix(hurdle.after)
    let rest = range.dropFirst(hurdle.after)
    let later = rest.map { EpisodeAddress(split: .search, index: $0) }
    guard
      var scores = score(
        candidates, shelf, .search, first, upcoming: later + upcoming, aheadShare: 0.5, worstLoss: worstLoss,
        isWanted: isWanted)
    else { return nil }
    let stopped = hurdle.stopped(scores.map { $0.map(\.score) })
    let left = candidates.indices.filter { !stopped[$0] }
    guard !left.isEmpty else { return scores }
    let costs = left.map { index in scores[index].reduce(0) { $0 + $1.time } / Double(first.count) }
    guard
      let more = score(
        left.map { candidates[$0] }, shelf, .search, rest, upcoming: upcoming, costs: costs, worstLoss: worstLoss,
        isWanted: isWanted)
    else { return nil }
    for (index, row) in zip(left, more) { scores[index] += row }
    return scores
  }
}
