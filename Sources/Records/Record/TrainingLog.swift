/// Learning systems that learn the same data, epoch by epoch: the group `/training`.
///
/// Arrays are in C order, the last axis fastest; epochs that are not done are NaN.
public struct TrainingLog: Sendable, Hashable {
  /// What a system is.
  public struct System: Sendable, Hashable {
    /// Its name in tables.
    public var name: String
    /// The learning system.
    public var credit: String
    /// The rule of its synapses.
    public var rule: String
    /// Its hidden neurons.
    public var neuron: String
    /// Its hidden layers in the field's shorthand.
    public var hidden: String
    /// The optimiser of its weights.
    public var optimizer: String
    /// Number of weights and biases.
    public var parameters: Int
    /// Samples of a batch.
    public var batch: Int
    /// Epochs planned.
    public var epochs: Int

    /// Makes the facts.
    public init(
      name: String, credit: String, rule: String, neuron: String, hidden: String, optimizer: String, parameters: Int,
      batch: Int, epochs: Int
    ) {
      (self.name, self.credit, self.rule, self.neuron) = (name, credit, rule, neuron)
      (self.hidden, self.optimizer, self.parameters) = (hidden, optimizer, parameters)
      (self.batch, self.epochs) = (batch, epochs)
    }
  }

  /// The data set.
  public var data: String
  /// The system that the others are compared with.
  public var baseline: String
  /// The systems.
  public var systems: [System]
  /// The seed of each run.
  public var seeds: [Int]
  /// Epochs of the system that has most.
  public var epochCount: Int
  /// Hidden layers of the system that has most.
  public var layerCount: Int
  /// Samples held out in each run.
  public var sampleCount: Int
  /// Mean loss of an epoch's batches, [system][seed][epoch].
  public var trainLoss: [Double]
  /// Accuracy on an epoch's batches, [system][seed][epoch].
  public var trainAccuracy: [Double]
  /// Mean loss of the samples held out, [system][seed][epoch].
  public var testLoss: [Double]
  /// Accuracy on the samples held out, [system][seed][epoch].
  public var testAccuracy: [Double]
  /// How the network was, [system][seed][epoch].
  public var epochStatus: [CandidateStatus]
  /// Seconds, [system][seed][epoch].
  public var wallTime: [Double]
  /// Rates of the hidden layers, [system][seed][epoch][layer].
  public var rates: [Double]
  /// How each run ended, [system][seed].
  public var runStatus: [CandidateStatus]
  /// Epochs done, [system][seed].
  public var epochsDone: [Int]
  /// Answers after the last epoch, [system][seed][sample]; −1 for none, −2 where there is none yet.
  public var answers: [Int]
  /// Classes of the samples held out, [seed][sample].
  public var labels: [Int]
  /// Identities of the samples held out, [seed][sample].
  public var sources: [Int]

  /// A log without epochs.
  /// - Parameters:
  ///   - labels: [seed][sample].
  ///   - sources: likewise.
  public init(
    data: String, baseline: String, systems: [System], seeds: [Int], layerCount: Int, labels: [Int], sources: [Int]
  ) {
    (self.data, self.baseline, self.systems, self.seeds) = (data, baseline, systems, seeds)
    (self.layerCount, self.labels, self.sources) = (layerCount, labels, sources)
    epochCount = systems.map(\.epochs).max() ?? 0
    sampleCount = seeds.isEmpty ? 0 : labels.count / seeds.count
    let runs = systems.count * seeds.count
    let empty = [Double](repeating: .nan, count: runs * epochCount)
    (trainLoss, trainAccuracy, testLoss, testAccuracy, wallTime) = (empty, empty, empty, empty, empty)
    epochStatus = Array(repeating: .pending, count: runs * epochCount)
    rates = Array(repeating: .nan, count: runs * epochCount * layerCount)
    runStatus = Array(repeating: .pending, count: runs)
    epochsDone = Array(repeating: 0, count: runs)
    answers = Array(repeating: -2, count: runs * sampleCount)
  }

  /// The place of a run.
  public func index(system: Int, seed: Int) -> Int { system * seeds.count + seed }
}

/// Where an unfinished run of a training stands.
public struct TrainingState: Sendable, Hashable {
  /// The arrangement that this program reads and writes.
  public static let version = 1

  /// Place of the system.
  public var system: Int
  /// Place of the seed.
  public var seed: Int
  /// Epochs done.
  public var epoch: Int
  /// Steps of the optimiser.
  public var steps: Int
  /// Weights, biases and feedback that learns, one array after the other.
  public var weights: [Float]
  /// The optimiser's means, likewise; empty where it has none.
  public var means: [Float]
  /// The optimiser's mean squares, likewise.
  public var squares: [Float]

  /// Makes a state.
  public init(
    system: Int, seed: Int, epoch: Int, steps: Int, weights: [Float], means: [Float], squares: [Float]
  ) {
    (self.system, self.seed, self.epoch, self.steps) = (system, seed, epoch, steps)
    (self.weights, self.means, self.squares) = (weights, means, squares)
  }
}
