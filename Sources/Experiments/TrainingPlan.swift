import Layers
import Pages
import Rules
import Systems
import Tasks
import Training

/// Learning systems that learn the same data: a training page, checked, with every default.
public struct TrainingPlan: Sendable {
  /// What the training is called.
  public var name: String
  /// One or two sentences for people.
  public var about: String
  /// The seed of each run of a system.
  public var seeds: [UInt64]
  /// A name of `TaskCatalogue`.
  public var data: String
  /// Which samples are learned from and which are held out.
  public var division: DivisionChoice
  /// Neighbouring units of recordings that become one.
  public var merging: Int
  /// The systems, one row of the table each.
  public var systems: [SystemPlan]
  /// The place of the system that the others are compared with.
  public var baseline: Int
  /// The page as it stands in the file.
  public var text: String
  /// The file's name as the user wrote it.
  public var file: String
  /// Every key with its value: a page of the same meaning.
  public var json: JSON

  /// How one system learns.
  public struct SystemPlan: Sendable {
    /// What tables call it.
    public var name: String
    /// The learning system.
    public var card: SystemCard
    /// Its settings.
    public var settings: SystemSettings
    /// What a synapse does.
    public var rule: LoadedRule
    /// One value for each slot of the rule's coefficients.
    public var coefficients: [Double]
    /// The network.
    public var network: LayeredParameters
    /// What becomes of intensities.
    public var inputs: InputChoice
    /// Epochs, batches and the optimiser; the seed is each run's own.
    public var training: TrainingSettings
    /// Where the page names the system.
    public var place: Place
  }

  /// How intensities become inputs.
  public enum InputChoice: Sendable, Hashable {
    /// By a mean and a deviation that the page states; 0 and 1 leave them as they are.
    case stated(InputScaling)
    /// By those of the samples learned from.
    case standardised
    /// By those of every input over the samples learned from.
    case standardisedInputs
  }

  /// Steps that recordings are binned to for a system.
  public func steps(_ system: SystemPlan) -> Int { system.network.constants.steps }

  /// Whether the data are recorded spikes.
  public var isRecorded: Bool { TaskCatalogue.recordedNames.contains(data) }

  /// Runs: every system with every seed, system by system.
  public var runCount: Int { systems.count * seeds.count }
}

extension TrainingPlan.SystemPlan {
  /// The hidden layers in the field's shorthand: `15C5-P2-40C5-P2-300`.
  public var layerWords: String {
    network.layers.isEmpty ? "none" : network.layers.map(\.words).joined(separator: "-")
  }

  /// Weights and biases.
  public func parameterCount(input: SignalShape, classCount: Int) -> Int {
    sizes(input: input, classCount: classCount).reduce(0) { $0 + $1.weights + $1.biases }
  }

  /// Multiplications and additions of one sample's way forth.
  public func operations(input: SignalShape, classCount: Int) -> Int {
    let steps = network.neuron.spikes ? network.constants.steps : 1
    return steps * sizes(input: input, classCount: classCount).reduce(0) { $0 + $1.weights * $1.places }
  }

  /// Bytes that a run takes at most, without the data: an estimate from sizes.
  public func bytes(input: SignalShape, classCount: Int) -> Int {
    let steps = network.neuron.spikes ? network.constants.steps : 1
    let sizes = sizes(input: input, classCount: classCount)
    let weights = sizes.reduce(0) { $0 + $1.weights + $1.biases }
    let neurons = sizes.reduce(input.count) { $0 + $1.places * $1.kinds }
    // Weights, changes, moments; changes and feedback of each part; a dozen numbers a neuron, step and sample.
    return 4 * ((4 + 3 * training.partCount) * weights + 12 * neurons * steps * training.batch)
  }

  private func sizes(
    input: SignalShape, classCount: Int
  ) -> [(weights: Int, biases: Int, places: Int, kinds: Int)] {
    var shape = input
    var found: [(Int, Int, Int, Int)] = []
    for form in network.layers + [.dense(classCount)] {
      guard let neurons = form.neurons(above: shape), let next = form.output(above: shape) else { break }
      let fanIn: Int
      switch form.synapses {
      case .dense: fanIn = shape.count
      case .convolution(let kernel): fanIn = kernel.height * kernel.width * shape.channels
      }
      found.append((fanIn * neurons.channels, network.bias ? neurons.channels : 0, neurons.places, neurons.channels))
      shape = next
    }
    return found
  }
}
