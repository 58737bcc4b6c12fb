import ArgumentParser
import Experiments
import Pages

extension LogCommand {
  /// `log merge`: shards of a grid become one record.
  struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Join records of one grid, such as its shards, and conclude from all of them.",
      discussion: """
        The records must be of the same grid, rules, data and version of the schema; a cell that is in several must have \
        the same scores in each. Cells that none has stay pending, and `metaplast evaluate --resume` does them.
        """)
    @Argument(help: "The records.") var records: [String]
    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("The record to write.", valueName: "file.h5"))
    var out: String
    @Flag(name: .long, help: "Write over a file that is there already.") var force = false
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func validate() throws {
      if records.isEmpty { throw ValidationError("name the records to join") }
    }

    func run() throws {
      try RunPath.check(out, force: force, resumes: false)
      var merged = try GridRecord.merging(records, into: out)
      let pending = try merged.publishMerged(replacing: force)
      let cells = merged.table.layout.cells.count
      if json {
        Output.line(
          JSON.object([
            .init("record", .text(out)), .init("cells", .integer(cells)), .init("pending", .integer(pending)),
          ]).text())
      } else {
        if let found = merged.found { for line in GridSheet(found).lines { Output.line(line) } }
        Output.note("written   \(out), \(cells - pending) of \(cells) cells")
        if pending > 0 { Output.note("do the others with: metaplast evaluate --resume \(out)") }
      }
    }
  }
}
