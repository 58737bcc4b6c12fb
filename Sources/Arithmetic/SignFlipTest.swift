/// The sign-flip permutation test of paired differences: how often would the mean lie as far from 0 if each pair's
/// difference had either sign with equal chance?
///
/// Two-sided: p = P(|Σ sᵢdᵢ| ≥ |Σ dᵢ|) over independent signs sᵢ = ±1. Differences of 0 are left out, which changes no
/// probability. With m others and 2ᵐ at most 2¹⁶, every pattern of signs is counted; otherwise n patterns are drawn and
/// p = (k + 1)/(n + 1), where k reach the observed sum, so that the test is exact in level. A sum that misses the
/// observed one by less than 1e-12 · Σ|dᵢ| counts as equal, so that rounding decides no tie.
/// - SeeAlso: Fisher 1935, *The Design of Experiments*, section 21; Phipson & Smyth 2010, Stat. Appl. Genet. Mol. Biol.
///   9:39 (the estimate).
public struct SignFlipTest: Sendable, Hashable {
  /// The two-sided p value; NaN for an empty sample and for one with a value that is not finite.
  public let p: Double
  /// Whether every pattern of signs was counted.
  public let isExact: Bool

  /// Differences other than 0 up to which every pattern of signs is counted.
  public static let mostEnumerated = 16

  /// Tests whether paired differences are symmetric around 0.
  /// - Parameters:
  ///   - differences: one per pair, such as the difference of two accuracies on each episode.
  ///   - seed: of the signs; pattern r takes its signs from `RandomStream(seed:purpose: .permutation, r)`.
  ///   - patterns: how many patterns are drawn where they are not enumerated, at least 1.
  /// - Complexity: O(2¹⁶), or O(patterns · n / 8).
  public init(_ differences: [Double], seed: UInt64, patterns: Int = 99_999) {
    precondition(patterns >= 1 && patterns <= Int(UInt32.max), "\(patterns) patterns are outside 1 ... 2³²-1")
    guard !differences.isEmpty, differences.allSatisfy(\.isFinite) else {
      (p, isExact) = (.nan, false)
      return
    }
    let values = differences.filter { $0 != 0 }
    let tolerance = 1e-12 * values.reduce(0) { $0 + abs($1) }
    let threshold = abs(values.reduce(0, +)) - tolerance
    isExact = values.count <= Self.mostEnumerated
    if isExact {
      let sums = Self.sums(values)
      p = Double(sums.count { abs($0) >= threshold }) / Double(sums.count)
      return
    }
    // The sums of eight differences for each byte of signs: a pattern is one look-up a byte.
    let tables = stride(from: 0, to: values.count, by: 8).map {
      Self.sums(Array(values[$0..<min($0 + 8, values.count)]))
    }
    var reached = 0
    for pattern in 0..<patterns {
      var stream = RandomStream(seed: seed, purpose: .permutation, UInt32(pattern))
      var (word, sum): (UInt32, Double) = (0, 0)
      for (index, table) in tables.enumerated() {
        if index % 4 == 0 { word = stream.nextWord() }
        sum += table[Int(word) & (table.count - 1)]
        word >>= 8
      }
      if abs(sum) >= threshold { reached += 1 }
    }
    p = Double(reached + 1) / Double(patterns + 1)
  }

  /// Σ sᵢvᵢ for each pattern of signs, [2^count]; bit i of the pattern says that vᵢ counts negative.
  private static func sums(_ values: [Double]) -> [Double] {
    var sums = [0.0]
    sums.reserveCapacity(1 << values.count)
    for value in values {
      for index in sums.indices {
        sums.append(sums[index] - value)
        sums[index] += value
      }
    }
    return sums
  }
}
