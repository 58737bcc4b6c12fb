/// The input spikes of the sample at hand, known before its first step.
public final class InputSpikes {
  /// Steps of the sample; 0 when its spikes are not known.
  public private(set) var steps = 0
  /// Where the spikes of each step begin in `indices`, [steps + 1].
  private(set) var offsets = UnsafePointer<UInt32>(bitPattern: 4)!
  /// The inputs that spike, ascending within a step.
  private(set) var indices = UnsafePointer<UInt16>(bitPattern: 2)!

  /// Nothing known.
  public init() {}

  /// Takes the spikes of a sample: those of step `t` are `indices[offsets[t] ..< offsets[t + 1]]`. The arrays must stay
  /// where they are until the sample ends.
  public func know(indices: UnsafePointer<UInt16>, offsets: UnsafePointer<UInt32>, steps: Int) {
    self.indices = indices
    self.offsets = offsets
    self.steps = steps
  }

  /// Forgets them.
  public func forget() { steps = 0 }
}
