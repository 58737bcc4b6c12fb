import Credit
import Networks
import Pages
import Search
import Systems
import Tasks

/// The table of experiment pages: reader, defaults and JSON Schema all come from it.
public enum ExperimentPage {
  /// Every key of a page.
  public static let schema = PageSchema(
    title: "Metaplast experiment", doc: "What is searched, on what, how long, and how the result is judged.",
    keys: PageKeys([
      PageKey("schema", .integer(1...1), required: true, doc: "Version of the page's form."),
      PageKey("extends", .text, doc: "A page beside this one whose keys hold where this one is silent; one level."),
      PageKey("experiment", .text, required: true, doc: "What the experiment is called; names its record."),
      PageKey("about", .text, default: .text("No description."), doc: "One or two sentences for people."),
      PageKey("seed", .integer(0...Int.max), default: .integer(1), doc: "The seed of every random number of a run."),
      PageKey(
        "rule", .text, default: .text("pool-local"),
        doc: "The rule whose coefficients are searched: a name in rules/, or a path to a page."),
      PageKey(
        "credit", CreditChoice.kind(creditNames + systemCards.map(\.name)), default: .text("random"),
        doc: "The pathway that delivers the teaching signal, unless the rule names its own."),
      PageKey("network", .mapping(network), doc: "The network that learns."),
      PageKey("encoder", encoder, doc: "How intensities become spikes or currents; rate neurons take currents."),
      PageKey("task", .mapping(task), doc: "The few-shot problems."),
      PageKey("optimizer", .mapping(optimizer), doc: "The search over the rule's coefficients."),
      PageKey(
        "worst_loss", .number(.between(0.01, 1000)), default: .number(5),
        doc: "The loss of a failed episode, and the largest loss there is."),
      PageKey("selection", .mapping(selection), doc: "How the final coefficients are chosen."),
      PageKey("test", .mapping(test), doc: "On what the result is judged."),
      PageKey(
        "baselines", .mapping(baselines),
        doc: "The budget with which the learning rates of feedback alignment, backprop and the delta rule are tuned."),
      PageKey(
        "references", .mapping(references),
        doc: "Learners that are no rules, shown in result tables where they are named here."),
    ]))

  private static let references = PageKeys(
    referenceCatalogue.map { PageKey($0.name, .mapping($0.keys), doc: $0.doc) })

  private static let network = PageKeys([
    PageKey(
      "neuron", .choice(neuronNames + ["signum", "integrate-and-fire"]), default: .text("lif"),
      doc:
        "The neuron. softplus, tanh, relu and sigmoid make a network of rates, which has one step a sample; signum and "
        + "integrate-and-fire are for learning systems alone."),
    PageKey(
      "hidden", .list(of: .integer(1...4096), count: 0...16), default: .integers([170, 130, 100, 70]),
      doc: "Neurons of each hidden group, from the input upwards."),
    PageKey(
      "steps", .integer(1...1000), default: .integer(20),
      doc: "Time steps of a sample; 1, and 1 when not stated, for rate neurons."),
    PageKey("leak", .number(.fraction), default: .number(0.9), doc: "Share of the potential kept per step."),
    PageKey(
      "threshold", .number(.greater(than: 0)), default: .number(1), doc: "A neuron spikes when its potential is above."),
    PageKey(
      "reset", .choice(NetworkParameters.Reset.allCases.map(\.rawValue)), default: .text("zero"),
      doc: "What a spike does to the potential."),
    PageKey(
      "activity_decay", .number(.between(0, upTo: 1)), default: .number(0.8),
      doc: "Share of the activity (low-pass of the spikes) kept per step."),
    PageKey("surrogate", surrogate, doc: "The surrogate derivative of the spike."),
    PageKey(
      "synapse_decay", .number(.between(0, upTo: 1)),
      doc: "Share of the synaptic current kept per step; without it currents act for one step."),
    PageKey(
      "adaptation_decay", .number(.between(0, upTo: 1)), default: .number(0.95),
      doc: "adaptive-lif: share of the adaptation kept per step."),
    PageKey(
      "adaptation_strength", .number(.nonNegative), default: .number(0.1),
      doc: "adaptive-lif: rise of the threshold per unit of adaptation."),
    PageKey(
      "readout_leak", .number(.between(0, upTo: 1)), default: .number(0.9),
      doc: "Share of the readout's potential kept per step."),
    PageKey(
      "weight_scale", .number(.between(0, 1000)), default: .number(2),
      doc: "Forward weights are uniform within ± this · √(6 / (n_in + n_out))."),
    PageKey(
      "feedback_scale", .number(.between(0, 1000)), default: .number(2),
      doc: "Feedback weights follow the same law with this factor."),
    PageKey(
      "learn_from", .integer(1...1000), default: .integer(3),
      doc: "The step of a sample from which on weights move; 1, and 1 when not stated, for rate neurons."),
    PageKey(
      "sharpness", .number(.positive), default: .number(10),
      doc: "softplus: β of log(1 + exp(β v)) / β."),
    PageKey(
      "bias", .boolean, default: .boolean(false),
      doc: "Rate neurons: a unit of constant activity 1 below every group, with weights that learn from 0."),
  ])

  static let surrogate = PageKind.variant(
    by: "kind", doc: "The shape of the surrogate derivative.",
    cases: [
      PageVariant(
        "fast-sigmoid", doc: "1 / (1 + slope·|v − threshold|)²",
        PageKeys([PageKey("slope", .number(.positive), default: .number(2), doc: "The slope.")])),
      PageVariant(
        "arctan", doc: "(α/2) / (1 + (π/2 · α·u)²)",
        PageKeys([PageKey("alpha", .number(.positive), default: .number(2), doc: "The width parameter.")])),
      PageVariant(
        "sigmoid", doc: "Derivative of a logistic.",
        PageKeys([PageKey("slope", .number(.positive), default: .number(4), doc: "The slope.")])),
      PageVariant(
        "boxcar", doc: "1 / (2·width) within ± width.",
        PageKeys([PageKey("width", .number(.positive), default: .number(0.5), doc: "Half the width.")])),
      PageVariant("straight-through", doc: "1 everywhere."),
    ])

  private static let encoder = PageKind.variant(
    by: "kind", doc: "How intensities become spikes or currents.",
    cases: [
      PageVariant(
        "bernoulli", doc: "An input spikes at each step with probability intensity · rate.",
        PageKeys([PageKey("rate", .number(.fraction), default: .number(0.5), doc: "Probability at intensity 1.")])),
      PageVariant(
        "current", doc: "A constant current, gain · intensity.",
        PageKeys([PageKey("gain", .number(.positive), default: .number(1), doc: "Current at intensity 1.")])),
      PageVariant("first-spike", doc: "One spike, the earlier the higher the intensity."),
      PageVariant(
        "events", doc: "The recorded spikes, for data that have them; at most one per unit and step.",
        PageKeys([
          PageKey(
            "merge", .integer(1...64), default: .integer(1),
            doc: "Neighbouring units that become one, along each axis of the data.")
        ])),
    ])

  private static let task = PageKeys([
    PageKey("data", .choice(TaskCatalogue.names), default: .text("fashion-mnist"), doc: "Where samples come from."),
    PageKey("ways", .integer(2...1000), default: .integer(5), doc: "Classes of an episode."),
    PageKey("shots", .integer(1...10_000), default: .integer(50), doc: "Examples of each class to learn from."),
    PageKey("query", .integer(1...10_000), default: .integer(20), doc: "Examples of each class to answer."),
    PageKey(
      "labels", .choice(["remap", "keep"]), default: .text("remap"),
      doc: "remap: classes are numbered anew in each episode. keep: one output for each class of the data."),
    PageKey(
      "passes", .integer(1...100_000), default: .integer(1),
      doc: "How many times the examples to learn from are presented, each time in an order of its own."),
    PageKey(
      "support", .choice(["own", "search"]), default: .text("own"),
      doc: "own: examples to learn from are of the pool that is answered. search: they are always of the search pool."),
    PageKey("replacement", .boolean, default: .boolean(false), doc: "Draw classes with replacement."),
    PageKey(
      "pools", .choice(PoolDivision.allCases.map(\.rawValue)), default: .text("standard"),
      doc: "standard: most samples for the search. equal: pools of one size, for data with few samples of a class."),
  ])

  private static let optimizer = PageKeys([
    PageKey("kind", .choice(optimiserCatalogue.map { $0.name }), default: .text("cma-es"), doc: "The optimiser."),
    PageKey(
      "generations", .integer(0...1_000_000), default: .integer(40),
      doc: "Generations of the search; meta-gradient: 600 unless given."),
    PageKey("population", .integer(2...100_000), default: .integer(12), doc: "Candidates of a generation."),
    PageKey(
      "sigma", .number(.between(1e-6, 1e6)), default: .number(1),
      doc: "First step size, in units of each coefficient's scale."),
    PageKey(
      "episodes", .integer(1...10_000), default: .integer(6),
      doc: "Episodes of a generation, the same ones for all candidates; meta-gradient: 1 unless given."),
    PageKey(
      "start", .map(of: .number(.any), names: .identifier, count: 0...1000),
      doc: "Values of the rule's coefficients with which the search begins, in place of those of its page."),
    PageKey(
      "l1", .number(.nonNegative), default: .number(0),
      doc: "Fitness lost per Σ|θ|/scale; meta-gradient: per Σ|θ|, whatever the scale."),
    PageKey(
      "parsimony", .number(.nonNegative), default: .number(0),
      doc: "Fitness lost per operator and operand of the simplified rule."),
    PageKey("points", .integer(1...1000), default: .integer(5), doc: "grid: points on each axis."),
    PageKey(
      "learning_rate", .number(.positive), default: .number(DescentSettings().learningRate),
      doc: "meta-gradient: step length of Adam, in units of its axes."),
    PageKey(
      "axes", .choice(DescentSettings.Axes.allCases.map(\.rawValue)), default: .text(DescentSettings().axes.rawValue),
      doc: "meta-gradient: plain, steps in units of the coefficients; scaled, in units of each one's scale."),
    PageKey(
      "beta1", .number(.between(0, upTo: 1)), default: .number(DescentSettings().beta1),
      doc: "meta-gradient: share of the mean gradient kept per generation."),
    PageKey(
      "beta2", .number(.between(0, upTo: 1)), default: .number(DescentSettings().beta2),
      doc: "meta-gradient: share of the mean squared gradient kept per generation."),
    PageKey(
      "clip", .number(.positive),
      doc: "meta-gradient: the longest gradient, longer ones are shortened; without it none."),
    PageKey(
      "warm_up", .integer(0...1_000_000), default: .integer(DescentSettings().warmUp),
      doc: "meta-gradient: generations in which the rate rises in equal parts to learning_rate."),
    PageKey(
      "restart_every", .integer(1...1_000_000),
      doc:
        "meta-gradient: generations in which the rate falls to 0 along a cosine before it starts anew; without it the "
        + "rate is constant."),
    PageKey(
      "restart_factor", .number(.between(1, 1000)), default: .number(DescentSettings().restartFactor),
      doc: "meta-gradient: how many times as long each such period is as the one before."),
    PageKey("hurdle", .mapping(hurdle), doc: "Which candidates are not scored on all episodes of their generation."),
  ])

  private static let hurdle = PageKeys([
    PageKey(
      "after", .integer(0...10_000), default: .integer(Hurdle().after),
      doc: "Stop hopeless candidates after this many episodes; 0 scores everyone on all episodes."),
    PageKey(
      "quantile", .number(.fraction), default: .number(Hurdle().quantile),
      doc: "The bar: this quantile of the generation's losses on these episodes."),
    PageKey(
      "margin", .number(.nonNegative), default: .number(Hurdle().margin),
      doc: "A candidate is stopped when its loss is more than this above the bar, or when every episode failed."),
  ])

  private static let selection = PageKeys([
    PageKey("episodes", .integer(1...10_000), default: .integer(24), doc: "Episodes of the selection pool."),
    PageKey(
      "candidates", .integer(1...Archive.size), default: .integer(6),
      doc: "How many of the best candidates compete with the final mean."),
    PageKey(
      "criterion", .choice(Experiment.Criterion.allCases.map(\.rawValue)), default: .text("accuracy"),
      doc: "What decides between them."),
  ])

  private static let test = PageKeys([
    PageKey("episodes", .integer(2...100_000), default: .integer(48), doc: "Episodes of the test pool.")
  ])

  private static let baselines = PageKeys([
    PageKey("generations", .integer(0...100_000), default: .integer(8), doc: "Generations for each baseline."),
    PageKey("population", .integer(2...10_000), default: .integer(6), doc: "Candidates of a generation."),
    PageKey("episodes", .integer(1...10_000), default: .integer(6), doc: "Episodes of a generation."),
  ])
}
