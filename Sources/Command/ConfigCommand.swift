import ArgumentParser
import Experiments
import Pages
import Rules

/// `config`: experiments as they are read.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Show and check experiments, grids and trainings; print JSON Schema for editors.",
    subcommands: [Show.self, Check.self, Schema.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print an experiment or a training with every default filled in, or a grid, as JSON.")
    @Argument(help: "The experiment's, grid's or training's page.") var page: String
    @OptionGroup var change: ChangeOptions

    func run() throws {
      if try TrainingPlan.isTraining(page) {
        let plan = try TrainingPlan.load(page, overrides: change.overrides.map { try PageOverride($0) })
        Output.line(plan.json.text(indent: 2))
        return
      }
      if try Grid.isGrid(page) {
        let grid = try Grid.load(page, overrides: change.overrides.map { try PageOverride($0) }).grid
        let cells = try GridLayout(grid).cells.count
        guard case .object(let members) = grid.json else { return }
        Output.line(JSON.object(members + [.init("cells", .integer(cells))]).text(indent: 2))
        return
      }
      Output.line(try ResolvedExperiment.load(page, overrides: change.overrides).json.text(indent: 2))
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check experiments, grids and trainings, their rules included.")
    @Argument(help: "Pages of experiments, grids or trainings.") var pages: [String]
    @OptionGroup var change: ChangeOptions

    func run() throws {
      var failures: [Failure] = []
      for page in pages {
        do {
          if try TrainingPlan.isTraining(page) {
            let plan = try TrainingPlan.load(page, overrides: change.overrides.map { try PageOverride($0) })
            Output.line("\(page): ok, \(plan.systems.count) systems in \(plan.runCount) runs")
            continue
          }
          if try Grid.isGrid(page) {
            let grid = try Grid.load(page, overrides: change.overrides.map { try PageOverride($0) }).grid
            let layout = try GridLayout(grid)
            let rules = try GridSession.rules(of: grid, near: page)
            let references = EvaluateCommand.references(grid.scoresReferences).map(\.rawValue)
            _ = try EvaluateCommand.reference(grid.baseline, among: rules.map(\.name) + references)
            Output.line("\(page): ok, \(rules.count) rules in \(layout.cells.count) cells")
            continue
          }
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
      case experiment, grid, training, rule
    }
    @Argument(help: "experiment, grid, training or rule.") var kind: Kind

    func run() throws {
      switch kind {
      case .experiment: Output.line(ExperimentPage.schema.jsonSchema.text(indent: 2))
      case .grid: Output.line(GridPage.schema.jsonSchema.text(indent: 2))
      case .training: Output.line(TrainingPage.schema.jsonSchema.text(indent: 2))
      case .rule: Output.line(Rule.pageSchema.jsonSchema.text(indent: 2))
      }
    }
  }
}
