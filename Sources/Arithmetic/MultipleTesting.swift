/// Corrections of p values for how many there are.
public enum MultipleTesting {
  /// Holm's adjusted p values: the chance of a single false rejection among all stays below α where those with an
  /// adjusted value up to α are rejected, whatever their dependence.
  ///
  /// With the m values in ascending order, p̃₍ᵢ₎ = max over j ≤ i of min(1, (m - j + 1) · p₍ⱼ₎). NaN stays NaN and is not
  /// counted.
  /// - SeeAlso: Holm 1979, Scand. J. Stat. 6:65.
  public static func holm(_ values: [Double]) -> [Double] {
    let order = values.indices.filter { !values[$0].isNaN }.sorted { (values[$0], $0) < (values[$1], $1) }
    var adjusted = values
    var largest = 0.0
    for (rank, index) in order.enumerated() {
      largest = max(largest, min(1, Double(order.count - rank) * values[index]))
      adjusted[index] = largest
    }
    return adjusted
  }
}
