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
  /// What it says; whoever writes it may add a summary in words.
  public var findings: Findings
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
    findings = try pool.findings()
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
