import Tasks

/// The score of a contender on one episode, and how long it took.
public struct TimedScore: Sendable {
  /// The score.
  public var score: EpisodeScore
  /// Seconds.
  public var time: Double
}

extension Crew {
  /// Scores each contender on each encoded episode.
  /// - Parameters:
  ///   - contenders: what to score; each must have passed `Contender.check`.
  ///   - episodes: on what; the same ones for all.
  ///   - seed: the run's seed.
  ///   - worstLoss: the loss of a failed episode.
  ///   - isWanted: asked many times a second; false drops everything.
  /// - Returns: [contender][episode], or nil when dropped.
  public func score(
    _ contenders: [Contender], on episodes: [EncodedEpisode], seed: UInt64, worstLoss: Double,
    isWanted: () -> Bool = { true }
  ) -> [[TimedScore]]? {
    let tally = tally
    let flat = map(contenders.count * episodes.count, isWanted: isWanted) { item, bench in
      let contender = contenders[item / episodes.count]
      let episode = episodes[item % episodes.count]
      let learner = bench.learner(
        LearnerKey(
          network: contender.network, rule: contender.rule, credit: contender.credit,
          inputCount: episode.support.inputCount, outputCount: episode.outputCount, worstLoss: worstLoss))
      let clock = ContinuousClock()
      let began = clock.now
      let score = learner.score(coefficients: contender.coefficients, episode: episode, seed: seed)
      tally.count.add(1, ordering: .relaxed)
      return TimedScore(score: score, time: (clock.now - began) / .seconds(1))
    }
    return flat.map { flat in
      contenders.indices.map { Array(flat[$0 * episodes.count..<($0 + 1) * episodes.count]) }
    }
  }

  /// Scores each contender on a range of a split's episodes, which are encoded in portions so that memory stays small.
  /// - Returns: [contender][episode], or nil when dropped.
  public func score(
    _ contenders: [Contender], _ source: EpisodeSource, _ split: Split, _ range: Range<Int>, worstLoss: Double,
    isWanted: () -> Bool = { true }
  ) -> [[TimedScore]]? {
    var scores = [[TimedScore]](repeating: [], count: contenders.count)
    let portion = max(8, 2 * workers)
    for first in stride(from: range.lowerBound, to: range.upperBound, by: portion) {
      let part = first..<min(first + portion, range.upperBound)
      guard let episodes = source.encoded(split, part, by: self, isWanted: isWanted),
        let more = score(contenders, on: episodes, seed: source.seed, worstLoss: worstLoss, isWanted: isWanted)
      else { return nil }
      for index in contenders.indices { scores[index] += more[index] }
    }
    return scores
  }

  /// Scores contenders, and methods without a network, on the same episodes; nil when dropped.
  public func comparison(
    _ contenders: [Contender], baselines: [Baseline], _ source: EpisodeSource, _ split: Split, _ range: Range<Int>,
    worstLoss: Double, isWanted: () -> Bool = { true }
  ) -> Comparison? {
    guard let scores = score(contenders, source, split, range, worstLoss: worstLoss, isWanted: isWanted) else {
      return nil
    }
    var rows: [(name: String, contender: Contender?, scores: EpisodeScores)] = zip(contenders, scores).map {
      ($0.name, $0, EpisodeScores($1))
    }
    for baseline in baselines {
      guard let answered = answers(baseline, source, split, range, isWanted: isWanted) else { return nil }
      rows.append((baseline.rawValue, nil, answered))
    }
    return Comparison(rows, seed: source.seed)
  }

  /// Answers episodes with a method that needs no network; nil when dropped.
  private func answers(
    _ baseline: Baseline, _ source: EpisodeSource, _ split: Split, _ range: Range<Int>, isWanted: () -> Bool
  ) -> EpisodeScores? {
    let first = range.lowerBound
    let answers = map(range.count, isWanted: isWanted) { item, _ in
      let clock = ContinuousClock()
      let began = clock.now
      let accuracy = baseline.answer(source.episode(split, first + item)).accuracy
      return (accuracy: accuracy, time: (clock.now - began) / .seconds(1))
    }
    return answers.map { EpisodeScores(accuracy: $0.map(\.accuracy), time: $0.map(\.time)) }
  }
}

extension Crew {
  /// Scores a contender on episodes over and over, for measuring, until `isWanted` says no.
  /// - Parameter scored: called on a worker's thread after each episode.
  public func repeatScoring(
    _ contender: Contender, on episodes: [EncodedEpisode], seed: UInt64, worstLoss: Double, isWanted: () -> Bool,
    scored: @escaping @Sendable () -> Void
  ) {
    _ = map(1 << 20, isWanted: isWanted) { item, bench in
      let episode = episodes[item % episodes.count]
      let key = LearnerKey(
        network: contender.network, rule: contender.rule, credit: contender.credit,
        inputCount: episode.support.inputCount, outputCount: episode.outputCount, worstLoss: worstLoss)
      _ = bench.learner(key).score(coefficients: contender.coefficients, episode: episode, seed: seed)
      scored()
    }
  }
}
