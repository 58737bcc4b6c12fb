import RealModule

/// The standard normal distribution.
public enum Normal {
  /// The probability of a value up to `z`, erfc(-z/√2)/2.
  public static func probability(upTo z: Double) -> Double { Double.erfc(-z / 2.0.squareRoot()) / 2 }

  /// The value below which lies the share `probability`; the ends of `0 ... 1` give the infinities.
  ///
  /// Newton's steps on the logarithm of the tail, which is concave, from √(-2 log 2p), which lies beyond the root: each
  /// step lands between the one before and the root.
  public static func quantile(_ probability: Double) -> Double {
    precondition(probability >= 0 && probability <= 1, "probability \(probability) is outside 0 ... 1")
    let tail = min(probability, 1 - probability)
    guard tail > 0 else { return probability < 0.5 ? -.infinity : .infinity }
    let wanted = Double.log(tail)
    var z = max(0, -2 * (wanted + Double.log(2))).squareRoot()
    for _ in 0..<100 {
      let reached = Normal.probability(upTo: -z)
      let density = Double.exp(-z * z / 2) / (2 * .pi).squareRoot()
      let step = (Double.log(reached) - wanted) * reached / density
      z += step
      if abs(step) <= 1e-15 * max(1, z) { break }
    }
    return probability < 0.5 ? -z : z
  }
}
