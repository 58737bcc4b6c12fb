import CHDF5

/// Writes an attribute of an open object, replacing one of the same name.
/// - Parameters:
///   - values: texts or numbers.
///   - type: the type on disk.
///   - scalar: no axes; otherwise one axis of `values.count`.
func writeAttribute(
  _ name: String, _ values: Values, as type: ElementType, scalar: Bool, of object: hid_t, _ place: Place
) throws(HDF5Error) {
  precondition(!scalar || values.count == 1, "\(place.path)@\(name): \(values.count) values for a scalar")
  let place = place.at("\(place.path)@\(name)")
  let trouble = "the attribute cannot be written"
  let present = try Library.call("H5Aexists", place, trouble) { H5Aexists(object, name) }
  if present > 0 {
    _ = try Library.call("H5Adelete", place, trouble) { H5Adelete(object, name) }
  }
  let stored = try Datatype(stored: type, place)
  let space = try Dataspace(shape: scalar ? [] : [values.count], at: place)
  let (typeID, spaceID) = (stored.handle.id, space.handle.id)
  let attribute = Handle(
    try Library.call("H5Acreate2", place, trouble, reason: .inputOutput) {
      H5Acreate2(object, name, typeID, spaceID, defaultProperties, defaultProperties)
    })
  let id = attribute.id
  func write<Value>(_ all: [Value], _ memory: ElementType) throws(HDF5Error) {
    _ = try Library.call("H5Awrite", place, trouble, reason: .inputOutput) {
      all.withUnsafeBytes { H5Awrite(id, nativeType(memory), $0.baseAddress) }
    }
  }
  switch values {
  case .doubles(let all): try write(all, .f8)
  case .floats(let all): try write(all, .f4)
  case .integers(let all): try write(all.map { Int64($0) }, .i8)
  case .words(let all): try write(all, .u8)
  case .texts(let all):
    let block = TextBlock(all)
    _ = try Library.call("H5Awrite", place, trouble, reason: .inputOutput) {
      block.withPointers { H5Awrite(id, typeID, $0) }
    }
  }
}

extension HDF5File {
  /// Writes a text attribute of the object at `path`, replacing one of the same name.
  public func setText(_ text: String, named name: String, of path: String = "/") throws(HDF5Error) {
    let object = try object(path)
    try writeAttribute(name, .texts([text]), as: .str, scalar: true, of: object.id, place.at(absolute(path)))
  }

  /// Writes an integer attribute of the object at `path`, replacing one of the same name.
  public func setInteger(_ value: Int, named name: String, of path: String = "/") throws(HDF5Error) {
    let object = try object(path)
    try writeAttribute(name, .integers([value]), as: .i8, scalar: true, of: object.id, place.at(absolute(path)))
  }
}

extension HDF5File {
  /// Writes a number in double precision as an attribute of the object at `path`, replacing one of the same name.
  public func setNumber(_ value: Double, named name: String, of path: String = "/") throws(HDF5Error) {
    let object = try object(path)
    try writeAttribute(name, .doubles([value]), as: .f8, scalar: true, of: object.id, place.at(absolute(path)))
  }
}

extension Dataset {
  /// Writes a text attribute, replacing one of the same name.
  public func setText(_ text: String, named name: String) throws(HDF5Error) {
    try writeAttribute(name, .texts([text]), as: .str, scalar: true, of: handle.id, place)
  }

  /// Writes an attribute with one axis, replacing one of the same name.
  public func setAttribute(_ values: Values, as type: ElementType, named name: String) throws(HDF5Error) {
    try writeAttribute(name, values, as: type, scalar: false, of: handle.id, place)
  }
}
