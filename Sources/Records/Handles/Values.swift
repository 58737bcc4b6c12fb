/// Values on their way into a dataset, in C order.
public enum Values: Sendable, Hashable {
  /// Double precision.
  case doubles([Double])
  /// Single precision.
  case floats([Float])
  /// Signed integers.
  case integers([Int])
  /// Unsigned 64-bit words.
  case words([UInt64])
  /// Texts.
  case texts([String])

  /// How many values there are.
  public var count: Int {
    switch self {
    case .doubles(let all): all.count
    case .floats(let all): all.count
    case .integers(let all): all.count
    case .words(let all): all.count
    case .texts(let all): all.count
    }
  }
}

/// UTF-8 texts laid end to end, each closed by a NUL, as the library wants them: one pointer a text.
///
/// A NUL inside a text would end it early; it becomes U+FFFD.
struct TextBlock {
  private var bytes: [CChar] = []
  private var starts: [Int] = []

  init(_ texts: [String]) {
    starts.reserveCapacity(texts.count)
    for text in texts {
      starts.append(bytes.count)
      for byte in text.utf8 {
        if byte == 0 { bytes += [-17, -65, -67] } else { bytes.append(CChar(bitPattern: byte)) }
      }
      bytes.append(0)
    }
  }

  /// Calls `body` with the address of the pointers.
  func withPointers<Result>(_ body: (UnsafeRawPointer?) -> Result) -> Result {
    bytes.withUnsafeBufferPointer { block in
      let pointers = starts.map { start in block.baseAddress.map { $0 + start } }
      return pointers.withUnsafeBytes { body($0.baseAddress) }
    }
  }
}
