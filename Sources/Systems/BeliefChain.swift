import Kernels
import Layers

/// The layers of predictive coding: each a part of a layered network with a prediction `f_k`, a belief `v_k` of what it
/// sends up and a prediction error `ε_k`, for batches.
///
/// An element is a block (linear map, φ and pool), or one of these alone. The last one is the readout.
final class BeliefChain<Scalar: KernelScalar> {
  /// What an element is made of, in this order.
  struct Parts: OptionSet {
    let rawValue: Int
    static var linear: Parts { Parts(rawValue: 1) }
    static var function: Parts { Parts(rawValue: 2) }
    static var pool: Parts { Parts(rawValue: 4) }
  }

  struct Element {
    /// The connection it belongs to.
    let connection: Int
    let parts: Parts
    /// Numbers it sends up, of a sample.
    let count: Int
    /// `v_k`; while fixed predictions settle, `v_k − v̂_k`, which rounds better.
    let belief: UnsafeMutablePointer<Scalar>
    /// `ε_k`.
    let error: UnsafeMutablePointer<Scalar>
    /// `J_{k+1}ᵀ ε_{k+1}`.
    let pull: UnsafeMutablePointer<Scalar>
  }

  let elements: [Element]
  private let network: LayeredNetwork<Scalar>
  private let arena = Arena()

  /// - Parameter split: whether every part is an element of its own.
  init(_ network: LayeredNetwork<Scalar>, split: Bool, capacity: Int) {
    self.network = network
    let arena = arena
    var elements: [Element] = []
    for (l, connection) in network.connections.enumerated() {
      let pool = network.pools[l]
      let isReadout = l == network.connections.count - 1
      var parts: [Parts] = isReadout ? [.linear] : pool == nil ? [.linear, .function] : [.linear, .function, .pool]
      if !split { parts = [Parts(parts)] }
      for part in parts {
        let count = part.contains(.pool) ? pool!.postShape.count : connection.postShape.count
        func vector() -> UnsafeMutablePointer<Scalar> { arena.allocate(capacity * count, of: Scalar.self) }
        elements.append(
          Element(connection: l, parts: part, count: count, belief: vector(), error: vector(), pull: vector()))
      }
    }
    self.elements = elements
  }

  /// The element that ends with the signal below connection `l`; -1 is the input.
  func below(_ l: Int) -> Int { elements.firstIndex { $0.connection == l }! - 1 }

  /// `f_k(x)`, and its slopes, with the arrays of `flow`.
  func predict(_ k: Int, from x: UnsafePointer<Scalar>, _ flow: RateFlow<Scalar>) {
    let (l, parts) = (elements[k].connection, elements[k].parts)
    let layer = flow.layers[l]
    if parts.contains(.linear) { flow.project(l, from: x) }
    if parts.contains(.function) {
      flow.activate(l, from: parts.contains(.linear) ? UnsafePointer(layer.potential) : x, learning: true)
    }
    if parts.contains(.pool) { flow.pool(l, from: parts.contains(.function) ? UnsafePointer(layer.activity) : x) }
  }

  /// What `predict` left in `flow`.
  func prediction(_ k: Int, _ flow: RateFlow<Scalar>) -> UnsafeMutablePointer<Scalar> {
    let layer = flow.layers[elements[k].connection]
    let parts = elements[k].parts
    return parts.contains(.pool) ? layer.output : parts.contains(.function) ? layer.activity : layer.potential
  }

  /// `J_kᵀ ε_k` into `pull` of the element below, with the slopes that `predict` left in `flow`.
  @specialized(where Scalar == Float)
  func pullBack(_ k: Int, _ flow: RateFlow<Scalar>) {
    let (element, target) = (elements[k], elements[k - 1].pull)
    let (l, rows) = (element.connection, flow.batch.count)
    let layer = flow.layers[l]
    var g = UnsafePointer(element.error)
    if element.parts == .pool {
      network.pools[l]!.back(g, rows: rows, switches: layer.switches.map { UnsafePointer($0) }, into: target)
    } else if element.parts == .function {
      let gain = layer.gain
      for i in 0..<rows * element.count { target[i] = g[i] * gain[i] }
    } else {
      if element.parts.contains(.function) {
        flow.gate(l, g)
        g = UnsafePointer(layer.error)
      }
      network.connections[l].back(g, rows: rows, into: target, flow.workspace)
    }
  }

  /// The errors that synapses meet, `(∂f_k / ∂(W x + b))ᵀ ε_k` times `scale`, into the layers of `flow`; the readout's
  /// stays what the loss made it.
  @specialized(where Scalar == Float)
  func deliver(scale: Scalar, _ flow: RateFlow<Scalar>) {
    for element in elements.dropLast() where element.parts.contains(.linear) {
      let error = flow.layers[element.connection].error
      let count = flow.neuronCount(element.connection)
      if element.parts.contains(.function) {
        flow.gate(element.connection, element.error)
        if scale != 1 { for i in 0..<count { error[i] *= scale } }
      } else {
        let source = element.error
        for i in 0..<count { error[i] = scale * source[i] }
      }
    }
  }
}
