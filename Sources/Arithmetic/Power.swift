/// How large an effect a paired comparison can see.
public enum Power {
  /// The mean difference that a two-sided paired t-test at level α finds with the given power:
  ///
  ///     δ = (t[1 - α/2, n - 1] + t[power, n - 1]) · s / √n
  ///
  /// with s the standard deviation of the differences and t quantiles of Student's distribution. It sets two shifted
  /// central distributions for the noncentral one; from n = 10 on the power so reached is within 0.01 of what is asked.
  /// NaN for fewer than two differences.
  /// - SeeAlso: Cohen 1988, *Statistical Power Analysis for the Behavioral Sciences*, chapter 2.
  /// - Precondition: `level` and `power` lie inside `0 ... 1`.
  public static func detectableDifference(
    _ differences: [Double], level: Double = 0.05, power: Double = 0.8
  ) -> Double {
    precondition(level > 0 && level < 1 && power > 0 && power < 1, "level \(level), power \(power)")
    guard differences.count > 1, differences.allSatisfy(\.isFinite) else { return .nan }
    let student = StudentT(degreesOfFreedom: Double(differences.count - 1))
    return (student.quantile(1 - level / 2) + student.quantile(power)) * Statistics.standardError(differences)
  }
}
