import CHDF5
import Glibc

/// What an attribute holds.
public enum AttributeValue: Sendable, Hashable {
  /// One text.
  case text(String)
  /// Several texts.
  case texts([String])
  /// Integers; one for a scalar.
  case integers([Int])
  /// Floats, converted to double; one for a scalar.
  case doubles([Double])
  /// A class this reader does not follow, such as the library's own references.
  case other(String)
}

/// An open attribute of a file, group or dataset.
public struct Attribute: ~Copyable {
  let handle: Handle
  let place: Place
  /// Lengths of the axes; empty for a scalar.
  public let shape: [Int]

  init(opening name: String, of object: hid_t, _ place: Place) throws(HDF5Error) {
    let place = place.at("\(place.path)@\(name)")
    let id = try Library.call("H5Aopen", place, "the attribute cannot be opened", reason: .missingObject) {
      H5Aopen(object, name, defaultProperties)
    }
    let handle = Handle(id)
    let space = Dataspace(
      adopting: try Library.call("H5Aget_space", place, "its shape cannot be read") { H5Aget_space(id) }, place)
    shape = try space.shape().now
    self.handle = handle
    self.place = place
  }

  func datatype() throws(HDF5Error) -> Datatype {
    let id = handle.id
    return Datatype(
      adopting: try Library.call("H5Aget_type", place, "its type cannot be read") { H5Aget_type(id) }, place)
  }

  /// Largest attribute a reader accepts, in bytes.
  static let largestRead = 1 << 20
  /// Most texts in one attribute.
  static let mostTexts = 1024

  /// Reads the whole attribute.
  public func value() throws(HDF5Error) -> AttributeValue {
    let type = try datatype()
    let count = try valueCount(shape, size: max(8, type.size), limit: Self.largestRead, place)
    switch type.valueClass {
    case .integer: return .integers(try read(.i8, Int64(0), count).map(Int.init))
    case .float: return .doubles(try read(.f8, 0.0, count))
    case .text:
      guard count <= Self.mostTexts else { throw place.error(.tooLarge, "it holds \(count) texts") }
      let texts = type.isVariableText ? try variableTexts(type, count) : try fixedTexts(type, count)
      return shape.isEmpty && texts.count == 1 ? .text(texts[0]) : .texts(texts)
    case .other(let name): return .other(name)
    }
  }

  private func read<Value>(_ type: ElementType, _ zero: Value, _ count: Int) throws(HDF5Error) -> [Value] {
    var values = [Value](repeating: zero, count: count)
    let id = handle.id
    guard count > 0 else { return values }
    _ = try Library.call("H5Aread", place, "its value cannot be read") {
      values.withUnsafeMutableBytes { H5Aread(id, nativeType(type), $0.baseAddress) }
    }
    return values
  }

  private func fixedTexts(_ type: borrowing Datatype, _ count: Int) throws(HDF5Error) -> [String] {
    let size = type.size
    var bytes = [UInt8](repeating: 0, count: count * size)
    guard !bytes.isEmpty else { return [] }
    let (id, typeID) = (handle.id, type.handle.id)
    _ = try Library.call("H5Aread", place, "its value cannot be read") {
      bytes.withUnsafeMutableBytes { H5Aread(id, typeID, $0.baseAddress) }
    }
    return (0..<count).map { fixedText(bytes[$0 * size..<($0 + 1) * size]) }
  }

  private func variableTexts(_ type: borrowing Datatype, _ count: Int) throws(HDF5Error) -> [String] {
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    guard count > 0 else { return [] }
    let (id, typeID) = (handle.id, type.handle.id)
    defer { for pointer in pointers { free(pointer) } }
    _ = try Library.call("H5Aread", place, "its value cannot be read") {
      pointers.withUnsafeMutableBytes { H5Aread(id, typeID, $0.baseAddress) }
    }
    return pointers.map { $0.map { String(cString: $0) } ?? "" }
  }
}

/// Reads the names of the attributes of an open object, in the order the library keeps.
func attributeNames(of object: hid_t, _ place: Place) throws(HDF5Error) -> [String] {
  final class Names { var all: [String] = [] }
  let names = Names()
  _ = try Library.call("H5Aiterate2", place, "its attributes cannot be listed") {
    H5Aiterate2(
      object, H5_INDEX_NAME, H5_ITER_INC, nil,
      { _, name, _, context in
        guard let name, let context else { return 0 }
        let names = Unmanaged<Names>.fromOpaque(context).takeUnretainedValue()
        guard names.all.count < 65_536 else { return -1 }
        names.all.append(String(cString: name))
        return 0
      }, Unmanaged.passUnretained(names).toOpaque())
  }
  return names.all
}

/// The attribute's value, or nil when the object has none of that name.
func attributeValue(_ name: String, of object: hid_t, _ place: Place) throws(HDF5Error) -> AttributeValue? {
  let found = try Library.call("H5Aexists", place, "its attributes cannot be read") { H5Aexists(object, name) }
  guard found > 0 else { return nil }
  return try Attribute(opening: name, of: object, place).value()
}

extension Dataset {
  /// The names of its attributes.
  public func attributeNames() throws(HDF5Error) -> [String] { try Records.attributeNames(of: handle.id, place) }

  /// The value of an attribute, or nil when there is none of that name.
  public func attribute(_ name: String) throws(HDF5Error) -> AttributeValue? {
    try attributeValue(name, of: handle.id, place)
  }
}
