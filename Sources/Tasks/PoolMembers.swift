import Arithmetic

/// Which samples of a data set belong to which pool, by split and class.
struct PoolMembers: Sendable {
  /// The seed of every division into pools. It is fixed, so that the pools are the same for every run.
  static let partitionSeed: UInt64 = 0x6D65_7461_706F_6F6C

  /// Samples by split and class, ascending.
  private(set) var members: [[[Int32]]]
  /// One line that says how the pools are kept apart.
  private(set) var partition: String
  /// Whether the test pool is a file of its own.
  let hasTestFile: Bool

  /// Divides every class by itself: a test file is the test pool, and a sixth of the training file selects; a lone file
  /// is divided 2 : 1 : 1.
  /// - Parameters:
  ///   - labels: the class of each sample, training file first, below `classCount`.
  ///   - classCount: number of classes.
  ///   - trainCount: how many samples at the front came from a training file; 0 when there is only one file.
  init(labels: some Collection<some BinaryInteger>, classCount: Int, trainCount: Int) {
    hasTestFile = trainCount > 0
    partition =
      hasTestFile
      ? "test is the test file; search and selection divide the training file 5 : 1, class by class"
      : "one file, divided 2 : 1 : 1 into search, selection and test, class by class"
    let byClass = Self.byClass(labels, classCount: classCount)
    members = [[[Int32]]](repeating: [], count: Split.allCases.count)
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
  }

  /// Gives every class to one pool whole.
  /// - Parameters:
  ///   - labels: the class of each sample.
  ///   - owners: the pool of each class.
  ///   - partition: how the pools are kept apart.
  init(labels: some Collection<some BinaryInteger>, owners: [Split], partition: String) {
    hasTestFile = false
    self.partition = partition
    let byClass = Self.byClass(labels, classCount: owners.count)
    members = Split.allCases.map { split in
      zip(byClass, owners).map { $1 == split ? $0 : [] }
    }
  }

  /// The same samples, divided equally class by class.
  func dividedEqually() -> PoolMembers {
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
    equal.partition =
      hasTestFile
      ? "test is the test file; search and selection divide the training file 1 : 1, class by class"
      : "one file, divided 1 : 1 : 1 into search, selection and test, class by class"
    return equal
  }

  subscript(_ split: Split, _ classIndex: Int) -> [Int32] { members[Int(split.rawValue)][classIndex] }

  private static func byClass(_ labels: some Collection<some BinaryInteger>, classCount: Int) -> [[Int32]] {
    var byClass = [[Int32]](repeating: [], count: classCount)
    for (sample, label) in labels.enumerated() { byClass[Int(label)].append(Int32(sample)) }
    return byClass
  }
}
