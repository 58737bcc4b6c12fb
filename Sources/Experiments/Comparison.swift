import Arithmetic
import Tasks

/// What one row of a result table scored, episode by episode.
public struct EpisodeScores: Sendable, Hashable {
  /// Query accuracy of each episode.
  public var accuracy: [Double]
  /// Query loss of each episode; empty for methods that give no probabilities.
  public var loss: [Double]
  /// How each episode ended; empty for methods without a network.
  public var outcomes: [Outcome]
  /// Spikes per neuron and step, [episode][hidden group]; empty without a network.
  public var firingRates: [[Double]]
  /// Seconds of computing of each episode.
  public var time: [Double]

  init(_ scores: [TimedScore]) {
    accuracy = scores.map(\.score.accuracy)
    loss = scores.map(\.score.loss)
    outcomes = scores.map(\.score.outcome)
    firingRates = scores.map(\.score.firingRates)
    time = scores.map(\.time)
  }

  init(accuracy: [Double], time: [Double]) {
    self.accuracy = accuracy
    self.time = time
    loss = []
    outcomes = []
    firingRates = []
  }
}

/// One row of a result table.
public struct ComparisonRow: Sendable, Hashable {
  /// What the table calls it.
  public var name: String
  /// The rule behind it; nil for methods without a network.
  public var contender: Contender?
  /// Its scores.
  public var scores: EpisodeScores
  /// Mean query accuracy.
  public var accuracy: Double
  /// Bootstrap 95 % interval of the mean accuracy.
  public var accuracyInterval: ClosedRange<Double>
  /// Mean query loss, or nil.
  public var loss: Double?
  /// Mean of (first row's accuracy − this row's), episode by episode.
  public var difference: Double
  /// Bootstrap 95 % interval of that mean.
  public var differenceInterval: ClosedRange<Double>
}

/// Rows scored on the same episodes, the first one compared with each other.
public struct Comparison: Sendable, Hashable {
  /// The rows in the order of the table.
  public var rows: [ComparisonRow]

  /// Makes the table.
  /// - Parameters:
  ///   - rows: name, rule and scores; all on the same episodes.
  ///   - seed: of the bootstrap.
  public init(_ rows: [(name: String, contender: Contender?, scores: EpisodeScores)], seed: UInt64) {
    let first = rows.first?.scores.accuracy ?? []
    self.rows = rows.map { row in
      let own = Bootstrap.intervalOfMean(row.scores.accuracy, seed: seed)
      let paired = Bootstrap.pairedDifference(first, row.scores.accuracy, seed: seed)
      return ComparisonRow(
        name: row.name, contender: row.contender, scores: row.scores, accuracy: Statistics.mean(row.scores.accuracy),
        accuracyInterval: own.lower...own.upper,
        loss: row.scores.loss.isEmpty ? nil : Statistics.mean(row.scores.loss), difference: paired.mean,
        differenceInterval: paired.interval.lower...paired.interval.upper)
    }
  }

  /// The row of this name, or nil.
  public subscript(_ name: String) -> ComparisonRow? { rows.first { $0.name == name } }

  /// The share of the gap from feedback alignment to backprop that a rule closes; nil without these rows, without a gap,
  /// and for methods without a network.
  public func gapClosed(_ row: ComparisonRow) -> Double? {
    guard row.contender != nil, let low = self[RowName.feedbackAlignment], let high = self[RowName.backprop] else {
      return nil
    }
    let gap = high.accuracy - low.accuracy
    return gap > 0 ? (row.accuracy - low.accuracy) / gap : nil
  }
}

/// What the rows of every result table are called.
public enum RowName {
  /// The rule found by the search.
  public static let discovered = "discovered"
  /// The searched rule with the coefficients of its page.
  public static let start = "start"
  /// Feedback alignment, its learning rate tuned.
  public static let feedbackAlignment = "feedback-alignment"
  /// Backprop in the same network, its learning rate tuned.
  public static let backprop = "backprop"
  /// The delta rule in a network without hidden groups, its learning rate tuned.
  public static let oneLayerDelta = "one-layer-delta"
}
