import Tasks

extension Crew {
  /// Looks into the episodes of each contender on a range of a split, on all threads.
  ///
  /// The scores have the bits that scoring the same episodes gives, and nothing depends on the number of workers.
  /// - Parameters:
  ///   - contenders: what to look at; each must have passed `Contender.check`.
  ///   - wanted: when to look, and at what.
  ///   - isWanted: asked many times a second; false drops everything.
  /// - Returns: [contender][episode], or nil when dropped.
  public func diagnose(
    _ contenders: [Contender], _ source: EpisodeSource, _ split: Split, _ range: Range<Int>, _ wanted: DiagnosisPlan,
    worstLoss: Double, isWanted: () -> Bool = { true }
  ) -> [[EpisodeDiagnosis]]? {
    score(contenders, source, split, range, diagnosing: wanted, worstLoss: worstLoss, isWanted: isWanted)?
      .map { $0.map { EpisodeDiagnosis(score: $0.score, points: $0.points) } }
  }
}
