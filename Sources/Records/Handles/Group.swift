import CHDF5

/// What a link in a group leads to.
public enum ObjectKind: String, Sendable, Hashable {
  /// A group.
  case group
  /// A dataset.
  case dataset
  /// A named datatype, an external link, or a soft link that leads nowhere.
  case other
}

/// An open group.
public struct Group: ~Copyable {
  let handle: Handle
  let place: Place

  /// The path of the group in its file.
  public var path: String { place.path }

  init(opening name: String, in location: hid_t, _ place: Place) throws(HDF5Error) {
    let id = try Library.call("H5Gopen2", place, "it cannot be opened as a group") {
      H5Gopen2(location, name, defaultProperties)
    }
    handle = Handle(id)
    self.place = place
  }

  init(adopting id: hid_t, _ place: Place) {
    handle = Handle(id)
    self.place = place
  }

  /// The flags of link creation order: (tracked, indexed).
  func creationOrder() throws(HDF5Error) -> (tracked: Bool, indexed: Bool) {
    let id = handle.id
    let list = Handle(
      try Library.call("H5Gget_create_plist", place, "its properties cannot be read") { H5Gget_create_plist(id) })
    let listID = list.id
    var flags: UInt32 = 0
    _ = try Library.call("H5Pget_link_creation_order", place, "its properties cannot be read") {
      H5Pget_link_creation_order(listID, &flags)
    }
    return (flags & h5_crt_order_tracked() != 0, flags & h5_crt_order_indexed() != 0)
  }

  /// The names in the group: in order of creation where the file tracks it, otherwise by name.
  public func list() throws(HDF5Error) -> [String] {
    final class Names { var all: [String] = [] }
    let names = Names()
    let id = handle.id
    let order = try creationOrder().tracked ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME
    _ = try Library.call("H5Literate", place, "it cannot be listed") {
      H5Literate(
        id, order, H5_ITER_INC, nil,
        { _, name, _, context in
          guard let name, let context else { return 0 }
          let names = Unmanaged<Names>.fromOpaque(context).takeUnretainedValue()
          guard names.all.count < 1_000_000 else { return -1 }
          names.all.append(String(cString: name))
          return 0
        }, Unmanaged.passUnretained(names).toOpaque())
    }
    return names.all
  }

  /// What the link `name` leads to. External links are not followed.
  public func kind(of name: String) throws(HDF5Error) -> ObjectKind {
    let id = handle.id
    var link = H5L_info_t()
    _ = try Library.call("H5Lget_info", place.child(name), "there is no such object", reason: .missingObject) {
      H5Lget_info(id, name, &link, defaultProperties)
    }
    guard link.type == H5L_TYPE_HARD || link.type == H5L_TYPE_SOFT else { return .other }
    if link.type == H5L_TYPE_SOFT {
      guard Library.quietly({ H5Oexists_by_name(id, name, defaultProperties) }) > 0 else { return .other }
    }
    var info = H5O_info_t()
    _ = try Library.call("H5Oget_info_by_name2", place.child(name), "it cannot be read") {
      H5Oget_info_by_name2(id, name, &info, h5_o_info_basic(), defaultProperties)
    }
    switch info.type {
    case H5O_TYPE_GROUP: return .group
    case H5O_TYPE_DATASET: return .dataset
    default: return .other
    }
  }

  /// A group inside.
  public func group(_ name: String) throws(HDF5Error) -> Group {
    try Group(opening: name, in: handle.id, place.child(name))
  }

  /// A dataset inside.
  public func dataset(_ name: String) throws(HDF5Error) -> Dataset {
    try Dataset(opening: name, in: handle.id, place.child(name))
  }

  /// The names of its attributes.
  public func attributeNames() throws(HDF5Error) -> [String] { try Records.attributeNames(of: handle.id, place) }

  /// The value of an attribute, or nil when there is none of that name.
  public func attribute(_ name: String) throws(HDF5Error) -> AttributeValue? {
    try attributeValue(name, of: handle.id, place)
  }
}
