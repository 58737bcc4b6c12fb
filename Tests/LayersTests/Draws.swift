import Arithmetic
import Kernels

/// Normal numbers of one seed behind plain arrays, for tests.
func normal<Scalar: KernelScalar>(_ count: Int, seed: UInt64, _ second: UInt32 = 0) -> [Scalar] {
  var stream = RandomStream(seed: seed, purpose: .testing, 0, second)
  return (0..<count).map { _ in Scalar(stream.nextNormal()) }
}

/// Small whole numbers, whose sums of products are exact in any order.
func wholeNumbers<Scalar: KernelScalar>(_ count: Int, seed: UInt64, _ second: UInt32 = 0) -> [Scalar] {
  var stream = RandomStream(seed: seed, purpose: .testing, 1, second)
  return (0..<count).map { _ in Scalar(stream.below(15) - 7) }
}

/// `Σ_k x_k y_k`.
func inner(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
