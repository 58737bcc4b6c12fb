import Glibc

/// What is in a record, in short. Encodes to JSON without NaN: what is not finite is null; seeds are strings.
public struct RecordSummary: Sendable, Hashable, Codable {
  /// The search of a record.
  public struct Search: Sendable, Hashable, Codable {
    /// The search, such as `cma-es`.
    public var method: String
    /// `minimize` or `maximize`.
    public var direction: String
    /// Generations recorded.
    public var generations: Int
    /// Candidates per generation.
    public var candidates: Int
    /// Evaluations recorded.
    public var evaluations: Int
    /// Names of the coefficients.
    public var parameters: [String]
    /// Coefficients of the best candidate; of a descent, those that it reached.
    public var best: [Double?]
    /// Fitness of the best candidate.
    public var bestFitness: Double?
    /// Median fitness of the last generation.
    public var medianFitness: Double?
    /// Seconds of search.
    public var wallTime: Double?
    /// How many evaluations ended in which way, by the word of the status.
    public var statusCounts: [String: Int]
  }

  /// One rule of a record.
  public struct Rule: Sendable, Hashable, Codable {
    /// Its name.
    public var name: String
    /// Its equation.
    public var expression: String
    /// `discovered`, `baseline` or `user`.
    public var origin: String
    /// Operators and operands.
    public var complexity: Double?
  }

  /// The mean scores of one rule, after the last step, over tasks, shots and episodes.
  public struct Score: Sendable, Hashable, Codable {
    /// The rule's name.
    public var rule: String
    /// Mean query accuracy of the runs that were measured.
    public var accuracy: Double?
    /// Mean query loss of the runs that were measured.
    public var loss: Double?
    /// Runs measured.
    public var runs: Int
    /// Runs that did not end with `ok`.
    public var notOK: Int
  }

  /// The evaluation of a record.
  public struct Evaluation: Sendable, Hashable, Codable {
    /// Task families.
    public var tasks: [String]
    /// Training examples per class.
    public var shots: [Int]
    /// Test episodes.
    public var episodes: Int
    /// Classes per episode; the first task's where tasks differ.
    public var ways: Int
    /// Which shard of a grid it is, such as `1/4`.
    public var shard: String?
    /// Runs that are pending.
    public var pending: Int
    /// One line per rule.
    public var scores: [Score]
  }

  /// One system of a training.
  public struct System: Sendable, Hashable, Codable {
    /// Its name.
    public var name: String
    /// The learning system.
    public var credit: String
    /// Its hidden neurons.
    public var neuron: String
    /// Its hidden layers.
    public var hidden: String
    /// Mean accuracy on samples held out after the last epoch of each run.
    public var accuracy: Double?
    /// Epochs done by all runs.
    public var epochs: Int
    /// Epochs that all runs have planned.
    public var planned: Int
    /// Runs that ended other than with `ok`.
    public var notOK: Int
  }

  /// The training of a record.
  public struct Training: Sendable, Hashable, Codable {
    /// The data set.
    public var data: String
    /// Seeds.
    public var seeds: [Int]
    /// Samples held out.
    public var samples: Int
    /// One line per system.
    public var systems: [System]
  }

  /// The file as the caller named it.
  public var file: String
  /// Its size in bytes.
  public var bytes: Int
  /// The version of the schema that wrote it.
  public var schemaVersion: String
  /// `discovery`, `evaluation`, `findings` or `training`.
  public var kind: String
  /// `running`, `complete`, `interrupted` or `failed`.
  public var status: String
  /// The record's UUID.
  public var uuid: String
  /// Its title.
  public var title: String
  /// When it was made, UTC.
  public var created: String
  /// When it was last published, UTC.
  public var modified: String
  /// The program and version that wrote it.
  public var software: String
  /// The master seed, in decimal.
  public var seed: String?
  /// Base name of the configuration.
  public var config: String?
  /// Starts and resumes.
  public var sessions: Int
  /// Why the last session ended; empty while it runs.
  public var exitReason: String?
  /// The search, if the record holds one.
  public var search: Search?
  /// The rules, if the record holds any.
  public var rules: [Rule]
  /// The evaluation, if the record holds one.
  public var evaluation: Evaluation?
  /// The training, if the record holds one.
  public var training: Training?
}

extension RecordSummary {
  /// Reads what is in a record.
  /// - Throws: when the file is no readable record.
  public static func info(_ path: String) throws(HDF5Error) -> RecordSummary {
    let record = try RunRecord.open(path)
    let identity = try record.identity()
    var summary = RecordSummary(
      file: path, bytes: try checkInput(path), schemaVersion: try record.file.text("schema_version") ?? "",
      kind: identity.kind.rawValue, status: identity.status.rawValue, uuid: identity.uuid, title: identity.title,
      created: identity.created, modified: identity.modified,
      software: "\(identity.software) \(identity.softwareVersion)", sessions: 0, rules: [])
    if record.file.exists("provenance") {
      let provenance = try record.provenance()
      let sessions = try record.sessions()
      summary.seed = "\(provenance.masterSeed)"
      summary.config = provenance.configPath
      summary.sessions = sessions.count
      summary.exitReason = sessions.last?.exitReason
    }
    if let header = try record.discovery() { summary.search = try search(header, record) }
    summary.rules = try record.rules().map {
      Rule(name: $0.name, expression: $0.expression, origin: $0.origin.rawValue, complexity: finite($0.complexity))
    }
    if let table = try record.evaluation() { summary.evaluation = evaluation(table) }
    if let log = try record.training() { summary.training = training(log) }
    return summary
  }

  private static func search(_ header: DiscoveryHeader, _ record: RunRecord) throws(HDF5Error) -> Search {
    let count = try record.generationCount()
    let last = count > 0 ? try record.generations(count - 1..<count).first : nil
    var counts: [String: Int] = [:]
    for code in try record.file.readIntegers("/discovery/candidate_status").values {
      counts[CandidateStatus(code: code).word, default: 0] += 1
    }
    // Each generation of a descent met other episodes: where it stands counts, and not its luckiest one.
    let reached = header.search == "meta-gradient" ? last?.measures[.searchMean] : nil
    return Search(
      method: header.search, direction: header.direction.rawValue, generations: count, candidates: header.candidates,
      evaluations: last?.evaluations ?? 0, parameters: header.parameters.map(\.name),
      best: (reached ?? last?.incumbentParameter ?? []).map(finite),
      bestFitness: last.flatMap { finite($0.incumbentFitness) },
      medianFitness: last.flatMap { finite($0.medianFitness) }, wallTime: last.flatMap { finite($0.wallTime) },
      statusCounts: counts)
  }

  private static func evaluation(_ table: EvaluationTable) -> Evaluation {
    let runs = table.tasks.count * table.shots.count * table.seeds.count
    let steps = table.steps.count
    func mean(_ values: [Float], _ rule: Int) -> (Double?, Int) {
      guard steps > 0 else { return (nil, 0) }
      // Runs that learn less long end at an earlier step.
      let all = (rule * runs..<(rule + 1) * runs).compactMap { run in
        values[run * steps..<(run + 1) * steps].last { $0.isFinite }.map(Double.init)
      }
      return (all.isEmpty ? nil : all.reduce(0, +) / Double(all.count), all.count)
    }
    return Evaluation(
      tasks: table.tasks, shots: table.shots, episodes: table.seeds.count, ways: table.ways,
      shard: table.shard, pending: table.status.count { $0 == .pending },
      scores: table.rules.indices.map { rule in
        let (accuracy, measured) = mean(table.accuracy, rule)
        return Score(
          rule: table.rules[rule], accuracy: accuracy, loss: mean(table.loss, rule).0, runs: measured,
          notOK: table.status[rule * runs..<(rule + 1) * runs].count { $0 != .ok && $0 != .pending })
      })
  }

  private static func training(_ log: TrainingLog) -> Training {
    Training(
      data: log.data, seeds: log.seeds, samples: log.sampleCount,
      systems: log.systems.enumerated().map { s, system in
        let runs = log.seeds.indices.map { log.index(system: s, seed: $0) }
        let accuracies = runs.filter { log.epochsDone[$0] > 0 }.map {
          log.testAccuracy[$0 * log.epochCount + log.epochsDone[$0] - 1]
        }
        return System(
          name: system.name, credit: system.credit, neuron: system.neuron, hidden: system.hidden,
          accuracy: accuracies.isEmpty ? nil : finite(accuracies.reduce(0, +) / Double(accuracies.count)),
          epochs: runs.reduce(0) { $0 + log.epochsDone[$1] }, planned: system.epochs * runs.count,
          notOK: runs.count { log.runStatus[$0] != .ok && log.runStatus[$0] != .pending })
      })
  }

  private static func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
}

extension RecordSummary: CustomStringConvertible {
  /// The summary as lines for people.
  public var description: String {
    var lines = [
      "\(file): \(kind), \(status), schema \(schemaVersion), \(bytes) bytes", "  title      \(title)",
      "  uuid       \(uuid)", "  created    \(created), last published \(modified), by \(software)",
    ]
    if let seed { lines.append("  seed       \(seed)\(config.map { ", config \($0)" } ?? "")") }
    let reason = exitReason.map { $0.isEmpty ? ", the last still running or killed" : ", the last ended: \($0)" } ?? ""
    lines.append("  sessions   \(sessions)\(reason)")
    if let search { lines += search.lines }
    if !rules.isEmpty {
      lines.append("  rules")
      for rule in rules { lines.append("    \(rule.name) (\(rule.origin)): \(rule.expression)") }
    }
    if let evaluation { lines += evaluation.lines }
    if let training { lines += training.lines }
    return lines.joined(separator: "\n")
  }
}

extension RecordSummary.Search {
  fileprivate var lines: [String] {
    let ended = statusCounts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    var lines = [
      "  search     \(method), \(direction); \(generations) generations of \(candidates), \(evaluations) evaluations"
        + (wallTime.map { ", \(fixed($0, 1)) s" } ?? "")
    ]
    if !ended.isEmpty { lines.append("  candidates \(ended)") }
    if let bestFitness {
      let median = medianFitness.map { ", median of the last generation \(significant($0))" } ?? ""
      lines.append("  fitness    best \(significant(bestFitness))\(median)")
    }
    for (name, value) in zip(parameters, best) { lines.append("    \(name) = \(value.map { "\($0)" } ?? "nan")") }
    return lines
  }
}

extension RecordSummary.Evaluation {
  fileprivate var lines: [String] {
    let shots = shots.map(String.init).joined(separator: ", ")
    var lines = ["  evaluation \(tasks.joined(separator: "; ")); \(ways)-way, \(shots)-shot, \(episodes) episodes"]
    if let shard { lines.append("    shard \(shard)") }
    if pending > 0 { lines.append("    \(pending) runs pending") }
    for score in scores {
      let accuracy = score.accuracy.map { fixed($0, 3) } ?? "not measured"
      let loss = score.loss.map { ", loss \(fixed($0, 3))" } ?? ""
      let sick = score.notOK > 0 ? ", \(score.notOK) not ok" : ""
      lines.append("    \(score.rule): accuracy \(accuracy)\(loss) over \(score.runs) runs\(sick)")
    }
    return lines
  }
}

extension RecordSummary.Training {
  fileprivate var lines: [String] {
    let names = seeds.map(String.init).joined(separator: ", ")
    return ["  training   \(data), \(samples) samples held out, seed\(seeds.count == 1 ? "" : "s") \(names)"]
      + systems.map { system in
        "    \(system.name): accuracy \(system.accuracy.map { fixed($0, 4) } ?? "not measured"), \(system.epochs) of "
          + "\(system.planned) epochs; \(system.credit), \(system.neuron) \(system.hidden)"
          + (system.notOK > 0 ? ", \(system.notOK) not ok" : "")
      }
  }
}

/// A number with `places` digits after the point.
private func fixed(_ value: Double, _ places: Int) -> String {
  guard abs(value) < 1e12 else { return "\(value)" }
  var scale = 1.0
  for _ in 0..<places { scale *= 10 }
  let scaled = (abs(value) * scale).rounded()
  let whole = Int(scaled / scale)
  let rest = Int(scaled) - whole * Int(scale)
  let digits = String(rest)
  let sign = value < 0 && scaled > 0 ? "-" : ""
  return "\(sign)\(whole)." + String(repeating: "0", count: places - digits.count) + digits
}

/// Six significant digits.
private func significant(_ value: Double) -> String {
  guard value != 0, value.isFinite else { return "\(value)" }
  let exponent = Int(log10(abs(value)).rounded(.down))
  guard exponent >= -4, exponent < 6 else { return "\(value)" }
  return fixed(value, max(0, 5 - exponent))
}

extension RunRecord {
  /// The last generations, oldest first: what `log tail` shows.
  public func tail(_ count: Int) throws(HDF5Error) -> [GenerationRow] {
    let all = try generationCount()
    return try generations(max(0, all - max(0, count))..<all)
  }
}
