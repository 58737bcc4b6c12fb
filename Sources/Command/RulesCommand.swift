import ArgumentParser
import Experiments
import Pages
import Rules

/// `rules`: what is shipped, what a rule means, whether pages are right.
struct RulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules", abstract: "List, show and check rules.", subcommands: [List.self, Show.self, Check.self])

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
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
      let rule = try LoadedRule.load(rule).rule
      let sheet = RuleSheet(rule)
      if json {
        Output.line(sheet.json.text())
      } else {
        for line in sheet.lines { Output.line(line) }
      }
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
