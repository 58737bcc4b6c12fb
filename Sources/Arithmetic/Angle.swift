import RealModule

/// The angle between two vectors of any number of dimensions.
public enum Angle {
  /// `arccos(x·y / (|x| |y|))` in degrees, 0 to 180; NaN where a vector is 0 or not finite. Equal vectors give exactly 0.
  /// - Precondition: the vectors are of equal length.
  public static func degrees(_ x: [Double], _ y: [Double]) -> Double {
    precondition(x.count == y.count, "\(x.count) and \(y.count) numbers")
    var (dot, xx, yy) = (0.0, 0.0, 0.0)
    for (a, b) in zip(x, y) {
      dot += a * b
      xx += a * a
      yy += b * b
    }
    return degrees(dot: dot, squares: (xx, yy))
  }

  /// The same from the scalar product and the squared lengths.
  public static func degrees(dot: Double, squares: (Double, Double)) -> Double {
    let size = (squares.0 * squares.1).squareRoot()
    guard size > 0, size.isFinite else { return .nan }
    return Double.acos(min(1, max(-1, dot / size))) * 180 / .pi
  }
}
