import Kernels
import Networks
import Tasks

extension SpikingNetwork {
  /// One step of an encoded sample: its spikes, or its constant currents.
  /// - Parameters:
  ///   - k: the sample.
  ///   - t: the step, from 0.
  ///   - learning: whether activity and gain are formed too.
  @specialized(where Scalar == Float)
  public func step(_ samples: EncodedSamples, sample k: Int, step t: Int, learning: Bool) {
    if samples.currents.isEmpty {
      let range = samples.spikes(sample: k, step: t)
      samples.indices.withUnsafeBufferPointer { indices in
        // An empty episode has no indices at all; the address is not read then.
        let base = indices.baseAddress ?? UnsafePointer(bitPattern: 2)!
        step(spikes: base + range.lowerBound, count: range.count, learning: learning)
      }
    } else {
      samples.withCurrents(of: k) { step(currents: $0, list: $1, count: $2, learning: learning) }
    }
  }
}

extension RateNetwork {
  /// Presents an encoded sample: activity of every group, and the gain of the hidden ones when `learning`.
  /// - Precondition: the samples are intensities, not spikes.
  @specialized(where Scalar == Float)
  public func present(_ samples: EncodedSamples, sample k: Int, learning: Bool) {
    precondition(!samples.currents.isEmpty, "a rate network takes intensities, not spikes")
    samples.withCurrents(of: k) { present($0, list: $1, count: $2, learning: learning) }
  }
}

extension EncodedSamples {
  /// Calls `body` with the currents of sample `k`, the list of the inputs that are driven, and their number.
  fileprivate func withCurrents(of k: Int, _ body: (UnsafePointer<Float>, UnsafePointer<UInt16>, Int) -> Void) {
    let first = Int(activeOffsets[k])
    let count = Int(activeOffsets[k + 1]) - first
    active.withUnsafeBufferPointer { active in
      currents.withUnsafeBufferPointer { currents in
        let base = active.baseAddress ?? UnsafePointer(bitPattern: 2)!
        body(currents.baseAddress! + k * inputCount, base + first, count)
      }
    }
  }
}
