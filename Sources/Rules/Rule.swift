/// A checked plasticity rule: everything a page says, with every name resolved and every ownership agreed.
public struct Rule: Sendable, Hashable {
  /// The rule's name, equal to its file's name.
  public var name: String
  /// One or two sentences for people.
  public var about: String
  /// The paper the rule comes from.
  public var source: String
  /// The constants that search may move, in the order of the page.
  public var coefficients: [Coefficient]
  /// Named exponential traces, in the order of the page.
  public var traces: [Trace]
  /// The eligibility trace `elig` of every synapse, if declared.
  public var eligibility: Eligibility?
  /// When `dw` is applied.
  public var every: Cadence
  /// The weight change of every layer that has none of its own.
  public var dw: Expression
  /// The change of the feedback weights, if they learn.
  public var db: Expression?
  /// When `db` is applied, if not with `dw`: in phases of its own, between samples.
  public var mirror: MirrorPhases?
  /// Weight changes of single layers.
  public var layers: [LayerRule]
  /// Interval the weights are clipped to after every update.
  public var weightBounds: ClosedRange<Double>?
  /// Interval the feedback weights are clipped to after every update.
  public var feedbackBounds: ClosedRange<Double>?
  /// The credit pathway the rule wants when it is not the experiment's.
  public var credit: String?

  /// Makes a rule from its parts, unchecked: pages come through `Rule.load`.
  public init(
    name: String, about: String = "", source: String = "", coefficients: [Coefficient] = [], traces: [Trace] = [],
    eligibility: Eligibility? = nil, every: Cadence = .step, dw: Expression, db: Expression? = nil,
    mirror: MirrorPhases? = nil, layers: [LayerRule] = [], weightBounds: ClosedRange<Double>? = nil,
    feedbackBounds: ClosedRange<Double>? = nil,
    credit: String? = nil
  ) {
    self.name = name
    self.about = about
    self.source = source
    self.coefficients = coefficients
    self.traces = traces
    self.eligibility = eligibility
    self.every = every
    self.dw = dw
    self.db = db
    self.mirror = mirror
    self.layers = layers
    self.weightBounds = weightBounds
    self.feedbackBounds = feedbackBounds
    self.credit = credit
  }
}

/// A constant of a rule that search may move.
public struct Coefficient: Sendable, Hashable {
  /// How search steps through the values.
  public enum Scale: Sendable, Hashable {
    /// On a logarithmic axis; start and range are positive.
    case logarithmic
    /// On a linear axis, beginning with steps of this size.
    case step(Double)
  }

  /// Name in the equation.
  public var name: String
  /// Value that search begins with and that the rule has by itself.
  public var start: Double
  /// Values allowed.
  public var range: ClosedRange<Double>
  /// Axis and first step of search.
  public var scale: Scale
  /// True when every layer has a value of its own (`per: layer`).
  public var perLayer: Bool

  /// Makes a coefficient.
  public init(name: String, start: Double, range: ClosedRange<Double>, scale: Scale, perLayer: Bool = false) {
    self.name = name
    self.start = start
    self.range = range
    self.scale = scale
    self.perLayer = perLayer
  }
}

/// A named exponential trace of a pre or post quantity: `x ← decay · x + of`, each step, before weights move.
public struct Trace: Sendable, Hashable {
  /// Name in the equation.
  public var name: String
  /// What is added at every step; reads no weights, owner pre or post.
  public var of: Expression
  /// The side the trace belongs to.
  public var owner: Owner
  /// Factor kept per step, in `0 ..< 1`; `exp(-1/tau)` when the page gives `tau` in steps.
  public var decay: Double

  /// Makes a trace.
  public init(name: String, of: Expression, owner: Owner, decay: Double) {
    self.name = name
    self.of = of
    self.owner = owner
    self.decay = decay
  }
}

/// The eligibility trace of every synapse: `elig ← decay · elig + of`, after traces, before weights.
public struct Eligibility: Sendable, Hashable {
  /// What is added at every step, owner synapse (or anything that spreads to it).
  public var of: Expression
  /// Factor kept per step, in `0 ..< 1`.
  public var decay: Double

  /// Makes an eligibility trace.
  public init(of: Expression, decay: Double) {
    self.of = of
    self.decay = decay
  }
}

/// When a weight change is applied.
public enum Cadence: String, Sendable, Hashable, CaseIterable {
  /// After every step.
  case step
  /// Summed over the steps of a sample and applied at its end; weights stand still in between.
  case sample
}

/// Steps between samples in which `db` alone is applied, from noise and weights: there is no sample then.
public struct MirrorPhases: Sendable, Hashable {
  /// Steps before the first support sample, at least 0.
  public var before: Int
  /// Steps after every support sample, at least 0.
  public var each: Int

  /// Makes phases.
  public init(before: Int, each: Int) {
    self.before = before
    self.each = each
  }
}

/// A `dw` that belongs to one layer.
public struct LayerRule: Sendable, Hashable {
  /// Projections counted from 1 at the input, or from -1 at the readout.
  public var layer: Int
  /// The weight change of that layer.
  public var dw: Expression

  /// Makes a layer rule.
  public init(layer: Int, dw: Expression) {
    self.layer = layer
    self.dw = dw
  }
}
