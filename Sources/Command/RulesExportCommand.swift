import ArgumentParser
import Experiments
import Foundation
import Pages
import Records
import RuleExport
import Rules
import Tasks

extension RulesCommand {
  /// `rules export`: a rule for people and other simulators, and the weights it must produce there.
  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write a rule for LaTeX, PyTorch, Brian2, NESTML, or as a table or page.",
      discussion: """
        The rule is a name in rules/, the path of a page, RUN.h5 for the rule that a run discovered, or RUN.h5#G:K. With \
        --out the expected weights are written beside it, which the exported code must reproduce; without it the export \
        goes to standard output, and --trace says where the weights go. A target that cannot hold the rule says why.

        \(RuleTargets.all.map { "  \($0.name): \($0.about)" }.joined(separator: "\n"))
        """)

    @Argument(help: "The rule to export.") var rule: String?
    @Option(
      name: .long,
      help: ArgumentHelp(
        "A target; give it again for another, or all for every one.",
        valueName: RuleTargets.all.map(\.name).joined(separator: "|") + "|all"))
    var to: [String] = []
    @Option(name: [.short, .long], help: "The file to write; for several targets the folder.") var out: String?
    @Option(name: .long, help: ArgumentHelp("Write the expected weights here.", valueName: "file.csv")) var trace:
      String?
    @Option(
      name: .long,
      help: ArgumentHelp("Neurons of each group of the network in scripts and their weights.", valueName: "6,5,4,3"))
    var network: String?
    @Flag(name: .long, help: "Write over files that are there already.") var force = false
    @Flag(name: .long, help: "Print which of the shipped rules goes where, and why not, as Markdown.") var matrix =
      false

    func validate() throws {
      if matrix {
        guard rule == nil, to.isEmpty, out == nil, trace == nil, network == nil else {
          throw ValidationError("--matrix is about all shipped rules and takes nothing else")
        }
        return
      }
      if rule == nil { throw ValidationError("name the rule to export") }
      if to.isEmpty { throw ValidationError("name a target with --to: \(Self.names.joined(separator: ", "))") }
      for name in to where !Self.names.contains(name) {
        throw ValidationError(
          "there is no target \"\(name)\"\(suggestion(for: name, among: Self.names)); there are "
            + Self.names.joined(separator: ", "))
      }
    }

    private static let names = RuleTargets.all.map(\.name) + ["all"]

    func run() throws {
      guard let rule else { return try printMatrix() }
      let subject = try RuleSubject.load(rule, near: nil)
      let exported = try exported(subject)
      let targets = to.contains("all") ? RuleTargets.all : RuleTargets.all.filter { to.contains($0.name) }
      let isFolder = targets.count > 1
      if isFolder, out == nil { throw Failure(.usage, "several files go to a folder: name it with --out") }
      if isFolder, trace != nil {
        throw Failure(.usage, "--trace is for one target; of several the weights go to the folder")
      }

      var files: [(path: String, text: String)] = []
      var refusals: [RuleRefusal] = []
      for target in targets {
        do {
          let text = try target.text(of: exported)
          guard let out else {
            Output.write(text, to: STDOUT_FILENO)
            if let trace { files.append((trace, try expected(target, exported))) }
            continue
          }
          let stem = subject.name.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? String($0) : "-" }.joined()
          let path = isFolder ? "\(out)/\(stem)\(target.fileSuffix)" : out
          let weights = trace ?? Self.stem(of: path, target) + ".\(target.traceKind.rawValue).csv"
          files.append((path, text))
          if files.contains(where: { $0.path == weights }) { continue }
          do {
            files.append((weights, try expected(target, exported)))
          } catch let failure as Failure where trace == nil {
            Output.note("no expected weights: \(failure.message)")
          }
        } catch let refusal as RuleRefusal {
          refusals.append(refusal)
        }
      }
      if isFolder, let out {
        for refusal in refusals { Output.note(refusal.description) }
        if files.isEmpty { throw EarlyExit(code: .badInput) }
        do {
          try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
        } catch {
          throw Failure(.cannotCreate, "cannot create the folder \(out): \(error.localizedDescription)")
        }
      } else if let refusal = refusals.first {
        throw Failure(.badInput, refusal.description)
      }
      for file in files { try RunPath.check(file.path, force: force, resumes: false) }
      for file in files {
        try OutputFile.write(file.text, to: file.path)
        if out != nil { Output.line(file.path) }
      }
    }

    private func printMatrix() throws {
      let catalogue = RuleCatalogue()
      let rules = try catalogue.names.map { try exported(RuleSubject.load($0, near: nil)) }
      if rules.isEmpty {
        throw Failure(.missingInput, "no folder of rules found; set METAPLAST_RULES, or go where rules/ is")
      }
      Output.write(RuleMatrix(rules).markdown, to: STDOUT_FILENO)
    }

    /// The path without what the target's files end in, or else without its last suffix.
    private static func stem(of path: String, _ target: any RuleTarget) -> String {
      if path.hasSuffix(target.fileSuffix) { return String(path.dropLast(target.fileSuffix.count)) }
      return (path as NSString).deletingPathExtension
    }

    private func exported(_ subject: RuleSubject) throws -> ExportedRule {
      let sizes = try network.map(NetworkSizes.read)
      let text = subject.text ?? RulePage.text(subject.rule)
      let uuid = try subject.run == nil ? nil : RunRecord.open(subject.path).identity().uuid
      do {
        return try ExportedRule(
          rule: subject.rule, coefficients: subject.coefficients, network: sizes.map(ExportNetwork.init(sizes:)),
          pageSHA256: SHA256.digest(Array(text.utf8)), recordUUID: uuid, toolVersion: SessionFacts.softwareVersion)
      } catch {
        throw Failure(.badInput, error.description)
      }
    }

    private func expected(_ target: any RuleTarget, _ exported: ExportedRule) throws -> String {
      let network = exported.network
      let synapses = zip(network.sizes, network.sizes.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
      if target.traceKind == .network, synapses * network.samples * network.steps > 50_000_000 {
        throw Failure(
          .badInput,
          "the expected weights of \(synapses) synapses after \(network.samples * network.steps) steps make too large a "
            + "file; name a smaller --network, and give SIZES of the script the one you want")
      }
      return target.trace(of: exported)
    }
  }
}
