/// What a layer is made of: synapses, neurons, and perhaps a pool above them.
public struct LayerForm: Sendable, Hashable, Codable {
  /// The synapses of a layer.
  public enum Synapses: Sendable, Hashable, Codable {
    /// Every neuron sees everything below.
    case dense(neurons: Int)
    /// Every place sees its surroundings through the same kernels; cross-correlation.
    case convolution(Kernel)
  }

  /// The kernels of a convolution.
  public struct Kernel: Sendable, Hashable, Codable {
    /// Neurons at every place.
    public var channels: Int
    /// Rows of a kernel.
    public var height: Int
    /// Columns of a kernel.
    public var width: Int
    /// Places from one kernel to the next, along both axes.
    public var stride: Int
    /// What is beyond the edge.
    public var padding: Padding

    /// Makes kernels.
    public init(channels: Int, height: Int, width: Int, stride: Int = 1, padding: Padding = .valid) {
      (self.channels, self.height, self.width) = (channels, height, width)
      (self.stride, self.padding) = (stride, padding)
    }
  }

  /// What a kernel finds beyond the edge of a grid.
  public enum Padding: Sendable, Hashable, Codable {
    /// Nothing: kernels stay within.
    case valid
    /// Zeros, so many that stride 1 keeps the grid; of an odd number the smaller part comes first.
    case same
    /// So many rows and columns of zeros on every side.
    case zeros(Int)
  }

  /// A layer without synapses that learn or neurons of its own, over windows that do not overlap; what does not fill a
  /// window at the far edges is left out.
  public struct Pool: Sendable, Hashable, Codable {
    /// What it sends of a window.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
      /// The sum times `scale`.
      case sum
      /// The largest; the first of equals.
      case max
      /// The mean.
      case average
    }

    /// What it sends of a window.
    public var kind: Kind
    /// Rows and columns of a window.
    public var window: Int
    /// sum: the factor; 1.1 in TSSL-BP.
    public var scale: Double

    /// Makes a pool.
    public init(_ kind: Kind, window: Int, scale: Double = 1) {
      (self.kind, self.window, self.scale) = (kind, window, scale)
    }
  }

  /// The synapses.
  public var synapses: Synapses
  /// The pool above the neurons, if any.
  public var pool: Pool?

  /// Makes a layer.
  public init(_ synapses: Synapses, pool: Pool? = nil) { (self.synapses, self.pool) = (synapses, pool) }

  /// Neurons that see everything below.
  public static func dense(_ neurons: Int) -> LayerForm { LayerForm(.dense(neurons: neurons)) }

  /// The grid of its neurons above `below`, or nil where nothing is left of it.
  public func neurons(above below: SignalShape) -> SignalShape? {
    switch synapses {
    case .dense(let neurons): return SignalShape(neurons)
    case .convolution(let kernel):
      func places(_ extent: Int, _ size: Int) -> Int {
        let (before, after) = kernel.padding.zeros(around: size)
        return extent + before + after < size ? 0 : (extent + before + after - size) / kernel.stride + 1
      }
      let shape = SignalShape(
        height: places(below.height, kernel.height), width: places(below.width, kernel.width),
        channels: kernel.channels)
      return shape.count > 0 ? shape : nil
    }
  }

  /// What it sends up, or nil where nothing is left of it.
  public func output(above below: SignalShape) -> SignalShape? {
    guard var shape = neurons(above: below) else { return nil }
    if let pool {
      shape.height /= pool.window
      shape.width /= pool.window
    }
    return shape.count > 0 ? shape : nil
  }
}

extension LayerForm.Padding {
  /// Zeros before and behind the grid along one axis, for kernels of `size`.
  public func zeros(around size: Int) -> (before: Int, after: Int) {
    switch self {
    case .valid: (0, 0)
    case .same: ((size - 1) / 2, size / 2)
    case .zeros(let count): (count, count)
    }
  }
}
