import Experiments
import Foundation

/// What signals have asked for. Handlers only set flags; the thread that runs the work looks at them.
enum Signals {
  /// [0] the signal that stops, [1] whether a publish is wanted. Written by handlers, so plain memory and no lock.
  private nonisolated(unsafe) static let flags: UnsafeMutablePointer<sig_atomic_t> = {
    let flags = UnsafeMutablePointer<sig_atomic_t>.allocate(capacity: 2)
    flags.initialize(repeating: 0, count: 2)
    return flags
  }()

  /// A reader that goes away ends in an error of `write`, not in the end of the program.
  static func ignoreBrokenPipe() { signal(SIGPIPE, SIG_IGN) }

  /// Catches the signals that a long run answers to.
  static func catchAll() {
    _ = flags
    for number in [SIGINT, SIGTERM, SIGHUP, SIGUSR1] {
      signal(number) { number in
        // A second interrupt leaves at once; the last published record is intact by design.
        if number == SIGINT && Signals.flags[0] == SIGINT { _exit(130) }
        if Signals.flags[0] == 0 || number == SIGINT { Signals.flags[0] = number }
      }
    }
    signal(SIGUSR2) { _ in Signals.flags[1] = 1 }
    // Whoever started the program may have had them blocked, and that is inherited.
    var wanted = sigset_t()
    sigemptyset(&wanted)
    for number in [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2] { sigaddset(&wanted, number) }
    pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
  }

  /// Why to stop, if a signal asked for it.
  static var stop: StopReason? {
    switch flags[0] {
    case 0: nil
    case SIGTERM: .terminate
    case SIGHUP: .hangup
    case SIGUSR1: .requeue
    default: .interrupt
    }
  }

  /// Whether a publish was asked for since the last call.
  static func takePublish() -> Bool {
    defer { flags[1] = 0 }
    return flags[1] != 0
  }
}

extension StopReason {
  /// The exit code after the publish.
  var status: Status {
    switch self {
    case .interrupt: .interrupted
    case .terminate: .terminated
    case .hangup: .hangup
    case .requeue, .timeIsUp, .stepsAreDone: .resumable
    }
  }
}
