import Layers
import Networks
import Pages
import Systems
import Tasks
import Training

/// The table of training pages: which learning systems learn which data, and how.
public enum TrainingPage {
  /// Every key of a page.
  public static let schema = PageSchema(
    title: "Metaplast training", doc: "Learning systems that learn the same data, by batches and epochs.",
    keys: PageKeys(
      [
        PageKey("schema", .integer(1...1), required: true, doc: "Version of the page's form."),
        PageKey("training", .name(.label), required: true, doc: "What the training is called; names its record."),
        PageKey("about", .text, default: .text("No description."), doc: "One or two sentences for people."),
        PageKey("seed", .integer(0...Int.max), default: .integer(1), doc: "The first seed."),
        PageKey(
          "seeds",
          .either(
            [.integer(1...1000), .list(of: .integer(0...Int.max), count: 1...1000)],
            description: "a count or a list of seeds"),
          default: .integer(1), doc: "How many runs of every system, with seeds one after the other, or the seeds."),
        PageKey("data", .mapping(data), required: true, doc: "What is learned."),
        PageKey(
          "baseline", .text, doc: "The system that the others are compared with; the first unless stated."),
      ]
        + choices.map { key in
          var key = bare(key)
          key.doc += " The default of all systems."
          return key
        } + [
          PageKey(
            "systems", .list(of: .mapping(system), count: 1...1000), required: true, doc: "One row of the table each.")
        ]))

  /// What is chosen of each system, with defaults; a page states it once for all, and systems may state it anew.
  static let choices: [PageKey] = [
    PageKey("epochs", .integer(1...1_000_000), default: .integer(20), doc: "Times that all samples are presented."),
    PageKey("batch", .integer(1...1_000_000), default: .integer(50), doc: "Samples of a batch."),
    PageKey(
      "parts", .integer(1...64), default: .integer(4),
      doc: "Parts that a batch is divided into at most, for threads; none has fewer than 4 samples."),
    PageKey("network", .mapping(network), doc: "The network that learns."),
    PageKey("rule", .text, doc: "What a synapse does: a name in rules/ or a path; the system's own unless stated."),
    PageKey(
      "coefficients", .map(of: .number(.any), names: .identifier, count: 0...1000),
      doc: "Values of the rule's coefficients in place of its page's."),
    PageKey("optimizer", .mapping(optimizer), doc: "How changes become steps of the weights."),
  ]

  /// The keys of one system, checked in full only once the page's own defaults lie under them.
  private static let system = PageKeys(
    [
      PageKey("name", .name(.label), doc: "What tables call it; the credit pathway's name unless stated."),
      PageKey("credit", credit, required: true, doc: "The learning system and its settings."),
      PageKey("data", .mapping(PageKeys(inputs)), doc: "Its own inputs, in place of the page's."),
    ] + choices.map(bare))

  /// The keys of one system with the page's under them and every default.
  static let resolved = PageSchema(
    title: "system", doc: "",
    keys: PageKeys(
      [
        PageKey("name", .name(.label)), PageKey("credit", credit, required: true),
        PageKey("data", .mapping(PageKeys(inputs))),
      ]
        + choices.map { key in
          guard key.name == "optimizer" else { return key }
          return PageKey("optimizer", optimizerVariant, required: true, doc: key.doc)
        }))

  /// A key without default, inside too: an absent one says nothing.
  private static func bare(_ key: PageKey) -> PageKey {
    var key = key
    (key.standard, key.isRequired) = (nil, false)
    if case .mapping(let keys) = key.kind { key.kind = .mapping(PageKeys(keys.keys.map(bare))) }
    return key
  }

  private static let inputs = [
    PageKey(
      "standardise", .either([.boolean, .choice(["inputs"])], description: "true, false or the word inputs"),
      doc:
        "Subtract the mean of the samples learned from and divide by their deviation; inputs: every input by its own."),
    PageKey("mean", .number(.any), doc: "What is subtracted from intensities, which lie in 0 ... 1; 0 unless stated."),
    PageKey("deviation", .number(.positive), doc: "What the rest is divided by; 1 unless stated."),
  ]

  private static let data = PageKeys(
    [
      PageKey("name", .choice(TaskCatalogue.names), required: true, doc: "The data set."),
      PageKey(
        "train", .integer(1...100_000_000), doc: "Samples to learn from, drawn with the run's seed; all unless stated."),
      PageKey(
        "test", .integer(1...100_000_000),
        doc: "Samples held out; the test file, or a fifth where there is one file alone, unless stated."),
      PageKey(
        "split", .choice(["own", "shuffled"]), default: .text("own"),
        doc: "own: the data set's test file is held out. shuffled: all samples are shuffled with the run's seed."),
      PageKey(
        "merge", .integer(1...64), default: .integer(1),
        doc: "Recorded spikes: neighbouring units that become one, along each axis."),
    ] + inputs)

  private static let credit = PageKind.variant(
    by: "kind", doc: "The learning system.",
    cases: systemCards.map { PageVariant($0.name, doc: $0.about, $0.settings) })

  private static let network = PageKeys([
    PageKey(
      "neuron", .choice(LayerNeuron.allCases.map(\.rawValue)), default: .text("lif"), doc: "The hidden neurons."),
    PageKey(
      "layers",
      .list(
        of: .either(
          [.integer(1...65_536), .name(LayerWord.rule)], description: LayerWord.rule.description), count: 0...64),
      default: .integers([100]),
      doc:
        "Hidden layers from the input upwards: 100, 15C5, 64C3-same, 96C3-pad1, 32C5/2; above a layer P2, maxP2, meanP2."
    ),
    PageKey("pool_scale", .number(.positive), default: .number(1.1), doc: "P: the factor of the sum over a window."),
    PageKey(
      "bias", .boolean, default: .boolean(false), doc: "Whether neurons, or channels of convolutions, have biases."),
    PageKey("steps", .integer(1...10_000), default: .integer(5), doc: "Spiking neurons: time steps of a sample."),
    PageKey("leak", .number(.fraction), default: .number(0.8), doc: "Share of the potential kept per step."),
    PageKey("threshold", .number(.greater(than: 0)), default: .number(1), doc: "A neuron spikes above this potential."),
    PageKey(
      "reset", .choice(NetworkParameters.Reset.allCases.map(\.rawValue)), default: .text("zero"),
      doc: "What a spike does to the potential."),
    PageKey(
      "activity_decay", .number(.between(0, upTo: 1)), default: .number(0.6667),
      doc: "Share of the activity (low-pass of the spikes) kept per step."),
    PageKey(
      "surrogate", ExperimentPage.surrogate,
      doc: "The surrogate derivative of the spike; fast-sigmoid of slope 2 unless stated."),
    PageKey(
      "synapse_decay", .number(.between(0, upTo: 1)),
      doc: "Share of the synaptic current kept per step; without it currents act for one step."),
    PageKey(
      "readout_leak", .number(.between(0, upTo: 1)), default: .number(0.9),
      doc: "Share of a leaky readout's potential kept per step."),
    PageKey("sharpness", .number(.positive), default: .number(10), doc: "softplus: β of log(1 + exp(β v)) / β."),
    PageKey(
      "feedback_scale", .number(.between(0, 1000)), default: .number(1),
      doc: "Random feedback is drawn as Glorot weights times this."),
    PageKey("dense", weightLaw, doc: "The law of weights of dense layers; Glorot's unless stated."),
    PageKey("convolution", weightLaw, doc: "The law of weights of convolutions; uniform unless stated."),
  ])

  private static let weightLaw = PageKind.variant(
    by: "kind", doc: "A law of initial weights.",
    cases: [
      PageVariant(
        "glorot", doc: "Uniform within ± scale · √(6 / (n_in + n_out)).",
        PageKeys([PageKey("scale", .number(.positive), default: .number(1), doc: "The factor.")])),
      PageVariant(
        "normal", doc: "Normal of variance variance / n_in.",
        PageKeys([PageKey("variance", .number(.positive), default: .number(2), doc: "The variance times n_in.")])),
      PageVariant(
        "uniform", doc: "Uniform within ± scale / √n_in.",
        PageKeys([PageKey("scale", .number(.positive), default: .number(1), doc: "The factor.")])),
    ])

  private static let optimizer = PageKeys(
    [PageKey("kind", .choice(WeightOptimiserSettings.Kind.allCases.map(\.rawValue)), doc: "sgd, adam, adamw or rms.")]
      + common + momentum + moments + meanSquare)

  /// With only the keys that a kind reads.
  private static let optimizerVariant = PageKind.variant(
    by: "kind", doc: "How changes become steps.",
    cases: WeightOptimiserSettings.Kind.allCases.map { kind in
      let own =
        switch kind {
        case .sgd: momentum
        case .adam, .adamw: moments + [epsilon]
        case .rms: meanSquare + [epsilon]
        }
      return PageVariant(kind.rawValue, PageKeys(common.filter { $0.name != "epsilon" } + own))
    })

  private static let standard = WeightOptimiserSettings(.adamw, rate: 1e-3)

  private static let epsilon = PageKey(
    "epsilon", .number(.positive), default: .number(standard.epsilon), doc: "adam, adamw, rms: keeps roots from 0.")

  private static let common = [
    PageKey("rate", .number(.positive), default: .number(1e-3), doc: "The learning rate."),
    PageKey(
      "weight_decay", .number(.nonNegative), default: .number(0),
      doc: "Added to the gradient times the weight; adamw: weights shrink by rate times this. Biases and feedback too."),
    PageKey(
      "clip", .number(.positive), doc: "The longest change of all weights together; longer ones are shortened."),
    PageKey(
      "reduce", .choice(WeightOptimiserSettings.Reduction.allCases.map(\.rawValue)), default: .text("mean"),
      doc: "Whether the changes of a batch's samples are averaged or summed."),
    epsilon,
    PageKey("schedule", schedule, doc: "How the rate changes; constant unless stated."),
    PageKey(
      "warm_up", .integer(0...1_000_000), default: .integer(0),
      doc: "Epochs at the beginning in which the rate rises in equal parts, batch by batch."),
  ]

  private static let momentum = [
    PageKey(
      "momentum", .number(.between(0, upTo: 1)), default: .number(0), doc: "sgd: share of the last step that is kept.")
  ]

  private static let moments = [
    PageKey(
      "beta1", .number(.between(0, upTo: 1)), default: .number(standard.beta1),
      doc: "adam, adamw: share of the mean kept per step."),
    PageKey(
      "beta2", .number(.between(0, upTo: 1)), default: .number(standard.beta2),
      doc: "adam, adamw: share of the mean square kept per step."),
  ]

  private static let meanSquare = [
    PageKey(
      "decay", .number(.between(0, upTo: 1)), default: .number(standard.decay),
      doc: "rms: share of the mean square kept per step."),
    PageKey(
      "start", .number(.nonNegative), default: .number(standard.start), doc: "rms: the mean square at the beginning."),
  ]

  private static let schedule = PageKind.variant(
    by: "kind", doc: "How the rate changes.",
    cases: [
      PageVariant("constant", doc: "Always the same."),
      PageVariant(
        "step", doc: "Times factor after every so many epochs.",
        PageKeys([
          PageKey("every", .integer(1...1_000_000), required: true, doc: "Epochs."),
          PageKey(
            "factor", .number(.between(open: 0, 1)), default: .number(0.1), doc: "What the rate is multiplied by."),
        ])),
      PageVariant(
        "cosine", doc: "Along half a cosine.",
        PageKeys([PageKey("to", .number(.fraction), default: .number(0), doc: "The last share of the rate.")])),
    ])
}
