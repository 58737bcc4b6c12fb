import Foundation
import Networks
import Rules
import Synchronization

/// Threads that work through a list of independent items.
///
/// Results are stored by index, so they do not depend on the number of workers or on who did what.
public final class Crew {
  /// How many threads work at a time.
  public let workers: Int
  private let benches: [Bench]
  let tally = Tally()

  /// - Parameter workers: at least 1.
  public init(workers: Int) {
    precondition(workers >= 1, "\(workers) workers")
    self.workers = workers
    benches = (0..<workers).map { _ in Bench() }
  }

  /// Episodes scored so far, one contender on one episode each.
  public var scoredCount: Int { tally.count.load(ordering: .relaxed) }

  /// The processors this process may use.
  public static var processorCount: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

  /// Does `body` for each of `0 ..< count`, in any order, each item on one of the threads.
  /// - Parameters:
  ///   - count: how many items.
  ///   - isWanted: asked about twenty times a second on the calling thread; false drops the items not yet begun.
  ///   - body: (item, the bench of the thread that does it).
  /// - Returns: the results in the order of the items; nil when the work was dropped.
  func map<Value: Sendable>(
    _ count: Int, isWanted: () -> Bool = { true }, _ body: @escaping @Sendable (Int, Bench) -> Value
  ) -> [Value]? {
    guard count > 0 else { return [] }
    guard isWanted() else { return nil }
    let results = Results<Value>(count)
    let progress = Progress()
    let done = DispatchSemaphore(value: 0)
    let threads = min(workers, count)
    for bench in benches.prefix(threads) {
      let thread = Thread {
        while !progress.isDropped.load(ordering: .acquiring) {
          let item = progress.next.wrappingAdd(1, ordering: .relaxed).oldValue
          if item >= count { break }
          results.values[item] = body(item, bench)
        }
        done.signal()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    var dropped = false
    for _ in 0..<threads {
      while done.wait(timeout: .now() + .milliseconds(50)) == .timedOut {
        if !dropped, !isWanted() {
          dropped = true
          progress.isDropped.store(true, ordering: .releasing)
        }
      }
    }
    let values = (0..<count).compactMap { results.values[$0] }
    return values.count == count ? values : nil
  }
}

/// What one thread keeps from item to item. Only the thread that works at the bench touches it.
final class Bench: @unchecked Sendable {
  private var learners: [LearnerKey: InnerLoop] = [:]

  /// The learner for a contender on episodes of these sizes, made once.
  func learner(_ key: LearnerKey) -> InnerLoop {
    if let known = learners[key] { return known }
    if learners.count >= 8 { learners.removeAll() }
    do {
      let made = try InnerLoop(
        network: key.network, inputCount: key.inputCount, outputCount: key.outputCount, rule: key.rule,
        credit: key.credit, worstLoss: key.worstLoss)
      learners[key] = made
      return made
    } catch {
      preconditionFailure("a contender that was not checked: \(error)")
    }
  }
}

/// What makes two learners interchangeable.
struct LearnerKey: Hashable, Sendable {
  var network: NetworkParameters
  var rule: Rule
  var credit: String
  var inputCount: Int
  var outputCount: Int
  var worstLoss: Double
}

/// One slot per item, each written once by the thread that took the item.
private final class Results<Value>: @unchecked Sendable {
  let values: UnsafeMutablePointer<Value?>
  private let count: Int

  init(_ count: Int) {
    self.count = count
    values = .allocate(capacity: count)
    values.initialize(repeating: nil, count: count)
  }

  deinit {
    values.deinitialize(count: count)
    values.deallocate()
  }
}

/// Counts what the threads have done.
final class Tally: Sendable {
  let count = Atomic<Int>(0)
}

private final class Progress: Sendable {
  let next = Atomic<Int>(0)
  let isDropped = Atomic<Bool>(false)
}
