/// How the changes of a rule reach the weights of a projection. All forms mean the same; only the order of additions
/// differs.
public enum PlanForm: String, Sendable, Hashable, CaseIterable {
  /// Every change is swept into the rows at once.
  case swept
  /// Changes are kept as products of vectors and written at the end of a sample.
  case deferred
  /// As deferred, and the input's spikes are known for the whole sample, so that nothing of the pre side is touched
  /// before its end.
  case ahead
}
