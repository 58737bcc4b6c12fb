import Kernels

/// The synapses from one signal to the neurons of the next layer, for batches: dense, or a convolution whose kernels are
/// shared by all places.
///
/// Signals are rows that follow one another without padding, one a sample (or a sample's step). Weights are pre-major:
/// `[pre][post]`, or `[row][column][pre channel][post channel]` of a convolution, so that a convolution is a dense
/// connection from the patches around every place.
public final class Connection<Scalar: KernelScalar> {
  /// What it is.
  public let synapses: LayerForm.Synapses
  /// What it sees.
  public let preShape: SignalShape
  /// The neurons it leads to.
  public let postShape: SignalShape
  /// Inputs of a neuron, the bias not counted.
  public let fanIn: Int
  /// The weights, `[fanIn][postShape.channels or neurons]`.
  public let weights: UnsafeMutablePointer<Scalar>
  /// One number a neuron, or a channel of a convolution; nil without a bias.
  public let bias: UnsafeMutablePointer<Scalar>?

  private let arena = Arena()

  /// Allocates synapses of weight 0.
  /// - Precondition: neurons are left above `preShape`.
  public init(_ synapses: LayerForm.Synapses, from preShape: SignalShape, bias: Bool) {
    guard let postShape = LayerForm(synapses).neurons(above: preShape) else {
      preconditionFailure("nothing is left above \(preShape)")
    }
    self.synapses = synapses
    self.preShape = preShape
    self.postShape = postShape
    switch synapses {
    case .dense: fanIn = preShape.count
    case .convolution(let kernel): fanIn = kernel.height * kernel.width * preShape.channels
    }
    weights = arena.allocate(fanIn * postShape.channels, of: Scalar.self)
    self.bias = bias ? arena.allocate(postShape.channels, of: Scalar.self) : nil
  }

  /// Whether every neuron sees everything.
  public var isDense: Bool {
    if case .dense = synapses { return true }
    return false
  }

  /// Different neurons: all of a dense connection, the channels of a convolution.
  public var kinds: Int { postShape.channels }

  /// Number of weights, biases not counted.
  public var weightCount: Int { fanIn * kinds }

  /// `z = W x (+ b)` for `rows` rows.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func ahead(
    _ x: UnsafePointer<Scalar>, rows: Int, into z: UnsafeMutablePointer<Scalar>, _ workspace: LayerWorkspace<Scalar>
  ) {
    if let bias {
      for row in 0..<rows * postShape.places { (z + row * kinds).update(from: bias, count: kinds) }
    }
    ahead(x, rows: rows, through: weights, adds: bias != nil, into: z, workspace)
  }

  /// `z = W x` for `rows` rows, without the bias, through `matrix` in the layout of the weights where one is given.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func aheadWithoutBias(
    _ x: UnsafePointer<Scalar>, rows: Int, through matrix: UnsafePointer<Scalar>? = nil,
    into z: UnsafeMutablePointer<Scalar>, _ workspace: LayerWorkspace<Scalar>
  ) {
    ahead(x, rows: rows, through: matrix ?? UnsafePointer(weights), adds: false, into: z, workspace)
  }

  @inline(__always)
  private func ahead(
    _ x: UnsafePointer<Scalar>, rows: Int, through matrix: UnsafePointer<Scalar>, adds: Bool,
    into z: UnsafeMutablePointer<Scalar>, _ workspace: LayerWorkspace<Scalar>
  ) {
    eachPatch(x, rows: rows, workspace) { patches, first, count in
      Scalar.product(
        rows: count, columns: kinds, depth: fanIn, patches, aRow: fanIn, aColumn: 1, matrix, bRow: kinds, bColumn: 1,
        into: z + first * kinds, stride: kinds, adds: adds, room: workspace.products)
    }
  }

  /// `x = Wᵀ g` for `rows` rows, through `matrix` in the layout of the weights where one is given.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func back(
    _ g: UnsafePointer<Scalar>, rows: Int, through matrix: UnsafePointer<Scalar>? = nil,
    into x: UnsafeMutablePointer<Scalar>, _ workspace: LayerWorkspace<Scalar>
  ) {
    let matrix = matrix ?? UnsafePointer(weights)
    func product(_ g: UnsafePointer<Scalar>, _ count: Int, into y: UnsafeMutablePointer<Scalar>) {
      Scalar.product(
        rows: count, columns: fanIn, depth: kinds, g, aRow: kinds, aColumn: 1, matrix, bRow: 1, bColumn: kinds, into: y,
        stride: fanIn, adds: false, room: workspace.products)
    }
    guard case .convolution(let kernel) = synapses else {
      product(g, rows, into: x)
      return
    }
    x.update(repeating: 0, count: rows * preShape.count)
    let perSample = postShape.places
    let most = max(1, workspace.patchCount / (perSample * fanIn))
    for first in stride(from: 0, to: rows, by: most) {
      let count = min(most, rows - first)
      product(g + first * perSample * kinds, count * perSample, into: workspace.patches)
      for row in 0..<count {
        Patches(kernel, preShape, postShape).scatter(
          workspace.patches + row * perSample * fanIn, into: x + (first + row) * preShape.count)
      }
    }
  }

  /// `gradient += Σ_rows x ⊗ g`, in the layout of the weights; `biasGradient += Σ_rows g` where it is given.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addProducts(
    pre x: UnsafePointer<Scalar>, post g: UnsafePointer<Scalar>, rows: Int, to gradient: UnsafeMutablePointer<Scalar>,
    bias biasGradient: UnsafeMutablePointer<Scalar>? = nil, _ workspace: LayerWorkspace<Scalar>
  ) {
    eachPatch(x, rows: rows, workspace) { patches, first, count in
      Scalar.product(
        rows: fanIn, columns: kinds, depth: count, patches, aRow: 1, aColumn: fanIn, g + first * kinds, bRow: kinds,
        bColumn: 1, into: gradient, stride: kinds, adds: true, room: workspace.products)
    }
    guard let biasGradient else { return }
    for row in 0..<rows * postShape.places {
      for k in 0..<kinds { biasGradient[k] += g[row * kinds + k] }
    }
  }

  /// Calls `body` with what every place of every row sees, a part at a time: patches, the first place, how many places.
  @inline(__always)
  private func eachPatch(
    _ x: UnsafePointer<Scalar>, rows: Int, _ workspace: LayerWorkspace<Scalar>,
    _ body: (UnsafePointer<Scalar>, _ first: Int, _ count: Int) -> Void
  ) {
    guard case .convolution(let kernel) = synapses else {
      body(x, 0, rows)
      return
    }
    let perSample = postShape.places
    let most = max(1, workspace.patchCount / (perSample * fanIn))
    for first in stride(from: 0, to: rows, by: most) {
      let count = min(most, rows - first)
      for row in 0..<count {
        Patches(kernel, preShape, postShape).gather(
          x + (first + row) * preShape.count, into: workspace.patches + row * perSample * fanIn)
      }
      body(UnsafePointer(workspace.patches), first * perSample, count * perSample)
    }
  }
}
