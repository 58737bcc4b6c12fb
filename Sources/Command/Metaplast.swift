import ArgumentParser
import Experiments

/// The command line's root.
struct Metaplast: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metaplast",
    abstract: "Discovers synaptic plasticity rules.",
    discussion: """
      `metaplast discover EXPERIMENT.yaml` searches a rule, tests it on held-out tasks and writes one HDF5 record.
      `metaplast evaluate` scores rules, `metaplast export` makes a report of a record.
      """,
    subcommands: [
      DiscoverCommand.self, EvaluateCommand.self, RulesCommand.self,
      TasksCommand.self, ConfigCommand.self, BenchCommand.self, DoctorCommand.self,
    ])

  @Flag(name: .long, help: "Print the version and exit.")
  var version = false

  @Flag(name: .long, help: "With --version: print versions of everything as one JSON object.")
  var json = false

  func run() throws {
    guard version else { throw CleanExit.helpRequest() }
    Output.line(json ? Versions.json.text() : "metaplast \(SessionFacts.softwareVersion)")
  }
}

/// Where the program begins: parse, run, and turn whatever was thrown into one clear message and an exit code.
@main
enum Program {
  static func main() {
    Signals.ignoreBrokenPipe()
    do {
      var command = try Metaplast.parseAsRoot()
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
