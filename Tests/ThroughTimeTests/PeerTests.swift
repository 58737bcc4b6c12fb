import Foundation
import Networks
import TestSupport
import Testing
import ThroughTime

@Suite("Backpropagation through time in JAX")
struct ThroughTimePeerTests {
  /// A course as `Tests/peers/through_time.py` reads it.
  private struct Work: Encodable {
    var adaptive: Bool
    var reset: String
    var throughReset: Bool
    var everyStep: Bool
    var leak, threshold, readoutLeak, synapseDecay, adaptationDecay, adaptationStrength: Double
    var surrogate: String
    var width: Double
    var sizes: [Int]
    var weights: [[Double]]
    var inputs: [[[Double]]]
    var labels: [Int]
    var rate, beta1, beta2, epsilon: Double
    var batch: Int
  }

  private struct Answer: Decodable {
    var losses: [Double]
    var gradients: [[[Double]]]
    var trained: [[Double]]
  }

  @Test("gradients of samples agree to 1e-9, and the weights after a pass of Adam to 1e-8")
  func agreement() throws {
    guard let python = findPython(with: "jax, optax") else { return }
    let courses = [
      Course(), Course(lossAt: .everyStep, surrogate: .arctan(alpha: 2)), Course(reset: .subtract, throughReset: true),
      Course(neuron: "adaptive-lif", reset: .subtract, lossAt: .everyStep, synapseDecay: 0.6),
      Course(throughReset: true, surrogate: .sigmoid(slope: 4), isDriven: true),
    ]
    let draws = EpisodeDraws(seed: 5, lane: 0, index: 2)
    let work = courses.map { course -> Work in
      let learner = course.learner()
      let (p, s, samples) = (course.parameters, course.settings, course.samples())
      let shape: (String, Double) =
        switch course.surrogate {
        case .arctan(let alpha): ("arctan", alpha)
        case .sigmoid(let slope): ("sigmoid", slope)
        default: ("fast-sigmoid", 2)
        }
      return Work(
        adaptive: course.neuron == "adaptive-lif", reset: course.reset.rawValue, throughReset: course.throughReset,
        everyStep: course.lossAt == .everyStep, leak: p.leak, threshold: p.threshold, readoutLeak: p.readoutLeak,
        synapseDecay: p.synapseDecay ?? 0, adaptationDecay: p.adaptationDecay,
        adaptationStrength: p.adaptationStrength, surrogate: shape.0, width: shape.1, sizes: Course.sizes,
        weights: learner.network.projections.map(\.dense), inputs: (0..<samples.count).map { samples.rows($0) },
        labels: samples.labels, rate: s.rate, beta1: s.beta1, beta2: s.beta2, epsilon: s.epsilon, batch: s.batch)
    }
    let folder = try TemporaryFolder()
    try JSONEncoder().encode(work).write(to: folder.url.appendingPathComponent("work.json"))
    let script = packageRoot.appendingPathComponent("Tests/peers/through_time.py").path
    let result = try runProgram(python, [script, folder.path("work.json"), folder.path("answers.json")])
    #expect(result.status == 0, "\(result.errors)")
    let answers = try JSONDecoder().decode(
      [Answer].self, from: Data(contentsOf: folder.url.appendingPathComponent("answers.json")))
    #expect(answers.count == courses.count)
    for (course, answer) in zip(courses, answers) {
      let learner = course.learner()
      let samples = course.samples()
      for k in 0..<samples.count {
        let found = learner.gradient(samples, sample: k)
        #expect(abs(found.loss - answer.losses[k]) < 1e-11, "\(course.testDescription)")
        for (mine, theirs) in zip(found.weights, answer.gradients[k]) {
          #expect(relativeDifference(mine, theirs) < 1e-9, "\(course.testDescription)")
        }
      }
      #expect(learner.learn(samples, draws))
      for (projection, theirs) in zip(learner.network.projections, answer.trained) {
        #expect(relativeDifference(projection.dense, theirs) < 1e-8, "\(course.testDescription)")
      }
    }
  }
}
