import Kernels
import RealModule

/// How changes that a rule asks for become steps of the weights.
public struct WeightOptimiserSettings: Sendable, Hashable, Codable {
  /// The optimiser; `g` is minus the change, weight decay `λ`, rate `r`.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// `m ← momentum · m + g + λ w`, `w ← w − r m`.
    case sgd
    /// `m ← β₁ m + (1 − β₁) g`, `v ← β₂ v + (1 − β₂) g²` of `g + λ w`; `w ← w − r m̂ / (√v̂ + ε)`, `m̂`, `v̂` corrected for
    /// their start at 0. Kingma & Ba 2015, arXiv 1412.6980.
    case adam
    /// The same of `g` alone, after `w ← (1 − r λ) w`. Loshchilov & Hutter 2019, arXiv 1711.05101.
    case adamw
    /// `v ← decay · v + (1 − decay) g²` from `v = start`, `w ← w − r g / √(v + ε)` of `g + λ w`.
    case rms
  }

  /// What becomes of the changes of a batch's samples.
  public enum Reduction: String, Sendable, Hashable, Codable, CaseIterable {
    /// Their mean.
    case mean
    /// Their sum.
    case sum
  }

  /// The optimiser.
  public var kind: Kind
  /// The learning rate.
  public var rate: Double
  /// sgd: the share of the last step that is kept.
  public var momentum = 0.0
  /// adam, adamw: the share of the mean kept per step.
  public var beta1 = 0.9
  /// adam, adamw: the share of the mean square kept per step.
  public var beta2 = 0.999
  /// rms: the share of the mean square kept per step.
  public var decay = 0.9
  /// rms: the mean square at the beginning; 1 for EMSTDP.
  public var start = 1.0
  /// Keeps roots from 0: added to the root by adam and adamw, under it by rms.
  public var epsilon = 1e-8
  /// Weight decay, of weights, biases and feedback alike.
  public var weightDecay = 0.0
  /// The longest change of all weights together, after the reduction; longer ones are shortened. None when nil.
  public var clip: Double?
  /// Mean or sum over a batch.
  public var reduction = Reduction.mean
  /// How the rate changes.
  public var schedule = RateSchedule()

  /// Makes settings.
  public init(_ kind: Kind, rate: Double) { (self.kind, self.rate) = (kind, rate) }
}

/// Moves weights by the changes that a rule asks for.
public final class WeightOptimiser<Scalar: KernelScalar> {
  /// Weights, biases or feedback weights of one connection.
  public struct Target {
    /// What moves.
    public let weights: UnsafeMutablePointer<Scalar>
    /// How many numbers it is.
    public let count: Int
    /// Where it stays; nil for everywhere.
    public let bounds: ClosedRange<Double>?

    /// Makes a target.
    public init(_ weights: UnsafeMutablePointer<Scalar>, count: Int, bounds: ClosedRange<Double>? = nil) {
      (self.weights, self.count, self.bounds) = (weights, count, bounds)
    }
  }

  /// What was chosen.
  public let settings: WeightOptimiserSettings
  /// What moves.
  public let targets: [Target]
  /// The change of each target that a step makes, summed over the batch; the caller's to fill.
  public let changes: [UnsafeMutablePointer<Scalar>]
  /// Steps made so far.
  public private(set) var steps = 0
  private let means: [UnsafeMutablePointer<Scalar>]
  private let squares: [UnsafeMutablePointer<Scalar>]
  private let arena = Arena()

  /// Room for the changes and moments of all targets.
  public init(_ targets: [Target], _ settings: WeightOptimiserSettings) {
    let arena = arena
    self.targets = targets
    self.settings = settings
    func room(_ isNeeded: Bool) -> [UnsafeMutablePointer<Scalar>] {
      targets.map { arena.allocate(isNeeded ? $0.count : 0, of: Scalar.self) }
    }
    changes = room(true)
    means = room(settings.kind == .adam || settings.kind == .adamw || settings.kind == .sgd && settings.momentum != 0)
    squares = room(settings.kind != .sgd)
    reset()
  }

  /// Forgets all moments.
  public func reset() {
    steps = 0
    for (t, target) in targets.enumerated() {
      if hasMeans { means[t].update(repeating: 0, count: target.count) }
      let start = settings.kind == .rms ? Scalar(settings.start) : 0
      if hasSquares { squares[t].update(repeating: start, count: target.count) }
    }
  }

  private var hasMeans: Bool { settings.kind == .adam || settings.kind == .adamw || hasMomentum }
  private var hasMomentum: Bool { settings.kind == .sgd && settings.momentum != 0 }
  private var hasSquares: Bool { settings.kind != .sgd }

  /// One step by `changes` of `samples` samples.
  /// - Parameters:
  ///   - samples: how many the changes were summed over.
  ///   - factor: what the schedule multiplies the rate by.
  @specialized(where Scalar == Float)
  public func step(samples: Int, factor: Double = 1) {
    steps += 1
    var scale = settings.reduction == .mean ? 1 / Double(samples) : 1
    if let clip = settings.clip {
      let norm = scale * changeNorm
      // As torch.nn.utils.clip_grad_norm_ has it.
      if !(norm <= clip) { scale *= min(1, clip / (norm + 1e-6)) }
    }
    let (s, rate) = (Scalar(scale), Scalar(settings.rate * factor))
    for t in targets.indices {
      switch settings.kind {
      case .sgd: descend(t, scale: s, rate: rate)
      case .adam, .adamw: adapt(t, scale: s, rate: settings.rate * factor)
      case .rms: normalise(t, scale: s, rate: rate)
      }
      if let bounds = targets[t].bounds {
        let (w, low, high) = (targets[t].weights, Scalar(bounds.lowerBound), Scalar(bounds.upperBound))
        // NaN stays NaN: a sick network is an outcome.
        for k in 0..<targets[t].count { w[k] = w[k] < low ? low : w[k] > high ? high : w[k] }
      }
    }
  }

  /// The length of all changes together.
  private var changeNorm: Double {
    var total = 0.0
    for (t, target) in targets.enumerated() {
      total += Double(Scalar.dot(changes[t], 1, changes[t], 1, target.count))
    }
    return total.squareRoot()
  }

  @inline(__always)
  private func descend(_ t: Int, scale: Scalar, rate: Scalar) {
    let (w, c, m, count) = (targets[t].weights, changes[t], means[t], targets[t].count)
    let (decay, momentum) = (Scalar(settings.weightDecay), Scalar(settings.momentum))
    guard hasMomentum else {
      for k in 0..<count { w[k] -= rate * (decay * w[k] - scale * c[k]) }
      return
    }
    for k in 0..<count {
      let next = momentum * m[k] + (decay * w[k] - scale * c[k])
      m[k] = next
      w[k] -= rate * next
    }
  }

  @inline(__always)
  private func adapt(_ t: Int, scale: Scalar, rate: Double) {
    let (w, c, m, v, count) = (targets[t].weights, changes[t], means[t], squares[t], targets[t].count)
    let isDecoupled = settings.kind == .adamw
    let decay = isDecoupled ? 0 : Scalar(settings.weightDecay)
    let keep = isDecoupled ? Scalar(1 - rate * settings.weightDecay) : 1
    let (keepMean, keepSquare) = (Scalar(settings.beta1), Scalar(settings.beta2))
    let (newMean, newSquare) = (Scalar(1 - settings.beta1), Scalar(1 - settings.beta2))
    let length = Scalar(rate / (1 - Double.pow(settings.beta1, steps)))
    let root = Scalar(1 / (1 - Double.pow(settings.beta2, steps)).squareRoot())
    let epsilon = Scalar(settings.epsilon)
    for k in 0..<count {
      let g = decay * w[k] - scale * c[k]
      let mean = keepMean * m[k] + newMean * g
      let square = keepSquare * v[k] + newSquare * (g * g)
      m[k] = mean
      v[k] = square
      w[k] = keep * w[k] - length * mean / (root * square.squareRoot() + epsilon)
    }
  }

  @inline(__always)
  private func normalise(_ t: Int, scale: Scalar, rate: Scalar) {
    let (w, c, v, count) = (targets[t].weights, changes[t], squares[t], targets[t].count)
    let (decay, keep, new) = (Scalar(settings.weightDecay), Scalar(settings.decay), Scalar(1 - settings.decay))
    let epsilon = Scalar(settings.epsilon)
    for k in 0..<count {
      let g = decay * w[k] - scale * c[k]
      let square = keep * v[k] + new * (g * g)
      v[k] = square
      w[k] -= rate * g / (square + epsilon).squareRoot()
    }
  }

  /// All that a step depends on beside the weights: moments and the number of steps.
  public var state: WeightOptimiserState<Scalar> {
    func copy(_ arrays: [UnsafeMutablePointer<Scalar>], _ isThere: Bool) -> [[Scalar]] {
      isThere ? zip(arrays, targets).map { Array(UnsafeBufferPointer(start: $0, count: $1.count)) } : []
    }
    return WeightOptimiserState(steps: steps, means: copy(means, hasMeans), squares: copy(squares, hasSquares))
  }

  /// Takes up a state of the same settings and targets; false when it does not fit them.
  public func restore(_ state: WeightOptimiserState<Scalar>) -> Bool {
    let counts = targets.map(\.count)
    guard state.means.map(\.count) == (hasMeans ? counts : []),
      state.squares.map(\.count) == (hasSquares ? counts : [])
    else { return false }
    steps = state.steps
    for (t, values) in state.means.enumerated() { means[t].update(from: values, count: values.count) }
    for (t, values) in state.squares.enumerated() { squares[t].update(from: values, count: values.count) }
    return true
  }
}

/// The moments of an optimiser, one array a target; none where it has none.
public struct WeightOptimiserState<Scalar: KernelScalar>: Sendable, Hashable {
  /// Steps made so far.
  public var steps: Int
  /// Running means.
  public var means: [[Scalar]]
  /// Running mean squares.
  public var squares: [[Scalar]]

  /// Makes a state.
  public init(steps: Int, means: [[Scalar]], squares: [[Scalar]]) {
    (self.steps, self.means, self.squares) = (steps, means, squares)
  }
}
