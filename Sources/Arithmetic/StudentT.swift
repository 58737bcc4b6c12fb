import RealModule

/// Student's t distribution.
public struct StudentT: Sendable, Hashable {
  /// Degrees of freedom ν, above 0.
  public let degreesOfFreedom: Double

  /// The distribution with ν degrees of freedom.
  /// - Precondition: ν is above 0 and finite.
  public init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0 && degreesOfFreedom.isFinite, "\(degreesOfFreedom) degrees of freedom")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The density, Γ((ν+1)/2) / (√(νπ) Γ(ν/2)) · (1 + t²/ν)^(-(ν+1)/2).
  public func density(_ t: Double) -> Double {
    let half = degreesOfFreedom / 2
    let constant = Double.logGamma(half + 0.5) - Double.logGamma(half) - Double.log(degreesOfFreedom * .pi) / 2
    return Double.exp(constant - (half + 0.5) * Double.log(onePlus: t * t / degreesOfFreedom))
  }

  /// The probability of a value up to `t`: half of the regularised incomplete beta function I_x(ν/2, 1/2) with
  /// x = ν/(ν + t²) lies in each tail beyond ±t.
  public func probability(upTo t: Double) -> Double {
    guard t.isFinite else { return t.isNaN ? .nan : t < 0 ? 0 : 1 }
    let tail = upperTail(abs(t))
    return t < 0 ? tail : 1 - tail
  }

  /// The value below which lies the share `probability`: that of the distribution's quantile function.
  ///
  /// Newton's steps on the tail, kept inside a bracket that halves; relative accuracy about 1e-12 up to a thousand degrees of
  /// freedom.
  /// - Precondition: `probability` lies in `0 ... 1`; the ends give the infinities.
  public func quantile(_ probability: Double) -> Double {
    precondition(probability >= 0 && probability <= 1, "probability \(probability) is outside 0 ... 1")
    if probability == 0.5 { return 0 }
    let tail = min(probability, 1 - probability)
    let sign = probability < 0.5 ? -1.0 : 1
    guard tail > 0 else { return sign * .infinity }
    var (low, high) = (0.0, 1.0)
    while upperTail(high) > tail {
      low = high
      high *= 2
      guard high.isFinite else { return sign * .infinity }
    }
    var t = (low + high) / 2
    for _ in 0..<200 {
      let excess = upperTail(t) - tail
      if excess > 0 { low = t } else { high = t }
      let newton = t + excess / density(t)
      let next = newton > low && newton < high ? newton : (low + high) / 2
      if abs(next - t) <= 4e-16 * abs(t) { return sign * next }
      t = next
    }
    return sign * t
  }

  /// The probability of a value beyond `t >= 0`.
  private func upperTail(_ t: Double) -> Double {
    let square = t * t
    let (x, rest) = (degreesOfFreedom / (degreesOfFreedom + square), square / (degreesOfFreedom + square))
    return incompleteBeta(degreesOfFreedom / 2, 0.5, x, rest) / 2
  }
}

/// The regularised incomplete beta function I_x(a, b), by Lentz's evaluation of its continued fraction.
/// - Parameters:
///   - x: in `0 ... 1`.
///   - rest: 1 − x, given apart so that no digits are lost near 1.
/// - SeeAlso: NIST Digital Library of Mathematical Functions, 8.17.22.
private func incompleteBeta(_ a: Double, _ b: Double, _ x: Double, _ rest: Double) -> Double {
  if x <= 0 { return 0 }
  if rest <= 0 { return 1 }
  if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(b, a, rest, x) }
  let front =
    Double.exp(
      Double.logGamma(a + b) - Double.logGamma(a) - Double.logGamma(b) + a * Double.log(x) + b * Double.log(rest)) / a
  let tiny = 1e-300
  var (c, d) = (1.0, 1 - (a + b) * x / (a + 1))
  d = 1 / (abs(d) < tiny ? tiny : d)
  var fraction = d
  for m in 1...10_000 {
    let m = Double(m)
    for numerator in [
      m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
    ] {
      d = 1 + numerator * d
      d = 1 / (abs(d) < tiny ? tiny : d)
      c = 1 + numerator / c
      if abs(c) < tiny { c = tiny }
      fraction *= d * c
    }
    if abs(c * d - 1) < 1e-16 { break }
  }
  return front * fraction
}
