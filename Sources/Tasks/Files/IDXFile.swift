/// A file in IDX format, plain or packed with gzip: a magic number, big-endian sizes, then bytes.
/// - SeeAlso: the format's description on the MNIST page of LeCun, Cortes & Burges.
public struct IDXFile: Sendable {
  /// What a file should hold.
  public enum Content: Sendable, Hashable {
    /// Magic number 0x00000803: count, rows, columns.
    case images
    /// Magic number 0x00000801: count.
    case labels

    var magic: UInt32 { self == .images ? 0x0000_0803 : 0x0000_0801 }
    var rank: Int { self == .images ? 3 : 1 }
    var noun: String { self == .images ? "image" : "label" }

    func sentence(_ sizes: [UInt32]) -> String {
      self == .images ? "\(sizes[0]) images of \(sizes[1]) x \(sizes[2]) pixels" : "\(sizes[0]) labels"
    }
  }

  /// The most data bytes that are accepted: 2 GiB.
  public static let limit = 1 << 31

  /// Count, then rows and columns for images.
  public let dimensions: [Int]
  /// The data, the last dimension running fastest; as many as the product of `dimensions`.
  public let bytes: [UInt8]

  /// Reads a file.
  /// - Throws: `TaskError` of kind `missing` when it cannot be read and `badData` when it is not what it should be.
  public static func read(_ path: String, _ content: Content) throws(TaskError) -> IDXFile {
    try decode(FileBytes.read(path, limit: limit + 4096), name: path, content)
  }

  /// Decodes the bytes of a file.
  ///
  /// The sizes in the header are checked against the bytes that are there before anything is allocated; data cut
  /// off and data left over are both errors.
  /// - Parameters:
  ///   - file: the file's bytes, plain or gzip.
  ///   - name: the file, for messages.
  ///   - content: what it should hold.
  public static func decode(_ file: [UInt8], name: String, _ content: Content) throws(TaskError) -> IDXFile {
    let headerCount = 4 + 4 * content.rank
    if Gzip.isGzip(file) {
      var stream = try GzipStream(file, name: name)
      var header = [UInt8](repeating: 0, count: headerCount)
      let found = try stream.read(into: &header, count: headerCount)
      let shape = try Shape(header: header[..<found], name: name, content)
      // Deflate cannot grow by more than a known ratio, so a short file cannot make a large promise.
      guard shape.byteCount <= file.count * Gzip.greatestRatio else {
        throw TaskError(
          .badData, "\(name): \(shape.promise), more than \(file.count) bytes of gzip can unpack to")
      }
      var body = [UInt8](repeating: 0, count: shape.byteCount)
      let count = try stream.read(into: &body, count: shape.byteCount)
      guard count == shape.byteCount else {
        throw TaskError(.badData, "\(name): \(shape.promise), but only \(count) bytes follow it")
      }
      var extra: [UInt8] = [0]
      guard try stream.read(into: &extra, count: 1) == 0 else {
        throw TaskError(.badData, "\(name): \(shape.promise), but more bytes follow it")
      }
      return IDXFile(dimensions: shape.dimensions, bytes: body)
    }
    let shape = try Shape(header: file.prefix(headerCount), name: name, content)
    let following = file.count - headerCount
    guard following == shape.byteCount else {
      let found = following < shape.byteCount ? "only \(following)" : "\(following)"
      throw TaskError(.badData, "\(name): \(shape.promise), but \(found) bytes follow it")
    }
    return IDXFile(dimensions: shape.dimensions, bytes: Array(file[headerCount...]))
  }

  /// What a header promises.
  private struct Shape {
    let dimensions: [Int]
    let byteCount: Int
    let promise: String

    init(header: ArraySlice<UInt8>, name: String, _ content: Content) throws(TaskError) {
      let headerCount = 4 + 4 * content.rank
      let words = stride(from: 0, to: header.count - header.count % 4, by: 4).map { start in
        header.dropFirst(start).prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      }
      guard let magic = words.first else {
        throw TaskError(
          .badData, "\(name): not an IDX \(content.noun) file: it ends within the magic number")
      }
      guard magic == content.magic else {
        throw TaskError(
          .badData,
          "\(name): not an IDX \(content.noun) file: magic number \(hexadecimal(magic)) where "
            + "\(hexadecimal(content.magic)) was expected")
      }
      guard header.count == headerCount else {
        throw TaskError(
          .badData,
          "\(name): not an IDX \(content.noun) file: it ends after \(header.count) of \(headerCount) header bytes")
      }
      let sizes = Array(words.dropFirst())
      var product = 1
      for size in sizes {
        let (next, overflow) = product.multipliedReportingOverflow(by: Int(size))
        guard size > 0 else {
          throw TaskError(.badData, "\(name): the header promises nothing: \(content.sentence(sizes))")
        }
        guard !overflow, next <= IDXFile.limit else {
          throw TaskError(
            .badData,
            "\(name): the header promises \(content.sentence(sizes)), more than the \(IDXFile.limit) bytes that are read"
          )
        }
        product = next
      }
      dimensions = sizes.map(Int.init)
      byteCount = product
      promise = "the header promises \(content.sentence(sizes)) (\(product) bytes)"
    }
  }
}

private func hexadecimal(_ word: UInt32) -> String {
  let digits = String(word, radix: 16)
  return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
}
