import ArgumentParser
import Experiments
import Pages
import Rules
import Tasks

/// `rules`: what is shipped, what a rule means, whether pages are right.
struct RulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules", abstract: "List, show, check, prune and export rules; which credit pathway goes where.",
    subcommands: [List.self, Show.self, Check.self, Prune.self, Export.self, Pathways.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Every rule by name, with its equation.")
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
      let catalogue = RuleCatalogue()
      var rows: [(name: String, equation: String, about: String)] = []
      var code: Status?
      for name in catalogue.names {
        do {
          let rule = try catalogue.load(name)
          rows.append((name, Printer.equations(rule)[0], rule.about))
        } catch {
          let failure = Failure(knowing: error)!
          failure.report()
          code = code ?? failure.code
        }
      }
      if json {
        let rules = rows.map { row in
          JSON.object([
            .init("rule", .text(row.name)), .init("equation", .text(row.equation)), .init("about", .text(row.about)),
          ])
        }
        Output.line(JSON.object([.init("rules", .list(rules))]).text())
      } else {
        let width = rows.map(\.name.count).max() ?? 0
        for row in rows { Output.line("\(row.name.padding(to: width))  \(row.equation)") }
      }
      if rows.isEmpty && code == nil {
        throw Failure(.missingInput, "no folder of rules found; set METAPLAST_RULES, or go where rules/ is")
      }
      if let code { throw EarlyExit(code: code) }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "A rule as its equation: terms, what is local, and the plan it compiles to.")
    @Argument(help: "A name in rules/, or the path of a page.") var rule: String
    @Option(
      name: .long,
      help: ArgumentHelp("Neurons of each group of the network that the plan is for.", valueName: "784,170,…,5"))
    var network: String?
    @Option(name: .long, help: "An experiment's page whose network the plan is for; --network sets the sizes.")
    var experiment: String?
    @Option(name: .long, help: "Coefficients taken to be 0, separated by commas: their terms are off.") var off: String?
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
      let rule = try LoadedRule.load(rule, near: experiment).rule
      let settings = try experiment.map { try ResolvedExperiment.load($0).experiment }
      let sizes = try sizes(settings)
      var parameters = settings?.network ?? .init()
      parameters.hidden = Array(sizes[1..<sizes.count - 1])
      for own in rule.layers where abs(own.layer) >= sizes.count {
        throw Failure(
          .badInput,
          "rule \(rule.name) has an equation for layer \(own.layer), and the network has \(sizes.count - 1) projections"
        )
      }
      var contender = Contender(name: rule.name, rule: rule, network: parameters, credit: settings?.credit ?? "random")
      let zeros = try coefficients(rule)
      // A coefficient that starts at 0 is one that search moves away from it.
      contender = contender.with(coefficients: contender.slots.map { zeros.contains($0.name) ? 0 : 1 })
      let foresees = if case .current = settings?.encoder { false } else { true }
      let sheet = RuleSheet(contender, inputCount: sizes[0], outputCount: sizes[sizes.count - 1], foresees: foresees)
      if json {
        Output.line(sheet.json.text())
      } else {
        for line in sheet.lines { Output.line(line) }
      }
    }

    /// The sizes of all groups: those asked for, or the experiment's; 784 inputs and an output for each way where its
    /// data are not at hand.
    private func sizes(_ settings: Experiment?) throws -> [Int] {
      guard let network else {
        let hidden = settings?.network.hidden ?? [170, 130, 100, 70]
        let task = settings?.task
        let family = task.flatMap { try? TaskCatalogue.load($0.data) }
        let keeps = task?.shape.keepsLabels ?? false
        let outputs = keeps ? family?.classCount : nil
        return [family?.inputCount ?? 784] + hidden + [outputs ?? task?.shape.ways ?? 5]
      }
      return try NetworkSizes.read(network)
    }

    private func coefficients(_ rule: Rule) throws -> Set<String> {
      let names = rule.coefficients.map(\.name)
      let zeros = off?.split(separator: ",").map(String.init) ?? []
      for name in zeros where !names.contains(name) {
        throw Failure(
          .usage, "--off: rule \(rule.name) has no coefficient \"\(name)\"\(suggestion(for: name, among: names))")
      }
      return Set(zeros)
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Check rule pages; everything that is wrong, at once.")
    @Argument(help: "Names in rules/, or paths of pages.") var rules: [String]

    func run() throws {
      var code: Status?
      for name in rules {
        do {
          let loaded = try LoadedRule.load(name)
          let file = loaded.path.split(separator: "/").last.map(String.init) ?? loaded.path
          guard file == loaded.rule.name + ".yaml" else {
            throw Failure(
              .badInput, "\(loaded.path): the rule is called \(loaded.rule.name), and its file \(file)")
          }
          Output.line("\(loaded.path): ok")
        } catch {
          guard let failure = (error as? Failure) ?? Failure(knowing: error) else { throw error }
          failure.report()
          code = code ?? failure.code
        }
      }
      if let code { throw EarlyExit(code: code) }
    }
  }
}
