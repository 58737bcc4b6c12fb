import CHDF5
import Glibc
import Synchronization

extension HDF5File {
  /// The most bytes of an existing file taken into memory for resuming: 8 GiB.
  public static let largestImage = 1 << 33

  private static let memoryIncrement = 4 << 20

  /// A new file that lives in memory; `name` is used in messages only, nothing is written to disk.
  public init(inMemory name: String) throws(HDF5Error) {
    let place = Place(file: name, path: "")
    let trouble = "the library cannot be set up"
    let creation = Handle(try Library.call("H5Pcreate", place, trouble) { H5Pcreate(h5_p_file_create()) })
    let list = creation.id
    try trackCreationOrder(list, place)
    let access = try Self.memoryAccess(place)
    let accessID = access.id
    let alias = Self.memoryName()
    let id = try Library.call("H5Fcreate", place, "it cannot be made in memory", reason: .cannotCreate) {
      H5Fcreate(alias, h5_acc_trunc(), list, accessID)
    }
    self.init(adopting: id, place)
  }

  /// A writable copy in memory of the file at `path`; the file itself is not held open.
  /// - Throws: as ``init(readingFrom:)``; `tooLarge` beyond ``largestImage``.
  public init(copyingIntoMemory path: String) throws(HDF5Error) {
    let place = Place(file: path, path: "")
    var bytes = try readWholeFile(path, limit: Self.largestImage)
    let access = try Self.memoryAccess(place)
    let accessID = access.id
    _ = try Library.call("H5Pset_file_image", place, "it cannot be taken into memory") {
      bytes.withUnsafeMutableBytes { H5Pset_file_image(accessID, $0.baseAddress, $0.count) }
    }
    bytes = []
    let alias = Self.memoryName()
    let id = try Library.call("H5Fopen", place, "it is not a whole HDF5 file") {
      H5Fopen(alias, h5_acc_rdwr(), accessID)
    }
    self.init(adopting: id, place)
  }

  /// The library tells files in memory apart by name alone, so each gets one of its own.
  private static func memoryName() -> String {
    "metaplast-in-memory-\(memoryFiles.add(1, ordering: .relaxed).newValue)"
  }

  private static let memoryFiles = Atomic<Int>(0)

  private static func memoryAccess(_ place: Place) throws(HDF5Error) -> Handle {
    let access = try accessProperties(place)
    let id = access.id
    _ = try Library.call("H5Pset_fapl_core", place, "the library cannot be set up") {
      H5Pset_fapl_core(id, memoryIncrement, false)
    }
    // What we write, HDF5 1.8 reads.
    _ = try Library.call("H5Pset_libver_bounds", place, "the library cannot be set up") {
      H5Pset_libver_bounds(id, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18)
    }
    return access
  }

  /// The bytes of the file as they would lie on disk.
  public func image() throws(HDF5Error) -> [UInt8] {
    let id = handle.id
    let trouble = "its bytes cannot be taken"
    _ = try Library.call("H5Fflush", place, trouble, reason: .inputOutput) { H5Fflush(id, H5F_SCOPE_LOCAL) }
    let size = try Library.call("H5Fget_file_image", place, trouble, reason: .inputOutput) {
      H5Fget_file_image(id, nil, 0)
    }
    var bytes = [UInt8](repeating: 0, count: Int(size))
    _ = try Library.call("H5Fget_file_image", place, trouble, reason: .inputOutput) {
      bytes.withUnsafeMutableBytes { H5Fget_file_image(id, $0.baseAddress, $0.count) }
    }
    return bytes
  }

  /// Makes a group; its parents must be there.
  @discardableResult
  public func createGroup(_ path: String) throws(HDF5Error) -> Group {
    let place = place.at(absolute(path))
    let creation = Handle(
      try Library.call("H5Pcreate", place, "it cannot be made") { H5Pcreate(h5_p_group_create()) })
    let (file, list, name) = (handle.id, creation.id, place.path)
    try trackCreationOrder(list, place)
    let id = try Library.call("H5Gcreate2", place, "it cannot be made", reason: .inputOutput) {
      H5Gcreate2(file, name, defaultProperties, list, defaultProperties)
    }
    return Group(adopting: id, place)
  }

  /// Removes the link at `path`. Scales attached from elsewhere must be detached before.
  public func remove(_ path: String) throws(HDF5Error) {
    let (file, name) = (handle.id, absolute(path))
    _ = try Library.call("H5Ldelete", place.at(name), "it cannot be removed", reason: .inputOutput) {
      H5Ldelete(file, name, defaultProperties)
    }
  }

  /// Makes a dataset without values.
  ///
  /// Numbers that may grow or take more than 4 KiB are shuffled and deflated at level 4; floats are filled with NaN; no
  /// times are kept.
  /// - Parameters:
  ///   - shape: lengths of the axes; empty for a scalar.
  ///   - unlimited: whether the first axis may grow.
  ///   - fill: whether floats get NaN as the value of what was not written.
  public func createDataset(
    _ path: String, _ type: ElementType, shape: [Int], unlimited: Bool = false, fill: Bool = true
  ) throws(HDF5Error) -> Dataset {
    try createDataset(
      path, try Datatype(stored: type, place.at(absolute(path))), size: type.size, shape: shape, unlimited: unlimited,
      compresses: type != .str, fills: fill && type.isFloat)
  }

  /// The same for any datatype.
  /// - Parameter size: bytes of a value in memory.
  func createDataset(
    _ path: String, _ stored: borrowing Datatype, size: Int, shape: [Int], unlimited: Bool = false,
    compresses: Bool = true, fills: Bool = false
  ) throws(HDF5Error) -> Dataset {
    precondition(!unlimited || !shape.isEmpty, "\(path): a scalar cannot grow")
    let place = place.at(absolute(path))
    let creation = Handle(
      try Library.call("H5Pcreate", place, "it cannot be made") { H5Pcreate(h5_p_dataset_create()) })
    let list = creation.id
    _ = try Library.call("H5Pset_obj_track_times", place, "it cannot be made") { H5Pset_obj_track_times(list, false) }
    let bytes = Layout.bytes(shape, size: size)
    if unlimited || (compresses && bytes > Double(Layout.smallestCompressed)) {
      let chunk = Layout.chunk(shape: shape, unlimited: unlimited, size: size).map { hsize_t($0) }
      _ = try Library.call("H5Pset_chunk", place, "it cannot be made") {
        H5Pset_chunk(list, Int32(chunk.count), chunk)
      }
      if compresses {
        _ = try Library.call("H5Pset_shuffle", place, "it cannot be made") { H5Pset_shuffle(list) }
        _ = try Library.call("H5Pset_deflate", place, "it cannot be made") { H5Pset_deflate(list, Layout.deflateLevel) }
      }
    }
    if fills {
      var nan = Double.nan
      _ = try Library.call("H5Pset_fill_value", place, "it cannot be made") {
        H5Pset_fill_value(list, h5_native_double(), &nan)
      }
    }
    let space = try Dataspace(shape: shape, unlimited: unlimited ? [0] : [], at: place)
    let (file, name, typeID, spaceID) = (handle.id, place.path, stored.handle.id, space.handle.id)
    let id = try Library.call("H5Dcreate2", place, "it cannot be made", reason: .inputOutput) {
      H5Dcreate2(file, name, typeID, spaceID, defaultProperties, list, defaultProperties)
    }
    return try Dataset(Handle(id), place)
  }
}

/// How datasets are cut into chunks.
enum Layout {
  /// Numbers beyond this many bytes are compressed.
  static let smallestCompressed = 4096
  /// The level of deflate.
  static let deflateLevel: UInt32 = 4
  /// A chunk holds at most this many bytes.
  static let largestChunk = 1 << 20

  /// The size of a box of values, in floating point so that no shape overflows.
  static func bytes(_ shape: [Int], size: Int) -> Double { shape.reduce(Double(size)) { $0 * Double($1) } }

  /// Sixteen rows, doubled up to 256 while the chunk is below 64 KiB, halved while it is above 1 MiB; other axes whole
  /// unless one row alone is above 1 MiB. A dataset of fixed size is cut only when it is above 1 MiB.
  static func chunk(shape: [Int], unlimited: Bool, size: Int) -> [Int] {
    var chunk = shape.map { max(1, $0) }
    if unlimited {
      chunk[0] = 16
      while chunk[0] < 256, bytes(chunk, size: size) < 65_536 { chunk[0] *= 2 }
    }
    while bytes(chunk, size: size) > Double(largestChunk) {
      let axis = chunk[0] > 1 ? 0 : chunk.indices.max { chunk[$0] < chunk[$1] }!
      chunk[axis] = (chunk[axis] + 1) / 2
    }
    return chunk
  }
}

/// Links are listed in the order they were made, and no object keeps times.
private func trackCreationOrder(_ list: hid_t, _ place: Place) throws(HDF5Error) {
  _ = try Library.call("H5Pset_link_creation_order", place, "the library cannot be set up") {
    H5Pset_link_creation_order(list, h5_crt_order_tracked() | h5_crt_order_indexed())
  }
  _ = try Library.call("H5Pset_obj_track_times", place, "the library cannot be set up") {
    H5Pset_obj_track_times(list, false)
  }
}

/// The bytes of a regular file, refused beyond `limit`.
func readWholeFile(_ path: String, limit: Int) throws(HDF5Error) -> [UInt8] {
  let size = try checkInput(path)
  guard size <= limit else {
    throw HDF5Error(.tooLarge, call: "fstat", file: path, detail: "it has \(size) bytes, more than \(limit)")
  }
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else {
    throw HDF5Error(.noInput, call: "open", file: path, detail: "it cannot be opened: \(systemMessage(errno))")
  }
  defer { close(descriptor) }
  var bytes = [UInt8](repeating: 0, count: size)
  var filled = 0
  while filled < size {
    let got = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + filled, size - filled) }
    if got < 0, errno == EINTR { continue }
    guard got > 0 else {
      throw HDF5Error(
        .inputOutput, call: "read", file: path,
        detail: got < 0 ? "it cannot be read: \(systemMessage(errno))" : "it ends early")
    }
    filled += got
  }
  return bytes
}
