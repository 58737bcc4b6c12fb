import Experiments
import Foundation
import Pages
import Records
import Tasks

extension EvaluateCommand {
  /// Scores rules on one experiment.
  func single() throws {
    let (split, first, baselines) = (split ?? .test, first ?? 0, Self.references(baselines ?? true))
    let subjects = try rules.map { try RuleSubject.load($0, near: experiment) }
    let resolved = try RuleSubject.experiment(of: subjects, experiment, overrides: change.overrides)
    let family = try TaskCatalogue.load(resolved.experiment.task.data, directory: work.data)
    let source = try EpisodeSource(resolved.experiment, family: family)
    let names = RowName.unique(subjects.map(\.name))
    let contenders = try zip(subjects, names).map { subject, name in
      var contender = try subject.contender(in: resolved.experiment)
      contender.name = name
      return contender
    }
    let learners = baselines.isEmpty ? [] : resolved.experiment.references
    let references = (learners: learners, network: resolved.experiment.network)
    let reference = try Self.reference(baseline, among: names + learners.map(\.name) + baselines.map(\.rawValue))
    for path in [out, csv, diagnosis.report].compactMap({ $0 }) {
      try RunPath.check(path, force: force, resumes: false)
    }
    let crew = Crew(workers: work.threads)
    try crew.memory(contenders, references: references, source).check()
    for contender in contenders {
      try contender.check(
        inputCount: family.inputCount, outputCount: source.outputCount, worstLoss: resolved.experiment.worstLoss)
    }
    let count = episodes ?? resolved.experiment.testEpisodes
    let started = timestamp()
    let kept = first..<first + (weights ?? 0)
    if let weights {
      guard weights <= count else {
        throw Failure(.usage, "--weights \(weights) are more episodes than the \(count) that are scored")
      }
      try TooManyWeights.check(
        resolved.experiment.network.weightShapes(
          inputCount: family.inputCount, outputCount: source.outputCount), rows: contenders.count + learners.count,
        episodes: weights)
    }
    let progress = talk.makeProgress()
    progress.state.label = "evaluate"
    if talk.json {
      Output.line(
        JSON.event(
          "start",
          [
            .init("experiment", .text(resolved.experiment.name)), .init("split", .text("\(split)")),
            .init("episodes", .integer(count)), .init("seed", .text("\(resolved.experiment.seed)")),
            .init("rules", .list(contenders.map { .text($0.name) })),
          ]
        ).text())
    }
    let ablated = ablate ? contenders.reduce(0) { $0 + $1.rule.summands.count } : 0
    progress.state.evaluations = (0, 0, (contenders.count + learners.count + ablated) * count)
    func isWanted() -> Bool {
      progress.state.evaluations.done = crew.scoredCount
      progress.show()
      return Signals.stop == nil
    }
    let comparison = crew.comparison(
      contenders, references: references, baselines: baselines, source, split, first..<(first + count),
      contrast: .rowMinus(reference), diagnosing: try diagnosis.plan(resolved.experiment),
      keepingWeightsOf: kept, worstLoss: resolved.experiment.worstLoss, isWanted: isWanted)
    let terms = comparison.flatMap {
      ablate
        ? crew.ablations(
          of: contenders, beside: $0, source, split, first..<(first + count), worstLoss: resolved.experiment.worstLoss,
          isWanted: isWanted) : nil
    }
    progress.clear()
    guard let comparison, terms != nil || !ablate else {
      let reason = Signals.stop ?? .interrupt
      Output.note("stopped: \(reason.rawValue)")
      throw EarlyExit(code: reason.status)
    }
    let table = ResultTable(comparison: comparison)
    if let out {
      let rules = zip(contenders, subjects).map { EvaluatedRule(contender: $0, text: $1.text, path: $1.path) }
      try EvaluationRecord.write(
        out, resolved, rules, comparison, source, terms: terms, split: split, first: first,
        facts: .current(workers: work.threads),
        libraries: Versions.libraries, data: work.data, started: started, replacing: force)
    }
    if let csv { try OutputFile.write(table.commaSeparated, to: csv) }
    let written = [out, csv].compactMap { $0 } + (try diagnosis.writeReport(of: out))
    if talk.json {
      Output.line(
        JSON.event(
          "result",
          [
            .init("experiment", .text(resolved.experiment.name)), .init("split", .text("\(split)")),
            .init("episodes", .integer(count)), .init("seed", .text("\(resolved.experiment.seed)")),
            .init("baseline", .text(reference)), .init("rows", table.rowsJSON),
            .init("files", .list(written.map(JSON.text))), .init("terms", terms.map(TermSheet.json) ?? .null),
          ]
        ).text())
    } else {
      for contender in contenders { Output.line("\(contender.name): \(contender.equation)") }
      for learner in learners { Output.line("\(learner.name): \(learner.summary)") }
      Output.line("")
      Output.line("\(count) \(split) episodes of \(family.name):")
      for line in table.lines { Output.line(line) }
      if let terms { for line in TermSheet.lines(terms) { Output.line(line) } }
      for path in written { talk.note("written   \(path)") }
    }
  }
}
