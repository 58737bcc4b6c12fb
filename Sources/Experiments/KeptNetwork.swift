import Networks
import Pages
import Records
import Tasks

/// A network whose weights a record of an evaluation kept, and the episode that it learnt.
public struct KeptNetwork: Sendable {
  /// Which of the networks of a record is meant; what is nil is the first there is.
  public struct Choice: Sendable, Hashable {
    /// The row of the table.
    public var rule: String?
    /// The task.
    public var task: String?
    /// Support samples per class.
    public var shots: Int?
    /// The episode, as along `seed`.
    public var episode: Int?

    /// Makes a choice.
    public init(rule: String? = nil, task: String? = nil, shots: Int? = nil, episode: Int? = nil) {
      self.rule = rule
      self.task = task
      self.shots = shots
      self.episode = episode
    }
  }

  /// The record.
  public let path: String
  /// The record's own name for itself.
  public let uuid: String
  /// The row of the table.
  public let rule: String
  /// The task.
  public let task: String
  /// Support samples per class.
  public let shots: Int
  /// The number of the episode.
  public let episode: Int
  /// The pool that the episode came from.
  public let split: Split
  /// The experiment that it was scored on.
  public let experiment: Experiment
  /// The shape of each projection, from the input's upwards.
  public let shapes: [KeptWeights.Shape]
  /// The weights before and after learning.
  public let weights: EpisodeWeights
  /// Query accuracy at the end of the episode, as the record has it.
  public let accuracy: Float

  /// Reads a network from a record.
  /// - Throws: `NoKeptWeights` where the record keeps none, `RecordMismatch` where it has not what is chosen, `HDF5Error`,
  ///   or `Diagnostics` where its experiment cannot be read.
  public init(_ path: String, _ choice: Choice) throws {
    let record = try RunRecord.open(path)
    guard let table = try record.evaluation(), let kept = try record.keptRuns() else {
      throw try NoKeptWeights(path, record, choice)
    }
    func place(_ wanted: String?, among labels: [String], _ word: String) throws(RecordMismatch) -> Int {
      guard let wanted else {
        guard !labels.isEmpty else { throw RecordMismatch(path: path, message: "has no \(word)") }
        return 0
      }
      if let found = labels.firstIndex(of: wanted) { return found }
      let hint = Int(wanted) == nil ? suggestion(for: wanted, among: labels) : ""
      throw RecordMismatch(
        path: path,
        message: "has no \(word) \(wanted)\(hint); there \(labels.count == 1 ? "is" : "are") "
          + labels.prefix(12).joined(separator: ", ") + (labels.count > 12 ? ", …" : ""))
    }
    let row = try place(choice.rule, among: table.rules, "row")
    let task = try place(choice.task, among: table.tasks, "task")
    let shot = try place(choice.shots.map(String.init), among: table.shots.map(String.init), "number of shots")
    let run = try place(choice.episode.map(String.init), among: kept.map(String.init), "kept episode")
    let text = try record.provenance().configResolved
    experiment = try ResolvedExperiment.read(text: text, file: path).experiment
    guard let seed = table.seeds.firstIndex(of: kept[run]) else {
      throw RecordMismatch(path: path, message: "keeps weights of episode \(kept[run]), which it has no score of")
    }
    guard let found = try record.weights(rule: row, task: task, shot: shot, kept: run) else {
      throw RecordMismatch(
        path: path,
        message:
          "has no weights of \(table.rules[row]) in episode \(kept[run]): the row has no network, or the network "
          + "diverged")
    }
    guard let split = Split.allCases.first(where: { "\($0)" == table.split ?? "test" }) else {
      throw RecordMismatch(path: path, message: "has episodes of an unknown pool \(table.split ?? "")")
    }
    let network = experiment.network
    let bias = network.rateFunction != nil && network.bias ? 1 : 0
    let expected = network.weightShapes(
      inputCount: (found.shapes.first?.pre ?? 0) - bias, outputCount: table.outputs[task])
    guard found.shapes == expected else {
      throw RecordMismatch(
        path: path,
        message: "has weights into groups of \(found.shapes.map(\.post)) neurons, which its experiment does not have")
    }
    self.path = path
    uuid = try record.identity().uuid
    rule = table.rules[row]
    self.task = table.tasks[task]
    shots = table.shots[shot]
    episode = table.episodes?[seed] ?? kept[run]
    self.split = split
    (shapes, weights) = found
    let end = table.index(rule: row, task: task, shot: shot, seed: seed) * table.steps.count + table.steps.count - 1
    accuracy = table.accuracy[end]
  }

  /// Inputs of the network, bias units left out.
  public var inputCount: Int {
    (shapes.first?.pre ?? 0) - (experiment.network.rateFunction != nil && experiment.network.bias ? 1 : 0)
  }
  /// Readout neurons.
  public var outputCount: Int { shapes.last?.post ?? 0 }
}

/// A record keeps no weights.
public struct NoKeptWeights: Error, Hashable, Sendable, CustomStringConvertible {
  /// The record.
  public var path: String
  /// What makes a record that keeps them.
  public var advice: String

  init(_ path: String, _ record: RunRecord, _ choice: KeptNetwork.Choice) throws {
    self.path = path
    let stem = path.hasSuffix(".h5") ? String(path.dropLast(3)) : path
    if try record.discovery() != nil {
      advice = "metaplast evaluate \(path) --weights \(1 + (choice.episode ?? 0)) --out \(stem)-weights.h5"
    } else if try record.provenance().configResolved.contains("\"grid\":") {
      advice =
        "metaplast evaluate RULE --experiment EXPERIMENT --set KEY=VALUE --weights 1 --out \(stem)-weights.h5, with the "
        + "values of the cell that is wanted"
    } else {
      let command = try record.sessions().last?.commandLine ?? "metaplast evaluate RULE --out \(path)"
      let first = try record.evaluation()?.seeds.first ?? 0
      let count = max(1, (choice.episode ?? first) - first + 1)
      advice = command + (command.contains(" --force") ? "" : " --force") + " --weights \(count)"
    }
  }

  /// One sentence.
  public var description: String { "\(path) keeps no weights; keep them with: \(advice)" }
}
