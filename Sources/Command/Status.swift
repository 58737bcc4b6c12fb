/// The exit codes of every verb.
enum Status: Int32, CaseIterable {
  /// Done.
  case done = 0
  /// Finished, but the condition asked for is false.
  case conditionIsFalse = 1
  /// The command line is wrong.
  case usage = 64
  /// A configuration, rule or data file is wrong.
  case badInput = 65
  /// An input is missing.
  case missingInput = 66
  /// A program that the work needs is not there, or failed.
  case unavailable = 69
  /// Our own slip.
  case ourBug = 70
  /// The output cannot be created, or exists.
  case cannotCreate = 73
  /// Reading or writing failed, or the disk is full.
  case ioError = 74
  /// Stopped early; can be resumed.
  case resumable = 75
  /// Interrupted by SIGHUP, after a publish.
  case hangup = 129
  /// Interrupted by SIGINT, after a publish.
  case interrupted = 130
  /// Interrupted by SIGTERM, after a publish.
  case terminated = 143
}

extension Status {
  /// What it means, for the manual.
  var meaning: String {
    switch self {
    case .done: "Done."
    case .conditionIsFalse: "Finished, but the condition asked for is false: records differ, a check failed."
    case .usage: "The command line is wrong."
    case .badInput: "A configuration, rule, record or data file is wrong."
    case .missingInput: "An input is missing."
    case .unavailable: "A program that the work needs is not there, or failed."
    case .ourBug: "A bug of metaplast: please report it."
    case .cannotCreate: "The output cannot be created, or exists."
    case .ioError: "Reading or writing failed, or the disk is full."
    case .resumable: "Stopped early; --resume goes on."
    case .hangup: "Stopped by SIGHUP, after a publish."
    case .interrupted: "Stopped by SIGINT, after a publish."
    case .terminated: "Stopped by SIGTERM, after a publish."
    }
  }
}

/// An end that has said already what there is to say.
struct EarlyExit: Error {
  var code: Status
}
