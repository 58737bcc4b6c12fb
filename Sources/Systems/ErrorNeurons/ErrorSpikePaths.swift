import Kernels
import Layers
import Networks

/// Through which weights error spikes go to the error neurons of hidden layers: `Wᵀ`, random, or random from the readout.
///
/// Random weights are uniform within ± 1/√d, d the neurons of the layer that the spikes come from; of a convolution those
/// that reach one neuron.
final class ErrorSpikePaths<Scalar: KernelScalar> {
  /// Whether all come from the readout.
  let isDirect: Bool
  private let network: LayeredNetwork<Scalar>
  private let workspace: LayerWorkspace<Scalar>
  /// Where spikes come from, for every hidden layer: connections of the network, or direct ones.
  private let connections: [Connection<Scalar>]
  /// Weights in the layout of `connections`; none where these are the forward ones.
  private let weights: [UnsafeMutablePointer<Scalar>]
  /// What the negative channel sends.
  private let negative: UnsafeMutablePointer<Scalar>
  private let arena = Arena()

  init(_ network: LayeredNetwork<Scalar>, _ feedback: String, _ workspace: LayerWorkspace<Scalar>, capacity: Int) {
    self.network = network
    self.workspace = workspace
    isDirect = feedback == "direct"
    let hidden = network.connections.dropLast()
    let arena = arena
    if isDirect {
      let classes = network.outputCount
      connections = hidden.map { Connection(.dense(neurons: classes), from: $0.postShape, bias: false) }
    } else {
      connections = Array(network.connections.dropFirst())
    }
    weights = feedback == "symmetric" ? [] : connections.map { arena.allocate($0.weightCount, of: Scalar.self) }
    negative = arena.allocate(capacity * (hidden.map(\.postShape.count).max() ?? 0), of: Scalar.self)
  }

  /// Draws random weights.
  func begin(_ draws: EpisodeDraws) {
    for (l, matrix) in weights.enumerated() {
      let bound = 1 / Double(connections[l].fanOut).squareRoot()
      draws.fill(
        matrix, purpose: .feedback, part: UInt32(l + 1), start: 0, connections[l].weightCount, bound: bound)
    }
  }

  /// The random weights to hidden layer `l`, nil without such.
  func random(above l: Int) -> UnsafeMutablePointer<Scalar>? { weights.indices.contains(l) ? weights[l] : nil }

  /// Sends the spikes of the step before to hidden layer `l`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func send(_ errors: [ErrorNeurons<Scalar>], to l: Int, samples: Int) {
    let (target, source) = (errors[l], isDirect ? errors.last! : errors[l + 1])
    let count = samples * target.width
    guard source.anySpike else {
      target.input.update(repeating: 0, count: count)
      return
    }
    let matrix = weights.isEmpty ? nil : UnsafePointer(weights[l])
    let connection = connections[l]
    guard let channels = source.channels else {
      connection.back(source.signed, rows: samples, through: matrix, into: target.input, workspace)
      return
    }
    connection.back(channels.positive, rows: samples, through: matrix, into: target.input, workspace)
    connection.back(channels.negative, rows: samples, through: matrix, into: negative, workspace)
    let (input, negative) = (target.input, negative)
    for k in 0..<count { input[k] -= negative[k] }
  }
}

/// Thresholds that grow with what a neuron sees: `n √(3/d) / 2 · r / k`, √(3/d) the deviation of weights.
///
/// Forward neurons above connection l, of H hidden layers: n = d = fan-in, k = H + 1 − l; of the readout r = r_o, k = 1.
/// Error neurons of hidden layer i, from 0: n the error neurons that reach one of them, k = i + 2, and d the fan-in of the
/// connection above where errors take its weights, else n. Output error neurons count wrong steps.
struct ErrorNeuronThresholds {
  let forward: [Double]
  let error: [Double]

  init<Scalar: KernelScalar>(_ network: LayeredNetwork<Scalar>, _ settings: SystemSettings) {
    let (hidden, output) = (settings.number("hidden_threshold"), settings.number("output_threshold"))
    let connections = network.connections
    let last = connections.count - 1
    forward = connections.enumerated().map { l, connection in
      let size = (3 * Double(connection.fanIn)).squareRoot() / 2
      return l == last ? size * output : size * hidden / Double(last + 1 - l)
    }
    error =
      (0..<last).map { l in
        let feedback = settings.text("feedback")
        let reach = Double(feedback == "direct" ? network.outputCount : connections[l + 1].fanOut)
        let spread = feedback == "symmetric" ? Double(connections[l + 1].fanIn) : reach
        return reach * (3 / spread).squareRoot() / 2 * hidden / Double(l + 2)
      } + [settings.number("error_threshold")]
  }
}

extension Connection {
  /// Neurons above that a neuron below reaches, away from the edges and at stride 1.
  fileprivate var fanOut: Int { isDense ? kinds : fanIn / preShape.channels * kinds }
}
