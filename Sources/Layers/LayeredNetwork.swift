import Arithmetic
import Kernels
import Networks

/// Layers of neurons and the synapses between them, for systems that learn from batches.
///
/// Signal 0 is the input; connection `l` leads from signal `l` to the neurons of layer `l + 1`, and the pool above these,
/// if any, makes signal `l + 1` of what they do. The last connection is dense and leads to the readout. The network owns
/// weights alone: what flows through it belongs to a learning system, of which several may share one network.
public final class LayeredNetwork<Scalar: KernelScalar> {
  /// What was chosen.
  public let parameters: LayeredParameters
  /// Shapes of the signals, the input's first, the readout's last.
  public let shapes: [SignalShape]
  /// The synapses.
  public let connections: [Connection<Scalar>]
  /// The pool above the neurons of each connection.
  public let pools: [Pooling?]

  /// Allocates a network of weights 0.
  /// - Precondition: something is left above every layer (`impossibleLayer` names none).
  public init(_ parameters: LayeredParameters, input: SignalShape, outputCount: Int) {
    self.parameters = parameters
    var shapes = [input]
    var connections: [Connection<Scalar>] = []
    var pools: [Pooling?] = []
    for form in parameters.layers + [.dense(outputCount)] {
      let connection = Connection<Scalar>(form.synapses, from: shapes.last!, bias: parameters.bias)
      connections.append(connection)
      pools.append(form.pool.map { Pooling($0, over: connection.postShape) })
      shapes.append(pools.last!?.postShape ?? connection.postShape)
    }
    (self.shapes, self.connections, self.pools) = (shapes, connections, pools)
  }

  /// The number, from 1, of the first layer above which nothing is left; nil where the layers fit the input.
  public static func impossibleLayer(_ layers: [LayerForm], input: SignalShape) -> Int? {
    var shape = input
    for (number, form) in layers.enumerated() {
      guard let next = form.output(above: shape) else { return number + 1 }
      shape = next
    }
    return nil
  }

  /// Number of readout neurons.
  public var outputCount: Int { shapes.last!.count }

  /// Neurons of the hidden layers, from the input upwards.
  public var hiddenCounts: [Int] { connections.dropLast().map(\.postShape.count) }

  /// Weights and biases of all connections.
  public var parameterCount: Int {
    connections.reduce(0) { $0 + $1.weightCount + ($1.bias == nil ? 0 : $1.kinds) }
  }

  /// Draws the initial weights; biases are 0.
  ///
  /// Weight `k` of connection `l` in its own layout is number `k` of the stream (seed, weights, `l`).
  public func drawWeights(_ draws: EpisodeDraws) {
    for (l, connection) in connections.enumerated() {
      draw(connection.isDense ? parameters.dense : parameters.convolution, connection, part: l, draws)
      if let bias = connection.bias { bias.update(repeating: 0, count: connection.kinds) }
    }
  }

  private func draw(_ law: WeightLaw, _ connection: Connection<Scalar>, part: Int, _ draws: EpisodeDraws) {
    let count = connection.weightCount
    switch law {
    case .glorot(let scale):
      let places = connection.isDense ? 1 : connection.fanIn / connection.preShape.channels
      let fans = Double(connection.fanIn + connection.kinds * places)
      draws.fill(
        connection.weights, purpose: .weights, part: UInt32(part), start: 0, count,
        bound: scale * (6 / fans).squareRoot())
    case .uniform(let scale):
      draws.fill(
        connection.weights, purpose: .weights, part: UInt32(part), start: 0, count,
        bound: scale / Double(connection.fanIn).squareRoot())
    case .normal(let variance):
      var random = RandomStream(seed: draws.seed, purpose: .weights, lane: draws.lane, draws.index, UInt32(part))
      let deviation = (variance / Double(connection.fanIn)).squareRoot()
      for k in 0..<count { connection.weights[k] = Scalar(deviation * random.nextNormal()) }
    }
  }

  /// Whether every weight and bias is finite.
  public var isFinite: Bool {
    connections.allSatisfy { connection in
      Scalar.allFinite(connection.weights, connection.weightCount)
        && (connection.bias.map { Scalar.allFinite($0, connection.kinds) } ?? true)
    }
  }
}
