import CHDF5

/// An open dataset: values in axes, with attributes.
public struct Dataset: ~Copyable {
  let handle: Handle
  let place: Place
  /// Lengths of the axes when the dataset was opened or last extended; empty for a scalar.
  public internal(set) var shape: [Int]
  /// The axes that may grow.
  public let unlimitedAxes: Set<Int>

  /// The path of the dataset in its file.
  public var path: String { place.path }

  /// Opens a dataset below `location`; data that lie outside the file are refused.
  init(opening name: String, in location: hid_t, _ place: Place) throws(HDF5Error) {
    let id = try Library.call("H5Dopen2", place, "it cannot be opened as a dataset") {
      H5Dopen2(location, name, defaultProperties)
    }
    try self.init(Handle(id), place)
  }

  init(_ handle: consuming Handle, _ place: Place) throws(HDF5Error) {
    let id = handle.id
    let space = Dataspace(
      adopting: try Library.call("H5Dget_space", place, "its shape cannot be read") { H5Dget_space(id) }, place)
    let extent = try space.shape()
    let properties = try Self.creationProperties(of: id, place)
    let list = properties.id
    let outside = Library.quietly {
      H5Pget_layout(list) == H5D_VIRTUAL || H5Pget_external_count(list) > 0
    }
    guard !outside else { throw place.error(.wrongType, "its data lie in another file, which is not followed") }
    (shape, unlimitedAxes) = extent
    self.handle = handle
    self.place = place
  }

  /// The properties the dataset was created with.
  func creationProperties() throws(HDF5Error) -> Handle { try Self.creationProperties(of: handle.id, place) }

  private static func creationProperties(of id: hid_t, _ place: Place) throws(HDF5Error) -> Handle {
    Handle(try Library.call("H5Dget_create_plist", place, "its properties cannot be read") { H5Dget_create_plist(id) })
  }

  func datatype() throws(HDF5Error) -> Datatype {
    let id = handle.id
    return Datatype(
      adopting: try Library.call("H5Dget_type", place, "its type cannot be read") { H5Dget_type(id) }, place)
  }

  func dataspace() throws(HDF5Error) -> Dataspace {
    let id = handle.id
    return Dataspace(
      adopting: try Library.call("H5Dget_space", place, "its shape cannot be read") { H5Dget_space(id) }, place)
  }

  /// The class of its values.
  public func valueClass() throws(HDF5Error) -> ValueClass { try datatype().valueClass }

  /// The schema's name for its type, or nil when the schema has none.
  public func elementType() throws(HDF5Error) -> ElementType? { try datatype().elementType }
}
