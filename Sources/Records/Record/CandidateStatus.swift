/// How the evaluation of a candidate, or one run of a rule, ended.
public enum CandidateStatus: Int8, Sendable, Hashable, CaseIterable, Codable {
  /// Not evaluated yet.
  case pending = 0
  /// Evaluated.
  case ok = 1
  /// The evaluation failed for a reason of its own.
  case failed = 2
  /// It took too long and was stopped.
  case timeout = 3
  /// A weight or potential became NaN or infinite.
  case diverged = 4
  /// The worker that evaluated it was lost too often.
  case workerLost = 5
  /// The network fell silent.
  case silent = 6
  /// The network fired without end.
  case saturated = 7
  /// It was far behind its generation after the first episodes and was not scored on the rest.
  case stopped = 8

  /// The word the file's `flag_meanings` use.
  public var word: String { self == .workerLost ? "worker_lost" : "\(self)" }

  /// All words, in the order of their codes.
  static let meanings = allCases.map(\.word).joined(separator: " ")
}
