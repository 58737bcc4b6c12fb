import RealModule

/// The name of an episode's white noise; every projection, and each owner in it, has a stream of its own.
public struct NoiseDraws: Sendable, Hashable {
  /// Whom a number of noise belongs to.
  public enum Place: UInt32, Sendable, CaseIterable {
    /// A presynaptic neuron.
    case pre = 0
    /// A postsynaptic neuron.
    case post = 1
    /// A synapse.
    case synapse = 2
  }

  /// The run's seed.
  public var seed: UInt64
  /// The pool the episode comes from, below 256.
  public var lane: UInt32
  /// The episode's index in its pool.
  public var episode: UInt32

  /// Names the noise of one episode.
  public init(seed: UInt64, lane: UInt32, episode: UInt32) {
    self.seed = seed
    self.lane = lane
    self.episode = episode
  }

  /// The noise of one owner in one projection, counted from 0; that of mirror phases is another than that of samples.
  public func noise(projection: Int, _ place: Place, mirror: Bool) -> WhiteNoise {
    let second = UInt32(projection) << 3 | place.rawValue << 1 | (mirror ? 1 : 0)
    var stream = RandomStream(seed: seed, purpose: .noise, lane: lane, episode, second)
    let low = UInt64(stream.nextWord())
    return WhiteNoise(key: UInt64(stream.nextWord()) << 32 | low)
  }
}

/// Independent standard normal numbers, addressed by (sample, step, element).
///
/// Drawn in single precision whatever is asked for, so that networks of either precision meet the same noise.
public struct WhiteNoise: Sendable, Hashable {
  private let key: UInt64

  init(key: UInt64) { self.key = key }

  /// Fills a matrix of `lines` lines of `length` numbers, `stride` apart; element `i` of line `j` is number
  /// `j · length + i` of the stream of (sample, step).
  public func fill<Scalar: BinaryFloatingPoint>(
    _ values: UnsafeMutablePointer<Scalar>, lines: Int, length: Int, stride: Int, sample: UInt32, step: UInt32
  ) {
    let stream = RandomStream(seed: key, purpose: .noise, sample, step)
    var block = UInt32.max
    var four: (Float, Float, Float, Float) = (0, 0, 0, 0)
    for j in 0..<lines {
      for i in 0..<length {
        let element = j * length + i
        let index = UInt32(truncatingIfNeeded: element >> 2)
        if index != block || element == 0 {
          block = index
          let words = stream.block(index)
          let first = WhiteNoise.pair(words.0, words.1)
          let second = WhiteNoise.pair(words.2, words.3)
          four = (first.0, first.1, second.0, second.1)
        }
        let value: Float =
          switch element & 3 {
          case 0: four.0
          case 1: four.1
          case 2: four.2
          default: four.3
          }
        values[j * stride + i] = Scalar(value)
      }
    }
  }

  /// The first `count` numbers of the stream of (sample, step).
  public func values(_ count: Int, sample: Int, step: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      if count > 0 {
        fill(
          buffer.baseAddress!, lines: 1, length: count, stride: count, sample: UInt32(sample), step: UInt32(step))
      }
      filled = count
    }
  }

  /// Two normal numbers of two words (Box–Muller).
  private static func pair(_ a: UInt32, _ b: UInt32) -> (Float, Float) {
    let radius = Double.sqrt(-2 * Double.log((Double(a) + 1) * 0x1p-32))
    let angle = 2 * Double.pi * Double(b) * 0x1p-32
    return (Float(radius * Double.cos(angle)), Float(radius * Double.sin(angle)))
  }
}
