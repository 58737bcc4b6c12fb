import Networks
import RealModule
import ThroughTime

/// A number with its derivative in one direction.
struct Tangent {
  var value: Double
  var slope: Double

  init(_ value: Double, _ slope: Double = 0) {
    self.value = value
    self.slope = slope
  }

  static func + (x: Tangent, y: Tangent) -> Tangent { Tangent(x.value + y.value, x.slope + y.slope) }
  static func - (x: Tangent, y: Tangent) -> Tangent { Tangent(x.value - y.value, x.slope - y.slope) }
  static func * (x: Tangent, y: Tangent) -> Tangent {
    Tangent(x.value * y.value, x.slope * y.value + x.value * y.slope)
  }
  static func * (x: Double, y: Tangent) -> Tangent { Tangent(x * y.value, x * y.slope) }

  /// The same number as a constant.
  var held: Tangent { Tangent(value) }

  /// 1 above 0, else 0; its derivative is the surrogate's, written out.
  static func spike(_ u: Tangent, _ surrogate: SurrogateGradient) -> Tangent {
    let x = u.value.magnitude
    let derivative: Double
    switch surrogate {
    case .fastSigmoid(let slope): derivative = 1 / Double.pow(1 + slope * x, 2)
    case .arctan(let alpha): derivative = alpha / 2 / (1 + Double.pow(.pi / 2 * alpha * x, 2))
    case .sigmoid(let slope):
      let y = 1 / (1 + Double.exp(-slope * x))
      derivative = slope * y * (1 - y)
    case .boxcar(let width): derivative = x < width ? 1 / (2 * width) : 0
    case .straightThrough: derivative = 1
    }
    return Tangent(u.value > 0 ? 1 : 0, derivative * u.slope)
  }

  /// `log Σ exp(v_i) − v_label`.
  static func crossEntropy(_ v: [Tangent], _ label: Int) -> Tangent {
    let top = v.map(\.value).max()!
    let powers = v.map { Double.exp($0.value - top) }
    let total = powers.reduce(0, +)
    let slope = zip(powers, v).reduce(0) { $0 + $1.0 / total * $1.1.slope }
    return Tangent(Double.log(total) + top, slope) - v[label]
  }
}

extension Course {
  /// The loss of a sample, forward mode, with one synapse's weight as the direction: equations of the neurons written out
  /// step by step.
  func loss(
    _ weights: [[Double]], _ input: [[Double]], label: Int, direction: (projection: Int, synapse: Int)
  ) -> Tangent {
    let p = parameters
    let sizes = Self.sizes
    let w = weights.enumerated().map { l, matrix in
      matrix.enumerated().map { Tangent($1, l == direction.projection && $0 == direction.synapse ? 1 : 0) }
    }
    func zeros(_ count: Int) -> [Tangent] { [Tangent](repeating: Tangent(0), count: count) }
    var v = sizes.map(zeros)
    var s = v
    var h = v
    var current = v
    var loss = Tangent(0)
    for t in 0..<steps {
      s[0] = input[t].map { Tangent($0) }
      for l in 1..<sizes.count {
        for i in 0..<sizes[l] {
          var sum = Tangent(0)
          for j in 0..<sizes[l - 1] { sum = sum + w[l - 1][i * sizes[l - 1] + j] * s[l - 1][j] }
          current[l][i] = (p.synapseDecay ?? 0) * current[l][i] + sum
          guard l + 1 < sizes.count else {
            v[l][i] = p.readoutLeak * v[l][i] + (1 - p.readoutLeak) * current[l][i]
            continue
          }
          let isAdaptive = neuron == "adaptive-lif"
          let threshold = Tangent(p.threshold) + (isAdaptive ? p.adaptationStrength : 0) * h[l][i]
          let fired = throughReset ? s[l][i] : s[l][i].held
          switch reset {
          case .zero: v[l][i] = p.leak * v[l][i] * (Tangent(1) - fired) + current[l][i]
          case .subtract: v[l][i] = p.leak * v[l][i] + current[l][i] - threshold * fired
          case .none: v[l][i] = p.leak * v[l][i] + current[l][i]
          }
          s[l][i] = Tangent.spike(v[l][i] - threshold, surrogate)
          h[l][i] = p.adaptationDecay * h[l][i] + s[l][i]
        }
      }
      switch lossAt {
      case .everyStep: loss = loss + 1 / Double(steps) * Tangent.crossEntropy(v[sizes.count - 1], label)
      case .lastStep: if t == steps - 1 { loss = Tangent.crossEntropy(v[sizes.count - 1], label) }
      }
    }
    return loss
  }
}
