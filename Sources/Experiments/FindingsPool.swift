import Arithmetic
import Records
import Tasks

/// Findings from the scores of one record or of several.
///
/// A row is a rule, or a method that is none. Rows of one name and one page in several records are one row, and its
/// episodes are pooled; rows of one name with different pages, such as what two searches discovered, stay apart and get the
/// record's name behind an `@`, and so do tasks of one name whose experiments differ. An episode that several records
/// scored counts once. Differences are always taken within a record, between rows that met the same episode; Holm's
/// correction is for all tests of the findings together.
public struct FindingsPool: Sendable {
  /// The records, in the order given, their names all different.
  public let sources: [ScoredRecord]
  /// The row that differences are taken to.
  public let baseline: String
  /// Rows of the findings, by name.
  public private(set) var rules: [String] = []
  /// Tasks of the findings.
  public private(set) var tasks: [String] = []
  /// Numbers of examples of each class.
  public private(set) var shots: [Int] = []
  /// What the records say of the rules among the rows.
  public private(set) var ruleRows: [RuleRow] = []
  /// The places of each row, in the order of `rules`.
  private var members: [[(source: Int, rule: Int)]] = []
  /// The places of each task.
  private var taskMembers: [[(source: Int, task: Int)]] = []

  /// Pools records.
  /// - Parameters:
  ///   - sources: at least one.
  ///   - baseline: the row that differences are taken to; nil takes feedback alignment where a record has it, else what the
  ///     first record compared with, else its first row.
  /// - Throws: `RecordMismatch` when no record has the baseline, with the rows that there are.
  public init(_ sources: [ScoredRecord], baseline: String? = nil) throws(RecordMismatch) {
    precondition(!sources.isEmpty, "no records to find anything in")
    var sources = sources
    for (place, name) in RowName.unique(sources.map(\.stem)).enumerated() { sources[place].name = name + ".h5" }
    self.sources = sources
    let names = sources.flatMap(\.table.rules)
    let usual = names.contains(RowName.feedbackAlignment) ? RowName.feedbackAlignment : nil
    self.baseline = baseline ?? usual ?? sources[0].findings?.baseline ?? sources[0].table.rules[0]
    guard names.contains(self.baseline) else {
      let known = names.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
      throw RecordMismatch(
        path: sources.map(\.path).joined(separator: ", "),
        message: "there is no row \(self.baseline) to compare with; there are \(known.joined(separator: ", "))")
    }
    gather()
  }

  private mutating func gather() {
    let rows = sources.indices.flatMap { source in
      sources[source].table.rules.indices.map { (source: source, rule: $0) }
    }
    (rules, members) = Self.labels(
      rows.map { ($0, sources[$0.source].table.rules[$0.rule], $0.source) },
      identity: { sources[$0.source].identity(ofRow: sources[$0.source].table.rules[$0.rule]) },
      stems: sources.map(\.stem))
    let places = sources.indices.flatMap { source in
      sources[source].table.tasks.indices.map { (source: source, task: $0) }
    }
    (tasks, taskMembers) = Self.labels(
      places.map { ($0, sources[$0.source].table.tasks[$0.task], $0.source) },
      identity: { sources[$0.source].identity(ofTask: $0.task) }, stems: sources.map(\.stem))
    shots = Set(sources.flatMap(\.table.shots)).sorted()
    ruleRows = zip(rules, members).compactMap { label, places in
      let first = places[0]
      let source = sources[first.source]
      guard var row = source.rules.first(where: { $0.name == source.table.rules[first.rule] }) else { return nil }
      row.name = label
      return row
    }
  }

  /// Groups things by identity; things of one name and several identities get their record's name behind it.
  private static func labels<Place>(
    _ places: [(place: Place, name: String, source: Int)], identity: (Place) -> String, stems: [String]
  ) -> ([String], [[Place]]) {
    var order: [String] = []
    var groups: [String: (name: String, source: Int, places: [Place])] = [:]
    for (place, name, source) in places {
      let key = identity(place)
      if groups[key] == nil {
        order.append(key)
        groups[key] = (name, source, [])
      }
      groups[key]!.places.append(place)
    }
    let found = order.map { groups[$0]! }
    let counts = found.reduce(into: [String: Int]()) { $0[$1.name, default: 0] += 1 }
    let names = found.map { counts[$0.name]! > 1 ? "\($0.name)@\(stems[$0.source])" : $0.name }
    return (RowName.unique(names), found.map(\.places))
  }

  // MARK: Numbers

  /// The findings: means, paired differences, tests, ranks, what terms are worth, and where all of it is from.
  /// - Throws: `RecordMismatch` when two records scored a rule on the same episode and differ.
  public func findings() throws(RecordMismatch) -> Findings {
    var findings = Findings(rules: rules, tasks: tasks, shots: shots, baseline: baseline)
    var tests: [(place: Int, p: Double)] = []
    for rule in rules.indices {
      for task in tasks.indices {
        for shot in shots.indices {
          let place = (rule * tasks.count + task) * shots.count + shot
          guard let cell = try cell(rule, task, shots[shot]) else { continue }
          findings.episodes[place] = cell.own.accuracy.count
          for (measure, number) in cell.numbers(baseline, seed: sources[0].seed) {
            findings.measures[measure]?[place] = number
          }
          if let p = findings.measures[.p]?[place], p.isFinite { tests.append((place, p)) }
        }
      }
    }
    for (test, adjusted) in zip(tests, MultipleTesting.holm(tests.map(\.p))) {
      findings.measures[.adjustedP]?[test.place] = adjusted
    }
    findings.rankByMeans()
    findings.terms = terms()
    findings.sources = sources.map {
      FindingsSource(name: $0.name, uuid: $0.identity.uuid, kind: $0.identity.kind.rawValue, sha256: $0.file.sha256)
    }
    findings.ruleSources = members.map { places in
      let named = Set(places.map(\.source)).sorted().map { sources[$0].name }
      return named.joined(separator: ",")
    }
    return findings
  }

  /// The scores of a row in a cell, with those of the rows that it is measured by; nil where it was not scored.
  private func cell(_ rule: Int, _ task: Int, _ shot: Int) throws(RecordMismatch) -> PooledCell? {
    let first = members[rule][0]
    var cell = PooledCell(
      name: rules[rule], rowName: sources[first.source].table.rules[first.rule],
      isMethod: !ruleRows.contains { $0.name == rules[rule] })
    var seen: [PooledEpisode: Double] = [:]
    for member in members[rule] {
      guard let own = taskMembers[task].first(where: { $0.source == member.source }) else { continue }
      let source = sources[member.source]
      guard let place = source.table.shots.firstIndex(of: shot),
        let runs = source.table.scoredRuns(rule: member.rule, task: own.task, shot: place)
      else { continue }
      let scores = source.table.scores(runs, task: own.task)
      var fresh: [Int] = []
      for (index, run) in runs.enumerated() {
        let episode = source.episode(run % source.table.seeds.count)
        if let before = seen[episode] {
          guard before == scores.accuracy[index] else {
            throw RecordMismatch(
              path: source.path,
              message: "scored \(rules[rule]) otherwise than another record on episode \(episode.number) of seed "
                + "\(episode.seed) (\(tasks[task]), \(shot) shots)")
          }
          continue
        }
        seen[episode] = scores.accuracy[index]
        fresh.append(index)
      }
      cell.add(scores.picking(fresh), beside: [baseline, RowName.feedbackAlignment, RowName.backprop]) { name in
        guard let other = source.table.rules.firstIndex(of: name),
          let theirs = source.table.scoredRuns(rule: other, task: own.task, shot: place)
        else { return nil }
        let seeds = source.table.seeds.count
        let positions = Dictionary(uniqueKeysWithValues: theirs.enumerated().map { ($1 % seeds, $0) })
        let wanted = fresh.map { positions[runs[$0] % seeds] }
        guard wanted.allSatisfy({ $0 != nil }) else { return nil }
        return source.table.scores(theirs, task: own.task).picking(wanted.map { $0! })
      }
    }
    return cell.own.accuracy.isEmpty ? nil : cell
  }

  /// What the records say terms are worth; where several say it of one rule, the one with the most episodes is believed.
  private func terms() -> TermImportance? {
    var found: [(rule: Int, episodes: Int, terms: TermImportance, row: Int)] = []
    for (rule, places) in members.enumerated() {
      let known = places.compactMap { member -> (rule: Int, episodes: Int, terms: TermImportance, row: Int)? in
        guard let own = sources[member.source].findings, let terms = own.terms,
          let row = own.rules.firstIndex(of: sources[member.source].table.rules[member.rule])
        else { return nil }
        let width = terms.terms.count
        guard terms.drop[row * width..<(row + 1) * width].contains(where: { !$0.isNaN }) else { return nil }
        let cells = own.tasks.count * own.shots.count
        return (rule, own.episodes[row * cells..<(row + 1) * cells].reduce(0, +), terms, row)
      }
      if let best = known.max(by: { $0.episodes < $1.episodes }) { found.append(best) }
    }
    guard !found.isEmpty else { return nil }
    var names: [String] = []
    for name in found.flatMap(\.terms.terms) where !names.contains(name) { names.append(name) }
    var table = TermImportance(terms: names, rules: rules.count)
    for entry in found {
      for (column, name) in entry.terms.terms.enumerated() {
        let from = entry.row * entry.terms.terms.count + column
        let to = entry.rule * names.count + names.firstIndex(of: name)!
        (table.drop[to], table.low[to], table.high[to]) = (
          entry.terms.drop[from], entry.terms.low[from], entry.terms.high[from]
        )
      }
    }
    return table
  }
}
