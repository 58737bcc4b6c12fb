/// A PNG image as grey values: grey or palette, 1 to 8 bits a sample, not interlaced.
/// - SeeAlso: the PNG specification, ISO/IEC 15948.
public struct PNGImage: Sendable {
  /// The most pixels along a side.
  public static let largestSide = 4096

  /// Pixels of a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// Grey values, [height, width] row-major: 0 is black, 255 white.
  public let pixels: [UInt8]

  /// Decodes the bytes of an image.
  ///
  /// Palette colours become grey as 0.299 R + 0.587 G + 0.114 B.
  /// - Parameters:
  ///   - bytes: the file.
  ///   - name: the file, for messages.
  /// - Throws: `TaskError` of kind `badData` when it is no such image, damaged or too large.
  public static func decode(_ bytes: [UInt8], name: String) throws(TaskError) -> PNGImage {
    let view = ByteView(bytes: bytes, name: name)
    guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else {
      throw TaskError(.badData, "\(name): is not a PNG image")
    }
    var header: Header?
    var palette: [UInt8] = []
    var packed: [UInt8] = []
    var place = 8
    chunks: while true {
      guard place < bytes.count else { throw TaskError(.badData, "\(name): the image is cut off") }
      let count = try view.bigEndian(place, size: 4)
      let body = try view.slice(place + 8, count)
      guard
        try view.bigEndian(place + 8 + count, size: 4) == Int(Deflate.checksum(try view.slice(place + 4, count + 4)))
      else { throw TaskError(.badData, "\(name): a part of the image is damaged: its checksum does not agree") }
      let kind = String(decoding: try view.slice(place + 4, 4), as: UTF8.self)
      switch kind {
      case "IHDR":
        guard header == nil else { throw TaskError(.badData, "\(name): has two image headers") }
        header = try Header(ByteView(bytes: Array(body), name: name))
      case "PLTE": palette = stride(from: 0, to: count - count % 3, by: 3).map { grey(body.dropFirst($0).prefix(3)) }
      case "IDAT": packed += body
      case "IEND": break chunks
      default: break
      }
      guard header != nil else { throw TaskError(.badData, "\(name): does not begin with an image header") }
      place += 12 + count
    }
    guard let header else { throw TaskError(.badData, "\(name): has no image header") }
    let rows = try Deflate.unpack(packed[...], count: header.height * (header.rowBytes + 1), .zlib, name: name)
    return PNGImage(
      width: header.width, height: header.height,
      pixels: try header.pixels(try header.unfiltered(rows, name: name), palette: palette, name: name))
  }

  private static func grey(_ color: ArraySlice<UInt8>) -> UInt8 {
    let parts = zip([299, 587, 114], color).reduce(500) { $0 + $1.0 * Int($1.1) }
    return UInt8(parts / 1000)
  }

  /// What the image's header says.
  private struct Header {
    let width: Int
    let height: Int
    let depth: Int
    let isPalette: Bool

    init(_ view: ByteView) throws(TaskError) {
      guard view.bytes.count == 13 else {
        throw TaskError(.badData, "\(view.name): the image header has \(view.bytes.count) bytes where 13 were expected")
      }
      width = try view.bigEndian(0, size: 4)
      height = try view.bigEndian(4, size: 4)
      let fields = view.bytes[8...].map(Int.init)
      depth = fields[0]
      isPalette = fields[1] == 3
      guard (1...largestSide).contains(width), (1...largestSide).contains(height) else {
        throw TaskError(
          .badData, "\(view.name): is \(width) x \(height) pixels; 1 to \(largestSide) along a side are read")
      }
      guard [1, 2, 4, 8].contains(depth), fields[1] == 0 || isPalette, fields[2...3] == [0, 0], fields[4] == 0 else {
        throw TaskError(
          .badData,
          "\(view.name): has bit depth \(depth), colour type \(fields[1]) and interlacing \(fields[4]); only grey and "
            + "palette images of 1 to 8 bits, not interlaced, are read")
      }
    }

    var rowBytes: Int { (width * depth + 7) / 8 }

    /// Undoes the filter of every row; a sample is one byte or less, so the one before is the byte before.
    func unfiltered(_ filtered: [UInt8], name: String) throws(TaskError) -> [UInt8] {
      var rows = [UInt8](repeating: 0, count: height * rowBytes)
      for row in 0..<height {
        let source = row * (rowBytes + 1)
        let target = row * rowBytes
        let filter = filtered[source]
        guard filter <= 4 else { throw TaskError(.badData, "\(name): row \(row + 1) has the unknown filter \(filter)") }
        for i in 0..<rowBytes {
          let left = i > 0 ? Int(rows[target + i - 1]) : 0
          let above = row > 0 ? Int(rows[target + i - rowBytes]) : 0
          let corner = i > 0 && row > 0 ? Int(rows[target + i - 1 - rowBytes]) : 0
          let guess: Int
          switch filter {
          case 1: guess = left
          case 2: guess = above
          case 3: guess = (left + above) / 2
          case 4: guess = Self.paeth(left, above, corner)
          default: guess = 0
          }
          rows[target + i] = filtered[source + 1 + i] &+ UInt8(guess)
        }
      }
      return rows
    }

    private static func paeth(_ left: Int, _ above: Int, _ corner: Int) -> Int {
      let (a, b, c) = (abs(above - corner), abs(left - corner), abs(left + above - 2 * corner))
      return a <= b && a <= c ? left : b <= c ? above : corner
    }

    /// The grey value of every pixel.
    func pixels(_ rows: [UInt8], palette: [UInt8], name: String) throws(TaskError) -> [UInt8] {
      let greatest = 1 << depth - 1
      var pixels = [UInt8](repeating: 0, count: width * height)
      for row in 0..<height {
        for column in 0..<width {
          let bit = column * depth
          let value = Int(rows[row * rowBytes + bit / 8]) >> (8 - depth - bit % 8) & greatest
          if isPalette {
            guard value < palette.count else {
              throw TaskError(.badData, "\(name): names colour \(value) of a palette of \(palette.count)")
            }
            pixels[row * width + column] = palette[value]
          } else {
            pixels[row * width + column] = UInt8(value * 255 / greatest)
          }
        }
      }
      return pixels
    }
  }
}
