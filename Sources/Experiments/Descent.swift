import Arithmetic
import Search

/// What the gradients of one generation came to.
public struct Descent: Sendable, Hashable {
  /// d meta-loss / d θ, the mean over the episodes that count, penalty included, [coefficient]. When none does it is
  /// the penalty's alone, which leads back to where episodes count, or NaN where there is no penalty.
  public var gradient: [Double]
  /// Mean alignment angle of each group, from the input to the readout, in degrees; NaN where undefined.
  public var angles: [Double]
  /// Mean distance from orthonormal weights of each projection; NaN where undefined.
  public var orthonormality: [Double]
  /// Episodes that failed or had no finite gradient, and so do not count.
  public var skipped: Int
  /// Restarts up to and including this generation.
  public var restarts: Int

  /// The means over the episodes that count, in the order of the episodes.
  /// - Parameters:
  ///   - grades: [episode].
  ///   - penalty: the derivative of the penalties, [coefficient].
  ///   - layerCount: projections of the network.
  init(_ grades: [GradedScore], penalty: [Double], layerCount: Int, restarts: Int) {
    let counting = grades.filter(\.counts)
    let isPenalised = penalty.contains { $0 != 0 }
    gradient = penalty.indices.map { r in
      if counting.isEmpty { return isPenalised ? penalty[r] : .nan }
      return Statistics.mean(counting.map { $0.gradient[r] }) + penalty[r]
    }
    angles = Self.means(counting.map(\.angles), count: layerCount + 1)
    orthonormality = Self.means(counting.map(\.orthonormality), count: layerCount)
    skipped = grades.count - counting.count
    self.restarts = restarts
  }

  /// The means of the finite values at each place; NaN where there is none.
  private static func means(_ rows: [[Double]], count: Int) -> [Double] {
    (0..<count).map { place in
      let values = rows.compactMap { $0.indices.contains(place) && $0[place].isFinite ? $0[place] : nil }
      return values.isEmpty ? .nan : Statistics.mean(values)
    }
  }
}

extension SearchRun {
  /// Takes the graded episodes of the next generation, [episode], and moves on.
  ///
  /// Fitness and accuracy are those of every search: means over all episodes, failed ones with the worst loss. The
  /// gradient is the mean over the episodes that count.
  mutating func tell(_ candidate: Contender, _ grades: [TimedGrade]) -> SearchedGeneration {
    let slope = candidate.coefficients.map { $0 > 0 ? choice.l1 : $0 < 0 ? -choice.l1 : 0 }
    let restarts = (optimiser as? any GradientOptimiser)?.restarts ?? 0
    let rate = optimiser.stepSize
    let descent = Descent(
      grades.map(\.graded), penalty: slope, layerCount: candidate.layerCount, restarts: restarts)
    var row = note([candidate], [grades.map(\.timedScore)], gradient: descent.gradient)
    row.descent = descent
    row.stepSize = rate
    return row
  }
}
