import Arithmetic
import Records

extension Report {
  /// The learning systems of a training: their table and their courses.
  static func training(_ contents: RunContents) -> Section? {
    guard let log = contents.training else { return nil }
    let seeds = "\(log.seeds.count) seed\(log.seeds.count == 1 ? "" : "s")"
    var table = Table(
      header: [
        "system", "accuracy", "95 % interval", "best epoch", "trained on", "rates", "s an epoch", "credit", "rule",
        "neuron", "layers", "optimiser", "outcome",
      ],
      rows: log.systems.indices.map { row(log, $0) }, words: [0, 7, 8, 9, 10, 11, 12])
    table.caption =
      "\(log.data), \(log.sampleCount) samples held out, \(seeds). Accuracy after the last epoch, with Student's interval over "
      + "seeds; the best epoch is chosen by the samples held out themselves. Rates of the hidden layers from the input upwards."
    let band = log.seeds.count > 1 ? " Lines are means over seeds, bands go from the least to the greatest." : ""
    let figures = [
      Figure.training(
        log, id: "test-accuracy", title: "Accuracy on samples held out",
        caption: "After every epoch; the samples held out have no part in learning." + band, label: "accuracy",
        log.testAccuracy),
      Figure.training(
        log, id: "test-loss", title: "Loss of samples held out",
        caption: "Losses of systems that minimise different things cannot be compared with one another." + band,
        label: "loss", log.testLoss, isLogarithmic: true),
      Figure.training(
        log, id: "train-accuracy", title: "Accuracy on the samples learned from",
        caption: "Of each batch before the step it caused." + band, label: "accuracy", log.trainAccuracy),
    ]
    return Section(
      id: "training", title: "Learning systems", parts: [table.markup] + figures.compactMap { $0?.markup })
  }

  private static func row(_ log: TrainingLog, _ s: Int) -> [String] {
    let accuracies = log.last(log.testAccuracy, system: s)
    func mean(_ values: [Double]) -> Double { values.isEmpty ? .nan : Statistics.mean(values) }
    var interval = "–"
    if accuracies.count > 1, accuracies.allSatisfy(\.isFinite) {
      let half =
        StudentT(degreesOfFreedom: Double(accuracies.count - 1)).quantile(0.975) * Statistics.standardError(accuracies)
      interval = NumberForm.interval(100 * max(0, mean(accuracies) - half), 100 * min(1, mean(accuracies) + half), 2)
    }
    let bests = log.seeds.indices.compactMap { seed -> (accuracy: Double, epoch: Int)? in
      let run = log.index(system: s, seed: seed)
      let course = log.testAccuracy[run * log.epochCount..<(run * log.epochCount + log.epochsDone[run])]
      guard let best = course.filter(\.isFinite).max() else { return nil }
      return (best, course.firstIndex(of: best)! - course.startIndex + 1)
    }
    let best =
      bests.isEmpty
      ? "–"
      : "\(NumberForm.fixed(100 * mean(bests.map(\.accuracy)), 2)) at "
        + NumberForm.fixed(mean(bests.map { Double($0.epoch) }), 0)
    let rates = (0..<log.layerCount).map { layer in
      mean(
        log.seeds.indices.compactMap { seed in
          let run = log.index(system: s, seed: seed)
          guard log.epochsDone[run] > 0 else { return nil }
          return log.rates[(run * log.epochCount + log.epochsDone[run] - 1) * log.layerCount + layer]
        })
    }
    let times = log.seeds.indices.flatMap { seed in
      let run = log.index(system: s, seed: seed)
      return log.wallTime[run * log.epochCount..<(run * log.epochCount + log.epochsDone[run])]
    }
    let outcomes = log.seeds.indices.map { log.runStatus[log.index(system: s, seed: $0)].word }
    let words = outcomes.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    let system = log.systems[s]
    return [
      system.name, NumberForm.fixed(100 * mean(accuracies), 2), interval, best,
      NumberForm.fixed(100 * mean(log.last(log.trainAccuracy, system: s)), 2),
      rates.filter(\.isFinite).map { NumberForm.fixed($0, 2) }.joined(separator: " "),
      NumberForm.significant(times.isEmpty ? .nan : Statistics.median(Array(times)), 3), system.credit, system.rule,
      system.neuron, system.hidden, system.optimizer, words.joined(separator: ", "),
    ]
  }
}
