/// Why a run stops before its end.
public enum StopReason: String, Sendable, Hashable, CaseIterable {
  /// SIGINT.
  case interrupt
  /// SIGTERM.
  case terminate
  /// SIGHUP.
  case hangup
  /// SIGUSR1: a cluster wants the machine back.
  case requeue
  /// The time that the run was given is over.
  case timeIsUp = "time is up"
  /// The steps that the run was given are done.
  case stepsAreDone = "steps are done"
}

/// How the outside steers a run; everything is called on the thread that runs it.
public struct RunControl {
  /// Asked many times a second while episodes are scored; a reason drops what is unfinished and stops.
  public var stop: () -> StopReason?
  /// Asked before each step (a generation, a selection, the test) with the number of its episodes; a reason stops.
  public var mayBegin: (Int) -> StopReason?

  /// A control; by default a run goes on to its end.
  public init(stop: @escaping () -> StopReason? = { nil }, mayBegin: @escaping (Int) -> StopReason? = { _ in nil }) {
    self.stop = stop
    self.mayBegin = mayBegin
  }
}
