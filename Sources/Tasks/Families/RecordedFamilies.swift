extension TaskFamily {
  /// N-MNIST: digits seen by a moving silicon retina, two polarities of 34x34 pixels.
  static func addressEvents(
    name: String, about: String, _ found: FoundFiles, window: UInt32
  ) throws(TaskError) -> TaskFamily {
    var recordings = Recordings(window: window)
    var labels: [UInt8] = []
    var trainCount = 0
    for role in DataFile.Role.allCases {
      guard let path = found.paths[role] else { continue }
      try FileTree.open(path).forEach(limit: AddressEvents.limit) { entry, name, read throws(TaskError) in
        guard entry.hasSuffix(".bin"), !entry.hasPrefix("__MACOSX/") else { return }
        let parts = entry.split(separator: "/")
        guard parts.count >= 2, let digit = UInt8(parts[parts.count - 2]), digit <= 9 else {
          throw TaskError(.badData, "\(name): is not named DIGIT/NUMBER.bin")
        }
        let events = try AddressEvents.decode(try read(), name: name)
        guard recordings.units.count + events.units.count <= largestEventCount else {
          throw TaskError(.badData, "\(path): has more than the \(largestEventCount) events that are read")
        }
        recordings.append(units: events.units, times: events.times)
        labels.append(digit)
      }
      if role == .train { trainCount = labels.count }
    }
    guard !labels.isEmpty else { throw TaskError(.badData, "\(found.allPaths[0]): has no recordings") }
    return .recorded(
      name: name, about: about, inputShape: [2, AddressEvents.side, AddressEvents.side], classCount: 10,
      files: found.allPaths, recordings, labels: labels, trainCount: trainCount)
  }

  /// Spikes in HDF5 files laid out as the Spiking Heidelberg Digits are.
  static func spikeLists(
    name: String, about: String, _ found: FoundFiles, inputShape: [Int], classCount: Int, window: UInt32
  ) throws(TaskError) -> TaskFamily {
    var recordings = Recordings(window: window)
    var labels: [UInt16] = []
    var trainCount = 0
    for role in [DataFile.Role.train, .test] {
      guard let path = found.paths[role] else { preconditionFailure("no \(role) file among \(found.paths)") }
      let file = try SpikeListFile.read(path, unitCount: inputShape.reduce(1, *), classCount: classCount)
      guard recordings.units.count + file.units.count <= largestEventCount else {
        throw TaskError(.badData, "\(path): has more than the \(largestEventCount) events that are read")
      }
      for k in file.labels.indices {
        let events = file.offsets[k]..<file.offsets[k + 1]
        recordings.append(units: file.units[events], times: file.times[events])
      }
      labels += file.labels
      if role == .train { trainCount = labels.count }
    }
    return .recorded(
      name: name, about: about, inputShape: inputShape, classCount: classCount, files: found.allPaths, recordings,
      labels: labels, trainCount: trainCount)
  }

  private static func recorded(
    name: String, about: String, inputShape: [Int], classCount: Int, files: [String], _ recordings: Recordings,
    labels: [some BinaryInteger], trainCount: Int
  ) -> TaskFamily {
    let members = PoolMembers(labels: labels, classCount: classCount, trainCount: trainCount)
    return TaskFamily(
      name: name, about: about, inputShape: inputShape, classCount: classCount, files: files,
      partition: members.partition,
      pools: RecordedPools(recordings, inputCount: inputShape.reduce(1, *), members: members))
  }
}

/// The most events of a data set.
private let largestEventCount = 1 << 28
