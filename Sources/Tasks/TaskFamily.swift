import Arithmetic

/// Where few-shot problems come from: a data set, or samples made in code.
public struct TaskFamily: Sendable {
  /// The name used in experiments, such as `fashion-mnist`.
  public let name: String
  /// One line that says what the samples are.
  public let about: String
  /// The shape of one sample: rows and columns of an image, colours or polarities before them where there are any, or one
  /// number of units.
  public internal(set) var inputShape: [Int]
  /// Classes to draw from, in all pools together.
  public let classCount: Int
  /// The files the samples were read from; empty for samples made in code.
  public let files: [String]
  /// One line that says how the search, selection and test pools are kept apart.
  public private(set) var partition: String
  /// The samples behind the family.
  var pools: any SamplePools

  /// The family with its samples divided into pools in another way; samples made in code never run short and stay as
  /// they are.
  public func divided(_ division: PoolDivision) -> TaskFamily {
    guard division == .equal, let divided = pools.dividedEqually() else { return self }
    var family = self
    (family.pools, family.partition) = divided
    return family
  }

  /// Inputs per sample, the product of `inputShape`.
  public var inputCount: Int { inputShape.reduce(1, *) }

  /// The classes that a split's pool has samples of: all, but where pools have classes of their own.
  public func classes(_ split: Split) -> [Int] {
    (0..<classCount).filter { pools.size(split, classIndex: $0) > 0 }
  }

  /// How many samples of each class a split's pool holds; 0 for a class that belongs to another pool.
  public func poolSizes(_ split: Split) -> [Int] {
    (0..<classCount).map { pools.size(split, classIndex: $0) }
  }

  /// The identities of the samples of one class in a split's pool, as episodes state them in `Samples.sources`.
  public func sources(_ split: Split, classIndex: Int) -> [Int] {
    (0..<pools.size(split, classIndex: classIndex)).map {
      pools.source(split, classIndex: classIndex, member: $0)
    }
  }

  /// Checks that episodes of `shape` exist in each of `splits`.
  /// - Throws: `TaskError` of kind `impossibleShape` that says what is short, and by how much.
  public func check(_ shape: EpisodeShape, splits: [Split] = Split.allCases) throws(TaskError) {
    for (noun, count) in [("ways", shape.ways), ("shots", shape.shots), ("query", shape.query)] where count < 1 {
      throw TaskError(.impossibleShape, "\(name): \(noun) is \(count), but at least 1 is needed")
    }
    if shape.supportFromSearch, pools.hasOwnClasses {
      throw TaskError(.impossibleShape, "\(name): the search pool has no sample of the classes that other pools have")
    }
    let (perWay, overflow) = shape.shots.addingReportingOverflow(shape.query)
    for split in splits {
      if shape.supportFromSearch, split != .search {
        try checkApart(shape, split)
        continue
      }
      let sizes = poolSizes(split)
      let own = drawn(split)
      guard shape.withReplacement || shape.ways <= own.count else {
        let place = own.count < classCount ? " in the \(split) pool" : ""
        throw TaskError(.impossibleShape, "\(name): \(shape.ways) ways of only \(own.count) classes\(place)")
      }
      guard let scarce = own.min(by: { sizes[$0] < sizes[$1] }) else {
        throw TaskError(.impossibleShape, "\(name): there is no sample in the \(split) pool")
      }
      guard !overflow, perWay <= sizes[scarce] else {
        throw TaskError(
          .impossibleShape,
          "\(name): \(shape.shots) shots and \(shape.query) query examples of each way are more than the "
            + "\(sizes[scarce]) samples that class \(scarce) has in the \(split) pool")
      }
    }
  }

  /// Checks that the search pool has the shots and the split's own pool the queries.
  private func checkApart(_ shape: EpisodeShape, _ split: Split) throws(TaskError) {
    guard shape.withReplacement || shape.ways <= classCount else {
      throw TaskError(.impossibleShape, "\(name): \(shape.ways) ways of only \(classCount) classes")
    }
    for (noun, wanted, pool) in [("shots", shape.shots, Split.search), ("query examples", shape.query, split)] {
      let sizes = poolSizes(pool)
      guard let scarce = sizes.indices.min(by: { sizes[$0] < sizes[$1] }), wanted <= sizes[scarce] else {
        throw TaskError(
          .impossibleShape,
          "\(name): \(wanted) \(noun) of each way are more than the \(sizes.min() ?? 0) samples that a class has in "
            + "the \(pool) pool")
      }
    }
  }

  /// The episode at (seed, split, index).
  ///
  /// Classes and examples are drawn without replacement. The query examples of a way do not depend on the number of
  /// shots, and with fewer shots a way keeps the first of its support examples, so shots can be compared in pairs.
  /// - Parameters:
  ///   - seed: the run's seed.
  ///   - split: the pool to draw from.
  ///   - index: the number of the episode.
  ///   - shape: ways, shots and query.
  /// - Precondition: `check(shape, splits: [split])` passes.
  /// - Complexity: O(ways · (shots + query) · inputs).
  public func episode(seed: UInt64, split: Split, index: UInt32, shape: EpisodeShape) -> Episode {
    let lane = split.rawValue
    var stream = RandomStream(seed: seed, purpose: .episode, lane: lane, index, 0)
    let own = drawn(split)
    let numbers =
      shape.withReplacement
      ? (0..<shape.ways).map { _ in stream.below(own.count) } : stream.sample(shape.ways, below: own.count)
    let classes = numbers.map { own[$0] }

    var support: [(classIndex: Int, member: Int, label: Int)] = []
    var query = support
    let isApart = shape.supportFromSearch && split != .search
    for (way, classIndex) in classes.enumerated() {
      // A class drawn again continues the draw of its first way as long as its samples last, then begins anew.
      let first = classes.firstIndex(of: classIndex)!
      var members = RandomStream(seed: seed, purpose: .episode, lane: lane, index, UInt32(first + 1))
      let size = pools.size(split, classIndex: classIndex)
      let perWay = isApart ? shape.query : shape.query + shape.shots
      precondition(perWay <= size, "\(perWay) samples of a class that has \(size)")
      let turn = classes[..<way].count { $0 == classIndex } % (size / perWay)
      let drawn = members.sample((turn + 1) * perWay, below: size).suffix(perWay)
      let label = shape.keepsLabels ? classIndex : first
      query += drawn.prefix(shape.query).map { (classIndex, $0, label) }
      if isApart {
        // A stream of its own: the same queries whatever is learned.
        var learned = RandomStream(
          seed: seed, purpose: .episode, lane: lane, index, UInt32(first + 1) | 1 << 31)
        let count = pools.size(.search, classIndex: classIndex)
        let before = classes[..<way].count { $0 == classIndex } % (count / shape.shots)
        support += learned.sample((before + 1) * shape.shots, below: count).suffix(shape.shots).map {
          (classIndex, $0, label)
        }
      } else {
        support += drawn.dropFirst(shape.query).map { (classIndex, $0, label) }
      }
    }
    stream.shuffle(&support)
    return Episode(
      split: split, index: index, classes: classes, outputCount: shape.keepsLabels ? classCount : shape.ways,
      support: samples(isApart ? .search : split, support), query: samples(split, query))
  }

  /// The classes that episodes of a split draw from: those that its pool has, where pools have classes of their own, and
  /// otherwise all, also one that has run short.
  private func drawn(_ split: Split) -> [Int] { pools.hasOwnClasses ? classes(split) : Array(0..<classCount) }

  private func samples(_ split: Split, _ drawn: [(classIndex: Int, member: Int, label: Int)]) -> Samples {
    let width = inputCount
    let inputs = [Float](unsafeUninitializedCapacity: drawn.count * width) { buffer, count in
      for (row, one) in drawn.enumerated() {
        let target = UnsafeMutableBufferPointer(rebasing: buffer[row * width..<(row + 1) * width])
        pools.write(split, classIndex: one.classIndex, member: one.member, into: target)
      }
      count = drawn.count * width
    }
    var recorded = pools.window.map { Recordings(window: $0) }
    if recorded != nil {
      for one in drawn { pools.append(split, classIndex: one.classIndex, member: one.member, to: &recorded!) }
    }
    return Samples(
      inputCount: width, inputs: inputs, labels: drawn.map(\.label),
      sources: drawn.map { pools.source(split, classIndex: $0.classIndex, member: $0.member) }, recorded: recorded)
  }
}

/// The samples of a family, addressed by (split, class, member).
protocol SamplePools: Sendable {
  /// Members of one class in the pool of one split.
  func size(_ split: Split, classIndex: Int) -> Int
  /// The identity of a member: equal only where the sample is the same one.
  func source(_ split: Split, classIndex: Int, member: Int) -> Int
  /// Writes every intensity of a member, in `0 ... 1`, into uninitialised memory.
  func write(_ split: Split, classIndex: Int, member: Int, into inputs: UnsafeMutableBufferPointer<Float>)
  /// The same samples divided equally, and a line that says how; nil where pools never run short.
  func dividedEqually() -> (any SamplePools, partition: String)?
  /// Whether every class belongs to one pool alone.
  var hasOwnClasses: Bool { get }
  /// Whether the test pool is a file of its own.
  var hasTestFile: Bool { get }
  /// How long recorded spikes are looked at, in microseconds; nil where samples are not recorded spikes.
  var window: UInt32? { get }
  /// Spikes of the longest recording.
  var greatestEventCount: Int { get }
  /// Appends the recorded spikes of a member.
  func append(_ split: Split, classIndex: Int, member: Int, to recorded: inout Recordings)
  /// The same recordings with units named anew.
  func merged(_ unit: [UInt16], inputCount: Int) -> any SamplePools
}

extension SamplePools {
  func dividedEqually() -> (any SamplePools, partition: String)? { nil }
  var hasOwnClasses: Bool { false }
  var hasTestFile: Bool { false }
  var window: UInt32? { nil }
  var greatestEventCount: Int { 0 }
  func append(_ split: Split, classIndex: Int, member: Int, to recorded: inout Recordings) {}
  func merged(_ unit: [UInt16], inputCount: Int) -> any SamplePools { self }
}
