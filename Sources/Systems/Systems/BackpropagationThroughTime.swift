// The requirements are documented at `LearningSystem`.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
import Kernels
import Layers
import Networks
import Pages

/// Spiking neurons, and the derivative of the loss through all steps of a sample, the spike's derivative replaced by the
/// surrogate ψ.
///
/// With x̄ for ∂loss/∂x, a layer's step backwards, from the last step to the first:
///
///     s̄_t = Pᵀ Wᵀ Ī_t of the layer above   [− leak · v_t · v̄_{t+1}, or − threshold · v̄_{t+1}: reset differentiated]
///     v̄_t = ψ_t s̄_t + leak · (1 − s_t) · v̄_{t+1}      (reset zero; else leak · v̄_{t+1})
///     Ī_t = v̄_t + α Ī_{t+1}
///
/// `e_post` is Ī_t and `y_pre` what the connection carries at that step, so `Σ_t e_post ⊗ y_pre` is the gradient.
public final class BackpropagationThroughTime<Scalar: KernelScalar>: LearningSystem {
  public static var card: SystemCard {
    SystemCard(
      name: "bptt", about: "The gradient through all steps of a sample, by a surrogate of the spike's derivative.",
      source:
        "Neftci, Mostafa & Zenke 2019, IEEE Signal Process. Mag. 36:51; Zenke & Ganguli 2018, Neural Comput. 30:1514",
      rule: "bptt", neurons: [.lif], layers: Set(LayerFeature.allCases),
      offers: [.yPost, .sPost, .vPost, .psiPost, .ePre],
      settings: [
        LeakyReadout<Scalar>.LossAt.key(default: .lastStep),
        PageKey(
          "through_reset", .boolean, default: .boolean(false),
          doc: "Whether derivatives also flow through the reset of a spike; else it counts as a constant."),
      ] + SpikeFlow<Scalar>.settings)
  }

  private let network: LayeredNetwork<Scalar>
  private let flow: SpikeFlow<Scalar>
  private let throughReset: Bool
  /// Errors of the lowest connection summed over the steps of a driven sample.
  private let folded: UnsafeMutablePointer<Scalar>
  private let arena = Arena()

  public init(_ network: LayeredNetwork<Scalar>, _ settings: SystemSettings, capacity: Int) {
    self.network = network
    let lossAt = LeakyReadout<Scalar>.LossAt(rawValue: settings.text("loss_at"))!
    flow = SpikeFlow(network, settings, lossAt: lossAt, capacity: capacity)
    throughReset = settings.boolean("through_reset")
    folded = arena.allocate(capacity * network.connections[0].postShape.count, of: Scalar.self)
  }

  public func begin(_ draws: EpisodeDraws) { flow.begin(draws) }

  public func present(_ batch: SampleBatch<Scalar>, learning: Bool) {
    flow.present(batch, learning: learning)
    guard learning else { return }
    flow.readout.sendBack(samples: batch.count, steps: flow.steps)
    for l in flow.layers.indices.reversed() {
      let layer = flow.layers[l]
      network.connections[l + 1].back(error(l + 1), rows: flow.rows, into: layer.outputError, flow.workspace)
      flow.backThroughPool(l)
      scan(layer, count: batch.count * layer.count)
    }
    guard flow.isDriven else { return }
    let count = batch.count * network.connections[0].postShape.count
    folded.update(repeating: 0, count: count)
    for t in 0..<flow.steps { Scalar.addScaled(count, folded, factor: 1, error(0) + t * count) }
  }

  /// Errors of the neurons above connection `l`.
  private func error(_ l: Int) -> UnsafePointer<Scalar> {
    UnsafePointer(l < flow.layers.count ? flow.layers[l].error : flow.readout.currentError)
  }

  /// Turns s̄ into Ī, in place.
  @specialized(where Scalar == Float)
  private func scan(_ layer: SpikeFlow<Scalar>.Layer, count: Int) {
    let constants = network.parameters.constants
    let leak = Scalar(constants.leak)
    let synapseDecay = Scalar(constants.synapseDecay ?? 0)
    let zeroes: Scalar = constants.reset == .zero ? 1 : 0
    let throughPotential = throughReset && constants.reset == .zero ? leak : 0
    let throughThreshold = throughReset && constants.reset == .subtract ? Scalar(constants.threshold) : 0
    let (potential, current) = flow.carried
    potential.update(repeating: 0, count: count)
    current.update(repeating: 0, count: count)
    for t in stride(from: flow.steps - 1, through: 0, by: -1) {
      let row = t * count
      let (v, s, gain, error) = (layer.potential + row, layer.spikes + row, layer.gain + row, layer.error + row)
      for i in 0..<count {
        let later = potential[i]
        let sum = error[i] - (throughPotential * v[i] + throughThreshold) * later
        let now = gain[i] * sum + leak * (1 - zeroes * s[i]) * later
        potential[i] = now
        current[i] = now + synapseDecay * current[i]
        error[i] = current[i]
      }
    }
  }

  public var scores: UnsafePointer<Scalar> { UnsafePointer(flow.readout.scores) }
  public var losses: UnsafePointer<Scalar> { UnsafePointer(flow.readout.losses) }
  public var rates: [Double] { flow.rates }

  public func signals(_ l: Int) -> SynapseSignals<Scalar> {
    var signals = flow.signals(l, error: error(l))
    if l > 0, network.pools[l - 1] == nil { signals.preError = error(l - 1) }
    return signals
  }

  public func gradientSignals(_ l: Int) -> SynapseSignals<Scalar> {
    guard l == 0, flow.isDriven else { return signals(l) }
    return SynapseSignals(
      rows: flow.batch.count, steps: 1, preActivity: flow.batch.values, postError: UnsafePointer(folded))
  }
}
