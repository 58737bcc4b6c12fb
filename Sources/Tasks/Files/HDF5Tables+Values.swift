extension HDF5Tables {
  /// Whole numbers of a table.
  mutating func integers(_ path: String, limit: Int) throws(TaskError) -> [Int] {
    let table = try table(path)
    guard case .integer(let size) = table.element else {
      throw TaskError(.badData, "\(view.name): \(path) does not hold whole numbers")
    }
    let elements = ByteView(bytes: try elements(of: table, limit: limit), name: view.name)
    var numbers: [Int] = []
    numbers.reserveCapacity(table.count)
    for i in 0..<table.count { numbers.append(try elements.number(i * size, size: size)) }
    return numbers
  }

  /// Lists of a table, one after the other, and where each begins (one more than there are lists).
  ///
  /// The lists are found through their place in the file's heaps, whose sizes must agree with theirs.
  /// - Parameters:
  ///   - limit: the most lists.
  ///   - convert: an element from its bytes, least significant first, and whether they are a floating-point number.
  mutating func lists<Value>(
    _ path: String, limit: Int, _ convert: (UInt64, _ size: Int, _ isFloat: Bool) -> Value?
  ) throws(TaskError) -> (values: [Value], offsets: [Int]) {
    let table = try table(path)
    guard case .list(let inner) = table.element else {
      throw TaskError(.badData, "\(view.name): \(path) does not hold lists")
    }
    let isFloat = if case .float = inner { true } else { false }
    let size = inner.size
    let elements = ByteView(bytes: try elements(of: table, limit: limit), name: view.name)
    var heaps = HeapObjects(view)
    var values: [Value] = []
    var offsets = [0]
    for i in 0..<table.count {
      let count = try elements.number(16 * i, size: 4)
      if count > 0 {
        // No list shares its bytes with another, so all together have no more elements than the file has room for.
        guard values.count + count <= view.bytes.count / size else {
          throw TaskError(.badData, "\(view.name): the lists of \(path) are longer than the file")
        }
        let place = try heaps.object(
          try elements.number(16 * i + 12, size: 4), of: try elements.number(16 * i + 4, size: 8))
        guard place.count == count * size else {
          throw TaskError(
            .badData,
            "\(view.name): list \(i + 1) of \(path) promises \(count) elements of \(size) bytes, where \(place.count) "
              + "bytes are")
        }
        for start in stride(from: place.lowerBound, to: place.upperBound, by: size) {
          var word: UInt64 = 0
          for byte in 0..<size { word |= UInt64(view.bytes[start + byte]) << (8 * UInt64(byte)) }
          guard let value = convert(word, size, isFloat) else {
            throw TaskError(
              .badData,
              "\(view.name): list \(i + 1) of \(path) holds a value that is not possible, at place "
                + "\((start - place.lowerBound) / size + 1)")
          }
          values.append(value)
        }
      }
      offsets.append(values.count)
    }
    return (values, offsets)
  }

  /// The bytes of all elements of a table.
  private mutating func elements(of table: HDF5Table, limit: Int) throws(TaskError) -> [UInt8] {
    guard table.count <= limit else {
      throw TaskError(
        .badData, "\(view.name): \(table.path) has \(table.count) elements, more than the \(limit) that are read")
    }
    let wanted = table.count * table.element.size
    switch table.layout {
    case .compact(let bytes):
      guard bytes.count >= wanted else { throw shortage(table, bytes.count) }
      return Array(bytes[..<wanted])
    case .contiguous(let start, let count):
      guard count >= wanted, start > 0 || wanted == 0 else { throw shortage(table, count) }
      return Array(try view.slice(start, wanted))
    case .chunked(let tree, let length):
      return try chunks(of: table, tree: tree, length: length, wanted: wanted)
    }
  }

  private func shortage(_ table: HDF5Table, _ count: Int) -> TaskError {
    TaskError(.badData, "\(view.name): \(table.path) promises \(table.count) elements, but has \(count) bytes")
  }

  private mutating func chunks(
    of table: HDF5Table, tree: Int, length: Int, wanted: Int
  ) throws(TaskError) -> [UInt8] {
    let chunkBytes = length * table.element.size
    guard length > 0, chunkBytes <= 1 << 28, tree > 0 || wanted == 0 else { throw shortage(table, chunkBytes) }
    var elements = [UInt8](repeating: 0, count: wanted)
    var filled = 0
    guard wanted > 0 else { return elements }
    // A key is the chunk's size, a mask of filters left out, and its place in elements (and 0 within the element).
    for leaf in try leaves(tree, kind: 1, keySize: 24) {
      let name = "\(view.name): a part of \(table.path)"
      var bytes = try view.slice(leaf.child, try view.number(leaf.key, size: 4))
      let mask = try view.number(leaf.key + 4, size: 4)
      let first = try view.number(leaf.key + 8, size: 8)
      guard first % length == 0, first < table.count else {
        throw TaskError(.badData, "\(name) lies outside it")
      }
      for (number, filter) in table.filters.enumerated().reversed() where mask >> number & 1 == 0 {
        switch filter {
        case 1: bytes = try Deflate.unpack(bytes, count: chunkBytes, .zlib, name: name)[...]
        case 2: bytes = Self.unshuffled(bytes, size: table.element.size)[...]
        default: bytes = bytes.dropLast(4)
        }
      }
      guard bytes.count == chunkBytes else {
        throw TaskError(.badData, "\(name) has \(bytes.count) bytes where \(chunkBytes) were expected")
      }
      let start = first * table.element.size
      let count = min(chunkBytes, wanted - start)
      elements.replaceSubrange(start..<start + count, with: bytes.prefix(count))
      filled += count
      guard filled <= wanted else { throw TaskError(.badData, "\(name) is there twice") }
    }
    guard filled == wanted else { throw shortage(table, filled) }
    return elements
  }

  /// Undoes the shuffle filter, which puts the first bytes of all elements before their second ones.
  private static func unshuffled(_ bytes: ArraySlice<UInt8>, size: Int) -> [UInt8] {
    let count = bytes.count / size
    var plain = Array(bytes)
    for i in 0..<count {
      for byte in 0..<size { plain[i * size + byte] = bytes[bytes.startIndex + byte * count + i] }
    }
    return plain
  }
}

/// The objects of a file's global heaps, where lists of varying length lie.
private struct HeapObjects {
  private let view: ByteView
  private var collections: [Int: [Int: Range<Int>]] = [:]
  /// Bytes of collections that were gone through; each lies in the file once.
  private var seen = 0

  init(_ view: ByteView) { self.view = view }

  /// Where object `index` of the collection at `address` lies.
  mutating func object(_ index: Int, of address: Int) throws(TaskError) -> Range<Int> {
    let objects: [Int: Range<Int>]
    if let known = collections[address] {
      objects = known
    } else {
      objects = try collection(address)
      collections[address] = objects
    }
    guard let place = objects[index] else {
      throw TaskError(.badData, "\(view.name): a list is not where the table says")
    }
    return place
  }

  private mutating func collection(_ address: Int) throws(TaskError) -> [Int: Range<Int>] {
    guard view.has("GCOL", at: address) else {
      throw TaskError(.badData, "\(view.name): a list is not where the table says")
    }
    let size = try view.number(address + 8, size: 8)
    _ = try view.slice(address, size)
    seen += size
    guard seen <= view.bytes.count else { throw TaskError(.badData, "\(view.name): its lists lie over each other") }
    var objects: [Int: Range<Int>] = [:]
    var place = address + 16
    while place + 16 <= address + size {
      let index = try view.number(place, size: 2)
      // Object 0 is what is free, to the end of the collection.
      if index == 0 { break }
      let count = try view.number(place + 8, size: 8)
      guard count <= address + size - place - 16 else {
        throw TaskError(.badData, "\(view.name): a collection of lists is damaged")
      }
      objects[index] = place + 16..<place + 16 + count
      place += 16 + (count + 7) / 8 * 8
    }
    return objects
  }
}
