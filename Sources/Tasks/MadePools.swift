import Arithmetic

/// Samples made in code, each from its own address, so that they need no memory and never run out of order.
///
/// Every split has streams of its own (lane = split): its samples, and its classes where classes are random.
struct MadePools: SamplePools {
  /// Members of each class in each pool.
  static let poolSize = 10_000

  let classCount: Int
  /// Tells families apart; fixed, so that the samples are the same for every run.
  let seed: UInt64
  /// Writes the sample of (split, class) that the stream holds.
  let make: @Sendable (Split, Int, inout RandomStream, UnsafeMutableBufferPointer<Float>) -> Void

  func size(_ split: Split, classIndex: Int) -> Int { Self.poolSize }

  func source(_ split: Split, classIndex: Int, member: Int) -> Int {
    (Int(split.rawValue) * classCount + classIndex) * Self.poolSize + member
  }

  func write(_ split: Split, classIndex: Int, member: Int, into inputs: UnsafeMutableBufferPointer<Float>) {
    inputs.initialize(repeating: 0)
    // Index 0 belongs to the class itself, see `classStream`.
    var stream = RandomStream(
      seed: seed, purpose: .samples, lane: split.rawValue, UInt32(classIndex), UInt32(member + 1))
    make(split, classIndex, &stream, inputs)
  }

  /// The numbers that define a class of a split.
  static func classStream(seed: UInt64, _ split: Split, _ classIndex: Int) -> RandomStream {
    RandomStream(seed: seed, purpose: .samples, lane: split.rawValue, UInt32(classIndex), 0)
  }

  /// One value for each (split, class), drawn from that class's stream.
  static func perClass<Value>(
    seed: UInt64, classCount: Int, _ draw: (inout RandomStream) -> Value
  ) -> [[Value]] {
    Split.allCases.map { split in
      (0..<classCount).map { classIndex in
        var stream = classStream(seed: seed, split, classIndex)
        return draw(&stream)
      }
    }
  }
}

extension TaskFamily {
  /// How made-in-code families with random classes keep their pools apart.
  static let ownClasses = "every pool has classes and samples of its own"
  /// How made-in-code families with fixed classes keep their pools apart.
  static let ownSamples = "the classes are fixed, every pool has samples of its own"
}
