import Arithmetic
import Kernels
import Networks
import Tasks

/// Learns an episode by backpropagation through time with surrogate gradients and Adam.
///
/// The network, its initial weights and the spikes are those that rules meet. The first pass takes the samples in their
/// order of presentation, every later one in an order of its own, drawn for (seed, episode, pass). One learner serves one
/// thread; its arrays are reused, and learning allocates nothing.
public final class ThroughTimeLearner<Scalar: KernelScalar> {
  /// A network by its kind.
  public enum Kind {
    /// Steps in time.
    case spiking(SpikingNetwork<Scalar>)
    /// One step a sample.
    case rate(RateNetwork<Scalar>)
  }

  /// The network that learns.
  public let kind: Kind
  /// What was chosen.
  public let settings: ThroughTimeSettings

  private enum Gradient {
    case spiking(SpikingGradient<Scalar>)
    case rate(RateGradient<Scalar>)
  }

  private let gradient: Gradient
  private let adam: Adam<Scalar>
  @exclusivity(unchecked) private var order: [Int] = []

  /// Allocates the network and what learning takes.
  /// - Precondition: the neurons are `neurons`, and settings lie in their ranges.
  public init(
    network parameters: NetworkParameters, inputCount: Int, outputCount: Int, settings: ThroughTimeSettings
  ) {
    precondition(settings.batch > 0 && settings.passes > 0, "\(settings.passes) passes, batches of \(settings.batch)")
    self.settings = settings
    if parameters.rateFunction != nil {
      let made = RateNetwork<Scalar>(parameters: parameters, inputCount: inputCount, outputCount: outputCount)
      kind = .rate(made)
      gradient = .rate(RateGradient(made))
      adam = Adam(made, settings)
    } else {
      let made = SpikingNetwork<Scalar>(parameters: parameters, inputCount: inputCount, outputCount: outputCount)
      kind = .spiking(made)
      gradient = .spiking(SpikingGradient(made, settings))
      adam = Adam(made, settings)
    }
  }

  /// Names of the neurons whose networks can be learnt.
  public static var neurons: [String] { SpikingGradient<Scalar>.neurons + RateFunction.allCases.map(\.rawValue) }

  /// The network that learns.
  public var network: Network<Scalar> {
    switch kind {
    case .spiking(let network): network
    case .rate(let network): network
    }
  }

  /// Draws the initial weights of an episode and learns its samples.
  /// - Returns: false as soon as the loss is no longer finite.
  @specialized(where Scalar == Float)
  public func learn(_ samples: EncodedSamples, _ draws: EpisodeDraws) -> Bool {
    network.drawWeights(draws)
    adam.reset()
    if order.count != samples.count { order = [Int](repeating: 0, count: samples.count) }
    for pass in 0..<settings.passes {
      for k in order.indices { order[k] = k }
      if pass > 0 {
        var random = RandomStream(
          seed: draws.seed, purpose: .order, lane: draws.lane, draws.index, UInt32(pass))
        // Fisher–Yates, in place.
        for place in stride(from: order.count - 1, to: 0, by: -1) { order.swapAt(place, random.below(place + 1)) }
      }
      for first in stride(from: 0, to: samples.count, by: settings.batch) {
        let last = min(first + settings.batch, samples.count)
        for place in first..<last where !add(samples, sample: order[place]).isFinite { return false }
        adam.step(scale: 1 / Double(last - first))
        for projection in network.projections { projection.matrix.baseChanged() }
      }
    }
    return true
  }

  /// The loss of one sample at the present weights and its derivatives, one matrix [post, pre] a projection, row-major.
  public func gradient(_ samples: EncodedSamples, sample k: Int) -> (loss: Scalar, weights: [[Scalar]]) {
    adam.reset()
    let loss = add(samples, sample: k)
    let dense = zip(network.projections, adam.gradients).map { projection, gradient in
      (0..<projection.postCount).flatMap { i in
        (0..<projection.preCount).map { gradient[$0 * projection.columns + i] }
      }
    }
    adam.reset()
    return (loss, dense)
  }

  private func add(_ samples: EncodedSamples, sample k: Int) -> Scalar {
    switch gradient {
    case .spiking(let gradient): gradient.add(samples, sample: k, to: adam.gradients)
    case .rate(let gradient): gradient.add(samples, sample: k, to: adam.gradients)
    }
  }
}
