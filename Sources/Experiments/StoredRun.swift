import Pages
import Records
import Rules
import Search

/// What a published record says about a discovery: its experiment, its rules, what was evaluated and what was found.
public struct StoredRun: Sendable {
  /// The record.
  public let path: String
  /// The experiment with every default filled in, as JSON.
  public let configuration: String
  /// The experiment's page as it was.
  public let pageText: String
  /// The page's base name.
  public let pageName: String
  private let record: RunRecord
  private let rows: [RuleRow]

  /// Opens a record.
  /// - Throws: `HDF5Error`, or `RecordMismatch` when it holds no discovery.
  public init(_ path: String) throws {
    self.path = path
    record = try RunRecord.open(path)
    let provenance = try record.provenance()
    configuration = provenance.configResolved
    pageText = provenance.configText
    pageName = provenance.configPath
    rows = try record.rules()
    guard try record.discovery() != nil else { throw RecordMismatch(path: path, message: "holds no discovery") }
  }

  /// The experiment that was run, with changes put over it.
  public func experiment(overrides: [String] = []) throws -> ResolvedExperiment {
    var resolved = try ResolvedExperiment.read(text: configuration, file: path, overrides: overrides)
    resolved.text = pageText
    resolved.file = pageName
    return resolved
  }

  /// The rules that the run began with.
  public func rules() throws -> DiscoveryRules {
    DiscoveryRules(
      searched: try rule(RowName.start), feedbackAlignment: try rule(RowName.feedbackAlignment),
      backprop: try rule(RowName.backprop))
  }

  /// What the run discovered: the searched rule with the coefficients that the selection pool chose, or with the best so
  /// far, or the last of a descent, while nothing is chosen.
  /// - Throws: `RecordMismatch` when nothing was evaluated yet.
  public func discovered() throws -> (rule: Rule, coefficients: [Double]) {
    let rule = try rule(RowName.start).rule
    if let chosen = try DiscoveryState.chosenCoefficients(of: RowName.discovered, in: record.state()) {
      return (rule, chosen)
    }
    guard let last = try record.tail(1).last else {
      throw RecordMismatch(path: path, message: "has evaluated nothing yet, so there is no best rule")
    }
    if try record.discovery()?.search == MetaGradient.name, let reached = last.measures[.searchMean] {
      return (rule, reached)
    }
    return (rule, last.incumbentParameter)
  }

  /// The rule with the coefficients of a candidate.
  public func candidate(generation: Int, slot: Int) throws -> (rule: Rule, coefficients: [Double]) {
    guard let row = try record.generation(generation) else {
      throw RecordMismatch(
        path: path, message: "has no generation \(generation); it holds \(try record.generationCount())")
    }
    guard row.population.indices.contains(slot) else {
      throw RecordMismatch(
        path: path, message: "has no candidate \(slot) in a generation; there are 0 to \(row.population.count - 1)")
    }
    return (try rule(RowName.start).rule, row.population[slot])
  }

  private func rule(_ name: String) throws -> LoadedRule {
    guard let row = rows.first(where: { $0.name == name }) else {
      throw RecordMismatch(path: path, message: "holds no rule \(name)")
    }
    return try LoadedRule(text: row.ruleText, path: "\(path): rule \(name)")
  }
}

/// What may change when a run is resumed.
public enum ResumeCheck {
  /// Keys of the experiment that are budget, and may change.
  public static let budget = ["optimizer.generations", "test.episodes"]

  /// Fails when two experiments differ in more than their budget; names every key with both values.
  public static func budgetAlone(recorded: JSON, wanted: JSON, path: String) throws {
    let mine = leaves(recorded, "")
    let theirs = leaves(wanted, "")
    let known = Dictionary(mine, uniquingKeysWith: { first, _ in first })
    let asked = Dictionary(theirs, uniquingKeysWith: { first, _ in first })
    let keys = mine.map(\.0) + theirs.map(\.0).filter { known[$0] == nil }
    let changed = keys.filter { known[$0] != asked[$0] && !budget.contains($0) }
    guard !changed.isEmpty else { return }
    let list = changed.map { "\($0) is \(known[$0] ?? "absent") there and \(asked[$0] ?? "absent") here" }
    throw RecordMismatch(
      path: path,
      message: "a resume keeps the experiment of the record: \(list.joined(separator: "; ")) "
        + "(only \(budget.joined(separator: " and ")) may change)")
  }

  private static func leaves(_ json: JSON, _ path: String) -> [(String, String)] {
    guard case .object(let members) = json else { return [(path, json.text())] }
    return members.flatMap { leaves($0.value, path.isEmpty ? $0.name : "\(path).\($0.name)") }
  }
}
