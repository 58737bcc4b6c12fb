import Foundation
import Pages
import Records
import Tasks

/// The record of findings: what was found in other records, small enough to be handed on.
public struct FindingsRecord: Sendable {
  /// Parts of the source that may be copied beside the findings.
  public enum Part: String, Sendable, CaseIterable {
    /// Every score.
    case evaluation
    /// The search.
    case discovery
  }

  /// What was pooled.
  public let pool: FindingsPool
  /// What it says.
  public let findings: Findings
  /// The title.
  public let title: String
  /// What is copied.
  public let parts: [Part]

  /// Concludes from pooled records.
  /// - Parameters:
  ///   - title: nil takes the titles of the records.
  ///   - parts: what to copy from the record, which must then be the only one.
  /// - Throws: `RecordMismatch` where records contradict each other, or several would be copied.
  public init(_ pool: FindingsPool, title: String? = nil, including parts: [Part] = []) throws(RecordMismatch) {
    guard parts.isEmpty || pool.sources.count == 1 else {
      throw RecordMismatch(
        path: pool.sources.map(\.path).joined(separator: ", "),
        message: "\(parts.map(\.rawValue).joined(separator: " and ")) can be copied from one record only")
    }
    self.pool = pool
    self.parts = parts
    let titles = pool.sources.map(\.identity.title).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    self.title = title ?? "Findings: \(titles.joined(separator: "; "))"
    var findings = try pool.findings()
    findings.summary = FindingsSummary.markdown(findings, rules: pool.ruleRows, title: self.title)
    self.findings = findings
  }

  /// Writes the record whole.
  /// - Throws: `HDF5Error`.
  public func write(
    to path: String, facts: SessionFacts, libraries: [Provenance.Library], replacing: Bool
  ) throws {
    let digests = pool.sources.map(\.file.sha256).joined()
    let seed = UInt64(SHA256.digest(Array(digests.utf8)).prefix(16), radix: 16) ?? 0
    let identity = RecordIdentity(
      kind: .findings, uuid: RecordIdentity.uuid(seed: seed), title: title,
      softwareVersion: SessionFacts.softwareVersion)
    let request = JSON.object([
      .init("baseline", .text(pool.baseline)), .init("include", .list(parts.map { .text($0.rawValue) })),
      .init("records", .list(pool.sources.map { .text($0.name) })),
    ]).text(sorted: true)
    let provenance = Provenance(
      configText: request, configFormat: "json", configPath: "findings",
      configSHA256: SHA256.digest(Array(request.utf8)),
      configResolved: request, masterSeed: pool.sources[0].seed, libraries: libraries,
      inputs: pool.sources.map {
        Provenance.Input(name: $0.name, role: "record", sha256: $0.file.sha256, bytes: $0.file.bytes)
      })
    let source = parts.contains(.discovery) ? try RunRecord.open(pool.sources[0].path) : nil
    let record = try RunRecord.create(path, identity, provenance: provenance, discovery: try source?.discovery())
    try record.beginSession(facts.session)
    if let source {
      for generation in 0..<(try source.generationCount()) {
        if let row = try source.generation(generation) { try record.append(row) }
      }
      if try source.discovery() != nil { try record.setArchive(try source.archive()) }
    }
    try record.setRules(pool.ruleRows)
    if parts.contains(.evaluation) { try record.setEvaluation(pool.sources[0].table) }
    try record.setFindings(findings)
    try record.endSession(exitReason: "complete")
    try record.setStatus(.complete)
    try record.publish(to: path, replacing: replacing)
  }
}

/// Findings in words.
enum FindingsSummary {
  /// A page of Markdown: the rules that were discovered, a table for every task and number of shots, and the records.
  static func markdown(_ findings: Findings, rules: [RuleRow], title: String) -> String {
    var lines = ["# \(plain(title))"]
    for rule in rules where rule.origin == .discovered {
      lines += ["", "**\(plain(rule.name))**", ""] + rule.expression.split(separator: "\n").map { "    \($0)" }
    }
    for task in findings.tasks.indices {
      for shot in findings.shots.indices {
        let rows = findings.rules.indices.filter { findings.episodes[place(findings, $0, task, shot)] > 0 }
        guard !rows.isEmpty else { continue }
        lines += [
          "", "## \(plain(findings.tasks[task])), \(findings.shots[shot]) examples of each class", "",
          "| | accuracy | 95 % interval | episodes | less \(plain(findings.baseline)) | 95 % interval | Holm p |",
          "|---|---|---|---|---|---|---|",
        ]
        func number(_ measure: Findings.Measure, _ rule: Int) -> Double {
          findings.measures[measure]?[place(findings, rule, task, shot)] ?? .nan
        }
        for rule in rows.sorted(by: { number(.accuracyMean, $0) > number(.accuracyMean, $1) }) {
          lines.append(
            "| \(plain(findings.rules[rule])) | \(fixed(number(.accuracyMean, rule))) | "
              + "\(interval(number(.accuracyLow, rule), number(.accuracyHigh, rule))) | "
              + "\(findings.episodes[place(findings, rule, task, shot)]) | \(fixed(number(.gapToBaseline, rule), "+")) | "
              + "\(interval(number(.gapLow, rule), number(.gapHigh, rule))) | "
              + "\(chance(number(.adjustedP, rule))) |")
        }
      }
    }
    if !findings.sources.isEmpty {
      lines += ["", "From"] + [""] + findings.sources.map { "- \(plain($0.name)), \($0.kind), `\($0.uuid)`" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func place(_ findings: Findings, _ rule: Int, _ task: Int, _ shot: Int) -> Int {
    (rule * findings.tasks.count + task) * findings.shots.count + shot
  }

  private static func fixed(_ value: Double, _ sign: String = "") -> String {
    value.isFinite ? String(format: "%\(sign).3f", value) : ""
  }

  private static func interval(_ low: Double, _ high: Double) -> String {
    low.isFinite && high.isFinite ? "[\(fixed(low)), \(fixed(high))]" : ""
  }

  private static func chance(_ p: Double) -> String {
    p.isFinite ? (p < 0.0001 ? "<0.0001" : String(format: "%.4f", p)) : ""
  }

  /// Text that a Markdown table shows as it is.
  private static func plain(_ text: String) -> String {
    var plain = ""
    for character in text {
      if "\\`*_[]<>|#".contains(character) { plain += "\\" }
      plain.append(character.isNewline ? " " : character)
    }
    return plain
  }
}
