import Foundation
import Networks
import Rules
import Synchronization

/// Threads that work through lists of independent items.
///
/// The threads live as long as the crew and sleep between lists. Each has a share of the items before it, and takes half of
/// the largest other share when its own is done. Results are stored by index, so they depend neither on the number of
/// workers nor on who did what. One list at a time: a crew belongs to the thread that uses it.
public final class Crew {
  /// How many threads work at a time.
  public let workers: Int
  /// How the workers' time was spent so far.
  public private(set) var use = CrewUse()
  /// What is known of the learners used so far.
  var experience = Experience()
  private let stations: [Station]
  private var started = 0
  private var lastEnd: ContinuousClock.Instant?
  let tally = Tally()

  /// - Parameter workers: at least 1.
  public init(workers: Int) {
    precondition(workers >= 1, "\(workers) workers")
    self.workers = workers
    let room = MemoryNeed.machine / 4 / workers
    stations = (0..<workers).map { _ in Station(room: room) }
  }

  deinit {
    for station in stations.prefix(started) { station.begin(nil) }
  }

  /// Episodes scored so far, one contender on one episode each.
  public var scoredCount: Int { tally.count.load(ordering: .relaxed) }

  /// The processors this process may use.
  public static var processorCount: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

  /// Does `body` for each of `0 ..< count`, in any order, each item on one of the threads.
  /// - Parameters:
  ///   - count: how many items, below 2³².
  ///   - isWanted: asked about twenty times a second on the calling thread; false drops the items not yet begun.
  ///   - body: what to do with an item.
  /// - Returns: the results in the order of the items; nil when the work was dropped.
  public func map<Value: Sendable>(
    _ count: Int, isWanted: () -> Bool = { true }, _ body: @escaping @Sendable (Int) -> Value
  ) -> [Value]? {
    let results = Results<Value>(count)
    let isDone = run(WorkOrder(count: count, workers: workers), isWanted: isWanted) { item, _ in
      results.write(body(item), at: item)
    }
    return isDone ? results.take() : nil
  }

  /// Does `body` for every item of an order.
  /// - Parameters:
  ///   - isWanted: see `map`.
  ///   - body: (item, the bench of the thread that does it).
  /// - Returns: whether everything was done.
  func run(
    _ order: WorkOrder, isWanted: () -> Bool, _ body: @escaping @Sendable (Int, Bench) -> Void
  ) -> Bool {
    precondition(order.count < 1 << 32, "\(order.count) items")
    guard order.count > 0 else { return true }
    guard isWanted() else { return false }
    let shares = WorkShares(order.shares)
    let items = order.items
    let round = Round(members: min(workers, order.count))
    let clock = ContinuousClock()
    let began = clock.now
    start(round.members)
    for (worker, station) in stations.prefix(round.members).enumerated() {
      station.begin { bench in
        while !round.isDropped.load(ordering: .relaxed), let position = shares.next(for: worker) {
          body(items.map { $0[position] } ?? position, bench)
          round.doneCount(of: worker)
        }
        round.leave(worker, at: clock.now)
      }
    }
    var dropped = false
    while round.done.wait(timeout: .now() + .milliseconds(50)) == .timedOut {
      if !dropped, !isWanted() {
        dropped = true
        round.isDropped.store(true, ordering: .relaxed)
      }
    }
    note(round, from: began)
    return round.count == order.count
  }

  private func start(_ count: Int) {
    while started < count {
      let station = stations[started]
      let thread = Thread { station.work() }
      thread.stackSize = 8 << 20
      thread.start()
      started += 1
    }
  }

  private func note(_ round: Round, from began: ContinuousClock.Instant) {
    let end = round.left.max()!
    use.barriers += 1
    use.worked += round.left.reduce(0) { $0 + ($1 - began) / .seconds(1) }
    use.waitedAtEnd +=
      round.left.reduce(0) { $0 + (end - $1) / .seconds(1) }
      + Double(workers - round.members) * ((end - began) / .seconds(1))
    if let lastEnd { use.waitedBetween += Double(workers) * max(0, (began - lastEnd) / .seconds(1)) }
    lastEnd = end
  }
}

/// How the time of a crew's workers was spent, in seconds summed over the workers.
public struct CrewUse: Sendable, Hashable {
  /// Lists that were worked through; each ends with a barrier.
  public var barriers = 0
  /// With items.
  public var worked = 0.0
  /// Waiting at the end of a list for those who still had an item.
  public var waitedAtEnd = 0.0
  /// Waiting for the next list, from the second one on.
  public var waitedBetween = 0.0

  /// The share of the time that went by waiting for other workers, 0 to 1.
  public var barrierIdleShare: Double { share(waitedAtEnd) }
  /// The share of the time that went by waiting for the next list, 0 to 1.
  public var betweenIdleShare: Double { share(waitedBetween) }

  private func share(_ part: Double) -> Double {
    let total = worked + waitedAtEnd + waitedBetween
    return total > 0 ? part / total : 0
  }
}

/// One thread's place: what it does next, and what it keeps.
private final class Station: @unchecked Sendable {
  private let wake = DispatchSemaphore(value: 0)
  private let bench: Bench
  /// Handed over with `wake`.
  private var task: ((Bench) -> Void)?

  init(room: Int) { bench = Bench(room: room) }

  /// Gives the thread something to do, once it has done what it had before; nil sends it home.
  func begin(_ task: ((Bench) -> Void)?) {
    self.task = task
    wake.signal()
  }

  func work() {
    while true {
      wake.wait()
      guard let next = task else { return }
      task = nil
      next(bench)
    }
  }
}

/// One list being worked through.
private final class Round: @unchecked Sendable {
  /// Workers that take part.
  let members: Int
  let done = DispatchSemaphore(value: 0)
  let isDropped = Atomic<Bool>(false)
  private let working: Atomic<Int>
  /// Written by each worker at its own place, read when all have left.
  private let counts: UnsafeMutablePointer<Int>
  private let ends: UnsafeMutablePointer<ContinuousClock.Instant>

  init(members: Int) {
    self.members = members
    working = Atomic(members)
    counts = .allocate(capacity: members * Self.gap)
    counts.initialize(repeating: 0, count: members * Self.gap)
    ends = .allocate(capacity: members)
    ends.initialize(repeating: ContinuousClock.now, count: members)
  }

  deinit {
    counts.deallocate()
    ends.deallocate()
  }

  /// Words from one worker's count to the next, so that they do not share a cache line.
  private static let gap = 16

  func doneCount(of worker: Int) { counts[worker * Self.gap] += 1 }

  func leave(_ worker: Int, at instant: ContinuousClock.Instant) {
    ends[worker] = instant
    if working.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { done.signal() }
  }

  var count: Int { (0..<members).reduce(0) { $0 + counts[$1 * Self.gap] } }
  var left: [ContinuousClock.Instant] { (0..<members).map { ends[$0] } }
}

/// One slot per item, each written once by the thread that took the item.
final class Results<Value>: @unchecked Sendable {
  private let values: UnsafeMutablePointer<Value>
  private let isWritten: UnsafeMutablePointer<Bool>
  private let count: Int

  init(_ count: Int) {
    self.count = count
    values = .allocate(capacity: count)
    isWritten = .allocate(capacity: count)
    isWritten.initialize(repeating: false, count: count)
  }

  deinit {
    for item in 0..<count where isWritten[item] { (values + item).deinitialize(count: 1) }
    values.deallocate()
    isWritten.deallocate()
  }

  func write(_ value: Value, at item: Int) {
    (values + item).initialize(to: value)
    isWritten[item] = true
  }

  /// Hands out all results.
  /// - Precondition: every slot was written.
  func take() -> [Value] {
    isWritten.update(repeating: false, count: count)
    return Array(unsafeUninitializedCapacity: count) { buffer, filled in
      buffer.baseAddress?.moveInitialize(from: values, count: count)
      filled = count
    }
  }
}

/// Counts what the threads have done.
final class Tally: Sendable {
  let count = Atomic<Int>(0)
}
