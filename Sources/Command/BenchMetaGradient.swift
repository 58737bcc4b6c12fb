import Arithmetic
import Experiments
import Foundation
import Pages
import Tasks

/// `bench --meta-gradient`: what an episode takes with the gradient of its loss, and what it takes without, on one thread.
struct BenchMetaGradient {
  private let contender: Contender
  private let experiment: Experiment
  /// Milliseconds of each timing: with the gradient, and the loss alone.
  private let graded: [Double]
  private let scored: [Double]
  private let losses: [Double]
  private let largest: Double

  /// Checks the answer, then times episodes with and without the gradient in turns.
  /// - Parameters:
  ///   - episodes: at least one; they take turns too.
  ///   - seconds: least time of all timings together.
  init(_ contender: Contender, on episodes: [EncodedEpisode], _ experiment: Experiment, seconds: Double) throws {
    let (inputs, outputs) = (episodes[0].support.inputCount, episodes[0].outputCount)
    func grader() throws -> any EpisodeGrader {
      try episodeGrader(for: contender, inputCount: inputs, outputCount: outputs, worstLoss: experiment.worstLoss)
    }
    let (first, second) = (try grader(), try grader())
    let learner = try InnerLoop(
      network: contender.network, inputCount: inputs, outputCount: outputs, rule: contender.rule,
      credit: contender.credit.name, worstLoss: experiment.worstLoss)
    let (theta, seed) = (contender.coefficients, experiment.seed)
    var answers: [GradedScore] = []
    for episode in episodes {
      let answer = first.grade(coefficients: theta, episode: episode, seed: seed)
      guard answer.counts else {
        throw Failure(
          .badInput,
          "episode \(episode.index) has no finite gradient at these coefficients (it ended \(answer.score.outcome)); "
            + "optimizer.start or another rule may help")
      }
      answers.append(answer)
    }
    // Another grader, and the same one again with other episodes in between.
    for (episode, answer) in zip(episodes, answers) {
      for again in [second, first] {
        let other = again.grade(coefficients: theta, episode: episode, seed: seed)
        guard Self.bits(other) == Self.bits(answer) else {
          throw Failure(.ourBug, "the gradient of episode \(episode.index) is not the same twice")
        }
      }
    }

    let clock = ContinuousClock()
    func milliseconds(_ body: () -> Void) -> Double {
      let began = clock.now
      body()
      return 1000 * ((clock.now - began) / .seconds(1))
    }
    var (graded, scored): ([Double], [Double]) = ([], [])
    let began = clock.now
    _ = learner.score(coefficients: theta, episode: episodes[0], seed: seed)
    while graded.count < 3 || (clock.now - began) / .seconds(1) < seconds {
      let episode = episodes[graded.count % episodes.count]
      graded.append(milliseconds { _ = first.grade(coefficients: theta, episode: episode, seed: seed) })
      scored.append(milliseconds { _ = learner.score(coefficients: theta, episode: episode, seed: seed) })
    }
    self.contender = contender
    self.experiment = experiment
    (self.graded, self.scored) = (graded, scored)
    losses = answers.map(\.score.loss)
    largest = answers.flatMap(\.gradient).reduce(0) { max($0, abs($1)) }
  }

  /// All numbers of an answer, bit for bit.
  private static func bits(_ answer: GradedScore) -> [UInt64] {
    (answer.gradient + answer.angles + answer.orthonormality + [answer.score.loss, answer.score.accuracy])
      .map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern }
  }

  /// The most memory that this process had at a time, in bytes; nil where the system does not say.
  static var peakMemory: Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
    else { return nil }
    return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }.map {
      $0 * 1024
    }
  }

  /// Lines for people.
  var lines: [String] {
    func line(_ name: String, _ times: [Double]) -> String {
      "\(name.padding(to: 16))\(String(format: "%8.2f", Statistics.median(times))) ms an episode, at least "
        + String(format: "%.2f", times.min()!)
    }
    return [
      "\(experiment.name), \(contender.name), \(contender.coefficients.count) coefficients, one worker:",
      line("loss, gradient", graded), line("loss alone", scored),
      "peak memory     \(Self.peakMemory.map(byteText) ?? "not known")",
      "(\(graded.count) timings of each in turns, medians; answer checked)",
    ]
  }

  /// One object.
  var json: JSON {
    .object([
      .init("experiment", .text(experiment.name)), .init("rule", .text(contender.name)),
      .init("coefficients", .integer(contender.coefficients.count)), .init("workers", .integer(1)),
      .init("gradient_milliseconds", .number(Statistics.median(graded))),
      .init("gradient_milliseconds_least", .number(graded.min()!)),
      .init("loss_milliseconds", .number(Statistics.median(scored))),
      .init("loss_milliseconds_least", .number(scored.min()!)), .init("timings", .integer(graded.count)),
      .init("peak_memory_bytes", Self.peakMemory.map(JSON.integer) ?? .null),
      .init("loss", .number(Statistics.mean(losses))), .init("largest_gradient", .number(largest)),
      .init("checked", .boolean(true)),
    ])
  }
}
