import Kernels
import Tasks

/// Labelled samples as a network meets them.
public enum PresentedSamples<Scalar: KernelScalar>: Sendable {
  /// Spikes or currents.
  case encoded(EncodedSamples)
  /// Inputs of samples of one step in full precision, [sample][input] row-major.
  case plain([Scalar], labels: [Int])

  /// The class of each sample.
  public var labels: [Int] {
    switch self {
    case .encoded(let samples): samples.labels
    case .plain(_, let labels): labels
    }
  }

  /// Number of samples.
  public var count: Int { labels.count }

  /// Writes what drives the `inputs` inputs of sample `k` at step `t`.
  @specialized(where Scalar == Float)
  func write(_ k: Int, _ t: Int, into input: UnsafeMutablePointer<Scalar>, _ inputs: Int) {
    switch self {
    case .plain(let values, _): for j in 0..<inputs { input[j] = values[k * inputs + j] }
    case .encoded(let samples):
      Scalar.fill(inputs, input, with: 0)
      if samples.currents.isEmpty {
        for index in samples.spikes(sample: k, step: t) { input[Int(samples.indices[index])] = 1 }
      } else {
        for index in Int(samples.activeOffsets[k])..<Int(samples.activeOffsets[k + 1]) {
          let j = Int(samples.active[index])
          input[j] = Scalar(samples.currents[k * inputs + j])
        }
      }
    }
  }
}
