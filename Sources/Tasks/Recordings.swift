/// Recorded spikes of samples, one recording after the other.
///
/// The events of recording `k` are those at `offsets[k] ..< offsets[k + 1]`.
public struct Recordings: Sendable {
  /// How long a recording is looked at, in microseconds; no event is later.
  public let window: UInt32
  /// Where the events of each recording begin, [count + 1].
  public private(set) var offsets: [Int]
  /// The unit of each event.
  public private(set) var units: [UInt16]
  /// The time of each event in microseconds, below `window`.
  public private(set) var times: [UInt32]

  /// No recordings yet.
  public init(window: UInt32) {
    precondition(window > 0, "a window of \(window) microseconds")
    self.window = window
    offsets = [0]
    units = []
    times = []
  }

  /// Number of recordings.
  public var count: Int { offsets.count - 1 }

  /// Appends a recording; events that are not within the window are left out.
  public mutating func append(units new: some Sequence<UInt16>, times at: some Sequence<UInt32>) {
    for (unit, time) in zip(new, at) where time < window {
      units.append(unit)
      times.append(time)
    }
    offsets.append(units.count)
  }

  /// The events of recording `k`.
  public func events(_ k: Int) -> Range<Int> { offsets[k]..<offsets[k + 1] }

  /// Events of the longest recording.
  var greatestCount: Int { zip(offsets, offsets.dropFirst()).reduce(0) { max($0, $1.1 - $1.0) } }

  /// The step, of `steps` that divide the window equally, in which event `i` falls.
  public func step(_ i: Int, of steps: Int) -> Int { Int(times[i]) * steps / Int(window) }

  /// The same events at units that `unit` names anew.
  func renamed(_ unit: [UInt16]) -> Recordings {
    var renamed = self
    renamed.units = units.map { unit[Int($0)] }
    return renamed
  }
}

/// Recorded spikes of a data set; intensities are counts of spikes.
struct RecordedPools: SamplePools {
  private let recordings: Recordings
  private let inputCount: Int
  /// The count that becomes intensity 1: the greatest of one unit in one recording.
  private let greatest: Float
  private var members: PoolMembers

  init(_ recordings: Recordings, inputCount: Int, members: PoolMembers) {
    self.recordings = recordings
    self.inputCount = inputCount
    self.members = members
    var counts = [Int](repeating: 0, count: inputCount)
    var greatest = 1
    for k in 0..<recordings.count {
      for i in recordings.events(k) {
        counts[Int(recordings.units[i])] += 1
        greatest = max(greatest, counts[Int(recordings.units[i])])
      }
      for i in recordings.events(k) { counts[Int(recordings.units[i])] = 0 }
    }
    self.greatest = Float(greatest)
  }

  func dividedEqually() -> (any SamplePools, partition: String)? {
    var pools = self
    pools.members = members.dividedEqually()
    return (pools, pools.members.partition)
  }

  func size(_ split: Split, classIndex: Int) -> Int { members[split, classIndex].count }

  func source(_ split: Split, classIndex: Int, member: Int) -> Int { Int(members[split, classIndex][member]) }

  func write(_ split: Split, classIndex: Int, member: Int, into inputs: UnsafeMutableBufferPointer<Float>) {
    inputs.initialize(repeating: 0)
    for i in recordings.events(source(split, classIndex: classIndex, member: member)) {
      inputs[Int(recordings.units[i])] += 1
    }
    for i in inputs.indices { inputs[i] /= greatest }
  }

  var window: UInt32? { recordings.window }

  var hasTestFile: Bool { members.hasTestFile }

  var greatestEventCount: Int { recordings.greatestCount }

  func append(_ split: Split, classIndex: Int, member: Int, to recorded: inout Recordings) {
    let events = recordings.events(source(split, classIndex: classIndex, member: member))
    recorded.append(units: recordings.units[events], times: recordings.times[events])
  }

  func merged(_ unit: [UInt16], inputCount: Int) -> any SamplePools {
    RecordedPools(recordings.renamed(unit), inputCount: inputCount, members: members)
  }
}

extension TaskFamily {
  /// Whether the family's samples are recorded spikes.
  public var isRecorded: Bool { pools.window != nil }

  /// How long a recording is looked at, in seconds; nil for samples that are not recorded spikes.
  public var window: Double? { pools.window.map { Double($0) / 1e6 } }

  /// Spikes of the longest recording within the window.
  public var greatestEventCount: Int { pools.greatestEventCount }

  /// The family with recorded units merged: neighbours along each axis of the input shape, `factor` at a time, with the
  /// last of them fewer where the factor does not divide; of three axes the first, the polarity, stays.
  ///
  /// Other families stay as they are.
  /// - Parameter factor: at least 1.
  public func merged(_ factor: Int) -> TaskFamily {
    precondition(factor >= 1, "units merged \(factor) at a time")
    guard factor > 1, isRecorded else { return self }
    let factors = inputShape.indices.map { inputShape.count == 3 && $0 == 0 ? 1 : factor }
    let shape = zip(inputShape, factors).map { ($0 + $1 - 1) / $1 }
    let unit = (0..<inputCount).map { old -> UInt16 in
      var rest = old
      var stride = 1
      var new = 0
      for axis in inputShape.indices.reversed() {
        new += rest % inputShape[axis] / factors[axis] * stride
        rest /= inputShape[axis]
        stride *= shape[axis]
      }
      return UInt16(new)
    }
    var family = self
    family.inputShape = shape
    family.pools = pools.merged(unit, inputCount: shape.reduce(1, *))
    return family
  }
}
