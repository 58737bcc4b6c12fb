/// A file of CIFAR-10's binary version: records of one label byte and 32x32 red, green and blue bytes, rows first.
/// - SeeAlso: Krizhevsky 2009, "Learning multiple layers of features from tiny images".
public struct CIFARFile: Sendable {
  /// Bytes of a record after its label: three colours of 32x32 pixels.
  public static let pixelCount = 3072
  /// The most bytes that are accepted: 256 MiB.
  public static let limit = 1 << 28

  /// The values of all samples, [count, 3072] row-major.
  public let pixels: [UInt8]
  /// The label of each sample, in `0 ... 9`.
  public let labels: [UInt8]

  /// Reads a file.
  /// - Throws: `TaskError` of kind `missing` when it cannot be read and `badData` when it is not what it should be.
  public static func read(_ path: String) throws(TaskError) -> CIFARFile {
    try decode(FileBytes.read(path, limit: limit), name: path)
  }

  /// Decodes the bytes of a file.
  public static func decode(_ file: [UInt8], name: String) throws(TaskError) -> CIFARFile {
    let record = pixelCount + 1
    guard !file.isEmpty, file.count % record == 0 else {
      throw TaskError(
        .badData, "\(name): is \(file.count) bytes long, which is no whole number of records of \(record)")
    }
    let labels = stride(from: 0, to: file.count, by: record).map { file[$0] }
    if let wrong = labels.firstIndex(where: { $0 > 9 }) {
      throw TaskError(.badData, "\(name): label \(labels[wrong]) of record \(wrong + 1) is outside 0 ... 9")
    }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(labels.count * pixelCount)
    for start in stride(from: 1, to: file.count, by: record) { pixels += file[start..<start + pixelCount] }
    return CIFARFile(pixels: pixels, labels: labels)
  }

  /// The images in grey, 0.299 R + 0.587 G + 0.114 B rounded, [count, 1024].
  public var grey: [UInt8] {
    let plane = Self.pixelCount / 3
    var grey = [UInt8](repeating: 0, count: labels.count * plane)
    for sample in labels.indices {
      for i in 0..<plane {
        let start = sample * Self.pixelCount + i
        let sum = 299 * Int(pixels[start]) + 587 * Int(pixels[start + plane]) + 114 * Int(pixels[start + 2 * plane])
        grey[sample * plane + i] = UInt8((sum + 500) / 1000)
      }
    }
    return grey
  }
}
