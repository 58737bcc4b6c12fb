import Arithmetic
import Records
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
  /// What was measured on the way, [episode][stop]; empty where nobody looked.
  public var points: [[DiagnosisPoint]] = []
  /// The weights before and after learning of the first episodes; empty where nobody kept them. nil where they were no
  /// longer finite.
  public var weights: [EpisodeWeights?] = []

  init(_ scores: [TimedScore]) {
    accuracy = scores.map(\.score.accuracy)
    loss = scores.map(\.score.loss)
    outcomes = scores.map(\.score.outcome)
    firingRates = scores.map(\.score.firingRates)
    time = scores.map(\.time)
    if scores.contains(where: { !$0.points.isEmpty }) { points = scores.map(\.points) }
    if let last = scores.lastIndex(where: { $0.weights != nil }) { weights = scores[...last].map(\.weights) }
  }

  init(accuracy: [Double], loss: [Double] = [], outcomes: [Outcome] = [], time: [Double]) {
    self.accuracy = accuracy
    self.loss = loss
    self.outcomes = outcomes
    self.time = time
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
  /// Mean of the paired difference of accuracies, episode by episode; which one is taken from which, the comparison's
  /// `contrast` says.
  public var difference: Double
  /// Bootstrap 95 % interval of that mean.
  public var differenceInterval: ClosedRange<Double>
  /// Whether that mean could be chance; nil for the row that the others are compared with.
  public var test: DifferenceTest?
  /// The share of the gap from feedback alignment to backprop that the row closes; nil without the rows of
  /// those names, without a gap, and for methods without a network.
  public var gapClosed: Double?
  /// Bootstrap 95 % interval of that share; nil without the share, and where the interval of the gap itself holds 0.
  public var gapClosedInterval: ClosedRange<Double>?
}

/// How surely a paired difference is there.
public struct DifferenceTest: Sendable, Hashable {
  /// Two-sided p value of the sign-flip test.
  public var p: Double
  /// Whether every pattern of signs was counted.
  public var isExact: Bool
  /// The p value after Holm's correction for all rows of the table.
  public var adjustedP: Double
  /// The difference that as many episodes show with power 0.8 at a two-sided level of 0.05.
  public var detectable: Double
}

/// Rows scored on the same episodes, each compared with one of them.
public struct Comparison: Sendable, Hashable {
  /// What paired differences are taken from what.
  public enum Contrast: Sendable, Hashable {
    /// The first row minus each other one: a result beside those it is measured by.
    case firstMinusRow
    /// Each row minus the baseline of this name.
    case rowMinus(String)
    /// No differences are taken: the baseline was not scored.
    case none
  }

  /// The rows in the order of the table.
  public var rows: [ComparisonRow]
  /// How they are compared.
  public var contrast: Contrast
  /// The place of the row that the others are compared with.
  public var reference: Int

  /// Makes the table.
  /// - Parameters:
  ///   - rows: name, rule and scores; all on the same episodes.
  ///   - seed: of the bootstrap and of the test's signs.
  ///   - contrast: what is compared; a baseline must be among the rows.
  ///   - learners: names of the rows that may close a gap; nil for those that a network answered.
  public init(
    _ rows: [(name: String, contender: Contender?, scores: EpisodeScores)], seed: UInt64,
    contrast: Contrast = .firstMinusRow, learners: Set<String>? = nil
  ) {
    self.contrast = contrast
    let learners = learners ?? Set(rows.filter { !$0.scores.outcomes.isEmpty }.map(\.name))
    switch contrast {
    case .firstMinusRow, .none: reference = 0
    case .rowMinus(let name):
      guard let place = rows.firstIndex(where: { $0.name == name }) else {
        preconditionFailure("no row \(name) among \(rows.map(\.name))")
      }
      reference = place
    }
    let reference = reference
    let standard = rows.isEmpty ? [] : rows[reference].scores.accuracy
    self.rows = rows.enumerated().map { index, row in
      let own = Bootstrap.intervalOfMean(row.scores.accuracy, seed: seed)
      let (first, second) =
        contrast == .firstMinusRow ? (standard, row.scores.accuracy) : (row.scores.accuracy, standard)
      let paired = Bootstrap.pairedDifference(first, second, seed: seed)
      let differences = zip(first, second).map { $0 - $1 }
      let flipped = index == reference || contrast == .none ? nil : SignFlipTest(differences, seed: seed)
      return ComparisonRow(
        name: row.name, contender: row.contender, scores: row.scores, accuracy: Statistics.mean(row.scores.accuracy),
        accuracyInterval: own.lower...own.upper,
        loss: row.scores.loss.isEmpty ? nil : Statistics.mean(row.scores.loss), difference: paired.mean,
        differenceInterval: paired.interval.lower...paired.interval.upper,
        test: flipped.map {
          DifferenceTest(
            p: $0.p, isExact: $0.isExact, adjustedP: .nan, detectable: Power.detectableDifference(differences))
        })
    }
    let tested = self.rows.indices.filter { self.rows[$0].test != nil }
    for (index, adjusted) in zip(tested, MultipleTesting.holm(tested.map { self.rows[$0].test!.p })) {
      self.rows[index].test!.adjustedP = adjusted
    }
    for index in self.rows.indices where learners.contains(self.rows[index].name) {
      self.rows[index].gapClosed = gapClosed(self.rows[index])
      self.rows[index].gapClosedInterval = gapClosedInterval(self.rows[index], seed: seed)
    }
  }

  /// The row of this name, or nil.
  public subscript(_ name: String) -> ComparisonRow? { rows.first { $0.name == name } }

  /// The share of the gap from feedback alignment to backprop that a rule closes; nil without these rows, without a gap,
  /// and for methods without a network.
  private func gapClosed(_ row: ComparisonRow) -> Double? {
    guard let low = self[RowName.feedbackAlignment], let high = self[RowName.backprop] else {
      return nil
    }
    let gap = high.accuracy - low.accuracy
    return gap > 0 ? (row.accuracy - low.accuracy) / gap : nil
  }

  /// The interval of that share, both gaps measured on the same resampled episodes.
  private func gapClosedInterval(_ row: ComparisonRow, seed: UInt64) -> ClosedRange<Double>? {
    guard row.gapClosed != nil, let low = self[RowName.feedbackAlignment], let high = self[RowName.backprop] else {
      return nil
    }
    let found = Bootstrap.intervalOfRatio(
      zip(row.scores.accuracy, low.scores.accuracy).map { $0 - $1 },
      zip(high.scores.accuracy, low.scores.accuracy).map { $0 - $1 }, seed: seed)
    return found.lower <= found.upper && found.lower.isFinite && found.upper.isFinite ? found.lower...found.upper : nil
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

  /// Names that are all different: a number follows a name that was there before.
  public static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.map { name in
      var (candidate, turn) = (name, 1)
      while !seen.insert(candidate).inserted {
        turn += 1
        candidate = "\(name)-\(turn)"
      }
      return candidate
    }
  }
}
