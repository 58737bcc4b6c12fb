import Kernels

/// Some samples that are presented together, and their classes. Its memory belongs to whoever made it.
public struct SampleBatch<Scalar: KernelScalar> {
  /// How many samples.
  public var count: Int
  /// Steps that `values` holds: 1 for a constant drive, which systems repeat or encode as they see fit.
  public var steps: Int
  /// The inputs, `[step][sample][input]`.
  public var values: UnsafePointer<Scalar>
  /// The class of each sample.
  public var labels: UnsafePointer<Int32>
  /// What squared errors compare the readout with, `[sample][output]`; nil stands for 1 at the class, 0 elsewhere.
  public var targets: UnsafePointer<Scalar>?
  /// Names the random numbers of its encoding: the same for all parts of one batch, another for the next.
  public var number: UInt32
  /// Of a part of a batch: which sample of the batch its first one is. Random numbers of an encoding belong to the place
  /// of a sample in the whole batch.
  public var first: Int

  /// Makes a batch, or the part of one that begins at sample `first`.
  public init(
    count: Int, steps: Int, values: UnsafePointer<Scalar>, labels: UnsafePointer<Int32>, number: UInt32, first: Int = 0
  ) {
    (self.count, self.steps, self.values) = (count, steps, values)
    (self.labels, self.number, self.first) = (labels, number, first)
  }
}
