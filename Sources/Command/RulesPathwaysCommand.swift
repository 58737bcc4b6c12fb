import ArgumentParser
import Experiments

extension RulesCommand {
  /// `rules pathways`: which credit pathway goes through which neurons and layers.
  struct Pathways: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Which credit pathway goes through which neurons and layers, as Markdown.")

    func run() throws { print(PathwayTable.markdown, terminator: "") }
  }
}
