import Rules

/// The spiking network of exported scripts and expected weights. The numbers that are not sizes are the reference
/// experiment's; everything that is drawn is drawn by `draws(part:count:)`, which scripts repeat bit for bit.
///
///     v ← leak · v · (1 − s) + W s_below,   s = 1 where v > threshold,   y ← activityDecay · y + (1 − activityDecay) · s
///     psi = 1 / (1 + slope · |v − threshold|)²
///     readout: v ← readoutLeak · v + (1 − readoutLeak) · W s_below,   y = softmax(v),   e = y − onehot(label)
public struct ExportNetwork: Sendable, Hashable {
  /// Neurons of each group, from the input to the readout; at least two groups.
  public var sizes: [Int]
  /// Support samples that are learnt, one after the other.
  public var samples = 20
  /// Steps of a sample.
  public var steps = 20
  /// Share of the membrane potential kept per step.
  public var leak = 0.9
  /// A neuron spikes above this potential.
  public var threshold = 1.0
  /// Share of the activity kept per step.
  public var activityDecay = 0.8
  /// Slope of the surrogate derivative.
  public var slope = 2.0
  /// Share of the readout potential kept per step.
  public var readoutLeak = 0.9
  /// The step of a sample from which on weights move, counted from 1.
  public var learnFrom = 3
  /// Chance of an input spike per step.
  public var rate = 0.4
  /// Forward and feedback weights are uniform within ± this · √(6 / (n_in + n_out)).
  public var weightScale = 2.0

  /// A network of the given sizes.
  public init(sizes: [Int]) {
    precondition(sizes.count >= 2 && sizes.allSatisfy { $0 >= 1 }, "a network of \(sizes) neurons has no projection")
    self.sizes = sizes
  }

  /// The smallest network that shows all of a rule: three projections, or as many as its layers and coefficients need.
  /// - Parameters:
  ///   - rule: the rule.
  ///   - coefficientCount: numbers of its coefficients, when they are known; per-layer ones tell the projections.
  public init(for rule: Rule, coefficientCount: Int? = nil) {
    var projections = max(3, rule.layers.map { abs($0.layer) }.max() ?? 0)
    let perLayer = rule.coefficients.count { $0.perLayer }
    if perLayer > 0, let coefficientCount {
      projections = max(1, (coefficientCount - (rule.coefficients.count - perLayer)) / perLayer)
    }
    self.init(sizes: [6] + (0..<(projections - 1)).map { max(4, 5 - $0) } + [3])
  }

  /// Number of projections.
  public var projectionCount: Int { sizes.count - 1 }

  /// Uniform numbers in `0 ..< 1`: the k-th of a part is splitmix64 of the counter `(part << 32) + k + 1`, its upper 53
  /// bits.
  public static func draws(part: UInt64, count: Int, from first: Int = 0) -> [Double] {
    (first..<first + count).map { k in
      var z = ((part << 32) &+ UInt64(k) &+ 1) &* 0x9E37_79B9_7F4A_7C15
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return Double((z ^ (z >> 31)) >> 11) / 9_007_199_254_740_992
    }
  }

  /// Bound of the weights between two groups.
  func bound(_ preCount: Int, _ postCount: Int) -> Double {
    weightScale * (6 / Double(preCount + postCount)).squareRoot()
  }

  /// The interval that weights of projection `l`, counted from 0, are drawn from; a rule's bounds narrow it.
  func interval(_ l: Int, within bounds: ClosedRange<Double>?) -> ClosedRange<Double> {
    let size = bound(sizes[l], sizes[l + 1])
    let low = max(-size, bounds?.lowerBound ?? -size)
    return low...max(low, min(size, bounds?.upperBound ?? size))
  }

  /// Numbers of the parts of what is drawn.
  enum Part {
    static let spikes: UInt64 = 1
    static let labels: UInt64 = 2
    static let weights: UInt64 = 100
    static let feedback: UInt64 = 200
    static let quantities: UInt64 = 300
  }

  /// Input spikes, 0 or 1, [sample][step][input]. The first input spikes at steps 1 and 2 of every sample, so that there
  /// are double spikes whatever is drawn.
  public func inputSpikes() -> [[[Double]]] {
    (0..<samples).map { sample in
      (0..<steps).map { step in
        let first = (sample * steps + step) * sizes[0]
        var spikes = ExportNetwork.draws(part: Part.spikes, count: sizes[0], from: first).map { $0 < rate ? 1.0 : 0.0 }
        if step == 1 || step == 2 { spikes[0] = 1 }
        return spikes
      }
    }
  }

  /// The label of every sample.
  public func labels() -> [Int] {
    ExportNetwork.draws(part: Part.labels, count: samples).map { Int($0 * Double(sizes[sizes.count - 1])) }
  }

  /// Forward weights of projection `l`, counted from 0, [post, pre] row-major.
  public func weights(_ l: Int, within bounds: ClosedRange<Double>?) -> [Double] {
    drawn(Part.weights + UInt64(l), sizes[l] * sizes[l + 1], interval(l, within: bounds))
  }

  /// Feedback weights or magnitudes of projection `l`, [post, pre] row-major.
  /// - Parameter round: which draw; 0 but where every sample has its own.
  public func feedback(_ l: Int, round: Int = 0, within bounds: ClosedRange<Double>?) -> [Double] {
    let count = sizes[l] * sizes[l + 1]
    return drawn(Part.feedback + UInt64(l), count, interval(l, within: bounds), from: round * count)
  }

  /// Direct feedback of group `l`, [readout, group] row-major.
  public func directFeedback(_ l: Int) -> [Double] {
    let outputs = sizes[sizes.count - 1]
    let size = bound(sizes[l], outputs)
    return drawn(Part.feedback + UInt64(l), sizes[l] * outputs, -size...size)
  }

  private func drawn(_ part: UInt64, _ count: Int, _ interval: ClosedRange<Double>, from first: Int = 0) -> [Double] {
    ExportNetwork.draws(part: part, count: count, from: first).map {
      interval.lowerBound + (interval.upperBound - interval.lowerBound) * $0
    }
  }
}
