import Kernels
import Tasks
import TestSupport
import Testing
import Training

@Suite("Data to train with")
struct TrainingDataTests {
  private func rows(_ data: TrainingData, _ samples: [Int32], _ scaling: InputScaling = InputScaling()) -> [Float] {
    let arena = Arena()
    let count = samples.count * data.steps * data.shape.count
    let batch = arena.allocate(count, of: Float.self)
    samples.withUnsafeBufferPointer { data.write($0, scaling, into: batch) }
    return withExtendedLifetime(arena) { (0..<count).map { batch[$0] } }
  }

  @Test("colours come last in a batch, whatever the family's order")
  func channelsLast() {
    // Two samples of 2 colours on a grid of 2 by 3: number 10 · colour + place, 100 more in the second.
    var inputs: [Float] = []
    for sample in 0..<2 {
      for colour in 0..<2 { inputs += (0..<6).map { place in Float(100 * sample + 10 * colour + place) } }
    }
    let data = TrainingData(
      name: "grid", inputShape: [2, 2, 3], classCount: 2,
      samples: Samples(inputCount: 12, inputs: inputs, labels: [0, 1], sources: [0, 1]), trainingFileCount: nil,
      steps: 1)
    #expect(data.shape.height == 2 && data.shape.width == 3 && data.shape.channels == 2)
    #expect(rows(data, [1]) == [100, 110, 101, 111, 102, 112, 103, 113, 104, 114, 105, 115])
  }

  @Test("events become ones in the step of their time, step by step for all samples of a batch")
  func events() {
    var recorded = Recordings(window: 100)
    recorded.append(units: [0, 3, 3], times: [0, 49, 30])
    recorded.append(units: [2, 1], times: [99, 10])
    let data = TrainingData(
      name: "events", inputShape: [2, 1, 2], classCount: 2,
      samples: Samples(inputCount: 0, inputs: [], labels: [0, 1], sources: [0, 1], recorded: recorded),
      trainingFileCount: nil, steps: 2)
    // Units (polarity, column) become (column, polarity): 0 → 0, 1 → 2, 2 → 1, 3 → 3.
    #expect(rows(data, [0, 1]) == [1, 0, 0, 1, 0, 0, 1, 0] + [0, 0, 0, 0, 0, 1, 0, 0])
  }

  @Test("standardised samples have mean 0 and deviation 1, those of training alone")
  func scaling() {
    let data = TrainingData(
      name: "numbers", inputShape: [2], classCount: 1,
      samples: Samples(inputCount: 2, inputs: [1, 3, 5, 7, 100, 200], labels: [0, 0, 0], sources: [0, 1, 2]),
      trainingFileCount: 2, steps: 1)
    let scaling = data.scaling(of: [0, 1])
    #expect(scaling.mean == 4 && abs(scaling.deviation - 5.0.squareRoot()) < 1e-15)
    let found = rows(data, [0, 1], scaling)
    #expect(abs(found.reduce(0, +)) < 1e-6)
    #expect(abs(found.reduce(0) { $0 + $1 * $1 } / 4 - 1) < 1e-6)
  }

  @Test("digits divide into 1400 and 397 by the seed, without a sample in both")
  func digits() throws {
    guard sharedData.isAvailable("digits") else { return }
    let choice = DivisionChoice(train: 1400, test: 397)
    let data = try TrainingData.load("digits", directory: sharedData.folder.path, choice)
    let (one, two) = (try DataDivision(data, choice, seed: 1), try DataDivision(data, choice, seed: 2))
    #expect(one.train.count == 1400 && one.test.count == 397)
    #expect(Set(one.train + one.test).count == 1797)
    #expect(one != two)
    #expect(one == (try DataDivision(data, choice, seed: 1)))
    #expect(throws: TaskError.self) { try DataDivision(data, DivisionChoice(train: 1700, test: 98), seed: 1) }
  }

  @Test("a data set with a test file holds out that file, and few samples are drawn with the seed")
  func testFile() throws {
    let data = TrainingData(
      name: "files", inputShape: [1], classCount: 2,
      samples: Samples(
        inputCount: 1, inputs: (0..<30).map { Float($0) }, labels: (0..<30).map { $0 % 2 }, sources: Array(0..<30)),
      trainingFileCount: 20, steps: 1)
    let all = try DataDivision(data, DivisionChoice(), seed: 1)
    #expect(all.train == Array(0..<20) && all.test == Array(20..<30))
    let few = try DataDivision(data, DivisionChoice(train: 5), seed: 1)
    #expect(few.train.count == 5 && few.train.allSatisfy { $0 < 20 } && few.test == all.test)
    #expect(few != (try DataDivision(data, DivisionChoice(train: 5), seed: 2)))
    let mixed = try DataDivision(data, DivisionChoice(train: 20, test: 10, usesTestFile: false), seed: 1)
    #expect(Set(mixed.train + mixed.test).count == 30 && mixed.test != all.test)
  }
}
