import Experiments
import Rules

/// A rule as the command line names it: a name in rules/, a page, `RUN.h5`, or `RUN.h5#G:K`.
struct RuleSubject {
  /// What tables call it.
  var name: String
  /// The rule.
  var rule: Rule
  /// Coefficients that are not the rule's own.
  var coefficients: [Double]?
  /// The record it came from.
  var run: StoredRun?
  /// Its page, verbatim; nil for a rule from a record.
  var text: String?
  /// The path of its page or record.
  var path: String

  /// Finds a rule.
  /// - Parameters:
  ///   - text: the rule as the user named it.
  ///   - page: an experiment's page; paths of rules may be relative to it.
  static func load(_ text: String, near page: String?) throws -> RuleSubject {
    let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let path = String(parts[0])
    guard path.hasSuffix(".h5") || parts.count == 2 else {
      let loaded = try LoadedRule.load(text, near: page)
      return RuleSubject(name: loaded.rule.name, rule: loaded.rule, text: loaded.text, path: loaded.path)
    }
    let run = try StoredRun(path)
    let stem = path.split(separator: "/").last.map { String($0.dropLast(3)) } ?? path
    guard parts.count == 2 else {
      let found = try run.discovered()
      return RuleSubject(name: stem, rule: found.rule, coefficients: found.coefficients, run: run, path: path)
    }
    let numbers = parts[1].split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let generation = numbers[0], let slot = numbers[1], generation >= 0, slot >= 0 else {
      throw Failure(.usage, "a candidate is named RUN.h5#GENERATION:CANDIDATE, such as \(path)#3:0 (got \(text))")
    }
    let candidate = try run.candidate(generation: generation, slot: slot)
    return RuleSubject(
      name: "\(stem)#\(generation):\(slot)", rule: candidate.rule, coefficients: candidate.coefficients, run: run,
      path: path)
  }

  /// The experiment whose page is given, or else the one that the first record among the rules' keeps.
  static func experiment(
    of subjects: [RuleSubject], _ page: String?, overrides: [String]
  ) throws -> ResolvedExperiment {
    if let page { return try ResolvedExperiment.load(page, overrides: overrides) }
    guard let run = subjects.lazy.compactMap(\.run).first else {
      throw Failure(.usage, "name the experiment with --experiment, whose tasks and network the rules meet")
    }
    return try ResolvedExperiment.read(text: run.configuration, file: run.path, overrides: overrides)
  }

  /// The rule on the network of an experiment.
  func contender(in experiment: Experiment) throws -> Contender {
    try GridRule(name: name, rule: rule, coefficients: coefficients, text: text, path: path).contender(in: experiment)
  }
}
