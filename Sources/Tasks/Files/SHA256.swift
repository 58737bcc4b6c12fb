#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The SHA-256 digest, to tell one copy of a data file from another.
/// - SeeAlso: FIPS PUB 180-4.
public enum SHA256 {
  /// The digest of `bytes` as 64 hexadecimal digits.
  public static func digest(_ bytes: [UInt8]) -> String {
    var running = Running()
    running.take(bytes[...])
    return running.finish()
  }

  /// The digest of a file, read block by block.
  /// - Throws: `TaskError` when the file is missing or cannot be read.
  public static func digest(file path: String) throws(TaskError) -> String {
    guard let file = fopen(path, "rb") else {
      throw TaskError(
        errno == ENOENT ? .missing : .badData, "\(path): cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var running = Running()
    var block = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = fread(&block, 1, block.count, file)
      running.take(block[..<count])
      if count < block.count { break }
    }
    guard ferror(file) == 0 else { throw TaskError(.badData, "\(path): cannot be read to its end") }
    return running.finish()
  }

  /// A message on its way in.
  private struct Running {
    var state = initialState
    var schedule = [UInt32](repeating: 0, count: 64)
    var length = 0
    /// What came in behind the last whole block of 64 bytes.
    var rest: [UInt8] = []

    mutating func take(_ bytes: ArraySlice<UInt8>) {
      length += bytes.count
      let all = rest.isEmpty ? bytes : (rest + bytes)[...]
      let whole = all.count / 64 * 64
      all.withUnsafeBufferPointer { source in
        for start in stride(from: 0, to: whole, by: 64) {
          compress(UnsafeBufferPointer(rebasing: source[start..<start + 64]), &state, &schedule)
        }
      }
      rest = Array(all.dropFirst(whole))
    }

    mutating func finish() -> String {
      // The tail: the message's end, a one bit, zeros, and the length in bits.
      let bits = UInt64(length) * 8
      var tail: [UInt8] = [0x80]
      while (rest.count + tail.count) % 64 != 56 { tail.append(0) }
      for shift in stride(from: 56, through: 0, by: -8) {
        tail.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
      }
      take(tail[...])
      return state.map { word in
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
      }.joined()
    }
  }

  private static func compress(
    _ block: UnsafeBufferPointer<UInt8>, _ state: inout [UInt32], _ schedule: inout [UInt32]
  ) {
    schedule.withUnsafeMutableBufferPointer { w in
      constants.withUnsafeBufferPointer { k in
        for i in 0..<16 {
          let j = 4 * i
          w[i] =
            UInt32(block[j]) << 24 | UInt32(block[j + 1]) << 16 | UInt32(block[j + 2]) << 8 | UInt32(block[j + 3])
        }
        for i in 16..<64 {
          let s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3
          let s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10
          w[i] = w[i - 16] &+ s0 &+ w[i - 7] &+ s1
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for i in 0..<64 {
          let s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
          let t1 = h &+ s1 &+ (e & f ^ ~e & g) &+ k[i] &+ w[i]
          let s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
          let t2 = s0 &+ (a & b ^ a & c ^ b & c)
          (h, g, f, e, d, c, b, a) = (g, f, e, d &+ t1, c, b, a, t1 &+ t2)
        }
        for (i, word) in [a, b, c, d, e, f, g, h].enumerated() { state[i] &+= word }
      }
    }
  }

  @inline(__always)
  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

  /// The first 32 bits of the fractional parts of the square roots of the first eight primes.
  private static let initialState: [UInt32] = primes(8).map { fraction(of: $0, root: 2) }

  /// The first 32 bits of the fractional parts of the cube roots of the first sixty-four primes.
  private static let constants: [UInt32] = primes(64).map { fraction(of: $0, root: 3) }

  private static func primes(_ count: Int) -> [UInt64] {
    var found: [UInt64] = []
    var candidate: UInt64 = 2
    while found.count < count {
      if found.allSatisfy({ candidate % $0 != 0 }) { found.append(candidate) }
      candidate += 1
    }
    return found
  }

  /// The 32 bits after the binary point of the root of a small prime, found bit by bit in whole numbers.
  private static func fraction(of prime: UInt64, root: Int) -> UInt32 {
    // The greatest r with r^root <= prime · 2^(32 · root) holds the root in its upper, the fraction in its lower bits.
    let target = UInt128(prime) << UInt128(32 * root)
    var result: UInt128 = 0
    for bit in stride(from: 36, through: 0, by: -1) {
      let trial = result | UInt128(1) << UInt128(bit)
      let power = root == 2 ? trial * trial : trial * trial * trial
      if power <= target { result = trial }
    }
    return UInt32(truncatingIfNeeded: result)
  }
}
