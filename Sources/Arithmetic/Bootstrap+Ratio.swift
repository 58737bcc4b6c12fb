extension Bootstrap {
  /// The interval of mean(numerators) / mean(denominators), bias-corrected and accelerated; cases are resampled as pairs.
  ///
  /// With θ̂ the ratio, θ*ᵣ those of the resamples and θ₍ᵢ₎ those without case i, the ends are the quantiles of θ* at
  ///
  ///     Φ(z₀ + (z₀ + z) / (1 - a (z₀ + z))),   z = ±Φ⁻¹((1 + level)/2)
  ///     z₀ = Φ⁻¹(share of θ* below θ̂, those equal counting half)
  ///     a  = Σ (θ̄ - θ₍ᵢ₎)³ / (6 (Σ (θ̄ - θ₍ᵢ₎)²)^(3/2))
  ///
  /// Both ends are NaN for an empty sample or one with a value that is not finite, and where the percentile interval of
  /// the denominators' mean reaches 0: the ratio is then not bounded by the data (Fieller).
  /// - Precondition: the samples are equally long.
  /// - SeeAlso: Efron 1987, J. Am. Stat. Assoc. 82:171.
  public static func intervalOfRatio(
    _ numerators: [Double], _ denominators: [Double], seed: UInt64, resamples: Int = 10_000, level: Double = 0.95
  ) -> Interval {
    let n = numerators.count
    precondition(n == denominators.count, "samples of \(n) and \(denominators.count) cannot be paired")
    precondition(resamples >= 1 && resamples <= Int(UInt32.max), "\(resamples) resamples are outside 1 ... 2³²-1")
    precondition(level >= 0 && level < 1, "level \(level) is outside 0 ..< 1")
    let unbounded = Interval(lower: .nan, upper: .nan)
    guard n > 1, numerators.allSatisfy(\.isFinite), denominators.allSatisfy(\.isFinite) else { return unbounded }
    var ratios: [Double] = []
    var bottoms: [Double] = []
    ratios.reserveCapacity(resamples)
    bottoms.reserveCapacity(resamples)
    for resample in 0..<resamples {
      var stream = RandomStream(seed: seed, purpose: .bootstrap, UInt32(resample))
      var (top, bottom) = (0.0, 0.0)
      for _ in 0..<n {
        let index = stream.below(n)
        top += numerators[index]
        bottom += denominators[index]
      }
      ratios.append(top / bottom)
      bottoms.append(bottom)
    }
    bottoms.sort()
    let ends = [(1 - level) / 2, (1 + level) / 2]
    let (low, high) = (Statistics.quantile(sorted: bottoms, ends[0]), Statistics.quantile(sorted: bottoms, ends[1]))
    guard low > 0 || high < 0 else { return unbounded }
    ratios = ratios.filter { !$0.isNaN }.sorted()

    let (top, bottom) = (numerators.reduce(0, +), denominators.reduce(0, +))
    let ratio = top / bottom
    let tolerance = 1e-12 * abs(ratio)
    let below = ratios.count { $0 < ratio - tolerance }
    let equal = ratios.count { abs($0 - ratio) <= tolerance }
    let bias = Normal.quantile((Double(below) + Double(equal) / 2) / Double(ratios.count))
    let without = (0..<n).map { (top - numerators[$0]) / (bottom - denominators[$0]) }
    let centre = Statistics.mean(without)
    var (squares, cubes) = (0.0, 0.0)
    for value in without {
      let gap = centre - value
      squares += gap * gap
      cubes += gap * gap * gap
    }
    let acceleration = squares > 0 ? cubes / (6 * squares * squares.squareRoot()) : 0
    guard bias.isFinite, acceleration.isFinite else { return unbounded }
    let found = ends.map { end in
      let z = bias + Normal.quantile(end)
      return Statistics.quantile(sorted: ratios, Normal.probability(upTo: bias + z / (1 - acceleration * z)))
    }
    return Interval(lower: found[0], upper: found[1])
  }
}
