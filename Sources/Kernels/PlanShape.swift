/// How busy a group of neurons is.
public struct Activity: Sendable, Hashable {
  /// Share of the neurons that spike at least once in a sample.
  public var sample: Double
  /// Share that spikes in a step.
  public var step: Double

  /// Makes an activity.
  public init(sample: Double, step: Double) {
    self.sample = sample
    self.step = step
  }

  /// Inputs of the reference experiment: Fashion-MNIST intensities `x`, a spike with probability `x / 2` at each of 20
  /// steps. The means of `x / 2` and of `1 − (1 − x / 2)²⁰` over 20 000 images are 0.143 and 0.453.
  public static let input = Activity(sample: 0.45, step: 0.14)

  /// A hidden group of the reference experiment under its initial weights: 0.12 to 0.15 of the four groups per step and
  /// 0.53 to 0.61 per sample, over 500 images.
  public static let hidden = Activity(sample: 0.58, step: 0.14)

  /// Inputs of a rate network, EMNIST: a fifth of the pixels in a sample, half in some of the samples held together.
  public static let rateInput = Activity(sample: 0.5, step: 0.2)

  /// A hidden group of rate neurons: all of them.
  public static let rate = Activity(sample: 1, step: 1)

  /// A hidden group of which only the spikes per step are known: four times as many neurons take part in a sample.
  public static func hidden(step: Double) -> Activity { Activity(sample: min(1, 4 * step), step: step) }
}

/// What the cost of a plan depends on beside its rule.
public struct PlanShape: Sendable, Hashable {
  /// Number of presynaptic and of postsynaptic neurons.
  public var preCount: Int, postCount: Int
  /// Steps of a sample.
  public var steps: Int
  /// Steps of a sample at which weights move.
  public var learningSteps: Int
  /// How busy the two groups are.
  public var pre = Activity.hidden, post = Activity.hidden
  /// Whether the pre group is the network's input.
  public var isInput = false
  /// Whether the input's spikes are known for the whole sample.
  public var knowsInput = false
  /// Whether fixed feedback forms the pre group's error.
  public var hasErrorFeedback = true
  /// Whether somebody reads single weights at every step.
  public var mustBeCurrent = false
  /// Samples of one step whose changes may be held back and written together; then a "sample" above is all of them, and
  /// so is a step one sample.
  public var samplesHeld = 1
  /// Share of the groups' activity kept per step where that is a trace of their spikes.
  public var preDecay: Double? = 0.8, postDecay: Double? = 0.8

  /// A shape of hidden groups, under fixed feedback, with weights that move at every step.
  public init(preCount: Int, postCount: Int, steps: Int) {
    self.preCount = preCount
    self.postCount = postCount
    self.steps = steps
    learningSteps = steps
  }

  init<Scalar: KernelScalar>(_ view: ProjectionView<Scalar>, isInput: Bool) {
    self.init(preCount: view.preCount, postCount: view.postCount, steps: view.steps)
    self.isInput = isInput
    knowsInput = view.input != nil
    hasErrorFeedback = view.errorFeedback != nil
    mustBeCurrent = view.matrix.mustBeCurrent
    samplesHeld = view.samplesHeld
    if samplesHeld > 1 {
      (steps, learningSteps) = (samplesHeld, samplesHeld)
    }
    preDecay = view.pre.activityDecay
    postDecay = view.post.activityDecay
  }

  /// The shape that a form is chosen for: what is not known when a plan is made has its usual value.
  var usual: PlanShape {
    var shape = self
    shape.learningSteps = steps
    let isRate = samplesHeld > 1
    shape.pre = isInput ? isRate ? .rateInput : .input : isRate ? .rate : .hidden
    shape.post = isRate ? .rate : .hidden
    return shape
  }

  /// Counts padded to 64 bytes of single precision.
  var rows: Int { Float.padded(preCount) }
  var columns: Int { Float.padded(postCount) }
  /// Bytes of the weights.
  public var matrixBytes: Double { 4 * Double(preCount * columns) }
}
