import Arithmetic
import Records

/// The scores of one row on one task and number of shots, from all records, beside those it is measured by.
struct PooledCell {
  let name: String
  /// What its records call the row.
  let rowName: String
  /// Whether the row is no rule, so that closing a gap says nothing of it.
  let isMethod: Bool
  /// All its scores.
  private(set) var own = EpisodeScores(accuracy: [], time: [])
  /// For each other row: its scores and the own ones on the same episodes, from the records that have both.
  private var pairs: [String: (theirs: EpisodeScores, own: EpisodeScores)] = [:]
  /// Own, feedback alignment and backprop on the same episodes, from the records that have all three.
  private var gap: [EpisodeScores]?

  init(name: String, rowName: String, isMethod: Bool) {
    self.name = name
    self.rowName = rowName
    self.isMethod = isMethod
  }

  /// Takes in the scores of one record.
  /// - Parameters:
  ///   - scores: on the episodes that count.
  ///   - names: the rows to be measured by.
  ///   - other: their scores on the same episodes; nil where the record lacks them.
  mutating func add(_ scores: EpisodeScores, beside names: [String], _ other: (String) -> EpisodeScores?) {
    own += scores
    var found: [String: EpisodeScores] = [:]
    for name in Set(names) {
      guard let theirs = other(name) else { continue }
      found[name] = theirs
      var pair = pairs[name] ?? (EpisodeScores(accuracy: [], time: []), EpisodeScores(accuracy: [], time: []))
      pair.theirs += theirs
      pair.own += scores
      pairs[name] = pair
    }
    if let low = found[RowName.feedbackAlignment], let high = found[RowName.backprop] {
      var gap = gap ?? [EpisodeScores](repeating: EpisodeScores(accuracy: [], time: []), count: 3)
      gap[0] += scores
      gap[1] += low
      gap[2] += high
      self.gap = gap
    }
  }

  /// The numbers that findings keep.
  func numbers(_ baseline: String, seed: UInt64) -> [Findings.Measure: Double] {
    func row(_ rows: [(String, EpisodeScores)], _ contrast: Comparison.Contrast, learners: Set<String> = [])
      -> ComparisonRow
    {
      Comparison(
        rows.map { (name: $0.0, contender: Contender?.none, scores: $0.1) }, seed: seed, contrast: contrast,
        learners: learners
      ).rows[0]
    }
    var numbers = row([(name, own)], .none).numbers
    if let pair = pairs[baseline], rowName != baseline {
      let compared = row([(name, pair.own), (baseline, pair.theirs)], .rowMinus(baseline)).numbers
      for measure in [Findings.Measure.gapToBaseline, .gapLow, .gapHigh, .p, .adjustedP, .detectable] {
        numbers[measure] = compared[measure]
      }
    }
    if let gap, !isMethod {
      // Names that no row has, so that a row which is one of the two is compared with itself.
      let rows = [("", gap[0]), (RowName.feedbackAlignment, gap[1]), (RowName.backprop, gap[2])]
      let closed = row(rows, .none, learners: [""]).numbers
      for measure in [Findings.Measure.gapClosed, .gapClosedLow, .gapClosedHigh] { numbers[measure] = closed[measure] }
    }
    return numbers
  }
}

extension EpisodeScores {
  /// Other scores of the same row behind these; losses stay only where all episodes have one.
  static func += (scores: inout EpisodeScores, more: EpisodeScores) {
    let keepsLoss = scores.accuracy.isEmpty || !scores.loss.isEmpty
    scores.accuracy += more.accuracy
    scores.loss = keepsLoss && !more.loss.isEmpty ? scores.loss + more.loss : []
    scores.outcomes += more.outcomes
    scores.time += more.time
  }

  /// The scores of some of the episodes.
  func picking(_ places: [Int]) -> EpisodeScores {
    func pick<Element>(_ values: [Element]) -> [Element] { values.isEmpty ? [] : places.map { values[$0] } }
    return EpisodeScores(accuracy: pick(accuracy), loss: pick(loss), outcomes: pick(outcomes), time: pick(time))
  }
}

extension Findings {
  /// Ranks rules by the mean of their accuracies over the cells in which every rule was scored that was scored anywhere;
  /// over its own cells where there is no such cell; a rule without any comes last.
  mutating func rankByMeans() {
    let cells = tasks.count * shots.count
    let means = measures[.accuracyMean] ?? []
    func own(_ rule: Int) -> [Int] { (0..<cells).filter { means[rule * cells + $0].isFinite } }
    let scored = rules.indices.filter { !own($0).isEmpty }
    let common = (0..<cells).filter { cell in scored.allSatisfy { means[$0 * cells + cell].isFinite } }
    let averages = rules.indices.map { rule in
      let kept = own(rule).filter { common.isEmpty || common.contains($0) }
      return kept.isEmpty ? -Double.infinity : Statistics.mean(kept.map { means[rule * cells + $0] })
    }
    rank = averages.map { mean in 1 + averages.count { $0 > mean } }
  }
}
