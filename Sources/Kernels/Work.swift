/// What a piece of the inner loop does, counted from its loops in single precision.
public struct Work: Sendable, Hashable {
  /// Multiply-adds, as lanes of vectors of 16: padding counts, and what is done number by number counts a whole vector.
  public var multiplyAdds = 0.0
  /// Bytes of vectors and small tables that the nearest cache holds, read or written.
  public var near = 0.0
  /// Bytes of matrices that are met again at the next step, read or written.
  public var step = 0.0
  /// Bytes of matrices that are met again in the next sample, read or written.
  public var sample = 0.0
  /// Kernels called.
  public var calls = 0.0

  /// Nothing.
  public static let none = Work()

  /// Makes work from its parts.
  public init(multiplyAdds: Double = 0, near: Double = 0, step: Double = 0, sample: Double = 0, calls: Double = 0) {
    self.multiplyAdds = multiplyAdds
    self.near = near
    self.step = step
    self.sample = sample
    self.calls = calls
  }

  /// All bytes.
  public var bytes: Double { near + step + sample }

  /// Both.
  public static func + (a: Work, b: Work) -> Work {
    Work(
      multiplyAdds: a.multiplyAdds + b.multiplyAdds, near: a.near + b.near, step: a.step + b.step,
      sample: a.sample + b.sample, calls: a.calls + b.calls)
  }

  /// Adds `b`.
  public static func += (a: inout Work, b: Work) { a = a + b }

  /// The work `times` over.
  public static func * (times: Double, a: Work) -> Work {
    Work(
      multiplyAdds: times * a.multiplyAdds, near: times * a.near, step: times * a.step, sample: times * a.sample,
      calls: times * a.calls)
  }

  /// One number after another: each counts the 16 lanes of a vector.
  static func oneByOne(_ count: Double) -> Work { Work(multiplyAdds: 16 * count) }

  /// Lanes of a row that is added to sums in registers, 11, 7, 5, 3 or 1 vectors side by side: the next row waits for the
  /// last addition, four cycles of two vectors each.
  static func summedLanes(_ columns: Int) -> Double {
    var left = columns / 16
    var vectors = 0
    while left > 0 {
      let width = [11, 7, 5, 3, 1].first { $0 <= left }!
      vectors += max(width, 8)
      left -= width
    }
    return Double(16 * vectors)
  }

  /// One pass over a vector of `count` numbers with `operands` of them read or written.
  static func pass(_ count: Int, operands: Int) -> Work {
    Work(multiplyAdds: Double(count), near: 4 * Double(operands * count), calls: 1)
  }
}

/// Work one piece after the other: what one piece waits for is not hidden behind the next.
public struct Phases: Sendable, Hashable {
  /// The pieces.
  public var parts: [Work]

  /// Nothing.
  public static let none = Phases([])

  /// Work in pieces.
  public init(_ parts: [Work]) { self.parts = parts }

  /// All pieces together.
  public var total: Work { parts.reduce(.none) { $0 + $1 } }

  /// Both, one after the other.
  public static func + (a: Phases, b: Phases) -> Phases { Phases(a.parts + b.parts) }

  /// Adds a piece.
  public static func += (a: inout Phases, b: Work) { if b != .none { a.parts.append(b) } }

  /// The pieces, `times` over.
  public static func * (times: Double, a: Phases) -> Phases { Phases(a.parts.map { times * $0 }) }
}

/// How much memory is gone through before the same bytes are met again: it decides which cache they come from.
public struct Footprint: Sendable, Hashable {
  /// Bytes gone through in a step.
  public var step = 0.0
  /// Bytes gone through in a sample.
  public var sample = 0.0

  /// Makes a footprint.
  public init(step: Double = 0, sample: Double = 0) {
    self.step = step
    self.sample = sample
  }

  /// Both together.
  public static func + (a: Footprint, b: Footprint) -> Footprint {
    Footprint(step: a.step + b.step, sample: a.sample + b.sample)
  }
}

/// What a core can do at best.
public struct MachinePeaks: Sendable, Hashable {
  /// Multiply-adds per second.
  public var multiplyAdds: Double
  /// Sizes of the caches in bytes, the nearest first.
  public var caches: [Int]
  /// Bytes per second from each cache, and from memory.
  public var bandwidths: [Double]
  /// Seconds that calling a kernel takes at least, whatever it does.
  public var call: Double

  /// Makes peaks from their parts.
  public init(multiplyAdds: Double, caches: [Int], bandwidths: [Double], call: Double) {
    precondition(bandwidths.count == caches.count + 1, "\(bandwidths.count) bandwidths for \(caches.count) caches")
    self.multiplyAdds = multiplyAdds
    self.caches = caches
    self.bandwidths = bandwidths
    self.call = call
  }

  /// The machine that plans are chosen for, everywhere, so that results do not depend on where they are made: a server
  /// core with vectors of 64 bytes, rounded. A call is about a hundred cycles: a branch guessed wrong at its end, and the
  /// next call's wait for its result.
  public static let reference = MachinePeaks(
    multiplyAdds: 120e9, caches: [48 << 10, 1 << 20, 32 << 20], bandwidths: [480e9, 250e9, 100e9, 40e9], call: 30e-9)

  /// Measures this machine on one core.
  /// - Parameters:
  ///   - caches: sizes of the data caches; see `MachineSpeed`.
  ///   - seconds: time for each number.
  public static func measure(caches: [Int], seconds: Double) -> MachinePeaks {
    let speed = MachineSpeed(caches: caches)
    let arena = Arena()
    let (x, y) = (arena.allocate(16, of: Float.self), arena.allocate(16, of: Float.self))
    let calls = 100_000
    var best = Double.infinity
    let clock = ContinuousClock()
    for _ in 0..<5 {
      let began = clock.now
      for _ in 0..<calls { Float.addScaled(16, y, factor: 0.5, x) }
      best = min(best, (clock.now - began) / .seconds(1) / Double(calls))
    }
    return MachinePeaks(
      multiplyAdds: MachineSpeed.measure(.separate, cores: 1, seconds: seconds) / 2, caches: speed.caches,
      bandwidths: speed.workingSets.map { MachineSpeed.measure(.read(bytes: $0), cores: 1, seconds: seconds) },
      call: best)
  }

  /// Which level holds `bytes`: 0 for the nearest cache, the number of caches for memory.
  public func level(of bytes: Double) -> Int { caches.firstIndex { Double($0) >= bytes } ?? caches.count }

  /// Bytes that come from each level.
  public func bytes(of work: Work, in footprint: Footprint) -> [Double] {
    var bytes = [Double](repeating: 0, count: bandwidths.count)
    bytes[0] += work.near
    bytes[level(of: footprint.step)] += work.step
    bytes[level(of: footprint.sample)] += work.sample
    return bytes
  }

  /// What a perfect program would need for `work`: the longer of multiplying and waiting for bytes, in seconds.
  public func bound(of work: Work, in footprint: Footprint) -> Double {
    let waiting = zip(bytes(of: work, in: footprint), bandwidths).reduce(0) { $0 + $1.0 / $1.1 }
    return max(work.multiplyAdds / multiplyAdds, waiting)
  }

  /// The bounds of pieces that follow one another, and their calls, in seconds.
  public func seconds(of phases: Phases, in footprint: Footprint) -> Double {
    phases.parts.reduce(0) { $0 + bound(of: $1, in: footprint) + call * $1.calls }
  }
}
