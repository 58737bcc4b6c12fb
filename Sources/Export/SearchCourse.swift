import Arithmetic
import Records

/// The course of a search, thinned to what pictures show.
///
/// Generations go in one after another, so a record of any length is read in blocks. Kept are at most
/// ``mostGenerations``, evenly spaced, the first and the last among them; of each its numbers, its coefficients and the
/// quartiles of its fitness, but not its population.
public struct SearchCourse: Sendable, Equatable {
  /// The most generations that are kept.
  public static let mostGenerations = 600
  /// The most candidates that are drawn one by one.
  static let largestPopulation = 6000
  /// The most marks that the curves of one figure carry; beyond it they are lines alone.
  static let mostMarks = 4000

  /// What is kept of a generation.
  struct Row: Sendable, Equatable {
    var generation: Int
    /// Of every candidate, or of the first alone where there are too many to draw.
    var fitness: [Double]
    var lowerQuartile: Double
    var upperQuartile: Double
    var medianFitness: Double
    var incumbentFitness: Double
    var incumbentParameter: [Double]
    var evaluations: Int
    /// The columns per generation; of those per candidate and task only the first value.
    var measures: [DiscoveryHeader.Measure: [Double]]
  }

  /// What was searched, and how.
  public let header: DiscoveryHeader
  /// Generations of the search.
  public let count: Int
  /// Of so many generations one is kept; the last one always is.
  public let stride: Int
  /// Whether every candidate is drawn.
  let drawsCandidates: Bool
  private(set) var rows: [Row] = []
  /// Candidates that had a sick network, in all generations.
  private(set) var failures = 0
  /// The best candidates by their complexity, in all generations.
  private(set) var front = SearchFront()
  private var added = 0

  /// An empty course.
  /// - Parameters:
  ///   - header: what was searched.
  ///   - count: how many generations will be added.
  public init(_ header: DiscoveryHeader, count: Int) {
    self.header = header
    self.count = count
    let spaces = SearchCourse.mostGenerations - 1
    stride = max(1, (max(count - 1, 0) + spaces - 1) / spaces)
    let (all, overflows) = count.multipliedReportingOverflow(by: header.candidates)
    drawsCandidates = !overflows && all <= SearchCourse.largestPopulation
  }

  /// The course of generations that are at hand.
  public init(_ header: DiscoveryHeader, _ rows: [GenerationRow]) {
    self.init(header, count: rows.count)
    for row in rows { add(row) }
  }

  /// Reads the search of a record in blocks; nil where there is none. Memory does not grow with the record.
  /// - Throws: what `RunRecord.generations` throws.
  public init?(_ record: RunRecord) throws(HDF5Error) {
    guard let header = try record.discovery() else { return nil }
    self.init(header, count: try record.generationCount())
    let block = SearchCourse.blockLength(header)
    for start in Swift.stride(from: 0, to: count, by: block) {
      let rows = try record.generations(start..<min(start + block, count), includingPopulation: false)
      for row in rows { add(row) }
    }
  }

  /// Generations that are read at once: whole chunks of the record, about 8 MiB without the population.
  static func blockLength(_ header: DiscoveryHeader) -> Int {
    let candidates = min(header.candidates, 1 << 20)
    let parameters = min(header.parameters.count, 1 << 20)
    let bytes = 8 * (candidates * (4 + header.measures.count) + 3 * parameters + 16)
    return max(1, min(256, (8 << 20) / bytes / 16)) * 16
  }

  /// Adds the next generation.
  /// - Precondition: fewer than ``count`` were added.
  public mutating func add(_ row: GenerationRow) {
    precondition(added < count, "\(added) generations of \(count) were added already")
    failures += row.status.count { ![.ok, .pending].contains($0) }
    front.add(row, header)
    let isKept = added % stride == 0 || added == count - 1
    added += 1
    guard isKept else { return }
    let known = row.fitness.filter(Axis.isDrawable)
    rows.append(
      Row(
        generation: row.generation, fitness: drawsCandidates ? row.fitness : Array(row.fitness.prefix(1)),
        lowerQuartile: Statistics.quantile(known, 0.25), upperQuartile: Statistics.quantile(known, 0.75),
        medianFitness: row.medianFitness, incumbentFitness: row.incumbentFitness,
        incumbentParameter: row.incumbentParameter, evaluations: row.evaluations,
        measures: row.measures.reduce(into: [:]) { kept, measure in
          let isLong = SearchCourse.perCandidate.contains(measure.key)
          kept[measure.key] = isLong ? Array(measure.value.prefix(1)) : measure.value
        }))
  }

  private static let perCandidate: Set<DiscoveryHeader.Measure> = [
    .taskScore, .complexity, .penalty, .queryLoss, .episodesSkipped, .episodesScored,
  ]

  // MARK: Columns

  /// Generation numbers.
  var generation: [Double] { rows.map { Double($0.generation) } }

  /// What a caption says of generations that are not drawn; empty where all are.
  var thinning: String {
    stride == 1 ? "" : " One \(header.outerStep) of \(stride) is drawn and listed, and the last; there are \(count)."
  }

  /// A coefficient of the search mean, generation by generation; nil when the search has no mean.
  func searchMean(_ parameter: Int) -> [Double]? {
    guard header.measures.contains(.searchMean) else { return nil }
    let values = rows.map { row -> Double in
      guard let mean = row.measures[.searchMean], parameter < mean.count else { return .nan }
      return mean[parameter]
    }
    return values.contains(where: Axis.isDrawable) ? values : nil
  }

  /// A coefficient of the best candidate so far.
  func incumbent(_ parameter: Int) -> [Double] {
    rows.map { parameter < $0.incumbentParameter.count ? $0.incumbentParameter[parameter] : .nan }
  }

  /// A measure with one value a generation; nil when it was not taken.
  func single(_ measure: DiscoveryHeader.Measure) -> [Double]? {
    guard header.measures.contains(measure) else { return nil }
    let values = rows.map { $0.measures[measure]?.first ?? .nan }
    return values.contains(where: Axis.isDrawable) ? values : nil
  }
}

/// The lowest meta-loss, penalties left out, that candidates of each complexity reached.
struct SearchFront: Sendable, Equatable {
  /// One candidate.
  struct Point: Sendable, Equatable {
    var complexity: Int
    var loss: Double
    var generation: Int
    var candidate: Int
  }

  /// The most complexities that are told apart; those met later are left out.
  static let mostPoints = 400

  private var best: [Int: Point] = [:]

  /// The best of each complexity, simplest first.
  var points: [Point] { best.values.sorted { $0.complexity < $1.complexity } }

  mutating func add(_ row: GenerationRow, _ header: DiscoveryHeader) {
    guard let complexities = row.measures[.complexity] else { return }
    for candidate in row.fitness.indices where row.status[candidate] == .ok && candidate < complexities.count {
      let loss = SearchFront.loss(row, candidate, header)
      guard Axis.isDrawable(loss), let complexity = Int(exactly: complexities[candidate].rounded()) else { continue }
      if let known = best[complexity] {
        if loss >= known.loss { continue }
      } else if best.count >= SearchFront.mostPoints {
        continue
      }
      best[complexity] = Point(
        complexity: complexity, loss: loss, generation: row.generation, candidate: candidate)
    }
  }

  /// The meta-loss without penalties: measured, or else what the fitness says.
  private static func loss(_ row: GenerationRow, _ candidate: Int, _ header: DiscoveryHeader) -> Double {
    if let losses = row.measures[.queryLoss], candidate < losses.count, losses[candidate].isFinite {
      return losses[candidate]
    }
    let cost = header.direction == .maximize ? -row.fitness[candidate] : row.fitness[candidate]
    let penalties = row.measures[.penalty] ?? []
    let penalty = candidate < penalties.count && penalties[candidate].isFinite ? penalties[candidate] : 0
    return cost - penalty
  }
}
