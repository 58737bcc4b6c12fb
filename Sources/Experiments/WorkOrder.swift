import Synchronization

/// In what order items are begun, and which worker has which ones before it at first.
///
/// Items come in classes, the costly ones first. Each class is dealt to the workers in runs of neighbours: everyone begins
/// with costly items and ends with cheap ones, so that the last items, which decide how long the others wait, are small;
/// and neighbours, which share data, mostly stay with one worker.
struct WorkOrder {
  /// The items in the order of their positions; nil when item `i` is at position `i`.
  let items: [Int]?
  /// The positions that each worker has before it, [worker]; together all positions, each once.
  let shares: [Range<Int>]
  /// How many items there are.
  let count: Int

  /// All items of one class, in their order.
  init(count: Int, workers: Int) {
    self.count = count
    items = nil
    shares = (0..<workers).map { $0 * count / workers..<($0 + 1) * count / workers }
  }

  /// Items in classes, costly ones first.
  init(classes: [[Int]], workers: Int) {
    count = classes.reduce(0) { $0 + $1.count }
    var items: [Int] = []
    items.reserveCapacity(count)
    shares = (0..<workers).map { worker in
      let first = items.count
      for members in classes {
        items += members[worker * members.count / workers..<(worker + 1) * members.count / workers]
      }
      return first..<items.count
    }
    self.items = items
  }
}

extension WorkOrder {
  /// The order in which contenders are scored on episodes; item `contender · episodes + episode`.
  ///
  /// Contenders whose expected costs differ by less than a factor √2 form a class. Within a class the contenders of one
  /// episode are neighbours, so that its spikes stay in the cache; where there are more kinds of learners than a bench
  /// keeps at hand, those of one kind are. `fillers` further items, small ones, come last.
  /// - Parameters:
  ///   - costs: expected seconds of each contender; nil, which counts as the most costly, when not known.
  ///   - kinds: the number of each contender's kind of learner.
  init(costs: [Double?], kinds: [Int], episodes: Int, fillers: Int, workers: Int) {
    let ranked = costs.indices.sorted {
      let (a, b) = (costs[$0] ?? .infinity, costs[$1] ?? .infinity)
      return a != b ? a > b : $0 < $1
    }
    var classes: [(most: Double, contenders: [Int])] = []
    for contender in ranked {
      let cost = costs[contender] ?? .infinity
      if let last = classes.last, cost == last.most || cost * 2.0.squareRoot() > last.most {
        classes[classes.count - 1].contenders.append(contender)
      } else {
        classes.append((cost, [contender]))
      }
    }
    let scored = classes.map { members in
      guard Set(members.contenders.map { kinds[$0] }).count > Bench.most / 2 else {
        return (0..<episodes).flatMap { episode in members.contenders.map { $0 * episodes + episode } }
      }
      let ordered = members.contenders.sorted { (kinds[$0], $0) < (kinds[$1], $1) }
      return ordered.flatMap { contender in (0..<episodes).map { contender * episodes + $0 } }
    }
    let first = costs.count * episodes
    self.init(classes: scored + [Array(first..<first + fillers)], workers: workers)
  }
}

/// What each worker still has before it: a range of positions, from which its owner takes the first, and others, when they
/// have nothing left, the later half.
///
/// A range is one word that says all there is to say about it, so a compare-and-exchange decides who gets what. Every
/// position is given out once.
final class WorkShares: Sendable {
  private let shares: [Share]
  private let stealsBegun = Atomic<Int>(0)
  private let stealsEnded = Atomic<Int>(0)

  init(_ ranges: [Range<Int>]) { shares = ranges.map(Share.init) }

  /// The next position for a worker, or nil when nothing is left for anyone to begin.
  func next(for worker: Int) -> Int? {
    if let position = shares[worker].takeFirst() { return position }
    while true {
      // A range that is being carried from one share to another is seen in neither: nothing is left for sure only when
      // no steal was under way while all shares were looked at.
      let ended = stealsEnded.load(ordering: .sequentiallyConsistent)
      var richest: Int?
      var most = 0
      for other in shares.indices where other != worker {
        let count = shares[other].count
        if count > most { (richest, most) = (other, count) }
      }
      if let richest {
        stealsBegun.add(1, ordering: .sequentiallyConsistent)
        let stolen = shares[richest].takeLaterHalf()
        if let stolen { shares[worker].put(stolen.dropFirst()) }
        stealsEnded.add(1, ordering: .sequentiallyConsistent)
        if let stolen { return stolen.lowerBound }
      } else if stealsBegun.load(ordering: .sequentiallyConsistent) == ended {
        return nil
      }
    }
  }
}

/// One worker's range of positions.
private final class Share: Sendable {
  /// Keeps the word that its owner changes all the time away from those of other workers.
  private let before = SIMD16<UInt64>()
  private let range: Atomic<UInt64>
  private let after = SIMD16<UInt64>()

  init(_ positions: Range<Int>) { range = Atomic(Self.word(positions)) }

  /// How many positions are left.
  var count: Int { Self.positions(range.load(ordering: .sequentiallyConsistent)).count }

  func takeFirst() -> Int? {
    var word = range.load(ordering: .relaxed)
    while true {
      let positions = Self.positions(word)
      guard let first = positions.first else { return nil }
      let (done, now) = range.weakCompareExchange(
        expected: word, desired: Self.word(positions.dropFirst()), ordering: .sequentiallyConsistent)
      if done { return first }
      word = now
    }
  }

  /// Takes the later half of what is left, one position at least; nil when nothing is left.
  func takeLaterHalf() -> Range<Int>? {
    var word = range.load(ordering: .relaxed)
    while true {
      let positions = Self.positions(word)
      guard !positions.isEmpty else { return nil }
      let middle = positions.lowerBound + positions.count / 2
      let (done, now) = range.weakCompareExchange(
        expected: word, desired: Self.word(positions.lowerBound..<middle), ordering: .sequentiallyConsistent)
      if done { return middle..<positions.upperBound }
      word = now
    }
  }

  /// Gives the share's owner, who has nothing left, these positions.
  func put(_ positions: Range<Int>) { range.store(Self.word(positions), ordering: .sequentiallyConsistent) }

  private static func word(_ positions: Range<Int>) -> UInt64 {
    UInt64(positions.upperBound) << 32 | UInt64(positions.lowerBound)
  }

  private static func positions(_ word: UInt64) -> Range<Int> { Int(word & 0xFFFF_FFFF)..<Int(word >> 32) }
}
