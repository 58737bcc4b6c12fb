import Foundation
import TestSupport
import Testing

@Suite("The manual page and completions")
struct ManualTests {
  @Test("the page names every verb and every option, and mandoc and groff find nothing wrong with it")
  func manual() throws {
    let done = try Tool.run("manual")
    #expect(done.code == 0 && done.err == "")
    #expect(done.out.hasPrefix(".TH METAPLAST 1 "))
    for verb in ["DISCOVER", "EVALUATE", "EXPORT NIR", "RULES PRUNE", "LOG MERGE", "COMPLETIONS"] {
      #expect(done.out.contains("\n.SH \"\(verb)\"\n"), "\(verb)")
    }
    #expect(!done.out.contains("MANUAL\"") && !done.out.contains("\"HELP"))
    for option in ["\\-\\-weights\\fR \\fIepisodes", "\\-o\\fR, \\fB\\-\\-out", "\\-\\-nir\\-readout"] {
      #expect(done.out.contains(option), "\(option)")
    }
    let folder = try TemporaryFolder()
    let page = folder.path("metaplast.1")
    try done.out.write(toFile: page, atomically: true, encoding: .utf8)
    if let mandoc = findProgram("mandoc") {
      let lint = try runProgram(mandoc, ["-T", "lint", "-W", "warning", page])
      #expect(lint.output + lint.errors == "")
    }
    if let groff = findProgram("groff") {
      let set = try runProgram(groff, ["-man", "-Tutf8", "-ww", "-z", page])
      #expect(set.output + set.errors == "")
    }
  }

  @Test("each shell gets a script that completes the verbs", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) throws {
    let done = try Tool.run("completions", shell)
    #expect(done.code == 0 && done.err == "")
    for word in ["discover", "evaluate", "nir-readout"] { #expect(done.out.contains(word), "\(word)") }
    if shell == "bash", let program = findProgram(shell) {
      let folder = try TemporaryFolder()
      try done.out.write(toFile: folder.path("script"), atomically: true, encoding: .utf8)
      #expect(try runProgram(program, ["-n", folder.path("script")]).status == 0)
    }
  }

  @Test("a shell that has none is refused with the names of those that have")
  func otherShell() throws {
    let done = try Tool.run("completions", "tcsh")
    #expect(done.code == 64 && done.err.contains("bash"), "\(done.err)")
  }
}
