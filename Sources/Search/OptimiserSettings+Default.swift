import RealModule

extension OptimiserSettings {
  /// The usual population of CMA-ES, `4 + ⌊3 ln n⌋`.
  /// - SeeAlso: Hansen 2016, *The CMA Evolution Strategy: A Tutorial*, arXiv 1604.00772, table 1.
  public static func defaultPopulation(dimension: Int) -> Int { 4 + Int(3 * Double.log(Double(max(dimension, 1)))) }
}
