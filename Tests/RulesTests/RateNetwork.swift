import RealModule
import Rules

/// The 2023 paper's network, as plain as it can be: softplus layers without bias, softmax on top, learning online by
/// an interpreted rule. `y` and `e` are those of the last forward and feedback pass.
struct RateNetwork<Scalar: Real & BinaryFloatingPoint & Sendable> {
  let sizes: [Int]
  let sharpness: Scalar
  /// Fixed feedback matrices B_l [n_l, n_{l-1}], or nil when the forward weights carry the error back.
  let feedback: [[Scalar]]?
  var projections: [InterpretedProjection<Scalar>]
  var y: [[Scalar]] = []
  var e: [[Scalar]] = []

  init(
    rule: Rule, coefficients: [Double], sizes: [Int], sharpness: Double, weights: [[Double]], feedback: [[Double]]?
  ) {
    self.sizes = sizes
    self.sharpness = Scalar(sharpness)
    self.feedback = feedback.map { $0.map { $0.map { Scalar($0) } } }
    projections = weights.enumerated().map { index, weights in
      InterpretedProjection(
        rule: rule, layer: index + 1, layerCount: sizes.count - 1, coefficients: coefficients, preCount: sizes[index],
        postCount: sizes[index + 1], weights: weights.map { Scalar($0) })
    }
  }

  mutating func forward(_ input: [Double]) {
    y = [input.map { Scalar($0) }]
    for (index, projection) in projections.enumerated() {
      let z: [Scalar] = (0..<sizes[index + 1]).map { i in
        var sum: Scalar = 0
        for j in 0..<sizes[index] { sum += projection.weights[i * sizes[index] + j] * y[index][j] }
        return sum
      }
      y.append(index == projections.count - 1 ? softmax(z) : z.map(softplus))
    }
  }

  mutating func backward(label: Int) {
    let last = projections.count
    e = y.map { $0.map { _ in 0 } }
    e[last] = y[last]
    e[last][label] -= 1
    for layer in stride(from: last, to: 0, by: -1) {
      let matrix = feedback?[layer - 1] ?? projections[layer - 1].weights
      for j in 0..<sizes[layer - 1] {
        var sum: Scalar = 0
        for i in 0..<sizes[layer] { sum += matrix[i * sizes[layer - 1] + j] * e[layer][i] }
        e[layer - 1][j] = sum * -Scalar.expMinusOne(-sharpness * y[layer - 1][j])
      }
    }
  }

  /// All projections move at once, from one pass and the old weights.
  mutating func learn() {
    for index in projections.indices {
      var q = ProjectionQuantities<Scalar>(preCount: sizes[index], postCount: sizes[index + 1])
      (q.yPre, q.ePre, q.yPost, q.ePost) = (y[index], e[index], y[index + 1], e[index + 1])
      projections[index].advance(q)
      projections[index].learn(q)
    }
  }

  /// `log(1 + exp(β z)) / β`.
  private func softplus(_ z: Scalar) -> Scalar {
    let x = sharpness * z
    return (Swift.max(x, 0) + Scalar.log(onePlus: Scalar.exp(-x.magnitude))) / sharpness
  }

  private func softmax(_ z: [Scalar]) -> [Scalar] {
    let top = z.max() ?? 0
    let weights = z.map { Scalar.exp($0 - top) }
    var total: Scalar = 0
    for weight in weights { total += weight }
    return weights.map { $0 / total }
  }
}
