import CHDF5
import Glibc

extension Dataset {
  /// All values as doubles, in C order; integers are converted.
  /// - Parameter rows: the part of the first axis to read; nil for everything.
  /// - Throws: `wrongType` for text and other classes, `tooLarge` beyond ``HDF5File/largestRead``.
  public func readDoubles(rows: Range<Int>? = nil) throws(HDF5Error) -> [Double] {
    try require(.float, or: .integer, "numbers")
    return try read(.f8, zero: 0.0, rows: rows)
  }

  /// All values as single-precision floats, in C order.
  public func readFloats(rows: Range<Int>? = nil) throws(HDF5Error) -> [Float] {
    try require(.float, or: .integer, "numbers")
    return try read(.f4, zero: Float(0), rows: rows)
  }

  /// The values at fixed places of the leading axes and at `rows` of the next one as single-precision floats, in C order.
  public func readFloats(at places: [Int], rows: Range<Int>) throws(HDF5Error) -> [Float] {
    try require(.float, or: .integer, "numbers")
    return try read(.f4, zero: Float(0), box: try slab(places, rows))
  }

  /// The values at fixed places of the leading axes and at `rows` of the next one as integers, in C order.
  public func readIntegers(at places: [Int], rows: Range<Int>) throws(HDF5Error) -> [Int] {
    try require(.integer, or: .other("enum"), "integers")
    return try read(.i8, zero: Int64(0), box: try slab(places, rows)).map(Int.init)
  }

  /// All values as integers, in C order; an unsigned value beyond the range is clipped to its end.
  public func readIntegers(rows: Range<Int>? = nil) throws(HDF5Error) -> [Int] {
    try require(.integer, or: .other("enum"), "integers")
    return try read(.i8, zero: Int64(0), rows: rows).map(Int.init)
  }

  /// All values as unsigned 64-bit words, in C order; a negative value is clipped to 0.
  public func readWords(rows: Range<Int>? = nil) throws(HDF5Error) -> [UInt64] {
    try require(.integer, or: nil, "integers")
    return try read(.u8, zero: UInt64(0), rows: rows)
  }

  /// All texts, in C order, of fixed or variable length; what is not UTF-8 is repaired.
  public func readStrings(rows: Range<Int>? = nil) throws(HDF5Error) -> [String] {
    try require(.text, or: nil, "text")
    let type = try datatype()
    let box = try box(rows)
    let count = try count(box, size: type.isVariableText ? 16 : type.size)
    guard count > 0 else { return [] }
    return type.isVariableText ? try readVariable(count, box) : try readFixed(count, box, size: type.size)
  }

  private func require(_ wanted: ValueClass, or other: ValueClass?, _ word: String) throws(HDF5Error) {
    let found = try valueClass()
    guard found == wanted || found == other else {
      throw place.error(.wrongType, "it holds \(found.words), not \(word)")
    }
  }

  /// The rows of the first axis as a box; nil for everything.
  private func box(_ rows: Range<Int>?) throws(HDF5Error) -> Box? {
    guard let rows else { return nil }
    guard let length = shape.first, rows.lowerBound >= 0, rows.upperBound <= length else {
      throw place.error(.wrongType, "rows \(rows.lowerBound) ..< \(rows.upperBound) are not in its shape \(shape)")
    }
    let rest = shape.dropFirst()
    return ([rows.lowerBound] + rest.map { _ in 0 }, [rows.count] + rest)
  }

  /// The number of values in a box.
  private func count(_ box: Box?, size: Int) throws(HDF5Error) -> Int {
    try valueCount(box?.count ?? shape, size: size, limit: HDF5File.largestRead, place)
  }

  /// A box of the dataset: where it begins and how long its axes are.
  private typealias Box = (start: [Int], count: [Int])

  /// The box at fixed places of the leading axes and at `rows` of the next one.
  private func slab(_ places: [Int], _ rows: Range<Int>) throws(HDF5Error) -> Box {
    let fixed = places.count
    guard fixed < shape.count, zip(places, shape).allSatisfy({ (0..<$1).contains($0) }), rows.lowerBound >= 0,
      rows.upperBound <= shape[fixed]
    else {
      throw place.error(.wrongType, "the place \(places) and rows \(rows) are not in its shape \(shape)")
    }
    let rest = shape.dropFirst(fixed + 1)
    return (places + [rows.lowerBound] + rest.map { _ in 0 }, places.map { _ in 1 } + [rows.count] + rest)
  }

  private func read<Value>(_ type: ElementType, zero: Value, rows: Range<Int>?) throws(HDF5Error) -> [Value] {
    try read(type, zero: zero, box: try box(rows))
  }

  private func read<Value>(_ type: ElementType, zero: Value, box: Box?) throws(HDF5Error) -> [Value] {
    let count = try count(box, size: type.size)
    var values = [Value](repeating: zero, count: count)
    guard count > 0 else { return values }
    let place = place
    try withSelection(box) { id, memory, file throws(HDF5Error) in
      _ = try Library.call("H5Dread", place, "its values cannot be read") {
        values.withUnsafeMutableBytes {
          H5Dread(id, nativeType(type), memory, file, defaultProperties, $0.baseAddress)
        }
      }
    }
    return values
  }

  /// Calls `body` with the dataset, the memory space and the file space of a part.
  private func withSelection(
    _ box: Box?, _ body: (hid_t, hid_t, hid_t) throws(HDF5Error) -> Void
  ) throws(HDF5Error) {
    guard let box else { return try body(handle.id, hid_t(H5S_ALL), hid_t(H5S_ALL)) }
    let file = try dataspace()
    try file.select(start: box.start, count: box.count)
    let memory = try Dataspace(shape: box.count, at: place)
    try body(handle.id, memory.handle.id, file.handle.id)
  }

  private func readFixed(_ count: Int, _ box: Box?, size: Int) throws(HDF5Error) -> [String] {
    let type = try datatype()
    let place = place
    var bytes = [UInt8](repeating: 0, count: count * size)
    let typeID = type.handle.id
    try withSelection(box) { id, memory, file throws(HDF5Error) in
      _ = try Library.call("H5Dread", place, "its values cannot be read") {
        bytes.withUnsafeMutableBytes { H5Dread(id, typeID, memory, file, defaultProperties, $0.baseAddress) }
      }
    }
    return (0..<count).map { fixedText(bytes[$0 * size..<($0 + 1) * size]) }
  }

  private func readVariable(_ count: Int, _ box: Box?) throws(HDF5Error) -> [String] {
    let type = try Datatype.variableText(place)
    if try !datatype().isUTF8 {
      let id = type.handle.id
      _ = Library.quietly { H5Tset_cset(id, H5T_CSET_ASCII) }
    }
    let transfer = Handle(
      try Library.call("H5Pcreate", place, "its text cannot be read") { H5Pcreate(h5_p_dataset_xfer()) })
    // Many entries may share one long text, so what is allocated is counted, not only what is stored.
    let budget = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    budget.initialize(to: HDF5File.largestRead)
    defer { budget.deallocate() }
    let (typeID, transferID, place) = (type.handle.id, transfer.id, place)
    _ = Library.quietly {
      H5Pset_vlen_mem_manager(
        transferID,
        { size, budget in
          guard let budget = budget?.assumingMemoryBound(to: Int.self), size <= budget.pointee else { return nil }
          budget.pointee -= size
          return malloc(max(1, size))
        }, budget, { pointer, _ in free(pointer) }, nil)
    }
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    defer { for pointer in pointers { free(pointer) } }
    try withSelection(box) { id, memory, file throws(HDF5Error) in
      _ = try Library.call("H5Dread", place, "its text cannot be read") {
        pointers.withUnsafeMutableBytes { H5Dread(id, typeID, memory, file, transferID, $0.baseAddress) }
      }
    }
    return pointers.map { $0.map { String(cString: $0) } ?? "" }
  }
}

extension ValueClass {
  var words: String {
    switch self {
    case .integer: "integers"
    case .float: "floats"
    case .text: "text"
    case .other(let name): "values of class \(name)"
    }
  }
}

/// Text of fixed length: ends at the first NUL; padding blanks are cut.
func fixedText(_ bytes: some Collection<UInt8>) -> String {
  var text = Array(bytes.prefix { $0 != 0 })
  while text.last == 0x20 { text.removeLast() }
  return String(decoding: text, as: UTF8.self)
}
