import Arithmetic
import Credit
import Kernels
import Networks

/// Measures the layers of a network while it answers queries. It reads the network's vectors and asks the pathway for the
/// errors of the hidden groups; weights are read as they are, what is pending included.
final class LayerGauge<Scalar: KernelScalar> {
  private let network: Network<Scalar>
  private let credit: any CreditPathway<Scalar>
  private let arena = Arena()
  /// What backprop would send to each group below the readout.
  private let transported: [UnsafeMutablePointer<Scalar>]
  private let forward: UnsafeMutablePointer<Scalar>
  private let returned: UnsafeMutablePointer<Scalar>
  private let sentBack: UnsafeMutablePointer<Scalar>
  private let everyone: UnsafeMutablePointer<UInt32>
  /// The weights of one projection.
  private let weights: UnsafeMutablePointer<Scalar>
  private var sample: AlignmentSums
  private var sums: AlignmentSums
  /// Sum of the queries' own angles and their number, of each hidden group.
  private var angles: [(sum: Double, count: Int)]
  /// Per hidden group and neuron: spikes, or the sum of |y| of a rate network.
  private var activity: [[Double]]
  /// Times `activity` was taken down.
  private var moments = 0
  private let isRate: Bool

  init(network: Network<Scalar>, credit: any CreditPathway<Scalar>) {
    let arena = self.arena
    self.network = network
    self.credit = credit
    isRate = network.parameters.rateFunction != nil
    transported = network.projections.map { arena.allocate($0.preCount, of: Scalar.self) }
    let widest = network.sizes.max()! + 1
    forward = arena.allocate(widest, of: Scalar.self)
    returned = arena.allocate(widest, of: Scalar.self)
    sentBack = arena.allocate(widest, of: Scalar.self)
    everyone = arena.allocate(widest, of: UInt32.self)
    for j in 0..<widest { everyone[j] = UInt32(j) }
    weights = arena.allocate(network.projections.map { $0.preCount * $0.columns }.max()!, of: Scalar.self)
    sample = AlignmentSums(sizes: network.sizes)
    sums = sample
    angles = network.parameters.hidden.map { _ in (0, 0) }
    activity = network.parameters.hidden.map { [Double](repeating: 0, count: $0) }
  }

  /// The start of all queries.
  func begin() {
    sample.clear()
    sums.clear()
    for l in angles.indices { angles[l] = (0, 0) }
    for l in activity.indices { for i in activity[l].indices { activity[l][i] = 0 } }
    moments = 0
  }

  // MARK: While answering

  /// Takes down who is active at this step.
  func noteActivity() {
    moments += 1
    for l in activity.indices {
      let group = network.groups[l + 1]
      if isRate {
        for i in activity[l].indices { activity[l][i] += Double(abs(group.activity[i])) }
      } else {
        for k in 0..<Int(group.spikingCount[0]) { activity[l][Int(group.spiking[k])] += 1 }
      }
    }
  }

  /// Takes down the delivered errors of the hidden groups, and backprop's, from the readout's error.
  func noteErrors() {
    let top = network.projections.count
    guard top > 1 else { return }
    credit.deliver(to: 1)
    var above = network.readout.error
    for l in stride(from: top - 1, through: 1, by: -1) {
      network.projections[l].matrix.back(above, gain: network.groups[l].gain, into: transported[l])
      above = transported[l]
      sample.addErrors(l, delivered: network.groups[l].error, transported: transported[l])
    }
  }

  /// The end of a query.
  func endSample() {
    for (l, projection) in network.projections.enumerated() {
      let matrix = projection.matrix
      matrix.ahead(network.presynaptic[l].activity, everyone, projection.preCount, into: forward)
      matrix.back(network.groups[l + 1].activity, gain: nil, into: sentBack)
      matrix.ahead(sentBack, everyone, projection.preCount, into: returned)
      sample.addResidual(l, forward: forward, returned: returned)
    }
    for l in angles.indices {
      let angle = sample.angle(l + 1)
      if angle.isFinite { angles[l] = (angles[l].sum + angle, angles[l].count + 1) }
    }
    sums.add(sample)
    sample.clear()
  }

  // MARK: What it was

  /// What the answers say of every layer; weights are not looked at yet.
  func layers() -> [LayerDiagnosis] {
    let top = network.projections.count - 1
    return (0...top).map { l in
      var layer = LayerDiagnosis()
      layer.orthonormality = sums.residuals[l]
      if l == top {
        (layer.alignmentAngle, layer.sampleAngle) = (0, 0)
        return layer
      }
      layer.alignmentAngle = sums.angle(l + 1)
      layer.sampleAngle = angles[l].count > 0 ? angles[l].sum / Double(angles[l].count) : .nan
      let count = Double(activity[l].count)
      layer.silentShare = Double(activity[l].count { $0 == 0 }) / count
      if !isRate || network.parameters.rateFunction == .tanh {
        layer.saturatedShare = Double(activity[l].count { $0 > 0.95 * Double(moments) }) / count
      }
      return layer
    }
  }

  /// Adds what the weights are like.
  func measureWeights(_ layers: inout [LayerDiagnosis], readsInputError: Bool) {
    for (l, projection) in network.projections.enumerated() {
      projection.matrix.copyCurrent(to: weights)
      layers[l].weightNorm = norm(projection)
      if l > 0 || readsInputError { layers[l].feedbackAngle = feedbackAngle(l, projection) }
    }
  }

  private func norm(_ projection: Projection<Scalar>) -> Double {
    var squares = 0.0
    for j in 0..<projection.preCount {
      for i in 0..<projection.postCount {
        let w = Double(weights[j * projection.columns + i])
        squares += w * w
      }
    }
    return squares.isFinite ? squares.squareRoot() : .nan
  }

  /// The angle of the weights held and their feedback.
  private func feedbackAngle(_ l: Int, _ projection: Projection<Scalar>) -> Double {
    func sign(_ w: Scalar) -> Scalar { w > 0 ? 1 : w < 0 ? -1 : 0 }
    switch credit.errorSource(l) {
    case .weights: return angle(projection) { w, _ in w }
    case .fixed(let b): return angle(projection) { _, place in b[place] }
    case .direct(let d, let columns):
      // Only from the readout to the group below it do both join the same neurons.
      guard l == network.projections.count - 1 else { return .nan }
      precondition(columns == projection.columns, "\(columns) columns for \(projection.columns)")
      return angle(projection) { _, place in d[place] }
    case .signs: return angle(projection) { w, _ in sign(w) }
    case .signedMagnitudes(let m): return angle(projection) { w, place in m[place] * sign(w) }
    case ErrorSource<Scalar>.none?: return .nan
    case nil: return credit.feedback(l).map { b in angle(projection) { _, place in b[place] } } ?? .nan
    }
  }

  private func angle(_ projection: Projection<Scalar>, feedback: (Scalar, Int) -> Scalar) -> Double {
    var (dot, forward, back) = (0.0, 0.0, 0.0)
    for j in 0..<projection.neuronCount {
      for place in j * projection.columns..<j * projection.columns + projection.postCount {
        let w = Double(weights[place])
        let b = Double(feedback(weights[place], place))
        dot += w * b
        forward += w * w
        back += b * b
      }
    }
    return Angle.degrees(dot: dot, squares: (forward, back))
  }
}
