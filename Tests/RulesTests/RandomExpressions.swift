import Arithmetic
import Rules

/// Random expressions that a checker would accept, and random values for everything they read.
struct RandomExpressions {
  static let traces: [String: Owner] = ["x_pre": .pre, "x_post": .post]
  static let coefficients = ["eta", "hebb", "oja"]

  var stream: RandomStream

  init(_ index: Int) { stream = RandomStream(seed: 20, purpose: .testing, lane: 3, UInt32(index)) }

  /// An expression whose owner spreads to `owner`.
  mutating func expression(_ owner: Owner, depth: Int) -> Expression {
    if depth == 0 { return leaf(owner) }
    let x: (inout Self) -> Expression = { $0.expression(owner, depth: depth - 1) }
    switch stream.below(16) {
    case 0, 1: return x(&self) + x(&self)
    case 2, 3: return x(&self) - x(&self)
    case 4, 5, 6: return x(&self) * x(&self)
    case 7: return -x(&self)
    case 8: return x(&self) / divisor(owner, depth: depth - 1)
    case 9: return x(&self) ** .number(Double(stream.below(4)))
    case 10: return function(owner, depth: depth - 1)
    case 11: return part(owner).map { expression($0, depth: depth - 1) } ?? leaf(owner)
    case 12, 13: return reduction(owner, depth: depth - 1)
    case 14 where owner == .pre || owner == .synapse:
      let p = expression(.post, depth: depth - 1)
      return stream.below(3) == 0 ? .backB(p) : back(p)
    case 14 where owner == .post, 15 where owner == .synapse:
      let q = expression(.pre, depth: depth - 1)
      return stream.below(3) == 0 ? .aheadB(q) : ahead(q)
    default: return leaf(owner)
    }
  }

  /// Something that is at least 1 for any values.
  private mutating func divisor(_ owner: Owner, depth: Int) -> Expression {
    switch stream.below(3) {
    case 0: return 2 + call(.tanh, expression(owner, depth: depth))
    case 1: return 1.5 + expression(owner, depth: depth) ** 2
    default: return [fanIn, fanOut, 4][stream.below(3)]
    }
  }

  private mutating func function(_ owner: Owner, depth: Int) -> Expression {
    let x = expression(owner, depth: depth)
    switch stream.below(10) {
    case 0: return call(.abs, x)
    case 1: return call(.tanh, x)
    case 2: return call(.relu, x)
    case 3: return call(.exp, call(.tanh, x))
    case 4: return call(.sqrt, 1 + call(.abs, x))
    case 5: return call(.log, 1.5 + call(.abs, x))
    case 6: return call(.max, x, expression(owner, depth: depth))
    case 7: return call(.min, x, expression(owner, depth: depth), 0.25)
    case 8: return call(.clip, x, -0.5, 0.75)
    // Functions that jump take a single operand: rounding must not decide on which side of 0 it is.
    default: return call(stream.below(2) == 0 ? .step : .sign, -0.5 * leaf(owner))
    }
  }

  private mutating func reduction(_ owner: Owner, depth: Int) -> Expression {
    let side: Owner = stream.below(2) == 0 ? .pre : .post
    let vector = leaf(side, own: true)
    let total: Expression
    switch stream.below(6) {
    case 5: total = dot(vector, side == .pre ? .backB(leaf(.post)) : .aheadB(leaf(.pre)))
    case 0: total = sum(vector * expression(side, depth: depth))
    case 1: total = mean(vector + expression(side, depth: depth))
    case 2: total = dot(vector, side == .pre ? back(leaf(.post)) : ahead(leaf(.pre)))
    case 3: total = norm(vector * expression(side, depth: depth))
    default: total = dot(vector, expression(side, depth: depth))
    }
    return stream.below(2) == 0 ? total : total * leaf(owner)
  }

  /// An owner that spreads to this one, or nil.
  private mutating func part(_ owner: Owner) -> Owner? {
    switch owner {
    case .scalar: nil
    case .pre, .post: .scalar
    case .synapse: [.scalar, .pre, .post][stream.below(3)]
    }
  }

  private mutating func leaf(_ owner: Owner, own: Bool = false) -> Expression {
    if !own, stream.below(4) == 0 {
      return stream.below(2) == 0
        ? .number([0, 1, 2, 0.5, 3, 0.125][stream.below(6)])
        : .coefficient(Self.coefficients[stream.below(Self.coefficients.count)])
    }
    let choices: [Expression] =
      switch owner {
      case .scalar:
        [
          .quantity(.modulator), .quantity(.reward), .quantity(.loss), .quantity(.step), .quantity(.sample), fanIn,
          fanOut,
        ]
      case .pre: [yPre, ePre, sPre, vPre, .quantity(.psiPre), .trace("x_pre"), .quantity(.noisePre)]
      case .post: [yPost, ePost, sPost, vPost, .quantity(.psiPost), .trace("x_post"), .quantity(.noisePost)]
      case .synapse: [w, b, .quantity(.eligibility), .quantity(.noise), yPre, yPost, ePre, ePost]
      }
    return choices[stream.below(choices.count)]
  }

  /// Random values for a small projection.
  mutating func evaluation<Scalar>(preCount: Int = 3, postCount: Int = 2) -> Evaluation<Scalar> {
    func random(_ count: Int, _ low: Double = -1, _ high: Double = 1) -> [Scalar] {
      (0..<count).map { _ in Scalar(stream.uniform(in: low...high)) }
    }
    var q = ProjectionQuantities<Scalar>(preCount: preCount, postCount: postCount)
    (q.yPre, q.ePre, q.vPre, q.psiPre) = (random(preCount), random(preCount), random(preCount), random(preCount))
    (q.yPost, q.ePost, q.vPost, q.psiPost) = (
      random(postCount), random(postCount), random(postCount), random(postCount)
    )
    q.sPre = (0..<preCount).map { _ in Scalar(stream.below(2)) }
    q.sPost = (0..<postCount).map { _ in Scalar(stream.below(2)) }
    (q.modulator, q.reward, q.loss, q.step) = (random(1)[0], random(1)[0], random(1)[0], Scalar(stream.below(5)))
    let synapses = preCount * postCount
    (q.sample, q.noisePre, q.noisePost) = (Scalar(stream.below(5)), random(preCount), random(postCount))
    q.noise = random(synapses)
    return Evaluation(
      quantities: q, weights: random(synapses), feedback: random(synapses), eligibility: random(synapses),
      coefficients: Dictionary(uniqueKeysWithValues: Self.coefficients.map { ($0, random(1)[0]) }),
      traces: ["x_pre": (.pre, random(preCount)), "x_post": (.post, random(postCount))])
  }
}
