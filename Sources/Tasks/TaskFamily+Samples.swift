extension TaskFamily {
  /// Whether the data set says itself which samples are for testing: it has a test file.
  public var hasTestFile: Bool { pools.hasTestFile }

  /// The samples of some pools, class by class, for learning from a data set as a whole; labels are the family's class
  /// numbers.
  /// - Parameters:
  ///   - splits: the pools.
  ///   - perClass: the most samples of a class in each pool; all when nil.
  public func allSamples(_ splits: [Split], perClass: Int? = nil) -> Samples {
    let width = inputCount
    var drawn: [(split: Split, classIndex: Int, member: Int)] = []
    for split in splits {
      for classIndex in 0..<classCount {
        let size = pools.size(split, classIndex: classIndex)
        drawn += (0..<min(size, perClass ?? size)).map { (split, classIndex, $0) }
      }
    }
    let inputs = [Float](unsafeUninitializedCapacity: drawn.count * width) { buffer, count in
      for (row, one) in drawn.enumerated() where pools.window == nil {
        let target = UnsafeMutableBufferPointer(rebasing: buffer[row * width..<(row + 1) * width])
        pools.write(one.split, classIndex: one.classIndex, member: one.member, into: target)
      }
      count = pools.window == nil ? drawn.count * width : 0
    }
    var recorded = pools.window.map { Recordings(window: $0) }
    if recorded != nil {
      for one in drawn { pools.append(one.split, classIndex: one.classIndex, member: one.member, to: &recorded!) }
    }
    return Samples(
      inputCount: recorded == nil ? width : 0, inputs: inputs, labels: drawn.map(\.classIndex),
      sources: drawn.map { pools.source($0.split, classIndex: $0.classIndex, member: $0.member) }, recorded: recorded)
  }
}
