import Kernels
import Networks
import Tasks

/// Plain backpropagation in a rate network: with readout error `e_L = softmax(v_L) − onehot`,
///
///     e_l = φ′(v_l) ∘ W_lᵀ e_{l+1},   ∂loss/∂W_l = e_{l+1} ⊗ y_l
final class RateGradient<Scalar: KernelScalar> {
  private let network: RateNetwork<Scalar>
  private let everyone: UnsafeMutablePointer<UInt32>
  private let scratch: UnsafeMutablePointer<UInt32>
  private let arena = Arena()

  init(_ network: RateNetwork<Scalar>) {
    self.network = network
    let most = network.sizes.max()! + 1
    everyone = arena.allocate(most, of: UInt32.self)
    scratch = arena.allocate(most, of: UInt32.self)
    for j in 0..<most { everyone[j] = UInt32(j) }
  }

  /// Presents a sample and adds the derivatives of its loss to `gradients`. Returns the loss.
  @specialized(where Scalar == Float)
  func add(_ samples: EncodedSamples, sample k: Int, to gradients: [UnsafeMutablePointer<Scalar>]) -> Scalar {
    network.present(samples, sample: k, learning: true)
    network.formReadoutError(label: samples.labels[k])
    for l in stride(from: network.sizes.count - 2, through: 0, by: -1) {
      let projection = network.projections[l]
      let error = network.groups[l + 1].error
      // The network's own list of driven inputs has the bias unit behind its count.
      let list = l == 0 ? UnsafePointer(network.groups[0].spiking) : UnsafePointer(everyone)
      let driven = Int(network.groups[0].spikingCount[0]) + (projection.hasBias ? 1 : 0)
      Scalar.addProducts(
        gradients[l], stride: projection.columns, columns: projection.columns, list,
        l == 0 ? driven : projection.preCount, pre: network.presynaptic[l].activity,
        preStride: Scalar.padded(projection.preCount), post: error, rank: 1)
      guard l > 0 else { break }
      Scalar.rowDots(
        weights: nil, feedback: projection.weights, kind: .plain, scale: 1, stride: projection.columns,
        columns: projection.columns, rows: projection.neuronCount, error, gain: network.groups[l].gain,
        scratch: scratch, descending: false, into: network.groups[l].error)
    }
    return network.scalars.loss[0]
  }
}
