import Foundation
import Kernels
import Testing
import Training

/// One optimiser over three weights that are asked for the same change again and again.
private func course(
  _ settings: WeightOptimiserSettings, from start: [Double], change: [Double], steps: Int, samples: Int = 1,
  bounds: ClosedRange<Double>? = nil
) -> [Double] {
  let arena = Arena()
  let weights = arena.allocate(start.count, of: Double.self)
  for (k, value) in start.enumerated() { weights[k] = value }
  let optimiser = WeightOptimiser([.init(weights, count: start.count, bounds: bounds)], settings)
  for _ in 0..<steps {
    for (k, value) in change.enumerated() { optimiser.changes[0][k] = value }
    optimiser.step(samples: samples)
  }
  return withExtendedLifetime(arena) { (0..<start.count).map { weights[$0] } }
}

private func expectEqual(_ found: [Double], _ wanted: [Double], within tolerance: Double = 1e-12) {
  for (a, b) in zip(found, wanted) { #expect(abs(a - b) <= tolerance * max(1, abs(b)), "\(found) and not \(wanted)") }
}

@Suite("Optimisers of weights")
struct WeightOptimiserTests {
  let start = [0.5, -1.0, 2.0]
  let change = [1.0, -2.0, 0.25]

  @Test("sgd with momentum under a constant change goes the sum of a geometric series of steps")
  func momentum() {
    var settings = WeightOptimiserSettings(.sgd, rate: 0.1)
    settings.momentum = 0.85
    let wanted = zip(start, change).map { w, c in
      w + 0.1 * c * (1...7).reduce(0) { $0 + (1 - pow(0.85, Double($1))) / 0.15 }
    }
    expectEqual(course(settings, from: start, change: change, steps: 7), wanted)
  }

  @Test("weight decay of sgd shrinks weights by 1 − rate · λ a step")
  func decay() {
    var settings = WeightOptimiserSettings(.sgd, rate: 0.1)
    settings.weightDecay = 0.5
    expectEqual(course(settings, from: start, change: [0, 0, 0], steps: 5), start.map { $0 * pow(0.95, 5) })
  }

  @Test("adam under a constant change goes rate · g / (|g| + ε) every step")
  func adam() {
    let settings = WeightOptimiserSettings(.adam, rate: 0.01)
    let wanted = zip(start, change).map { w, c in w + 9 * 0.01 * c / (abs(c) + 1e-8) }
    expectEqual(course(settings, from: start, change: change, steps: 9), wanted)
  }

  @Test("adamw shrinks weights before each step of adam, whose moments never see the decay")
  func adamw() {
    var settings = WeightOptimiserSettings(.adamw, rate: 0.01)
    settings.weightDecay = 0.1
    let wanted = zip(start, change).map { start, c in
      (0..<6).reduce(start) { w, _ in w * (1 - 0.01 * 0.1) + 0.01 * c / (abs(c) + 1e-8) }
    }
    expectEqual(course(settings, from: start, change: change, steps: 6), wanted)
  }

  @Test("rms divides by the root of a mean square that starts where it is told to")
  func rms() {
    var settings = WeightOptimiserSettings(.rms, rate: 0.1)
    settings.start = 1
    let wanted = zip(start, change).map { start, c in
      (1...4).reduce(start) { w, n in
        let kept = pow(0.9, Double(n))
        return w + 0.1 * c / (kept + (1 - kept) * c * c + 1e-8).squareRoot()
      }
    }
    expectEqual(course(settings, from: start, change: change, steps: 4), wanted)
  }

  @Test("a change longer than the clip is shortened to it, a shorter one is not; the mean over samples comes first")
  func clipping() {
    var settings = WeightOptimiserSettings(.sgd, rate: 1)
    settings.clip = 1
    let norm = (change.reduce(0) { $0 + $1 * $1 }).squareRoot()
    expectEqual(
      course(settings, from: start, change: change, steps: 1),
      zip(start, change).map { $0 + $1 / (norm + 1e-6) })
    expectEqual(
      course(settings, from: start, change: change, steps: 1, samples: 4), zip(start, change).map { $0 + $1 / 4 })
    settings.reduction = .sum
    settings.clip = nil
    expectEqual(
      course(settings, from: start, change: change, steps: 1, samples: 4), zip(start, change).map { $0 + $1 })
  }

  @Test("weights stay within their bounds, and NaN stays NaN")
  func bounds() {
    let settings = WeightOptimiserSettings(.sgd, rate: 1)
    #expect(course(settings, from: start, change: [10, -10, 0], steps: 3, bounds: -4...4) == [4, -4, 2])
    #expect(course(settings, from: start, change: [.nan, 0, 0], steps: 1, bounds: -4...4)[0].isNaN)
  }

  @Test("a state taken up in the middle leads to the same bits", arguments: WeightOptimiserSettings.Kind.allCases)
  func restored(_ kind: WeightOptimiserSettings.Kind) {
    var settings = WeightOptimiserSettings(kind, rate: 0.01)
    (settings.momentum, settings.weightDecay) = (0.9, 0.01)
    let arena = Arena()
    func run(_ weights: UnsafeMutablePointer<Float>, _ optimiser: WeightOptimiser<Float>, _ steps: Range<Int>) {
      for n in steps {
        for k in 0..<5 { optimiser.changes[0][k] = Float(n * k % 7) - 3 }
        optimiser.step(samples: 3, factor: 1 / Double(n + 1))
      }
    }
    let whole = arena.allocate(5, of: Float.self)
    run(whole, WeightOptimiser([.init(whole, count: 5)], settings), 0..<20)
    let half = arena.allocate(5, of: Float.self)
    let first = WeightOptimiser([.init(half, count: 5)], settings)
    run(half, first, 0..<11)
    let second = WeightOptimiser([.init(half, count: 5)], settings)
    #expect(second.restore(first.state))
    run(half, second, 11..<20)
    #expect((0..<5).map { whole[$0].bitPattern } == (0..<5).map { half[$0].bitPattern })
    #expect(!second.restore(WeightOptimiserState(steps: 1, means: [[1]], squares: [[1], [2]])))
  }

  @Test("schedules: steps, half a cosine, and a rise over the first epochs")
  func schedules() {
    let step = RateSchedule(.step(every: 3, factor: 0.1))
    #expect((0..<7).map { step.factor(epoch: $0, of: 9, batch: 0, of: 4) } == [1, 1, 1, 0.1, 0.1, 0.1, 0.1 * 0.1])
    let cosine = RateSchedule(.cosine(to: 0.2))
    #expect(cosine.factor(epoch: 0, of: 10, batch: 3, of: 4) == 1)
    #expect(abs(cosine.factor(epoch: 5, of: 10, batch: 0, of: 4) - 0.6) < 1e-15)
    let warm = RateSchedule(.constant, warmUp: 2)
    let factors = (0..<3).flatMap { epoch in (0..<4).map { warm.factor(epoch: epoch, of: 9, batch: $0, of: 4) } }
    #expect(factors == (1...8).map { Double($0) / 8 } + [1, 1, 1, 1])
  }
}
