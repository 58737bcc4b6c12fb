import Records
import Tasks

extension EvaluationTable {
  /// A comparison as a record keeps it: one task, one number of shots, the test episodes along `seed`.
  /// - Parameters:
  ///   - comparison: all rows, on the same episodes.
  ///   - source: where the episodes come from.
  ///   - layers: hidden groups of the experiment's network.
  ///   - first: the number of the first episode.
  init(_ comparison: Comparison, _ source: EpisodeSource, layers: Int, first: Int = 0) {
    let episodes = comparison.rows.first?.scores.accuracy.count ?? 0
    let looks = comparison.rows.flatMap(\.scores.points)
    let end = source.shape.ways * source.shape.shots
    let names = LayerName.hidden(layers) + (looks.measuresLayers ? [LayerName.readout] : [])
    self.init(
      ways: source.shape.ways, queriesPerClass: source.shape.query, rules: comparison.rows.map(\.name),
      tasks: [source.family.name], shots: [source.shape.shots], seeds: Array(first..<first + episodes),
      steps: Set(looks.joined().map(\.seen) + [end]).sorted(), layers: names, outputs: [source.outputCount])
    if !names.isEmpty { firingRate = [Float](repeating: .nan, count: accuracy.count * names.count) }
    if !looks.isEmpty { prepare(measuresLayers: looks.measuresLayers) }
    for (rule, row) in comparison.rows.enumerated() {
      for episode in 0..<episodes { put(row.scores, episode, at: index(rule: rule, seed: episode), step: end) }
    }
  }

  /// Puts the score of an episode, and what was measured on the way, into the place of its run.
  /// - Parameter end: training examples seen at its end, a step of the table.
  mutating func put(_ scores: EpisodeScores, _ episode: Int, at run: Int, step end: Int) {
    let place = run * steps.count + steps.firstIndex(of: end)!
    accuracy[place] = Float(scores.accuracy[episode])
    if !scores.loss.isEmpty { loss[place] = Float(scores.loss[episode]) }
    status[run] = scores.outcomes.isEmpty ? .ok : CandidateStatus([scores.outcomes[episode]])
    runTime[run] = Float(scores.time[episode])
    if !scores.firingRates.isEmpty {
      // A step stands for a millisecond.
      for (layer, rate) in scores.firingRates[episode].prefix(layers.count).enumerated() {
        firingRate?[place * layers.count + layer] = Float(rate * 1000)
      }
    }
    if !scores.points.isEmpty { put(scores.points[episode], run: run) }
  }
}

extension Findings {
  /// What a comparison found, as a record keeps it: one task, one number of shots.
  /// - Precondition: the comparison is to a baseline.
  init(_ comparison: Comparison, _ source: EpisodeSource) {
    guard case .rowMinus(let baseline) = comparison.contrast else {
      preconditionFailure("findings are about differences to a baseline, not \(comparison.contrast)")
    }
    self.init(
      rules: comparison.rows.map(\.name), tasks: [source.family.name], shots: [source.shape.shots], baseline: baseline)
    let accuracies = comparison.rows.map(\.accuracy)
    for (place, row) in comparison.rows.enumerated() {
      episodes[place] = row.scores.accuracy.count
      rank[place] = 1 + accuracies.count { $0 > row.accuracy }
      for (measure, number) in row.numbers { measures[measure]?[place] = number }
    }
  }
}

extension CandidateStatus {
  /// How an evaluation over several episodes ended: the worst of its outcomes.
  init(_ outcomes: some Sequence<Outcome>) {
    var status = CandidateStatus.ok
    for outcome in outcomes {
      switch outcome {
      case .ok: continue
      case .nan: status = .diverged
      case .saturated: if status != .diverged { status = .saturated }
      case .silent: if status == .ok { status = .silent }
      }
    }
    self = status
  }

  /// How the evaluation of a candidate over the episodes of a generation ended: `stopped` when it did not take the hurdle
  /// although not every episode failed.
  init(_ outcomes: some Collection<Outcome>, isStopped: Bool) {
    self.init(outcomes)
    if isStopped, outcomes.contains(.ok) { self = .stopped }
  }
}
