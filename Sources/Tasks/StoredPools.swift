/// Samples of a data set, held as bytes and shared by everybody who draws from it.
struct StoredPools: SamplePools {
  private let pixels: [UInt8]
  private let inputCount: Int
  private let intensities: [Float]
  /// Samples by split and class.
  private(set) var members: PoolMembers
  /// The samples divided equally, where pools have classes of their own.
  private let equal: PoolMembers?

  var hasOwnClasses: Bool { equal != nil }

  var hasTestFile: Bool { members.hasTestFile }

  /// - Parameters:
  ///   - pixels: all samples, training file first, [count, inputCount] row-major.
  ///   - sampleCount: how many samples there are.
  ///   - greatest: the value that becomes intensity 1.
  ///   - members: the samples by pool and class.
  ///   - equal: the same divided equally; class by class where nil.
  init(pixels: [UInt8], sampleCount: Int, greatest: Int, members: PoolMembers, equal: PoolMembers? = nil) {
    precondition(
      sampleCount > 0 && pixels.count % sampleCount == 0, "\(pixels.count) pixels for \(sampleCount) samples")
    self.pixels = pixels
    inputCount = pixels.count / sampleCount
    intensities = (0..<256).map { min(1, Float($0) / Float(greatest)) }
    self.members = members
    self.equal = equal
  }

  func dividedEqually() -> (any SamplePools, partition: String)? {
    var pools = self
    pools.members = equal ?? members.dividedEqually()
    return (pools, pools.members.partition)
  }

  func size(_ split: Split, classIndex: Int) -> Int { members[split, classIndex].count }

  func source(_ split: Split, classIndex: Int, member: Int) -> Int { Int(members[split, classIndex][member]) }

  func write(_ split: Split, classIndex: Int, member: Int, into inputs: UnsafeMutableBufferPointer<Float>) {
    let start = source(split, classIndex: classIndex, member: member) * inputCount
    pixels.withUnsafeBufferPointer { pixels in
      intensities.withUnsafeBufferPointer { intensities in
        for i in 0..<inputCount { inputs.initializeElement(at: i, to: intensities[Int(pixels[start + i])]) }
      }
    }
  }
}
