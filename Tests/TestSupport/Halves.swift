extension Float {
  /// The nearest bfloat16 number, ties to even.
  public var roundedToHalf: Float {
    guard isFinite else { return self }
    return Float(bitPattern: (bitPattern &+ 0x7fff &+ (bitPattern >> 16 & 1)) & 0xffff_0000)
  }
}
