import Foundation
import Kernels
import Layers
import Rules
import Systems
import Tasks
import TestSupport
import Testing
import Training

/// Points of three clouds in a plane of eight inputs, 60 samples.
private func clouds(testLabels shift: Int = 0) -> TrainingData {
  let labels = (0..<60).map { $0 % 3 }
  var inputs: [Float] = []
  for (sample, label) in labels.enumerated() {
    for k in 0..<8 {
      let noise = Float((sample * 7 + k * 5) % 11) / 22
      inputs.append(k % 3 == label ? noise + 0.5 : noise)
    }
  }
  // The last 15 are held out; their labels may lie.
  let told = labels.enumerated().map { $0 >= 45 ? ($1 + shift) % 3 : $1 }
  return TrainingData(
    name: "clouds", inputShape: [8], classCount: 3,
    samples: Samples(inputCount: 8, inputs: inputs, labels: told, sources: Array(0..<60)), trainingFileCount: 45,
    steps: 1)
}

private let descent = try! Rule.load(path: packageRoot.appendingPathComponent("rules/descent.yaml").path)

private func trainer(
  _ data: TrainingData = clouds(), kind: WeightOptimiserSettings.Kind = .adamw, batch: Int = 20, parts: Int = 4,
  seed: UInt64 = 1, feedback: String = "weights"
) throws -> Trainer<Float> {
  let entry = systemCatalogue(Float.self).first { $0.card.name == "layerwise" }!
  var settings = TrainingSettings(epochs: 6, batch: batch, optimiser: .init(kind, rate: 0.01), seed: seed)
  settings.parts = parts
  settings.optimiser.momentum = 0.9
  var parameters = LayeredParameters([.dense(12), .dense(9)], neuron: .tanh)
  parameters.bias = true
  let trainer = try Trainer(
    entry, SystemSettings(entry.card, ["feedback": .text(feedback)]), rule: descent, parameters, data: data,
    division: try DataDivision(data, DivisionChoice(), seed: seed), settings)
  trainer.begin()
  return trainer
}

@Suite("Training by batches and epochs")
struct TrainerTests {
  @Test("two threads, three or one: the same bits, epoch by epoch")
  func threads() throws {
    let alone = try trainer()
    let results = (0..<6).map { _ in alone.learnEpoch(threads: 1)! }
    for threads in 2...3 {
      let shared = try trainer()
      for wanted in results {
        var found = shared.learnEpoch(threads: threads)!
        found.seconds = wanted.seconds
        #expect(found == wanted)
      }
      #expect(shared.checkpoint == alone.checkpoint)
    }
  }

  @Test("a batch in four parts moves weights as one whole batch does, up to rounding")
  func parts() throws {
    let whole = try trainer(kind: .sgd, parts: 1)
    let divided = try trainer(kind: .sgd, parts: 4)
    for _ in 0..<3 {
      let (a, b) = (whole.learnEpoch()!, divided.learnEpoch()!)
      #expect(abs(a.trainLoss - b.trainLoss) < 1e-5)
    }
    for (a, b) in zip(whole.checkpoint.weights, divided.checkpoint.weights) {
      #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-4 })
    }
  }

  @Test("a run taken up from a checkpoint ends with the same bits")
  func resumed() throws {
    let whole = try trainer(feedback: "batch-sign")
    let first = try trainer(feedback: "batch-sign")
    for _ in 0..<2 { _ = (whole.learnEpoch(), first.learnEpoch()) }
    let second = try trainer(feedback: "batch-sign")
    #expect(second.restore(first.checkpoint))
    for _ in 2..<6 {
      var (a, b) = (whole.learnEpoch()!, second.learnEpoch(threads: 2)!)
      (a.seconds, b.seconds) = (0, 0)
      #expect(a == b)
    }
    #expect(whole.checkpoint == second.checkpoint)
  }

  @Test("what the held-out samples are has no say in the weights, only in what is said of them")
  func heldOut() throws {
    let (honest, lied) = (try trainer(), try trainer(clouds(testLabels: 1)))
    var (a, b) = (EpochResult(), EpochResult())
    for _ in 0..<6 { (a, b) = (honest.learnEpoch()!, lied.learnEpoch()!) }
    #expect(honest.checkpoint == lied.checkpoint)
    #expect(a.answers == b.answers)
    #expect(a.testAccuracy > 0.9 && b.testAccuracy < 0.1)
  }

  @Test("an epoch that is not wanted any more gives nothing, and other seeds other weights")
  func dropped() throws {
    let one = try trainer()
    var asked = 0
    let result = one.learnEpoch {
      asked += 1
      return asked < 2
    }
    #expect(result == nil)
    #expect(one.epoch == 0)
    let (two, three) = (try trainer(seed: 2), try trainer(seed: 3))
    _ = (two.learnEpoch(), three.learnEpoch())
    #expect(two.checkpoint.weights != three.checkpoint.weights)
  }

  @Test("a rate beyond all reason ends in the outcome nan, and is no crash")
  func nan() throws {
    let entry = systemCatalogue(Float.self).first { $0.card.name == "layerwise" }!
    let data = clouds()
    let settings = TrainingSettings(epochs: 3, batch: 45, optimiser: .init(.sgd, rate: 1e38), seed: 1)
    let sick = try Trainer(
      entry, SystemSettings(entry.card), rule: descent, LayeredParameters([.dense(5)], neuron: .relu), data: data,
      division: try DataDivision(data, DivisionChoice(), seed: 1), settings)
    sick.begin()
    var outcomes: [EpochResult.Outcome] = []
    for _ in 0..<3 { outcomes.append(sick.learnEpoch()!.outcome) }
    #expect(outcomes.contains(.nan))
  }
}
