/// The 8x8 handwritten digits as comma-separated text, plain or gzip: 64 whole numbers from 0 to 16, then the label.
/// - SeeAlso: Alpaydin & Kaynak 1998, UCI "Optical Recognition of Handwritten Digits".
public struct DigitsFile: Sendable {
  /// Values per line before the label.
  public static let pixelCount = 64
  /// The most bytes of text that are accepted: 64 MiB.
  public static let limit = 64 << 20

  /// The values of all samples, [count, 64] row-major, each in `0 ... 16`.
  public let pixels: [UInt8]
  /// The label of each sample, in `0 ... 9`.
  public let labels: [UInt8]

  /// Reads a file.
  /// - Throws: `TaskError` of kind `missing` when it cannot be read and `badData` when it is not what it should be.
  public static func read(_ path: String) throws(TaskError) -> DigitsFile {
    try decode(FileBytes.read(path, limit: limit), name: path)
  }

  /// Decodes the bytes of a file.
  /// - Parameters:
  ///   - file: the file's bytes, plain or gzip.
  ///   - name: the file, for messages.
  public static func decode(_ file: [UInt8], name: String) throws(TaskError) -> DigitsFile {
    let text = Gzip.isGzip(file) ? try Gzip.unpack(file, name: name, limit: limit) : file
    var pixels: [UInt8] = []
    var labels: [UInt8] = []
    for (row, line) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if line.isEmpty { continue }
      let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      guard fields.count == pixelCount + 1 else {
        throw TaskError(
          .badData, "\(name): line \(row + 1): \(fields.count) values where \(pixelCount + 1) were expected")
      }
      for (column, field) in fields.enumerated() {
        let isLabel = column == pixelCount
        let greatest: UInt8 = isLabel ? 9 : 16
        guard let value = wholeNumber(field), value <= greatest else {
          throw TaskError(
            .badData,
            "\(name): line \(row + 1), column \(column + 1): \"\(printable(field))\" where a "
              + "\(isLabel ? "label" : "whole number") from 0 to \(greatest) was expected")
        }
        if isLabel { labels.append(value) } else { pixels.append(value) }
      }
    }
    guard !labels.isEmpty else { throw TaskError(.badData, "\(name): holds no samples") }
    return DigitsFile(pixels: pixels, labels: labels)
  }
}

/// A whole number of one to three digits, blanks around it allowed.
private func wholeNumber(_ field: ArraySlice<UInt8>) -> UInt8? {
  let blank = UInt8(ascii: " ")
  let digits = field.drop { $0 == blank }
  guard let end = digits.lastIndex(where: { $0 != blank }) else { return nil }
  let trimmed = digits[...end]
  guard trimmed.count <= 3 else { return nil }
  var value = 0
  for byte in trimmed {
    guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
    value = value * 10 + Int(byte - UInt8(ascii: "0"))
  }
  return UInt8(exactly: value)
}

/// The first characters of a field, with anything that is not printable ASCII as `?`.
private func printable(_ field: ArraySlice<UInt8>) -> String {
  let shown = field.prefix(24).map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: "?") }
  return String(decoding: shown, as: UTF8.self) + (field.count > 24 ? "..." : "")
}
