import CHDF5

extension HDF5File {
  /// Values of a dataset as doubles in C order, and its shape (empty for a scalar).
  public func readDoubles(_ path: String) throws(HDF5Error) -> (values: [Double], shape: [Int]) {
    let dataset = try dataset(path)
    return (try dataset.readDoubles(), dataset.shape)
  }

  /// Values of a dataset as integers in C order, and its shape.
  public func readIntegers(_ path: String) throws(HDF5Error) -> (values: [Int], shape: [Int]) {
    let dataset = try dataset(path)
    return (try dataset.readIntegers(), dataset.shape)
  }

  /// Texts of a dataset in C order, and its shape.
  public func readStrings(_ path: String) throws(HDF5Error) -> (values: [String], shape: [Int]) {
    let dataset = try dataset(path)
    return (try dataset.readStrings(), dataset.shape)
  }

  /// The one text of a dataset.
  public func readText(_ path: String) throws(HDF5Error) -> String {
    let texts = try readStrings(path).values
    guard texts.count == 1 else {
      throw place.at(absolute(path)).error(.wrongType, "it holds \(texts.count) texts, not one")
    }
    return texts[0]
  }

  /// The dataset at `path`.
  public func dataset(_ path: String) throws(HDF5Error) -> Dataset {
    let path = absolute(path)
    try requireExistence(path)
    return try Dataset(opening: path, in: handle.id, place.at(path))
  }

  /// The group at `path`; the root by default.
  public func group(_ path: String = "/") throws(HDF5Error) -> Group {
    let path = absolute(path)
    try requireExistence(path)
    return try Group(opening: path, in: handle.id, place.at(path))
  }

  /// The names in the group at `path`: in order of creation where the file tracks it, otherwise by name.
  public func list(_ path: String = "/") throws(HDF5Error) -> [String] { try group(path).list() }

  /// True when every link on `path` is there and leads to an object in this file.
  public func exists(_ path: String) -> Bool {
    let file = handle.id
    var walked = ""
    for part in absolute(path).split(separator: "/") {
      walked += "/\(part)"
      let next = walked
      guard Library.quietly({ H5Lexists(file, next, defaultProperties) }) > 0 else { return false }
      var link = H5L_info_t()
      let known = Library.quietly { H5Lget_info(file, next, &link, defaultProperties) }
      guard known >= 0, link.type == H5L_TYPE_HARD || link.type == H5L_TYPE_SOFT else { return false }
      guard Library.quietly({ H5Oexists_by_name(file, next, defaultProperties) }) > 0 else { return false }
    }
    return true
  }

  /// The value of an attribute of the object at `path`, or nil when there is none of that name.
  public func attribute(_ name: String, of path: String = "/") throws(HDF5Error) -> AttributeValue? {
    let object = try object(path)
    return try attributeValue(name, of: object.id, place.at(absolute(path)))
  }

  /// The text of an attribute, or nil when there is none of that name or it is no single text.
  public func text(_ name: String, of path: String = "/") throws(HDF5Error) -> String? {
    switch try attribute(name, of: path) {
    case .text(let text): text
    case .texts(let texts) where texts.count == 1: texts[0]
    default: nil
    }
  }

  /// The names of the attributes of the object at `path`.
  public func attributeNames(of path: String = "/") throws(HDF5Error) -> [String] {
    let object = try object(path)
    return try Records.attributeNames(of: object.id, place.at(absolute(path)))
  }

  /// Any object, opened.
  func object(_ path: String) throws(HDF5Error) -> Handle {
    let path = absolute(path)
    try requireExistence(path)
    let file = handle.id
    return Handle(
      try Library.call("H5Oopen", place.at(path), "it cannot be opened") { H5Oopen(file, path, defaultProperties) })
  }

  func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "/\(path)" }

  private func requireExistence(_ path: String) throws(HDF5Error) {
    guard path == "/" || exists(path) else {
      throw HDF5Error(
        .missingObject, call: "H5Lexists", file: name, path: path, detail: "there is no such object in the file")
    }
  }
}
