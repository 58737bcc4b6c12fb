import ArgumentParser

extension CompletionShell: @retroactive ExpressibleByArgument {}

/// `completions`: what a shell needs to complete the command line.
struct CompletionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions", abstract: "Print the completion script of a shell.",
    discussion: """
      `make install` puts the scripts where bash, zsh and fish look for them. Elsewhere: \
      `source <(metaplast completions bash)`.
      """)
  @Argument(help: "bash, zsh or fish.") var shell: CompletionShell

  func run() { Output.write(Metaplast.completionScript(for: shell), to: 1) }
}

/// `manual`: the manual page, for `make install`.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Print the manual page, in the language of man.", shouldDisplay: false)

  func run() throws { Output.write(try ManualPage.text(Metaplast._dumpHelp()), to: 1) }
}
