/// Spikes in an HDF5 file laid out as the Spiking Heidelberg Digits are: `spikes/times` (lists of seconds),
/// `spikes/units` (lists of units) and `labels`.
/// - SeeAlso: Cramer, Stradmann, Schemmel & Zenke 2022, IEEE Trans. Neural Netw. Learn. Syst. 33:2744.
public struct SpikeListFile: Sendable {
  /// The most bytes that are accepted: 2 GiB, packed or not.
  public static let limit = 1 << 31
  /// The most samples.
  public static let largestCount = 1 << 20

  /// Where the spikes of each sample begin, [count + 1].
  public let offsets: [Int]
  /// The unit of each spike.
  public let units: [UInt16]
  /// The time of each spike in microseconds.
  public let times: [UInt32]
  /// The class of each sample.
  public let labels: [UInt16]

  /// Reads a file.
  /// - Throws: `TaskError` of kind `missing` when it cannot be read and `badData` when it is not what it should be.
  public static func read(_ path: String, unitCount: Int, classCount: Int) throws(TaskError) -> SpikeListFile {
    try decode(FileBytes.read(path, limit: limit), name: path, unitCount: unitCount, classCount: classCount)
  }

  /// Decodes the bytes of a file, plain or gzip.
  /// - Parameters:
  ///   - file: the file's bytes.
  ///   - name: the file, for messages.
  ///   - unitCount: every unit must be below it; at most 65536.
  ///   - classCount: every label must be below it.
  public static func decode(
    _ file: [UInt8], name: String, unitCount: Int, classCount: Int
  ) throws(TaskError) -> SpikeListFile {
    precondition((1...65_536).contains(unitCount), "\(unitCount) units")
    let bytes = Gzip.isGzip(file) ? try Gzip.unpack(file, name: name, limit: limit) : file
    var tables = try HDF5Tables(bytes, name: name)
    let labels = try tables.integers("labels", limit: largestCount)
    if let wrong = labels.firstIndex(where: { $0 >= classCount }) {
      throw TaskError(
        .badData, "\(name): label \(labels[wrong]) of sample \(wrong + 1) is outside 0 ... \(classCount - 1)")
    }
    let units = try tables.lists("spikes/units", limit: largestCount) { word, _, isFloat in
      isFloat || word >= UInt64(unitCount) ? nil : UInt16(word)
    }
    let times = try tables.lists("spikes/times", limit: largestCount) { word, size, isFloat -> UInt32? in
      guard isFloat else { return nil }
      let microseconds = (1e6 * seconds(word, size: size)).rounded()
      return microseconds >= 0 && microseconds < 4e9 ? UInt32(microseconds) : nil
    }
    guard !labels.isEmpty, units.offsets == times.offsets, units.offsets.count == labels.count + 1 else {
      throw TaskError(
        .badData,
        "\(name): \(labels.count) labels, \(units.offsets.count - 1) lists of units and \(times.offsets.count - 1) of "
          + "times do not belong together, sample by sample and spike by spike")
    }
    return SpikeListFile(
      offsets: units.offsets, units: units.values, times: times.values, labels: labels.map { UInt16($0) })
  }

  /// The value of a floating-point number of 2, 4 or 8 bytes.
  private static func seconds(_ word: UInt64, size: Int) -> Double {
    switch size {
    case 8: return Double(bitPattern: word)
    case 4: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: word)))
    default:
      let (exponent, fraction) = (Int(word >> 10 & 0x1F), Double(word & 0x3FF))
      let size =
        exponent == 31
        ? Double.nan
        : exponent == 0
          ? fraction * 0x1p-24 : (1 + fraction * 0x1p-10) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
      return word >> 15 & 1 == 0 ? size : -size
    }
  }
}
