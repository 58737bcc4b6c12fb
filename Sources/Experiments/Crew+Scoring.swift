import Networks
import Records
import Tasks

/// The score of a contender on one episode, and how long it took.
public struct TimedScore: Sendable {
  /// The score.
  public var score: EpisodeScore
  /// Seconds, those for looking on the way included.
  public var time: Double
  /// What was measured on the way; empty where nobody asked.
  public var points: [DiagnosisPoint] = []
  /// The weights before and after learning; nil where nobody keeps them, and where they are not finite.
  public var weights: EpisodeWeights?
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
    score(
      contenders, on: episodes, seed: seed, costs: nil, worstLoss: worstLoss, encoding: nil, [], isWanted: isWanted)
  }

  /// Scores each contender on a range of a split's episodes, which are encoded in portions so that memory stays small.
  /// - Parameters:
  ///   - diagnosing: when to look at the networks on the way, and at what.
  ///   - kept: episodes whose weights are kept. Scores have the same bits whatever is looked at and kept.
  /// - Returns: [contender][episode], or nil when dropped.
  public func score(
    _ contenders: [Contender], _ source: EpisodeSource, _ split: Split, _ range: Range<Int>,
    diagnosing: DiagnosisPlan? = nil, keepingWeightsOf kept: Range<Int> = 0..<0, worstLoss: Double,
    isWanted: () -> Bool = { true }
  ) -> [[TimedScore]]? {
    score(
      contenders, EpisodeShelf(source), split, range, diagnosing: diagnosing, keepingWeightsOf: kept,
      worstLoss: worstLoss, isWanted: isWanted)
  }

  /// Scores each contender on a range of the episodes of a shelf, portion by portion.
  /// - Parameters:
  ///   - upcoming: what will be scored after the range, encoded ahead as far as there is room.
  ///   - aheadShare: which part of what is encoded ahead is encoded now, 0 to 1.
  ///   - costs: seconds that an episode is expected to take each contender; nil for what the crew measured before.
  /// - Returns: [contender][episode], or nil when dropped.
  func score(
    _ contenders: [Contender], _ shelf: EpisodeShelf, _ split: Split, _ range: Range<Int>,
    upcoming: [EpisodeAddress] = [], aheadShare: Double = 1, costs: [Double]? = nil,
    diagnosing: DiagnosisPlan? = nil, keepingWeightsOf kept: Range<Int> = 0..<0, worstLoss: Double,
    isWanted: () -> Bool
  ) -> [[TimedScore]]? {
    var scores = [[TimedScore]](repeating: [], count: contenders.count)
    let most = EpisodeShelf.portion(workers: workers)
    let all = range.map { EpisodeAddress(split: split, index: $0) } + upcoming
    for first in stride(from: 0, to: range.count, by: most) {
      let last = min(first + most, range.count)
      let next = Array(all[last..<min(last + most, all.count)])
      guard let episodes = shelf.episodes(Array(all[first..<last]), upcoming: next, by: self, isWanted: isWanted) else {
        return nil
      }
      let missing = shelf.missing(next)
      let ahead = Array(missing.prefix(Int((Double(missing.count) * aheadShare).rounded(.up))))
      guard
        let more = score(
          contenders, on: episodes, seed: shelf.source.seed, costs: costs, diagnosing: diagnosing,
          keepingWeightsOf: kept, worstLoss: worstLoss, encoding: shelf, ahead, isWanted: isWanted)
      else { return nil }
      for index in contenders.indices { scores[index] += more[index] }
    }
    return scores
  }

  /// Scores contenders, reference learners, and methods without a network, on the same episodes; nil when dropped.
  /// - Parameters:
  ///   - references: learners that are no rules, and the network they learn with.
  ///   - contrast: what is compared with what.
  ///   - diagnosing: when to look at the networks on the way, and at what.
  ///   - kept: episodes whose weights are kept, those of reference learners too.
  public func comparison(
    _ contenders: [Contender], references: (learners: [ReferenceLearner], network: NetworkParameters)? = nil,
    baselines: [Baseline], _ source: EpisodeSource, _ split: Split, _ range: Range<Int>,
    contrast: Comparison.Contrast = .firstMinusRow, diagnosing: DiagnosisPlan? = nil,
    keepingWeightsOf kept: Range<Int> = 0..<0, worstLoss: Double, isWanted: () -> Bool = { true }
  ) -> Comparison? {
    guard
      let scores = score(
        contenders, source, split, range, diagnosing: diagnosing, keepingWeightsOf: kept, worstLoss: worstLoss,
        isWanted: isWanted)
    else { return nil }
    var rows: [(name: String, contender: Contender?, scores: EpisodeScores)] = zip(contenders, scores).map {
      ($0.name, $0, EpisodeScores($1))
    }
    if let references {
      for learner in references.learners {
        guard
          let scores = answers(
            learner, on: references.network, source, split, range, keepingWeightsOf: kept, worstLoss: worstLoss,
            isWanted: isWanted)
        else { return nil }
        rows.append((learner.name, nil, EpisodeScores(scores)))
      }
    }
    for baseline in baselines {
      guard let answered = answers(baseline, source, split, range, isWanted: isWanted) else { return nil }
      rows.append((baseline.rawValue, nil, answered))
    }
    return Comparison(rows, seed: source.seed, contrast: contrast)
  }

  /// Answers episodes with a method that needs no network; nil when dropped.
  func answers(
    _ baseline: Baseline, _ source: EpisodeSource, _ split: Split, _ range: Range<Int>, isWanted: () -> Bool
  ) -> EpisodeScores? {
    let first = range.lowerBound
    let answers = map(range.count, isWanted: isWanted) { item in
      let clock = ContinuousClock()
      let began = clock.now
      let accuracy = baseline.answer(source.episode(split, first + item)).accuracy
      return (accuracy: accuracy, time: (clock.now - began) / .seconds(1))
    }
    return answers.map { EpisodeScores(accuracy: $0.map(\.accuracy), time: $0.map(\.time)) }
  }
}

extension Crew {
  /// Scores every contender on every episode, and encodes some episodes for later while workers would wait at the end.
  private func score(
    _ contenders: [Contender], on episodes: [EncodedEpisode], seed: UInt64, costs: [Double]?,
    diagnosing wanted: DiagnosisPlan? = nil, keepingWeightsOf kept: Range<Int> = 0..<0, worstLoss: Double,
    encoding shelf: EpisodeShelf?, _ ahead: [EpisodeAddress], isWanted: () -> Bool
  ) -> [[TimedScore]]? {
    guard let first = episodes.first, !contenders.isEmpty else { return contenders.map { _ in [] } }
    let kinds = contenders.map {
      experience.kind(
        LearnerKey(
          $0, inputCount: first.support.inputCount, outputCount: first.outputCount, worstLoss: worstLoss))
    }
    let order = WorkOrder(
      costs: costs ?? kinds.map { experience.cost($0) }, kinds: kinds.map(\.number), episodes: episodes.count,
      fillers: ahead.count,
      workers: workers)
    let scored = contenders.count * episodes.count
    let scores = Results<TimedScore>(scored)
    let encoded = Results<EncodedEpisode>(ahead.count)
    let (tally, source) = (tally, shelf?.source)
    let isDone = run(order, isWanted: isWanted) { item, bench in
      guard item < scored else {
        encoded.write(source!.encoded(ahead[item - scored]), at: item - scored)
        return
      }
      let (contender, episode) = (item / episodes.count, item % episodes.count)
      let learner = bench.learner(kinds[contender])
      let clock = ContinuousClock()
      let began = clock.now
      let coefficients = contenders[contender].coefficients
      let found: EpisodeDiagnosis
      if let wanted {
        found = learner.diagnose(coefficients: coefficients, episode: episodes[episode], seed: seed, wanted)
      } else {
        found = EpisodeDiagnosis(
          score: learner.score(coefficients: coefficients, episode: episodes[episode], seed: seed), points: [])
      }
      let time = (clock.now - began) / .seconds(1)
      let weights =
        kept.contains(Int(episodes[episode].index)) ? learner.weights(after: episodes[episode], found.score, seed) : nil
      scores.write(TimedScore(score: found.score, time: time, points: found.points, weights: weights), at: item)
      tally.count.add(1, ordering: .relaxed)
    }
    guard isDone else { return nil }
    shelf?.put(ahead, encoded.take())
    let flat = scores.take()
    let rows = contenders.indices.map { Array(flat[$0 * episodes.count..<($0 + 1) * episodes.count]) }
    for (kind, row) in zip(kinds, rows) {
      experience.note(kind, seconds: row.reduce(0) { $0 + $1.time } / Double(row.count))
    }
    return rows
  }
}

extension Crew {
  /// Scores a contender on episodes over and over, for measuring, until `isWanted` says no.
  /// - Parameter scored: called on a worker's thread after each episode.
  public func repeatScoring(
    _ contender: Contender, on episodes: [EncodedEpisode], seed: UInt64, worstLoss: Double, isWanted: () -> Bool,
    scored: @escaping @Sendable () -> Void
  ) {
    guard let first = episodes.first else { return }
    let kind = experience.kind(
      LearnerKey(
        contender, inputCount: first.support.inputCount, outputCount: first.outputCount, worstLoss: worstLoss))
    _ = run(WorkOrder(count: 1 << 20, workers: workers), isWanted: isWanted) { item, bench in
      _ = bench.learner(kind).score(
        coefficients: contender.coefficients, episode: episodes[item % episodes.count], seed: seed)
      scored()
    }
  }
}
