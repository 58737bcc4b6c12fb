import Kernels
import Layers
import Rules
import Systems

/// The part of a batch that one thread presents: a system of its own, its inputs, and the changes it asks for.
final class TrainingPart<Scalar: KernelScalar> {
  /// Where the targets of a connection are among all.
  struct Places {
    var weights: Int
    var bias: Int?
    var feedback: Int?
  }

  let system: any LearningSystem<Scalar>
  let capacity: Int
  /// The changes of each target, summed over the part.
  let changes: [UnsafeMutablePointer<Scalar>]
  /// Summed loss of the samples learned from.
  private(set) var loss = 0.0
  /// Samples learned from that were answered right.
  private(set) var right = 0
  /// Summed firing rates of the samples answered.
  private(set) var rateSums: [Double]

  private let change: RuleChange<Scalar>
  private let network: LayeredNetwork<Scalar>
  private let places: [Places]
  private let counts: [Int]
  private let steps: Int
  private let workspace: LayerWorkspace<Scalar>
  private let inputs: UnsafeMutablePointer<Scalar>
  private let labels: UnsafeMutablePointer<Int32>
  private let arena = Arena()

  init(
    _ system: any LearningSystem<Scalar>, _ change: RuleChange<Scalar>, _ network: LayeredNetwork<Scalar>,
    _ places: [Places], counts: [Int], capacity: Int, inputs: Int
  ) {
    (self.system, self.change, self.network) = (system, change, network)
    (self.places, self.counts) = (places, counts)
    self.capacity = capacity
    steps = inputs / network.shapes[0].count
    let arena = arena
    changes = counts.map { arena.allocate($0, of: Scalar.self) }
    workspace = LayerWorkspace(network)
    self.inputs = arena.allocate(capacity * inputs, of: Scalar.self)
    labels = arena.allocate(capacity, of: Int32.self)
    rateSums = [Double](repeating: 0, count: network.hiddenCounts.count)
  }

  /// Presents samples and notes the changes they ask for.
  /// - Parameters:
  ///   - first: which sample of its batch the first one is.
  ///   - firstSample: how many samples were presented in batches before.
  func learn(
    _ samples: UnsafeBufferPointer<Int32>, number: UInt32, first: Int, firstSample: Int, _ data: TrainingData,
    _ scaling: InputScaling
  ) {
    (loss, right) = (0, 0)
    guard samples.count > 0 else {
      for (change, count) in zip(changes, counts) { change.update(repeating: 0, count: count) }
      return
    }
    system.present(batch(samples, number: number, first: first, data, scaling), learning: true)
    for k in 0..<samples.count {
      loss += Double(system.losses[k])
      if answer(k) == labels[k] { right += 1 }
    }
    change.firstSample = firstSample + first
    for (l, place) in places.enumerated() {
      change.write(l, of: system, to: changes[place.weights], bias: place.bias.map { changes[$0] }, workspace)
      if let feedback = place.feedback { change.writeFeedback(l, of: system, to: changes[feedback], workspace) }
    }
  }

  /// Lets the system condition the changes of a whole batch.
  func condition(_ changes: [UnsafeMutablePointer<Scalar>]) {
    for (l, place) in places.enumerated() {
      system.condition(changes[place.weights], feedback: place.feedback.map { changes[$0] }, l)
    }
  }

  /// Presents samples held out.
  func answer(
    _ samples: UnsafeBufferPointer<Int32>, number: UInt32, _ data: TrainingData, _ scaling: InputScaling,
    into answers: UnsafeMutablePointer<Int32>, losses: UnsafeMutablePointer<Scalar>
  ) {
    system.present(batch(samples, number: number, first: 0, data, scaling), learning: false)
    for k in 0..<samples.count {
      answers[k] = answer(k)
      losses[k] = system.losses[k]
    }
    for (l, rate) in system.rates.enumerated() { rateSums[l] += rate * Double(samples.count) }
  }

  func forgetTally() {
    for l in rateSums.indices { rateSums[l] = 0 }
  }

  /// Takes the feedback of another part, where it learns.
  func copyFeedback(from other: TrainingPart) {
    for (l, place) in places.enumerated() {
      guard let feedback = place.feedback, let mine = system.feedback(l), let theirs = other.system.feedback(l),
        mine != theirs
      else { continue }
      mine.update(from: theirs, count: counts[feedback])
    }
  }

  private func batch(
    _ samples: UnsafeBufferPointer<Int32>, number: UInt32, first: Int, _ data: TrainingData, _ scaling: InputScaling
  ) -> SampleBatch<Scalar> {
    data.write(samples, scaling, into: inputs)
    for (k, sample) in samples.enumerated() { labels[k] = data.labels[Int(sample)] }
    return SampleBatch(
      count: samples.count, steps: steps, values: inputs, labels: labels, number: number, first: first)
  }

  /// The class with the largest score, the first of equals; −1 where none is a number.
  private func answer(_ k: Int) -> Int32 {
    let (scores, classes) = (system.scores + k * network.outputCount, network.outputCount)
    var best = -1
    for c in 0..<classes where scores[c] == scores[c] && (best < 0 || scores[c] > scores[best]) { best = c }
    return Int32(best)
  }
}
