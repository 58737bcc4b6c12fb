import RealModule

extension RandomStream {
  /// A standard normal number (Box–Muller; takes four words).
  public mutating func nextNormal() -> Double {
    let radius = Double.sqrt(-2 * Double.log(1 - nextDouble()))
    return radius * Double.cos(2 * .pi * nextDouble())
  }
}
