extension RandomStream {
  /// Four blocks at once: word `w` of block `indices[i]` is element `i` of the result's part `w`.
  ///
  /// The words are those of `block(_:)`, in vector instructions: for loops that need many numbers of one stream.
  @inlinable @inline(__always)
  public func blocks(
    _ indices: SIMD4<UInt32>
  ) -> (SIMD4<UInt32>, SIMD4<UInt32>, SIMD4<UInt32>, SIMD4<UInt32>) {
    typealias Lanes = SIMD4<UInt64>
    // Each lane holds 32 bits in 64, so that a product keeps both of its halves.
    let low = Lanes(repeating: 0xFFFF_FFFF)
    var c0 = Lanes(truncatingIfNeeded: indices)
    var c1 = Lanes(repeating: UInt64(tail.0))
    var c2 = Lanes(repeating: UInt64(tail.1))
    var c3 = Lanes(repeating: UInt64(tail.2))
    var (k0, k1) = key
    for _ in 0..<10 {
      let p0 = (c0 & low) &* Lanes(repeating: 0xD251_1F53)
      let p1 = (c2 & low) &* Lanes(repeating: 0xCD9E_8D57)
      c0 = (p1 &>> 32) ^ c1 ^ Lanes(repeating: UInt64(k0))
      c2 = (p0 &>> 32) ^ c3 ^ Lanes(repeating: UInt64(k1))
      c1 = p1 & low
      c3 = p0 & low
      k0 = k0 &+ 0x9E37_79B9
      k1 = k1 &+ 0xBB67_AE85
    }
    return (
      SIMD4(truncatingIfNeeded: c0), SIMD4(truncatingIfNeeded: c1), SIMD4(truncatingIfNeeded: c2),
      SIMD4(truncatingIfNeeded: c3)
    )
  }
}
