import Kernels
import Records
import Training

/// How far a training has come: what every run found epoch by epoch, and where the unfinished ones stand.
public struct TrainingCourse: Sendable {
  /// One system with one seed.
  public struct Run: Sendable {
    /// What came of each epoch; the answers of the last alone.
    public var epochs: [EpochResult] = []
    /// Where it stands; nil before the first epoch and after the last.
    public var checkpoint: TrainingCheckpoint<Float>?
    /// Whether nothing is left to do: all epochs are done, or a number is no number.
    public var isDone = false

    /// The answers to the samples held out after the last epoch.
    public var answers: [Int32]? { epochs.last.flatMap { $0.answers.isEmpty ? nil : $0.answers } }

    /// How it went, in the words of records.
    public var status: CandidateStatus { isDone ? epochs.last.map { CandidateStatus($0.outcome) } ?? .ok : .pending }

    /// A run that has not begun.
    public init() {}
  }

  /// Every system with every seed, system by system.
  public internal(set) var runs: [Run]
  /// What was planned.
  public let plan: TrainingPlan

  /// Nothing yet.
  public init(_ plan: TrainingPlan) {
    self.plan = plan
    runs = Array(repeating: Run(), count: plan.runCount)
  }

  /// The place of a run.
  public func index(system: Int, seed: Int) -> Int { system * plan.seeds.count + seed }

  /// The run of a system with a seed.
  public func run(system: Int, seed: Int) -> Run { runs[index(system: system, seed: seed)] }

  /// Notes an epoch of a run.
  mutating func note(_ result: EpochResult, _ checkpoint: TrainingCheckpoint<Float>, of run: Int) {
    if let last = runs[run].epochs.indices.last { runs[run].epochs[last].answers = [] }
    runs[run].epochs.append(result)
    let planned = plan.systems[run / plan.seeds.count].training.epochs
    runs[run].isDone = runs[run].epochs.count >= planned || result.outcome == .nan
    runs[run].checkpoint = runs[run].isDone ? nil : checkpoint
  }

  /// Whether all runs are done.
  public var isDone: Bool { runs.allSatisfy(\.isDone) }

  /// Epochs of the system that has most.
  public var mostEpochs: Int { plan.systems.map(\.training.epochs).max() ?? 0 }
}

extension CandidateStatus {
  /// The outcome of an epoch in the words of records.
  init(_ outcome: EpochResult.Outcome) {
    switch outcome {
    case .ok: self = .ok
    case .nan: self = .diverged
    case .silent: self = .silent
    case .saturated: self = .saturated
    }
  }

  /// The outcome that it is the word for.
  var outcome: EpochResult.Outcome {
    switch self {
    case .diverged: .nan
    case .silent: .silent
    case .saturated: .saturated
    default: .ok
    }
  }
}
