import ArgumentParser
import Experiments
import Pages

extension FindingsRecord.Part: ExpressibleByArgument {}

extension ExportCommand {
  /// `export findings`: what records say, as one small record.
  struct FindingsVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "findings", abstract: "What records say about rules, as one small record to hand on.",
      discussion: """
        Rules of one name and page are pooled over the records, each episode once; differences are taken within a record, \
        between rows that met the same episode. What searches discovered stays apart, named after its record. The new \
        record holds /findings, /rules and /provenance, with the hash of every record it was made from.
        """)
    @Argument(help: ArgumentHelp("Records with scores: of discover, of evaluate, of grids.", valueName: "run.h5"))
    var records: [String]
    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("The record to write.", valueName: "findings.h5"))
    var out: String
    @Option(
      name: .long, help: "The row that differences are taken to (default: feedback-alignment where it was scored).")
    var baseline: String?
    @Option(name: .long, help: "A title for people.") var title: String?
    @Option(
      name: .long,
      help: "Copy a part of the record, which must be the only one: evaluation or discovery; may be repeated.")
    var include: [FindingsRecord.Part] = []
    @Flag(name: .long, help: "Write over a file that is there already.") var force = false
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func validate() throws {
      if records.isEmpty { throw ValidationError("name the records") }
    }

    func run() throws {
      try RunPath.check(out, force: force, resumes: false)
      let pool = try FindingsPool(records.map { try ScoredRecord($0) }, baseline: baseline)
      var made = try FindingsRecord(pool, title: title, including: include)
      made.findings.summary = FindingsSheet.markdown(made.findings, rules: pool.ruleRows, title: made.title)
      try made.write(to: out, facts: .current(workers: 1), libraries: Versions.libraries, replacing: force)
      if json {
        Output.line(
          JSON.object([
            .init("record", .text(out)), .init("rules", .list(pool.rules.map(JSON.text))),
            .init("tasks", .list(pool.tasks.map(JSON.text))), .init("shots", .list(pool.shots.map(JSON.integer))),
            .init("sources", .list(pool.sources.map { .text($0.name) })),
          ]).text())
      } else {
        Output.line(made.findings.summary ?? "")
        Output.note("written   \(out)")
      }
    }
  }
}
