import Records

extension Report {
  /// Where the run comes from and how to make it again.
  static func provenance(_ contents: RunContents) -> Markup {
    let (identity, provenance) = (contents.identity, contents.provenance)
    var section = Markup("section", ["id": "provenance"], [Markup("h2", text: "Provenance")])
    var facts = Table(header: ["what", "value"], rows: [], words: [0, 1])
    facts.rows = [
      ["record", identity.uuid], ["made", identity.created], ["last written", identity.modified],
      ["software", generator(identity)], ["master seed", "\(provenance.masterSeed)"],
      ["random numbers", provenance.rng], ["experiment", provenance.configPath],
      ["SHA-256 of the experiment", provenance.configSHA256],
    ].filter { !$0[1].isEmpty }
    section.add(facts.markup)
    if !contents.sessions.isEmpty {
      var table = Table(
        header: ["started", "ended", "why it ended", "generations", "workers", "machine", "program", "command"],
        rows: [])
      table.words = [0, 1, 2, 3, 5, 6, 7]
      table.caption = "Sessions"
      table.rows = contents.sessions.map { session in
        let generations =
          session.firstGeneration < 0 ? "–" : "\(session.firstGeneration) to \(session.lastGeneration)"
        let program = [session.softwareVersion, session.gitRevision, session.compiler].filter { !$0.isEmpty }
        return [
          session.started, session.ended, session.exitReason, generations, "\(session.threads)",
          [session.cpu, session.os].filter { !$0.isEmpty }.joined(separator: ", "), program.joined(separator: ", "),
          session.commandLine,
        ]
      }
      section.add(table.markup)
    }
    if !provenance.inputs.isEmpty {
      var table = Table(header: ["input", "role", "bytes", "SHA-256"], rows: [], words: [0, 1, 3])
      table.caption = "Inputs"
      table.rows = provenance.inputs.map { [$0.name, $0.role, "\($0.bytes)", $0.sha256] }
      section.add(table.markup)
    }
    if !provenance.libraries.isEmpty {
      var table = Table(header: ["library", "version"], rows: [], words: [0, 1])
      table.caption = "Libraries"
      table.rows = provenance.libraries.map { [$0.name, $0.version] }
      section.add(table.markup)
    }
    section.add(
      Markup(
        "details", [:],
        [Markup("summary", text: "The experiment's page"), Markup("pre", text: provenance.configText)]))
    return section
  }

  /// The program that wrote the record, with its version.
  static func generator(_ identity: RecordIdentity) -> String {
    "\(identity.software) \(identity.softwareVersion)"
  }
}
