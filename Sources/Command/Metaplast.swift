import ArgumentParser
import Experiments

/// The command line's root.
struct Metaplast: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metaplast",
    abstract: "Discovers synaptic plasticity rules.",
    discussion: """
      `metaplast discover EXPERIMENT.yaml` searches a rule, tests it on held-out tasks and writes one HDF5 record.
      `metaplast evaluate` scores rules, `metaplast export` makes a report of a record. `metaplast --version --json` prints \
      the versions of everything.
      """,
    version: "metaplast \(SessionFacts.softwareVersion)",
    subcommands: [
      DiscoverCommand.self, EvaluateCommand.self, ExportCommand.self, RulesCommand.self, LogCommand.self,
      TasksCommand.self, ConfigCommand.self, BenchCommand.self, DoctorCommand.self, CompletionsCommand.self,
      ManualCommand.self,
    ])
}

/// Where the program begins: parse, run, and turn whatever was thrown into one clear message and an exit code.
@main
enum Program {
  static func main() {
    Signals.ignoreBrokenPipe()
    // A flag of the root would be taken from the verbs, so this one is no flag.
    if Set(CommandLine.arguments.dropFirst()) == ["--version", "--json"] {
      Output.line(Versions.json.text())
      Output.exit(.done)
    }
    do {
      var command = try Metaplast.parseAsRoot()
      // The doctor says it among the rest.
      if !(command is DoctorCommand) { try VectorWish.check() }
      try command.run()
    } catch let failure as Failure {
      failure.report()
      Output.exit(failure.code)
    } catch let early as EarlyExit {
      Output.exit(early.code)
    } catch {
      guard let failure = Failure(knowing: error) else { Metaplast.exit(withError: error) }
      failure.report()
      Output.exit(failure.code)
    }
  }
}
