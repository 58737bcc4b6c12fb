import ArgumentParser
import Export
import Pages

/// `export`: a record for people and other programs.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Make findings, a report, a notebook, tables, curves or a network of records.",
    subcommands: [
      FindingsVerb.self, HTMLVerb.self, NotebookVerb.self, CSVVerb.self, TensorBoardVerb.self, NIRVerb.self,
    ])

  /// The record and where its files go.
  struct Options: ParsableArguments {
    @Argument(help: ArgumentHelp("The record.", valueName: "run.h5")) var record: String
    @Option(name: .long, help: "The folder to write to; notebooks-export/<title>-<uuid> otherwise.") var out: String?
    @Flag(name: .long, help: "Print the paths written as one JSON object.") var json = false

    func write(_ kind: ExportKind, then finish: ([String]) throws -> Void = { _ in }) throws {
      let paths = try Exports.write([kind], of: record, to: out)
      try finish(paths)
      if json {
        Output.line(JSON.object([.init("files", .list(paths.map(JSON.text)))]).text())
      } else {
        for path in paths { Output.line(path) }
      }
    }
  }

  struct HTMLVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "html", abstract: "One HTML page with pictures and data in it, nothing loaded from elsewhere.")
    @OptionGroup var options: Options
    func run() throws { try options.write(.html) }
  }

  struct NotebookVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "notebook", abstract: "A Jupyter notebook that reads the record.")
    @OptionGroup var options: Options
    @Flag(name: .long, help: "Also run it with Jupyter, so that its tables and figures are in it.") var execute = false
    func run() throws { try options.write(.notebook) { if execute { try $0.forEach(NotebookRun.execute) } } }
  }

  struct TensorBoardVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "tensorboard", abstract: "The search's curves as an event file that TensorBoard reads.")
    @Argument(help: ArgumentHelp("The record.", valueName: "run.h5")) var record: String
    @Option(
      name: [.short, .customLong("out")],
      help: ArgumentHelp("The folder to write to; notebooks-export/<title>-<uuid> otherwise.", valueName: "dir"))
    var out: String?
    @Flag(name: .long, help: "Print the path written as one JSON object.") var json = false

    func run() throws {
      let path = try Exports.writeEvents(of: record, to: out)
      Output.line(json ? JSON.object([.init("files", .list([.text(path)]))]).text() : path)
    }
  }

  struct CSVVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "csv", abstract: "Generations, candidates and scores as comma-separated values.")
    @OptionGroup var options: Options
    func run() throws { try options.write(.csv) }
  }
}
