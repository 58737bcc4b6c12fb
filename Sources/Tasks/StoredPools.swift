import Arithmetic

/// Samples of a data set, held as bytes and shared by everybody who draws from it.
struct StoredPools: SamplePools {
  /// The seed of every division into pools. It is fixed, so that the pools are the same for every run.
  static let partitionSeed: UInt64 = 0x6D65_7461_706F_6F6C

  private let pixels: [UInt8]
  private let inputCount: Int
  private let intensities: [Float]
  /// Samples by split and class.
  private var members: [[[Int32]]]
  private let hasTestFile: Bool

  /// - Parameters:
  ///   - pixels: all samples, training file first, [count, inputCount] row-major.
  ///   - labels: the class of each sample, below `classCount`.
  ///   - classCount: number of classes.
  ///   - greatest: the value that becomes intensity 1.
  ///   - trainCount: how many samples at the front came from a training file; 0 when there is only one file.
  init(pixels: [UInt8], labels: [UInt8], classCount: Int, greatest: Int, trainCount: Int) {
    precondition(
      !labels.isEmpty && pixels.count % labels.count == 0, "\(pixels.count) pixels for \(labels.count) labels")
    self.pixels = pixels
    inputCount = pixels.count / labels.count
    intensities = (0..<256).map { min(1, Float($0) / Float(greatest)) }
    hasTestFile = trainCount > 0

    var byClass = [[Int32]](repeating: [], count: classCount)
    for (sample, label) in labels.enumerated() { byClass[Int(label)].append(Int32(sample)) }
    var members = [[[Int32]]](repeating: [], count: Split.allCases.count)
    for (classIndex, all) in byClass.enumerated() {
      var stream = RandomStream(seed: Self.partitionSeed, purpose: .pools, lane: 0, UInt32(classIndex))
      var divided = trainCount > 0 ? all.filter { $0 < Int32(trainCount) } : all
      stream.shuffle(&divided)
      let selection = trainCount > 0 ? divided.count / 6 : divided.count / 4
      let test = trainCount > 0 ? 0 : divided.count / 4
      members[Int(Split.selection.rawValue)].append(divided.prefix(selection).sorted())
      let held = trainCount > 0 ? all.filter { $0 >= Int32(trainCount) } : Array(divided[selection..<selection + test])
      members[Int(Split.test.rawValue)].append(held.sorted())
      members[Int(Split.search.rawValue)].append(divided.dropFirst(selection + test).sorted())
    }
    self.members = members
  }

  func dividedEqually() -> (any SamplePools, partition: String)? {
    var equal = self
    let (search, selection, test) = (
      Int(Split.search.rawValue), Int(Split.selection.rawValue), Int(Split.test.rawValue)
    )
    for classIndex in members[search].indices {
      var all = (members[search][classIndex] + members[selection][classIndex]).sorted()
      if !hasTestFile { all = (all + members[test][classIndex]).sorted() }
      var stream = RandomStream(seed: Self.partitionSeed, purpose: .pools, lane: 1, UInt32(classIndex))
      stream.shuffle(&all)
      let part = all.count / (hasTestFile ? 2 : 3)
      equal.members[selection][classIndex] = all.prefix(part).sorted()
      if !hasTestFile { equal.members[test][classIndex] = all[part..<2 * part].sorted() }
      equal.members[search][classIndex] = all.dropFirst(hasTestFile ? part : 2 * part).sorted()
    }
    return (
      equal,
      hasTestFile
        ? "test is the test file; search and selection divide the training file 1 : 1, class by class"
        : "one file, divided 1 : 1 : 1 into search, selection and test, class by class"
    )
  }

  func size(_ split: Split, classIndex: Int) -> Int { members[Int(split.rawValue)][classIndex].count }

  func source(_ split: Split, classIndex: Int, member: Int) -> Int {
    Int(members[Int(split.rawValue)][classIndex][member])
  }

  func write(_ split: Split, classIndex: Int, member: Int, into inputs: UnsafeMutableBufferPointer<Float>) {
    let start = source(split, classIndex: classIndex, member: member) * inputCount
    pixels.withUnsafeBufferPointer { pixels in
      intensities.withUnsafeBufferPointer { intensities in
        for i in 0..<inputCount { inputs.initializeElement(at: i, to: intensities[Int(pixels[start + i])]) }
      }
    }
  }
}
