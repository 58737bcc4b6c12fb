import ArgumentParser
import Experiments
import Pages
import Records

extension LogCommand {
  /// `log migrate`: an earlier record becomes one of this program's schema.
  struct Migrate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write a record of an earlier version of the schema anew, as one of this program's.",
      discussion: """
        Records of every 1.x are read as they are, so this is for tools that ask for a version. The record itself stays as \
        it is; the new one is checked against the schema before the command ends.
        """)
    @Argument(help: "The record.") var record: String
    @Argument(help: "The record to write.") var out: String
    @Flag(name: .long, help: "Write over a file that is there already.") var force = false
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
      try RunPath.check(out, force: force, resumes: false)
      let before = try RecordMigration.migrate(
        record, to: out, note: "\(timestamp()) metaplast log migrate (\(SessionFacts.softwareVersion))",
        replacing: force)
      let violations = try RecordCheck.check(out)
      if json {
        Output.line(
          JSON.object([
            .init("record", .text(out)), .init("from", .text(before)), .init("to", .text(Schema.version)),
            .init("violations", .integer(violations.count)),
          ]).text())
      } else {
        Output.line("\(out): schema \(before) to \(Schema.version)")
        for violation in violations { Output.line("  \(violation)") }
      }
      if !violations.isEmpty { throw EarlyExit(code: .conditionIsFalse) }
    }
  }
}
