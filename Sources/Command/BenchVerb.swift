import ArgumentParser

/// `bench`: how fast the program is, and how fast it could be.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure the speed of the inner loop, or of the machine.",
    discussion: """
      `metaplast bench --rule NAME` is `metaplast bench episodes --rule NAME`; `metaplast bench episodes --help` lists its \
      options.
      """,
    subcommands: [BenchEpisodesCommand.self, BenchMachineCommand.self],
    defaultSubcommand: BenchEpisodesCommand.self)
}
