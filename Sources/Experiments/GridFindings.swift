import Arithmetic
import Records
import Tasks

/// What the scores of a grid say: a comparison for every task and number of shots, and all of them as `/findings`.
///
/// Everything follows from the table that a record keeps, so shards that were merged say what one run would have said. In
/// a cell the episodes of all seeds count alike. Holm's correction is for all tests of the grid together.
public struct GridFindings: Sendable {
  /// The table.
  public let table: EvaluationTable
  /// One comparison per task and number of shots, [task][shot]; without rows where nothing was scored.
  public private(set) var comparisons: [[Comparison]]
  /// The row that the others are compared with.
  public let baseline: String
  /// The same as a record keeps it.
  public private(set) var findings: Findings

  /// Compares the rows of a table.
  /// - Parameters:
  ///   - table: the scores; rows with pending runs count with the episodes that they have.
  ///   - baseline: a row of the table.
  ///   - learners: rows that may close the gap between feedback alignment and backprop.
  ///   - seed: of bootstraps and tests.
  public init(_ table: EvaluationTable, baseline: String, learners: Set<String>, seed: UInt64) {
    self.table = table
    self.baseline = baseline
    comparisons = table.tasks.indices.map { task in
      table.shots.indices.map { shot in
        let rows = table.rules.indices.compactMap { rule in
          table.scores(rule: rule, task: task, shot: shot).map {
            (name: table.rules[rule], contender: Contender?.none, scores: $0)
          }
        }
        let isCompared = rows.contains { $0.name == baseline }
        return Comparison(
          rows, seed: seed, contrast: isCompared ? .rowMinus(baseline) : .none, learners: learners)
      }
    }
    findings = Findings(rules: table.rules, tasks: table.tasks, shots: table.shots, baseline: baseline)
    adjust()
    fill()
  }

  /// The row of a rule in a cell; nil where it was not scored.
  public func row(_ rule: String, task: Int, shot: Int) -> ComparisonRow? { comparisons[task][shot][rule] }

  /// Why a rule was not scored in a cell, or nil.
  public func reason(rule: Int, task: Int, shot: Int) -> String? {
    let reason = table.reasons?[(rule * table.tasks.count + task) * table.shots.count + shot] ?? ""
    return reason.isEmpty ? nil : reason
  }

  /// Holm's correction for the tests of all cells.
  private mutating func adjust() {
    var places: [(task: Int, shot: Int, row: Int)] = []
    for (task, row) in comparisons.enumerated() {
      for (shot, comparison) in row.enumerated() {
        places += comparison.rows.indices.filter { comparison.rows[$0].test != nil }.map { (task, shot, $0) }
      }
    }
    let values = places.map { comparisons[$0.task][$0.shot].rows[$0.row].test!.p }
    for (place, adjusted) in zip(places, MultipleTesting.holm(values)) {
      comparisons[place.task][place.shot].rows[place.row].test!.adjustedP = adjusted
    }
  }

  private mutating func fill() {
    for (rule, name) in table.rules.enumerated() {
      for task in table.tasks.indices {
        for shot in table.shots.indices {
          guard let row = comparisons[task][shot][name] else { continue }
          let place = (rule * table.tasks.count + task) * table.shots.count + shot
          findings.episodes[place] = row.scores.accuracy.count
          for (measure, number) in row.numbers { findings.measures[measure]?[place] = number }
        }
      }
    }
    findings.rankByMeans()
  }
}

extension ComparisonRow {
  /// The numbers of a row that `/findings` keeps; what is not defined is left out.
  var numbers: [Findings.Measure: Double] {
    var numbers: [Findings.Measure: Double] = [
      .accuracyMean: accuracy, .accuracyLow: accuracyInterval.lowerBound, .accuracyHigh: accuracyInterval.upperBound,
    ]
    if let test {
      numbers[.gapToBaseline] = difference
      numbers[.gapLow] = differenceInterval.lowerBound
      numbers[.gapHigh] = differenceInterval.upperBound
      numbers[.p] = test.p
      numbers[.adjustedP] = test.adjustedP
      numbers[.detectable] = test.detectable
    }
    numbers[.gapClosed] = gapClosed
    numbers[.gapClosedLow] = gapClosedInterval?.lowerBound
    numbers[.gapClosedHigh] = gapClosedInterval?.upperBound
    return numbers
  }
}

extension EvaluationTable {
  /// What a rule scored in a cell at the last step it was measured at, episode by episode; nil where it failed, or where
  /// nothing was done yet.
  func scores(rule: Int, task: Int, shot: Int) -> EpisodeScores? {
    scoredRuns(rule: rule, task: task, shot: shot).map { scores($0, task: task) }
  }

  /// The places of the runs of a rule in a cell that are done; nil where one failed, or where nothing was done yet.
  func scoredRuns(rule: Int, task: Int, shot: Int) -> [Int]? {
    guard !seeds.isEmpty else { return nil }
    let first = index(rule: rule, task: task, shot: shot, seed: 0)
    let runs = (first..<first + seeds.count).filter { status[$0] != .pending }
    return runs.isEmpty || runs.contains { status[$0] == .failed } ? nil : runs
  }

  /// The scores of runs of one rule on one task, at the last step each was measured at.
  func scores(_ runs: [Int], task: Int) -> EpisodeScores {
    let queries = Double(queries(task: task))
    func last(_ values: [Float], _ run: Int) -> Float {
      values[run * steps.count..<(run + 1) * steps.count].last { !$0.isNaN } ?? .nan
    }
    let losses = runs.map { Double(last(loss, $0)) }
    return EpisodeScores(
      accuracy: runs.map { exact(last(accuracy, $0), queries: queries, outputs: Double(outputs[task])) },
      loss: losses.contains { $0.isNaN } ? [] : losses, outcomes: runs.map { Outcome(status[$0]) },
      time: runs.map { Double(runTime[$0]) })
  }

  /// The double of which a share of right answers is the single precision: answers are whole, and a failed episode counts
  /// with the share of guessing.
  private func exact(_ value: Float, queries: Double, outputs: Double) -> Double {
    let answered = (Double(value) * queries).rounded() / queries
    if Float(answered) == value { return answered }
    return Float(1 / outputs) == value ? 1 / outputs : Double(value)
  }
}

extension Outcome {
  /// How an episode ended whose run a record keeps.
  init(_ status: CandidateStatus) {
    switch status {
    case .diverged: self = .nan
    case .silent: self = .silent
    case .saturated: self = .saturated
    default: self = .ok
    }
  }
}
