import Layers
import Networks
import RealModule

/// A number with its derivative in one direction.
struct Slope {
  var value: Double
  var slope = 0.0

  static func + (x: Slope, y: Slope) -> Slope { Slope(value: x.value + y.value, slope: x.slope + y.slope) }
  static func - (x: Slope, y: Slope) -> Slope { Slope(value: x.value - y.value, slope: x.slope - y.slope) }
  static func * (x: Slope, y: Slope) -> Slope {
    Slope(value: x.value * y.value, slope: x.slope * y.value + x.value * y.slope)
  }
  static func * (x: Double, y: Slope) -> Slope { Slope(value: x * y.value, slope: x * y.slope) }
}

/// A layered spiking network written out neuron by neuron, for one sample and the derivative along one weight (forward
/// mode): an implementation that shares nothing with the systems but the equations.
struct SpikingTwin {
  /// What derivatives are taken along.
  enum Direction: Equatable {
    case weight(connection: Int, number: Int)
    case bias(connection: Int, number: Int)
  }

  let parameters: LayeredParameters
  let shapes: [SignalShape]
  let weights: [[Double]]
  let biases: [[Double]]
  /// As the setting of `bptt`, or `spikes` for a readout that spikes.
  var lossAt = "last-step"
  var throughReset = false

  init(_ network: LayeredNetwork<Double>) {
    parameters = network.parameters
    shapes = network.shapes
    weights = network.connections.map { c in (0..<c.weightCount).map { c.weights[$0] } }
    biases = network.connections.map { c in (0..<c.kinds).map { c.bias?[$0] ?? 0 } }
  }

  private var forms: [LayerForm] { parameters.layers + [.dense(shapes.last!.count)] }

  /// The loss of a sample whose inputs are given for every step.
  func loss(_ input: [[Double]], label: Int, along direction: Direction? = nil) -> Slope {
    let constants = parameters.constants
    let steps = input.count
    var v = forms.indices.map { [Slope](repeating: Slope(value: 0), count: neurons($0).count) }
    var s = v
    var current = v
    var readouts: [[Slope]] = []
    for t in 0..<steps {
      var signal = input[t].map { Slope(value: $0) }
      for l in forms.indices {
        let sums = currents(l, signal, direction)
        for i in sums.indices {
          current[l][i] = (constants.synapseDecay ?? 0) * current[l][i] + sums[i]
          let now = current[l][i]
          if l == forms.count - 1, lossAt != "spikes" {
            v[l][i] = constants.readoutLeak * v[l][i] + (1 - constants.readoutLeak) * now
            continue
          }
          let fired = throughReset ? s[l][i] : Slope(value: s[l][i].value)
          switch constants.reset {
          case .zero: v[l][i] = constants.leak * (v[l][i] * (Slope(value: 1) - fired)) + now
          case .subtract: v[l][i] = constants.leak * v[l][i] - constants.threshold * fired + now
          case .none: v[l][i] = constants.leak * v[l][i] + now
          }
          let u = v[l][i].value - constants.threshold
          s[l][i] = Slope(value: u > 0 ? 1 : 0, slope: Self.surrogate(constants.surrogate, u) * v[l][i].slope)
        }
        signal = pooled(l, s[l])
      }
      readouts.append(lossAt == "spikes" ? s[forms.count - 1] : v[forms.count - 1])
    }
    switch lossAt {
    case "spikes": return Self.squares(readouts, label)
    case "last-step": return Self.crossEntropy(readouts[steps - 1], label)
    case "every-step":
      return 1 / Double(steps) * readouts.map { Self.crossEntropy($0, label) }.reduce(Slope(value: 0), +)
    default:
      let total = readouts.reduce([Slope](repeating: Slope(value: 0), count: shapes.last!.count)) {
        zip($0, $1).map { $0 + $1 }
      }
      return Self.crossEntropy(total.map { 1 / Double(steps) * $0 }, label)
    }
  }

  private func neurons(_ l: Int) -> SignalShape { forms[l].neurons(above: shapes[l])! }

  private func weight(_ l: Int, _ k: Int, _ direction: Direction?) -> Slope {
    Slope(value: weights[l][k], slope: direction == .weight(connection: l, number: k) ? 1 : 0)
  }

  /// What every neuron receives, place by place and kernel element by kernel element.
  private func currents(_ l: Int, _ x: [Slope], _ direction: Direction?) -> [Slope] {
    let (below, above) = (shapes[l], neurons(l))
    var sums = [Slope](repeating: Slope(value: 0), count: above.count)
    for i in sums.indices {
      let c = i % above.channels
      sums[i] = Slope(value: biases[l][c], slope: direction == .bias(connection: l, number: c) ? 1 : 0)
      guard case .convolution(let kernel) = forms[l].synapses else {
        for j in x.indices { sums[i] = sums[i] + weight(l, j * above.count + i, direction) * x[j] }
        continue
      }
      let (row, column) = (i / above.channels / above.width, i / above.channels % above.width)
      for r in 0..<kernel.height {
        for q in 0..<kernel.width {
          let y = row * kernel.stride + r - kernel.padding.zeros(around: kernel.height).before
          let z = column * kernel.stride + q - kernel.padding.zeros(around: kernel.width).before
          guard (0..<below.height).contains(y), (0..<below.width).contains(z) else { continue }
          for p in 0..<below.channels {
            let number = ((r * kernel.width + q) * below.channels + p) * above.channels + c
            sums[i] = sums[i] + weight(l, number, direction) * x[(y * below.width + z) * below.channels + p]
          }
        }
      }
    }
    return sums
  }

  private func pooled(_ l: Int, _ s: [Slope]) -> [Slope] {
    guard let pool = forms[l].pool else { return s }
    let (below, above) = (neurons(l), shapes[l + 1])
    return (0..<above.count).map { i in
      let (row, column) = (i / above.channels / above.width, i / above.channels % above.width)
      var members: [Slope] = []
      for y in 0..<pool.window {
        for z in 0..<pool.window {
          let place = (row * pool.window + y) * below.width + column * pool.window + z
          members.append(s[place * below.channels + i % above.channels])
        }
      }
      switch pool.kind {
      case .sum: return pool.scale * members.reduce(Slope(value: 0), +)
      case .average: return 1 / Double(members.count) * members.reduce(Slope(value: 0), +)
      case .max: return members.dropFirst().reduce(members[0]) { $1.value > $0.value ? $1 : $0 }
      }
    }
  }

  static func surrogate(_ surrogate: SurrogateGradient, _ u: Double) -> Double {
    switch surrogate {
    case .fastSigmoid(let slope): return 1 / Double.pow(1 + slope * abs(u), 2)
    case .arctan(let alpha): return alpha / 2 / (1 + Double.pow(.pi / 2 * alpha * u, 2))
    case .sigmoid(let slope):
      let y = 1 / (1 + Double.exp(-slope * u))
      return slope * y * (1 - y)
    case .boxcar(let width): return abs(u) < width ? 1 / (2 * width) : 0
    case .straightThrough: return 1
    }
  }

  /// Half the squared distance of a spiking readout from silence, and of the true class from a spike at every step but the
  /// first.
  static func squares(_ readouts: [[Slope]], _ label: Int) -> Slope {
    var sum = Slope(value: 0)
    for (t, row) in readouts.enumerated() {
      for (i, s) in row.enumerated() {
        let difference = s - Slope(value: i == label && t > 0 ? 1 : 0)
        sum = sum + 0.5 * (difference * difference)
      }
    }
    return sum
  }

  static func crossEntropy(_ v: [Slope], _ label: Int) -> Slope {
    let powers = v.map { Double.exp($0.value) }
    let total = powers.reduce(0, +)
    return Slope(value: Double.log(total), slope: zip(powers, v).reduce(0) { $0 + $1.0 / total * $1.1.slope })
      - v[label]
  }
}
