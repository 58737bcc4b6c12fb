import Arithmetic
import Tasks

/// Which samples of a data set are learned from and which are held out.
public struct DivisionChoice: Sendable, Hashable, Codable {
  /// Samples to learn from, drawn with the run's seed; all that are there when nil.
  public var train: Int?
  /// Samples held out; all that are there, or a fifth where there is one file alone, when nil.
  public var test: Int?
  /// Held-out samples come from the data set's own test file where it has one; otherwise all samples are shuffled with the
  /// run's seed, and the first of them are learned from.
  public var usesTestFile = true

  /// Makes a choice.
  public init(train: Int? = nil, test: Int? = nil, usesTestFile: Bool = true) {
    (self.train, self.test, self.usesTestFile) = (train, test, usesTestFile)
  }
}

/// The samples of one run.
public struct DataDivision: Sendable, Hashable {
  /// Numbers of the samples to learn from.
  public var train: [Int32]
  /// Numbers of the samples held out.
  public var test: [Int32]

  /// The division of one run; equal (choice, seed) divide equally.
  /// - Throws: `TaskError` of kind `impossibleShape` when there are fewer samples than wanted.
  public init(_ data: TrainingData, _ choice: DivisionChoice, seed: UInt64) throws(TaskError) {
    func drawn(_ samples: Range<Int>, lane: UInt32) -> [Int32] {
      var all = samples.map(Int32.init)
      var stream = RandomStream(seed: seed, purpose: .pools, lane: lane)
      stream.shuffle(&all)
      return all
    }
    func short(_ noun: String, _ wanted: Int, _ there: Int) -> TaskError {
      TaskError(.impossibleShape, "\(data.name): \(wanted) samples to \(noun) of only \(there)")
    }
    if choice.usesTestFile, let count = data.trainingFileCount {
      let (training, testing) = (0..<count, count..<data.count)
      guard (choice.train ?? 1) <= training.count, !training.isEmpty else {
        throw short("learn from", choice.train ?? 1, training.count)
      }
      guard (choice.test ?? 1) <= testing.count else { throw short("hold out", choice.test ?? 1, testing.count) }
      train = choice.train.map { Array(drawn(training, lane: 2).prefix($0)) } ?? training.map(Int32.init)
      test = choice.test.map { drawn(testing, lane: 3).prefix($0).sorted() } ?? testing.map(Int32.init)
      return
    }
    let all = drawn(0..<data.count, lane: 2)
    let learned = choice.train ?? all.count - (choice.test ?? all.count / 5)
    let held = choice.test ?? all.count - learned
    guard learned > 0, held > 0, learned + held <= all.count else {
      throw TaskError(
        .impossibleShape,
        "\(data.name): \(learned) samples to learn from and \(held) to hold out of only \(all.count)")
    }
    train = Array(all.prefix(learned))
    test = all[learned..<learned + held].sorted()
  }
}
