import Foundation
import Synchronization
import Systems
import Tasks
import Training

/// The threads of a training: whole runs side by side while there are several, and the parts of a batch side by side where
/// there are more threads than runs. Neither touches a bit of the results.
public final class TrainingWork {
  /// An epoch that a run has finished.
  public struct Event: Sendable {
    /// The place of the run.
    public var run: Int
    /// What came of it.
    public var result: EpochResult
    var checkpoint: TrainingCheckpoint<Float>
  }

  private let plan: TrainingPlan
  private let data: TrainingData
  private let workers: Int
  private let shared = Shared()

  /// - Parameters:
  ///   - data: see `TrainingPlan.load`.
  ///   - workers: threads in all, at least 1.
  public init(_ plan: TrainingPlan, _ data: TrainingData, workers: Int) {
    (self.plan, self.data, self.workers) = (plan, data, workers)
  }

  /// What the threads and the one that started them share.
  private final class Shared: Sendable {
    struct State {
      var pending: [Int] = []
      var events: [Event] = []
      var active: [Int: Trainer<Float>] = [:]
      var threads = 0
      var failure: (any Error)?
    }
    let state = Mutex(State())
    let news = DispatchSemaphore(value: 0)
    let isStopped = Atomic<Bool>(false)
  }

  /// Presentations of samples in epochs that are under way, each weighed by what one costs.
  public func underWay(_ cost: (Int) -> Double) -> Double {
    shared.state.withLock { state in
      state.active.reduce(0) { $0 + cost($1.key) * Double($1.value.samplesDone) }
    }
  }

  /// Samples presented in epochs that are under way.
  public var samplesUnderWay: Int {
    shared.state.withLock { state in state.active.values.reduce(0) { $0 + $1.samplesDone } }
  }

  /// Goes on with all runs that are not done, from where the course has them.
  /// - Parameters:
  ///   - isWanted: asked about twenty times a second on the calling thread; after a false, epochs under way are dropped.
  ///   - ended: told of every epoch, on the calling thread, after the course has it.
  /// - Returns: whether all runs are done.
  /// - Throws: what kept a run from beginning.
  public func run(
    _ course: inout TrainingCourse, isWanted: () -> Bool, ended: (Event, TrainingCourse) throws -> Void
  ) throws -> Bool {
    let pending = course.runs.indices.filter { !course.runs[$0].isDone }
    guard !pending.isEmpty else { return true }
    let checkpoints = course.runs.map(\.checkpoint)
    let count = min(workers, pending.count)
    shared.state.withLock { state in
      state.pending = pending
      state.threads = count
    }
    for _ in 0..<count {
      let (plan, data, workers, shared) = (plan, data, workers, shared)
      let thread = Thread { Self.work(plan, data, checkpoints, workers: workers, shared) }
      thread.stackSize = 8 << 20
      thread.start()
    }
    defer {
      shared.isStopped.store(true, ordering: .relaxed)
      while shared.state.withLock({ $0.threads }) > 0 { _ = shared.news.wait(timeout: .now() + .milliseconds(20)) }
    }
    while true {
      _ = shared.news.wait(timeout: .now() + .milliseconds(50))
      let (events, isOver) = shared.state.withLock { state in
        defer { state.events = [] }
        return (state.events, state.threads == 0)
      }
      for event in events {
        course.note(event.result, event.checkpoint, of: event.run)
        try ended(event, course)
        if !isWanted() { shared.isStopped.store(true, ordering: .relaxed) }
      }
      if isOver { break }
      if !isWanted() { shared.isStopped.store(true, ordering: .relaxed) }
    }
    if let failure = shared.state.withLock({ $0.failure }) { throw failure }
    return course.isDone
  }

  /// What one thread does: run after run.
  private static func work(
    _ plan: TrainingPlan, _ data: TrainingData, _ checkpoints: [TrainingCheckpoint<Float>?], workers: Int,
    _ shared: Shared
  ) {
    defer {
      shared.state.withLock { $0.threads -= 1 }
      shared.news.signal()
    }
    while !shared.isStopped.load(ordering: .relaxed) {
      guard let run = shared.state.withLock({ $0.pending.isEmpty ? nil : $0.pending.removeFirst() }) else { return }
      do {
        let system = plan.systems[run / plan.seeds.count]
        let trainer = try plan.trainer(of: run, data)
        if let checkpoint = checkpoints[run] {
          guard trainer.restore(checkpoint) else {
            throw RecordMismatch(path: "the record", message: "its weights are not those of \(system.name)")
          }
        } else {
          trainer.begin()
        }
        shared.state.withLock { $0.active[run] = trainer }
        defer { shared.state.withLock { _ = $0.active.removeValue(forKey: run) } }
        while trainer.epoch < system.training.epochs {
          // Threads that have run out of runs help those that go on.
          let threads = shared.state.withLock { state in max(1, workers / max(1, state.active.count)) }
          let result = trainer.learnEpoch(threads: threads) { !shared.isStopped.load(ordering: .relaxed) }
          guard let result else { return }
          let event = Event(run: run, result: result, checkpoint: trainer.checkpoint)
          shared.state.withLock { $0.events.append(event) }
          shared.news.signal()
          if result.outcome == .nan { break }
        }
      } catch {
        shared.isStopped.store(true, ordering: .relaxed)
        shared.state.withLock { $0.failure = $0.failure ?? error }
        return
      }
    }
  }
}

extension TrainingPlan {
  /// Loads the data that it names.
  /// - Parameter directory: where to look first.
  /// - Throws: `TaskError` when files are missing or bad, or when there are fewer samples than wanted.
  public func load(_ directory: String?) throws(TaskError) -> TrainingData {
    let data = try TrainingData.load(self.data, directory: directory, merging: merging, division)
    for seed in seeds { _ = try DataDivision(data, division, seed: seed) }
    return data
  }

  /// The trainer of one run.
  func trainer(of run: Int, _ data: TrainingData) throws -> Trainer<Float> {
    let (system, seed) = (systems[run / seeds.count], seeds[run % seeds.count])
    let division = try DataDivision(data, self.division, seed: seed)
    var settings = system.training
    settings.seed = seed
    let scaling: InputScaling
    switch system.inputs {
    case .stated(let stated): scaling = stated
    case .standardised: scaling = data.scaling(of: division.train)
    case .standardisedInputs: scaling = data.scalingOfInputs(division.train)
    }
    let entry = systemCatalogue(Float.self).first { $0.card.name == system.card.name }!
    return try Trainer(
      entry, system.settings, rule: system.rule.rule, coefficients: system.coefficients, system.network,
      data: data.binned(steps(system)), division: division, scaling: scaling, settings)
  }
}
