import ArgumentParser
import Experiments
import Foundation
import Pages
import Records
import Tasks

/// One line of a doctor's report.
struct Finding {
  enum Verdict: String {
    case ok, warning, error
  }
  var subject: String
  var verdict: Verdict
  var message: String
  /// What to do, unless all is well.
  var advice: String?

  init(_ subject: String, _ verdict: Verdict, _ message: String, advice: String? = nil) {
    self.subject = subject
    self.verdict = verdict
    self.message = message
    self.advice = advice
  }
}

/// `doctor`: is this machine fit for work?
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check libraries, data, disk and cores, and say what to do.",
    discussion: "Each line says ok, warning or error. The exit code is 1 when there is an error.")

  @Option(name: .long, help: "The folder that records go to.") var out = "."
  @OptionGroup var work: WorkOptions
  @Flag(name: .long, help: "Print one JSON object.") var json = false

  func run() throws {
    var findings: [Finding] = []
    findings.append(MachineCheck.hdf5())
    findings += MachineCheck.folder(out)
    findings += MachineCheck.machine(workers: work.threads)
    findings.append(MachineCheck.vectors())
    findings += MachineCheck.surroundings()
    findings += MachineCheck.data(work.data)
    findings.append(MachineCheck.python())
    findings.append(MachineCheck.seedTest())

    let failed = findings.contains { $0.verdict == .error }
    if json {
      let lines = findings.map { finding in
        JSON.object([
          .init("subject", .text(finding.subject)), .init("verdict", .text(finding.verdict.rawValue)),
          .init("message", .text(finding.message)), .init("advice", finding.advice.map(JSON.text) ?? .null),
        ])
      }
      Output.line(JSON.object([.init("ok", .boolean(!failed)), .init("findings", .list(lines))]).text())
    } else {
      let width = findings.map(\.subject.count).max() ?? 0
      for finding in findings {
        let verdict = finding.verdict.rawValue.padding(to: 7)
        Output.line("\(verdict)  \(finding.subject.padding(to: width))  \(finding.message)")
        if let advice = finding.advice { Output.line(String(repeating: " ", count: width + 11) + advice) }
      }
    }
    if failed { throw EarlyExit(code: .conditionIsFalse) }
  }
}
