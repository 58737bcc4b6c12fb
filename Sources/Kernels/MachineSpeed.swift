import CKernels
import Dispatch
import Synchronization

/// What this machine can do on the present vector path, in single precision: the peaks that a kernel is held against.
public struct MachineSpeed: Sendable {
  /// One thing that is measured.
  public enum Quantity: Hashable, Sendable {
    /// Multiply-adds in one instruction where the path has one, in operations per second; a multiply-add counts as two.
    case fused
    /// Multiplications and additions as the kernels do them, in operations per second.
    case separate
    /// Bytes read per second from a working set of so many bytes.
    case read(bytes: Int)
    /// Bytes read and written per second, both counted, in a working set of so many bytes that is changed in place.
    case update(bytes: Int)
  }

  /// The sizes of the data caches that one core sees, the nearest first; at least three.
  public let caches: [Int]

  /// - Parameter caches: sizes of the data caches in bytes, the nearest first; unknown ones are filled up with 32 KiB,
  ///   1 MiB and 16 MiB.
  public init(caches: [Int]) {
    let usual = [32 << 10, 1 << 20, 16 << 20]
    self.caches = caches + usual.dropFirst(caches.count)
  }

  /// A working set for each level: half of each cache, and for the memory four times the last one, 64 to 512 MiB.
  public var workingSets: [Int] {
    let whole = caches.map { min($0 / 2, 128 << 20) } + [min(max(4 * caches[caches.count - 1], 64 << 20), 512 << 20)]
    return whole.map { max($0 / 1024, 1) * 1024 }
  }

  /// Measures one quantity on `cores` threads at once.
  /// - Parameters:
  ///   - quantity: what to measure.
  ///   - cores: how many threads do the same work side by side, at least 1.
  ///   - seconds: how long; the best of many short repetitions counts.
  /// - Returns: operations or bytes per second of one of the threads, their mean.
  public static func measure(_ quantity: Quantity, cores: Int, seconds: Double) -> Double {
    precondition(cores >= 1, "\(cores) cores")
    let total = Mutex(0.0)
    let ready = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: cores) { _ in
      let rate = measureHere(quantity, seconds: seconds) {
        // All begin together, unless some thread never comes.
        ready.add(1, ordering: .releasing)
        let began = ContinuousClock.now
        while ready.load(ordering: .acquiring) < cores, began.duration(to: .now) < .seconds(1) {}
      }
      total.withLock { $0 += rate }
    }
    return total.withLock { $0 } / Double(cores)
  }

  private static func measureHere(_ quantity: Quantity, seconds: Double, start: () -> Void) -> Double {
    switch quantity {
    case .fused, .separate:
      start()
      let repeats = 50_000
      var operations = 0
      let time = best(seconds) {
        quantity == .fused
          ? mp_machine_fused_f32(repeats, 0.5, 1, &operations) : mp_machine_separate_f32(repeats, 0.5, 1, &operations)
      }
      return Double(operations) / time
    case .read(let bytes), .update(let bytes):
      let arena = Arena()
      let count = max(bytes / 1024, 1) * 256
      let numbers = arena.allocate(count, of: Float.self)
      start()
      // Small sets are swept often enough for the clock.
      let sweeps = max(1, (1 << 20) / (4 * count))
      let isUpdate = if case .update = quantity { true } else { false }
      let time = best(seconds) {
        isUpdate
          ? mp_machine_update_f32(numbers, count, sweeps, 1) : mp_machine_read_f32(numbers, count, sweeps)
      }
      return Double(4 * count * sweeps * (isUpdate ? 2 : 1)) / time
    }
  }

  /// The shortest time of `body`, over `seconds` and at least three times.
  private static func best(_ seconds: Double, _ body: () -> Float) -> Double {
    let clock = ContinuousClock()
    let began = clock.now
    var best = Double.infinity
    var times = 0
    var now = began
    while times < 3 || (now - began) / .seconds(1) < seconds {
      keep(body())
      let after = clock.now
      // The first time warms up.
      if times > 0 { best = min(best, (after - now) / .seconds(1)) }
      now = after
      times += 1
    }
    return best
  }

  /// Keeps the compiler from dropping the work that made `value`.
  @inline(never) @_optimize(none) private static func keep(_ value: Float) {}
}
