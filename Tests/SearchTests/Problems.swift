import Arithmetic
import RealModule
import Search

/// Functions to be minimised and spaces to do it in.
enum Problems {
  static func sphere(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 } }

  static func rosenbrock(_ x: [Double]) -> Double {
    zip(x, x.dropFirst()).reduce(0) { sum, pair in
      let valley = pair.1 - pair.0 * pair.0
      return sum + 100 * valley * valley + (1 - pair.0) * (1 - pair.0)
    }
  }

  static func rastrigin(_ x: [Double]) -> Double {
    x.reduce(10 * Double(x.count)) { $0 + $1 * $1 - 10 * Double.cos(2 * .pi * $1) }
  }

  /// A box around `start` on a linear scale of step 1.
  static func box(start: [Double], halfWidth: Double = .infinity) -> SearchSpace {
    do {
      return try SearchSpace(
        start.enumerated().map { index, value in
          .init(
            name: "x\(index)", start: value, lower: value - halfWidth, upper: value + halfWidth,
            scale: .linear(step: 1))
        })
    } catch {
      fatalError("\(error)")
    }
  }
}

extension Optimiser {
  /// Runs one generation against a loss and returns the losses.
  @discardableResult
  mutating func step(_ loss: ([Double]) -> Double) -> [Double] {
    let losses = ask().map(loss)
    tell(fitness: losses.map { -$0 })
    return losses
  }
}
