import Arithmetic
import Records
import Tasks

/// What the terms of some rules are worth.
public struct TermAblation: Sendable {
  /// One rule.
  public struct Row: Sendable {
    /// The rule's row in the table.
    public var name: String
    /// Each term taken away alone, in the order of the page: the accuracy lost with it.
    public var ablations: [Ablation]
  }

  /// The rules, in the order given.
  public var rows: [Row]

  /// As a record keeps it.
  /// - Parameter names: the rows of its findings.
  public func importance(rows names: [String]) -> TermImportance {
    var terms: [String] = []
    for term in rows.flatMap(\.ablations).map(\.summand.description) where !terms.contains(term) { terms.append(term) }
    var table = TermImportance(terms: terms, rules: names.count)
    for row in rows {
      guard let rule = names.firstIndex(of: row.name) else { continue }
      for ablation in row.ablations {
        let place = rule * terms.count + terms.firstIndex(of: ablation.summand.description)!
        table.drop[place] = ablation.difference.mean
        table.low[place] = ablation.difference.interval.lowerBound
        table.high[place] = ablation.difference.interval.upperBound
      }
    }
    return table
  }
}

extension Crew {
  /// Scores rules without each of their terms, nothing tuned again, beside the whole rules; nil when dropped.
  /// - Parameters:
  ///   - comparison: the whole rules' scores on the same episodes.
  /// - Returns: for each rule the accuracy of the whole less that without the term: positive where the term helps. The p
  ///   values are corrected for the number of terms of the rule.
  public func ablations(
    of contenders: [Contender], beside comparison: Comparison, _ source: EpisodeSource, _ split: Split,
    _ range: Range<Int>, worstLoss: Double, isWanted: () -> Bool = { true }
  ) -> TermAblation? {
    var found = TermAblation(rows: [])
    for contender in contenders {
      guard let whole = comparison[contender.name] else { preconditionFailure("\(contender.name) was not scored") }
      let summands = contender.rule.summands
      guard
        let scores = score(
          summands.map { contender.without($0) }, source, split, range, worstLoss: worstLoss, isWanted: isWanted)
      else { return nil }
      let differences = scores.map {
        PairedDifference(whole.scores.accuracy, less: $0.map(\.score.accuracy), seed: source.seed)
      }
      let adjusted = MultipleTesting.holm(differences.map(\.p))
      found.rows.append(
        TermAblation.Row(
          name: contender.name,
          ablations: summands.indices.map {
            Ablation(summand: summands[$0], difference: differences[$0], adjustedP: adjusted[$0])
          }))
    }
    return found
  }
}
