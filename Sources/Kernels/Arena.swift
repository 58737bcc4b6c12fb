/// Zeroed, 64-byte-aligned memory that lives as long as its owner: every array of an inner loop is allocated once.
public final class Arena {
  private var blocks: [UnsafeMutableRawPointer] = []

  /// Bytes handed out so far.
  public private(set) var byteCount = 0

  /// An empty arena.
  public init() {}

  deinit {
    for block in blocks { block.deallocate() }
  }

  /// A zeroed array of `count` elements, padded with zeros to a multiple of 64 bytes and at least 64 bytes long.
  public func allocate<Element: BinaryInteger>(_ count: Int, of type: Element.Type) -> UnsafeMutablePointer<Element> {
    raw(count * MemoryLayout<Element>.stride).bindMemory(to: Element.self, capacity: count)
  }

  /// A zeroed array of `count` numbers, padded with zeros to a multiple of 64 bytes and at least 64 bytes long.
  public func allocate<Scalar: KernelScalar>(_ count: Int, of type: Scalar.Type) -> UnsafeMutablePointer<Scalar> {
    raw(count * MemoryLayout<Scalar>.stride).bindMemory(to: Scalar.self, capacity: count)
  }

  /// An array of `count` addresses, all nil.
  public func allocate<Pointee>(
    _ count: Int, pointersTo type: Pointee.Type
  ) -> UnsafeMutablePointer<UnsafePointer<Pointee>?> {
    raw(count * MemoryLayout<UnsafePointer<Pointee>?>.stride)
      .bindMemory(to: UnsafePointer<Pointee>?.self, capacity: count)
  }

  private func raw(_ bytes: Int) -> UnsafeMutableRawPointer {
    let size = max(64, (bytes + 63) / 64 * 64)
    let block = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    block.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    blocks.append(block)
    byteCount += size
    return block
  }
}
