import Foundation
import Synchronization

/// Threads that do the parts of one piece of work together with the thread that asks for it, and stay for the next piece.
///
/// They wait a moment for the next piece before they sleep, for pieces are short. Belongs to one thread.
final class PartThreads {
  private let crew: Crew
  private var started = 0

  init() { crew = Crew() }

  deinit { crew.leave(started) }

  /// Does `body` for each of `0 ..< count`, on `threads` threads at most; which one does which part is left open.
  func each(_ count: Int, threads: Int, _ body: (Int) -> Void) {
    let others = min(threads, count) - 1
    guard others > 0 else {
      for part in 0..<count { body(part) }
      return
    }
    while started < others { start() }
    withoutActuallyEscaping(body) { body in
      crew.begin(count, others: others, body)
      crew.takePart()
      crew.end()
    }
  }

  private func start() {
    let (crew, number) = (crew, started)
    crew.add()
    let thread = Thread { crew.serve(number) }
    thread.stackSize = 8 << 20
    thread.start()
    started += 1
  }

  /// What the threads share.
  private final class Crew: @unchecked Sendable {
    /// Written before `turn`s are raised and read after.
    private var body: ((Int) -> Void)?
    private var count = 0
    private var members: [Member] = []
    private let next = Atomic<Int>(0)
    private let working = Atomic<Int>(0)

    final class Member: Sendable {
      /// The number of pieces this thread was called to; −1 sends it home.
      let turn = Atomic<Int>(0)
      let sleeps = Atomic<Bool>(false)
      let wake = DispatchSemaphore(value: 0)
    }

    func add() { members.append(Member()) }

    func begin(_ count: Int, others: Int, _ body: @escaping (Int) -> Void) {
      (self.body, self.count) = (body, count)
      next.store(0, ordering: .relaxed)
      working.store(others, ordering: .relaxed)
      for member in members.prefix(others) { call(member) { $0 + 1 } }
    }

    private func call(_ member: Member, _ change: (Int) -> Int) {
      let turn = change(member.turn.load(ordering: .relaxed))
      member.turn.store(turn, ordering: .sequentiallyConsistent)
      if member.sleeps.exchange(false, ordering: .sequentiallyConsistent) { member.wake.signal() }
    }

    func takePart() {
      while true {
        let part = next.add(1, ordering: .relaxed).oldValue
        guard part < count else { return }
        body!(part)
      }
    }

    /// Waits until all have left.
    func end() {
      var rounds = 0
      while working.load(ordering: .acquiring) > 0 {
        rounds += 1
        if rounds > Self.patience { sched_yield() }
      }
      body = nil
    }

    func leave(_ started: Int) {
      for member in members.prefix(started) { call(member) { _ in -1 } }
    }

    func serve(_ number: Int) {
      let member = members[number]
      var seen = 0
      while true {
        var rounds = 0
        while member.turn.load(ordering: .acquiring) == seen {
          rounds += 1
          guard rounds > Self.patience else { continue }
          member.sleeps.store(true, ordering: .sequentiallyConsistent)
          if member.turn.load(ordering: .sequentiallyConsistent) == seen {
            member.wake.wait()
          } else if !member.sleeps.exchange(false, ordering: .sequentiallyConsistent) {
            // The call came in between and has signalled.
            member.wake.wait()
          }
        }
        seen = member.turn.load(ordering: .acquiring)
        guard seen >= 0 else { return }
        takePart()
        working.subtract(1, ordering: .releasing)
      }
    }

    /// Looks before a thread sleeps: some twenty microseconds.
    static let patience = 4000
  }
}
