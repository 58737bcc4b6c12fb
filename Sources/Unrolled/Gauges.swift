import Kernels
import RealModule

/// What is measured of a network while it answers: how well the teaching signals are aligned with backprop's, and how
/// near to orthonormal the weights are (Shervani-Tabar & Rosenbaum 2023).
struct Gauges {
  /// The delivered error of each group below the readout, and the one sent through the forward weights.
  private var delivered: [Slot] = []
  private var transported: [Slot] = []
  /// `W y_pre` and `W Wᵀ y_post` of each projection.
  private var forward: [Slot] = []
  private var returned: [Slot] = []

  /// Adds the instructions that measure.
  init<Scalar: KernelScalar>(_ network: inout NetworkSlots<Scalar>, _ builder: inout ProgramBuilder) {
    let top = network.network.projections.count
    var above = network.error(top, &builder)
    for level in stride(from: top - 1, through: 0, by: -1) {
      delivered.insert(network.error(level, &builder), at: 0)
      let projection = network.network.projections[level]
      let sent = builder.emit(.back, count: projection.preCount, above, index: level, readsWeights: true)
      let gain = network.gain(level, &builder)
      above = builder.map(.multiply, sent, gain, count: network.network.sizes[level])
      transported.insert(above, at: 0)
    }
    for (l, projection) in network.network.projections.enumerated() {
      let x = network.presynaptic(network.activity[l], of: l, constant: 1, &builder)
      forward.append(builder.emit(.ahead, count: projection.postCount, x, index: l, readsWeights: true))
      let back = builder.emit(
        .back, count: projection.preCount, network.activity[l + 1], index: l, readsWeights: true)
      returned.append(builder.emit(.ahead, count: projection.postCount, back, index: l, readsWeights: true))
    }
  }

  /// Sums over queries, at 0.
  func reading<Scalar: KernelScalar>(_ type: Scalar.Type, sizes: [Int]) -> Reading<Scalar> {
    Reading(gauges: self, sizes: sizes)
  }

  /// Sums over queries.
  struct Reading<Scalar: KernelScalar> {
    private let gauges: Gauges
    private let sizes: [Int]
    private var delivered: [[Double]]
    private var transported: [[Double]]
    private(set) var residuals: [Double]

    fileprivate init(gauges: Gauges, sizes: [Int]) {
      self.gauges = gauges
      self.sizes = sizes
      delivered = sizes.dropLast().map { [Double](repeating: 0, count: $0) }
      transported = delivered
      residuals = [Double](repeating: 0, count: sizes.count - 1)
    }

    /// Takes in the values of a query's last step.
    @specialized(where Scalar == Float)
    mutating func take(_ frame: UnsafePointer<Scalar>) {
      // A constant signal is 0.
      for l in delivered.indices {
        for i in 0..<sizes[l] {
          if gauges.delivered[l] >= 0 { delivered[l][i] += Double(frame[Int(gauges.delivered[l]) + i]) }
          transported[l][i] += Double(frame[Int(gauges.transported[l]) + i])
        }
        for i in 0..<sizes[l + 1] {
          let off = frame[Int(gauges.forward[l]) + i] - frame[Int(gauges.returned[l]) + i]
          residuals[l] += Double(off * off)
        }
      }
    }

    /// Angles in degrees, the readout's 0 included.
    var angles: [Double] {
      zip(delivered, transported).map { Self.angle($0, $1) } + [0]
    }

    private static func angle(_ x: [Double], _ y: [Double]) -> Double {
      let dot = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
      let size = (x.reduce(0) { $0 + $1 * $1 } * y.reduce(0) { $0 + $1 * $1 }).squareRoot()
      guard size > 0, size.isFinite else { return .nan }
      return Double.acos(min(1, max(-1, dot / size))) * 180 / .pi
    }
  }
}
