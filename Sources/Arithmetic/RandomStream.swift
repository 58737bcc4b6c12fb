/// What a random number is for. Every draw of the product belongs to one purpose, so that no two uses share numbers.
public enum RandomPurpose: UInt32, Sendable, CaseIterable {
  /// Initial forward weights of an episode.
  case weights = 1
  /// Fixed feedback weights of an episode.
  case feedback = 2
  /// Spikes of an encoded sample.
  case encoding = 3
  /// Classes and examples of an episode.
  case episode = 4
  /// Samples made in code (prototypes, manifolds, …).
  case samples = 5
  /// Candidates drawn by an optimiser.
  case search = 6
  /// Bootstrap resamples.
  case bootstrap = 7
  /// Split of a data set into pools.
  case pools = 8
  /// Random networks and inputs in tests.
  case testing = 9
  /// Signs of a permutation test.
  case permutation = 10
  /// White noise that rules read.
  case noise = 11
  /// Order of the support samples in passes after the first.
  case order = 12
}

/// The Philox4x32-10 block function.
///
/// A counter of four words and a key of two give four random words; there is no other state, so any number of a
/// stream can be made alone and in any order.
/// - SeeAlso: Salmon, Moraes, Dror & Shaw 2011, *Parallel random numbers: as easy as 1, 2, 3*.
public enum Philox4x32 {
  /// Ten rounds over one counter.
  @inlinable
  public static func block(
    _ counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var (c0, c1, c2, c3) = counter
    var (k0, k1) = key
    for _ in 0..<10 {
      let p0 = UInt64(0xD251_1F53) &* UInt64(c0)
      let p1 = UInt64(0xCD9E_8D57) &* UInt64(c2)
      (c0, c1, c2, c3) = (
        UInt32(truncatingIfNeeded: p1 >> 32) ^ c1 ^ k0, UInt32(truncatingIfNeeded: p1),
        UInt32(truncatingIfNeeded: p0 >> 32) ^ c3 ^ k1, UInt32(truncatingIfNeeded: p0)
      )
      k0 = k0 &+ 0x9E37_79B9
      k1 = k1 &+ 0xBB67_AE85
    }
    return (c0, c1, c2, c3)
  }
}

/// A sequence of random numbers named by (seed, purpose, lane, two indices).
///
/// The seed is the Philox key; the counter is (block, `second`, `first`, purpose · 256 + lane). Equal names give equal
/// numbers on every machine and for any number of workers.
public struct RandomStream: Sendable {
  @usableFromInline let key: (UInt32, UInt32)
  @usableFromInline let tail: (UInt32, UInt32, UInt32)
  @usableFromInline var blockIndex: UInt32 = 0
  @usableFromInline var words: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
  @usableFromInline var used = 4

  /// - Parameters:
  ///   - seed: the run's seed.
  ///   - purpose: what the numbers are for.
  ///   - lane: a small index beside the purpose, such as the split, in `0 ..< 256`.
  ///   - first: the first index, such as the episode.
  ///   - second: the second index, such as the layer or the sample.
  public init(seed: UInt64, purpose: RandomPurpose, lane: UInt32 = 0, _ first: UInt32 = 0, _ second: UInt32 = 0) {
    precondition(lane < 256, "lane \(lane) is not below 256")
    key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    tail = (second, first, purpose.rawValue << 8 | lane)
  }

  /// The four words of block `index`, without moving the stream.
  @inlinable
  public func block(_ index: UInt32) -> (UInt32, UInt32, UInt32, UInt32) {
    Philox4x32.block((index, tail.0, tail.1, tail.2), key: key)
  }

  /// The next 32 random bits.
  @inlinable
  public mutating func nextWord() -> UInt32 {
    if used == 4 {
      words = block(blockIndex)
      blockIndex &+= 1
      used = 0
    }
    used += 1
    switch used {
    case 1: return words.0
    case 2: return words.1
    case 3: return words.2
    default: return words.3
    }
  }

  /// A float in `0 ..< 1`, a multiple of 2⁻²⁴.
  @inlinable
  public mutating func nextFloat() -> Float { Float(nextWord() >> 8) * 0x1p-24 }

  /// A double in `0 ..< 1`, a multiple of 2⁻⁵³; takes two words.
  @inlinable
  public mutating func nextDouble() -> Double {
    let high = UInt64(nextWord())
    let low = UInt64(nextWord())
    return Double((high << 32 | low) >> 11) * 0x1p-53
  }

  /// A double in `range`, uniform.
  @inlinable
  public mutating func uniform(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * nextDouble()
  }

  /// An integer in `0 ..< bound`, uniform without bias (Lemire's rejection).
  /// - Precondition: `bound` is at least 1 and fits in 32 bits.
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound >= 1 && bound <= Int(UInt32.max), "bound \(bound) is outside 1 ... 2³²-1")
    let n = UInt32(bound)
    let threshold = (0 &- n) % n
    while true {
      let product = UInt64(nextWord()) &* UInt64(n)
      if UInt32(truncatingIfNeeded: product) >= threshold { return Int(product >> 32) }
    }
  }

  /// Swaps the elements of `array` into a uniformly random order (Fisher–Yates).
  public mutating func shuffle<Element>(_ array: inout [Element]) {
    guard array.count > 1 else { return }
    for i in stride(from: array.count - 1, to: 0, by: -1) { array.swapAt(i, below(i + 1)) }
  }

  /// `count` different integers of `0 ..< bound`, in random order.
  /// - Precondition: `count <= bound`.
  public mutating func sample(_ count: Int, below bound: Int) -> [Int] {
    precondition(count <= bound, "cannot draw \(count) different numbers below \(bound)")
    var moved: [Int: Int] = [:]
    var drawn: [Int] = []
    drawn.reserveCapacity(count)
    for i in 0..<count {
      let j = i + below(bound - i)
      drawn.append(moved[j] ?? j)
      moved[j] = moved[i] ?? i
    }
    return drawn
  }
}
