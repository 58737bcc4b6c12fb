import ArgumentParser
import Arithmetic
import Experiments
import Foundation
import Pages
import Rules
import Synchronization
import Tasks

/// `bench episodes`, which `bench` alone is too: the speed of the inner loop.
struct BenchEpisodesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "episodes",
    abstract: "Measure how many episodes of an experiment are scored per second.",
    discussion: """
      The answer is checked before it is timed: two learners must agree bit for bit, and single and double precision in \
      their mean accuracy. Encoding is not timed, because all candidates of a generation share it. A coefficient of 0 is \
      measured as a thousandth of its step, so that no term is left out.
      """)

  @Option(name: .long, help: "The experiment's page.") var experiment = "experiments/fashion-5way-50shot.yaml"
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Measure an episode of this experiment with the gradient of its loss and without, on one thread.",
      valueName: "experiment"))
  var metaGradient: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The rule: a name in rules/, a page, RUN.h5 or RUN.h5#G:K.",
      discussion: "error-hebb-oja unless given, with --meta-gradient the experiment's own."))
  var rule: String?
  @Option(name: .long, help: "Least time to measure.") var seconds = 10.0
  @Flag(name: .long, help: "Say what each part of an episode is predicted to take, and what it takes; one thread.")
  var explain = false
  @OptionGroup var change: ChangeOptions
  @OptionGroup var work: WorkOptions
  @OptionGroup var talk: TalkOptions

  /// Most that the mean accuracies of the two precisions may differ. Spikes are all or nothing, so the two soon take
  /// different ways; over four episodes of a hundred queries their means stay within a few hundredths.
  private static let accuracyTolerance = 0.15

  func validate() throws {
    guard seconds > 0, seconds <= 86_400 else {
      throw ValidationError("--seconds must lie between 0 and 86400 (got \(seconds))")
    }
    if metaGradient != nil, explain {
      throw ValidationError("--explain takes apart what --meta-gradient does not measure; drop one of them")
    }
  }

  func run() throws {
    let page = metaGradient ?? experiment
    let resolved = try ResolvedExperiment.load(page, overrides: change.overrides)
    let settings = resolved.experiment
    var subject = try RuleSubject.load(
      rule ?? (metaGradient == nil ? "error-hebb-oja" : settings.rule), near: page)
    if metaGradient != nil, rule == nil { subject.rule = try resolved.starting(subject.rule) }
    let family = try TaskCatalogue.load(settings.task.data, directory: work.data)
    let source = try EpisodeSource(settings, family: family)
    let contender = Self.withoutZeros(try subject.contender(in: settings))
    try contender.check(
      inputCount: family.inputCount, outputCount: source.outputCount, worstLoss: settings.worstLoss)
    if metaGradient != nil {
      let episodes = source.encoded(.search, 0..<4, by: Crew(workers: 1))!
      let bench = try BenchMetaGradient(contender, on: episodes, settings, seconds: seconds)
      if talk.json {
        Output.line(bench.json.text())
      } else {
        for line in bench.lines { Output.line(line) }
      }
      return
    }
    let crew = Crew(workers: work.threads)
    let clock = ContinuousClock()
    let encodingBegan = clock.now
    let episodes = source.encoded(.search, 0..<4, by: crew)!
    let encoding = (clock.now - encodingBegan) / .seconds(1) / 4
    let accuracy = try check(contender, episodes, settings, outputCount: source.outputCount)

    if explain {
      let explanation = try BenchExplanation(
        contender, on: Array(episodes[0..<1]), seed: settings.seed, worstLoss: settings.worstLoss, seconds: seconds)
      if talk.json {
        Output.line(explanation.json.text())
      } else {
        for line in explanation.lines { Output.line(line) }
      }
      return
    }

    let done = Atomic<Int>(0)
    let began = clock.now
    let limit = seconds
    crew.repeatScoring(contender, on: episodes, seed: settings.seed, worstLoss: settings.worstLoss) {
      (clock.now - began) / .seconds(1) < limit
    } scored: {
      done.add(1, ordering: .relaxed)
    }
    let elapsed = (clock.now - began) / .seconds(1)
    let count = done.load(ordering: .relaxed)
    let rate = Double(count) / elapsed
    if talk.json {
      Output.line(
        JSON.object([
          .init("episodes_per_second", .number(rate)), .init("episodes", .integer(count)),
          .init("seconds", .number(elapsed)), .init("workers", .integer(crew.workers)),
          .init("milliseconds_per_episode", .number(1000 * Double(crew.workers) / rate)),
          .init("encoding_milliseconds", .number(1000 * encoding)), .init("experiment", .text(settings.name)),
          .init("rule", .text(contender.name)), .init("accuracy", .number(accuracy)),
          .init("checked", .boolean(true)),
        ]).text())
    } else {
      Output.line(
        "\(settings.name), \(contender.name): \(String(format: "%.2f", rate)) episodes/s on \(crew.workers) workers, "
          + "\(String(format: "%.1f", 1000 * Double(crew.workers) / rate)) ms an episode and worker "
          + "(\(count) episodes in \(String(format: "%.1f", elapsed)) s; answer checked)")
    }
  }

  /// The contender with a thousandth of a step in place of coefficients that are 0: a term that is switched off costs
  /// nothing and would not be measured, and one so small changes little else.
  private static func withoutZeros(_ contender: Contender) -> Contender {
    contender.with(
      coefficients: zip(contender.slots, contender.coefficients).map { slot, value in
        guard value == 0, case .step(let step) = slot.scale else { return value }
        return step / 1000
      })
  }

  /// The mean accuracy, after two learners and two precisions agreed on it.
  private func check(
    _ contender: Contender, _ episodes: [EncodedEpisode], _ settings: Experiment, outputCount: Int
  ) throws -> Double {
    func learner<Scalar>(_ type: Scalar.Type) throws -> EpisodeLearner<Scalar> {
      try EpisodeLearner<Scalar>(
        network: contender.network, inputCount: episodes[0].support.inputCount, outputCount: outputCount,
        rule: contender.rule, credit: contender.credit.name, worstLoss: settings.worstLoss)
    }
    let (first, second, exact) = (try learner(Float.self), try learner(Float.self), try learner(Double.self))
    var accuracies: [Double] = []
    var exactAccuracies: [Double] = []
    for episode in episodes {
      let score = first.score(coefficients: contender.coefficients, episode: episode, seed: settings.seed)
      let again = second.score(coefficients: contender.coefficients, episode: episode, seed: settings.seed)
      guard score == again else {
        throw Failure(
          .ourBug, "two learners disagree on episode \(episode.index): loss \(score.loss) and \(again.loss)")
      }
      let precise = exact.score(coefficients: contender.coefficients, episode: episode, seed: settings.seed)
      accuracies.append(score.accuracy)
      exactAccuracies.append(precise.accuracy)
    }
    let (single, double) = (Statistics.mean(accuracies), Statistics.mean(exactAccuracies))
    guard abs(single - double) <= Self.accuracyTolerance else {
      throw Failure(.ourBug, "single and double precision disagree: mean accuracy \(single) and \(double)")
    }
    return single
  }
}
