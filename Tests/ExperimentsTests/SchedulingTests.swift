import Experiments
import Synchronization
import Testing

private final class Flags: Sendable {
  let done = Atomic<Int>(0)
}

@Suite("Scheduling")
struct SchedulingTests {
  @Test("results come back in the order of the items, for any number of items and workers", arguments: 1...5)
  func order(workers: Int) throws {
    let crew = Crew(workers: workers)
    for count in [0, 1, 2, 3, 4, 5, 7, 64, 1001] {
      let squares = try #require(crew.map(count) { $0 * $0 })
      #expect(squares == (0..<count).map { $0 * $0 })
    }
    // A list of nothing is no list.
    #expect(crew.use.barriers == 8)
  }

  @Test("every item is done once", arguments: [2, 3, 8])
  func once(workers: Int) throws {
    let crew = Crew(workers: workers)
    for round in 0..<50 {
      let flags = Flags()
      let count = 97 + round
      _ = try #require(crew.map(count) { _ in flags.done.add(1, ordering: .relaxed) })
      #expect(flags.done.load(ordering: .relaxed) == count)
    }
  }

  @Test("a hundred thousand trivial items cost less than two microseconds each", arguments: [1, 2])
  func trivialItems(workers: Int) throws {
    let crew = Crew(workers: workers)
    _ = crew.map(1000) { $0 }
    let count = 100_000
    let clock = ContinuousClock()
    var best = Duration.seconds(100)
    for _ in 0..<5 {
      let began = clock.now
      let sum = try #require(crew.map(count) { $0 }).reduce(0, +)
      best = min(best, clock.now - began)
      #expect(sum == count * (count - 1) / 2)
    }
    let each = best / .nanoseconds(1) / Double(count)
    print("scheduling: \(each) ns an item on \(workers) workers")
    #expect(each < 2000)
  }

  @Test("small lists follow one another without waiting for a clock")
  func smallLists() throws {
    let crew = Crew(workers: 2)
    let clock = ContinuousClock()
    let began = clock.now
    for _ in 0..<200 { _ = try #require(crew.map(2) { $0 }) }
    let each = (clock.now - began) / .microseconds(1) / 200
    print("scheduling: \(each) µs a list of two items")
    // Twenty milliseconds would be a timer's; threads that wake each other need some microseconds.
    #expect(each < 10_000)
    #expect(crew.use.barriers == 200)
  }

  @Test("what a busy worker has before it is done by others")
  func stealing() throws {
    let crew = Crew(workers: 2)
    let flags = Flags()
    let count = 40
    let waited = try #require(
      crew.map(count) { item -> Bool in
        if item > 0 {
          flags.done.add(1, ordering: .relaxed)
          return true
        }
        // The first item of the first worker ends only when all others have ended, those of its own share too.
        let deadline = ContinuousClock.now + .seconds(20)
        while flags.done.load(ordering: .relaxed) < count - 1 {
          if ContinuousClock.now > deadline { return false }
        }
        return true
      })
    #expect(waited == [Bool](repeating: true, count: count))
  }

  @Test("a list that is dropped in the middle gives nothing, and the crew goes on with the next")
  func dropped() throws {
    let crew = Crew(workers: 2)
    let flags = Flags()
    var asked = 0
    let result = crew.map(
      1_000_000,
      isWanted: {
        asked += 1
        return asked < 2
      },
      { item -> Int in
        let end = ContinuousClock.now + .microseconds(50)
        while ContinuousClock.now < end {}
        flags.done.add(1, ordering: .relaxed)
        return item
      })
    #expect(result == nil)
    #expect(flags.done.load(ordering: .relaxed) < 1_000_000)
    #expect(try #require(crew.map(3) { $0 + 1 }) == [1, 2, 3])
  }

  @Test("the time of the workers adds up")
  func use() throws {
    let crew = Crew(workers: 2)
    let clock = ContinuousClock()
    let began = clock.now
    for _ in 0..<3 {
      // One item of thirty milliseconds, so one of two workers waits.
      _ = crew.map(1) { _ in
        let end = ContinuousClock.now + .milliseconds(30)
        while ContinuousClock.now < end {}
      }
    }
    let elapsed = (clock.now - began) / .seconds(1)
    let use = crew.use
    #expect(use.waitedAtEnd >= 0.09 && use.worked >= 0.09)
    #expect(use.worked + use.waitedAtEnd + use.waitedBetween <= 2 * elapsed + 0.001)
    #expect(use.barrierIdleShare > 0.3 && use.barrierIdleShare + use.betweenIdleShare < 1)
  }
}
