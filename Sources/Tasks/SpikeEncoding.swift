/// How intensities become spikes or currents.
public enum SpikeEncoder: Sendable, Hashable {
  /// Each input spikes at each step with probability intensity · rate; `rate` in `0 ... 1`.
  case bernoulli(rate: Double)
  /// A constant current at each step: gain · intensity.
  case current(gain: Double)
  /// One spike at step round((1 − intensity) · (steps − 1)) where the intensity is above 0.
  case firstSpike

  /// Encodes an episode; equal (seed, split, index) give equal spikes on every machine.
  /// - Parameters:
  ///   - episode: what to encode.
  ///   - steps: time steps per sample, at least 1.
  ///   - seed: the run's seed.
  public func encode(_ episode: Episode, steps: Int, seed: UInt64) -> EncodedEpisode {
    fatalError()
  }
}
