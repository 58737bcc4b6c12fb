import Foundation
import Pages
import Records
import Rules
import Tasks

/// The record of a grid: what was asked, the scores so far, and in the end what they say.
///
/// It is kept as values and made anew for every publication, so the file never holds what was replaced.
public struct GridRecord {
  /// Where it is published.
  public var path: String
  /// The scores.
  public var table: GridTable
  var identity: RecordIdentity
  let provenance: Provenance
  var sessions: [Session]
  let rules: [RuleRow]
  /// The row that the others are compared with.
  public let baseline: String
  /// What the scores say; nil until the end.
  public private(set) var found: GridFindings?

  /// The record of a grid that begins; nothing is on disk before the first `publish`.
  /// - Parameters:
  ///   - path: where; its folder exists.
  ///   - table: no scores yet.
  ///   - rules: the rules of its first rows.
  ///   - text: the page that was read, a grid or an experiment.
  ///   - file: the page's name.
  ///   - baseline: the row that the others are compared with.
  ///   - facts: the program and the machine.
  ///   - data: a folder of data sets.
  public init(
    _ path: String, _ table: GridTable, rules: [GridRule], text: String, file: String, baseline: String,
    facts: SessionFacts, libraries: [Provenance.Library], data: String?
  ) {
    let layout = table.layout
    let grid = layout.grid
    self.path = path
    self.table = table
    self.baseline = baseline
    identity = RecordIdentity(
      kind: .evaluation, uuid: RecordIdentity.randomUUID(), title: "\(grid.name), \(grid.split) episodes",
      softwareVersion: SessionFacts.softwareVersion)
    let pages = rules.compactMap { rule in
      rule.text.map {
        Provenance.Input(
          name: baseName(rule.path), role: "rule", sha256: SHA256.digest(Array($0.utf8)), bytes: $0.utf8.count)
      }
    }
    var names: [String] = []
    for cell in layout.cells where !names.contains(cell.experiment.task.data) {
      names.append(cell.experiment.task.data)
    }
    // What is missing makes failed rows and is no input.
    let files = names.flatMap { (try? Provenance.Input.files(of: $0, data: data)) ?? [] }
    provenance = Provenance(
      configText: text, configPath: baseName(file), configSHA256: SHA256.digest(Array(text.utf8)),
      configResolved: Self.configuration(grid, rules, baseline: baseline).text(sorted: true),
      masterSeed: layout.base.experiment.seed, libraries: libraries, inputs: pages + files)
    self.rules = rules.map { rule in
      let fitting = layout.tasks.first { (try? rule.contender(in: $0.experiment)) != nil }
      return rule.row(in: (fitting ?? layout.tasks[0]).experiment)
    }
    sessions = [facts.session]
  }

  /// A published record taken up again, and the rules that it is about.
  /// - Throws: `HDF5Error`, `Diagnostics`, or `RecordMismatch` when it holds no grid.
  public static func open(_ path: String) throws -> (record: GridRecord, rules: [GridRule]) {
    let stored = try RunRecord.open(path)
    let provenance = try stored.provenance()
    let page = try Page.parse(text: provenance.configResolved, file: path)
    guard page.root["grid"] != nil, let scores = try stored.evaluation() else {
      throw RecordMismatch(path: path, message: "holds no grid of evaluations")
    }
    let layout = try GridLayout(Grid(stored: provenance.configResolved, file: path))
    guard let baseline = layout.grid.baseline else {
      throw RecordMismatch(path: path, message: "does not say which row is the baseline")
    }
    let rows = try stored.rules()
    let rules = try Self.rules(page.root["rules"], rows, path: path)
    let table = try GridTable(layout, stored: scores, rows: scores.rules, path: path)
    guard Array(scores.rules.prefix(rows.count)) == rows.map(\.name) else {
      throw RecordMismatch(path: path, message: "its scores are not those of its rules")
    }
    var identity = try stored.identity()
    // It is written anew from the sessions.
    identity.history = ""
    let record = GridRecord(
      path: path, table: table, identity: identity, provenance: provenance, sessions: try stored.sessions(),
      rules: rows, baseline: baseline)
    return (record, rules)
  }

  init(
    path: String, table: GridTable, identity: RecordIdentity, provenance: Provenance, sessions: [Session],
    rules: [RuleRow], baseline: String
  ) {
    self.path = path
    self.table = table
    self.identity = identity
    self.provenance = provenance
    self.sessions = sessions
    self.rules = rules
    self.baseline = baseline
  }

  /// A session that goes on with the record.
  public mutating func resume(_ facts: SessionFacts) {
    sessions.append(facts.session)
    identity.status = .running
  }

  /// What the record says of how far it has come.
  public var status: RecordIdentity.Status { identity.status }

  /// Writes down what the scores say.
  public mutating func conclude() -> GridFindings {
    let found = GridFindings(
      table.table, baseline: baseline, learners: Set(rules.map(\.name) + table.layout.learners),
      seed: provenance.masterSeed)
    self.found = found
    return found
  }

  /// Publishes the record whole.
  /// - Parameters:
  ///   - status: how far it has come.
  ///   - reason: why the session ends; nil while it goes on.
  ///   - replacing: whether a file that is there may be replaced.
  /// - Returns: the number of bytes.
  @discardableResult
  public mutating func publish(
    _ status: RecordIdentity.Status, reason: String? = nil, replacing: Bool = true
  ) throws(HDF5Error) -> Int {
    identity.status = status
    if let reason {
      sessions[sessions.count - 1].ended = timestamp()
      sessions[sessions.count - 1].exitReason = reason
    }
    let record = try RunRecord.create(path, identity, provenance: provenance)
    for session in sessions { try record.beginSession(session) }
    try record.setRules(rules)
    try record.setEvaluation(table.table)
    if let found { try record.setFindings(found.findings) }
    try record.publish(to: path, replacing: replacing)
    return (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
  }

  /// What a record keeps of a grid and its rules, so that it can go on from the record alone.
  private static func configuration(_ grid: Grid, _ rules: [GridRule], baseline: String) -> JSON {
    var grid = grid
    grid.baseline = baseline
    guard case .object(let members) = grid.json else { preconditionFailure("a grid is an object") }
    let list = rules.map { rule in
      JSON.object(
        [.init("name", .text(rule.name)), .init("path", .text(baseName(rule.path)))]
          + (rule.coefficients.map { [.init("slots", .list($0.map(JSON.number)))] } ?? [])
          + (rule.text == nil ? [] : [.init("verbatim", .boolean(true))])
          + [.init("origin", .text(rule.origin.rawValue))])
    }
    return .object(members + [.init("rules", .list(list))])
  }

  /// The rules that a record keeps, as they were when it began.
  private static func rules(_ node: PageNode?, _ rows: [RuleRow], path: String) throws -> [GridRule] {
    guard case .sequence(let entries)? = node?.kind, entries.count == rows.count else {
      throw RecordMismatch(path: path, message: "does not say which rules it is about")
    }
    return try zip(entries, rows).map { entry, row in
      let loaded = try LoadedRule(text: row.ruleText, path: "\(path): rule \(row.name)")
      var slots: [Double]?
      if case .sequence(let values)? = entry["slots"]?.kind { slots = values.map { $0.scalar?.number ?? .nan } }
      var rule = GridRule(
        name: row.name, rule: loaded.rule, coefficients: slots,
        text: entry["verbatim"]?.scalar?.boolean == true ? row.ruleText : nil,
        path: entry["path"]?.scalar?.text ?? path)
      rule.origin = row.origin
      return rule
    }
  }
}
