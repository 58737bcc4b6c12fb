import Kernels
import Layers
import Networks

/// One connection and its definition by loops.
struct ConnectionTrial<Scalar: KernelScalar> {
  let network: LayeredNetwork<Scalar>
  let workspace: LayerWorkspace<Scalar>
  let rows: Int
  var connection: Connection<Scalar> { network.connections[0] }

  init(_ synapses: LayerForm.Synapses, from shape: SignalShape, bias: Bool = false, rows: Int, seed: UInt64 = 1) {
    var parameters = LayeredParameters([LayerForm(synapses)], neuron: .relu)
    parameters.bias = bias
    network = LayeredNetwork(parameters, input: shape, outputCount: 2)
    workspace = LayerWorkspace(network)
    self.rows = rows
    let weights: [Scalar] = normal(network.connections[0].weightCount, seed: seed, 3)
    network.connections[0].weights.update(from: weights, count: weights.count)
    if let bias = network.connections[0].bias {
      let values: [Scalar] = normal(network.connections[0].kinds, seed: seed, 4)
      bias.update(from: values, count: values.count)
    }
  }

  var preCount: Int { rows * connection.preShape.count }
  var postCount: Int { rows * connection.postShape.count }

  func ahead(_ x: [Scalar]) -> [Scalar] {
    [Scalar](unsafeUninitializedCapacity: postCount) { buffer, count in
      connection.ahead(x, rows: rows, into: buffer.baseAddress!, workspace)
      count = postCount
    }
  }

  func back(_ g: [Scalar], through matrix: [Scalar]? = nil) -> [Scalar] {
    [Scalar](unsafeUninitializedCapacity: preCount) { buffer, count in
      // What stood there before must not matter.
      buffer.initialize(repeating: 7)
      if let matrix {
        connection.back(g, rows: rows, through: matrix, into: buffer.baseAddress!, workspace)
      } else {
        connection.back(g, rows: rows, into: buffer.baseAddress!, workspace)
      }
      count = preCount
    }
  }

  func products(_ x: [Scalar], _ g: [Scalar]) -> (weights: [Scalar], bias: [Scalar]) {
    var weights = [Scalar](repeating: 0, count: connection.weightCount)
    var bias = [Scalar](repeating: 0, count: connection.kinds)
    connection.addProducts(pre: x, post: g, rows: rows, to: &weights, bias: &bias, workspace)
    return (weights, bias)
  }

  /// Calls `body` with the index of every pre number, weight and post number that meet, as the definition of a
  /// cross-correlation has it.
  func eachSynapse(_ body: (_ pre: Int, _ weight: Int, _ post: Int) -> Void) {
    let (pre, post) = (connection.preShape, connection.postShape)
    for row in 0..<rows {
      guard case .convolution(let kernel) = connection.synapses else {
        for j in 0..<pre.count {
          for i in 0..<post.count { body(row * pre.count + j, j * post.count + i, row * post.count + i) }
        }
        continue
      }
      let top: Int, left: Int
      switch kernel.padding {
      case .valid: (top, left) = (0, 0)
      case .same: (top, left) = ((kernel.height - 1) / 2, (kernel.width - 1) / 2)
      case .zeros(let count): (top, left) = (count, count)
      }
      for y in 0..<post.height {
        for x in 0..<post.width {
          for v in 0..<kernel.height {
            for u in 0..<kernel.width {
              let (a, b) = (y * kernel.stride - top + v, x * kernel.stride - left + u)
              guard a >= 0, a < pre.height, b >= 0, b < pre.width else { continue }
              for c in 0..<pre.channels {
                for d in 0..<post.channels {
                  body(
                    row * pre.count + (a * pre.width + b) * pre.channels + c,
                    ((v * kernel.width + u) * pre.channels + c) * post.channels + d,
                    row * post.count + (y * post.width + x) * post.channels + d)
                }
              }
            }
          }
        }
      }
    }
  }
}
