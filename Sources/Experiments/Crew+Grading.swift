import Tasks

/// The graded score of a contender on one episode, and how long it took.
public struct TimedGrade: Sendable {
  /// The score with the gradient.
  public var graded: GradedScore
  /// Seconds.
  public var time: Double

  /// Makes a timed grade from its parts.
  public init(graded: GradedScore, time: Double) {
    self.graded = graded
    self.time = time
  }

  /// The score alone.
  var timedScore: TimedScore { TimedScore(score: graded.score, time: time) }
}

extension Crew {
  /// Grades a contender on a range of the search pool's episodes, portion by portion; each worker has a grader of its own.
  /// - Parameter upcoming: what will be scored after the range, encoded ahead by workers that would wait.
  /// - Returns: [episode] in their order, or nil when dropped.
  func grade(
    _ contender: Contender, _ shelf: EpisodeShelf, _ range: Range<Int>, upcoming: [EpisodeAddress], worstLoss: Double,
    isWanted: () -> Bool
  ) -> [TimedGrade]? {
    var grades: [TimedGrade] = []
    let most = EpisodeShelf.portion(workers: workers)
    let all = range.map { EpisodeAddress(split: .search, index: $0) } + upcoming
    for first in stride(from: 0, to: range.count, by: most) {
      let last = min(first + most, range.count)
      let next = Array(all[last..<min(last + most, all.count)])
      guard
        let episodes = shelf.episodes(Array(all[first..<last]), upcoming: next, by: self, isWanted: isWanted),
        let more = grade(contender, on: episodes, shelf, shelf.missing(next), worstLoss: worstLoss, isWanted: isWanted)
      else { return nil }
      grades += more
    }
    return grades
  }

  private func grade(
    _ contender: Contender, on episodes: [EncodedEpisode], _ shelf: EpisodeShelf, _ ahead: [EpisodeAddress],
    worstLoss: Double, isWanted: () -> Bool
  ) -> [TimedGrade]? {
    let (count, source, seed, tally) = (episodes.count, shelf.source, shelf.source.seed, tally)
    let kind = experience.kind(
      LearnerKey(
        contender, inputCount: source.family.inputCount, outputCount: source.outputCount, worstLoss: worstLoss))
    let grades = Results<TimedGrade>(count)
    let encoded = Results<EncodedEpisode>(ahead.count)
    let order = WorkOrder(costs: [nil], kinds: [0], episodes: count, fillers: ahead.count, workers: workers)
    let isDone = run(order, isWanted: isWanted) { item, bench in
      guard item < count else {
        encoded.write(source.encoded(ahead[item - count]), at: item - count)
        return
      }
      let grader = bench.grader(kind)
      let clock = ContinuousClock()
      let began = clock.now
      let graded = grader.grade(coefficients: contender.coefficients, episode: episodes[item], seed: seed)
      grades.write(TimedGrade(graded: graded, time: (clock.now - began) / .seconds(1)), at: item)
      tally.count.add(1, ordering: .relaxed)
    }
    guard isDone else { return nil }
    shelf.put(ahead, encoded.take())
    return grades.take()
  }
}
