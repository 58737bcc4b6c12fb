import Records

extension Report {
  /// Where the run comes from and how to make it again.
  static func provenance(_ contents: RunContents) -> Section {
    let (identity, provenance) = (contents.identity, contents.provenance)
    var section = Section(id: "provenance", title: "Provenance", parts: [])
    var facts = Table(header: ["what", "value"], rows: [], long: [1])
    facts.rows = [
      ["record", identity.uuid], ["made", identity.created], ["last written", identity.modified],
      ["software", generator(identity)], ["master seed", "\(provenance.masterSeed)"],
      ["random numbers", provenance.rng], ["experiment", provenance.configPath],
      ["SHA-256 of the experiment", provenance.configSHA256],
    ].filter { !$0[1].isEmpty }
    section.parts.append(facts.markup)
    section.parts += sessions(contents.sessions)
    if let sources = contents.findings?.sources, !sources.isEmpty {
      var table = Table(header: ["record", "kind", "uuid", "SHA-256"], rows: [], words: [0, 1], long: [2, 3])
      table.caption = "Records that the findings were made from"
      table.rows = sources.map { [$0.name, $0.kind, $0.uuid, $0.sha256] }
      section.parts.append(table.markup)
    }
    if !provenance.inputs.isEmpty {
      var table = Table(header: ["input", "role", "bytes", "SHA-256"], rows: [], words: [1], long: [0, 3])
      table.caption = "Inputs"
      table.rows = provenance.inputs.map { [$0.name, $0.role, "\($0.bytes)", $0.sha256] }
      section.parts.append(table.markup)
    }
    if !provenance.libraries.isEmpty {
      var table = Table(header: ["library", "version"], rows: [], words: [0, 1])
      table.caption = "Libraries"
      table.rows = provenance.libraries.map { [$0.name, $0.version] }
      section.parts.append(table.markup)
    }
    if !provenance.configText.isEmpty {
      section.parts.append(
        Markup(
          "details", [:],
          [Markup("summary", text: "The experiment's page"), Markup("pre", text: provenance.configText)]))
    }
    return section
  }

  /// A table for each start or resume; of many all but the last are folded.
  private static func sessions(_ sessions: [Session]) -> [Markup] {
    let tables = sessions.enumerated().map { index, session in
      var table = Table(header: ["session \(index + 1)", ""], rows: [], long: [1])
      table.rows = [
        ["command", session.commandLine], ["started", session.started], ["ended", session.ended],
        ["why it ended", session.exitReason],
        [
          "generations", session.firstGeneration < 0 ? "" : "\(session.firstGeneration) to \(session.lastGeneration)",
        ],
        ["engine", session.engine], ["workers", "\(session.threads)"], ["processor", session.cpu],
        ["system", session.os], ["program", session.softwareVersion], ["revision", session.gitRevision],
        ["compiler", session.compiler],
      ].filter { !$0[1].isEmpty }
      return table.markup
    }
    guard tables.count > 3 else { return tables }
    let folded = [Markup("summary", text: "The first \(tables.count - 1) sessions")] + tables.dropLast()
    return [Markup("details", [:], folded), tables[tables.count - 1]]
  }

  /// The program that wrote the record, with its version.
  static func generator(_ identity: RecordIdentity) -> String {
    "\(identity.software) \(identity.softwareVersion)"
  }
}
