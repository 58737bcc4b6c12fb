import Kernels
import Networks

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
    Reading(gauges: self, sums: AlignmentSums(sizes: sizes))
  }

  /// Sums over queries.
  struct Reading<Scalar: KernelScalar> {
    fileprivate let gauges: Gauges
    fileprivate var sums: AlignmentSums

    /// Takes in the values of a query's last step.
    @specialized(where Scalar == Float)
    mutating func take(_ frame: UnsafePointer<Scalar>) {
      for l in gauges.delivered.indices {
        // A constant signal is 0.
        let own = gauges.delivered[l] >= 0 ? frame + Int(gauges.delivered[l]) : nil
        sums.addErrors(l, delivered: own, transported: frame + Int(gauges.transported[l]))
        sums.addResidual(
          l, forward: frame + Int(gauges.forward[l]), returned: frame + Int(gauges.returned[l]))
      }
    }

    /// Angles in degrees, the readout's 0 included.
    var angles: [Double] { gauges.delivered.indices.map { sums.angle($0) } + [0] }

    var residuals: [Double] { sums.residuals }
  }
}
