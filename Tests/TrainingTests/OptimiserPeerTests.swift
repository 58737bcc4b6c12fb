import Arithmetic
import Foundation
import Kernels
import TestSupport
import Testing
import Training

@Suite("Optimisers in PyTorch")
struct OptimiserPeerTests {
  /// A course as `Tests/peers/optimisers.py` reads it.
  private struct Work: Encodable {
    var kind: String
    var rate, momentum, beta1, beta2, epsilon, weightDecay: Double
    var clip: Double?
    var start: [Double]
    var gradients: [[Double]]
  }

  @Test("weights after each of forty steps agree to 1e-12, with decay, momentum and clipping")
  func agreement() throws {
    guard let python = findPython(with: "torch") else { return }
    var random = RandomStream(seed: 3, purpose: .testing)
    let start = (0..<12).map { _ in random.nextDouble() - 0.5 }
    let gradients = (0..<40).map { step in start.map { _ in (random.nextDouble() - 0.5) * Double(1 + step % 5) } }
    var courses: [WeightOptimiserSettings] = []
    for kind in [WeightOptimiserSettings.Kind.sgd, .adam, .adamw] {
      for (decay, clip) in [(0.0, nil), (0.1, nil), (0.1, 1.0)] as [(Double, Double?)] {
        var settings = WeightOptimiserSettings(kind, rate: 0.05)
        (settings.weightDecay, settings.clip, settings.momentum) = (decay, clip, 0.9)
        courses.append(settings)
      }
    }
    let folder = try TemporaryFolder()
    let work = courses.map {
      Work(
        kind: $0.kind.rawValue, rate: $0.rate, momentum: $0.momentum, beta1: $0.beta1, beta2: $0.beta2,
        epsilon: $0.epsilon, weightDecay: $0.weightDecay, clip: $0.clip, start: start, gradients: gradients)
    }
    try JSONEncoder().encode(work).write(to: folder.url.appendingPathComponent("work.json"))
    let script = packageRoot.appendingPathComponent("Tests/peers/optimisers.py").path
    let done = try runProgram(python, [script, folder.path("work.json"), folder.path("answers.json")])
    #expect(done.status == 0, "\(done.errors)")
    let answers = try JSONDecoder().decode(
      [[[Double]]].self, from: Data(contentsOf: folder.url.appendingPathComponent("answers.json")))
    for (settings, wanted) in zip(courses, answers) {
      let arena = Arena()
      let weights = arena.allocate(start.count, of: Double.self)
      for (k, value) in start.enumerated() { weights[k] = value }
      // Samples that are summed here and averaged there.
      let optimiser = WeightOptimiser([.init(weights, count: start.count)], settings)
      for (gradient, after) in zip(gradients, wanted) {
        for (k, value) in gradient.enumerated() { optimiser.changes[0][k] = -3 * value }
        optimiser.step(samples: 3)
        for k in start.indices { #expect(abs(weights[k] - after[k]) < 1e-12, "\(settings)") }
      }
    }
  }
}
