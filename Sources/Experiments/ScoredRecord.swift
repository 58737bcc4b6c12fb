import Foundation
import Records
import Tasks

/// A published record as findings need it: its rules, its scores, and what its experiment was.
public struct ScoredRecord: Sendable {
  /// The file.
  public let path: String
  /// The name findings give it: the file's base name, made different from those of other records.
  public var name: String
  /// The attributes of its root.
  public let identity: RecordIdentity
  /// The seed of its bootstraps, and of its episodes where the table names no other.
  public let seed: UInt64
  /// Its rules.
  public let rules: [RuleRow]
  /// Its scores.
  public let table: EvaluationTable
  /// What its own findings say, if it has any.
  public let findings: Findings?
  /// SHA-256 and size of the file.
  public let file: Provenance.Input
  /// What each task is beyond its name: network, task, encoder and credit pathway of its experiment, [task].
  let settings: [String]

  /// Reads a record.
  /// - Throws: `HDF5Error`; `RecordMismatch` where nothing was scored yet.
  public init(_ path: String) throws {
    let record = try RunRecord.open(path)
    let provenance = try record.provenance()
    guard let table = try record.evaluation(), table.status.contains(where: { $0 != .pending }) else {
      let kind = try record.identity().kind
      throw RecordMismatch(
        path: path,
        message: kind == .findings
          ? "holds findings already: name the records they were made from"
          : "holds no scores on held-out tasks yet: let its run come to its end, or leave it out")
    }
    self.path = path
    self.table = table
    name = baseName(path)
    identity = try record.identity()
    seed = provenance.masterSeed
    rules = try record.rules()
    findings = try record.findings()
    file = Provenance.Input(
      name: baseName(path), role: "record", sha256: try SHA256.digest(file: path), bytes: try Self.size(path))
    let configuration = Configuration(provenance.configResolved)
    settings = table.tasks.indices.map { task in
      let width = table.axes.count
      return configuration.setting(Array(zip(table.axes, table.axisValues[task * width..<(task + 1) * width])))
    }
  }

  /// The name without `.h5`.
  var stem: String { name.hasSuffix(".h5") ? String(name.dropLast(3)) : name }

  /// Where a row comes from: its rule's name, page and equation; a method that is no rule is its name alone.
  func identity(ofRow row: String) -> String {
    guard let rule = rules.first(where: { $0.name == row }) else { return row }
    return [row, rule.sha256, rule.expression].joined(separator: "\n")
  }

  /// What a task is: its name, its pool of episodes, and the setting of its experiment.
  func identity(ofTask task: Int) -> String {
    [table.tasks[task], table.split ?? "test", settings[task]].joined(separator: "\n")
  }

  /// The seed and number of the episode at a place of the `seed` axis.
  func episode(_ place: Int) -> PooledEpisode {
    PooledEpisode(
      seed: table.runSeeds.map { UInt64(truncatingIfNeeded: $0[place]) } ?? seed,
      number: table.episodes?[place] ?? table.seeds[place])
  }

  private static func size(_ path: String) throws -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? NSNumber)?.intValue ?? 0
  }
}

/// The configuration of a record: an experiment, or a grid of variants of one.
private struct Configuration {
  /// The experiment's page as JSON.
  private let experiment: [String: Any]
  /// Axes of a grid that are keys of the experiment.
  private let keys: Set<String>

  init(_ text: String) {
    let json = Self.object(text) ?? [:]
    experiment = json["experiment"] as? [String: Any] ?? json
    keys = Set((json["vary"] as? [[String: Any]] ?? []).compactMap { $0["key"] as? String })
  }

  /// Members that say what a score means; budget, seeds and the number of examples, which has an axis of its own, are left
  /// out. Defaults are filled in, so that a record of an earlier version says the same, and so are a grid's values where
  /// its axes are keys; other axes stand behind.
  func setting(_ values: [(axis: String, value: String)]) -> String {
    let overrides = values.filter { keys.contains($0.axis) }.map { "\($0.axis)=\($0.value)" }
    let resolved = try? ResolvedExperiment.read(
      text: Self.text(experiment), file: "configuration", overrides: overrides)
    var kept = (resolved.flatMap { Self.object($0.canonical) } ?? experiment).filter {
      ["network", "task", "encoder", "credit"].contains($0.key)
    }
    if var task = kept["task"] as? [String: Any] {
      task["shots"] = nil
      kept["task"] = task
    }
    let others = values.filter { resolved == nil || !keys.contains($0.axis) }.map { "\($0.axis)=\($0.value)" }
    return ([Self.text(kept)] + others).joined(separator: "\n")
  }

  private static func object(_ text: String) -> [String: Any]? {
    (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any]
  }

  private static func text(_ members: [String: Any]) -> String {
    let data = try? JSONSerialization.data(withJSONObject: members, options: [.sortedKeys])
    return data.map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}

/// An episode, whatever record it was scored for.
struct PooledEpisode: Hashable {
  var seed: UInt64
  var number: Int
}
