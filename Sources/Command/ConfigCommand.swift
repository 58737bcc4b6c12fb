import ArgumentParser
import Experiments
import Pages
import Rules

/// `config`: experiments as they are read.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Show and check experiments; print JSON Schema for editors.",
    subcommands: [Show.self, Check.self, Schema.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print an experiment with every default filled in, as JSON.")
    @Argument(help: "The experiment's page.") var page: String
    @OptionGroup var change: ChangeOptions

    func run() throws {
      Output.line(try ResolvedExperiment.load(page, overrides: change.overrides).json.text(indent: 2))
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Check experiments, their rules included.")
    @Argument(help: "Experiment pages.") var pages: [String]
    @OptionGroup var change: ChangeOptions

    func run() throws {
      var failures: [Failure] = []
      for page in pages {
        do {
          let resolved = try ResolvedExperiment.load(page, overrides: change.overrides)
          let experiment = resolved.experiment
          let rule = try LoadedRule.load(experiment.rule, near: page).rule
          try resolved.check(rule)
          let contender = Contender(
            name: rule.name, rule: rule, network: experiment.network, credit: experiment.credit)
          try contender.check(
            inputCount: 1, outputCount: experiment.task.shape.ways, worstLoss: experiment.worstLoss)
          Output.line("\(page): ok")
        } catch {
          guard let failure = Failure(knowing: error) else { throw error }
          failure.report()
          failures.append(failure)
        }
      }
      if let first = failures.first { throw EarlyExit(code: first.code) }
    }
  }

  struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the JSON Schema of a kind of page.")

    enum Kind: String, CaseIterable, ExpressibleByArgument {
      case experiment, rule
    }
    @Argument(help: "experiment or rule.") var kind: Kind

    func run() throws {
      switch kind {
      case .experiment: Output.line(ExperimentPage.schema.jsonSchema.text(indent: 2))
      case .rule: Output.line(Rule.pageSchema.jsonSchema.text(indent: 2))
      }
    }
  }
}
