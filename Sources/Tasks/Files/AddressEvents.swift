/// One recording of N-MNIST: address events of five bytes, x, y, then a bit of polarity and 23 bits of microseconds.
///
/// An event with y = 240 is no spike: the clock ran over, and all that follow are 2¹³ µs later.
/// - SeeAlso: Orchard, Jayawant, Cohen & Thakor 2015, Front. Neurosci. 9:437.
public struct AddressEvents: Sendable, Hashable {
  /// Pixels along a side.
  public static let side = 34
  /// Units: two polarities of 34x34 pixels, the unit of (polarity, y, x) being `(polarity · 34 + y) · 34 + x`.
  public static let unitCount = 2 * side * side
  /// The most bytes of a recording: 262144 events.
  public static let limit = 5 << 18

  /// The unit of each event.
  public let units: [UInt16]
  /// The time of each event in microseconds.
  public let times: [UInt32]

  /// Decodes the bytes of a file.
  /// - Throws: `TaskError` of kind `badData` when it is cut off, too long, or names a pixel that is not there.
  public static func decode(_ file: [UInt8], name: String) throws(TaskError) -> AddressEvents {
    guard file.count % 5 == 0, file.count <= limit else {
      throw TaskError(
        .badData, "\(name): is \(file.count) bytes long, which is no whole number of events of 5, or above \(limit)")
    }
    var units: [UInt16] = []
    var times: [UInt32] = []
    units.reserveCapacity(file.count / 5)
    times.reserveCapacity(file.count / 5)
    var overflows: UInt32 = 0
    for start in stride(from: 0, to: file.count, by: 5) {
      let (x, y, high) = (Int(file[start]), Int(file[start + 1]), Int(file[start + 2]))
      if y == 240 {
        overflows += 1
        continue
      }
      guard x < side, y < side else {
        throw TaskError(
          .badData, "\(name): event \(start / 5 + 1) is at (\(x), \(y)), outside \(side) x \(side) pixels")
      }
      units.append(UInt16(((high >> 7) * side + y) * side + x))
      times.append(UInt32((high & 0x7F) << 16 | Int(file[start + 3]) << 8 | Int(file[start + 4])) + overflows << 13)
    }
    return AddressEvents(units: units, times: times)
  }
}
