import Arithmetic
import CAllocations
import Kernels
import Networks
import RealModule
import Tasks
import TestSupport
import Testing
import ThroughTime

@Suite("Backpropagation through time")
struct ThroughTimeTests {
  @Test("the gradient is that of forward mode, the equations written out step by step, to 1e-9", arguments: Course.all)
  func forwardMode(course: Course) {
    let learner = course.learner()
    let samples = course.samples()
    let weights = learner.network.projections.map(\.dense)
    var greatest = 0.0
    for k in 0..<2 {
      let found = learner.gradient(samples, sample: k)
      let input = samples.rows(k)
      for l in weights.indices {
        let expected = weights[l].indices.map { synapse in
          course.loss(weights, input, label: samples.labels[k], direction: (l, synapse))
        }
        #expect(abs(found.loss - expected[0].value) < 1e-12 * expected[0].value)
        #expect(relativeDifference(found.weights[l], expected.map(\.slope)) < 1e-9)
        if l == 0 { greatest = max(greatest, expected.map(\.slope.magnitude).max()!) }
      }
    }
    // Errors do arrive at the bottom.
    #expect(greatest > 1e-4)
  }

  @Test(
    "in a rate network the gradient is that of central differences, to 1e-6",
    arguments: RateFunction.allCases, [false, true])
  func centralDifferences(function: RateFunction, bias: Bool) {
    var parameters = NetworkParameters()
    parameters.neuron = function.rawValue
    parameters.bias = bias
    parameters.hidden = [6, 5]
    parameters.steps = 1
    parameters.weightScale = 1
    var course = Course()
    course.steps = 1
    course.isDriven = true
    let samples = course.samples()
    let learner = ThroughTimeLearner<Double>(
      network: parameters, inputCount: 7, outputCount: 3, settings: ThroughTimeSettings())
    learner.network.drawWeights(EpisodeDraws(seed: 4, lane: 0, index: 1))
    var random = RandomStream(seed: 9, purpose: .testing)
    for projection in learner.network.projections {
      projection.dense = projection.dense.map { $0 + random.uniform(in: -0.2...0.2) }
    }
    for k in 0..<samples.count {
      let found = learner.gradient(samples, sample: k).weights
      for (l, projection) in learner.network.projections.enumerated() {
        let weights = projection.dense
        let expected = weights.indices.map { synapse in
          let sides = [1e-5, -1e-5].map { step in
            projection.dense = weights.enumerated().map { $0 == synapse ? $1 + step : $1 }
            return learner.gradient(samples, sample: k).loss
          }
          projection.dense = weights
          return (sides[0] - sides[1]) / 2e-5
        }
        #expect(relativeDifference(found[l], expected) < 1e-6)
        #expect(expected.contains { abs($0) > 1e-3 })
      }
    }
  }

  @Test("batches, passes and Adam's steps are those of the equations written out")
  func steps() {
    var course = Course(lossAt: .everyStep)
    course.steps = 6
    let samples = course.samples()
    let draws = EpisodeDraws(seed: 8, lane: 1, index: 3)
    var settings = course.settings
    settings.passes = 2
    settings.beta1 = 0.8
    settings.beta2 = 0.95
    settings.epsilon = 1e-3
    func learner() -> ThroughTimeLearner<Double> {
      ThroughTimeLearner<Double>(network: course.parameters, inputCount: 7, outputCount: 3, settings: settings)
    }
    let trained = learner()
    #expect(trained.learn(samples, draws))

    let other = learner()
    other.network.drawWeights(draws)
    let projections = other.network.projections
    var order = Array(0..<5)
    var (means, squares) = (
      projections.map { [Double](repeating: 0, count: $0.dense.count) },
      projections.map { [Double](repeating: 0, count: $0.dense.count) }
    )
    var time = 0
    for pass in 0..<2 {
      if pass == 1 {
        var random = RandomStream(seed: 8, purpose: .order, lane: 1, 3, 1)
        random.shuffle(&order)
      }
      for batch in [order[0..<2], order[2..<4], order[4..<5]] {
        time += 1
        let gradients = batch.map { other.gradient(samples, sample: $0).weights }
        for (l, projection) in projections.enumerated() {
          var weights = projection.dense
          for i in weights.indices {
            let g = gradients.reduce(0) { $0 + $1[l][i] } / Double(batch.count)
            means[l][i] = 0.8 * means[l][i] + 0.2 * g
            squares[l][i] = 0.95 * squares[l][i] + 0.05 * g * g
            let mean = means[l][i] / (1 - Double.pow(0.8, time))
            let square = squares[l][i] / (1 - Double.pow(0.95, time))
            weights[i] -= 0.01 * mean / (square.squareRoot() + 1e-3)
          }
          projection.dense = weights
        }
      }
    }
    #expect(order != Array(0..<5))
    for (one, two) in zip(trained.network.projections, projections) {
      #expect(relativeDifference(one.dense, two.dense) < 1e-11)
    }
  }

  @Test("the first step of Adam moves every weight that has a gradient by the rate")
  func firstStep() {
    let course = Course()
    var settings = course.settings
    settings.batch = 5
    settings.epsilon = 1e-30
    let learner = ThroughTimeLearner<Double>(
      network: course.parameters, inputCount: 7, outputCount: 3, settings: settings)
    let draws = EpisodeDraws(seed: 8, lane: 1, index: 3)
    learner.network.drawWeights(draws)
    let before = learner.network.projections.map(\.dense)
    #expect(learner.learn(course.samples(), draws))
    for (projection, before) in zip(learner.network.projections, before) {
      for (weight, old) in zip(projection.dense, before) where weight != old {
        #expect(abs(abs(weight - old) - 0.01) < 1e-9)
      }
    }
  }

  @Test("single precision follows double precision")
  func precision() {
    let course = Course(neuron: "adaptive-lif", reset: .subtract, lossAt: .everyStep, synapseDecay: 0.4)
    let samples = course.samples()
    let double = course.learner()
    let single = ThroughTimeLearner<Float>(
      network: course.parameters, inputCount: 7, outputCount: 3, settings: course.settings)
    for (one, two) in zip(single.network.projections, double.network.projections) {
      one.dense = two.dense.map { Float($0) }
    }
    for k in 0..<samples.count {
      for (one, two) in zip(single.gradient(samples, sample: k).weights, double.gradient(samples, sample: k).weights) {
        #expect(relativeDifference(one, two) < 1e-4)
      }
    }
  }

  @Test("learning longer asks for no more memory")
  func allocations() {
    func allocations(passes: Int) -> Int {
      let course = Course(lossAt: .everyStep)
      var settings = course.settings
      settings.passes = passes
      let learner = ThroughTimeLearner<Float>(
        network: course.parameters, inputCount: 7, outputCount: 3, settings: settings)
      let samples = course.samples()
      let draws = EpisodeDraws(seed: 1, lane: 0, index: 0)
      _ = learner.learn(samples, draws)
      let before = allocations_of_this_thread()
      _ = learner.learn(samples, draws)
      return Int(allocations_of_this_thread() - before)
    }
    #expect(allocations(passes: 40) == allocations(passes: 1))
  }

  @Test("the loss falls to nothing on a few samples that are seen often")
  func memorises() {
    let course = Course(lossAt: .everyStep, steps: 20)
    var settings = course.settings
    settings.passes = 300
    settings.rate = 0.02
    let learner = ThroughTimeLearner<Float>(
      network: course.parameters, inputCount: 7, outputCount: 3, settings: settings)
    let samples = course.samples()
    #expect(learner.learn(samples, EpisodeDraws(seed: 2, lane: 0, index: 0)))
    for k in 0..<samples.count { #expect(learner.gradient(samples, sample: k).loss < 0.4) }
  }
}
