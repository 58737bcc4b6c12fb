import ArgumentParser
import Foundation
import Pages
import Records

/// `log`: what is in records.
struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Say what is in a record, check it, compare two, watch one grow, join shards, migrate.",
    subcommands: [Info.self, Check.self, Diff.self, Tail.self, Merge.self, Migrate.self])

  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "What a record holds.")
    @Argument(help: "The record.") var record: String
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
      let summary = try RecordSummary.info(record)
      if json {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        Output.line(String(decoding: try encoder.encode(summary), as: UTF8.self))
      } else {
        Output.line(summary.description)
      }
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Whether records keep the schema.", discussion: "The exit code is 1 when one does not.")
    @Argument(help: "The records.") var records: [String]
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
      var violations: [(record: String, found: [Violation])] = []
      for record in records { violations.append((record, try RecordCheck.check(record))) }
      if json {
        let lists = violations.map { record, found in
          JSON.object([
            .init("record", .text(record)), .init("ok", .boolean(found.isEmpty)),
            .init(
              "violations",
              .list(
                found.map {
                  .object([
                    .init("path", .text($0.path)), .init("rule", .text($0.rule)), .init("message", .text($0.message)),
                  ])
                })),
          ])
        }
        Output.line(JSON.object([.init("records", .list(lists))]).text())
      } else {
        for (record, found) in violations {
          Output.line(found.isEmpty ? "\(record): ok" : "\(record): \(found.count) violations of the schema")
          for violation in found { Output.line("  \(violation)") }
        }
      }
      if violations.contains(where: { !$0.found.isEmpty }) { throw EarlyExit(code: .conditionIsFalse) }
    }
  }

  struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "How two records differ, outside what two runs of one seed may differ in.",
      discussion: "Times, provenance and the root's attributes are left out. The exit code is 1 when they differ.")
    @Argument(help: "A record.") var first: String
    @Argument(help: "Another record.") var second: String
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
      let differences = try RecordDiff.diff(first, second)
      if json {
        let list = differences.map {
          JSON.object([.init("path", .text($0.path)), .init("what", .text($0.what))])
        }
        Output.line(
          JSON.object([.init("equal", .boolean(differences.isEmpty)), .init("differences", .list(list))]).text())
      } else {
        for difference in differences { Output.line(difference.description) }
        Output.line(differences.isEmpty ? "no difference" : "\(differences.count) differences")
      }
      if !differences.isEmpty { throw EarlyExit(code: .conditionIsFalse) }
    }
  }

  struct Tail: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The last generations of a record, or epochs of a training.")
    @Argument(help: "The record.") var record: String
    @Option(name: [.customShort("n"), .long], help: "How many.") var lines = 10
    @Flag(name: [.short, .long], help: "Go on as the record grows, until its run ends.") var follow = false
    @Flag(name: .long, help: "Print one JSON object a line.") var json = false

    func validate() throws {
      guard lines >= 0 else { throw ValidationError("--lines must be at least 0 (got \(lines))") }
    }

    func run() throws {
      if try RunRecord.open(record).training() != nil { return try epochs() }
      var shown = -1
      var wanted = lines
      while true {
        let run = try RunRecord.open(record)
        for row in try run.tail(wanted) where row.generation > shown {
          Output.line(json ? line(row).text() : text(row))
          shown = row.generation
        }
        guard follow, try run.identity().status == .running else { return }
        wanted = 1000
        Thread.sleep(forTimeInterval: 1)
      }
    }

    /// The last epochs, run by run.
    private func epochs() throws {
      var shown: [Int]?
      while true {
        let run = try RunRecord.open(record)
        guard let log = try run.training() else { return }
        var rows: [(run: Int, epoch: Int)] = []
        for place in log.epochsDone.indices {
          rows += ((shown?[place] ?? 0)..<max(shown?[place] ?? 0, log.epochsDone[place])).map { (place, $0) }
        }
        for row in shown == nil ? rows.suffix(lines) : rows[...] {
          let (system, seed) = (log.systems[row.run / log.seeds.count], log.seeds[row.run % log.seeds.count])
          let place = row.run * log.epochCount + row.epoch
          let (accuracy, loss) = (log.testAccuracy[place], log.testLoss[place])
          if json {
            Output.line(
              JSON.object([
                .init("system", .text(system.name)), .init("seed", .integer(seed)),
                .init("epoch", .integer(row.epoch + 1)),
                .init("train_loss", .number(log.trainLoss[place])),
                .init("train_accuracy", .number(log.trainAccuracy[place])), .init("test_loss", .number(loss)),
                .init("test_accuracy", .number(accuracy)), .init("seconds", .number(log.wallTime[place])),
                .init("status", .text(log.epochStatus[place].word)),
              ]).text())
          } else {
            let status = log.epochStatus[place]
            Output.line(
              "\(system.name) seed \(seed) epoch \(row.epoch + 1)/\(system.epochs) accuracy \(TableText.number(accuracy)) "
                + "loss \(TableText.number(loss)) \(String(format: "%.2f", log.wallTime[place])) s"
                + (status == .ok ? "" : " \(status.word)"))
          }
        }
        shown = log.epochsDone
        guard follow, try run.identity().status == .running else { return }
        Thread.sleep(forTimeInterval: 1)
      }
    }

    private func text(_ row: GenerationRow) -> String {
      let failed = row.status.count { $0 != .ok }
      return "gen \(row.generation) best \(String(format: "%.4f", row.incumbentFitness)) "
        + "med \(String(format: "%.4f", row.medianFitness)) \(row.evaluations) evaluations "
        + "\(clockText(row.wallTime))" + (failed > 0 ? " \(failed) failed" : "")
    }

    private func line(_ row: GenerationRow) -> JSON {
      .object([
        .init("generation", .integer(row.generation)), .init("best", .number(row.incumbentFitness)),
        .init("median", .number(row.medianFitness)), .init("evaluations", .integer(row.evaluations)),
        .init("wall_time", .number(row.wallTime)),
        .init("incumbent", .list(row.incumbentParameter.map(JSON.number))),
        .init("failed", .integer(row.status.count { $0 != .ok })),
      ])
    }
  }
}
