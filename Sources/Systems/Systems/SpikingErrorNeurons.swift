// The requirements are documented at `LearningSystem`.
import Kernels
import Layers
import Networks
import Pages

/// Spiking error neurons (EMSTDP): integrate-and-fire neurons see a sample for a window of `constants.steps` steps; in its
/// second half error neurons spike with a sign and are injected into the forward neurons one to one. How much a neuron's
/// spike count changes from phase 1 to phase 2 is its error, negated.
///
///     U ← U + W x(t−1);  spike where U ≥ Θ, then U ← 0;  U += injection · Θ · ε(t−1)
///     y_pre = count of phase 1,  e_post = (count of phase 1 − count of phase 2) / τ,  τ = steps / 2 − 1
///
/// Phase 1 is counted over steps 2 ... τ+1 and phase 2 over the last τ steps, counted from 0. Scores are the counts of
/// phase 1, of equal ones the first is the answer. A loss is half the squared distance of the readout's rates from one-hot;
/// what an output error neuron sums step by step is its negative derivative.
/// - SeeAlso: Shrestha, Fang, Wu & Qiu 2019, ICONS.
public final class SpikingErrorNeurons<Scalar: KernelScalar>: LearningSystem {
  /// The card.
  public static var card: SystemCard {
    SystemCard(
      name: "emstdp",
      about:
        "Error neurons spike with a sign, are injected one to one, and the change of a neuron's count is its error.",
      source: "Shrestha, Fang, Wu & Qiu 2019, Approximating back-propagation for a biologically plausible local "
        + "learning rule in spiking neural networks, ICONS",
      rule: "emstdp", neurons: [.integrateAndFire], layers: [.dense, .convolution], offers: [.yPost, .ePre, .psiPost],
      settings: [
        PageKey(
          "feedback", .choice(["symmetric", "random", "direct"]), default: .text("symmetric"),
          doc: "Through which weights error spikes go: the forward ones, random ones, random ones from the readout."),
        PageKey(
          "form", .choice(["signed", "two-channel"]), default: .text("signed"),
          doc: "Error neurons with signs, or pairs without, subtracted where they are injected."),
        PageKey(
          "gate", .choice(["published", "on", "off"]), default: .text("published"),
          doc: "Whether only neurons that spiked in phase 1 pass errors; published: on unless feedback is direct."),
        PageKey(
          "code", .choice(ThresholdSharing.allCases.map(\.rawValue)), default: .text("shared"),
          doc: "Whether all inputs of all samples in a batch share the threshold of a step, or each has its own."),
        PageKey(
          "hidden_threshold", .number(.positive), default: .number(0.5), doc: "r_h, the scale of hidden thresholds."),
        PageKey(
          "output_threshold", .number(.positive), default: .number(0.1), doc: "r_o, the scale of the readout's."),
        PageKey(
          "error_threshold", .number(.positive), default: .number(3),
          doc: "Wrong steps after which an output error neuron spikes."),
        PageKey(
          "injection", .number(.nonNegative), default: .number(1), doc: "What an error spike adds, in thresholds."),
      ],
      demand: { parameters in
        let steps = parameters.constants.steps
        return steps >= 6 && steps % 2 == 0
          ? nil : "needs an even number of steps, 6 at least, one half for each phase; it was given \(steps)"
      })
  }

  /// Called after every step while it is set; steps are then taken one at a time, with the same spikes.
  public var afterStep: ((_ step: Int) -> Void)?

  private let network: LayeredNetwork<Scalar>
  private let workspace: LayerWorkspace<Scalar>
  private let code: ThresholdCode<Scalar>
  private let neurons: [CountingNeurons<Scalar>]
  private let errors: [ErrorNeurons<Scalar>]
  private let paths: ErrorSpikePaths<Scalar>
  private let gates: Bool
  private let injection: Scalar
  private let steps: Int
  private let tau: Int
  /// The most steps whose currents are formed at once where nothing couples them.
  private let chunk: Int
  private let lossMemory: UnsafeMutablePointer<Scalar>
  private let arena = Arena()
  private var batch: SampleBatch<Scalar>!

  /// Allocates the system.
  /// - Precondition: `constants.steps` is even and at least 6.
  public init(_ network: LayeredNetwork<Scalar>, _ settings: SystemSettings, capacity: Int) {
    self.network = network
    steps = network.parameters.constants.steps
    precondition(steps >= 6 && steps % 2 == 0, "\(steps) steps have no two phases")
    tau = steps / 2 - 1
    workspace = LayerWorkspace(network)
    let widest = network.shapes.map(\.count).max()!
    chunk = min(steps, max(1, (1 << 18) / (capacity * widest)))
    code = ThresholdCode(
      network, ThresholdSharing(rawValue: settings.text("code"))!, steps: steps, counted: 2..<tau + 2, chunk: chunk,
      capacity: capacity, workspace)
    let thresholds = ErrorNeuronThresholds(network, settings)
    let gate = settings.text("gate")
    let gates = gate == "on" || gate == "published" && settings.text("feedback") != "direct"
    self.gates = gates
    let (chunk, twoChannels) = (chunk, settings.text("form") == "two-channel")
    let top = network.connections.count - 1
    neurons = network.connections.enumerated().map { l, connection in
      CountingNeurons(
        connection.postShape.count, threshold: thresholds.forward[l], chunk: chunk, capacity: capacity,
        formsCurrents: l > 0, isGated: gates && l < top)
    }
    errors = network.connections.enumerated().map { l, connection in
      ErrorNeurons(
        connection.postShape.count, threshold: thresholds.error[l], twoChannels: twoChannels, capacity: capacity)
    }
    paths = ErrorSpikePaths(network, settings.text("feedback"), workspace, capacity: capacity)
    injection = Scalar(settings.number("injection"))
    lossMemory = arena.allocate(capacity, of: Scalar.self)
  }

  /// Draws the feedback; names the draws of the input code.
  public func begin(_ draws: EpisodeDraws) {
    code.begin(draws)
    paths.begin(draws)
  }

  /// Presents a batch; without learning phase 1 alone.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func present(_ batch: SampleBatch<Scalar>, learning: Bool) {
    self.batch = batch
    for l in neurons.indices {
      neurons[l].reset(samples: batch.count)
      errors[l].reset(samples: batch.count)
    }
    // Errors begin at step τ+1, and reach spikes two steps later.
    let end = learning ? steps : tau + 2
    code.take(batch, before: end)
    var step = 1
    while step < end {
      let count = afterStep == nil ? min(chunk, (step <= tau ? tau + 1 : end) - step) : 1
      let currents = code.currents(from: step, count)
      if step <= tau { runAhead(from: step, count, currents) } else { runBoth(from: step, count, currents) }
      for group in neurons { group.keepLast(count, samples: batch.count) }
      if let afterStep { afterStep(step) }
      step += count
    }
    score()
    guard learning else { return }
    for group in neurons { group.formError(tau: Scalar(tau), samples: batch.count) }
  }

  /// Steps of phase 1, layer by layer.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func runAhead(from step: Int, _ count: Int, _ currents: UnsafePointer<Scalar>) {
    let samples = batch.count
    for (l, group) in neurons.enumerated() {
      if l > 0 {
        network.connections[l].ahead(neurons[l - 1].spikes, rows: count * samples, into: group.current, workspace)
      }
      let currents = l == 0 ? currents : UnsafePointer(group.current)
      for k in 0..<count {
        group.step(k + 1, currents + k * samples * group.width, samples: samples, windows(step + k))
      }
    }
  }

  /// Steps with error neurons, one by one.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func runBoth(from step: Int, _ count: Int, _ currents: UnsafePointer<Scalar>) {
    let samples = batch.count
    for k in 0..<count {
      for (l, group) in neurons.enumerated() {
        if l > 0 {
          network.connections[l].ahead(
            neurons[l - 1].spikes(k, samples: samples), rows: samples, into: group.current, workspace)
        }
        let current = l == 0 ? currents + k * samples * group.width : UnsafePointer(group.current)
        group.step(k + 1, current, samples: samples, windows(step + k))
        if errors[l].anySpike { inject(errors[l], into: group) }
      }
      // From below, so that each meets the spikes of the step before.
      for l in errors.indices.dropLast() {
        paths.send(errors, to: l, samples: samples)
        errors[l].step(gate: gates ? UnsafePointer(neurons[l].gate) : nil, samples: samples)
      }
      compare(neurons.last!.spikes(k, samples: samples))
      errors.last!.step(gate: nil, samples: samples)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func inject(_ errors: ErrorNeurons<Scalar>, into group: CountingNeurons<Scalar>) {
    let amount = injection * group.threshold
    if let channels = errors.channels {
      group.inject(amount, channels.positive, samples: batch.count)
      group.inject(-amount, channels.negative, samples: batch.count)
    } else {
      group.inject(amount, errors.signed, samples: batch.count)
    }
  }

  /// What the output error neurons meet: 1 − spike for the true class, − spike for the others, of the step before.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func compare(_ spikes: UnsafePointer<Scalar>) {
    let classes = network.outputCount
    let input = errors.last!.input
    for k in 0..<batch.count * classes { input[k] = -spikes[k] }
    for sample in 0..<batch.count { input[sample * classes + Int(batch.labels[sample])] += 1 }
  }

  private func windows(_ step: Int) -> StepWindows {
    StepWindows(isBefore: step >= 2 && step <= tau + 1, isAfter: step >= tau + 2, gates: step < tau)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func score() {
    let (counts, classes) = (neurons.last!.before, network.outputCount)
    for sample in 0..<batch.count {
      var loss = Scalar(0)
      for c in 0..<classes {
        let target: Scalar = c == Int(batch.labels[sample]) ? 1 : 0
        let difference = counts[sample * classes + c] / Scalar(tau) - target
        loss += difference * difference / 2
      }
      lossMemory[sample] = loss
    }
  }

  /// Spikes of the readout in phase 1.
  public var scores: UnsafePointer<Scalar> { UnsafePointer(neurons.last!.before) }
  /// Half the squared distances of the readout's rates from one-hot.
  public var losses: UnsafePointer<Scalar> { UnsafePointer(lossMemory) }
  /// Spikes per neuron and step of phase 1.
  public var rates: [Double] {
    neurons.dropLast().map { group in
      Double(Scalar.sum(group.before, batch.count * group.width)) / Double(batch.count * group.width * tau)
    }
  }

  /// Counts and their changes, one row a sample.
  public func signals(_ l: Int) -> SynapseSignals<Scalar> {
    var signals = SynapseSignals<Scalar>(
      rows: batch.count, steps: 1, preActivity: UnsafePointer(l == 0 ? code.counts : neurons[l - 1].before),
      postError: UnsafePointer(neurons[l].error))
    signals.postActivity = UnsafePointer(neurons[l].before)
    signals.postGain = UnsafePointer(neurons[l].gate)
    if l > 0 { signals.preError = UnsafePointer(neurons[l - 1].error) }
    return signals
  }

  /// Random feedback beside connection `l`.
  public func feedback(_ l: Int) -> UnsafeMutablePointer<Scalar>? { paths.isDirect ? nil : paths.random(above: l - 1) }
}

extension SpikingErrorNeurons {
  /// τ: the steps of either count.
  public var countedSteps: Int { tau }

  /// Θ of the forward neurons above connection `l`, and Θ_e of their error neurons.
  public func thresholds(_ l: Int) -> (forward: Scalar, error: Scalar) { (neurons[l].threshold, errors[l].threshold) }

  /// Spikes of the neurons above connection `l` at the last step, `[sample][neuron]`; to be read in `afterStep`.
  public func spikes(_ l: Int) -> UnsafePointer<Scalar> { UnsafePointer(neurons[l].spikes) }

  /// Their potentials, after reset and injection.
  public func potential(_ l: Int) -> UnsafePointer<Scalar> { UnsafePointer(neurons[l].potential) }

  /// Spikes of their error neurons at the last step, with signs, after the gate; 0 in phase 1.
  public func errorSpikes(_ l: Int) -> UnsafePointer<Scalar> { UnsafePointer(errors[l].signed) }

  /// Their spikes in phase 2.
  public func countsAfter(_ l: Int) -> UnsafePointer<Scalar> { UnsafePointer(neurons[l].after) }

  /// The random weights that error spikes come through to the neurons above connection `l`: in the layout of connection
  /// `l + 1`, or `[neuron][class]` of direct feedback; nil above the last and where errors take the forward weights.
  public func errorWeights(_ l: Int) -> UnsafeMutablePointer<Scalar>? { paths.random(above: l) }
}
